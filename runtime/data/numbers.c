/* numbers.c — from the bytes of a picture to the numbers that the network reads.
 *
 * The definition: the bytes become numbers, channel after channel; each step makes new ones of
 * them; the last are put where the network wants them (steps_apply).
 *
 * The fast way: if every step looks at one value at a time, a byte can become only 256 different
 * numbers per channel. A table of them is made once, by the definition itself, with a picture that
 * has all 256 values; a picture is then nothing but looking up. */
#include <stdlib.h>

#include "runtime/data/picture.h"
#include "runtime/data/store.h"

enum { BYTES = 256 };

static size_t size_of(Shape s) { return (size_t)s.c * (size_t)s.h * (size_t)s.w; }

// ---- the definition -----------------------------------------------------------------------------

// The largest of the shapes between the steps.
static size_t room(const Dataset *d) {
    size_t most = 0;
    for (int k = 0; k <= d->n_steps; k++) {
        const size_t n = size_of(store_of(d)->shape[k]);
        if (n > most) most = n;
    }
    return most;
}

size_t dataset_scratch(const Dataset *d) { return 2 * room(d); }

static void bytes_to_numbers(const uint8_t *pixel, Shape s, real *dst) {
    const size_t C = (size_t)s.c, P = (size_t)s.h * (size_t)s.w;
    for (size_t c = 0; c < C; c++)
    for (size_t i = 0; i < P; i++)
        dst[c * P + i] = pixel[i * C + c];
}

static Tensor plain(real *v, Shape s) { return (Tensor){v, 1, s.c, s.h, s.w, LAYOUT_PLAIN}; }

static void apply_step(const Dataset *d, int k, Tensor src, Tensor dst) {
    const ImageStep s = {d->step[k].cfg, d->measured[k], src, dst};
    step_kind(d, k)->apply(&s);
}

const real *steps_apply(const Dataset *d, const uint8_t *pixel, int upto, real *scratch) {
    const Shape *shape = store_of(d)->shape;
    real *src = scratch, *dst = scratch + room(d);
    bytes_to_numbers(pixel, shape[0], src);
    for (int k = 0; k < upto; k++) {
        apply_step(d, k, plain(src, shape[k]), plain(dst, shape[k + 1]));
        real *const done = dst;
        dst = src;
        src = done;
    }
    return src;
}

// ---- the fast way -------------------------------------------------------------------------------

static bool all_by_value(const Dataset *d) {
    for (int k = 0; k < d->n_steps; k++)
        if (!step_kind(d, k)->by_value) return false;
    return true;
}

bool table_make(Dataset *d, Error *e) {
    Store *s = store_of(d);
    if (!all_by_value(d)) return true;
    const Shape ruler = {d->image.c, 1, BYTES};
    if (!s->table) s->table = malloc(size_of(ruler) * sizeof *s->table);
    if (!s->table) return error_set(e, "no memory for the data");
    for (int c = 0; c < ruler.c; c++)
        for (int v = 0; v < BYTES; v++) s->table[c * BYTES + v] = (real)v;
    for (int k = 0; k < d->n_steps; k++)
        apply_step(d, k, plain(s->table, ruler), plain(s->table, ruler));
    return true;
}

// ---- into the place the network wants -----------------------------------------------------------

// Number i of channel c of one image in a tensor lies at v[c·channel + i·pixel], in every layout.
typedef struct Place { real *v; size_t channel, pixel; } Place;

static Place place_of(Tensor t, int k) {
    const size_t P = (size_t)t.h * (size_t)t.w;
    real *v = at(t, k, 0, 0, 0);
    switch (t.layout) {
    case LAYOUT_PLAIN: break;
    case LAYOUT_LAST:  return (Place){v, 1, (size_t)t.c};
    case LAYOUT_LANES: return (Place){v, P * LANES, LANES};
    }
    return (Place){v, P, 1};
}

static void put_numbers(const real *src, Shape s, Place to) {
    const size_t C = (size_t)s.c, P = (size_t)s.h * (size_t)s.w;
    for (size_t c = 0; c < C; c++)
    for (size_t i = 0; i < P; i++)
        to.v[c * to.channel + i * to.pixel] = src[c * P + i];
}

static void look_up(const real *table, const uint8_t *pixel, Shape s, Place to) {
    const size_t C = (size_t)s.c, P = (size_t)s.h * (size_t)s.w;
    for (size_t c = 0; c < C; c++)
    for (size_t i = 0; i < P; i++)
        to.v[c * to.channel + i * to.pixel] = table[c * BYTES + pixel[i * C + c]];
}

static void put_picture(const Dataset *d, const uint8_t *pixel, Tensor dst, int k, real *scratch) {
    const Place to = place_of(dst, k);
    const real *table = store_of(d)->table;
    if (table) look_up(table, pixel, d->input, to);
    else put_numbers(steps_apply(d, pixel, d->n_steps, scratch), d->input, to);
}

bool dataset_image(const Dataset *d, Part part, int i, const Draw *draw, Tensor dst, int k,
                   real *scratch, Error *e) {
    (void)draw; // no random steps exist yet
    const uint8_t *pixel = dataset_pixels(d, part, i, NULL, e);
    if (pixel) put_picture(d, pixel, dst, k, scratch);
    return pixel;
}

// A picture from elsewhere as the bytes that the data's own pictures are; sized->v is new memory.
static bool fit_elsewhere(const Dataset *d, const Picture *p, Picture *sized, Error *e) {
    Picture colour;
    if (!d->measured_known)
        return error_set(e, "the file of weights does not say what the image steps have measured");
    if (!picture_channels(&colour, p, d->image.c, e)) return false;
    const bool ok = picture_resize(sized, &colour, d->image.h, d->image.w, e);
    picture_free(&colour);
    return ok;
}

bool dataset_picture(const Dataset *d, const Picture *p, Tensor dst, int k, Error *e) {
    Picture sized;
    if (!fit_elsewhere(d, p, &sized, e)) return false;
    real *scratch = malloc(dataset_scratch(d) * sizeof *scratch);
    if (scratch) put_picture(d, sized.v, dst, k, scratch);
    free(scratch);
    picture_free(&sized);
    return scratch || error_set(e, "no memory for the picture");
}

// ---- stage by stage, for somebody who looks -----------------------------------------------------

bool dataset_watch(const Dataset *d, Part part, int i, const Picture *elsewhere, const Draw *draw,
                   void (*each)(void *ctx, const PictureStage *s), void *ctx, Error *e) {
    (void)draw; // no random steps exist yet
    Picture sized = {0};
    if (elsewhere && !fit_elsewhere(d, elsewhere, &sized, e)) return false;
    uint8_t *bytes = malloc(size_of(d->image));
    real *scratch = malloc(dataset_scratch(d) * sizeof *scratch);
    bool ok = (bytes && scratch) || error_set(e, "no memory for the picture");
    const uint8_t *pixel = !ok ? NULL : elsewhere ? sized.v : dataset_pixels(d, part, i, bytes, e);
    for (int k = 0; pixel && k <= d->n_steps; k++) {
        const real *v = steps_apply(d, pixel, k, scratch);
        const PictureStage s = {.use = k ? &d->step[k - 1] : NULL,
                                .v = plain((real *)v, store_of(d)->shape[k])};
        each(ctx, &s);
    }
    ok = ok && pixel;
    free(bytes), free(scratch);
    picture_free(&sized);
    return ok;
}
