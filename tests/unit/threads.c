/* threads.c — every task is done once, on any number of threads, however short the rounds are. */
#include "runtime/threads.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "tests/unit/test.h"

enum { TASKS = 64, ROUNDS = 5000 };

typedef struct Count { int done[TASKS]; int n_threads; atomic_int strangers; } Count;

static void count(void *ctx, int i, int worker) {
    Count *c = ctx;
    c->done[i]++;
    if (worker < 0 || worker >= c->n_threads) atomic_fetch_add(&c->strangers, 1);
}

// Numbers below the smallest normal one, worked out where the compiler cannot.
static bool tiny_is_zero(void) {
    const volatile float small = 1e-30f, factor = 1e-10f;
    return !(small * factor > 0);
}

static void look_at_tiny(void *ctx, int i, int worker) {
    (void)worker;
    ((bool *)ctx)[i] = tiny_is_zero();
}

// In every task tiny numbers count as zero; afterwards the caller has them again.
static void check_tiny(int n_threads) {
    Threads *t = n_threads ? threads_make(n_threads) : NULL;
    bool zero[TASKS] = {false}, all = true;
    threads_run(t, TASKS, look_at_tiny, zero);
    for (int i = 0; i < TASKS; i++) all &= zero[i];
    CHECK(all);
    CHECK(!tiny_is_zero());
    threads_free(t);
}

static void check_rounds(int n_threads) {
    Threads *t = threads_make(n_threads);
    if (!CHECK(t != NULL)) return;
    Count c = {.n_threads = threads_count(t)};
    CHECK(c.n_threads >= 1 && c.n_threads <= n_threads);
    int wanted[TASKS] = {0};
    for (int r = 0; r < ROUNDS; r++) {
        const int n = r % (TASKS + 1); // none, one, many
        threads_run(t, n, count, &c);
        for (int i = 0; i < n; i++) wanted[i]++;
    }
    CHECK(memcmp(c.done, wanted, sizeof wanted) == 0);
    CHECK(c.strangers == 0);
    threads_free(t);
}

int main(void) {
    for (int n = 0; n <= 4; n++) check_tiny(n);
    for (int n = 1; n <= 9; n++) check_rounds(n);
    Threads *all = threads_make(0);
    CHECK(threads_count(all) >= 1);
    threads_free(all);
    Count c = {.n_threads = 1};
    threads_run(NULL, 3, count, &c); // no pool: the caller does it
    CHECK(c.done[0] == 1 && c.done[2] == 1 && c.done[3] == 0 && threads_count(NULL) == 1);
    threads_free(NULL);
    return test_end("threads");
}
