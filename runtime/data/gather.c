/* gather.c — decodes all pictures of a folder once, on all threads.
 *
 * That shows which of them cannot be read. Those that come first stay in memory, as many as there is
 * room for (Opening.cache); the others are decoded again whenever dataset_pixels() is asked for them,
 * and a hash tells whether they are still the same.
 *
 * Every picture has its own place for what comes out, so it does not matter which thread decodes it.
 * Of several reasons to stop, the one of the first picture is told: threads take pictures in order,
 * and only those behind a failed one are passed over. */
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/store.h"

enum { TASK = 4 }; // pictures

// What one thread has seen.
typedef struct Tally {
    int gray, colour;
    Size least, most;
    int failed;        // the first picture that is a reason to stop, or INT_MAX
    Error e;
} Tally;

// Pictures are counted through all parts: number g is picture g − start[p] of part p.
typedef struct Gather {
    Dataset *d;
    const Opening *o;
    int start[N_PARTS + 1];
    size_t size;            // bytes of a picture
    int n_cached;
    uint8_t *state;         // a Decoded for each picture
    uint8_t *room;          // a picture for each thread
    Tally *tally;           // for each thread
    atomic_int failed, done;
} Gather;

static Part part_of(const Gather *g, int i) {
    return i < g->start[PART_VALID] ? PART_TRAIN : i < g->start[PART_TEST] ? PART_VALID : PART_TEST;
}

// ---- decoding -----------------------------------------------------------------------------------

// Makes the range of sides wide enough for these.
static void widen(Tally *t, int h, int w) {
    if (!t->least.h || h < t->least.h) t->least.h = h;
    if (!t->least.w || w < t->least.w) t->least.w = w;
    if (h > t->most.h) t->most.h = h;
    if (w > t->most.w) t->most.w = w;
}

static void fail(Gather *g, int i, Tally *t, const Error *e) {
    if (i < t->failed) {
        t->failed = i;
        t->e = *e;
    }
    int first = atomic_load(&g->failed);
    while (i < first && !atomic_compare_exchange_weak(&g->failed, &first, i)) {}
}

static void gather_one(Gather *g, int i, int worker) {
    Store *s = store_of(g->d);
    Tally *t = &g->tally[worker];
    const Part part = part_of(g, i);
    const int k = i - g->start[part];
    const char *file = g->d->part[part].file[k];
    uint8_t *out = i < g->n_cached ? s->cache + (size_t)i * g->size
                                   : g->room + (size_t)worker * g->size;
    Picture sides;
    Error e;
    const Decoded decoded = decode_file(&s->wanted, file, path_show(file).text, out, &sides, &e);
    g->state[i] = (uint8_t)decoded;
    if (decoded == DECODED_FAILED) fail(g, i, t, &e);
    if (decoded != DECODED) return;
    widen(t, sides.h, sides.w);
    t->gray += sides.c == 1;
    t->colour += sides.c != 1;
    s->hash[part][k] = decode_hash(out, g->size);
    if (i < g->n_cached) g->d->part[part].pixel[k] = out;
}

static void gather_some(void *ctx, int task, int worker) {
    Gather *g = ctx;
    const int all = g->start[N_PARTS], lo = task * TASK, hi = lo + TASK < all ? lo + TASK : all;
    for (int i = lo; i < hi && i < atomic_load(&g->failed); i++) gather_one(g, i, worker);
    const int done = atomic_fetch_add(&g->done, hi - lo) + hi - lo;
    if (worker == 0 && g->o->progress) g->o->progress(g->o->ctx, done, all);
}

// ---- memory -------------------------------------------------------------------------------------

static bool gather_open(Gather *g, Error *e) {
    Store *s = store_of(g->d);
    const Shape image = g->d->image;
    const size_t limit = g->o->cache ? g->o->cache : CACHE_DEFAULT;
    const size_t workers = (size_t)threads_count(g->o->threads);
    bool ok = true;
    for (int p = 0; p < N_PARTS; p++) {
        const int n = g->d->part[p].n;
        g->start[p + 1] = g->start[p] + n;
        s->hash[p] = calloc((size_t)n + 1, sizeof *s->hash[p]);
        ok = ok && s->hash[p];
    }
    const int all = g->start[N_PARTS];
    g->size = (size_t)image.c * (size_t)image.h * (size_t)image.w;
    g->n_cached = limit / g->size < (size_t)all ? (int)(limit / g->size) : all;
    s->cached = (size_t)g->n_cached * g->size;
    s->cache = malloc(s->cached + 1);
    g->state = calloc((size_t)all + 1, 1);
    g->room = malloc(workers * g->size);
    g->tally = calloc(workers, sizeof *g->tally);
    ok = ok && s->cache && g->state && g->room && g->tally;
    for (size_t w = 0; ok && w < workers; w++) g->tally[w].failed = INT_MAX;
    return ok || error_set(e, "there is no memory for %d pictures of %dx%d", all, image.h, image.w);
}

static void gather_close(Gather *g) {
    free(g->state);
    free(g->room);
    free(g->tally);
}

// ---- what all threads have seen -----------------------------------------------------------------

static bool none_failed(Gather *g, Error *e) {
    const int first = atomic_load(&g->failed);
    for (int w = 0; w < threads_count(g->o->threads); w++)
        if (first != INT_MAX && g->tally[w].failed == first) return error_set(e, "%s", g->tally[w].e.text);
    return true;
}

static void add_tallies(const Gather *g, Tally *sum) {
    *sum = (Tally){0};
    for (int w = 0; w < threads_count(g->o->threads); w++) {
        const Tally *t = &g->tally[w];
        sum->gray += t->gray;
        sum->colour += t->colour;
        if (!t->most.h) continue; // it has decoded nothing
        widen(sum, t->least.h, t->least.w);
        widen(sum, t->most.h, t->most.w);
    }
}

// Colour is read unless color=gray is written; pictures that are gray, all of them, want a word.
static bool colours_fit(const Gather *g, const Tally *t, Error *e) {
    const Store *s = store_of(g->d);
    if (s->wanted.any_colour || g->d->image.c == 1 || t->colour > 0 || t->gray == 0 || g->o->only_test)
        return true;
    return error_set(e, "%s: all pictures are gray, but the model reads 3 channels: color=gray or "
                     "color=rgb on the data line says which it shall be", s->listing.folder);
}

// ---- broken pictures ----------------------------------------------------------------------------

// Why a picture cannot be read is not kept: it is found out once more.
static void why_broken(const Gather *g, const char *file, const char *shown, Error *e) {
    Picture sides;
    if (decode_file(&store_of(g->d)->wanted, file, shown, g->room, &sides, e) == DECODED)
        error_set(e, "%s: could not be read before, but can be now", shown);
}

static void tell_broken(Gather *g) {
    const Findings *f = &g->d->found;
    const int more = f->unreadable - FEW_FILES;
    char text[FEW_FILES * 400] = "", rest[32] = "";
    for (int i = 0; i < FEW_FILES && i < f->unreadable; i++) {
        Error e;
        const char *file = f->unreadable_file[i];
        const size_t used = strlen(text);
        why_broken(g, file, listing_show(&store_of(g->d)->listing, file).text, &e);
        snprintf(text + used, sizeof text - used, "%s%.390s", i ? "; " : "", e.text);
    }
    if (more > 0) snprintf(rest, sizeof rest, "; … and %d more", more);
    opening_say(g->o, "%s: %d picture%s cannot be read and %s left out: %s%s", g->d->from,
                f->unreadable, f->unreadable == 1 ? "" : "s", f->unreadable == 1 ? "is" : "are", text,
                rest);
}

// Takes the broken pictures of a part out of it.
static void leave_out(Gather *g, Part part) {
    ImageList *l = &g->d->part[part];
    Findings *f = &g->d->found;
    uint64_t *hash = store_of(g->d)->hash[part];
    int n = 0;
    for (int i = 0; i < l->n; i++) {
        if (g->state[g->start[part] + i] != DECODED) {
            if (f->unreadable < FEW_FILES) f->unreadable_file[f->unreadable] = l->file[i];
            f->unreadable++;
            continue;
        }
        l->label[n] = l->label[i];
        l->pixel[n] = l->pixel[i];
        l->file[n] = l->file[i];
        hash[n++] = hash[i];
    }
    l->n = n;
}

// A class that had pictures to train on must have kept one.
static bool classes_left(const Gather *g, const int *before, int *left, Error *e) {
    const ImageList *l = &g->d->part[PART_TRAIN];
    const Listing *names = &store_of(g->d)->listing;
    for (int i = 0; i < l->n; i++) left[l->label[i]]++;
    for (int c = 0; c < names->classes; c++)
        if (before[c] > 0 && left[c] == 0)
            return error_set(e, "%s: none of the %d pictures of class %s can be read", g->d->from,
                             before[c], listing_show(names, names->class[c].folder).text);
    return true;
}

static bool leave_broken_out(Gather *g, Error *e) {
    const int classes = store_of(g->d)->listing.classes;
    int *count = calloc((size_t)classes * 2 + 1, sizeof *count);
    if (!count) return error_set(e, "there is no memory for the data");
    const ImageList *train = &g->d->part[PART_TRAIN];
    for (int i = 0; i < train->n; i++) count[train->label[i]]++;
    for (Part p = 0; p < N_PARTS; p++) leave_out(g, p);
    const bool ok = g->o->allow_empty || g->o->judging || classes_left(g, count, count + classes, e);
    free(count);
    return ok;
}

static bool handle_broken(Gather *g, Error *e) {
    const Findings *f = &g->d->found;
    const bool ok = leave_broken_out(g, e);
    if (f->unreadable == 0) return ok;
    if (g->o->strict) {
        why_broken(g, f->unreadable_file[0], path_show(f->unreadable_file[0]).text, e);
        return error_add(e, " (%d in all; without --strict they are left out)", f->unreadable);
    }
    tell_broken(g);
    return ok;
}

// ---- all of it ----------------------------------------------------------------------------------

static bool gather_all(Gather *g, Error *e) {
    const int all = g->start[N_PARTS];
    Tally t;
    threads_run(g->o->threads, (all + TASK - 1) / TASK, gather_some, g);
    if (!none_failed(g, e) || !handle_broken(g, e)) return false;
    add_tallies(g, &t);
    g->d->found.least = t.least;
    g->d->found.most = t.most;
    if (g->n_cached < all)
        opening_say(g->o, "%d of %d pictures fit into %zu MB (--cache); the others are decoded again "
                    "whenever they are needed", g->n_cached, all,
                    (g->o->cache ? g->o->cache : CACHE_DEFAULT) / 1000000);
    return colours_fit(g, &t, e);
}

bool gather_pictures(Dataset *d, const Opening *o, Error *e) {
    Gather g = {.d = d, .o = o, .failed = INT_MAX};
    const bool ok = gather_open(&g, e) && gather_all(&g, e);
    gather_close(&g);
    return ok;
}

const uint8_t *dataset_pixels(const Dataset *d, Part part, int i, uint8_t *room, Error *e) {
    const ImageList *l = &d->part[part];
    const Store *s = store_of(d);
    if (l->pixel[i]) return l->pixel[i];
    const size_t n = (size_t)d->image.c * (size_t)d->image.h * (size_t)d->image.w;
    const ShownName shown = path_show(l->file[i]);
    Picture sides;
    if (decode_file(&s->wanted, l->file[i], shown.text, room, &sides, e) != DECODED) return NULL;
    if (decode_hash(room, n) == s->hash[part][i]) return room;
    error_set(e, "%s: has changed since the data were opened", shown.text);
    return NULL;
}
