/* upsample.c — make maps larger: every number becomes a square of S × S equal ones.
 *
 *     dst[n,c,y,x] = src[n, c, y/S, x/S]  (rounded down)         diff_src += diff_dst, likewise
 *
 *     src  N × C × H × W        dst  N × C × S·H × S·W
 *
 * This is the rule "nearest". Backward, a number gets the sum of the gradients of its square.
 * Source: Odena, Dumoulin & Olah, "Deconvolution and Checkerboard Artifacts", 2016. */
#include <stdio.h>
#include <string.h>

#include "runtime/explain.h"

typedef struct Upsample { int scale; } Upsample;

static const AttrSpec attrs[] = {
    INT_ATTR(Upsample, scale, 0, 1, 64, "how many times higher and wider", .main = true,
             .required = true, .synonyms = "scale_factor factor stride size"),
    {0},
};

static int scale_of(const Step *s) { return ((const Upsample *)s->cfg)->scale; }

static bool infer(Infer *q) {
    const int S = ((const Upsample *)q->cfg)->scale;
    const Shape in = q->src[0];
    const long long h = (long long)S * in.h, w = (long long)S * in.w;
    if (h > MAX_SIDE || w > MAX_SIDE)
        return infer_error(q, "scale", S_LARGE, "an image of %lldx%lld would come out of this; at "
                           "most %d points a side are possible", h, w, MAX_SIDE);
    q->dst = (Shape){in.c, (int)h, (int)w};
    if (in.h == in.w) snprintf(q->note, sizeof q->note, "%d*%d = %lld", S, in.h, h);
    else snprintf(q->note, sizeof q->note, "%d*%d = %lld and %d*%d = %lld", S, in.h, h, S, in.w, w);
    return true;
}

// ---- the definition -----------------------------------------------------------------------------

static void forward_ref(const Step *s) {
    const int S = scale_of(s);

    for (int n = 0; n < s->dst.n; n++)
    for (int c = 0; c < s->dst.c; c++)
    for (int y = 0; y < s->dst.h; y++)
    for (int x = 0; x < s->dst.w; x++)
        *at(s->dst, n, c, y, x) = *at(s->src[0], n, c, y / S, x / S);
}

static void backward_ref(const Step *s) {
    const int S = scale_of(s);
    if (!s->diff_src[0].v) return;

    for (int n = 0; n < s->diff_dst.n; n++)
    for (int c = 0; c < s->diff_dst.c; c++)
    for (int y = 0; y < s->diff_dst.h; y++)
    for (int x = 0; x < s->diff_dst.w; x++)
        *at(s->diff_src[0], n, c, y / S, x / S) += *at(s->diff_dst, n, c, y, x);
}

/* ---- the fast way -------------------------------------------------------------------------------
 * Row by row and without a division: forward, a row is stretched once and copied S − 1 times. */

static void forward(const Step *s) {
    const size_t S = (size_t)scale_of(s), W = (size_t)s->src[0].w;
    const size_t rows = (size_t)s->dst.n * (size_t)s->dst.c * (size_t)s->src[0].h;

    for (size_t row = 0; row < rows; row++) {
        const real *restrict src = s->src[0].v + row * W;
        real *restrict dst = s->dst.v + row * S * S * W;
        for (size_t x = 0; x < W; x++)
            for (size_t j = 0; j < S; j++)
                dst[x * S + j] = src[x];
        for (size_t i = 1; i < S; i++)
            memcpy(dst + i * S * W, dst, S * W * sizeof *dst);
    }
}

static void backward(const Step *s) {
    const size_t S = (size_t)scale_of(s), W = (size_t)s->src[0].w;
    const size_t rows = (size_t)s->dst.n * (size_t)s->dst.c * (size_t)s->src[0].h;
    if (!s->diff_src[0].v) return;

    for (size_t row = 0; row < rows; row++)
    for (size_t i = 0; i < S; i++)
    for (size_t j = 0; j < S; j++) {
        const real *restrict diff_dst = s->diff_dst.v + (row * S + i) * S * W + j;
        real *restrict diff_src = s->diff_src[0].v + row * W;
        for (size_t x = 0; x < W; x++)
            diff_src[x] += diff_dst[x * S];
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const int S = scale_of(q->s);
    if (q->asked == ASKED_DST) {
        explain_term(q, "a copy", explain_at(q, "x", OF_SRC, 0, q->n, q->c, q->y / S, q->x / S));
        return;
    }
    for (int y = q->y * S; y < (q->y + 1) * S; y++)
    for (int x = q->x * S; x < (q->x + 1) * S; x++)
        explain_term(q, NULL, explain_at(q, "δ", OF_DIFF_DST, 0, q->n, q->c, y, x));
}

const LayerKind upsample_layer = {
    .spec = {.name = "upsample", .summary = "make maps larger by repeating every number",
             .formula = "y[c,i,j] = x[c, i/S, j/S], rounded down", .example = "upsample 2",
             .synonyms = "Upsample UpSampling2D up_sampling2d interpolate Resize "
                         "UpsamplingNearest2d",
             .source = "runtime/layers/upsample.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(Upsample), .attrs = attrs, .infer = infer},
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
