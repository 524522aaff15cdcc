/* standardize.c — shift and stretch each image by its own mean and deviation.
 *
 *     dst = (src − µ) / max(σ, 10⁻⁶)         µ = 1/M Σ x        σ² = 1/M Σ (x − µ)²
 *
 * over all M numbers of the image, channels together. An image of one colour becomes 0. */
#include <math.h>

#include "runtime/data/terms.h"

typedef struct Spread { double mean, deviation; } Spread;

static Spread spread_of(Tensor t) {
    const size_t M = tensor_image(t);
    double sum = 0, sum_squares = 0;

    for (size_t i = 0; i < M; i++) sum += t.v[i];
    const double mean = sum / (double)M;
    for (size_t i = 0; i < M; i++) sum_squares += (t.v[i] - mean) * (t.v[i] - mean);
    return (Spread){mean, fmax(sqrt(sum_squares / (double)M), 1e-6)};
}

static void apply(const ImageStep *s) {
    const Spread p = spread_of(s->src);
    for (size_t i = 0, M = tensor_image(s->src); i < M; i++)
        s->dst.v[i] = (real)((s->src.v[i] - p.mean) / p.deviation);
}

static void explain(const StepQuestion *q) {
    const Spread p = spread_of(q->s.src);
    const Operand stretch = explain_worked("1/σ", 1 / p.deviation, NULL);
    term_help(q, explain_worked("µ", p.mean, "mean of the whole picture"));
    term_help(q, explain_worked("σ", p.deviation, "deviation of the whole picture"));
    term_tell(q, NULL, 2, (Operand[]){term_src(q, q->c, q->y, q->x), stretch});
    term_tell(q, "shift", 2, (Operand[]){explain_worked("−µ", -p.mean, NULL), stretch});
}

const StepKind standardize_step = {
    .spec = {.name = "standardize", .summary = "give every image mean 0 and deviation 1",
             .formula = "y = (x − µ) / σ of the image", .example = "standardize",
             .synonyms = "per_image_standardization samplewise",
             .source = "runtime/data/standardize.c"},
    .apply = apply,
    .explain = explain,
};
