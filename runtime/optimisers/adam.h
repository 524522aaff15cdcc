/* adam.h — the step that adam and adamw share (adam.c has the formula). */
#pragma once
#include "runtime/optimisers/options.h"

typedef struct Adam { OptimOptions base; double beta1, beta2, eps; } Adam;

#define ADAM_ATTRS(DECAY) \
    OPTIM_ATTRS(0.001, DECAY, .required = false), \
    REAL_ATTR(Adam, beta1, 0.9, 0, 1, "memory of the mean gradient", .open = true, \
              .synonyms = "beta_1 b1"), \
    REAL_ATTR(Adam, beta2, 0.999, 0, 1, "memory of the mean squared gradient", .open = true, \
              .synonyms = "beta_2 b2"), \
    REAL_ATTR(Adam, eps, 1e-8, 0, 1, "added to the root, so that it is never 0", .open = true, \
              .synonyms = "epsilon")

// g ← g + l2·w, w ← keep·w, then Adam's step.
void adam_step(const UpdateStep *u, double l2, double keep);
int adam_slots(const void *cfg);

// Explains that step: l2 is the decay in the gradient, `apart` that beside it.
void adam_explain(const Question *q, double l2, double apart);
