/* pictures.c — from a folder to the parts of a data set: find, read, check, fit, split.
 *
 * Pictures that lie in a few large files are read at once (a Block per part). Of pictures that are
 * files only the names are listed at first; so the parts depend on the names alone, and what is left
 * out of a part by `limit` is never decoded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/split.h"
#include "runtime/data/store.h"
#include "runtime/io.h"

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

typedef struct Fit {
    const Block *b;
    Shape want;
    uint8_t *pixel;       // what comes out
    Error *e;             // for each thread; "" if all went well
} Fit;
enum { RANGE = 64 };      // pictures of one task

static size_t size_of(Shape s) { return (size_t)s.c * (size_t)s.h * (size_t)s.w; }

static void fit_range(void *ctx, int task, int worker) {
    const Fit *f = ctx;
    const Block *b = f->b;
    const int lo = task * RANGE, hi = lo + RANGE < b->n ? lo + RANGE : b->n;
    for (int i = lo; i < hi; i++) {
        const Picture src = {b->image.w, b->image.h, b->image.c,
                             b->pixel + (size_t)i * size_of(b->image)};
        uint8_t *out = f->pixel + (size_t)i * size_of(f->want);
        if (!decode_fit(&src, f->want, out, &f->e[worker])) return;
    }
}

static bool fit_all(Fit *f, Threads *t, Error *e) {
    const int n = f->b->n, workers = threads_count(t);
    if (!f->pixel || !f->e)
        return error_set(e, "no memory for %d pictures of %dx%d", n, f->want.h, f->want.w);
    threads_run(t, (n + RANGE - 1) / RANGE, fit_range, f);
    for (int w = 0; w < workers; w++)
        if (f->e[w].text[0]) return error_set(e, "%s", f->e[w].text);
    return true;
}

static bool fit(Block *b, Shape want, Threads *t, Error *e) {
    const Shape have = b->image;
    if (!b->n || (have.c == want.c && have.h == want.h && have.w == want.w)) return true;
    Fit f = {.b = b, .want = want, .pixel = calloc((size_t)b->n, size_of(want)),
             .e = calloc((size_t)threads_count(t), sizeof *f.e)};
    const bool ok = fit_all(&f, t, e);
    free(ok ? b->pixel : f.pixel);
    free(f.e);
    if (!ok) return false;
    b->pixel = f.pixel;
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

// The same for names; takes both arrays over. The pixels come later.
static bool list_names(ImageList *l, ListedPart *p, Error *e) {
    if (!p->n) return true;
    l->pixel = calloc((size_t)p->n, sizeof *l->pixel);
    if (!l->pixel) return error_set(e, "no memory for a list of %d pictures", p->n);
    l->n = p->n;
    l->label = p->label;
    l->file = p->file;
    *p = (ListedPart){0};
    return true;
}

static bool list_like(ImageList *to, const ImageList *from, Error *e) {
    const size_t n = (size_t)from->n;
    to->label = malloc(n * sizeof *to->label + 1);
    to->pixel = malloc(n * sizeof *to->pixel + 1);
    to->file = from->file ? malloc(n * sizeof *to->file + 1) : NULL;
    return (to->label && to->pixel && (to->file || !from->file)) ||
           error_set(e, "no memory to split %d pictures", from->n);
}

static void list_put(ImageList *to, int k, const ImageList *from, int i) {
    to->label[k] = from->label[i];
    to->pixel[k] = from->pixel[i];
    if (to->file) to->file[k] = from->file[i];
}

// Moves the pictures that are held back from one list to the other; both stay in order.
static bool move_held(ImageList *from, ImageList *to, const bool *held, Error *e) {
    if (!list_like(to, from, e)) return false;
    int kept = 0;
    for (int i = 0; i < from->n; i++) {
        if (held[i]) list_put(to, to->n++, from, i);
        else list_put(from, kept++, from, i);
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

// The first pictures; or, where they are sorted by class, so many from all of them at equal distances.
static void keep_some(ImageList *l, int limit) {
    if (limit <= 0 || l->n <= limit) return;
    for (int k = 0; l->file && k < limit; k++)
        list_put(l, k, l, (int)((int64_t)k * l->n / limit));
    l->n = limit;
}

// Without a test part of its own, a set gives `split` of its pictures; `valid` comes from what is
// left for training.
static bool make_parts(Dataset *d, const DataOptions *o, const Opening *open, Error *e) {
    const int limit = open->limit > 0 ? open->limit : o->limit;
    ImageList *train = &d->part[PART_TRAIN], *valid = &d->part[PART_VALID];
    if (valid->n > 0 && o->valid > 0)
        return error_set(e, "%s: has a validation part of its own: leave valid= away", d->from);
    if (!d->part[PART_TEST].n && !hold_back(d, PART_TEST, o->split, rng_make(open->seed, "split"), e))
        return false;
    keep_some(train, limit);
    keep_some(&d->part[PART_TEST], limit);
    if (!hold_back(d, PART_VALID, o->valid, rng_make(open->seed, "valid"), e)) return false;
    if (train->n == 0 && !open->judging)
        return error_set(e, "%s: no pictures are left for training: %d are held back", d->from,
                         d->part[PART_TEST].n + valid->n);
    if (open->only_test && d->measured_known) train->n = valid->n = 0;
    return true;
}

// ---- pictures in a few large files --------------------------------------------------------------

static bool open_blocks(Dataset *d, const DataOptions *o, const DataSource *source,
                        const Opening *open, Error *e) {
    static const char *const name[N_PARTS] = {"training", "validation", "test"};
    const KnownSet *set = (const KnownSet *)o->set.kind;
    Block *block = store_of(d)->block;
    if (o->list)
        return error_set(e, "%s: list= picks pictures by name, but %s have no names", d->from,
                         source->name);
    if (!source->read(d->from, open->threads, block, e)) return false;
    for (Part p = 0; p < N_PARTS; p++) {
        Block *b = &block[p];
        if (b->n && !shape_asked_for(b, d->image, o, d->from, e)) return false;
        if (!labels_fit(b, d->classes, d->from, name[p], e)) return false;
        if (set && set->white != 255 && !stretch(b, set->white, d->from, e)) return false;
        if (!fit(b, d->image, open->threads, e) || !list_block(&d->part[p], b, e)) return false;
    }
    return make_parts(d, o, open, e);
}

// ---- pictures that are files --------------------------------------------------------------------

static bool pick(Listing *l, const Experiment *x, Error *e) {
    const DataOptions *o = x->data.cfg;
    if (!o->list) return true;
    char *here = io_join(x->folder, o->list), *there = io_join(l->folder, o->list);
    bool ok = here && there;
    if (!ok) error_set(e, "no memory for the data");
    else if (io_exists(here) || io_exists(there)) ok = listing_pick(l, io_exists(here) ? here : there, e);
    else ok = error_set(e, "list=\"%s\": there is neither %s nor %s", o->list, here, there);
    free(here), free(there);
    return ok;
}

// "bird, cat, dog", as far as there is room.
static void name_classes(const Listing *l, char *text, size_t cap) {
    size_t used = 0;
    for (int c = 0; c < l->classes && used + 1 < cap; c++) {
        const int n = snprintf(text + used, cap - used, "%s%.60s", c ? ", " : "",
                               class_name_of(l->class[c].folder).text);
        used += n > 0 ? (size_t)n : 0;
    }
}

static bool count_fits(const Dataset *d, const Listing *l, bool judging, Error *e) {
    char names[400] = "";
    bool any = false;
    for (Part p = 0; p < N_PARTS; p++) any = any || l->part[p].n > 0;
    if (!any) return error_set(e, "%s: there are no pictures in its folders", d->from);
    name_classes(l, names, sizeof names);
    if (l->classes == 1 && !judging)
        return error_set(e, "%s: there is one class only (%s); training takes two or more", d->from,
                         names);
    if (l->classes == d->classes || (judging && l->classes < d->classes)) return true;
    return error_set(e, "%s: has %d classes (%s), not the %d of classes=%d", d->from, l->classes, names,
                     d->classes, d->classes);
}

static const char *const part_text[N_PARTS] = {"for training", "for validation", "for the test"};

// A folder without pictures is a mistake in any part; a class that is not there at all only in that
// which is trained on.
static bool class_filled(const Dataset *d, const ListedClass *c, Part part, const Opening *open,
                         Error *e) {
    const bool needed = part == PART_TRAIN && !open->judging;
    if (c->n[part] > 0 || !store_of(d)->listing.root[part]) return true;
    const ShownName name = path_show(c->folder);
    if (!open->allow_empty && (c->there[part] || needed))
        return error_set(e, "%s: there are no pictures of class %s %s; every folder is a class "
                         "(--allow-empty puts up with it)", d->from, name.text, part_text[part]);
    opening_say(open, "%s: there are no pictures of class %s %s", d->from, name.text,
                part_text[part]);
    return true;
}

static bool classes_filled(const Dataset *d, const Opening *open, Error *e) {
    const Listing *l = &store_of(d)->listing;
    for (int c = 0; c < l->classes; c++)
        for (Part p = 0; p < N_PARTS; p++)
            if (!class_filled(d, &l->class[c], p, open, e)) return false;
    return true;
}

// Names of classes are those of the folders. If some are missing, the weights will tell which.
static bool name_folders(Dataset *d, Error *e) {
    const Listing *l = &store_of(d)->listing;
    if (l->classes != d->classes) return true;
    char *lines = malloc((size_t)l->classes * (SHOWN_NAME + 1) + 1), *at = lines;
    if (!lines) return error_set(e, "no memory for the names of %d classes", l->classes);
    for (int c = 0; c < l->classes; c++) {
        if (c) *at++ = '\n';
        at += snprintf(at, SHOWN_NAME, "%s", class_name_of(l->class[c].folder).text);
    }
    const bool ok = names_set(d, lines, e);
    free(lines);
    return ok;
}

static bool open_files(Dataset *d, const Experiment *x, const DataSource *source,
                       const Opening *open, Error *e) {
    const DataOptions *o = x->data.cfg;
    Store *s = store_of(d);
    Listing *l = &s->listing;
    s->wanted = (Wanted){d->image, o->size.h > 0, o->color != COLOR_ANY};
    if (!source->list(l, d->from, e) || !pick(l, x, e)) return false;
    notice_others(d, open);
    if (!count_fits(d, l, open->judging, e) || !classes_filled(d, open, e)) return false;
    if (!name_folders(d, e)) return false;
    for (Part p = 0; p < N_PARTS; p++)
        if (!list_names(&d->part[p], &l->part[p], e)) return false;
    return make_parts(d, o, open, e) && gather_pictures(d, open, e);
}

// ---- opening ------------------------------------------------------------------------------------

bool pictures_open(Dataset *d, const Experiment *x, const Opening *open, Error *e) {
    const DataSource *source;
    char *folder = source_find(x->data.cfg, x->folder, &source, e);
    if (!folder) return false;
    store_of(d)->folder = folder;
    d->from = folder;
    return (source->list ? open_files(d, x, source, open, e)
                         : open_blocks(d, x->data.cfg, source, open, e)) &&
           notice_contents(d, open, e);
}
