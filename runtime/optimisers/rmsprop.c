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

static void update(const UpdateStep *u) {
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

const OptimKind rmsprop_optim = {
    .spec = {.name = "rmsprop", .summary = "divide each gradient by its usual size",
             .formula = "s = rho·s + (1 − rho)·g²;  w = w − lr·g/(√s + eps)",
             .example = "rmsprop lr=0.001", .synonyms = "RMSprop RMSProp rms_prop",
             .source = "runtime/optimisers/rmsprop.c", .cfg_size = sizeof(RmsProp),
             .attrs = attrs},
    .slot    = {"square_avg", "momentum_buffer"},
    .n_slots = n_slots,
    .update  = update,
};
