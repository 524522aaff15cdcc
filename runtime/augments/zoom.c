/* zoom.c — nearer or further away, height and width each on their own.
 *
 *     y' = (H − 1)/2 + a · (y − (H − 1)/2)        a in 1 − most … 1 + most, every value equally likely
 *     x' = (W − 1)/2 + b · (x − (W − 1)/2)        b likewise
 *
 * a is the part of the height that is seen: 0.8 enlarges, 1.2 makes smaller and shows the nearest
 * edge around the picture. As Keras' zoom_range. */
#include "runtime/augments/augment.h"

typedef struct Zoom { double most; } Zoom;

static const AttrSpec attrs[] = {
    REAL_ATTR(Zoom, most, 0, 0, 1, "how much more or less of each side is seen", .main = true,
              .required = true, .open = true),
    {0},
};

static void draw(const void *cfg, Shape src, Rng r, double *drawn) {
    const double most = ((const Zoom *)cfg)->most;
    (void)src;
    for (int i = 0; i < 2; i++) drawn[i] = augment_between(r, (uint64_t)i, 1 - most, 1 + most);
}

static Affine place(const void *cfg, Shape src, Shape dst, const double *drawn) {
    const Affine m = {.yy = drawn[0], .xx = drawn[1]};
    (void)cfg;
    return affine_centred(m, src.h, src.w, dst.h, dst.w);
}

const AugmentKind zoom_augment = {
    .spec = {.name = "zoom", .summary = "show a little more or less of height and width",
             .formula = "y[c,i,j] = x[c, H/2 + a·(i − H/2), W/2 + b·(j − W/2)]",
             .example = "zoom 20%", .synonyms = "RandomZoom zoom_range RandomScale scale_range",
             .source = "runtime/augments/zoom.c", .cfg_size = sizeof(Zoom), .attrs = attrs},
    .drawn_name = {"height seen", "width seen"},
    .draw = draw,
    .place = place,
    .outside = OUTSIDE_EDGE,
};
