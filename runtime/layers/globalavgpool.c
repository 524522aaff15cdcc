/* globalavgpool.c — one number per channel: the mean of its whole map.
 *
 *     dst[n,c] = 1/(H·W) · Σ src[n,c,y,x]          diff_src[n,c,y,x] += diff_dst[n,c] / (H·W)
 *                          y,x
 *
 *     src  N × C × H × W        dst  N × C × 1 × 1
 *
 * Source: Lin, Chen & Yan, "Network In Network", 2014, §3.2. */
#include <stdio.h>

#include "runtime/explain.h"
#include "runtime/kernels/wide.h"

static bool infer(Infer *q) {
    q->dst = (Shape){q->src[0].c, 1, 1};
    snprintf(q->note, sizeof q->note, "the mean of each %dx%d map", q->src[0].h, q->src[0].w);
    return true;
}

static void forward_ref(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    const double places = (double)src.h * src.w;

    for (int n = 0; n < dst.n; n++)
    for (int c = 0; c < dst.c; c++) {
        double sum = 0;
        for (int y = 0; y < src.h; y++)
        for (int x = 0; x < src.w; x++)
            sum += *at(src, n, c, y, x);
        *at(dst, n, c, 0, 0) = (real)(sum / places);
    }
}

// The channels of a place side by side: LANES sums at a time, over the places in the same order.
WIDE static void mean_of_places(const real *restrict src, int places, ptrdiff_t C, real *restrict dst) {
    double sum[LANES] = {0};
    for (int p = 0; p < places; p++, src += C)
        AS_ONE for (int l = 0; l < LANES; l++) sum[l] += src[l];
    for (int l = 0; l < LANES; l++) dst[l] = (real)(sum[l] / places);
}

static void forward(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    if (src.layout != LAYOUT_LAST) {
        forward_ref(s);
        return;
    }
    for (int n = 0; n < dst.n; n++)
        for (int c = 0; c < dst.c; c += LANES)
            mean_of_places(at(src, n, c, 0, 0), src.h * src.w, src.c, at(dst, n, c, 0, 0));
}

static void backward(const Step *s) {
    const Tensor diff_src = s->diff_src[0], diff_dst = s->diff_dst;
    const real places = (real)diff_src.h * (real)diff_src.w;
    if (!diff_src.v) return;

    for (int n = 0; n < diff_dst.n; n++)
    for (int c = 0; c < diff_dst.c; c++) {
        const real part = *at(diff_dst, n, c, 0, 0) / places;
        for (int y = 0; y < diff_src.h; y++)
        for (int x = 0; x < diff_src.w; x++)
            *at(diff_src, n, c, y, x) += part;
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Tensor src = q->s->src[0];
    const Note how = explain_note("1/(%d·%d)", src.h, src.w);
    const Operand part = explain_worked("1/(H·W)", 1 / ((double)src.h * src.w), how.s);
    if (q->asked != ASKED_DST) {
        explain_term(q, NULL, explain_at(q, "δ", OF_DIFF_DST, 0, q->n, q->c, 0, 0), part);
        return;
    }
    for (int y = 0; y < src.h; y++)
    for (int x = 0; x < src.w; x++)
        explain_term(q, NULL, explain_at(q, "x", OF_SRC, 0, q->n, q->c, y, x), part);
}

const LayerKind globalavgpool_layer = {
    .spec = {.name = "globalavgpool", .summary = "reduce every channel to its mean",
             .formula = "y = mean of the channel", .example = "globalavgpool",
             .synonyms = "GlobalAveragePooling2D GlobalAvgPool AdaptiveAvgPool2d global_avg_pool "
                         "global_average_pooling2d GlobalAveragePool gap avgpool2d_global",
             .source = "runtime/layers/globalavgpool.c", .min_src = 1, .max_src = 1,
             .infer = infer},
    .lanes        = true,
    .takes_last   = true,
    .by_map       = true,
    .forgets_src  = true,
    .forward_ref  = forward_ref,
    .backward_ref = backward,
    .forward      = forward,
    .explain      = explain,
};
