/* sgd.c — stochastic gradient descent: a step against the gradient, with momentum if wanted.
 *
 *     g ← g + decay·w
 *     v ← momentum·v + g                   v = 0 at first
 *     w ← w − lr·v                         nesterov: w ← w − lr·(g + momentum·v)
 *
 * Without momentum v is g. The rate stands outside of v (PyTorch); Keras puts it inside, which
 * differs as soon as the rate changes. Source: Polyak, "Some Methods of Speeding Up the Convergence
 * of Iteration Methods", 1964; Sutskever et al., "On the Importance of Initialization and Momentum
 * in Deep Learning", 2013. */
#include "runtime/kernels/wide.h"
#include "runtime/optimisers/options.h"

typedef struct Sgd { OptimOptions base; double momentum; bool nesterov; } Sgd;

static const AttrSpec attrs[] = {
    OPTIM_ATTRS(0.01, 0, .required = true),
    REAL_ATTR(Sgd, momentum, 0, 0, 1, "part of the last step that goes on", .synonyms = "mu rho"),
    BOOL_ATTR(Sgd, nesterov, 0, "look ahead along the momentum"),
    {0},
};

static bool infer(Infer *q) {
    const Sgd *o = q->cfg;
    if (!o->nesterov || o->momentum > 0) return true;
    return infer_error(q, "nesterov", W_TOGETHER,
                       "nesterov=yes looks ahead along the momentum, and there is none: write "
                       "momentum=0.9");
}

static int n_slots(const void *cfg) { return ((const Sgd *)cfg)->momentum > 0 ? 1 : 0; }

WIDE static void update(const UpdateStep *u) {
    const Sgd *o = u->cfg;
    const real lr = (real)u->lr, decay = (real)u->decay, m = (real)o->momentum;
    const real *restrict grad = u->g;
    real *restrict w = u->w, *restrict v = u->slot[0];

    if (o->momentum <= 0) {
        for (size_t i = 0; i < u->n; i++)
            w[i] -= lr * (grad[i] + decay * w[i]);
        return;
    }
    for (size_t i = 0; i < u->n; i++) {
        const real g = grad[i] + decay * w[i];
        v[i] = m * v[i] + g;
        w[i] -= lr * (o->nesterov ? g + m * v[i] : v[i]);
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Before *b = q->before;
    const Sgd *o = b->cfg;
    const Operand w = explain_here(q, "w", OF_WEIGHT), g = explain_here(q, "g", OF_GRAD);
    const Operand step = optim_step(q);
    const Operand decay = explain_worked("decay", b->decay, "the option decay");
    const Operand m = explain_worked("momentum", o->momentum, "the option momentum");
    const Note two = explain_note("1 + %s", figure(o->momentum).s);
    const Operand ahead = explain_worked("1 + momentum", 1 + o->momentum, two.s);

    explain_term(q, "the weight before", w);
    if (o->nesterov) {
        explain_term(q, "momentum", step, m, m, explain_here(q, "v", OF_SLOT));
        explain_term(q, "the gradient, and a look ahead", step, ahead, g);
        if (b->decay > 0) explain_term(q, "decay", step, ahead, decay, w);
        return;
    }
    if (o->momentum > 0) explain_term(q, "momentum", step, m, explain_here(q, "v", OF_SLOT));
    explain_term(q, "the gradient", step, g);
    if (b->decay > 0) explain_term(q, "decay", step, decay, w);
}

const OptimKind sgd_optim = {
    .spec = {.name = "sgd", .summary = "a step against the gradient, with momentum if wanted",
             .formula = "v = momentum·v + g;  w = w − lr·v", .example = "sgd lr=0.1 momentum=0.9",
             .synonyms = "SGD Momentum momentum gradient_descent GradientDescent",
             .source = "runtime/optimisers/sgd.c", .cfg_size = sizeof(Sgd), .attrs = attrs,
             .infer = infer},
    .slot    = {"momentum_buffer"},
    .n_slots = n_slots,
    .update  = update,
    .explain = explain,
};
