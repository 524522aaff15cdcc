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
 * Backward, μ and σ depend on every number of the channel, which gives two terms more:
 *
 *     diff_weight += Σ diff_dst·x̂          diff_bias += Σ diff_dst
 *     diff_src    += weight/σ · (diff_dst − Σ diff_dst/M − x̂·Σ diff_dst·x̂/M)
 *
 * In inference, and when the layer is frozen, μ and variance are the running ones, and constants:
 * diff_src += weight/σ · diff_dst. If M = 1 the variance is 0 and so is x̂.
 * The conventions are PyTorch's; Keras keeps a biased running variance.
 * Source: Ioffe & Szegedy, "Batch Normalization", 2015, algorithms 1 and 2. */
#include <tgmath.h>

#include "runtime/layer.h"

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

// What backward needs to know about a channel; `saved` holds one per channel of the batch.
typedef struct Norm { real mean, inverse; } Norm; // μ and 1/σ

static size_t saved(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg, (void)src;
    return sizeof(Norm) * (size_t)dst.c;
}

// What both ways of summing find.
typedef struct Moments { double mean, var; } Moments;
typedef struct Sums { double g, gx; } Sums; // Σ diff_dst and Σ diff_dst·x̂

static bool of_batch(const Step *s) { return s->training && !s->frozen; }

static double count(Tensor t) { return (double)t.n * t.h * t.w; }

static void update_running(const Step *s, int c, Moments batch) {
    const double m = ((const BatchNorm *)s->cfg)->momentum, M = count(s->dst);
    const double var = M > 1 ? batch.var * M / (M - 1) : batch.var;
    real *mean = &s->param[RUNNING_MEAN].v[c], *running_var = &s->param[RUNNING_VAR].v[c];

    *mean = (real)((1 - m) * *mean + m * batch.mean);
    *running_var = (real)((1 - m) * *running_var + m * var);
}

static Norm norm_of(const Step *s, int c, Moments (*moments)(Tensor, int)) {
    Moments m;
    if (of_batch(s)) {
        m = moments(s->src[0], c);
        update_running(s, c, m);
    } else {
        m = (Moments){s->param[RUNNING_MEAN].v[c], s->param[RUNNING_VAR].v[c]};
    }
    return (Norm){(real)m.mean, (real)(1 / sqrt(m.var + ((const BatchNorm *)s->cfg)->eps))};
}

static void forward_by(const Step *s, Moments (*moments)(Tensor, int),
                       void (*normalise)(const Step *, int, Norm)) {
    Norm *norms = s->saved;
    for (int c = s->part.lo; c < s->part.hi; c++) {
        const Norm norm = norm_of(s, c, moments);
        norms[c] = norm;
        normalise(s, c, norm);
    }
}

static void backward_by(const Step *s, Sums (*sums)(const Step *, int, Norm),
                        void (*spread)(const Step *, int, Norm, Sums)) {
    const Norm *norms = s->saved;
    for (int c = s->part.lo; c < s->part.hi; c++) {
        const Sums sum = sums(s, c, norms[c]);
        if (s->diff_param[WEIGHT].v) s->diff_param[WEIGHT].v[c] += (real)sum.gx;
        if (s->diff_param[BIAS].v) s->diff_param[BIAS].v[c] += (real)sum.g;
        if (s->diff_src[0].v) spread(s, c, norms[c], of_batch(s) ? sum : (Sums){0});
    }
}

// ---- the definition -----------------------------------------------------------------------------

static Moments moments_ref(Tensor src, int c) {
    Moments m = {0};
    for (int n = 0; n < src.n; n++)
    for (int y = 0; y < src.h; y++)
    for (int x = 0; x < src.w; x++)
        m.mean += *at(src, n, c, y, x) / count(src);

    for (int n = 0; n < src.n; n++)
    for (int y = 0; y < src.h; y++)
    for (int x = 0; x < src.w; x++) {
        const double off = *at(src, n, c, y, x) - m.mean;
        m.var += off * off / count(src);
    }
    return m;
}

static void normalise_ref(const Step *s, int c, Norm norm) {
    const real weight = s->param[WEIGHT].v[c], bias = s->param[BIAS].v[c];

    for (int n = 0; n < s->dst.n; n++)
    for (int y = 0; y < s->dst.h; y++)
    for (int x = 0; x < s->dst.w; x++)
        *at(s->dst, n, c, y, x) =
            (*at(s->src[0], n, c, y, x) - norm.mean) * norm.inverse * weight + bias;
}

static Sums sums_ref(const Step *s, int c, Norm norm) {
    Sums sum = {0};
    for (int n = 0; n < s->dst.n; n++)
    for (int y = 0; y < s->dst.h; y++)
    for (int x = 0; x < s->dst.w; x++) {
        const double g = *at(s->diff_dst, n, c, y, x);
        sum.g += g;
        sum.gx += g * ((*at(s->src[0], n, c, y, x) - norm.mean) * norm.inverse);
    }
    return sum;
}

static void spread_ref(const Step *s, int c, Norm norm, Sums sum) {
    const real factor = s->param[WEIGHT].v[c] * norm.inverse;
    const real mean_g = (real)(sum.g / count(s->dst)), mean_gx = (real)(sum.gx / count(s->dst));

    for (int n = 0; n < s->dst.n; n++)
    for (int y = 0; y < s->dst.h; y++)
    for (int x = 0; x < s->dst.w; x++) {
        const real xh = (*at(s->src[0], n, c, y, x) - norm.mean) * norm.inverse;
        *at(s->diff_src[0], n, c, y, x) +=
            factor * (*at(s->diff_dst, n, c, y, x) - mean_g - xh * mean_gx);
    }
}

static void forward_ref(const Step *s) { forward_by(s, moments_ref, normalise_ref); }
static void backward_ref(const Step *s) { backward_by(s, sums_ref, spread_ref); }

/* ---- the fast way -------------------------------------------------------------------------------
 * In the plain layout the numbers of one channel of one image stand in a row. Sums go round WAYS
 * places, so that an addition does not have to wait for the one before it. */

enum { WAYS = 8 };

static double total(const double *sum) {
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static size_t places(Tensor t) { return (size_t)t.h * (size_t)t.w; }

static void add_run(double *restrict sum, const real *restrict v, size_t len) {
    size_t i = 0;
    for (; i + WAYS <= len; i += WAYS)
        for (size_t k = 0; k < WAYS; k++)
            sum[k] += v[i + k];
    for (size_t k = 0; i + k < len; k++)
        sum[k] += v[i + k];
}

static void add_squares(double *restrict sum, const real *restrict v, double mean, size_t len) {
    size_t i = 0;
    for (; i + WAYS <= len; i += WAYS)
        for (size_t k = 0; k < WAYS; k++)
            sum[k] += (v[i + k] - mean) * (v[i + k] - mean);
    for (size_t k = 0; i + k < len; k++)
        sum[k] += (v[i + k] - mean) * (v[i + k] - mean);
}

static void add_products(double *restrict sum, const real *restrict g, const real *restrict v,
                         Norm norm, size_t len) {
    size_t i = 0;
    for (; i + WAYS <= len; i += WAYS)
        for (size_t k = 0; k < WAYS; k++)
            sum[k] += (double)g[i + k] * ((v[i + k] - norm.mean) * norm.inverse);
    for (size_t k = 0; i + k < len; k++)
        sum[k] += (double)g[i + k] * ((v[i + k] - norm.mean) * norm.inverse);
}

static Moments moments(Tensor src, int c) {
    double sum[WAYS] = {0}, squares[WAYS] = {0};
    for (int n = 0; n < src.n; n++)
        add_run(sum, at(src, n, c, 0, 0), places(src));
    const double mean = total(sum) / count(src);
    for (int n = 0; n < src.n; n++)
        add_squares(squares, at(src, n, c, 0, 0), mean, places(src));
    return (Moments){mean, total(squares) / count(src)};
}

static void normalise(const Step *s, int c, Norm norm) {
    const real weight = s->param[WEIGHT].v[c], bias = s->param[BIAS].v[c];

    for (int n = 0; n < s->dst.n; n++) {
        const real *restrict src = at(s->src[0], n, c, 0, 0);
        real *restrict dst = at(s->dst, n, c, 0, 0);
        for (size_t i = 0, len = places(s->dst); i < len; i++)
            dst[i] = (src[i] - norm.mean) * norm.inverse * weight + bias;
    }
}

static Sums sums(const Step *s, int c, Norm norm) {
    double g[WAYS] = {0}, gx[WAYS] = {0};
    for (int n = 0; n < s->dst.n; n++) {
        const real *diff_dst = at(s->diff_dst, n, c, 0, 0);
        add_run(g, diff_dst, places(s->dst));
        add_products(gx, diff_dst, at(s->src[0], n, c, 0, 0), norm, places(s->dst));
    }
    return (Sums){total(g), total(gx)};
}

static void spread(const Step *s, int c, Norm norm, Sums sum) {
    const real factor = s->param[WEIGHT].v[c] * norm.inverse;
    const real mean_g = (real)(sum.g / count(s->dst)), mean_gx = (real)(sum.gx / count(s->dst));

    for (int n = 0; n < s->dst.n; n++) {
        const real *restrict src = at(s->src[0], n, c, 0, 0);
        const real *restrict diff_dst = at(s->diff_dst, n, c, 0, 0);
        real *restrict diff_src = at(s->diff_src[0], n, c, 0, 0);
        for (size_t i = 0, len = places(s->dst); i < len; i++) {
            const real xh = (src[i] - norm.mean) * norm.inverse;
            diff_src[i] += factor * (diff_dst[i] - mean_g - xh * mean_gx);
        }
    }
}

static void forward(const Step *s) { forward_by(s, moments, normalise); }
static void backward(const Step *s) { backward_by(s, sums, spread); }

const LayerKind batchnorm_layer = {
    .spec = {.name = "batchnorm", .summary = "give every channel mean 0 and deviation 1",
             .formula = "y = weight·(x − μ)/σ + bias", .example = "batchnorm",
             .synonyms = "BatchNorm2d BatchNorm1d BatchNormalization BatchNorm batch_norm bn "
                         "batch_normalization batch_normalize batchnorm2d batchnorm1d",
             .source = "runtime/layers/batchnorm.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(BatchNorm), .attrs = attrs, .params = params},
    .by_channel   = true,
    .saved        = saved,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
};
