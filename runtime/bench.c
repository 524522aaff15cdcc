/* bench.c — the machine's own limits, and how near the matrix product comes to them. */
#include "runtime/bench.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/clock.h"
#include "runtime/kernels/gemm.h"

// ---- timing ----------------------------------------------------------------------------------------

enum { BLOCKS = 15, LEAST_BLOCKS = 3 };

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Calls work until so many seconds are over; the seconds of one call.
static double call_for(void (*work)(void *ctx), void *ctx, double seconds) {
    const double began = clock_now();
    double calls = 0;
    do {
        work(ctx);
        calls++;
    } while (clock_now() - began < seconds);
    return (clock_now() - began) / calls;
}

static double block(void (*work)(void *ctx), void *ctx, long calls) {
    const double began = clock_now();
    for (long i = 0; i < calls; i++) work(ctx);
    return (clock_now() - began) / (double)calls;
}

Timing bench_time(void (*work)(void *ctx), void *ctx, double seconds) {
    const double once = call_for(work, ctx, seconds / 10);
    const long calls = 1 + (long)(seconds / BLOCKS / once);
    double time[BLOCKS];
    int n = 0;
    for (const double began = clock_now(); n < BLOCKS; n++) {
        if (n >= LEAST_BLOCKS && clock_now() - began > 2 * seconds) break;
        time[n] = block(work, ctx, calls);
    }
    qsort(time, (size_t)n, sizeof *time, ascending);
    return (Timing){.median = time[n / 2], .best = time[0]};
}

// ---- the machine -----------------------------------------------------------------------------------

enum { CHAIN = 200000, CACHE_LINE = 64, ARRAY_BYTES = 64 << 20 };

typedef struct Machine { Threads *threads; real *from, *to; size_t len; } Machine;

static void multiply_and_add(void *ctx, int task, int worker) {
    (void)ctx, (void)task, (void)worker;
    gemm_chain(CHAIN);
}

static void peak_round(void *ctx) {
    const Machine *m = ctx;
    threads_run(m->threads, threads_count(m->threads), multiply_and_add, ctx);
}

double bench_peak(Threads *t) {
    Machine m = {.threads = t};
    const Timing round = bench_time(peak_round, &m, 0.3);
    return gemm_chain(CHAIN) * threads_count(t) / round.best;
}

static void copy_part(void *ctx, int task, int worker) {
    (void)worker;
    const Machine *m = ctx;
    const size_t part = m->len / (size_t)threads_count(m->threads), at = part * (size_t)task;
    memcpy(m->to + at, m->from + at, part * sizeof *m->to);
}

static void copy_round(void *ctx) {
    const Machine *m = ctx;
    threads_run(m->threads, threads_count(m->threads), copy_part, ctx);
}

double bench_bandwidth(Threads *t) {
    Machine m = {.threads = t, .len = ARRAY_BYTES / sizeof(real)};
    m.from = calloc(m.len, sizeof *m.from);
    m.to = calloc(m.len, sizeof *m.to);
    double rate = 0;
    if (m.from && m.to) {
        for (size_t i = 0; i < m.len; i++) m.from[i] = R(i % 7); // pages of zeros may be one page
        rate = 2.0 * ARRAY_BYTES / bench_time(copy_round, &m, 0.5).median;
    }
    free(m.from), free(m.to);
    return rate;
}

// ---- matrix product --------------------------------------------------------------------------------

enum { REF_ROWS = 8 }; // of the definition: it is slow, and as slow on each row

typedef struct Product { int n; Matrix A, B; real *C, *work; } Product;

static void product_fast(void *ctx) {
    const Product *p = ctx;
    gemm(p->n, p->n, p->n, p->A, p->B, p->C, p->n, false, p->work);
}

static void product_ref(void *ctx) {
    const Product *p = ctx;
    gemm_ref(REF_ROWS, p->n, p->n, p->A, p->B, p->C, p->n, false);
}

bool bench_product(int n, ProductSpeed *out, Error *e) {
    const size_t len = (size_t)n * (size_t)n;
    real *const v = calloc(3 * len + gemm_work() + CACHE_LINE, sizeof *v);
    if (!v) return error_set(e, "there is no memory left");
    real *const m = v + (CACHE_LINE - (uintptr_t)v % CACHE_LINE) % CACHE_LINE / sizeof *v;
    for (size_t i = 0; i < 2 * len; i++) m[i] = R(i % 17) - 8;
    Product p = {.n = n, .A = {m, n, 1}, .B = {m + len, n, 1}, .C = m + 2 * len, .work = m + 3 * len};
    const double row = 2.0 * n * n;
    *out = (ProductSpeed){.n = n, .ref = row * REF_ROWS / bench_time(product_ref, &p, 0.1).median,
                          .fast = row * n / bench_time(product_fast, &p, 0.3).median};
    out->peak = bench_peak(NULL);
    free(v);
    return true;
}
