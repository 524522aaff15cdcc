/* shift.c — the picture moves up or down and left or right.
 *
 *     y' = y − a          a positive: the picture moves down
 *     x' = x − b          b positive: to the right
 *
 * `shift 4`: a and b are whole numbers of pixels in −4 … 4, every one equally likely; nothing is
 * interpolated. `shift 10%`: a is any number within ± 10 % of the height, b of the width. Where the
 * picture has left, its nearest edge is seen. Values below 1 are shares, others pixels, as with
 * Keras' width_shift_range and height_shift_range. */
#include <math.h>

#include "runtime/augments/augment.h"

typedef struct Shift { double most; } Shift;

static const AttrSpec attrs[] = {
    REAL_ATTR(Shift, most, 0, 0, MAX_SIDE, "so many pixels at most, or such a share of each side",
              .main = true, .required = true),
    {0},
};

static bool infer(Infer *q) {
    const double most = ((const Shift *)q->cfg)->most;
    const Shape src = q->src[0];
    const int side = src.h < src.w ? src.h : src.w;
    q->dst = src;
    if (most >= 1 && most != floor(most))
        return infer_error(q, "most", W_RANGE, "pixels are moved as a whole: write a whole number, "
                           "or a share such as 10%%");
    return most < side || infer_error(q, "most", W_RANGE, "a %dx%d picture would be moved out of "
                                      "sight by %.0f pixels", src.h, src.w, most);
}

// A number of pixels on an axis of n.
static double pixels(double most, int n, Rng r, uint64_t i) {
    const int whole = (int)most;
    if (most < 1) return augment_between(r, i, -most * n, most * n);
    return (int)rng_below(r, i, 2 * (uint32_t)whole + 1) - whole;
}

static void draw(const void *cfg, Shape src, Rng r, double *drawn) {
    const double most = ((const Shift *)cfg)->most;
    drawn[0] = pixels(most, src.h, r, 0);
    drawn[1] = pixels(most, src.w, r, 1);
}

static Affine place(const void *cfg, Shape src, Shape dst, const double *drawn) {
    (void)cfg, (void)src, (void)dst;
    return (Affine){.yy = 1, .y0 = -drawn[0], .xx = 1, .x0 = -drawn[1]};
}

const AugmentKind shift_augment = {
    .spec = {.name = "shift", .summary = "move the picture up or down and left or right",
             .formula = "y[c,i,j] = x[c, i − a, j − b]", .example = "shift 10%",
             .synonyms = "RandomTranslation translate translation width_shift_range "
                         "height_shift_range",
             .source = "runtime/augments/shift.c", .cfg_size = sizeof(Shift), .attrs = attrs,
             .infer = infer},
    .drawn_name = {"down", "right"},
    .draw = draw,
    .place = place,
    .outside = OUTSIDE_EDGE,
};
