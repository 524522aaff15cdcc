/* cutout.c — a black square hides a part of the picture.
 *
 *     dst[c,y,x] = 0   where   a ≤ y < a + side   and   b ≤ x < b + side
 *
 * The middle of the square can be any pixel, each equally likely: near the edge only a part of the
 * square lies in the picture. Source: DeVries & Taylor, "Improved Regularization of Convolutional
 * Neural Networks with Cutout", 2017. */
#include "runtime/augments/augment.h"

typedef struct Cutout { int side; } Cutout;

static const AttrSpec attrs[] = {
    INT_ATTR(Cutout, side, 0, 1, MAX_SIDE, "side of the square in pixels", .main = true,
             .required = true),
    {0},
};

static bool infer(Infer *q) {
    const int side = ((const Cutout *)q->cfg)->side;
    const Shape src = q->src[0];
    q->dst = src;
    return side < src.h || side < src.w ||
           infer_error(q, "side", W_RANGE, "a square of %d would hide all of a %dx%d picture", side,
                       src.h, src.w);
}

static void draw(const void *cfg, Shape src, Rng r, double *drawn) {
    const int side = ((const Cutout *)cfg)->side;
    drawn[0] = (int)rng_below(r, 0, (uint32_t)src.h) - side / 2;
    drawn[1] = (int)rng_below(r, 1, (uint32_t)src.w) - side / 2;
}

static int within(int p, int n) { return p < 0 ? 0 : p < n ? p : n; }

static void apply(const void *cfg, const double *drawn, Rng r, Tensor picture) {
    const int side = ((const Cutout *)cfg)->side, a = (int)drawn[0], b = (int)drawn[1];
    (void)r;
    for (int c = 0; c < picture.c; c++)
    for (int y = within(a, picture.h); y < within(a + side, picture.h); y++)
    for (int x = within(b, picture.w); x < within(b + side, picture.w); x++)
        *at(picture, 0, c, y, x) = 0;
}

const AugmentKind cutout_augment = {
    .spec = {.name = "cutout", .summary = "hide a square of the picture", .formula =
             "y[c,i,j] = 0 within a square, else x[c,i,j]",
             .example = "cutout 8", .synonyms = "Cutout RandomErasing CoarseDropout random_erasing",
             .source = "runtime/augments/cutout.c", .cfg_size = sizeof(Cutout), .attrs = attrs,
             .infer = infer},
    .drawn_name = {"top", "left"},
    .draw = draw,
    .apply = apply,
};
