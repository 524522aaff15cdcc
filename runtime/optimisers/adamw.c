/* adamw.c — Adam with decay beside the gradient instead of in it.
 *
 *     w ← w − lr·decay·w, then Adam's step with g as it is (adam.c)
 *
 * In adam the decay goes through m and v and is scaled like a gradient: weights with large
 * gradients hardly decay. Here every weight shrinks by the same factor.
 * Source: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2. */
#include "runtime/optimisers/adam.h"

static const AttrSpec attrs[] = {ADAM_ATTRS(0.01), {0}};

static void update(const UpdateStep *u) { adam_step(u, 0, 1 - u->lr * u->decay); }

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) { adam_explain(q, 0, q->before->decay); }

const OptimKind adamw_optim = {
    .spec = {.name = "adamw", .summary = "adam, with decay beside the gradient instead of in it",
             .formula = "w = w·(1 − lr·decay) − lr·m̂/(√v̂ + eps)",
             .example = "adamw lr=0.001 decay=0.01", .synonyms = "AdamW adam_w",
             .source = "runtime/optimisers/adamw.c", .cfg_size = sizeof(Adam), .attrs = attrs},
    .slot    = {"exp_avg", "exp_avg_sq"},
    .n_slots = adam_slots,
    .update  = update,
    .explain = explain,
};
