/* rotate.c — the picture turns around its middle.
 *
 *     y' =  cos θ · y − sin θ · x          θ in −most … most degrees, every value equally likely
 *     x' =  sin θ · y + cos θ · x          (y and x seen from the middle)
 *
 * A positive angle turns as the hands of a clock. Outside of the picture its nearest edge is seen.
 * As Keras' rotation_range. */
#include <math.h>

#include "runtime/augments/augment.h"
#include "runtime/exact.h"

typedef struct Rotate { double most; } Rotate;

static const AttrSpec attrs[] = {
    REAL_ATTR(Rotate, most, 0, 0, 180, "largest angle, in degrees", .main = true, .required = true),
    {0},
};

static void draw(const void *cfg, Shape src, Rng r, double *drawn) {
    const double most = ((const Rotate *)cfg)->most;
    (void)src;
    drawn[0] = augment_between(r, 0, -most, most);
}

// Of an angle of −180 … 180 degrees; right angles are exact.
static double cosine(double degrees) {
    const double right = fabs(degrees) / 90;
    return right == 0 ? 1 : right == 2 ? -1 : exact_cos_pi(right / 2);
}

static double sine(double degrees) {
    const double s = cosine(fabs(degrees) - 90);
    return degrees < 0 ? -s : s;
}

static Affine place(const void *cfg, Shape src, Shape dst, const double *drawn) {
    const double cos = cosine(drawn[0]), sin = sine(drawn[0]);
    const Affine m = {.yy = cos, .yx = -sin, .xy = sin, .xx = cos};
    (void)cfg;
    return affine_centred(m, src.h, src.w, dst.h, dst.w);
}

const AugmentKind rotate_augment = {
    .spec = {.name = "rotate", .summary = "turn the picture around its middle",
             .formula = "y[c,i,j] = x[c, i·cos θ − j·sin θ, i·sin θ + j·cos θ] from the middle",
             .example = "rotate 15", .synonyms = "RandomRotation rotation_range rotation degrees turn",
             .source = "runtime/augments/rotate.c", .cfg_size = sizeof(Rotate), .attrs = attrs},
    .drawn_name = {"degrees"},
    .draw = draw,
    .place = place,
    .outside = OUTSIDE_EDGE,
};
