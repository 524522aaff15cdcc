/* elu.c — a rectifier whose negative side bends softly down to −α.
 *
 *     dst = src                     where src > 0         diff_src += diff_dst
 *     dst = α·(exp(src) − 1)        elsewhere             diff_src += diff_dst · (dst + α)
 *
 * Number by number, any shape. dst + α is α·exp(src), the slope; with α = 1 it is 1 at 0 from both
 * sides, so the curve has no kink. Negative outputs bring the mean of a layer nearer to 0.
 * Source: Clevert, Unterthiner & Hochreiter, "Fast and Accurate Deep Network Learning by
 * Exponential Linear Units", 2016, §3. */
#include <math.h>

#include "runtime/explain.h"
#include "runtime/kernels/vmath.h"

typedef struct Elu { double alpha; } Elu;

static const AttrSpec attrs[] = {
    REAL_ATTR(Elu, alpha, 1, 0, 100, "how far down the negative side goes", .main = true),
    {0},
};

static real alpha_of(const Step *s) { return (real)((const Elu *)s->cfg)->alpha; }

static void forward_ref(const Step *s) {
    const real alpha = alpha_of(s), *src = s->src[0].v;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        s->dst.v[i] = src[i] > 0 ? src[i] : alpha * (vm_exp(src[i]) - 1);
}

static void backward(const Step *s) {
    const real alpha = alpha_of(s), *restrict src = s->src[0].v, *restrict dst = s->dst.v;
    const real *restrict diff_dst = s->diff_dst.v;
    real *restrict diff_src = s->diff_src[0].v;
    if (!diff_src) return;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++) {
        const real slope = dst[i] + alpha;
        diff_src[i] += diff_dst[i] * (src[i] > 0 ? 1 : slope);
    }
}

// ---- the fast way: all exponentials at once, and those of positive numbers are thrown away ------

static void forward(const Step *s) {
    const size_t len = tensor_len(s->dst);
    const real alpha = alpha_of(s), *restrict src = s->src[0].v;
    real *restrict dst = s->dst.v;

    vm_exp_n(dst, src, len);
    for (size_t i = 0; i < len; i++)
        dst[i] = src[i] > 0 ? src[i] : alpha * (dst[i] - 1);
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const bool forward_asked = q->asked == ASKED_DST;
    const Operand x = explain_here(q, "x", OF_SRC);
    const Operand alpha = explain_worked("α", ((const Elu *)q->s->cfg)->alpha, "the option alpha");
    const Note bent = explain_note("e^%s − 1", inner(x.v).s), slope = explain_note("e^%s", inner(x.v).s);
    const Operand passed = forward_asked ? x : explain_here(q, "δ", OF_DIFF_DST);

    if (x.v > 0)
        explain_term(q, NULL, passed, explain_from(x, "slope", 1, "x > 0"));
    else if (forward_asked)
        explain_term(q, NULL, alpha, explain_from(x, "exp(x) − 1", expm1(x.v), bent.s));
    else
        explain_term(q, NULL, passed, alpha, explain_from(x, "exp(x)", exp(x.v), slope.s));
}

const LayerKind elu_layer = {
    .spec = {.name = "elu", .summary = "bend negative numbers softly towards a lowest value",
             .formula = "y = x if x > 0, else α·(exp(x) − 1)", .example = "elu",
             .synonyms = "ELU Elu exponential_linear",
             .source = "runtime/layers/elu.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(Elu), .attrs = attrs},
    .lanes        = true,
    .pointwise    = true,
    .by_map       = true,
    .forward_ref  = forward_ref,
    .backward_ref = backward,
    .forward      = forward,
    .explain      = explain,
};
