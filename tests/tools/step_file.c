/* step_file.c — what one image step makes of a picture, as numbers, for tests that compare with other
 * programs.
 *
 *     step_file PICTURE "blur 3x3"            a step of preprocess, on numbers 0 … 255
 *     step_file PICTURE "rotate 30" 12.5 …    a random step with these numbers drawn
 *
 * Writes three 32-bit whole numbers, channels, height and width, and then the numbers as floats. */
#include <stdlib.h>

#include "runtime/augments/augment.h"
#include "runtime/data/picture.h"
#include "tests/unit/model.h"

static Tensor make(Shape s) {
    real *v = calloc((size_t)s.c * (size_t)s.h * (size_t)s.w, sizeof *v);
    if (!v) exit(1);
    return (Tensor){v, 1, s.c, s.h, s.w, LAYOUT_PLAIN};
}

static Tensor picture_numbers(const Picture *p) {
    const Tensor t = make((Shape){p->c, p->h, p->w});
    for (int c = 0; c < p->c; c++)
        for (int i = 0; i < p->h * p->w; i++) t.v[c * p->h * p->w + i] = p->v[i * p->c + c];
    return t;
}

static bool write_numbers(Tensor t) {
    const int32_t head[] = {t.c, t.h, t.w};
    bool ok = fwrite(head, sizeof head, 1, stdout) == 1;
    for (size_t i = 0; ok && i < tensor_image(t); i++) {
        const float v = (float)t.v[i];
        ok = fwrite(&v, sizeof v, 1, stdout) == 1;
    }
    return ok && fflush(stdout) == 0;
}

static Tensor fixed(const Use *use, Tensor src, Shape to) {
    real *row = make((Shape){1, 1, src.w}).v;
    const ImageStep s = {.cfg = use->cfg, .src = src, .dst = make(to), .row = row};
    ((const StepKind *)use->kind)->apply(&s);
    free(row);
    return s.dst;
}

static Tensor random_step(const Use *use, Tensor src, int n, char **number) {
    const AugmentKind *k = (const AugmentKind *)use->kind;
    const Shape shape = {src.c, src.h, src.w};
    double drawn[MAX_DRAWN] = {0};
    const Tensor dst = make(shape);
    real *row = make((Shape){AFFINE_ROW, 1, dst.w}).v;
    for (int i = 0; i < n && i < MAX_DRAWN; i++) drawn[i] = strtod(number[i], NULL);
    if (k->place) {
        const Affine m = k->place(use->cfg, shape, shape, drawn);
        affine_resample(&m, src, dst, row);
    } else {
        memcpy(dst.v, src.v, tensor_image(src) * sizeof *src.v);
        k->apply(use->cfg, drawn, rng_make(1, "test"), dst);
    }
    free(row);
    return dst;
}

int main(int argc, char **argv) {
    Picture p;
    Error e;
    char text[512];
    if (argc < 3 || !picture_read(&p, argv[1], &e)) return 2;
    const char *form = argc > 3 ? "augment { %s }\nrelu" : "preprocess { rescale 1; %s }\nrelu";
    snprintf(text, sizeof text, form, argv[2]);
    Model m = model_make(text, (Shape){p.c, p.h, p.w}, 2);
    if (!m.x) return 2;
    const Tensor src = picture_numbers(&p);
    const Tensor dst = argc > 3 ? random_step(&m.x->augment[0], src, argc - 3, argv + 3)
                                : fixed(&m.x->step[1], src, m.g->node[0].shape);
    const bool ok = write_numbers(dst);
    free(src.v), free(dst.v);
    picture_free(&p);
    model_free(&m);
    return ok ? 0 : 1;
}
