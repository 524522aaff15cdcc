/* relu.c — the rectifier: negative numbers become zero.
 *
 *     dst = max(0, src)                    diff_src += diff_dst  where src > 0
 *
 * Number by number, any shape. At src = 0 the derivative does not exist; we use 0.
 * src and dst may be the same place: dst ≤ 0 exactly where src ≤ 0.
 * Source: Nair & Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010. */
#include "runtime/explain.h"
#include "runtime/kernels/wide.h"

// Written so that a NaN passes: a broken number must stay visible.
WIDE static void forward(const Step *s) {
    const real *src = s->src[0].v;
    real *dst = s->dst.v;

    APART for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        dst[i] = src[i] <= 0 ? 0 : src[i];
}

WIDE static void backward(const Step *s) {
    const real *src = s->src[0].v, *diff_dst = s->diff_dst.v;
    real *diff_src = s->diff_src[0].v;
    const bool fresh = step_fresh(s, 0);
    if (!diff_src) return;

    APART for (size_t i = 0, len = tensor_len(s->dst); i < len; i++) {
        const real g = diff_dst[i];
        diff_src[i] = (fresh ? 0 : diff_src[i]) + (src[i] <= 0 ? 0 : g);
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Operand x = explain_here(q, "x", OF_SRC);
    const bool shut = x.v <= 0;
    const Operand gate = explain_from(x, "gate", shut ? 0 : 1, shut ? "x ≤ 0: shut" : "x > 0: open");
    explain_term(q, NULL, q->asked == ASKED_DST ? x : explain_here(q, "δ", OF_DIFF_DST), gate);
}

const LayerKind relu_layer = {
    .spec = {.name = "relu", .summary = "replace negative numbers by zero",
             .formula = "y = max(0, x)", .example = "relu",
             .synonyms = "ReLU Relu rectifier rectified activation",
             .source = "runtime/layers/relu.c", .min_src = 1, .max_src = 1},
    .lanes        = true,
    .pointwise    = true,
    .by_map       = true,
    .writes       = true,
    .in_place     = true,
    .monotone     = true,
    .forward_ref  = forward,
    .backward_ref = backward,
    .explain      = explain,
};
