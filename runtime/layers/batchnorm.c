/* batchnorm.c — give every channel mean 0 and deviation 1 over the batch, then let it learn both.
 *
 *     x̂ = (src − μ) / σ        dst = weight·x̂ + bias        σ = √(variance + eps)
 *
 *     src, dst      N × C × H × W
 *     weight, bias  C, first 1 and 0
 *     μ, variance   of the M = N·H·W numbers of a channel (the variance divided by M)
 *
 * Training also keeps running values for inference, with m = momentum:
 *
 *     running_mean ← (1 − m)·running_mean + m·μ
 *     running_var  ← (1 − m)·running_var  + m·variance·M/(M − 1)
 *
 * Backward (norm.h says where the two terms behind diff_dst come from):
 *
 *     diff_weight += Σ diff_dst·x̂          diff_bias += Σ diff_dst
 *     diff_src    += weight/σ · (diff_dst − Σ diff_dst/M − x̂·Σ diff_dst·x̂/M)
 *
 * In inference, and when the layer is frozen, μ and variance are the running ones, and constants:
 * diff_src += weight/σ · diff_dst.
 * The conventions are PyTorch's; Keras keeps a biased running variance.
 * Source: Ioffe & Szegedy, "Batch Normalization", 2015, algorithms 1 and 2. */
#include "runtime/layers/norm.h"

typedef struct BatchNorm { double eps, momentum; } BatchNorm;

static const AttrSpec attrs[] = {
    REAL_ATTR(BatchNorm, eps, 1e-5, 0, 1, "added to the variance, so that it is never 0",
              .open = true, .synonyms = "epsilon"),
    REAL_ATTR(BatchNorm, momentum, 0.1, 0, 1, "share of the new batch in the running values (1 − "
              "Keras's momentum)"),
    {0},
};

enum { WEIGHT, BIAS, RUNNING_MEAN, RUNNING_VAR };

static int params(const void *cfg, const Shape *src, ParamSpec *out) {
    (void)cfg;
    const int c = src[0].c;
    out[WEIGHT] = (ParamSpec){.name = "weight", .role = PARAM_SCALE, .rank = 1, .dim = {c},
                              .first = 1};
    out[BIAS] = (ParamSpec){.name = "bias", .role = PARAM_SHIFT, .rank = 1, .dim = {c}};
    out[RUNNING_MEAN] = (ParamSpec){.name = "running_mean", .role = PARAM_STATISTIC, .rank = 1,
                                    .dim = {c}};
    out[RUNNING_VAR] = (ParamSpec){.name = "running_var", .role = PARAM_STATISTIC, .rank = 1,
                                   .dim = {c}, .first = 1};
    return 4;
}

// One Norm per channel of the batch.
static size_t saved(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg, (void)src;
    return sizeof(Norm) * (size_t)dst.c;
}

static bool of_batch(const Step *s) { return s->training && !s->frozen; }

static NormSet channel(const Step *s, int c) {
    return (NormSet){.src = s->src[0], .n = {0, s->dst.n}, .c = {c, c + 1}};
}

static void update_running(const Step *s, int c, Moments batch) {
    const double m = ((const BatchNorm *)s->cfg)->momentum, M = norm_count(channel(s, c));
    const double var = M > 1 ? batch.var * M / (M - 1) : batch.var;
    real *mean = &s->param[RUNNING_MEAN].v[c], *running_var = &s->param[RUNNING_VAR].v[c];

    *mean = (real)((1 - m) * *mean + m * batch.mean);
    *running_var = (real)((1 - m) * *running_var + m * var);
}

static Moments running(const Step *s, int c) {
    return (Moments){s->param[RUNNING_MEAN].v[c], s->param[RUNNING_VAR].v[c]};
}

static Norm keep(const Step *s, int c, Moments m) {
    return ((Norm *)s->saved)[c] = norm_of(m, ((const BatchNorm *)s->cfg)->eps);
}

static void add_to_params(const Step *s, int c, Sums sum) {
    if (s->diff_param[WEIGHT].v) s->diff_param[WEIGHT].v[c] += (real)sum.gx;
    if (s->diff_param[BIAS].v) s->diff_param[BIAS].v[c] += (real)sum.g;
}

static void forward_by(const Step *s, const NormWay *way) {
    for (int c = s->part.lo; c < s->part.hi; c++) {
        NormSet a = channel(s, c);
        const Moments m = of_batch(s) ? way->moments(a) : running(s, c);
        if (of_batch(s)) update_running(s, c, m);
        a.norm = keep(s, c, m);
        way->apply(a, s->param[WEIGHT].v[c], s->param[BIAS].v[c], s->dst);
    }
}

static void backward_by(const Step *s, const NormWay *way) {
    for (int c = s->part.lo; c < s->part.hi; c++) {
        NormSet a = channel(s, c);
        a.norm = ((const Norm *)s->saved)[c];
        a.fresh = step_fresh(s, 0);
        const Sums sum = way->sums(a, s->diff_dst), none = {0};
        add_to_params(s, c, sum);
        if (s->diff_src[0].v)
            way->spread(a, s->param[WEIGHT].v[c], s->diff_dst, of_batch(s) ? sum : none,
                        s->diff_src[0]);
    }
}

static void forward_ref(const Step *s) { forward_by(s, &norm_ref); }
static void backward_ref(const Step *s) { backward_by(s, &norm_ref); }

/* ---- maps of a single number --------------------------------------------------------------------
 * Behind dense the numbers of one channel lie C apart, but those of neighbouring channels side by
 * side: up to COLUMNS channels go through the images together. Every channel has its own sums, in
 * the order of the images, so where the columns are cut changes no bit. */

enum { COLUMNS = 32 };

static Range next_columns(const Step *s, int lo) {
    return (Range){lo, lo + COLUMNS < s->part.hi ? lo + COLUMNS : s->part.hi};
}

static void column_moments(Tensor src, Range c, Moments *out) {
    const size_t len = (size_t)(c.hi - c.lo);
    double sum[COLUMNS] = {0}, mean[COLUMNS], squares[COLUMNS] = {0};
    for (int n = 0; n < src.n; n++) {
        const real *row = at(src, n, c.lo, 0, 0);
        for (size_t k = 0; k < len; k++) sum[k] += row[k];
    }
    for (size_t k = 0; k < len; k++) mean[k] = sum[k] / src.n;
    for (int n = 0; n < src.n; n++) {
        const real *row = at(src, n, c.lo, 0, 0);
        for (size_t k = 0; k < len; k++) squares[k] += (row[k] - mean[k]) * (row[k] - mean[k]);
    }
    for (size_t k = 0; k < len; k++) out[k] = (Moments){mean[k], squares[k] / src.n};
}

// The norms of some channels, so that a vector can take several of one kind.
typedef struct Columns { real mean[COLUMNS], inverse[COLUMNS]; } Columns;

static Columns columns_of(const Step *s, Range c) {
    const Norm *norms = s->saved;
    Columns a;
    for (int k = c.lo; k < c.hi; k++) {
        a.mean[k - c.lo] = norms[k].mean;
        a.inverse[k - c.lo] = norms[k].inverse;
    }
    return a;
}

static void apply_columns(const Step *s, Range c) {
    const size_t len = (size_t)(c.hi - c.lo);
    const real *restrict weight = s->param[WEIGHT].v + c.lo;
    const real *restrict bias = s->param[BIAS].v + c.lo;
    const Columns a = columns_of(s, c);

    for (int n = 0; n < s->dst.n; n++) {
        const real *restrict src = at(s->src[0], n, c.lo, 0, 0);
        real *restrict dst = at(s->dst, n, c.lo, 0, 0);
        for (size_t k = 0; k < len; k++)
            dst[k] = (src[k] - a.mean[k]) * a.inverse[k] * weight[k] + bias[k];
    }
}

static void forward_columns(const Step *s) {
    for (Range c = next_columns(s, s->part.lo); c.lo < c.hi; c = next_columns(s, c.hi)) {
        Moments m[COLUMNS];
        if (of_batch(s)) column_moments(s->src[0], c, m);
        for (int k = c.lo; k < c.hi; k++) {
            if (of_batch(s)) update_running(s, k, m[k - c.lo]);
            keep(s, k, of_batch(s) ? m[k - c.lo] : running(s, k));
        }
        apply_columns(s, c);
    }
}

static void column_sums(const Step *s, Range c, Sums *out) {
    const size_t len = (size_t)(c.hi - c.lo);
    const Columns a = columns_of(s, c);
    double sum[COLUMNS] = {0}, products[COLUMNS] = {0};
    for (int n = 0; n < s->dst.n; n++) {
        const real *g = at(s->diff_dst, n, c.lo, 0, 0), *src = at(s->src[0], n, c.lo, 0, 0);
        for (size_t k = 0; k < len; k++) {
            sum[k] += g[k];
            products[k] += (double)g[k] * ((src[k] - a.mean[k]) * a.inverse[k]);
        }
    }
    for (size_t k = 0; k < len; k++) out[k] = (Sums){sum[k], products[k]};
}

static void spread_columns(const Step *s, Range c, const Sums *sum) {
    const size_t len = (size_t)(c.hi - c.lo);
    const Columns a = columns_of(s, c);
    const bool fresh = step_fresh(s, 0);
    real factor[COLUMNS], mean_g[COLUMNS], mean_gx[COLUMNS];
    for (size_t k = 0; k < len; k++) {
        factor[k] = s->param[WEIGHT].v[(size_t)c.lo + k] * a.inverse[k];
        mean_g[k] = of_batch(s) ? (real)(sum[k].g / s->dst.n) : 0;
        mean_gx[k] = of_batch(s) ? (real)(sum[k].gx / s->dst.n) : 0;
    }
    for (int n = 0; n < s->dst.n; n++) {
        const real *restrict g = at(s->diff_dst, n, c.lo, 0, 0);
        const real *restrict src = at(s->src[0], n, c.lo, 0, 0);
        real *restrict diff_src = at(s->diff_src[0], n, c.lo, 0, 0);
        for (size_t k = 0; k < len; k++) {
            const real xh = (src[k] - a.mean[k]) * a.inverse[k];
            diff_src[k] = (fresh ? 0 : diff_src[k]) + factor[k] * (g[k] - mean_g[k] - xh * mean_gx[k]);
        }
    }
}

static void backward_columns(const Step *s) {
    for (Range c = next_columns(s, s->part.lo); c.lo < c.hi; c = next_columns(s, c.hi)) {
        Sums sum[COLUMNS];
        column_sums(s, c, sum);
        for (int k = c.lo; k < c.hi; k++) add_to_params(s, k, sum[k - c.lo]);
        if (s->diff_src[0].v) spread_columns(s, c, sum);
    }
}

// ---- the fast way -------------------------------------------------------------------------------

static bool single(Tensor t) { return t.h == 1 && t.w == 1; }

static void forward(const Step *s) {
    if (s->dst.layout == LAYOUT_LANES) forward_by(s, &norm_lanes);
    else if (single(s->dst)) forward_columns(s);
    else forward_by(s, &norm_fast);
}

static void backward(const Step *s) {
    if (s->dst.layout == LAYOUT_LANES) backward_by(s, &norm_lanes);
    else if (single(s->dst)) backward_columns(s);
    else backward_by(s, &norm_fast);
}

// ---- for the viewer -----------------------------------------------------------------------------

static NormSet set_of(const Step *s, int n, int c) {
    (void)n;
    return channel(s, c);
}

static void explain(const Question *q) {
    const int c = q->asked == ASKED_DIFF_PARAM ? q->n : q->c;
    const Moments kept = running(q->s, c);
    const NormRule rule = {.set = set_of, .eps = ((const BatchNorm *)q->s->cfg)->eps, .across = true,
                           .kept = of_batch(q->s) ? NULL : &kept};
    norm_explain(q, &rule);
}

const LayerKind batchnorm_layer = {
    .spec = {.name = "batchnorm", .summary = "give every channel mean 0 and deviation 1",
             .formula = "y = weight·(x − μ)/σ + bias", .example = "batchnorm",
             .synonyms = "BatchNorm2d BatchNorm1d BatchNormalization BatchNorm batch_norm bn "
                         "batch_normalization batch_normalize batchnorm2d batchnorm1d",
             .source = "runtime/layers/batchnorm.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(BatchNorm), .attrs = attrs, .params = params},
    .by_channel   = true,
    .lanes        = true,
    .writes       = true,
    .saved        = saved,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
