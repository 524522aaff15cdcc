/* elu.c — a rectifier whose negative side bends softly down to −α.
 *
 *     dst = src                     where src > 0         diff_src += diff_dst
 *     dst = α·(exp(src) − 1)        elsewhere             diff_src += diff_dst · (dst + α)
 *
 * Number by number, any shape. dst + α is α·exp(src), the slope; with α = 1 it is 1 at 0 from both
 * sides, so the curve has no kink. Negative outputs bring the mean of a layer nearer to 0.
 * Source: Clevert, Unterthiner & Hochreiter, "Fast and Accurate Deep Network Learning by
 * Exponential Linear Units", 2016, §3. */
#include "runtime/kernels/vmath.h"
#include "runtime/layer.h"

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

const LayerKind elu_layer = {
    .spec = {.name = "elu", .summary = "bend negative numbers softly towards a lowest value",
             .formula = "y = x if x > 0, else α·(exp(x) − 1)", .example = "elu",
             .synonyms = "ELU Elu exponential_linear",
             .source = "runtime/layers/elu.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(Elu), .attrs = attrs},
    .forward_ref  = forward_ref,
    .backward_ref = backward,
    .forward      = forward,
};
