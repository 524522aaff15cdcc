/* batch.c — chosen pictures of a data set, prepared side by side for the network. */
#include "runtime/batch.h"

#include <stdlib.h>

enum { TASK_IMAGES = 32 };

bool batcher_open(Batcher *b, const Dataset *d, Threads *t, Error *e) {
    const size_t workers = (size_t)threads_count(t);
    *b = (Batcher){.d = d, .threads = t, .scratch_len = dataset_scratch(d)};
    b->scratch = calloc(b->scratch_len * workers + 1, sizeof *b->scratch);
    b->worker_error = calloc(workers, sizeof *b->worker_error);
    if (b->scratch && b->worker_error) return true;
    batcher_close(b);
    return error_set(e, "there is not enough memory to prepare the pictures");
}

void batcher_close(Batcher *b) {
    free(b->scratch), free(b->worker_error);
    *b = (Batcher){0};
}

typedef struct Fill { const Batcher *b; Part part; const int *index; const Draw *draw; Tensor dst; } Fill;

static void fill_images(void *ctx, int task, int worker) {
    const Fill *f = ctx;
    const int lo = task * TASK_IMAGES, all = f->dst.n;
    const int hi = lo + TASK_IMAGES < all ? lo + TASK_IMAGES : all;
    real *scratch = f->b->scratch + (size_t)worker * f->b->scratch_len;
    Error *e = &f->b->worker_error[worker];
    for (int k = lo; k < hi; k++)
        if (!dataset_image(f->b->d, f->part, f->index[k], f->draw, f->dst, k, scratch, e)) return;
}

bool batcher_fill(const Batcher *b, Part part, const int *index, int n, const Draw *draw, Tensor dst,
                  int *label, Error *e) {
    Fill f = {b, part, index, draw, dst};
    for (int w = 0; w < threads_count(b->threads); w++) b->worker_error[w].text[0] = '\0';
    threads_run(b->threads, (n + TASK_IMAGES - 1) / TASK_IMAGES, fill_images, &f);
    for (int w = 0; w < threads_count(b->threads); w++)
        if (b->worker_error[w].text[0]) return error_set(e, "%s", b->worker_error[w].text);
    for (int k = 0; k < n; k++) label[k] = b->d->part[part].label[index[k]];
    return true;
}
