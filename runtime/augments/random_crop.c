/* random_crop.c — a window of the picture, put where chance wants it.
 *
 *     y' = y + a − pad          a in 0 … H + 2·pad − H', every whole number equally likely
 *     x' = x + b − pad          b in 0 … W + 2·pad − W'
 *
 * `crop 32x32 pad=4`: the picture gets a black frame 4 pixels wide, and a 32x32 window is cut out of
 * that. As torchvision's RandomCrop(32, padding=4). Nothing is interpolated.
 *
 * The steps of `preprocess` follow, and must make the size that all other pictures have: with
 * `crop 28x28` here and there, training sees a window anywhere and testing the one in the middle. */
#include "runtime/augments/augment.h"

typedef struct RandomCrop { Size size; int pad; } RandomCrop;

static const AttrSpec attrs[] = {
    SIZE_ATTR(RandomCrop, size, 1, MAX_SIDE, "height and width of the window", .main = true,
              .required = true),
    INT_ATTR(RandomCrop, pad, 0, 0, 1024, "width of a black frame around the picture",
             .synonyms = "padding"),
    {0},
};

static bool infer(Infer *q) {
    const RandomCrop *cfg = q->cfg;
    const Shape src = q->src[0];
    const int h = src.h + 2 * cfg->pad, w = src.w + 2 * cfg->pad;
    if (cfg->size.h > h || cfg->size.w > w)
        return infer_error(q, "size", W_RANGE, "%dx%d cannot be cut out of a %dx%d picture",
                           cfg->size.h, cfg->size.w, h, w);
    q->dst = (Shape){src.c, cfg->size.h, cfg->size.w};
    return true;
}

static void draw(const void *cfg, Shape src, Rng r, double *drawn) {
    const RandomCrop *c = cfg;
    drawn[0] = rng_below(r, 0, (uint32_t)(src.h + 2 * c->pad - c->size.h + 1));
    drawn[1] = rng_below(r, 1, (uint32_t)(src.w + 2 * c->pad - c->size.w + 1));
    drawn[0] -= c->pad;
    drawn[1] -= c->pad;
}

static Affine place(const void *cfg, Shape src, Shape dst, const double *drawn) {
    (void)cfg, (void)src, (void)dst;
    return (Affine){.yy = 1, .y0 = drawn[0], .xx = 1, .x0 = drawn[1]};
}

const AugmentKind random_crop_augment = {
    .spec = {.name = "crop", .summary = "cut a window out of the framed picture, anywhere",
             .formula = "y[c,i,j] = x[c, i + a, j + b], black outside",
             .example = "crop 32x32 pad=4", .synonyms = "RandomCrop random_crop",
             .source = "runtime/augments/random_crop.c", .cfg_size = sizeof(RandomCrop),
             .attrs = attrs, .infer = infer},
    .drawn_name = {"top", "left"},
    .draw = draw,
    .place = place,
    .outside = OUTSIDE_BLACK,
};
