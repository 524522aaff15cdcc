/* leakyrelu.c — a rectifier that lets a little of the negative numbers through.
 *
 *     dst = src          where src > 0         diff_src += diff_dst
 *     dst = slope·src    elsewhere             diff_src += slope·diff_dst
 *
 * Number by number, any shape; at src = 0 we use the slope. A neuron whose input is always
 * negative still gets a gradient and can come back.
 * Source: Maas, Hannun & Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models",
 * 2013. */
#include "runtime/explain.h"
#include "runtime/kernels/wide.h"

typedef struct LeakyRelu { double slope; } LeakyRelu;

static const AttrSpec attrs[] = {
    REAL_ATTR(LeakyRelu, slope, 0.01, 0, 1, "factor for negative numbers", .main = true,
              .synonyms = "alpha negative_slope leak leakiness"),
    {0},
};

static real slope_of(const Step *s) { return (real)((const LeakyRelu *)s->cfg)->slope; }

WIDE static void forward(const Step *s) {
    const real slope = slope_of(s), *restrict src = s->src[0].v;
    real *restrict dst = s->dst.v;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        dst[i] = src[i] * (src[i] > 0 ? 1 : slope);
}

WIDE static void backward(const Step *s) {
    const real slope = slope_of(s);
    const real *restrict src = s->src[0].v, *restrict diff_dst = s->diff_dst.v;
    real *restrict diff_src = s->diff_src[0].v;
    const bool fresh = step_fresh(s, 0);
    if (!diff_src) return;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        diff_src[i] = (fresh ? 0 : diff_src[i]) + diff_dst[i] * (src[i] > 0 ? 1 : slope);
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Operand x = explain_here(q, "x", OF_SRC);
    const Operand slope = x.v > 0 ? explain_from(x, "slope", 1, "x > 0")
                                  : explain_from(x, "slope", (double)slope_of(q->s), "x ≤ 0");
    explain_term(q, NULL, q->asked == ASKED_DST ? x : explain_here(q, "δ", OF_DIFF_DST), slope);
}

const LayerKind leakyrelu_layer = {
    .spec = {.name = "leakyrelu", .summary = "shrink negative numbers instead of dropping them",
             .formula = "y = x if x > 0, else slope·x", .example = "leakyrelu 0.1",
             .synonyms = "LeakyReLU leaky_relu leaky LeakyRelu lrelu prelu",
             .source = "runtime/layers/leakyrelu.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(LeakyRelu), .attrs = attrs},
    .lanes        = true,
    .pointwise    = true,
    .by_map       = true,
    .writes       = true,
    .forward_ref  = forward,
    .backward_ref = backward,
    .explain      = explain,
};
