/* training.h — which layers each `train` line of a file changes, and which are frozen then.
 *
 *     Training t = training_start(arena, x);
 *     while (training_next(&t)) … t.train, t.frozen[node], t.weights …
 *
 * A model without a `train` line has one such state, that at its end, and t.train is NULL in it. */
#pragma once
#include "lang/graph.h"

typedef struct Training {
    const Experiment *x;
    const Action *train; // the line
    bool *frozen;        // per node: it has parameters, and the line leaves them as they are
    int64_t weights;     // that the line changes
    int next;            // action that comes next; −1: none
} Training;

Training training_start(Arena *a, const Experiment *x);

// Goes on to the next `train` line. False if there is none.
bool training_next(Training *t);

// Parameters of a layer, statistics not counted.
int64_t layer_weights(const Node *n);
