/* grayscale.c — from three colours to one number, as bright as the eye sees them.
 *
 *     dst[y,x] = 0.299 · src[R,y,x] + 0.587 · src[G,y,x] + 0.114 · src[B,y,x]
 *
 * A picture that is gray already stays as it is. Source: ITU-R Recommendation BT.601 (luma). */
#include "runtime/data/terms.h"

static const double share[] = {0.299, 0.587, 0.114};

static bool infer(Infer *q) {
    q->dst = (Shape){1, q->src[0].h, q->src[0].w};
    return q->src[0].c == 1 || q->src[0].c == 3 ||
           infer_error(q, NULL, E_CHANNELS, "grayscale needs a picture of 3 channels, not %d",
                       q->src[0].c);
}

static void apply(const ImageStep *s) {
    const size_t P = (size_t)s->src.h * (size_t)s->src.w;
    const real *R = s->src.v, *G = R + P, *B = G + P;
    const real r = (real)share[0], g = (real)share[1], b = (real)share[2];

    if (s->src.c == 1) tensor_copy(s->dst, s->src);
    else for (size_t i = 0; i < P; i++) s->dst.v[i] = r * R[i] + g * G[i] + b * B[i];
}

static void explain(const StepQuestion *q) {
    static const char *const colour[] = {"red", "green", "blue"};
    const Operand gray = term_src(q, 0, q->y, q->x);
    if (q->s.src.c == 1) term_tell(q, NULL, 1, &gray);
    else for (int c = 0; c < 3; c++)
        term_tell(q, colour[c], 2, (Operand[]){explain_worked("share", share[c], NULL),
                                               term_src(q, c, q->y, q->x)});
}

const StepKind grayscale_step = {
    .spec = {.name = "grayscale", .summary = "make one gray channel of three colours",
             .formula = "y = 0.299·R + 0.587·G + 0.114·B", .example = "grayscale",
             .synonyms = "Grayscale greyscale gray grey rgb2gray rgb_to_grayscale to_gray",
             .source = "runtime/data/grayscale.c", .infer = infer},
    .apply = apply,
    .explain = explain,
};
