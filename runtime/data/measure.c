/* measure.c — looks at all training pictures once for each step that measures something.
 *
 * The pictures are cut into ranges of a fixed size. Each range is summed up on its own, by
 * whichever thread takes it; the sums are then added in order, so that the result does not depend
 * on the number of threads. */
#include <stdlib.h>

#include "runtime/data/store.h"

enum { RANGE = 1024 }; // pictures of one task

typedef struct Measuring {
    const Dataset *d;
    int step, n_sum;
    double *sum;      // n_sum for each range
    real *scratch;    // dataset_scratch() for each worker
} Measuring;

static Tensor as_tensor(const real *v, Shape s) {
    return (Tensor){(real *)v, 1, s.c, s.h, s.w, LAYOUT_PLAIN};
}

static void measure_range(void *ctx, int task, int worker) {
    const Measuring *m = ctx;
    const ImageList *l = &m->d->part[PART_TRAIN];
    const int lo = task * RANGE, hi = lo + RANGE < l->n ? lo + RANGE : l->n;
    const Shape shape = store_of(m->d)->shape[m->step];
    real *scratch = m->scratch + (size_t)worker * dataset_scratch(m->d);
    double *sum = m->sum + (size_t)task * (size_t)m->n_sum;

    for (int i = lo; i < hi; i++) {
        const real *v = steps_apply(m->d, l->pixel[i], m->step, scratch);
        step_kind(m->d, m->step)->measure(as_tensor(v, shape), sum);
    }
}

static void add_up(double *sum, int n_sum, int n_ranges) {
    for (int r = 1; r < n_ranges; r++)
        for (int i = 0; i < n_sum; i++) sum[i] += sum[(size_t)r * (size_t)n_sum + (size_t)i];
}

static bool measure_step(Dataset *d, int k, Threads *t, Error *e) {
    const int n = d->part[PART_TRAIN].n, n_ranges = (n + RANGE - 1) / RANGE;
    const Shape shape = store_of(d)->shape[k];
    Measuring m = {.d = d, .step = k, .n_sum = step_measures(d, k) + 2 * shape.c};
    m.sum = calloc((size_t)n_ranges, (size_t)m.n_sum * sizeof *m.sum);
    m.scratch = malloc(dataset_scratch(d) * (size_t)threads_count(t) * sizeof *m.scratch);
    const bool ok = m.sum && m.scratch;
    if (ok) {
        threads_run(t, n_ranges, measure_range, &m);
        add_up(m.sum, m.n_sum, n_ranges);
        step_kind(d, k)->finish(m.sum, shape, n, d->measured[k]);
    }
    free(m.sum);
    free(m.scratch);
    return ok || error_set(e, "no memory to measure the pictures");
}

bool measure_steps(Dataset *d, Threads *t, Error *e) {
    for (int k = 0; k < d->n_steps; k++)
        if (step_measures(d, k) && !measure_step(d, k, t, e)) return false;
    d->measured_known = true;
    return table_make(d, e);
}
