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
    Error *worker_error;  // per worker
} Batcher;

bool batcher_open(Batcher *b, const Dataset *d, Threads *t, Error *e);
void batcher_close(Batcher *b);

// Pictures index[0 … n−1] of a part, all image steps applied (random ones, too, if there is a draw),
// into dst; their labels into label. False with a message if a picture cannot be read any more.
bool batcher_fill(const Batcher *b, Part part, const int *index, int n, const Draw *draw, Tensor dst,
                  int *label, Error *e);
