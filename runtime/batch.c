/* batch.c — chosen pictures of a data set, prepared side by side for the network. */
#include "runtime/batch.h"

#include <stdlib.h>

enum { TASK_IMAGES = 32 };

bool batcher_open(Batcher *b, const Dataset *d, Threads *t, Error *e) {
    *b = (Batcher){.d = d, .threads = t, .scratch_len = dataset_scratch(d)};
    b->scratch = calloc(b->scratch_len * (size_t)threads_count(t) + 1, sizeof *b->scratch);
    return b->scratch || error_set(e, "there is not enough memory to prepare the pictures");
}

void batcher_close(Batcher *b) {
    free(b->scratch);
    *b = (Batcher){0};
}

typedef struct Fill { const Batcher *b; Part part; const int *index; Tensor dst; } Fill;

static void fill_images(void *ctx, int task, int worker) {
    const Fill *f = ctx;
    const int lo = task * TASK_IMAGES, all = f->dst.n;
    const int hi = lo + TASK_IMAGES < all ? lo + TASK_IMAGES : all;
    real *scratch = f->b->scratch + (size_t)worker * f->b->scratch_len;
    for (int k = lo; k < hi; k++) dataset_image(f->b->d, f->part, f->index[k], f->dst, k, scratch);
}

void batcher_fill(const Batcher *b, Part part, const int *index, int n, Tensor dst, int *label) {
    Fill f = {b, part, index, dst};
    threads_run(b->threads, (n + TASK_IMAGES - 1) / TASK_IMAGES, fill_images, &f);
    for (int k = 0; k < n; k++) label[k] = b->d->part[part].label[index[k]];
}
