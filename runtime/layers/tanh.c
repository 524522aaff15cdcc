/* tanh.c — squeeze any number into −1 … 1.
 *
 *     dst = tanh(src) = 2·sigmoid(2·src) − 1            diff_src += diff_dst · (1 − dst²)
 *
 * Number by number, any shape. Around 0 it is the straight line dst = src.
 * Source: LeCun et al., "Efficient BackProp", 1998, §4.4. */
#include "runtime/kernels/vmath.h"
#include "runtime/layer.h"

static void forward(const Step *s) { vm_tanh_n(s->dst.v, s->src[0].v, tensor_len(s->dst)); }

static void forward_ref(const Step *s) {
    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        s->dst.v[i] = vm_tanh(s->src[0].v[i]);
}

static void backward(const Step *s) {
    const real *dst = s->dst.v, *diff_dst = s->diff_dst.v;
    real *diff_src = s->diff_src[0].v;
    if (!diff_src) return;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        diff_src[i] += diff_dst[i] * (1 - dst[i] * dst[i]);
}

const LayerKind tanh_layer = {
    .spec = {.name = "tanh", .summary = "squeeze every number into −1 … 1",
             .formula = "y = tanh(x)", .example = "tanh", .synonyms = "Tanh TanH",
             .source = "runtime/layers/tanh.c", .min_src = 1, .max_src = 1},
    .forward_ref  = forward_ref,
    .backward_ref = backward,
    .forward      = forward,
};
