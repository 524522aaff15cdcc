/* feed.h — batches one after the other, prepared before they are asked for.
 *
 * Which pictures batch k consists of is fixed by whoever opens a feed, before anything is prepared;
 * what becomes of a picture follows from (seed, pass, picture). So a feed decides when a picture is
 * prepared, and nothing else.
 *
 * Where pictures must be decoded, or go through steps that cost time, a ring of batches is filled
 * by the pool's threads in moments in which training leaves them nothing to do. Where a picture is
 * only looked up (bytes in memory, steps that are one table), or there is one thread, batches are
 * filled when they are asked for. */
#pragma once
#include <stdint.h>

#include "runtime/data/dataset.h"
#include "runtime/error.h"
#include "runtime/threads.h"

// One picture of a batch. The same picture may come several times in a pass (oversampling): its
// copies differ in what random steps draw.
typedef struct Pick { int picture, copy; } Pick;

// A copy draws what its picture would draw in passes that no training reaches.
static inline Draw draw_of_copy(Draw d, int copy) {
    return (Draw){d.rng, d.epoch + ((uint64_t)copy << 32)};
}

// Chooses the pictures of batch k and draw->epoch, the pass it belongs to, and returns how many they
// are; 0: there is no such batch. Called for one k after the other, ahead of time, by the feed's owner.
typedef int Choose(void *ctx, uint64_t k, Pick *pick, Draw *draw);

typedef struct Feed Feed;

typedef struct FeedOptions {
    const Dataset *data;
    Part part;
    Threads *threads;
    Tensor like;             // where batches are put, for the largest: its sides and layout count
    bool random;             // random steps are applied
    uint64_t seed;           // of what they draw
    uint64_t first;          // number of the batch to begin with
    Choose *choose;
    void *ctx;
} FeedOptions;

// NULL with a message if there is no memory. The data and the threads must outlive it.
Feed *feed_open(const FeedOptions *o, Error *e);
void feed_close(Feed *f); // NULL is allowed

// Puts the next batch, of which there must be one, into the first images of dst, and its labels into
// label. Returns how many there are; 0 with a message if a picture cannot be read any more.
int feed_next(Feed *f, Tensor dst, int *label, Error *e);

// Seconds that feed_next() has spent on pictures that were not ready. 0 where they are only looked up.
double feed_waited(const Feed *f);
