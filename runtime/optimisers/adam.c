/* adam.c — steps of about the same length for every weight, whatever the size of its gradient.
 *
 *     g ← g + decay·w
 *     m ← beta1·m + (1 − beta1)·g                   the mean gradient
 *     v ← beta2·v + (1 − beta2)·g²                  the mean squared gradient
 *     w ← w − lr · m̂ / (√v̂ + eps)                   m̂ = m/(1 − beta1ᵗ), v̂ = v/(1 − beta2ᵗ)
 *
 * m and v start at 0 and are too small at first; dividing by 1 − betaᵗ corrects for that. eps
 * stands outside the root and after the correction (PyTorch); Keras has it before ("epsilon hat").
 * Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1. */
#include "runtime/optimisers/adam.h"

#include <tgmath.h>

#include "runtime/exact.h"
#include "runtime/kernels/wide.h"

static const AttrSpec attrs[] = {ADAM_ATTRS(0), {0}};

int adam_slots(const void *cfg) {
    (void)cfg;
    return 2;
}

WIDE void adam_step(const UpdateStep *u, double l2, double keep) {
    const Adam *o = u->cfg;
    const double unbias1 = 1 - exact_power(o->beta1, u->t);
    const double unbias2 = 1 - exact_power(o->beta2, u->t);
    const real lr = (real)(u->lr / unbias1), root = (real)(1 / sqrt(unbias2)), eps = (real)o->eps;
    const real old1 = (real)o->beta1, new1 = (real)(1 - o->beta1);
    const real old2 = (real)o->beta2, new2 = (real)(1 - o->beta2);
    const real pull = (real)l2, rest = (real)keep;
    const real *restrict grad = u->g;
    real *restrict w = u->w, *restrict m = u->slot[0], *restrict v = u->slot[1];

    for (size_t i = 0; i < u->n; i++) {
        const real g = grad[i] + pull * w[i];
        m[i] = old1 * m[i] + new1 * g;
        v[i] = old2 * v[i] + new2 * g * g;
        w[i] = rest * w[i] - lr * m[i] / (sqrt(v[i]) * root + eps);
    }
}

static void update(const UpdateStep *u) { adam_step(u, u->decay, 1); }

// ---- for the viewer -----------------------------------------------------------------------------

typedef struct Notes { Note mean, larger; } Notes;

// m̂ of m, or v̂ of v: what is remembered, made larger by what it misses at first.
static Operand unbiased(const Question *q, Operand old, const char *name, double beta, double now,
                        Notes *how) {
    const double t = (double)q->before->t, mean = beta * old.v + (1 - beta) * now;
    how->mean = explain_note("%s·%s + %s·%s", figure(beta).s, inner(old.v).s, figure(1 - beta).s,
                             inner(now).s);
    how->larger = explain_note("%s/(1 − %s^%.0f)", figure(mean).s, figure(beta).s, t);
    explain_helper(q, explain_from(old, old.name, mean, how->mean.s));
    const Operand hat = explain_from(old, name, mean / (1 - pow(beta, t)), how->larger.s);
    explain_helper(q, hat);
    return hat;
}

void adam_explain(const Question *q, double l2, double apart) {
    const Adam *o = q->before->cfg;
    const Operand w = explain_here(q, "w", OF_WEIGHT), step = optim_step(q);
    const Operand m = explain_here(q, "m", OF_SLOT);
    const Operand v = explain_at(q, "v", OF_SLOT, 1, q->n, q->c, q->y, q->x);
    Note decayed;
    Notes first, second;
    const Operand g = optim_gradient(q, l2, &decayed);
    const Operand m_hat = unbiased(q, m, "m̂", o->beta1, g.v, &first);
    const Operand v_hat = unbiased(q, v, "v̂", o->beta2, g.v * g.v, &second);
    const Note usual = explain_note("1/(√%s + eps)", figure(v_hat.v).s);

    explain_term(q, "the weight before", w);
    if (apart > 0) explain_term(q, "decay", step, explain_worked("decay", apart, "the option decay"), w);
    explain_term(q, "the step", step, m_hat,
                 explain_worked("1/(√v̂ + eps)", 1 / (sqrt(v_hat.v) + o->eps), usual.s));
}

static void explain(const Question *q) { adam_explain(q, q->before->decay, 0); }

const OptimKind adam_optim = {
    .spec = {.name = "adam", .summary = "steps of about the same length for every weight",
             .formula = "w = w − lr·m̂/(√v̂ + eps)", .example = "adam lr=0.001",
             .synonyms = "Adam ADAM", .source = "runtime/optimisers/adam.c",
             .cfg_size = sizeof(Adam), .attrs = attrs},
    .slot    = {"exp_avg", "exp_avg_sq"},
    .n_slots = adam_slots,
    .update  = update,
    .explain = explain,
};
