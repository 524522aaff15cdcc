/* standardize.c — shift and stretch each image by its own mean and deviation.
 *
 *     dst = (src − µ) / max(σ, 10⁻⁶)         µ = 1/M Σ x        σ² = 1/M Σ (x − µ)²
 *
 * over all M numbers of the image, channels together. An image of one colour becomes 0. */
#include <math.h>

#include "runtime/data/dataset.h"

static void apply(const ImageStep *s) {
    const size_t M = tensor_image(s->src);
    const real *src = s->src.v;
    double sum = 0, sum_squares = 0;

    for (size_t i = 0; i < M; i++) sum += src[i];
    const double mean = sum / (double)M;
    for (size_t i = 0; i < M; i++) sum_squares += (src[i] - mean) * (src[i] - mean);
    const double deviation = fmax(sqrt(sum_squares / (double)M), 1e-6);
    for (size_t i = 0; i < M; i++) s->dst.v[i] = (real)((src[i] - mean) / deviation);
}

const StepKind standardize_step = {
    .spec = {.name = "standardize", .summary = "give every image mean 0 and deviation 1",
             .formula = "y = (x − µ) / σ of the image", .example = "standardize",
             .synonyms = "per_image_standardization samplewise",
             .source = "runtime/data/standardize.c"},
    .apply = apply,
};
