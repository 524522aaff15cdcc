/* terms.h — what the explanations of image steps have in common. */
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/explain.h"

// A number of the picture that arrived.
static inline Operand term_src(const StepQuestion *q, int c, int y, int x) {
    return (Operand){.name = "x", .of = OF_SRC, .c = c, .y = y, .x = x,
                     .v = (double)*at(q->s.src, 0, c, y, x)};
}

// Tells the product of n factors.
static inline void term_tell(const StepQuestion *q, const char *label, int n, const Operand *factor) {
    Term t = {.n_factors = n, .value = 1, .label = label};
    for (int i = 0; i < n; i++) {
        t.factor[i] = factor[i];
        t.value *= factor[i].v;
    }
    q->term(q->ctx, &t);
}

static inline void term_help(const StepQuestion *q, Operand o) {
    if (q->helper) q->helper(q->ctx, &o);
}

// A place on an axis of n pixels, or the nearest one that there is.
static inline int step_near(int p, int n) { return p < 0 ? 0 : p < n ? p : n - 1; }
