/* numbers.c — from the bytes of a picture to the numbers that the network reads.
 *
 * The definition: random steps change the picture (random.c); the bytes become numbers, channel
 * after channel; each step makes new ones of them; the last are put where the network wants them.
 *
 * The fast way: if every step looks at one value at a time, a byte can become only 256 different
 * numbers per channel. A table of them is made once, by the definition itself, with a picture that
 * has all 256 values; a picture is then nothing but looking up, also one whose pixels a random step
 * has moved. Where steps look at more, what they make of a picture is kept (kept.c). */
#include <stdlib.h>

#include "runtime/data/store.h"
#include "runtime/kernels/wide.h"

enum { BYTES = 256 };

// ---- scratch ------------------------------------------------------------------------------------

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

// The most numbers that a picture has on its way, or the most columns.
static size_t most(const Dataset *d, size_t (*of)(Shape)) {
    const Store *s = store_of(d);
    size_t n = 0;
    for (int k = 0; k <= d->n_steps; k++)
        n = larger(n, larger(of(s->shape[k]), of(s->late_shape[k])));
    for (int k = 0; k <= d->n_augments; k++) n = larger(n, of(s->random_shape[k]));
    return n;
}

static size_t columns(Shape s) { return (size_t)s.w; }

// How many reals hold the bytes of a picture before the first fixed step.
static size_t byte_room(const Dataset *d) {
    size_t n = shape_size(d->image);
    for (int k = 0; k <= d->n_augments; k++)
        n = larger(n, shape_size(store_of(d)->random_shape[k]));
    return (n + sizeof(real) - 1) / sizeof(real);
}

size_t dataset_scratch(const Dataset *d) {
    return 2 * most(d, shape_size) + AFFINE_ROW * most(d, columns) + 3 * byte_room(d);
}

Scratch scratch_cut(const Dataset *d, real *v) {
    Scratch s = {.src = v};
    s.dst = s.src + most(d, shape_size);
    s.row = s.dst + most(d, shape_size);
    v = s.row + AFFINE_ROW * most(d, columns);
    for (int i = 0; i < 3; i++) s.bytes[i] = (uint8_t *)(v + (size_t)i * byte_room(d));
    return s;
}

// ---- the definition -----------------------------------------------------------------------------

static void bytes_to_numbers(const uint8_t *pixel, Shape s, real *dst) {
    const size_t C = (size_t)s.c, P = (size_t)s.h * (size_t)s.w;
    for (size_t c = 0; c < C; c++)
    for (size_t i = 0; i < P; i++)
        dst[c * P + i] = pixel[i * C + c];
}

void canvas_numbers(Canvas *c, const Scratch *s) {
    if (!c->bytes) return;
    bytes_to_numbers(c->bytes, c->shape, s->src);
    *c = (Canvas){.shape = c->shape, .numbers = s->src};
}

static void apply_step(const Dataset *d, int k, Tensor src, Tensor dst, real *row) {
    const ImageStep s = {d->step[k].cfg, d->measured[k], src, dst, row};
    step_kind(d, k)->apply(&s);
}

const real *steps_run(const Dataset *d, Canvas c, const Shape *shape, int upto, Scratch *s) {
    canvas_numbers(&c, s);
    for (int k = 0; k < upto; k++) {
        apply_step(d, k, plain_picture(s->src, shape[k]), plain_picture(s->dst, shape[k + 1]),
                   s->row);
        real *const done = s->dst;
        s->dst = s->src;
        s->src = done;
    }
    return s->src;
}

const real *steps_apply(const Dataset *d, const uint8_t *pixel, int upto, real *scratch) {
    Scratch s = scratch_cut(d, scratch);
    const Canvas c = {.shape = d->image, .bytes = pixel};
    return steps_run(d, c, store_of(d)->shape, upto, &s);
}

// ---- the fast way -------------------------------------------------------------------------------

static bool all_by_value(const Dataset *d) {
    for (int k = 0; k < d->n_steps; k++)
        if (!step_kind(d, k)->by_value) return false;
    return true;
}

bool table_make(Dataset *d, Error *e) {
    Store *s = store_of(d);
    kept_forget(d);
    if (!all_by_value(d)) return true;
    const Shape ruler = {d->image.c, 1, BYTES};
    if (!s->table) s->table = malloc(shape_size(ruler) * sizeof *s->table);
    if (!s->table) return error_set(e, "no memory for the data");
    for (int c = 0; c < ruler.c; c++)
        for (int v = 0; v < BYTES; v++) s->table[c * BYTES + v] = (real)v;
    for (int k = 0; k < d->n_steps; k++)
        apply_step(d, k, plain_picture(s->table, ruler), plain_picture(s->table, ruler), NULL);
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

// Returns the numbers, unless they were only looked up.
static const real *put_canvas(const Dataset *d, Canvas c, const Shape *shape, Place to, Scratch *s) {
    const real *table = store_of(d)->table;
    if (table && c.bytes) {
        look_up(table, c.bytes, d->input, to);
        return NULL;
    }
    const real *numbers = steps_run(d, c, shape, d->n_steps, s);
    put_numbers(numbers, d->input, to);
    return numbers;
}

static bool put_fixed(const Dataset *d, Part part, int i, Place to, Scratch *s, Error *e) {
    const real *numbers = kept_find(d, part, i);
    if (numbers) {
        put_numbers(numbers, d->input, to);
        return true;
    }
    const Canvas c = {.shape = d->image, .bytes = dataset_pixels(d, part, i, s->bytes[0], e)};
    if (!c.bytes) return false;
    numbers = put_canvas(d, c, store_of(d)->shape, to, s);
    if (numbers) kept_put(d, part, i, numbers);
    return true;
}

bool dataset_image(const Dataset *d, Part part, int i, const Draw *draw, Tensor dst, int k,
                   real *scratch, Error *e) {
    const Place to = place_of(dst, k);
    Scratch s = scratch_cut(d, scratch);
    if (!draw || !d->n_augments) return put_fixed(d, part, i, to, &s, e);
    const uint8_t *pixel = dataset_pixels(d, part, i, s.bytes[0], e);
    if (!pixel) return false;
    put_canvas(d, random_apply(d, pixel, draw, i, d->n_augments, &s), store_of(d)->late_shape, to,
               &s);
    return true;
}

// One image after the other would come back to each row of lanes sixteen times.
WIDE static void look_up_lanes(const real *table, const uint8_t *const *pixel, int n, Shape s, real *v) {
    const size_t C = (size_t)s.c, P = (size_t)s.h * (size_t)s.w;
    for (size_t c = 0; c < C; c++)
    for (size_t i = 0; i < P; i++, v += LANES)
        for (int l = 0; l < n; l++) v[l] = table[c * BYTES + pixel[l][i * C + c]];
}

void dataset_lanes(const Dataset *d, Part part, const int *picture, int n, Tensor dst, int k) {
    const uint8_t *pixel[LANES];
    for (int l = 0; l < n; l++) pixel[l] = d->part[part].pixel[picture[l]];
    look_up_lanes(store_of(d)->table, pixel, n, d->input, at(dst, k, 0, 0, 0));
}

bool dataset_quick(const Dataset *d, Part part, bool random) {
    const ImageList *l = &d->part[part];
    bool in_memory = true;
    for (int i = 0; i < l->n; i++) in_memory = in_memory && l->pixel[i];
    return in_memory && store_of(d)->table && !(random && d->n_augments > 0);
}

void numbers_put(const Dataset *d, const uint8_t *pixel, Tensor dst, int k, real *scratch) {
    Scratch s = scratch_cut(d, scratch);
    put_canvas(d, (Canvas){.shape = d->image, .bytes = pixel}, store_of(d)->shape, place_of(dst, k),
               &s);
}
