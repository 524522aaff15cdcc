/* layernorm.c — give all numbers of an image mean 0 and deviation 1, then let each learn both.
 *
 *     x̂ = (src − μ) / σ        dst = weight·x̂ + bias        σ = √(variance + eps)
 *
 *     src, dst      N × C × H × W
 *     weight, bias  C × H × W, first 1 and 0: every number of an image has its own
 *     μ, variance   of the M = C·H·W numbers of an image (the variance divided by M)
 *
 *     diff_weight += diff_dst·x̂            diff_bias += diff_dst
 *     diff_src    += 1/σ · (g − Σ g/M − x̂·Σ g·x̂/M)          g = weight·diff_dst
 *
 * An image does not depend on the others of its batch, so nothing has to be kept for inference.
 * Source: Ba, Kiros & Hinton, "Layer Normalization", 2016, eq. 3 and §3. */
#include "runtime/layers/norm.h"

#include <stdio.h>

typedef struct LayerNorm { double eps; } LayerNorm;

static const AttrSpec attrs[] = {
    REAL_ATTR(LayerNorm, eps, 1e-5, 0, 1, "added to the variance, so that it is never 0",
              .open = true, .synonyms = "epsilon"),
    {0},
};

enum { WEIGHT, BIAS };

static int params(const void *cfg, const Shape *src, ParamSpec *out) {
    (void)cfg;
    const int c = src[0].c, h = src[0].h, w = src[0].w, rank = h == 1 && w == 1 ? 1 : 3;
    out[WEIGHT] = (ParamSpec){.name = "weight", .role = PARAM_SCALE, .rank = rank, .dim = {c, h, w},
                              .first = 1};
    out[BIAS] = (ParamSpec){.name = "bias", .role = PARAM_SHIFT, .rank = rank, .dim = {c, h, w}};
    return 2;
}

static bool infer(Infer *q) {
    const Shape in = q->src[0];
    const long long M = (long long)in.c * in.h * in.w;
    if (M == 1)
        return infer_error(q, NULL, S_SHAPE, "layernorm takes the mean of an image's numbers, but "
                           "only one arrives here: nothing would be left of it");
    snprintf(q->note, sizeof q->note, "the %lld numbers of an image", M);
    return true;
}

static size_t saved(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg, (void)src, (void)dst;
    return sizeof(Norm);
}

static NormSet image(const Step *s, int n) {
    return (NormSet){.src = tensor_part(s->src[0], n, n + 1), .n = {0, 1}, .c = {0, s->dst.c}};
}

static Norm norm_at(const Step *s, int n) { return ((const Norm *)s->saved)[n]; }

// Finds the norm of image n and keeps it.
static Norm find_norm(const Step *s, int n, const NormWay *way) {
    const Moments m = way->moments(image(s, n));
    return ((Norm *)s->saved)[n] = norm_of(m, ((const LayerNorm *)s->cfg)->eps);
}

// ---- the definition -----------------------------------------------------------------------------

static real hat(const Step *s, int n, int c, int y, int x) {
    return (*at(s->src[0], n, c, y, x) - norm_at(s, n).mean) * norm_at(s, n).inverse;
}

static void forward_ref(const Step *s) {
    const Tensor weight = s->param[WEIGHT], bias = s->param[BIAS];

    for (int n = 0; n < s->dst.n; n++) {
        find_norm(s, n, &norm_ref);
        for (int c = 0; c < s->dst.c; c++)
        for (int y = 0; y < s->dst.h; y++)
        for (int x = 0; x < s->dst.w; x++)
            *at(s->dst, n, c, y, x) =
                hat(s, n, c, y, x) * *at(weight, c, y, x, 0) + *at(bias, c, y, x, 0);
    }
}

static void params_ref(const Step *s, int n) {
    const Tensor diff_weight = s->diff_param[WEIGHT], diff_bias = s->diff_param[BIAS];

    for (int c = 0; c < s->diff_dst.c; c++)
    for (int y = 0; y < s->diff_dst.h; y++)
    for (int x = 0; x < s->diff_dst.w; x++) {
        const real d = *at(s->diff_dst, n, c, y, x);
        if (diff_weight.v) *at(diff_weight, c, y, x, 0) += d * hat(s, n, c, y, x);
        if (diff_bias.v) *at(diff_bias, c, y, x, 0) += d;
    }
}

static void src_ref(const Step *s, int n) {
    const Tensor diff_dst = s->diff_dst, weight = s->param[WEIGHT];
    const double M = norm_count(image(s, n));
    Sums sum = {0};
    for (int c = 0; c < diff_dst.c; c++)
    for (int y = 0; y < diff_dst.h; y++)
    for (int x = 0; x < diff_dst.w; x++) {
        const real g = *at(weight, c, y, x, 0) * *at(diff_dst, n, c, y, x);
        sum.g += g;
        sum.gx += (double)g * hat(s, n, c, y, x);
    }
    for (int c = 0; c < diff_dst.c; c++)
    for (int y = 0; y < diff_dst.h; y++)
    for (int x = 0; x < diff_dst.w; x++) {
        const real g = *at(weight, c, y, x, 0) * *at(diff_dst, n, c, y, x);
        *at(s->diff_src[0], n, c, y, x) +=
            norm_at(s, n).inverse *
            (g - (real)(sum.g / M) - hat(s, n, c, y, x) * (real)(sum.gx / M));
    }
}

static void backward_ref(const Step *s) {
    for (int n = 0; n < s->diff_dst.n; n++) {
        params_ref(s, n);
        if (s->diff_src[0].v) src_ref(s, n);
    }
}

/* ---- the fast way -------------------------------------------------------------------------------
 * In the plain layout an image and its weights are two runs of the same length. With g written out
 * (in `work`), backward is that of norm.h with weight 1. */

static void forward(const Step *s) {
    const size_t len = tensor_image(s->dst);
    const real *restrict weight = s->param[WEIGHT].v, *restrict bias = s->param[BIAS].v;

    for (int n = 0; n < s->dst.n; n++) {
        const Norm norm = find_norm(s, n, &norm_fast);
        const real *restrict src = at(s->src[0], n, 0, 0, 0);
        real *restrict dst = at(s->dst, n, 0, 0, 0);
        for (size_t i = 0; i < len; i++)
            dst[i] = (src[i] - norm.mean) * norm.inverse * weight[i] + bias[i];
    }
}

static void add_products(real *restrict sum, const real *restrict diff_dst,
                         const real *restrict src, Norm norm, size_t len) {
    for (size_t i = 0; i < len; i++)
        sum[i] += diff_dst[i] * ((src[i] - norm.mean) * norm.inverse);
}

static void add(real *restrict sum, const real *restrict diff_dst, size_t len) {
    for (size_t i = 0; i < len; i++)
        sum[i] += diff_dst[i];
}

// Gradients of the parameters of channels [part.lo, part.hi).
static void backward_part(const Step *s, Range part) {
    const size_t row = (size_t)s->dst.h * (size_t)s->dst.w, lo = (size_t)part.lo * row;
    const size_t len = (size_t)(part.hi - part.lo) * row;
    real *const diff_weight = s->diff_param[WEIGHT].v, *const diff_bias = s->diff_param[BIAS].v;

    for (int n = 0; n < s->diff_dst.n; n++) {
        const real *diff_dst = at(s->diff_dst, n, part.lo, 0, 0);
        const real *src = at(s->src[0], n, part.lo, 0, 0);
        if (diff_weight) add_products(diff_weight + lo, diff_dst, src, norm_at(s, n), len);
        if (diff_bias) add(diff_bias + lo, diff_dst, len);
    }
}

static void backward_params(const Step *s) { backward_part(s, s->part); }

static void backward(const Step *s) {
    const size_t len = tensor_image(s->diff_dst);
    const real *restrict weight = s->param[WEIGHT].v;

    backward_part(s, (Range){0, s->diff_dst.c});
    for (int n = 0; s->diff_src[0].v && n < s->diff_dst.n; n++) {
        const real *restrict diff_dst = at(s->diff_dst, n, 0, 0, 0);
        real *restrict g = s->work;
        for (size_t i = 0; i < len; i++)
            g[i] = weight[i] * diff_dst[i];

        NormSet a = image(s, n);
        Tensor weighted = a.src;
        weighted.v = g;
        a.norm = norm_at(s, n);
        norm_fast.spread(a, 1, weighted, norm_fast.sums(a, weighted),
                         tensor_part(s->diff_src[0], n, n + 1));
    }
}

static size_t work(const void *cfg, const Shape *src, Shape dst, int n, Layout layout) {
    (void)cfg, (void)src, (void)n, (void)layout;
    return (size_t)dst.c * (size_t)dst.h * (size_t)dst.w;
}

// ---- for the viewer -----------------------------------------------------------------------------

static NormSet set_of(const Step *s, int n, int c) {
    (void)c;
    return (NormSet){.src = s->src[0], .n = {n, n + 1}, .c = {0, s->dst.c}};
}

static void explain(const Question *q) {
    const NormRule rule = {.set = set_of, .eps = ((const LayerNorm *)q->s->cfg)->eps, .each = true};
    norm_explain(q, &rule);
}

const LayerKind layernorm_layer = {
    .spec = {.name = "layernorm", .summary = "give all numbers of an image mean 0 and deviation 1",
             .formula = "y = weight·(x − μ)/σ + bias", .example = "layernorm",
             .synonyms = "LayerNorm LayerNormalization layer_norm layer_normalization ln",
             .source = "runtime/layers/layernorm.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(LayerNorm), .attrs = attrs, .infer = infer, .params = params},
    .saved           = saved,
    .work            = work,
    .forward_ref     = forward_ref,
    .backward_ref    = backward_ref,
    .forward         = forward,
    .backward        = backward,
    .backward_params = backward_params,
    .explain         = explain,
};
