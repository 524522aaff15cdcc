/* dense.c — every output is a weighted sum of all inputs.
 *
 *     dst[n,o] = bias[o] + Σ src[n,i] · weights[o,i]
 *                          i
 *
 *     src      N × I        weights  O × I
 *     dst      N × O        bias     O
 *
 * Backward, as for every sum of products:
 *
 *     diff_src[n,i]     += Σ diff_dst[n,o] · weights[o,i]
 *                          o
 *     diff_weights[o,i] += Σ diff_dst[n,o] · src[n,i]          diff_bias[o] += Σ diff_dst[n,o]
 *                          n                                                   n
 *
 * The letters above are the variable names below. Source: Rumelhart, Hinton & Williams, "Learning
 * representations by back-propagating errors", 1986. */
#include <string.h>

#include "runtime/explain.h"
#include "runtime/kernels/gemm.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"

typedef struct Dense {
    int units;
    bool bias;
    Use init;
} Dense;

static const AttrSpec attrs[] = {
    INT_ATTR(Dense, units, 0, 1, MAX_CHANNELS, "how many numbers come out, or `classes`",
             .main = true, .required = true,
             .synonyms = "out_features outputs output num_output neurons nodes size"),
    BOOL_ATTR(Dense, bias, 1, "a number of its own added to each output",
              .synonyms = "use_bias bias_term"),
    CHOICE_ATTR(Dense, init, GROUP_INIT, "rule for the first values of the weights",
                .def_text = "the file's init", .synonyms = "kernel_initializer initializer"),
    {0},
};

static bool infer(Infer *q) {
    q->dst = (Shape){((const Dense *)q->cfg)->units, 1, 1};
    return true;
}

static int params(const void *cfg, const Shape *src, ParamSpec *out) {
    const Dense *o = cfg;
    const int O = o->units, I = src[0].c;
    out[0] = (ParamSpec){.name = "weight", .role = PARAM_WEIGHT, .rank = 2, .dim = {O, I},
                         .fan_in = I, .fan_out = O, .init = &o->init};
    out[1] = (ParamSpec){.name = "bias", .role = PARAM_BIAS, .rank = 1, .dim = {O}};
    return o->bias ? 2 : 1;
}

static int64_t macs(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg;
    return (int64_t)src[0].c * dst.c;
}

// ---- the definition -----------------------------------------------------------------------------

static void forward_ref(const Step *s) {
    const Dense *cfg = s->cfg;
    const Tensor src = s->src[0], weights = s->param[0], dst = s->dst;

    for (int n = 0; n < dst.n; n++)
    for (int o = 0; o < dst.c; o++) {
        real sum = cfg->bias ? s->param[1].v[o] : 0;
        for (int i = 0; i < src.c; i++)
            sum += *at(src, n, i, 0, 0) * *at(weights, o, i, 0, 0);
        *at(dst, n, o, 0, 0) = sum;
    }
}

static void backward_ref(const Step *s) {
    const Dense *cfg = s->cfg;
    const Tensor src = s->src[0], weights = s->param[0], diff_dst = s->diff_dst;
    const Tensor diff_src = s->diff_src[0], diff_weights = s->diff_param[0];

    for (int n = 0; n < diff_dst.n; n++)
    for (int o = 0; o < diff_dst.c; o++) {
        const real g = *at(diff_dst, n, o, 0, 0);
        if (cfg->bias && s->diff_param[1].v) s->diff_param[1].v[o] += g;
        for (int i = 0; i < src.c; i++) {
            if (diff_src.v) *at(diff_src, n, i, 0, 0) += g * *at(weights, o, i, 0, 0);
            if (diff_weights.v) *at(diff_weights, o, i, 0, 0) += g * *at(src, n, i, 0, 0);
        }
    }
}

// ---- the fast way -------------------------------------------------------------------------------
// Each of the sums above is a matrix product.

static size_t work(const void *cfg, const Shape *src, Shape dst, int n, Layout layout) {
    (void)cfg, (void)src, (void)dst, (void)n, (void)layout;
    return gemm_work();
}

enum { UNIT = 16 }; // rows or columns that stay together when a call is done in parts

// Those of n rows or columns that this part of the call is about.
static Range share_of(const Step *s, int n) {
    const Range units = step_share(s, (n + UNIT - 1) / UNIT);
    return (Range){units.lo * UNIT, units.hi * UNIT < n ? units.hi * UNIT : n};
}

// A tensor N × C as a matrix, and the matrix turned.
static Matrix rows(Tensor t) { return (Matrix){t.v, t.c, 1}; }
static Matrix turned(Tensor t) { return (Matrix){t.v, 1, t.c}; }

/* With sixteen images side by side src is already turned as the product wants it: weights · src. Only
 * the gradient of the weights wants images one after the other: backward keeps src and diff_dst so. */

enum { LINE = 64 / sizeof(real) }; // numbers of a cache line

static int lines(int n) { return (n + LINE - 1) / LINE; }

/* An image takes so many numbers: src, then diff_dst, each from the beginning of a cache line. An odd
 * number of lines: rows that are a power of 2 apart would all want the same few places of the cache. */
static int kept_row(int I, int O) { return ((lines(I) + lines(O)) | 1) * LINE; }
static int kept_diff(int I) { return lines(I) * LINE; }

static size_t saved(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg;
    return (size_t)kept_row(src[0].c, dst.c) * sizeof(real);
}

static int blocks(Tensor t) { return (t.n + LANES - 1) / LANES; }

static void forward_lanes(const Step *s) {
    const real *const bias = ((const Dense *)s->cfg)->bias ? s->param[1].v : NULL;
    const Tensor src = s->src[0], dst = s->dst;
    const Range part = share_of(s, dst.c);
    const Tensor weights = tensor_part(s->param[0], part.lo, part.hi);
    gemm_lanes(weights.n, blocks(dst), src.c, rows(weights), src.v, at(dst, 0, part.lo, 0, 0),
               (ptrdiff_t)dst.c * LANES, bias ? bias + part.lo : NULL, false);
}

static void keep_turned(const Step *s) {
    const LanesKernels *const k = kernels_chosen()->lanes;
    const int I = s->src[0].c, O = s->diff_dst.c, ld = kept_row(I, O);
    const Range part = step_share(s, blocks(s->diff_dst));
    for (int n = part.lo * LANES; n < part.hi * LANES; n += LANES) {
        real *const image = (real *)s->saved + (ptrdiff_t)n * ld;
        k->turn(at(s->src[0], n, 0, 0, 0), LANES, I, image, ld);
        k->turn(at(s->diff_dst, n, 0, 0, 0), LANES, O, image + kept_diff(I), ld);
    }
}

static void diff_src_lanes(const Step *s) {
    const Tensor diff_dst = s->diff_dst, diff_src = s->diff_src[0], weights = s->param[0];
    const Range part = share_of(s, diff_src.c);
    const Matrix columns = {weights.v + part.lo, 1, weights.c};
    gemm_lanes(part.hi - part.lo, blocks(diff_src), diff_dst.c, columns, diff_dst.v,
               at(diff_src, 0, part.lo, 0, 0), (ptrdiff_t)diff_src.c * LANES, NULL, !step_fresh(s, 0));
}

// src and diff_dst of a step as matrices with an image in each row.
typedef struct Rows { Matrix src, diff_dst; } Rows;

static Rows rows_of(const Step *s) {
    const int I = s->src[0].c, ld = kept_row(I, s->diff_dst.c);
    const real *const kept = s->saved;
    if (s->dst.layout != LAYOUT_LANES) return (Rows){rows(s->src[0]), rows(s->diff_dst)};
    return (Rows){{kept, ld, 1}, {kept + kept_diff(I), ld, 1}};
}

static void forward(const Step *s) {
    if (s->dst.layout == LAYOUT_LANES) {
        forward_lanes(s);
        return;
    }
    const Dense *cfg = s->cfg;
    const Tensor src = s->src[0], dst = s->dst;
    const Range part = share_of(s, dst.c);
    const Tensor weights = tensor_part(s->param[0], part.lo, part.hi);
    real *const to = dst.v + part.lo;

    for (int n = 0; n < dst.n && cfg->bias; n++)
        memcpy(at(dst, n, part.lo, 0, 0), s->param[1].v + part.lo, (size_t)weights.n * sizeof(real));
    if (dst.n == 1) { // the other way round, so that many rows of the weights are read side by side
        gemm(weights.n, 1, src.c, rows(weights), turned(src), to, 1, cfg->bias, s->work);
        return;
    }
    gemm(dst.n, weights.n, src.c, rows(src), turned(weights), to, dst.c, cfg->bias, s->work);
}

static void add_row(const real *restrict g, Range part, bool fresh, real *restrict diff_bias) {
    for (int o = part.lo; o < part.hi; o++) diff_bias[o] = (fresh ? 0 : diff_bias[o]) + g[o];
}

// A row of diff_weights from a single image: no sums at all.
WIDE static void only_products(real g, const real *restrict x, int I, bool fresh, real *restrict diff_row) {
    for (int i = 0; i < I; i++) diff_row[i] = (fresh ? 0 : diff_row[i]) + g * x[i];
}

// Gradients of outputs [part.lo, part.hi).
static void backward_part(const Step *s, Range part) {
    const Dense *cfg = s->cfg;
    const Tensor src = s->src[0], diff_weights = s->diff_param[0];
    const Matrix x = rows_of(s).src, g = rows_of(s).diff_dst;
    real *const diff_bias = cfg->bias ? s->diff_param[1].v : NULL;

    for (int n = 0; n < src.n && diff_bias; n++)
        add_row(g.v + n * g.rs, part, s->fresh_params && n == 0, diff_bias);
    if (!diff_weights.v) return;
    if (src.n == 1) {
        for (int o = part.lo; o < part.hi; o++)
            only_products(g.v[o], x.v, src.c, s->fresh_params, at(diff_weights, o, 0, 0, 0));
        return;
    }
    const Matrix diff_outputs = {g.v + part.lo, 1, g.rs};
    gemm(part.hi - part.lo, src.c, src.n, diff_outputs, x,
         at(diff_weights, part.lo, 0, 0, 0), src.c, !s->fresh_params, s->work);
}

static void diff_src_plain(const Step *s) {
    const Tensor diff_dst = s->diff_dst, diff_src = s->diff_src[0], weights = s->param[0];
    const Range part = share_of(s, diff_src.c);
    const Matrix columns = {weights.v + part.lo, weights.c, 1};
    gemm(diff_dst.n, part.hi - part.lo, diff_dst.c, rows(diff_dst), columns, diff_src.v + part.lo,
         diff_src.c, !step_fresh(s, 0), s->work);
}

static void backward_params(const Step *s) { backward_part(s, s->part); }

static void backward(const Step *s) {
    const Tensor diff_dst = s->diff_dst, diff_src = s->diff_src[0];

    if (s->dst.layout == LAYOUT_LANES) keep_turned(s);
    backward_part(s, (Range){0, diff_dst.c});
    if (diff_src.v && s->dst.layout == LAYOUT_LANES) diff_src_lanes(s);
    else if (diff_src.v) diff_src_plain(s);
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain_dst(const Question *q) {
    const Dense *cfg = q->s->cfg;
    if (cfg->bias) explain_term(q, "bias", explain_at(q, "bias", OF_PARAM, 1, q->c, 0, 0, 0));
    for (int i = 0; i < q->s->src[0].c; i++)
        explain_term(q, NULL, explain_at(q, "x", OF_SRC, 0, q->n, i, 0, 0),
                     explain_at(q, "weight", OF_PARAM, 0, q->c, i, 0, 0));
}

static void explain_src(const Question *q) {
    for (int o = 0; o < q->s->dst.c; o++)
        explain_term(q, NULL, explain_at(q, "δ", OF_DIFF_DST, 0, q->n, o, 0, 0),
                     explain_at(q, "weight", OF_PARAM, 0, o, q->c, 0, 0));
}

// One term for each picture.
static void explain_param(const Question *q) {
    for (int n = 0; n < q->s->dst.n; n++) {
        const Operand delta = explain_at(q, "δ", OF_DIFF_DST, 0, n, q->n, 0, 0);
        if (q->k == 1) explain_term(q, NULL, delta);
        else explain_term(q, NULL, delta, explain_at(q, "x", OF_SRC, 0, n, q->c, 0, 0));
    }
}

static void explain(const Question *q) {
    if (q->asked == ASKED_DST) explain_dst(q);
    else if (q->asked == ASKED_DIFF_SRC) explain_src(q);
    else explain_param(q);
}

const LayerKind dense_layer = {
    .spec = {.name = "dense", .summary = "connect every number with every output",
             .formula = "y = bias + the sum of x · weights", .example = "dense 100",
             .synonyms = "Dense linear Linear fc full fully_connected FullyConnected InnerProduct "
                         "inner_product connected Gemm",
             .source = "runtime/layers/dense.c", .min_src = 1, .max_src = 1, .wants_vector = true,
             .cfg_size = sizeof(Dense), .attrs = attrs, .infer = infer, .params = params,
             .macs = macs},
    .lanes           = true,
    .shares          = true,
    .spans           = true,
    .writes          = true,
    .forgets         = true,
    .writes_params   = true,
    .saved           = saved,
    .work            = work,
    .forward_ref     = forward_ref,
    .backward_ref    = backward_ref,
    .forward         = forward,
    .backward        = backward,
    .backward_params = backward_params,
    .explain         = explain,
};
