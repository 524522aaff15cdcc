/* flip.c — a mirror, every other time.
 *
 *     horizontal    x' = W − 1 − x        left and right change places
 *     vertical      y' = H − 1 − y        above and below change places
 *
 * with probability 1/2, else the picture stays as it is. Nothing is interpolated. */
#include "runtime/augments/augment.h"

enum { HORIZONTAL, VERTICAL };

typedef struct Flip { int axis; } Flip;

static const Word axes[] = {{"horizontal", HORIZONTAL}, {"vertical", VERTICAL}, {0}};

static const AttrSpec attrs[] = {
    WORD_ATTR(Flip, axis, HORIZONTAL, axes, "which sides change places", .main = true,
              .required = true),
    {0},
};

static void draw(const void *cfg, Shape src, Rng r, double *drawn) {
    (void)cfg, (void)src;
    drawn[0] = rng_below(r, 0, 2);
}

static Affine place(const void *cfg, Shape src, Shape dst, const double *drawn) {
    const double mirror = drawn[0] > 0 ? -1 : 1;
    const bool vertical = ((const Flip *)cfg)->axis == VERTICAL;
    const Affine m = {.yy = vertical ? mirror : 1, .xx = vertical ? 1 : mirror};
    return affine_centred(m, src.h, src.w, dst.h, dst.w);
}

const AugmentKind flip_augment = {
    .spec = {.name = "flip", .summary = "mirror every other picture",
             .formula = "y[c,i,j] = x[c,i,W−1−j] with probability 1/2",
             .example = "flip horizontal",
             .synonyms = "RandomFlip RandomHorizontalFlip RandomVerticalFlip horizontal_flip "
                         "vertical_flip hflip vflip fliplr flipud mirror",
             .source = "runtime/augments/flip.c", .cfg_size = sizeof(Flip), .attrs = attrs},
    .drawn_name = {"mirrored?"},
    .draw = draw,
    .place = place,
    .outside = OUTSIDE_NEVER,
};
