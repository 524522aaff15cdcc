/* init.h — first values of weights. */
#pragma once
#include "lang/graph.h"
#include "runtime/real.h"
#include "runtime/rng.h"

typedef struct InitKind {
    KindSpec spec;
    // Value number i of a tensor whose outputs sum fan_in products (and whose inputs feed fan_out).
    double (*draw)(const void *cfg, const ParamSpec *p, Rng r, uint64_t i);
} InitKind;

#define INIT(name) extern const InitKind name##_init;
#include "runtime/inits.def"
#undef INIT

// Fills n numbers: weights by the rule, everything else with p->first.
void init_fill(const Use *rule, const ParamSpec *p, Rng r, real *v, size_t n);
