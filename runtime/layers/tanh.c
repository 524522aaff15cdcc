/* tanh.c — squeeze any number into −1 … 1.
 *
 *     dst = tanh(src) = 2·sigmoid(2·src) − 1            diff_src += diff_dst · (1 − dst²)
 *
 * Number by number, any shape. Around 0 it is the straight line dst = src.
 * Source: LeCun et al., "Efficient BackProp", 1998, §4.4. */
#include <math.h>

#include "runtime/explain.h"
#include "runtime/kernels/vmath.h"
#include "runtime/kernels/wide.h"

static void forward(const Step *s) { vm_tanh_n(s->dst.v, s->src[0].v, tensor_len(s->dst)); }

static void forward_ref(const Step *s) {
    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        s->dst.v[i] = vm_tanh(s->src[0].v[i]);
}

WIDE static void backward(const Step *s) {
    const real *dst = s->dst.v, *diff_dst = s->diff_dst.v;
    real *diff_src = s->diff_src[0].v;
    const bool fresh = step_fresh(s, 0);
    if (!diff_src) return;

    APART for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        diff_src[i] = (fresh ? 0 : diff_src[i]) + diff_dst[i] * (1 - dst[i] * dst[i]);
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Operand x = explain_here(q, "x", OF_SRC), y = explain_here(q, "y", OF_DST);
    const Note squeezed = explain_note("tanh(%s)", figure(x.v).s);
    const Note slope = explain_note("1 − %s²", inner(y.v).s);
    if (q->asked == ASKED_DST)
        explain_term(q, NULL, explain_from(x, "tanh(x)", tanh(x.v), squeezed.s));
    else
        explain_term(q, NULL, explain_here(q, "δ", OF_DIFF_DST),
                     explain_from(y, "1 − y²", 1 - y.v * y.v, slope.s));
}

const LayerKind tanh_layer = {
    .spec = {.name = "tanh", .summary = "squeeze every number into −1 … 1",
             .formula = "y = tanh(x)", .example = "tanh", .synonyms = "Tanh TanH",
             .source = "runtime/layers/tanh.c", .min_src = 1, .max_src = 1},
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
