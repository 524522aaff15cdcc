/* work.c — see work.h. */
#include "viz/window/work.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct Work {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t given, done;
    // Behind the lock.
    void (*task)(void *ctx); // NULL: nothing to do
    void *ctx;
    bool quit;
};

static void *run(void *arg) {
    Work *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->task && !w->quit) pthread_cond_wait(&w->given, &w->lock);
        if (w->quit) break;
        pthread_mutex_unlock(&w->lock);
        w->task(w->ctx);
        pthread_mutex_lock(&w->lock);
        w->task = NULL;
        pthread_cond_signal(&w->done);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void destroy(Work *w) {
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->given), pthread_cond_destroy(&w->done);
    free(w);
}

Work *work_open(Error *e) {
    Work *w = calloc(1, sizeof *w);
    pthread_condattr_t clock;
    if (!w) {
        error_set(e, "there is no memory left");
        return NULL;
    }
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->given, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC); // the time of day may be set meanwhile
    pthread_cond_init(&w->done, &clock);
    pthread_condattr_destroy(&clock);
    if (pthread_create(&w->thread, NULL, run, w) == 0) return w;
    destroy(w);
    error_set(e, "no thread can be started beside the window");
    return NULL;
}

void work_close(Work *w) {
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    w->quit = true;
    pthread_cond_signal(&w->given);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    destroy(w);
}

void work_begin(Work *w, void (*task)(void *ctx), void *ctx) {
    pthread_mutex_lock(&w->lock);
    w->task = task, w->ctx = ctx;
    pthread_cond_signal(&w->given);
    pthread_mutex_unlock(&w->lock);
}

bool work_done(Work *w, double seconds) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    const double at = (double)until.tv_nsec * 1e-9 + seconds, whole = floor(at);
    until.tv_sec += (time_t)whole;
    until.tv_nsec = (long)((at - whole) * 1e9);
    pthread_mutex_lock(&w->lock);
    int late = 0;
    while (w->task && late == 0) late = pthread_cond_timedwait(&w->done, &w->lock, &until);
    const bool done = !w->task;
    pthread_mutex_unlock(&w->lock);
    return done;
}
