/* threads.c — every task is done once, on any number of threads, however short the rounds are; idle
 * work is done meanwhile; and a pool with nothing to do uses no time. */
#include "runtime/threads.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

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

// ---- idle work ----------------------------------------------------------------------------------------

typedef struct Heap { atomic_int left, done, inside; } Heap;

static bool piece(void *ctx, int worker) {
    Heap *h = ctx;
    (void)worker;
    if (atomic_fetch_sub(&h->left, 1) <= 0) {
        atomic_fetch_add(&h->left, 1);
        return false;
    }
    atomic_fetch_add(&h->inside, 1);
    for (volatile int i = 0; i < 500; i++) continue;
    atomic_fetch_add(&h->done, 1);
    atomic_fetch_sub(&h->inside, 1);
    return true;
}

static void wait_until_done(const Heap *h, int n) {
    for (int i = 0; i < 20000 && h->done < n; i++) usleep(500);
    CHECK(h->done == n);
}

// Rounds go on while pieces are done, and the other way round; what is replaced is not going on.
static void check_idle(int n_threads) {
    enum { PIECES = 40, BATCHES = 20 };
    Threads *t = threads_make(n_threads);
    if (!CHECK(t != NULL)) return;
    Count c = {.n_threads = threads_count(t)};
    Heap h = {0}, other = {0};
    threads_idle(t, piece, &h);
    for (int b = 1; b <= BATCHES; b++) {
        atomic_fetch_add(&h.left, PIECES);
        threads_wake(t);
        for (int r = 0; r < 50; r++) threads_run(t, TASKS, count, &c);
        wait_until_done(&h, b * PIECES);
        threads_idle(t, piece, &h); // changes nothing
    }
    for (int i = 0; i < TASKS; i++) CHECK(c.done[i] == 50 * BATCHES);

    atomic_fetch_add(&h.left, 100000);
    threads_wake(t);
    atomic_fetch_add(&other.left, PIECES);
    threads_idle(t, piece, &other);
    const int done = h.done;
    CHECK(h.inside == 0);
    wait_until_done(&other, PIECES);
    CHECK(h.done == done);
    threads_idle(t, NULL, NULL);
    threads_free(t);
}

static double seconds_used(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Nobody looks for work all the time, neither between rounds nor when the idle work is done: what three
// sleepers use in a fifth of a second is next to nothing.
static void check_sleep(void) {
    Threads *t = threads_make(4);
    Heap h = {0};
    Count c = {.n_threads = 4};
    for (int k = 0; k < 4; k++) {
        usleep(20000);
        const double before = seconds_used();
        usleep(200000);
        CHECK(seconds_used() - before < 0.01);
        if (k == 0) threads_idle(t, piece, &h);
        atomic_fetch_add(&h.left, 10);
        if (k == 1) threads_wake(t);
        for (int r = 0; k == 2 && r < 100; r++) threads_run(t, TASKS, count, &c);
    }
    threads_free(t);
}

int main(void) {
    for (int n = 0; n <= 4; n++) check_tiny(n);
    for (int n = 1; n <= 9; n++) check_rounds(n);
    for (int n = 2; n <= 5; n++) check_idle(n);
    check_sleep();
    Threads *all = threads_make(0);
    CHECK(threads_count(all) >= 1);
    threads_free(all);
    Count c = {.n_threads = 1};
    threads_run(NULL, 3, count, &c); // no pool: the caller does it
    CHECK(c.done[0] == 1 && c.done[2] == 1 && c.done[3] == 0 && threads_count(NULL) == 1);
    threads_free(NULL);
    return test_end("threads");
}
