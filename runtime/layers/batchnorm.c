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
#include "runtime/kernels/wide.h"
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

// What is known of a channel: of one group (its notes: moments, then sums), or of the batch (joined).
typedef struct Channel { Moments m; Norm norm; Sums sum; } Channel;

static size_t notes(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg, (void)src;
    return sizeof(Channel) * (size_t)dst.c;
}

static Channel *note(const Step *s, int c) { return (Channel *)s->notes + c; }
static Channel *joined(const Step *s, int c) { return (Channel *)s->joined + c; }

static bool of_batch(const Step *s) { return s->training && !s->frozen; }

static NormSet channel(const Step *s, int c) {
    return (NormSet){.src = s->src[0], .n = {0, s->dst.n}, .c = {c, c + 1}};
}

static void update_running(const Step *s, int c, Moments batch) {
    const double m = ((const BatchNorm *)s->cfg)->momentum, M = batch.M;
    const double var = M > 1 ? batch.var * M / (M - 1) : batch.var;
    real *mean = &s->param[RUNNING_MEAN].v[c], *running_var = &s->param[RUNNING_VAR].v[c];

    *mean = (real)((1 - m) * *mean + m * batch.mean);
    *running_var = (real)((1 - m) * *running_var + m * var);
}

static Moments running(const Step *s, int c) {
    return (Moments){.mean = s->param[RUNNING_MEAN].v[c], .var = s->param[RUNNING_VAR].v[c]};
}

static double eps(const Step *s) { return ((const BatchNorm *)s->cfg)->eps; }

// The batch's moments are known: for forward and backward, and for later inference.
static void keep(const Step *s, int c, Moments batch) {
    joined(s, c)->norm = norm_of(batch, eps(s));
    update_running(s, c, batch);
}

static Norm norm_at(const Step *s, int c) {
    return of_batch(s) ? joined(s, c)->norm : norm_of(running(s, c), eps(s));
}

static void add_to_params(const Step *s, int c, Sums sum) {
    if (s->diff_param[WEIGHT].v) s->diff_param[WEIGHT].v[c] += (real)sum.gx;
    if (s->diff_param[BIAS].v) s->diff_param[BIAS].v[c] += (real)sum.g;
}

// The sums that come back through μ and σ: nothing, where these are constants.
static const Sums no_sums = {.M = 1};

// ---- the definition: the whole batch at once --------------------------------------------------------

static void forward_ref(const Step *s) {
    for (int c = 0; c < s->dst.c; c++) {
        NormSet a = channel(s, c);
        if (of_batch(s)) keep(s, c, norm_ref.moments(a));
        a.norm = norm_at(s, c);
        norm_ref.apply(a, s->param[WEIGHT].v[c], s->param[BIAS].v[c], s->dst);
    }
}

static void backward_ref(const Step *s) {
    for (int c = 0; c < s->dst.c; c++) {
        NormSet a = channel(s, c);
        a.norm = norm_at(s, c);
        const Sums sum = norm_ref.sums(a, s->diff_dst);
        add_to_params(s, c, sum);
        if (s->diff_src[0].v)
            norm_ref.spread(a, s->param[WEIGHT].v[c], s->diff_dst, of_batch(s) ? sum : no_sums,
                            s->diff_src[0]);
    }
}

/* ---- the fast way: group by group -------------------------------------------------------------------
 * Each group notes its own mean and variance, from two passes over numbers that are in the cache, so
 * that nothing cancels. With M_k, μ_k and v_k of group k:
 *
 *     M = Σ M_k        μ = Σ M_k·μ_k/M        variance = Σ M_k·(v_k + (μ_k − μ)²)/M
 *
 * the mean of the variances plus the variance of the means. Source: Chan, Golub & LeVeque, "Updating
 * Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979. */

static Moments join_moments(const Step *s, int c) {
    const int C = s->dst.c;
    Moments all = {0};
    for (int k = 0; k < s->n_notes; k++) all.M += note(s, k * C + c)->m.M;
    for (int k = 0; k < s->n_notes; k++) {
        const Moments m = note(s, k * C + c)->m;
        all.mean += m.M * m.mean / all.M;
    }
    for (int k = 0; k < s->n_notes; k++) {
        const Moments m = note(s, k * C + c)->m;
        const double off = m.mean - all.mean;
        all.var += m.M * (m.var + off * off) / all.M;
    }
    return all;
}

static void join(const Step *s) {
    for (int c = 0; c < s->dst.c && of_batch(s); c++) keep(s, c, join_moments(s, c));
}

static void join_back(const Step *s) {
    const int C = s->dst.c;
    for (int c = 0; c < C; c++) {
        Sums all = {0};
        for (int k = 0; k < s->n_notes; k++) {
            const Sums sum = note(s, k * C + c)->sum;
            all = (Sums){all.g + sum.g, all.gx + sum.gx, all.M + sum.M};
        }
        joined(s, c)->sum = all;
        add_to_params(s, c, all);
    }
}

static Sums sums_at(const Step *s, int c) { return of_batch(s) ? joined(s, c)->sum : no_sums; }

static const NormWay *way_of(const Step *s) {
    return s->dst.layout == LAYOUT_LANES ? &norm_lanes : &norm_fast;
}

static void gather_channels(const Step *s, Range c) {
    for (int k = c.lo; k < c.hi; k++) note(s, k)->m = way_of(s)->moments(channel(s, k));
}

static void apply_channels(const Step *s, Range c) {
    for (int k = c.lo; k < c.hi; k++) {
        NormSet a = channel(s, k);
        a.norm = norm_at(s, k);
        way_of(s)->apply(a, s->param[WEIGHT].v[k], s->param[BIAS].v[k], s->dst);
    }
}

static void gather_back_channels(const Step *s, Range c) {
    for (int k = c.lo; k < c.hi; k++) {
        NormSet a = channel(s, k);
        a.norm = norm_at(s, k);
        note(s, k)->sum = way_of(s)->sums(a, s->diff_dst);
    }
}

static void spread_channels(const Step *s, Range c) {
    for (int k = c.lo; k < c.hi; k++) {
        NormSet a = channel(s, k);
        a.norm = norm_at(s, k);
        a.fresh = step_fresh(s, 0);
        way_of(s)->spread(a, s->param[WEIGHT].v[k], s->diff_dst, sums_at(s, k), s->diff_src[0]);
    }
}

/* Where a map is a single number (behind dense) and image lies after image, the numbers of one channel
 * lie C apart, but those of neighbouring channels side by side: up to COLUMNS channels go through the
 * images together. */

enum { COLUMNS = 32 };

static void gather_columns(const Step *s, Range c) {
    const size_t len = (size_t)(c.hi - c.lo);
    const Tensor src = s->src[0];
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
    for (size_t k = 0; k < len; k++)
        note(s, c.lo)[k].m = (Moments){.mean = mean[k], .var = squares[k] / src.n, .M = src.n};
}

// The norms of some channels, so that a vector can take several of one kind.
typedef struct Columns { real mean[COLUMNS], inverse[COLUMNS]; } Columns;

static Columns columns_of(const Step *s, Range c) {
    Columns a;
    for (int k = c.lo; k < c.hi; k++) {
        const Norm norm = norm_at(s, k);
        a.mean[k - c.lo] = norm.mean;
        a.inverse[k - c.lo] = norm.inverse;
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

static void gather_back_columns(const Step *s, Range c) {
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
    for (size_t k = 0; k < len; k++) note(s, c.lo)[k].sum = (Sums){sum[k], products[k], s->dst.n};
}

static void spread_columns(const Step *s, Range c) {
    const size_t len = (size_t)(c.hi - c.lo);
    const Columns a = columns_of(s, c);
    const bool fresh = step_fresh(s, 0);
    real factor[COLUMNS], mean_g[COLUMNS], mean_gx[COLUMNS];
    for (size_t k = 0; k < len; k++) {
        const Sums sum = sums_at(s, c.lo + (int)k);
        factor[k] = s->param[WEIGHT].v[(size_t)c.lo + k] * a.inverse[k];
        mean_g[k] = (real)(sum.g / sum.M);
        mean_gx[k] = (real)(sum.gx / sum.M);
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

/* The channels of a place side by side (LAYOUT_LAST), for inference: prepared holds the norms of all
 * channels, means first. LANES channels at a time go through all places. */

static size_t prepared(const void *cfg, const Shape *src, Shape dst, Layout layout) {
    (void)cfg, (void)src;
    return layout == LAYOUT_LAST ? 2 * (size_t)dst.c : 0;
}

static void prepare(const Step *s) {
    const int C = s->dst.c;
    for (int c = s->part.lo; c < s->part.hi; c++) {
        const Norm norm = norm_at(s, c);
        s->prepared[c] = norm.mean;
        s->prepared[C + c] = norm.inverse;
    }
}

WIDE static void apply_places(const real *restrict src, int places, ptrdiff_t C, const real *restrict mean,
                              const real *restrict inverse, const real *restrict weight,
                              const real *restrict bias, real *restrict dst) {
    for (int p = 0; p < places; p++, src += C, dst += C)
        AS_ONE for (int l = 0; l < LANES; l++)
            dst[l] = (src[l] - mean[l]) * inverse[l] * weight[l] + bias[l];
}

static void apply_last(const Step *s) {
    const int C = s->dst.c, places = s->dst.n * s->dst.h * s->dst.w;
    for (int c = 0; c < C; c += LANES)
        apply_places(s->src[0].v + c, places, C, s->prepared + c, s->prepared + C + c,
                     s->param[WEIGHT].v + c, s->param[BIAS].v + c, s->dst.v + c);
}

// Two ways to do the same for channels [c.lo, c.hi).
typedef void Part(const Step *s, Range c);

static void by_parts(const Step *s, Part *channels, Part *columns) {
    const bool single = s->dst.layout == LAYOUT_PLAIN && s->dst.h == 1 && s->dst.w == 1;
    const Range all = step_share(s, s->dst.c);
    const int step = single ? COLUMNS : all.hi;
    for (int c = all.lo; c < all.hi; c += step)
        (single ? columns : channels)(s, (Range){c, c + step < all.hi ? c + step : all.hi});
}

static void gather(const Step *s) {
    if (of_batch(s)) by_parts(s, gather_channels, gather_columns);
}

static void forward(const Step *s) {
    if (s->dst.layout == LAYOUT_LAST) apply_last(s);
    else by_parts(s, apply_channels, apply_columns);
}

static void gather_back(const Step *s) { by_parts(s, gather_back_channels, gather_back_columns); }

static void backward(const Step *s) {
    if (s->diff_src[0].v) by_parts(s, spread_channels, spread_columns);
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
    .lanes        = true,
    .pointwise    = true,
    .shares       = true,
    .writes       = true,
    .forgets      = true,
    .notes        = notes,
    .prepared     = prepared,
    .prepare      = prepare,
    .gather       = gather,
    .join         = join,
    .gather_back  = gather_back,
    .join_back    = join_back,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
