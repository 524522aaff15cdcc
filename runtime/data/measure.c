/* measure.c — looks at all training pictures once for each step that measures something.
 *
 * The pictures are cut into ranges of a fixed size. Each range is summed up on its own, by
 * whichever thread takes it; the sums are then added in order, so that the result does not depend
 * on the number of threads.
 *
 * Only training pictures are looked at, as they are without random steps; or, where there are none, one
 * picture from elsewhere. */
#include <stdlib.h>

#include "runtime/data/store.h"

enum { RANGE = 256 }; // pictures of one task

typedef struct Measuring {
    const Dataset *d;
    const uint8_t *only; // the one picture; NULL: those that train
    int step, n_sum;
    double *sum;      // n_sum for each range
    real *scratch;    // dataset_scratch() for each worker
    Error *error;     // for each range: "" unless a picture cannot be read
} Measuring;

static int pictures_of(const Dataset *d, const uint8_t *only) { return only ? 1 : d->part[PART_TRAIN].n; }

static void measure_range(void *ctx, int task, int worker) {
    const Measuring *m = ctx;
    const int n = pictures_of(m->d, m->only);
    const int lo = task * RANGE, hi = lo + RANGE < n ? lo + RANGE : n;
    const Shape shape = store_of(m->d)->shape[m->step];
    real *scratch = m->scratch + (size_t)worker * dataset_scratch(m->d);
    double *sum = m->sum + (size_t)task * (size_t)m->n_sum;

    for (int i = lo; i < hi; i++) {
        Scratch s = scratch_cut(m->d, scratch);
        const uint8_t *pixel = m->only ? m->only
                             : dataset_pixels(m->d, PART_TRAIN, i, s.bytes[0], &m->error[task]);
        if (!pixel) return;
        const real *v = steps_run(m->d, (Canvas){.shape = m->d->image, .bytes = pixel},
                                  store_of(m->d)->shape, m->step, &s);
        step_kind(m->d, m->step)->measure(plain_picture(v, shape), sum);
    }
}

static void add_up(double *sum, int n_sum, int n_ranges) {
    for (int r = 1; r < n_ranges; r++)
        for (int i = 0; i < n_sum; i++) sum[i] += sum[(size_t)r * (size_t)n_sum + (size_t)i];
}

// The message of the first range that has one.
static bool all_read(const Error *error, int n_ranges, Error *e) {
    for (int r = 0; r < n_ranges; r++)
        if (error[r].text[0]) return error_set(e, "%s", error[r].text);
    return true;
}

static bool measure_step(Dataset *d, int k, const uint8_t *only, Threads *t, Error *e) {
    const int n = pictures_of(d, only), n_ranges = (n + RANGE - 1) / RANGE;
    const Shape shape = store_of(d)->shape[k];
    Measuring m = {.d = d, .only = only, .step = k, .n_sum = step_measures(d, k) + 2 * shape.c};
    m.sum = calloc((size_t)n_ranges, (size_t)m.n_sum * sizeof *m.sum);
    m.scratch = malloc(dataset_scratch(d) * (size_t)threads_count(t) * sizeof *m.scratch);
    m.error = calloc((size_t)n_ranges, sizeof *m.error);
    bool ok = (m.sum && m.scratch && m.error) || error_set(e, "no memory to measure the pictures");
    if (ok) {
        threads_run(t, n_ranges, measure_range, &m);
        ok = all_read(m.error, n_ranges, e);
    }
    if (ok) {
        add_up(m.sum, m.n_sum, n_ranges);
        step_kind(d, k)->finish(m.sum, shape, n, d->measured[k]);
    }
    free(m.sum), free(m.scratch), free(m.error);
    return ok;
}

bool measure_steps(Dataset *d, const uint8_t *only, Threads *t, Error *e) {
    for (int k = 0; k < d->n_steps; k++)
        if (step_measures(d, k) && !measure_step(d, k, only, t, e)) return false;
    d->measured_known = true;
    return table_make(d, e);
}
