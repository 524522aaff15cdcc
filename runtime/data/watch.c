/* watch.c — one picture, stage by stage, for somebody who looks; and pictures from elsewhere. */
#include <stdlib.h>

#include "runtime/data/picture.h"
#include "runtime/data/store.h"

// A picture from elsewhere as the bytes that the data's own pictures are; sized->v is new memory.
static bool fit(const Dataset *d, const Picture *p, Picture *sized, Error *e) {
    Picture colour;
    if (!picture_channels(&colour, p, d->image.c, e)) return false;
    const bool ok = picture_resize(sized, &colour, d->image.h, d->image.w, e);
    picture_free(&colour);
    return ok;
}

static bool fit_elsewhere(const Dataset *d, const Picture *p, Picture *sized, Error *e) {
    if (d->measured_known) return fit(d, p, sized, e);
    return error_set(e, "the file of weights does not say what the image steps have measured");
}

bool dataset_measure(Dataset *d, const Picture *p, Error *e) {
    Picture sized;
    if (!fit(d, p, &sized, e)) return false;
    const bool fine = measure_steps(d, sized.v, NULL, e);
    picture_free(&sized);
    return fine;
}

bool dataset_picture(const Dataset *d, const Picture *p, Tensor dst, int k, Error *e) {
    Picture sized;
    if (!fit_elsewhere(d, p, &sized, e)) return false;
    real *scratch = malloc(dataset_scratch(d) * sizeof *scratch);
    if (scratch) numbers_put(d, sized.v, dst, k, scratch);
    free(scratch);
    picture_free(&sized);
    return scratch || error_set(e, "no memory for the picture");
}

// ---- stage by stage -----------------------------------------------------------------------------

typedef struct Watch {
    const Dataset *d;
    const uint8_t *pixel;
    const Draw *draw;
    int i;
    real *scratch;
    void (*each)(void *ctx, const PictureStage *s);
    void *ctx;
} Watch;

// The picture after `upto` random steps; steps that are one map are one resampling up to there.
static Canvas random_upto(const Watch *w, int upto, Scratch *s) {
    return random_apply(w->d, w->pixel, w->draw, w->i, upto, s);
}

static void show_random(const Watch *w, int k) {
    double drawn[MAX_DRAWN];
    Scratch s = scratch_cut(w->d, w->scratch);
    Canvas c = random_upto(w, k + 1, &s);
    canvas_numbers(&c, &s);
    random_draw(w->d, w->draw, w->i, k, drawn);
    const PictureStage stage = {
        .use = &w->d->augment[k], .random = true, .v = plain_picture(c.numbers, c.shape),
        .n_drawn = augment_drawn(augment_kind(w->d, k)),
        .drawn_name = augment_kind(w->d, k)->drawn_name, .drawn = drawn,
    };
    w->each(w->ctx, &stage);
}

// The picture after all random steps and `upto` fixed ones.
static void show_fixed(const Watch *w, int upto) {
    const Store *store = store_of(w->d);
    const int n_random = w->draw ? w->d->n_augments : 0;
    const Shape *shape = n_random ? store->late_shape : store->shape;
    Scratch s = scratch_cut(w->d, w->scratch);
    const Canvas c = n_random ? random_upto(w, n_random, &s)
                              : (Canvas){.shape = w->d->image, .bytes = w->pixel};
    const real *v = steps_run(w->d, c, shape, upto, &s);
    const PictureStage stage = {.use = upto ? &w->d->step[upto - 1] : NULL,
                                .v = plain_picture(v, shape[upto])};
    w->each(w->ctx, &stage);
}

static void show_all(const Watch *w) {
    Watch itself = *w;
    itself.draw = NULL;
    show_fixed(&itself, 0);
    for (int k = 0; w->draw && k < w->d->n_augments; k++) show_random(w, k);
    for (int k = 1; k <= w->d->n_steps; k++) show_fixed(w, k);
}

bool dataset_watch(const Dataset *d, Part part, int i, const Picture *elsewhere, const Draw *draw,
                   void (*each)(void *ctx, const PictureStage *s), void *ctx, Error *e) {
    Picture sized = {0};
    if (elsewhere && !fit_elsewhere(d, elsewhere, &sized, e)) return false;
    uint8_t *bytes = malloc(shape_size(d->image));
    real *scratch = malloc(dataset_scratch(d) * sizeof *scratch);
    const bool memory = (bytes && scratch) || error_set(e, "no memory for the picture");
    const Watch w = {
        d, !memory ? NULL : elsewhere ? sized.v : dataset_pixels(d, part, i, bytes, e),
        draw, i, scratch, each, ctx,
    };
    if (w.pixel) show_all(&w);
    free(bytes), free(scratch);
    picture_free(&sized);
    return w.pixel;
}

void dataset_explain(const Dataset *d, int k, Tensor src, Tensor dst, StepQuestion *q) {
    q->s = (ImageStep){.cfg = d->step[k].cfg, .measured = d->measured[k], .src = src, .dst = dst};
    step_kind(d, k)->explain(q);
}
