/* softmax.c — turn the numbers of all channels at one place into probabilities.
 *
 *     dst[c] = exp(src[c] − m) / Σ exp(src[k] − m)         m = max src[k]
 *                                k                              k
 *
 *     diff_src[c] += dst[c] · (diff_dst[c] − Σ diff_dst[k]·dst[k])
 *                                            k
 *
 *     src, dst  N × C × H × W, each place n,y,x on its own; usually H = W = 1
 *
 * Taking m away changes nothing in exact arithmetic and keeps exp from overflowing.
 * Source: Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs",
 * 1990. */
#include "runtime/kernels/vmath.h"
#include "runtime/layer.h"

static void forward_at(Tensor src, Tensor dst, int n, int y, int x) {
    real m = *at(src, n, 0, y, x);
    for (int c = 1; c < src.c; c++)
        if (*at(src, n, c, y, x) > m) m = *at(src, n, c, y, x);

    double sum = 0;
    for (int c = 0; c < src.c; c++) {
        const real e = vm_exp(*at(src, n, c, y, x) - m);
        *at(dst, n, c, y, x) = e;
        sum += e;
    }
    for (int c = 0; c < src.c; c++)
        *at(dst, n, c, y, x) /= (real)sum;
}

static void backward_at(const Step *s, int n, int y, int x) {
    const Tensor dst = s->dst, diff_dst = s->diff_dst, diff_src = s->diff_src[0];

    double sum = 0;
    for (int c = 0; c < dst.c; c++)
        sum += (double)*at(diff_dst, n, c, y, x) * *at(dst, n, c, y, x);
    for (int c = 0; c < dst.c; c++)
        *at(diff_src, n, c, y, x) += *at(dst, n, c, y, x) * (*at(diff_dst, n, c, y, x) - (real)sum);
}

static void forward(const Step *s) {
    for (int n = 0; n < s->dst.n; n++)
    for (int y = 0; y < s->dst.h; y++)
    for (int x = 0; x < s->dst.w; x++)
        forward_at(s->src[0], s->dst, n, y, x);
}

static void backward(const Step *s) {
    if (!s->diff_src[0].v) return;
    for (int n = 0; n < s->dst.n; n++)
    for (int y = 0; y < s->dst.h; y++)
    for (int x = 0; x < s->dst.w; x++)
        backward_at(s, n, y, x);
}

// The shape stays. Probabilities of probabilities are a slip: all of them are nearly equal.
static bool infer(Infer *q) {
    if (q->src_kind[0] != &softmax_layer.spec) return true;
    diag_warn(q->diags, q->use->at, E_AGAIN, "softmax of softmax: these are probabilities already");
    diag_label(q->diags, "take one of the two away");
    return true;
}

const LayerKind softmax_layer = {
    .spec = {.name = "softmax", .summary = "turn scores into probabilities that sum to 1",
             .formula = "y_c = exp(x_c) / Σ exp(x_k)", .example = "softmax",
             .synonyms = "Softmax SoftMax log_softmax LogSoftmax",
             .source = "runtime/layers/softmax.c", .min_src = 1, .max_src = 1,
             .infer = infer},
    .forward_ref  = forward,
    .backward_ref = backward,
};
