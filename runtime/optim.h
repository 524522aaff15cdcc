/* optim.h — rules for changing weights: a table, one file per row in runtime/optimisers/.
 *
 * Conventions are PyTorch's, where libraries differ (see the head of each file). */
#pragma once
#include <stdint.h>

#include "lang/graph.h"
#include "runtime/real.h"

enum { MAX_SLOTS = 2 };

// One stretch of one parameter tensor.
typedef struct UpdateStep {
    const void *cfg;
    double lr, decay;  // decay is 0 for parameters it does not concern
    uint64_t t;        // number of this update of the parameter, from 1
    size_t n;
    real *w;           // the weights, changed in place
    const real *g;     // their gradient
    real *slot[MAX_SLOTS]; // what the rule remembers; zero before the first update
} UpdateStep;

typedef struct Question Question; // explain.h

typedef struct OptimKind {
    KindSpec spec;
    const char *slot[MAX_SLOTS];      // names of what it remembers, as PyTorch calls them
    int (*n_slots)(const void *cfg);  // how many of them these options need
    void (*update)(const UpdateStep *u);
    // The terms whose sum is one weight after the update; see explain.h.
    void (*explain)(const Question *q);
} OptimKind;

#define OPTIM(name) extern const OptimKind name##_optim;
#include "runtime/optimisers/optimisers.def"
#undef OPTIM

// Options every rule has: the head of each kind's configuration, so that
// `(const OptimOptions *)cfg` is always right.
typedef struct OptimOptions { double lr, decay; bool decay_all; } OptimOptions;
