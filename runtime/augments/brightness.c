/* brightness.c — lighter or darker.
 *
 *     dst = b · src, kept within 0 … 255          b in 1 − most … 1 + most, every value equally likely */
#include "runtime/augments/augment.h"

typedef struct Brightness { double most; } Brightness;

static const AttrSpec attrs[] = {
    REAL_ATTR(Brightness, most, 0, 0, 1, "how much lighter or darker", .main = true,
              .required = true),
    {0},
};

static void draw(const void *cfg, Shape src, Rng r, double *drawn) {
    const double most = ((const Brightness *)cfg)->most;
    (void)src;
    drawn[0] = augment_between(r, 0, 1 - most, 1 + most);
}

static void apply(const void *cfg, const double *drawn, Rng r, Tensor picture) {
    const real b = (real)drawn[0];
    (void)cfg, (void)r;
    for (size_t i = 0, n = tensor_image(picture); i < n; i++)
        picture.v[i] = augment_light(b * picture.v[i]);
}

const AugmentKind brightness_augment = {
    .spec = {.name = "brightness", .summary = "make the picture lighter or darker",
             .formula = "y = b·x, within 0 … 255", .example = "brightness 20%",
             .synonyms = "RandomBrightness brightness_range ColorJitter exposure",
             .source = "runtime/augments/brightness.c", .cfg_size = sizeof(Brightness),
             .attrs = attrs},
    .drawn_name = {"factor"},
    .draw = draw,
    .apply = apply,
};
