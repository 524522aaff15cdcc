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
#include <math.h>

#include <string.h>

#include "runtime/explain.h"
#include "runtime/kernels/vmath.h"
#include "runtime/kernels/wide.h"

// ---- the definition -----------------------------------------------------------------------------

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

static void forward_ref(const Step *s) {
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

/* ---- the fast way -------------------------------------------------------------------------------
 * With sixteen images side by side every line of forward_at() is a line for all of them: the same sums
 * in the same order. `map` is the step from a channel to the next. */

WIDE static void less_largest(const real *restrict src, real *restrict dst, int C, size_t map) {
    real m[LANES];
    memcpy(m, src, sizeof m);
    for (int c = 1; c < C; c++)
        for (size_t l = 0, i = (size_t)c * map; l < LANES; l++) m[l] = src[i + l] > m[l] ? src[i + l] : m[l];
    for (int c = 0; c < C; c++)
        for (size_t l = 0, i = (size_t)c * map; l < LANES; l++) dst[i + l] = src[i + l] - m[l];
}

WIDE static void divide_by_sum(real *dst, int C, size_t map) {
    double sum[LANES] = {0};
    for (int c = 0; c < C; c++)
        for (size_t l = 0, i = (size_t)c * map; l < LANES; l++) sum[l] += dst[i + l];
    for (int c = 0; c < C; c++)
        for (size_t l = 0, i = (size_t)c * map; l < LANES; l++) dst[i + l] /= (real)sum[l];
}

static void forward(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    const size_t map = (size_t)dst.h * (size_t)dst.w * LANES, image = (size_t)dst.c * map;
    if (dst.layout != LAYOUT_LANES) {
        forward_ref(s);
        return;
    }
    for (size_t n = 0; n < tensor_len(dst); n += image) {
        for (size_t i = 0; i < map; i += LANES) less_largest(src.v + n + i, dst.v + n + i, dst.c, map);
        vm_exp_n(dst.v + n, dst.v + n, image);
        for (size_t i = 0; i < map; i += LANES) divide_by_sum(dst.v + n + i, dst.c, map);
    }
}

// The shape stays. Probabilities of probabilities are a slip: all of them are nearly equal.
static bool infer(Infer *q) {
    if (q->src_kind[0] != &softmax_layer.spec) return true;
    diag_warn(q->diags, q->use->at, E_AGAIN, "softmax of softmax: these are probabilities already");
    diag_label(q->diags, "take one of the two away");
    return true;
}

// ---- for the viewer -----------------------------------------------------------------------------

// All scores of the place, shifted and raised; then the one that is asked about.
static void explain_dst(const Question *q) {
    const Tensor src = q->s->src[0];
    Operand m = explain_at(q, "m", OF_SRC, 0, q->n, 0, q->y, q->x);
    double sum = 0;
    for (int c = 1; c < src.c; c++) {
        const Operand x = explain_at(q, "m", OF_SRC, 0, q->n, c, q->y, q->x);
        if (x.v > m.v) m = x;
    }
    explain_helper(q, m);
    for (int c = 0; c < src.c; c++) {
        const Operand x = explain_at(q, "x", OF_SRC, 0, q->n, c, q->y, q->x);
        const Note how = explain_note("e^(%s − %s)", figure(x.v).s, inner(m.v).s);
        explain_helper(q, explain_from(x, "exp(x − m)", exp(x.v - m.v), how.s));
        sum += exp(x.v - m.v);
    }
    explain_helper(q, explain_worked("Σ", sum, "the sum of all exp(x − m)"));

    const Operand x = explain_here(q, "x", OF_SRC);
    const Note raised = explain_note("e^(%s − %s)", figure(x.v).s, inner(m.v).s);
    const Note share = explain_note("1/%s", figure(sum).s);
    explain_term(q, NULL, explain_from(x, "exp(x − m)", exp(x.v - m.v), raised.s),
                 explain_worked("1/Σ", 1 / sum, share.s));
}

// The brackets of the formula, class by class: δ[k]·dst[c]·([k = c] − dst[k]).
static void explain_src(const Question *q) {
    const Operand y = explain_here(q, "y", OF_DST);

    for (int k = 0; k < q->s->dst.c; k++) {
        const Operand other = explain_at(q, "y", OF_DST, 0, q->n, k, q->y, q->x);
        const Note one = explain_note("1 − %s", figure(other.v).s);
        const Note none = explain_note("0 − %s", figure(other.v).s);
        const bool own = k == q->c;
        explain_term(q, own ? "its own output" : NULL,
                     explain_at(q, "δ", OF_DIFF_DST, 0, q->n, k, q->y, q->x), y,
                     explain_from(other, own ? "1 − y" : "−y'", own - other.v, own ? one.s : none.s));
    }
}

static void explain(const Question *q) { (q->asked == ASKED_DST ? explain_dst : explain_src)(q); }

const LayerKind softmax_layer = {
    .spec = {.name = "softmax", .summary = "turn scores into probabilities that sum to 1",
             .formula = "y_c = exp(x_c) / Σ exp(x_k)", .example = "softmax",
             .synonyms = "Softmax SoftMax log_softmax LogSoftmax",
             .source = "runtime/layers/softmax.c", .min_src = 1, .max_src = 1,
             .infer = infer},
    .lanes        = true,
    .forward_ref  = forward_ref,
    .backward_ref = backward,
    .forward      = forward,
    .explain      = explain,
};
