/* normalize.c — shift and stretch each channel so that its numbers lie around 0.
 *
 *     dst[c,y,x] = (src[c,y,x] − mean[c]) / std[c]
 *
 * mean and std are written, one number per channel or one for all, or else measured on the M
 * numbers that channel c has in all training pictures:
 *
 *     mean = 1/M Σ x            std² = 1/M Σ x² − mean²
 *
 * A channel that is the same everywhere has std 0; it is divided by 1. Its std² comes out as the
 * rounding error of the two sums, which is why a std² below 10⁻¹² mean² counts as 0.
 * Source: LeCun et al., "Efficient BackProp", 1998, §4.3. */
#include <math.h>

#include "runtime/data/terms.h"

typedef struct Normalize { Reals mean, std; } Normalize;

static const AttrSpec attrs[] = {
    REALS_ATTR(Normalize, mean, "subtracted, per channel",
               .def_text = "measured on the training pictures"),
    REALS_ATTR(Normalize, std, "divided by, per channel",
               .def_text = "measured on the training pictures"),
    {0},
};

static bool count_fits(Infer *q, const char *attr, const Reals *r) {
    const int C = q->src[0].c;
    if (r->n == 0 || r->n == 1 || r->n == C) return true;
    return infer_error(q, attr, E_CHANNELS, "%d numbers for %d channel%s", r->n, C,
                       C == 1 ? "" : "s");
}

static bool infer(Infer *q) {
    const Normalize *cfg = q->cfg;
    q->dst = q->src[0];
    if (!cfg->mean.n != !cfg->std.n)
        return infer_error(q, cfg->mean.n ? "mean" : "std", W_TOGETHER,
                           "mean and std belong together: write both, or neither to measure them");
    for (int i = 0; i < cfg->std.n; i++)
        if (!(cfg->std.v[i] > 0)) return infer_error(q, "std", W_RANGE, "std must be above 0");
    return count_fits(q, "mean", &cfg->mean) && count_fits(q, "std", &cfg->std);
}

// ---- measuring ----------------------------------------------------------------------------------

// mean[C], then std[C].
static int n_measured(const void *cfg, Shape src) {
    return ((const Normalize *)cfg)->mean.n ? 0 : 2 * src.c;
}

// sum[c] is Σ x, sum[C + c] is Σ x².
static void measure(Tensor src, double *sum) {
    const size_t C = (size_t)src.c, P = (size_t)src.h * (size_t)src.w;

    for (size_t c = 0; c < C; c++) {
        double sum_x = 0, sum_xx = 0;
        for (size_t i = 0; i < P; i++) {
            const double x = src.v[c * P + i];
            sum_x += x;
            sum_xx += x * x;
        }
        sum[c] += sum_x;
        sum[C + c] += sum_xx;
    }
}

static void finish(const double *sum, Shape src, int n, real *measured) {
    const double M = (double)n * src.h * src.w;

    for (int c = 0; c < src.c; c++) {
        const double mean = sum[c] / M, var = sum[src.c + c] / M - mean * mean;
        measured[c] = (real)mean;
        measured[src.c + c] = var > 1e-12 * mean * mean ? (real)sqrt(var) : 0;
    }
}

// ---- applying -----------------------------------------------------------------------------------

// Number c of a list that has one per channel, or one for all.
static real per_channel(const Reals *r, int c) { return (real)r->v[r->n == 1 ? 0 : c]; }

static real mean_of(const ImageStep *s, int c) {
    const Normalize *cfg = s->cfg;
    return cfg->mean.n ? per_channel(&cfg->mean, c) : s->measured[c];
}

// What channel c is divided by.
static real std_of(const ImageStep *s, int c) {
    const Normalize *cfg = s->cfg;
    const real std = cfg->mean.n ? per_channel(&cfg->std, c) : s->measured[s->src.c + c];
    return std > 0 ? std : 1;
}

static void apply(const ImageStep *s) {
    const size_t P = (size_t)s->src.h * (size_t)s->src.w;

    for (int c = 0; c < s->src.c; c++) {
        const real mean = mean_of(s, c), std = std_of(s, c);
        const real *src = s->src.v + (size_t)c * P;
        real *dst = s->dst.v + (size_t)c * P;
        for (size_t i = 0; i < P; i++) dst[i] = (src[i] - mean) / std;
    }
}

static void explain(const StepQuestion *q) {
    const double mean = mean_of(&q->s, q->c), std = std_of(&q->s, q->c);
    const Operand stretch = explain_worked("1/std", 1 / std, NULL);
    const bool written = ((const Normalize *)q->s.cfg)->mean.n > 0;
    const char *from = written ? "as the model file says" : "of the channel, in all training pictures";
    term_help(q, explain_worked("mean", mean, from));
    term_help(q, explain_worked("std", std, from));
    term_tell(q, NULL, 2, (Operand[]){term_src(q, q->c, q->y, q->x), stretch});
    term_tell(q, "shift", 2, (Operand[]){explain_worked("−mean", -mean, NULL), stretch});
}

const StepKind normalize_step = {
    .spec = {.name = "normalize",
             .summary = "subtract the mean and divide by the deviation, per channel",
             .formula = "y = (x − mean) / std", .example = "normalize",
             .synonyms = "Normalize Normalization featurewise",
             .source = "runtime/data/normalize.c",
             .cfg_size = sizeof(Normalize), .attrs = attrs, .infer = infer},
    .by_value = true,
    .measured_name = {"mean", "std"},
    .n_measured = n_measured,
    .measure = measure,
    .finish = finish,
    .apply = apply,
    .explain = explain,
};
