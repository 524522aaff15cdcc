/* gelu.c — each number, times the part of a normal distribution that lies below it.
 *
 *     dst = src·Φ(src)                      diff_src += diff_dst · (Φ + src·Φ')
 *
 *     approximate=none    Φ = ½·(1 + erf(x/√2))                         Φ' = exp(−x²/2) / √(2π)
 *     approximate=tanh    Φ = ½·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
 *                         Φ' = 2·Φ·(1 − Φ) · √(2/π)·(1 + 3·0.044715·x²)
 *
 * Number by number, any shape. Like relu for large numbers of either sign, but smooth. The tanh
 * form was once the faster one; networks that were trained with it want it back.
 * Source: Hendrycks & Gimpel, "Gaussian Error Linear Units (GELUs)", 2016, §2. */
#include <math.h>

#include "runtime/explain.h"
#include "runtime/kernels/vmath.h"

enum { APPROXIMATE_NONE, APPROXIMATE_TANH };

typedef struct Gelu { int approximate; } Gelu;

static const Word forms[] = {{"none", APPROXIMATE_NONE}, {"tanh", APPROXIMATE_TANH}, {0}};

static const AttrSpec attrs[] = {
    WORD_ATTR(Gelu, approximate, APPROXIMATE_NONE, forms, "the exact formula, or the one with tanh",
              .synonyms = "approx form"),
    {0},
};

static bool by_tanh(const Step *s) {
    return ((const Gelu *)s->cfg)->approximate == APPROXIMATE_TANH;
}

static const real ROOT_HALF = R(0.70710678118654752);       // √½
static const real ROOT_2_BY_PI = R(0.79788456080286536);    // √(2/π)
static const real ONE_BY_ROOT_2PI = R(0.39894228040143268); // 1/√(2π)
static const real CUBIC = R(0.044715);

static real inside_erf(real x) { return x * ROOT_HALF; }
static real inside_tanh(real x) { return ROOT_2_BY_PI * (x + CUBIC * x * x * x); }
static real inside_exp(real x) { return -x * x / 2; }

static real slope_by_tanh(real x, real phi) {
    return 2 * phi * (1 - phi) * ROOT_2_BY_PI * (1 + 3 * CUBIC * x * x);
}

// ---- the definition -----------------------------------------------------------------------------

static real phi_of(real x, bool tanh_form) {
    return (1 + (tanh_form ? vm_tanh(inside_tanh(x)) : vm_erf(inside_erf(x)))) / 2;
}

static real slope_of(real x, bool tanh_form) {
    if (tanh_form) return slope_by_tanh(x, phi_of(x, true));
    return vm_exp(inside_exp(x)) * ONE_BY_ROOT_2PI;
}

static void forward_ref(const Step *s) {
    const real *src = s->src[0].v;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++)
        s->dst.v[i] = src[i] * phi_of(src[i], by_tanh(s));
}

static void backward_ref(const Step *s) {
    const real *src = s->src[0].v, *diff_dst = s->diff_dst.v;
    real *diff_src = s->diff_src[0].v;
    if (!diff_src) return;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i++) {
        const real x = src[i];
        diff_src[i] += diff_dst[i] * (phi_of(x, by_tanh(s)) + x * slope_of(x, by_tanh(s)));
    }
}

// ---- the fast way: the same for a chunk of numbers at once --------------------------------------

enum { CHUNK = 256 };

static void all_phi(real *restrict phi, const real *restrict x, size_t n, bool tanh_form) {
    for (size_t i = 0; i < n; i++)
        phi[i] = tanh_form ? inside_tanh(x[i]) : inside_erf(x[i]);
    (tanh_form ? vm_tanh_n : vm_erf_n)(phi, phi, n);
    for (size_t i = 0; i < n; i++)
        phi[i] = (1 + phi[i]) / 2;
}

static void all_slopes(real *restrict slope, const real *restrict x, const real *restrict phi,
                       size_t n, bool tanh_form) {
    for (size_t i = 0; i < n; i++)
        slope[i] = tanh_form ? slope_by_tanh(x[i], phi[i]) : inside_exp(x[i]);
    if (tanh_form) return;
    vm_exp_n(slope, slope, n);
    for (size_t i = 0; i < n; i++)
        slope[i] *= ONE_BY_ROOT_2PI;
}

static void forward(const Step *s) {
    const size_t len = tensor_len(s->dst);
    const real *restrict src = s->src[0].v;
    real *restrict dst = s->dst.v;

    all_phi(dst, src, len, by_tanh(s));
    for (size_t i = 0; i < len; i++)
        dst[i] *= src[i];
}

static void backward(const Step *s) {
    const real *restrict diff_dst = s->diff_dst.v;
    real *restrict diff_src = s->diff_src[0].v;
    real phi[CHUNK], slope[CHUNK];
    if (!diff_src) return;

    for (size_t i = 0, len = tensor_len(s->dst); i < len; i += CHUNK) {
        const size_t n = len - i < CHUNK ? len - i : CHUNK;
        const real *const x = s->src[0].v + i;
        all_phi(phi, x, n, by_tanh(s));
        all_slopes(slope, x, phi, n, by_tanh(s));
        for (size_t k = 0; k < n; k++)
            diff_src[i + k] += diff_dst[i + k] * (phi[k] + x[k] * slope[k]);
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static double phi_exact(double x, bool tanh_form) {
    if (!tanh_form) return (1 + erf(x * sqrt(0.5))) / 2;
    return (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))) / 2;
}

static double slope_exact(double x, bool tanh_form) {
    if (!tanh_form) return exp(-x * x / 2) / sqrt(2 * M_PI);
    const double phi = phi_exact(x, true);
    return 2 * phi * (1 - phi) * sqrt(2 / M_PI) * (1 + 3 * 0.044715 * x * x);
}

static void explain(const Question *q) {
    const bool form = by_tanh(q->s);
    const Operand x = explain_here(q, "x", OF_SRC);
    const Note below = explain_note("the part of a normal distribution below %s", figure(x.v).s);
    const Note height = explain_note("the height of that distribution at %s", figure(x.v).s);
    const Operand phi = explain_from(x, "Φ(x)", phi_exact(x.v, form), below.s);
    if (q->asked == ASKED_DST) {
        explain_term(q, NULL, x, phi);
        return;
    }
    const Operand delta = explain_here(q, "δ", OF_DIFF_DST);
    explain_term(q, "through x", delta, phi);
    explain_term(q, "through Φ", delta, x, explain_from(x, "Φ'(x)", slope_exact(x.v, form), height.s));
}

const LayerKind gelu_layer = {
    .spec = {.name = "gelu", .summary = "multiply each number by the part of a normal distribution "
                                        "below it",
             .formula = "y = x·Φ(x), Φ the normal distribution", .example = "gelu",
             .synonyms = "GELU Gelu gaussian_error_linear",
             .source = "runtime/layers/gelu.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(Gelu), .attrs = attrs},
    .lanes        = true,
    .pointwise    = true,
    .by_map       = true,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
