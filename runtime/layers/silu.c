/* silu.c — each number, dimmed by its own sigmoid.
 *
 *     dst = src·p                           p = sigmoid(src)
 *
 *     diff_src += diff_dst · p·(1 + src·(1 − p))
 *
 * Number by number, any shape. Like relu for large numbers of either sign, but smooth, and a little
 * below 0 (at least −0.28) in between. Also called swish.
 * Source: Elfwing, Uchibe & Doya, "Sigmoid-Weighted Linear Units for Neural Network Function
 * Approximation in Reinforcement Learning", 2018, §2. */
#include <math.h>

#include "runtime/explain.h"
#include "runtime/kernels/vmath.h"

static real slope(real x, real p) { return p * (1 + x * (1 - p)); }

// ---- the definition -----------------------------------------------------------------------------

static void forward_ref(const Step *s) {
    const real *src = s->src[0].v;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        s->dst.v[i] = src[i] * vm_sigmoid(src[i]);
}

static void backward_ref(const Step *s) {
    const real *src = s->src[0].v, *diff_dst = s->diff_dst.v;
    real *diff_src = s->diff_src[0].v;
    if (!diff_src) return;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        diff_src[i] += diff_dst[i] * slope(src[i], vm_sigmoid(src[i]));
}

// ---- the fast way: the sigmoids of a chunk at once ----------------------------------------------

enum { CHUNK = 256 };

static void forward(const Step *s) {
    const size_t len = tensor_len(s->dst);
    const real *restrict src = s->src[0].v;
    real *restrict dst = s->dst.v;

    vm_sigmoid_n(dst, src, len);
    for (size_t i = 0; i < len; i++)
        dst[i] *= src[i];
}

static void backward(const Step *s) {
    const real *restrict src = s->src[0].v, *restrict diff_dst = s->diff_dst.v;
    real *restrict diff_src = s->diff_src[0].v;
    real p[CHUNK];
    if (!diff_src) return;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i += CHUNK) {
        const size_t n = len - i < CHUNK ? len - i : CHUNK;
        vm_sigmoid_n(p, src + i, n);
        for (size_t k = 0; k < n; k++)
            diff_src[i + k] += diff_dst[i + k] * slope(src[i + k], p[k]);
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Operand x = explain_here(q, "x", OF_SRC);
    const double sigmoid = 1 / (1 + exp(-x.v));
    const Note how = explain_note("1 / (1 + e^%s)", inner(-x.v).s);
    const Note rest = explain_note("1 − %s", figure(sigmoid).s);
    const Operand p = explain_from(x, "p", sigmoid, how.s);
    if (q->asked == ASKED_DST) {
        explain_term(q, NULL, x, p);
        return;
    }
    const Operand delta = explain_here(q, "δ", OF_DIFF_DST);
    explain_term(q, "through x", delta, p);
    explain_term(q, "through p", delta, x, p, explain_from(x, "1 − p", 1 - sigmoid, rest.s));
}

const LayerKind silu_layer = {
    .spec = {.name = "silu", .summary = "multiply each number by its sigmoid (swish)",
             .formula = "y = x / (1 + exp(−x))", .example = "silu",
             .synonyms = "SiLU Silu swish Swish",
             .source = "runtime/layers/silu.c", .min_src = 1, .max_src = 1},
    .lanes        = true,
    .pointwise    = true,
    .by_map       = true,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
