/* shear.c — rows slide sideways, the further the more, as letters lean in italic.
 *
 *     x' = x + s · (y − (H − 1)/2)          s in −most … most, every value equally likely
 *
 * `shear 20%`: a row slides by up to 0.2 pixels for each row that lies between it and the middle.
 * 20% is an angle of 11 degrees. Keras' shear_range was an angle in radians when shear_range=0.2 was
 * written first, which is as much; it is one in degrees since 2018, and then 0.2 can hardly be seen.
 * (There columns slide, up and down.) Outside of the picture its nearest edge is seen. */
#include "runtime/augments/augment.h"

typedef struct Shear { double most; } Shear;

static const AttrSpec attrs[] = {
    REAL_ATTR(Shear, most, 0, 0, 1, "how far a row slides for each row up or down", .main = true,
              .required = true),
    {0},
};

static void draw(const void *cfg, Shape src, Rng r, double *drawn) {
    const double most = ((const Shear *)cfg)->most;
    (void)src;
    drawn[0] = augment_between(r, 0, -most, most);
}

static Affine place(const void *cfg, Shape src, Shape dst, const double *drawn) {
    const Affine m = {.yy = 1, .xx = 1, .xy = drawn[0]};
    (void)cfg;
    return affine_centred(m, src.h, src.w, dst.h, dst.w);
}

const AugmentKind shear_augment = {
    .spec = {.name = "shear", .summary = "let rows slide sideways, as letters lean",
             .formula = "y[c,i,j] = x[c, i, j + s·(i − (H−1)/2)]", .example = "shear 20%",
             .synonyms = "RandomShear shear_range skew RandomAffine",
             .source = "runtime/augments/shear.c", .cfg_size = sizeof(Shear), .attrs = attrs},
    .drawn_name = {"slope"},
    .draw = draw,
    .place = place,
    .outside = OUTSIDE_EDGE,
};
