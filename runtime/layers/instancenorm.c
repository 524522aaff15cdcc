/* instancenorm.c — give every map of every image mean 0 and deviation 1, then learn both anew.
 *
 *     x̂ = (src − μ) / σ        dst = weight·x̂ + bias        σ = √(variance + eps)
 *
 *     src, dst      N × C × H × W
 *     weight, bias  C, first 1 and 0
 *     μ, variance   of the M = H·W numbers of one map (the variance divided by M)
 *
 *     diff_weight += Σ diff_dst·x̂          diff_bias += Σ diff_dst
 *     diff_src    += weight/σ · (diff_dst − Σ diff_dst/M − x̂·Σ diff_dst·x̂/M)
 *
 * Unlike batchnorm an image does not depend on the others of its batch, so nothing has to be kept
 * for inference, and the contrast of each image is taken out. This is PyTorch's
 * InstanceNorm2d(affine=True).
 * Source: Ulyanov, Vedaldi & Lempitsky, "Instance Normalization", 2016, eq. 4. */
#include "runtime/layers/norm.h"

#include <stdio.h>

typedef struct InstanceNorm { double eps; } InstanceNorm;

static const AttrSpec attrs[] = {
    REAL_ATTR(InstanceNorm, eps, 1e-5, 0, 1, "added to the variance, so that it is never 0",
              .open = true, .synonyms = "epsilon"),
    {0},
};

enum { WEIGHT, BIAS };

static int params(const void *cfg, const Shape *src, ParamSpec *out) {
    (void)cfg;
    const int c = src[0].c;
    out[WEIGHT] = (ParamSpec){.name = "weight", .role = PARAM_SCALE, .rank = 1, .dim = {c},
                              .first = 1};
    out[BIAS] = (ParamSpec){.name = "bias", .role = PARAM_SHIFT, .rank = 1, .dim = {c}};
    return 2;
}

static bool infer(Infer *q) {
    const Shape in = q->src[0];
    if (in.h == 1 && in.w == 1)
        return infer_error(q, NULL, S_SHAPE, "instancenorm takes the mean of each map, but only "
                           "one number per map arrives here: nothing would be left of it");
    snprintf(q->note, sizeof q->note, "each %dx%d map on its own", in.h, in.w);
    return true;
}

static size_t saved(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg, (void)src;
    return sizeof(Norm) * (size_t)dst.c;
}

static NormSet map(const Step *s, int n, int c) {
    return (NormSet){.src = s->src[0], .n = {n, n + 1}, .c = {c, c + 1}};
}

static Norm *norm_at(const Step *s, int n, int c) {
    return (Norm *)s->saved + (size_t)n * (size_t)s->dst.c + (size_t)c;
}

static void forward_by(const Step *s, const NormWay *way) {
    const double eps = ((const InstanceNorm *)s->cfg)->eps;

    for (int n = 0; n < s->dst.n; n++)
    for (int c = 0; c < s->dst.c; c++) {
        NormSet a = map(s, n, c);
        a.norm = *norm_at(s, n, c) = norm_of(way->moments(a), eps);
        way->apply(a, s->param[WEIGHT].v[c], s->param[BIAS].v[c], s->dst);
    }
}

static void backward_by(const Step *s, const NormWay *way) {
    for (int n = 0; n < s->dst.n; n++)
    for (int c = 0; c < s->dst.c; c++) {
        NormSet a = map(s, n, c);
        a.norm = *norm_at(s, n, c);
        const Sums sum = way->sums(a, s->diff_dst);
        if (s->diff_param[WEIGHT].v) s->diff_param[WEIGHT].v[c] += (real)sum.gx;
        if (s->diff_param[BIAS].v) s->diff_param[BIAS].v[c] += (real)sum.g;
        if (s->diff_src[0].v)
            way->spread(a, s->param[WEIGHT].v[c], s->diff_dst, sum, s->diff_src[0]);
    }
}

static void forward_ref(const Step *s) { forward_by(s, &norm_ref); }
static void backward_ref(const Step *s) { backward_by(s, &norm_ref); }
static void forward(const Step *s) { forward_by(s, &norm_fast); }
static void backward(const Step *s) { backward_by(s, &norm_fast); }

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const NormRule rule = {.set = map, .eps = ((const InstanceNorm *)q->s->cfg)->eps};
    norm_explain(q, &rule);
}

const LayerKind instancenorm_layer = {
    .spec = {.name = "instancenorm",
             .summary = "give every map of every image mean 0 and deviation 1",
             .formula = "y = weight·(x − μ)/σ + bias", .example = "instancenorm",
             .synonyms = "InstanceNorm2d InstanceNorm InstanceNormalization instance_norm "
                         "instancenorm2d instance_normalization contrastnorm",
             .source = "runtime/layers/instancenorm.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(InstanceNorm), .attrs = attrs, .infer = infer, .params = params},
    .saved        = saved,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
