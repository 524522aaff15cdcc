/* pictures.c — from a folder to the parts of a data set: find, read, check, fit, split. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/picture.h"
#include "runtime/data/split.h"
#include "runtime/data/store.h"

// ---- what was read must be what the file says ---------------------------------------------------

static bool labels_fit(const Block *b, int classes, const char *folder, const char *part,
                       Error *e) {
    for (int i = 0; i < b->n; i++)
        if (b->label[i] < 0 || b->label[i] >= classes)
            return error_set(e, "%s: %s picture %d has label %d; with %d classes, labels run from "
                             "0 to %d", folder, part, i, b->label[i], classes, classes - 1);
    return true;
}

// Pixels of 0 … white become 0 … 255.
static bool stretch(Block *b, int white, const char *folder, Error *e) {
    const size_t image = (size_t)b->image.c * (size_t)b->image.h * (size_t)b->image.w;
    for (size_t i = 0, n = (size_t)b->n * image; i < n; i++) {
        if (b->pixel[i] > white)
            return error_set(e, "%s: picture %zu has a pixel of %d; the largest can be %d", folder,
                             i / image, b->pixel[i], white);
        b->pixel[i] = (uint8_t)((b->pixel[i] * 255 + white / 2) / white);
    }
    return true;
}

// Sizes and colours may differ only if the data line asks for others.
static bool shape_asked_for(const Block *b, Shape want, const DataOptions *o, const char *folder,
                            Error *e) {
    const Shape have = b->image;
    if ((have.h != want.h || have.w != want.w) && !o->size.h)
        return error_set(e, "%s: the pictures are %dx%d, not %dx%d", folder, have.h, have.w, want.h,
                         want.w);
    if (have.c != want.c && o->color == COLOR_ANY)
        return error_set(e, "%s: the pictures have %d channel%s, the model reads %d: color=gray or "
                         "color=rgb on the data line says which it shall be", folder, have.c,
                         have.c == 1 ? "" : "s", want.c);
    return true;
}

// ---- other sizes and colours --------------------------------------------------------------------

static bool fit_picture(const Picture *src, Shape want, uint8_t *out, Error *e) {
    Picture colour, sized;
    if (!picture_channels(&colour, src, want.c, e)) return false;
    const bool ok = picture_resize(&sized, &colour, want.h, want.w, e);
    picture_free(&colour);
    if (!ok) return false;
    memcpy(out, sized.v, (size_t)want.c * (size_t)want.h * (size_t)want.w);
    picture_free(&sized);
    return true;
}

static bool fit(Block *b, Shape want, Error *e) {
    const Shape have = b->image;
    if (!b->n || (have.c == want.c && have.h == want.h && have.w == want.w)) return true;
    const size_t from = (size_t)have.c * (size_t)have.h * (size_t)have.w;
    const size_t to = (size_t)want.c * (size_t)want.h * (size_t)want.w;
    uint8_t *pixel = calloc((size_t)b->n, to);
    bool ok = pixel || error_set(e, "no memory for %d pictures of %dx%d", b->n, want.h, want.w);
    for (int i = 0; ok && i < b->n; i++) {
        const Picture src = {have.w, have.h, have.c, b->pixel + (size_t)i * from};
        ok = fit_picture(&src, want, pixel + (size_t)i * to, e);
    }
    free(ok ? b->pixel : pixel);
    if (!ok) return false;
    b->pixel = pixel;
    b->image = want;
    return true;
}

// ---- parts --------------------------------------------------------------------------------------

// The pictures of a block, in order; takes its labels over.
static bool list_block(ImageList *l, Block *b, Error *e) {
    const size_t image = (size_t)b->image.c * (size_t)b->image.h * (size_t)b->image.w;
    if (!b->n) return true;
    l->pixel = malloc((size_t)b->n * sizeof *l->pixel);
    if (!l->pixel) return error_set(e, "no memory for a list of %d pictures", b->n);
    for (int i = 0; i < b->n; i++) l->pixel[i] = b->pixel + (size_t)i * image;
    l->n = b->n;
    l->label = b->label;
    b->label = NULL;
    return true;
}

// Moves the pictures that are held back from one list to the other; both stay in order.
static bool move_held(ImageList *from, ImageList *to, const bool *held, Error *e) {
    to->label = malloc((size_t)from->n * sizeof *to->label + 1);
    to->pixel = malloc((size_t)from->n * sizeof *to->pixel + 1);
    if (!to->label || !to->pixel) return error_set(e, "no memory to split %d pictures", from->n);
    int kept = 0;
    for (int i = 0; i < from->n; i++) {
        ImageList *l = held[i] ? to : from;
        const int k = held[i] ? to->n++ : kept++;
        l->label[k] = from->label[i];
        l->pixel[k] = from->pixel[i];
    }
    from->n = kept;
    return true;
}

// Holds back a share of the training pictures, the same of every class, as another part.
static bool hold_back(Dataset *d, Part part, double share, Rng r, Error *e) {
    ImageList *from = &d->part[PART_TRAIN];
    if (share <= 0) return true;
    bool *held = malloc((size_t)from->n + 1);
    const bool ok = held ? split_choose(from->label, from->n, d->classes, share, r, held, e) &&
                               move_held(from, &d->part[part], held, e)
                         : error_set(e, "no memory to split %d pictures", from->n);
    free(held);
    return ok;
}

static void keep_first(ImageList *l, int limit) {
    if (limit > 0 && l->n > limit) l->n = limit;
}

// Without a test part of its own, a set gives `split` of its pictures; `valid` comes from what is
// left for training.
static bool make_parts(Dataset *d, const DataOptions *o, uint64_t seed, int limit, Error *e) {
    Store *s = store_of(d);
    if (!list_block(&d->part[PART_TRAIN], &s->train, e)) return false;
    if (!list_block(&d->part[PART_TEST], &s->test, e)) return false;
    if (!s->test.n && !hold_back(d, PART_TEST, o->split, rng_make(seed, "split"), e)) return false;
    keep_first(&d->part[PART_TRAIN], limit);
    keep_first(&d->part[PART_TEST], limit);
    if (!hold_back(d, PART_VALID, o->valid, rng_make(seed, "valid"), e)) return false;
    return d->part[PART_TRAIN].n > 0 ||
           error_set(e, "%s: no pictures are left for training: %d are held back", d->from,
                     d->part[PART_TEST].n + d->part[PART_VALID].n);
}

// ---- opening ------------------------------------------------------------------------------------

static bool read_and_check(Dataset *d, const DataOptions *o, const char *folder,
                           const DataSource *source, Error *e) {
    const KnownSet *set = (const KnownSet *)o->set.kind;
    Store *s = store_of(d);
    if (o->list)
        return error_set(e, "%s: list= picks pictures by name, but %s have no names", folder,
                         source->name);
    if (!source->read(folder, &s->train, &s->test, e)) return false;
    Block *const block[] = {&s->train, &s->test};
    static const char *const name[] = {"training", "test"};
    for (int i = 0; i < 2; i++) {
        Block *b = block[i];
        if (b->n && !shape_asked_for(b, d->image, o, folder, e)) return false;
        if (!labels_fit(b, d->classes, folder, name[i], e)) return false;
        if (set && set->white != 255 && !stretch(b, set->white, folder, e)) return false;
        if (!fit(b, d->image, e)) return false;
    }
    return true;
}

const uint8_t *dataset_pixels(const Dataset *d, Part part, int i, uint8_t *room, Error *e) {
    (void)room, (void)e; // all sources keep their pictures in memory
    return d->part[part].pixel[i];
}

bool pictures_open(Dataset *d, const Experiment *x, const Opening *open, Error *e) {
    const DataOptions *o = x->data.cfg;
    const DataSource *source;
    char *folder = source_find(o, x->folder, &source, e);
    if (!folder) return false;
    snprintf(d->from, sizeof d->from, "%s", folder);
    const bool ok = read_and_check(d, o, folder, source, e) &&
                    make_parts(d, o, open->seed, open->limit > 0 ? open->limit : o->limit, e);
    free(folder);
    return ok;
}
