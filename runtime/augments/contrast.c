/* contrast.c — colours further from their mean or nearer to it.
 *
 *     dst = g + k · (src − g), kept within 0 … 255      k in 1 − most … 1 + most, every value equally
 *                                                       likely
 *
 * g is the mean of the picture as gray: 0.299 R + 0.587 G + 0.114 B, over all pixels. As the
 * contrast of torchvision's ColorJitter. */
#include "runtime/augments/augment.h"

typedef struct Contrast { double most; } Contrast;

static const AttrSpec attrs[] = {
    REAL_ATTR(Contrast, most, 0, 0, 1, "how much stronger or weaker", .main = true,
              .required = true),
    {0},
};

static void draw(const void *cfg, Shape src, Rng r, double *drawn) {
    const double most = ((const Contrast *)cfg)->most;
    (void)src;
    drawn[0] = augment_between(r, 0, 1 - most, 1 + most);
}

static double mean_gray(Tensor picture) {
    static const double colour[] = {0.299, 0.587, 0.114};
    const size_t P = (size_t)picture.h * (size_t)picture.w;
    double mean = 0;
    for (int c = 0; c < picture.c; c++) {
        double sum = 0;
        for (size_t i = 0; i < P; i++) sum += picture.v[(size_t)c * P + i];
        mean += sum / (double)P * (picture.c == 3 ? colour[c] : 1.0 / picture.c);
    }
    return mean;
}

static void apply(const void *cfg, const double *drawn, Rng r, Tensor picture) {
    const real k = (real)drawn[0], g = (real)mean_gray(picture);
    (void)cfg, (void)r;
    for (size_t i = 0, n = tensor_image(picture); i < n; i++)
        picture.v[i] = augment_light(g + k * (picture.v[i] - g));
}

const AugmentKind contrast_augment = {
    .spec = {.name = "contrast", .summary = "make the contrast stronger or weaker",
             .formula = "y = g + k·(x − g), g the mean gray", .example = "contrast 20%",
             .synonyms = "RandomContrast contrast_range",
             .source = "runtime/augments/contrast.c", .cfg_size = sizeof(Contrast),
             .attrs = attrs},
    .drawn_name = {"factor"},
    .draw = draw,
    .apply = apply,
};
