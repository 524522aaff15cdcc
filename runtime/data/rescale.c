/* rescale.c — multiply every pixel by one number.
 *
 *     dst = src · factor
 *
 * Pixels arrive as whole numbers from 0 to 255; 1/255 brings them into 0 … 1. The product is made
 * in double and rounded once. */
#include "runtime/data/terms.h"

typedef struct Rescale { double factor; } Rescale;

static const AttrSpec attrs[] = {
    REAL_ATTR(Rescale, factor, 1.0 / 255, 0, 1e6, "what every pixel is multiplied by", .main = true,
              .def_text = "1/255", .synonyms = "scale", .open = true),
    {0},
};

static void apply(const ImageStep *s) {
    const double factor = ((const Rescale *)s->cfg)->factor;

    for (size_t i = 0, n = tensor_len(s->dst); i < n; i++)
        s->dst.v[i] = (real)(s->src.v[i] * factor);
}

static void explain(const StepQuestion *q) {
    const double factor = ((const Rescale *)q->s.cfg)->factor;
    term_tell(q, NULL, 2, (Operand[]){term_src(q, q->c, q->y, q->x),
                                      explain_worked("factor", factor, NULL)});
}

const StepKind rescale_step = {
    .spec = {.name = "rescale", .summary = "multiply every pixel by one number",
             .formula = "y = x · factor", .example = "rescale 1/255", .synonyms = "Rescaling scale",
             .source = "runtime/data/rescale.c", .cfg_size = sizeof(Rescale), .attrs = attrs},
    .by_value = true,
    .apply = apply,
    .explain = explain,
};
