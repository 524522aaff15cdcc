/* flatten.c — lay the maps of an image out as one long vector.
 *
 *     dst[n, (c·H + y)·W + x] = src[n,c,y,x]          diff_src += diff_dst, the same way back
 *
 *     src  N × C × H × W        dst  N × C·H·W × 1 × 1
 *
 * No arithmetic at all: channel after channel, in it row after row. In the plain layout, and with
 * sixteen images side by side, the numbers already stand in this order. */
#include <stdio.h>

#include "runtime/explain.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"

static bool infer(Infer *q) {
    const Shape in = q->src[0];
    const int64_t len = (int64_t)in.c * in.h * in.w;
    if (len > MAX_ELEMENTS - 1)
        return infer_error(q, NULL, S_LARGE, "%dx%dx%d numbers are too many for one vector", in.h,
                           in.w, in.c);
    q->dst = (Shape){(int)len, 1, 1};
    snprintf(q->note, sizeof q->note, "%d*%d*%d = %d", in.h, in.w, in.c, q->dst.c);
    return true;
}

// ---- the definition -----------------------------------------------------------------------------

static void forward_ref(const Step *s) {
    const Tensor src = s->src[0];

    for (int n = 0; n < src.n; n++)
    for (int c = 0; c < src.c; c++)
    for (int y = 0; y < src.h; y++)
    for (int x = 0; x < src.w; x++)
        *at(s->dst, n, (c * src.h + y) * src.w + x, 0, 0) = *at(src, n, c, y, x);
}

static void backward_ref(const Step *s) {
    const Tensor diff_src = s->diff_src[0];
    if (!diff_src.v) return;

    for (int n = 0; n < diff_src.n; n++)
    for (int c = 0; c < diff_src.c; c++)
    for (int y = 0; y < diff_src.h; y++)
    for (int x = 0; x < diff_src.w; x++)
        *at(diff_src, n, c, y, x) +=
            *at(s->diff_dst, n, (c * diff_src.h + y) * diff_src.w + x, 0, 0);
}

// ---- the fast way: with the images one after the other, or side by side, it is a copy ----------

// A map of P places, its C channels side by side, is turned: by squares, then what is left.
static void turn(const real *src, int P, int C, real *dst) {
    const GemmKernels *const k = kernels_chosen()->gemm;
    const int vl = k->vl, squares = P / vl * vl;
    for (int p = 0; p < squares; p += vl)
        for (int c = 0; c < C; c += vl) k->turn(src + p * C + c, C, dst + c * P + p, P);
    for (int p = squares; p < P; p++)
        for (int c = 0; c < C; c++) dst[c * P + p] = src[p * C + c];
}

WIDE static void copy(const Step *s) {
    const real *src = s->src[0].v;
    real *dst = s->dst.v;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        dst[i] = src[i];
}

static void forward(const Step *s) {
    const Tensor src = s->src[0];
    for (int n = 0; n < src.n && src.layout == LAYOUT_LAST; n++)
        turn(at(src, n, 0, 0, 0), src.h * src.w, src.c, at(s->dst, n, 0, 0, 0));
    if (src.layout != LAYOUT_LAST) copy(s);
}

WIDE static void backward(const Step *s) {
    const real *diff_dst = s->diff_dst.v;
    real *diff_src = s->diff_src[0].v;
    const bool fresh = step_fresh(s, 0);
    if (!diff_src) return;

    for (size_t i = 0, len = tensor_len(s->diff_dst); i < len; i++)
        diff_src[i] = (fresh ? 0 : diff_src[i]) + diff_dst[i];
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Tensor src = q->s->src[0];
    const int map = src.h * src.w, place = q->c % map;
    if (q->asked == ASKED_DST)
        explain_term(q, "a copy", explain_at(q, "x", OF_SRC, 0, q->n, q->c / map, place / src.w,
                                             place % src.w));
    else
        explain_term(q, "a copy", explain_at(q, "δ", OF_DIFF_DST, 0, q->n,
                                             (q->c * src.h + q->y) * src.w + q->x, 0, 0));
}

const LayerKind flatten_layer = {
    .spec = {.name = "flatten", .summary = "lay all maps out as one long vector",
             .formula = "y[(c·H + i)·W + j] = x[c,i,j]", .example = "flatten",
             .synonyms = "Flatten reshape Reshape view",
             .source = "runtime/layers/flatten.c", .min_src = 1, .max_src = 1, .infer = infer},
    .lanes        = true,
    .takes_last   = true,
    .same         = true,
    .writes       = true,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
