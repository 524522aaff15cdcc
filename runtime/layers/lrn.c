/* lrn.c — local response normalisation: a number is damped by those at its place in neighbouring
 * channels.
 *
 *     s[c] = k + α/S · Σ src[c']²           c − ⌊(S−1)/2⌋ ≤ c' ≤ c + ⌈(S−1)/2⌉, channels that exist
 *                      c'
 *     dst[c] = src[c] / s[c]^β              at every n,y,x on its own
 *
 *     diff_src[c'] += diff_dst[c'] / s[c']^β − 2·α·β/S · src[c'] · Σ diff_dst[c]·dst[c]/s[c]
 *                                                                  c
 *                                              over the c whose window holds c'
 *
 *     src, dst  N × C × H × W        s  N × C × H × W, kept for backward
 *
 * As in PyTorch and ONNX, α is divided by S; the paper does not. For even S the window reaches one
 * channel further up, as in ONNX; in PyTorch, one further down. Odd sizes are the same everywhere.
 * Source: Krizhevsky, Sutskever & Hinton, "ImageNet Classification with Deep Convolutional Neural
 * Networks", 2012, §3.3. */
#include <math.h>
#include <stdio.h>

#include "runtime/explain.h"
#include "runtime/kernels/vmath.h"

typedef struct Lrn { int size; double alpha, beta, k; } Lrn;

static const AttrSpec attrs[] = {
    INT_ATTR(Lrn, size, 5, 1, MAX_KERNEL, "channels that count, the number's own included",
             .main = true, .synonyms = "local_size n depth_radius"),
    REAL_ATTR(Lrn, alpha, 1e-4, 0, 1e6, "how strongly they damp"),
    REAL_ATTR(Lrn, beta, 0.75, 0, 100, "the power the sum is raised to"),
    REAL_ATTR(Lrn, k, 1, 0, 1e6, "added to the sum, so that it is never 0", .open = true,
              .synonyms = "bias knorm"),
    {0},
};

static bool infer(Infer *q) {
    const Lrn *o = q->cfg;
    snprintf(q->note, sizeof q->note, "with channels c-%d to c+%d", (o->size - 1) / 2, o->size / 2);
    return true;
}

// One s per number.
static size_t saved(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg, (void)src;
    return (size_t)dst.c * (size_t)dst.h * (size_t)dst.w * sizeof(real);
}

static Tensor sums(const Step *s) {
    Tensor t = s->dst;
    t.v = s->saved;
    return t;
}

static Range within(int lo, int hi, int C) { return (Range){lo > 0 ? lo : 0, hi < C ? hi : C}; }

// The channels in the window of c, and those whose windows hold c.
static Range window(const Lrn *o, int c, int C) {
    return within(c - (o->size - 1) / 2, c + o->size / 2 + 1, C);
}
static Range windows_with(const Lrn *o, int c, int C) {
    return within(c - o->size / 2, c + (o->size - 1) / 2 + 1, C);
}

// ---- the definition -----------------------------------------------------------------------------

static real damping(real sum, double beta) { return vm_exp(-(real)beta * vm_log(sum)); }

static void forward_ref(const Step *s) {
    const Lrn *o = s->cfg;
    const Tensor src = s->src[0], dst = s->dst;

    for (int n = 0; n < dst.n; n++)
    for (int c = 0; c < dst.c; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++) {
        const Range w = window(o, c, dst.c);
        real squares = 0;
        for (int i = w.lo; i < w.hi; i++)
            squares += *at(src, n, i, y, x) * *at(src, n, i, y, x);
        const real sum = (real)o->k + (real)(o->alpha / o->size) * squares;
        *at(sums(s), n, c, y, x) = sum;
        *at(dst, n, c, y, x) = *at(src, n, c, y, x) * damping(sum, o->beta);
    }
}

static void backward_ref(const Step *s) {
    const Lrn *o = s->cfg;
    const Tensor src = s->src[0], dst = s->dst, diff_dst = s->diff_dst, diff_src = s->diff_src[0];
    const real factor = (real)(2 * o->alpha * o->beta / o->size);
    if (!diff_src.v) return;

    for (int n = 0; n < dst.n; n++)
    for (int c = 0; c < dst.c; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++) {
        const Range w = window(o, c, dst.c);
        const real g = *at(diff_dst, n, c, y, x), sum = *at(sums(s), n, c, y, x);
        const real share = g * *at(dst, n, c, y, x) / sum;
        *at(diff_src, n, c, y, x) += g * damping(sum, o->beta);
        for (int i = w.lo; i < w.hi; i++)
            *at(diff_src, n, i, y, x) -= factor * *at(src, n, i, y, x) * share;
    }
}

/* ---- the fast way -------------------------------------------------------------------------------
 * In the plain layout a whole map is one run of numbers, so the loop over places stands inside. */

static size_t places(Tensor t) { return (size_t)t.h * (size_t)t.w; }

static void all_damping(real *restrict out, const real *restrict sum, double beta, size_t len) {
    vm_log_n(out, sum, len);
    for (size_t i = 0; i < len; i++)
        out[i] *= -(real)beta;
    vm_exp_n(out, out, len);
}

static void add_squares(real *restrict sum, const real *restrict v, real factor, size_t len) {
    for (size_t i = 0; i < len; i++)
        sum[i] += factor * v[i] * v[i];
}

static void forward_map(const Step *s, int n, int c) {
    const Lrn *o = s->cfg;
    const size_t len = places(s->dst);
    const Range w = window(o, c, s->dst.c);
    const real *restrict src = at(s->src[0], n, c, 0, 0);
    real *restrict sum = at(sums(s), n, c, 0, 0), *restrict dst = at(s->dst, n, c, 0, 0);

    for (size_t i = 0; i < len; i++)
        sum[i] = (real)o->k;
    for (int k = w.lo; k < w.hi; k++)
        add_squares(sum, at(s->src[0], n, k, 0, 0), (real)(o->alpha / o->size), len);
    all_damping(dst, sum, o->beta, len);
    for (size_t i = 0; i < len; i++)
        dst[i] *= src[i];
}

static void forward(const Step *s) {
    for (int n = 0; n < s->dst.n; n++)
    for (int c = 0; c < s->dst.c; c++)
        forward_map(s, n, c);
}

// Work is one map for sums and damping, then diff_dst·dst/s of all channels of one image.
static size_t work(const void *cfg, const Shape *src, Shape dst, int n, Layout layout) {
    (void)cfg, (void)src, (void)n, (void)layout;
    return ((size_t)dst.c + 1) * (size_t)dst.h * (size_t)dst.w;
}

static void find_shares(const Step *s, int n, real *restrict share) {
    const size_t len = tensor_image(s->dst);
    const real *restrict diff_dst = at(s->diff_dst, n, 0, 0, 0);
    const real *restrict dst = at(s->dst, n, 0, 0, 0), *restrict sum = at(sums(s), n, 0, 0, 0);

    for (size_t i = 0; i < len; i++)
        share[i] = diff_dst[i] * dst[i] / sum[i];
}

static void backward_map(const Step *s, int n, int c, const real *share) {
    const Lrn *o = s->cfg;
    const size_t len = places(s->dst);
    const Range w = windows_with(o, c, s->dst.c);
    const real factor = (real)(2 * o->alpha * o->beta / o->size);
    const real *restrict src = at(s->src[0], n, c, 0, 0), *restrict g = at(s->diff_dst, n, c, 0, 0);
    real *restrict diff_src = at(s->diff_src[0], n, c, 0, 0), *restrict map = s->work;

    all_damping(map, at(sums(s), n, c, 0, 0), o->beta, len);
    for (size_t i = 0; i < len; i++)
        diff_src[i] += g[i] * map[i];
    for (int k = w.lo; k < w.hi; k++)
        for (size_t i = 0; i < len; i++)
            diff_src[i] -= factor * src[i] * share[(size_t)k * len + i];
}

static void backward(const Step *s) {
    real *const share = s->work + places(s->dst);
    if (!s->diff_src[0].v) return;

    for (int n = 0; n < s->dst.n; n++) {
        find_shares(s, n, share);
        for (int c = 0; c < s->dst.c; c++)
            backward_map(s, n, c, share);
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static double sum_exact(const Question *q, int c) {
    const Lrn *o = q->s->cfg;
    const Range w = window(o, c, q->s->dst.c);
    double squares = 0;
    for (int i = w.lo; i < w.hi; i++) {
        const double v = (double)*at(q->s->src[0], q->n, i, q->y, q->x);
        squares += v * v;
    }
    return o->k + o->alpha / o->size * squares;
}

// The neighbours and s, then s^−β; `how` holds its note.
static Operand tell_damping(const Question *q, Note *how) {
    const Lrn *o = q->s->cfg;
    const Range w = window(o, q->c, q->s->dst.c);
    const double s = sum_exact(q, q->c);
    for (int i = w.lo; i < w.hi; i++)
        explain_helper(q, explain_at(q, "x", OF_SRC, 0, q->n, i, q->y, q->x));
    const Note sum = explain_note("%s + %s/%d · the sum of their squares", figure(o->k).s,
                                  figure(o->alpha).s, o->size);
    explain_helper(q, explain_worked("s", s, sum.s));
    *how = explain_note("%s^%s", figure(s).s, inner(-o->beta).s);
    return explain_worked("1/s^β", pow(s, -o->beta), how->s);
}

static void explain_src(const Question *q) {
    const Lrn *o = q->s->cfg;
    const Range w = windows_with(o, q->c, q->s->dst.c);
    Note how;
    const Operand damped = tell_damping(q, &how), x = explain_here(q, "x", OF_SRC);
    explain_term(q, "its own output", explain_here(q, "δ", OF_DIFF_DST), damped);

    const Note factor = explain_note("−2·%s·%s/%d", figure(o->alpha).s, figure(o->beta).s, o->size);
    const Operand pull = explain_worked("−2·α·β/S", -2 * o->alpha * o->beta / o->size, factor.s);
    for (int c = w.lo; c < w.hi; c++) {
        const Operand y = explain_at(q, "y", OF_DST, 0, q->n, c, q->y, q->x);
        const double s = sum_exact(q, c);
        const Note part = explain_note("%s/%s", figure(y.v).s, figure(s).s);
        explain_term(q, "an output it damps", pull, x,
                     explain_at(q, "δ", OF_DIFF_DST, 0, q->n, c, q->y, q->x),
                     explain_from(y, "y/s", y.v / s, part.s));
    }
}

static void explain(const Question *q) {
    Note how;
    if (q->asked == ASKED_DST)
        explain_term(q, NULL, explain_here(q, "x", OF_SRC), tell_damping(q, &how));
    else
        explain_src(q);
}

const LayerKind lrn_layer = {
    .spec = {.name = "lrn", .summary = "damp each number by its neighbours in other channels",
             .formula = "y_c = x_c / (k + α/S · Σ x²)^β", .example = "lrn 5",
             .synonyms = "LRN LocalResponseNorm local_response_norm local_response_normalization",
             .source = "runtime/layers/lrn.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(Lrn), .attrs = attrs, .infer = infer},
    .saved        = saved,
    .work         = work,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
