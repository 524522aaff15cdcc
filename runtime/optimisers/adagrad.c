/* adagrad.c — the more a weight has been moved, the less it moves.
 *
 *     g ← g + decay·w
 *     s ← s + g²                           all squared gradients so far, 0 at first
 *     w ← w − lr · g / (√s + eps)
 *
 * Steps only ever become shorter: rmsprop and adam forget, to repair that.
 * Source: Duchi, Hazan & Singer, "Adaptive Subgradient Methods", 2011. */
#include <tgmath.h>

#include "runtime/kernels/wide.h"
#include "runtime/optimisers/options.h"

typedef struct Adagrad { OptimOptions base; double eps; } Adagrad;

static const AttrSpec attrs[] = {
    OPTIM_ATTRS(0.01, 0, .required = false),
    REAL_ATTR(Adagrad, eps, 1e-10, 0, 1, "added to the root, so that it is never 0", .open = true,
              .synonyms = "epsilon"),
    {0},
};

static int n_slots(const void *cfg) {
    (void)cfg;
    return 1;
}

WIDE static void update(const UpdateStep *u) {
    const real lr = (real)u->lr, decay = (real)u->decay, eps = (real)((const Adagrad *)u->cfg)->eps;
    const real *restrict grad = u->g;
    real *restrict w = u->w, *restrict s = u->slot[0];

    for (size_t i = 0; i < u->n; i++) {
        const real g = grad[i] + decay * w[i];
        s[i] += g * g;
        w[i] -= lr * g / (sqrt(s[i]) + eps);
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Before *b = q->before;
    const double eps = ((const Adagrad *)b->cfg)->eps;
    const Operand w = explain_here(q, "w", OF_WEIGHT), old = explain_here(q, "s", OF_SLOT);
    Note decayed;
    const Operand g = optim_gradient(q, b->decay, &decayed);
    const double s = old.v + g.v * g.v;
    const Note sum = explain_note("%s + %s²", figure(old.v).s, inner(g.v).s);
    const Note usual = explain_note("1/(√%s + eps)", figure(s).s);

    explain_helper(q, explain_from(old, "s", s, sum.s));
    explain_term(q, "the weight before", w);
    explain_term(q, "the step", optim_step(q), g,
                 explain_worked("1/(√s + eps)", 1 / (sqrt(s) + eps), usual.s));
}

const OptimKind adagrad_optim = {
    .spec = {.name = "adagrad", .summary = "the more a weight has been moved, the less it moves",
             .formula = "s = s + g²;  w = w − lr·g/(√s + eps)", .example = "adagrad lr=0.01",
             .synonyms = "Adagrad AdaGrad", .source = "runtime/optimisers/adagrad.c",
             .cfg_size = sizeof(Adagrad), .attrs = attrs},
    .slot    = {"sum"},
    .n_slots = n_slots,
    .update  = update,
    .explain = explain,
};
