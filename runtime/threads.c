/* threads.c — a pool of threads that sleeps when there is nothing to share.
 *
 * A round is one call of threads_run(). The caller writes down the work, opens the door of every other
 * thread and takes tasks itself; so does every thread that finds its door open. Between rounds a thread
 * looks at its door a few thousand times, because the next round often follows within microseconds, and
 * then goes to sleep on `wake`. Nobody waits for a thread that is still asleep: when the tasks are gone,
 * the caller shuts the doors and waits only for those who came in while theirs was open.
 *
 * What a thread must know of a round is one line of the cache: it goes to the thread's core when the door
 * is opened, and back when the thread has left. Nothing else does, and nobody is woken who does not sleep.
 *
 * The tasks are shared out beforehand, neighbours to the same thread, and round after round in the same
 * way: so a thread usually finds in its cache what it worked on before. Who is done helps the others.
 *
 * Idle work fills the gaps: a thread that sees no new round does a piece of it and looks again, and
 * so does the caller when its tasks are gone and others still work on theirs. A round that begins
 * meanwhile does not wait for that thread.
 *
 * Invariants: tasks, ctx and the queues' ends change only while all doors are shut and nobody is inside;
 * idle_work and idle_ctx only while nobody is busy with them. */
#include "runtime/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined __x86_64__
#include <xmmintrin.h>
#endif

enum { MAX_THREADS = 256, LOOKS = 4000 };

// Shut: the thread is outside and stays there. Who finds it open makes it INSIDE, and shuts it when leaving.
typedef enum Door { SHUT, OPEN, INSIDE, THE_END } Door;

typedef struct Worker { struct Threads *pool; pthread_t thread; int number; } Worker;

// The tasks of one thread: from the first that nobody has taken, to `end`. Alone on its line of the cache.
typedef struct Queue {
    _Alignas(64) _Atomic(Door) door;
    atomic_int next;
    int end;
    Task *task;
    void *ctx;
} Queue;

struct Threads {
    int n;                 // the caller included
    Worker *worker;        // n − 1 of them
    pthread_mutex_t lock;
    pthread_cond_t wake, done, rest;
    Queue *queue;          // n of them
    atomic_int asleep;     // so many threads are, on `wake`,
    atomic_bool waiting;   // and the caller is, on `done`
    _Atomic(IdleWork *) idle_work;
    void *idle_ctx;
    int busy;              // threads in a piece of idle work
    atomic_uint news;      // raised when there is idle work again
};

// ---- numbers that are too small --------------------------------------------------------------------

#if defined __x86_64__
typedef unsigned Mode;
enum { TINY_IS_ZERO = 0x8040 }; // as results, and as operands

static Mode get_mode(void) { return _mm_getcsr(); }
static void set_mode(Mode mode) { _mm_setcsr(mode); }
#elif defined __aarch64__
typedef unsigned long Mode;
static const Mode TINY_IS_ZERO = 1ul << 24;

static Mode get_mode(void) {
    Mode mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
}
static void set_mode(Mode mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }
#else
typedef unsigned Mode;
enum { TINY_IS_ZERO = 0 };

static Mode get_mode(void) { return 0; }
static void set_mode(Mode mode) { (void)mode; }
#endif

// ---- rounds ----------------------------------------------------------------------------------------

static void fill_queues(Threads *t, int n_tasks, Task *task, void *ctx) {
    for (int k = 0; k < t->n; k++) {
        Queue *q = &t->queue[k];
        q->task = task;
        q->ctx = ctx;
        q->end = (int)((int64_t)n_tasks * (k + 1) / t->n);
        atomic_store_explicit(&q->next, (int)((int64_t)n_tasks * k / t->n), memory_order_relaxed);
    }
}

// First one's own, then those of the others.
static void take_tasks(Threads *t, int worker) {
    for (int k = 0; k < t->n; k++) {
        Queue *q = &t->queue[(worker + k) % t->n];
        for (;;) {
            if (atomic_load(&q->next) >= q->end) break;
            const int i = atomic_fetch_add(&q->next, 1);
            if (i >= q->end) break;
            q->task(q->ctx, i, worker);
        }
    }
}

static inline void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Does a piece of idle work; false if there is none.
static bool idle_piece(Threads *t, int worker) {
    if (!atomic_load(&t->idle_work)) return false;
    pthread_mutex_lock(&t->lock);
    IdleWork *const work = atomic_load(&t->idle_work);
    void *const ctx = t->idle_ctx;
    t->busy++;
    pthread_mutex_unlock(&t->lock);

    const bool did = work && work(ctx, worker);

    pthread_mutex_lock(&t->lock);
    if (--t->busy == 0) pthread_cond_signal(&t->rest);
    pthread_mutex_unlock(&t->lock);
    return did;
}

static Door door_of(Threads *t, int worker) { return atomic_load(&t->queue[worker].door); }

// Is the door open, or will it be soon?
static bool round_comes(Threads *t, int worker) {
    for (int i = 0; i < LOOKS; i++) {
        if (door_of(t, worker) != SHUT) return true;
        pause_briefly();
    }
    return false;
}

// Who falls asleep says so and then looks at the door again; who opens it then looks whether somebody sleeps.
static void sleep_until(Threads *t, int worker, unsigned news) {
    pthread_mutex_lock(&t->lock);
    atomic_fetch_add(&t->asleep, 1);
    while (door_of(t, worker) == SHUT && atomic_load(&t->news) == news) pthread_cond_wait(&t->wake, &t->lock);
    atomic_fetch_sub(&t->asleep, 1);
    pthread_mutex_unlock(&t->lock);
}

static void wait_for_round(Threads *t, int worker) {
    while (door_of(t, worker) == SHUT) {
        const unsigned news = atomic_load(&t->news);
        if (!idle_piece(t, worker) && !round_comes(t, worker)) sleep_until(t, worker, news);
    }
}

static bool go_in(Threads *t, int worker) {
    Door open = OPEN;
    return atomic_compare_exchange_strong(&t->queue[worker].door, &open, INSIDE);
}

static void go_out(Threads *t, int worker) {
    atomic_store(&t->queue[worker].door, SHUT);
    if (!atomic_load(&t->waiting)) return;
    pthread_mutex_lock(&t->lock);
    pthread_cond_signal(&t->done);
    pthread_mutex_unlock(&t->lock);
}

static void *worker_main(void *arg) {
    const Worker *w = arg;
    Threads *t = w->pool;
    set_mode(get_mode() | TINY_IS_ZERO);
    for (;;) {
        wait_for_round(t, w->number);
        if (door_of(t, w->number) == THE_END) return NULL;
        if (!go_in(t, w->number)) continue; // it has just been shut
        take_tasks(t, w->number);
        go_out(t, w->number);
    }
}

static void set_doors(Threads *t, Door door) {
    for (int k = 1; k < t->n; k++) atomic_store(&t->queue[k].door, door);
    if (!atomic_load(&t->asleep)) return;
    pthread_mutex_lock(&t->lock);
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->lock);
}

// Shuts the doors of those who have not come in; is anybody inside?
static bool anybody_inside(Threads *t) {
    bool inside = false;
    for (int k = 1; k < t->n; k++) {
        Door open = OPEN;
        if (door_of(t, k) == OPEN) atomic_compare_exchange_strong(&t->queue[k].door, &open, SHUT);
        inside |= door_of(t, k) == INSIDE;
    }
    return inside;
}

static void end_round(Threads *t) {
    while (anybody_inside(t) && idle_piece(t, 0)) continue;
    for (int i = 0; i < LOOKS; i++) {
        if (!anybody_inside(t)) return;
        pause_briefly();
    }
    pthread_mutex_lock(&t->lock);
    atomic_store(&t->waiting, true);
    while (anybody_inside(t)) pthread_cond_wait(&t->done, &t->lock);
    atomic_store(&t->waiting, false);
    pthread_mutex_unlock(&t->lock);
}

static int cores(void) {
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (int)n;
}

Threads *threads_make(int n) {
    if (n <= 0) n = cores();
    if (n > MAX_THREADS) n = MAX_THREADS;
    Threads *t = calloc(1, sizeof *t);
    Worker *worker = calloc((size_t)n, sizeof *worker);
    Queue *queue = aligned_alloc(_Alignof(Queue), (size_t)n * sizeof *queue);
    if (!t || !worker || !queue) {
        free(t), free(worker), free(queue);
        return NULL;
    }
    t->worker = worker;
    t->queue = queue;
    memset(queue, 0, (size_t)n * sizeof *queue);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->wake, NULL);
    pthread_cond_init(&t->done, NULL);
    pthread_cond_init(&t->rest, NULL);
    for (t->n = 1; t->n < n; t->n++) {
        Worker *w = &t->worker[t->n - 1];
        *w = (Worker){.pool = t, .number = t->n};
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0) break;
    }
    return t;
}

void threads_free(Threads *t) {
    if (!t) return;
    set_doors(t, THE_END);
    for (int i = 0; i < t->n - 1; i++) pthread_join(t->worker[i].thread, NULL);
    pthread_cond_destroy(&t->wake);
    pthread_cond_destroy(&t->done);
    pthread_cond_destroy(&t->rest);
    pthread_mutex_destroy(&t->lock);
    free(t->worker), free(t->queue), free(t);
}

int threads_count(const Threads *t) { return t ? t->n : 1; }

static void share_tasks(Threads *t, int n, Task *task, void *ctx) {
    fill_queues(t, n, task, ctx);
    set_doors(t, OPEN);
    take_tasks(t, 0);
    end_round(t);
}

void threads_run(Threads *t, int n, Task *task, void *ctx) {
    const bool alone = !t || t->n == 1 || n <= 1;
    const Mode mode = get_mode();
    set_mode(mode | TINY_IS_ZERO);
    if (!alone) share_tasks(t, n, task, ctx);
    for (int i = 0; alone && i < n; i++) task(ctx, i, 0);
    set_mode(mode);
}

void threads_idle(Threads *t, IdleWork *work, void *ctx) {
    if (!t) return;
    pthread_mutex_lock(&t->lock);
    const bool same = atomic_load(&t->idle_work) == work && t->idle_ctx == ctx;
    if (same) {
        pthread_mutex_unlock(&t->lock);
        return;
    }
    atomic_store(&t->idle_work, NULL);
    while (t->busy > 0) pthread_cond_wait(&t->rest, &t->lock);
    t->idle_ctx = ctx;
    atomic_store(&t->idle_work, work);
    pthread_mutex_unlock(&t->lock);
    if (work) threads_wake(t);
}

void threads_wake(Threads *t) {
    if (!t || t->n == 1) return;
    pthread_mutex_lock(&t->lock);
    atomic_fetch_add(&t->news, 1);
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->lock);
}
