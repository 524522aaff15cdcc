/* batch.h — chosen pictures of a data set, prepared side by side for the network. */
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/error.h"
#include "runtime/threads.h"

typedef struct Batcher {
    const Dataset *d;
    Threads *threads;
    real *scratch; // per worker
    size_t scratch_len;
} Batcher;

bool batcher_open(Batcher *b, const Dataset *d, Threads *t, Error *e);
void batcher_close(Batcher *b);

// Pictures index[0 … n−1] of a part, all image steps applied, into dst; their labels into label.
void batcher_fill(const Batcher *b, Part part, const int *index, int n, Tensor dst, int *label);
