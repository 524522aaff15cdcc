/* crop.c — cut a window out of the middle.
 *
 *     dst[c,y,x] = src[c, y + (H − H')/2, x + (W − W')/2]        halves rounded down */
#include "runtime/data/terms.h"

typedef struct Crop { Size size; } Crop;

static const AttrSpec attrs[] = {
    SIZE_ATTR(Crop, size, 1, MAX_SIDE, "height and width of what is left", .main = true,
              .required = true),
    {0},
};

static bool infer(Infer *q) {
    const Size size = ((const Crop *)q->cfg)->size;
    const Shape src = q->src[0];
    if (size.h > src.h || size.w > src.w)
        return infer_error(q, "size", S_SHAPE, "%dx%d cannot be cut out of a %dx%d image", size.h,
                           size.w, src.h, src.w);
    q->dst = (Shape){src.c, size.h, size.w};
    return true;
}

static void apply(const ImageStep *s) {
    const Tensor src = s->src, dst = s->dst;
    const int top = (src.h - dst.h) / 2, left = (src.w - dst.w) / 2;

    for (int c = 0; c < dst.c; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++)
        *at(dst, 0, c, y, x) = *at(src, 0, c, y + top, x + left);
}

static void explain(const StepQuestion *q) {
    const Tensor src = q->s.src, dst = q->s.dst;
    const Operand x = term_src(q, q->c, q->y + (src.h - dst.h) / 2, q->x + (src.w - dst.w) / 2);
    term_tell(q, NULL, 1, &x);
}

const StepKind crop_step = {
    .spec = {.name = "crop", .summary = "cut a window out of the middle",
             .formula = "y[c,y,x] = x[c, y + (H-H')/2, x + (W-W')/2]", .example = "crop 28x28",
             .synonyms = "CenterCrop centercrop", .source = "runtime/data/crop.c",
             .cfg_size = sizeof(Crop), .attrs = attrs, .infer = infer},
    .apply = apply,
    .explain = explain,
};
