/* sigmoid.c — squeeze any number into 0 … 1.
 *
 *     dst = 1 / (1 + exp(−src))            diff_src += diff_dst · dst · (1 − dst)
 *
 * Number by number, any shape. The slope is at most 1/4: through many sigmoids a gradient fades.
 * Source: Rumelhart, Hinton & Williams, "Learning Representations by Back-Propagating Errors",
 * 1986. */
#include <math.h>

#include "runtime/explain.h"
#include "runtime/kernels/vmath.h"
#include "runtime/kernels/wide.h"

static void forward(const Step *s) { vm_sigmoid_n(s->dst.v, s->src[0].v, tensor_len(s->dst)); }

static void forward_ref(const Step *s) {
    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        s->dst.v[i] = vm_sigmoid(s->src[0].v[i]);
}

WIDE static void backward(const Step *s) {
    const real *dst = s->dst.v, *diff_dst = s->diff_dst.v;
    real *diff_src = s->diff_src[0].v;
    const bool fresh = step_fresh(s, 0);
    if (!diff_src) return;

    APART for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        diff_src[i] = (fresh ? 0 : diff_src[i]) + diff_dst[i] * dst[i] * (1 - dst[i]);
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Operand x = explain_here(q, "x", OF_SRC), y = explain_here(q, "y", OF_DST);
    const Note squeezed = explain_note("1 / (1 + e^%s)", inner(-x.v).s);
    const Note rest = explain_note("1 − %s", figure(y.v).s);
    if (q->asked == ASKED_DST)
        explain_term(q, NULL, explain_from(x, "sigmoid(x)", 1 / (1 + exp(-x.v)), squeezed.s));
    else
        explain_term(q, NULL, explain_here(q, "δ", OF_DIFF_DST), y,
                     explain_from(y, "1 − y", 1 - y.v, rest.s));
}

const LayerKind sigmoid_layer = {
    .spec = {.name = "sigmoid", .summary = "squeeze every number into 0 … 1",
             .formula = "y = 1 / (1 + exp(−x))", .example = "sigmoid",
             .synonyms = "Sigmoid logistic LOGISTIC",
             .source = "runtime/layers/sigmoid.c", .min_src = 1, .max_src = 1},
    .lanes        = true,
    .pointwise    = true,
    .by_map       = true,
    .writes       = true,
    .in_place     = true,
    .forward_ref  = forward_ref,
    .backward_ref = backward,
    .forward      = forward,
    .explain      = explain,
};
