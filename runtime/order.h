/* order.h — which training pictures a pass shows, how often, and in which order.
 *
 * Without balancing, a pass shows every picture once. Of classes of which there are very different
 * numbers of pictures, a network learns mostly the largest. With n_c pictures of class c, C classes
 * that have any, N pictures in all:
 *
 *     oversample     every class gets as many as the largest: each picture ⌊max/n_c⌋ times, and some
 *                    of them, others in every pass, once more
 *     undersample    every class gets as many as the smallest: others in every pass
 *     weights        every picture once, and in the loss it counts N / (C·n_c) times
 *
 * What a pass shows is a function of (seed, pass) alone.
 *
 * Source: He & Garcia, "Learning from Imbalanced Data", 2009, §3.1 (sampling) and §3.2 (weights). */
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/feed.h"

typedef struct Order {
    const Dataset *data;
    int balance;               // BALANCE_…
    Rng balancing, shuffling;
    int n;                     // pictures of a pass
    int classes;               // that have pictures
    int each;                  // pictures of each of them in a balanced pass; 0: as they are
    int *count;                // of each class, before balancing
    int *first, *sorted;       // class c: sorted[first[c]] … sorted[first[c + 1] − 1]
    int *room;                 // for shuffling
    Pick *pick, *mixed;
    uint64_t pass;             // whose order is in `mixed`
} Order;

// False with a message if there is no memory; nothing is left open then.
bool order_open(Order *o, const Dataset *d, int balance, uint64_t seed, Error *e);
void order_close(Order *o);

// The o->n pictures of a pass, until the next call.
const Pick *order_pass(Order *o, uint64_t pass);

// How much a picture of class c counts with balance=weights.
real order_weight(const Order *o, int c);

// What balancing does, as a line for a person: the counts before and after.
void order_text(const Order *o, char *text, size_t cap);
