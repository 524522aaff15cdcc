/* rmsprop.c — divide each gradient by its usual size.
 *
 *     g ← g + decay·w
 *     s ← rho·s + (1 − rho)·g²             the mean squared gradient, 0 at first
 *     u ← g / (√s + eps)
 *     w ← w − lr·u                         momentum: b ← momentum·b + u, w ← w − lr·b
 *
 * eps stands outside the root (PyTorch), rho is 0.99; Keras has it inside and 0.9.
 * Source: Tieleman & Hinton, "Lecture 6.5 – rmsprop", Coursera, 2012. */
#include <tgmath.h>

#include "runtime/kernels/wide.h"
#include "runtime/optimisers/options.h"

typedef struct RmsProp { OptimOptions base; double rho, eps, momentum; } RmsProp;

static const AttrSpec attrs[] = {
    OPTIM_ATTRS(0.01, 0, .required = false),
    REAL_ATTR(RmsProp, rho, 0.99, 0, 1, "memory of the mean squared gradient", .open = true,
              .synonyms = "smoothing discount decay_rate"),
    REAL_ATTR(RmsProp, eps, 1e-8, 0, 1, "added to the root, so that it is never 0", .open = true,
              .synonyms = "epsilon"),
    REAL_ATTR(RmsProp, momentum, 0, 0, 1, "part of the last step that goes on", .synonyms = "mu"),
    {0},
};

static int n_slots(const void *cfg) { return ((const RmsProp *)cfg)->momentum > 0 ? 2 : 1; }

WIDE static void update(const UpdateStep *u) {
    const RmsProp *o = u->cfg;
    const real lr = (real)u->lr, decay = (real)u->decay, eps = (real)o->eps;
    const real old = (real)o->rho, new = (real)(1 - o->rho), momentum = (real)o->momentum;
    const real *restrict grad = u->g;
    real *restrict w = u->w, *restrict s = u->slot[0], *restrict b = u->slot[1];

    for (size_t i = 0; i < u->n; i++) {
        const real g = grad[i] + decay * w[i];
        s[i] = old * s[i] + new * g * g;
        const real step = g / (sqrt(s[i]) + eps);
        if (b) b[i] = momentum * b[i] + step;
        w[i] -= lr * (b ? b[i] : step);
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Before *b = q->before;
    const RmsProp *o = b->cfg;
    const Operand w = explain_here(q, "w", OF_WEIGHT), old = explain_here(q, "s", OF_SLOT);
    const Operand step = optim_step(q);
    Note decayed;
    const Operand g = optim_gradient(q, b->decay, &decayed);
    const double s = o->rho * old.v + (1 - o->rho) * g.v * g.v;
    const Note mean = explain_note("%s·%s + %s·%s²", figure(o->rho).s, figure(old.v).s,
                                   figure(1 - o->rho).s, inner(g.v).s);
    const Note usual = explain_note("1/(√%s + eps)", figure(s).s);

    explain_helper(q, explain_from(old, "s", s, mean.s));
    explain_term(q, "the weight before", w);
    if (o->momentum > 0)
        explain_term(q, "momentum", step, explain_worked("momentum", o->momentum, "the option momentum"),
                     explain_at(q, "b", OF_SLOT, 1, q->n, q->c, q->y, q->x));
    explain_term(q, "the step", step, g,
                 explain_worked("1/(√s + eps)", 1 / (sqrt(s) + o->eps), usual.s));
}

const OptimKind rmsprop_optim = {
    .spec = {.name = "rmsprop", .summary = "divide each gradient by its usual size",
             .formula = "s = rho·s + (1 − rho)·g²;  w = w − lr·g/(√s + eps)",
             .example = "rmsprop lr=0.001", .synonyms = "RMSprop RMSProp rms_prop",
             .source = "runtime/optimisers/rmsprop.c", .cfg_size = sizeof(RmsProp),
             .attrs = attrs},
    .slot    = {"square_avg", "momentum_buffer"},
    .n_slots = n_slots,
    .update  = update,
    .explain = explain,
};
