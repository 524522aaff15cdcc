/* notice.c — what may be wrong with data that can be used: told, not refused.
 *
 *     * things among the pictures that are no pictures
 *     * test pictures that are training pictures, too: the network has seen them
 *     * training pictures that all have the same label
 *     * a channel with the same number everywhere, which tells the network nothing */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/store.h"

void opening_say(const Opening *o, const char *fmt, ...) {
    char text[ERROR_TEXT];
    va_list args;
    if (!o->say) return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    o->say(o->ctx, text);
}

// ---- things that are no pictures ----------------------------------------------------------------

void notice_others(Dataset *d, const Opening *o) {
    static const struct { const char *one, *many; } names[N_OTHERS] = {
        [OTHER_LINK]    = {"symbolic link", "symbolic links"},
        [OTHER_SPECIAL] = {"pipe or device", "pipes or devices"},
        [OTHER_FOLDER]  = {"folder inside a class", "folders inside a class"},
        [OTHER_FILE]    = {"file of another type", "files of other types"},
        [OTHER_HIDDEN]  = {"hidden file", "hidden files"},
        [OTHER_LOOSE]   = {"picture outside of the classes", "pictures outside of the classes"},
    };
    const Listing *l = &store_of(d)->listing;
    char text[N_OTHERS * 300] = "";
    for (int i = 0; i < N_OTHERS; i++) {
        const size_t used = strlen(text);
        const int n = l->others.n[i];
        if (n == 0) continue;
        d->found.left_out += n;
        snprintf(text + used, sizeof text - used, "%s%d %s", used ? ", " : "", n,
                 n == 1 ? names[i].one : names[i].many);
        if (i != OTHER_HIDDEN && l->others.first[i])
            snprintf(text + strlen(text), sizeof text - strlen(text), " (%.200s%s)",
                     listing_show(l, l->others.first[i]).text, n > 1 ? " …" : "");
    }
    if (d->found.left_out > 0) opening_say(o, "%s: left out: %s", d->from, text);
}

// ---- the same picture twice ---------------------------------------------------------------------

// Finds numbers of training pictures by the hash of their bytes: open addressing, at most half full.
typedef struct Table { int *slot; size_t mask; const uint64_t *hash; } Table;

static size_t place_of(const Table *t, uint64_t hash) {
    size_t at = (size_t)hash & t->mask;
    while (t->slot[at] >= 0 && t->hash[t->slot[at]] != hash) at = (at + 1) & t->mask;
    return at;
}

static bool table_open(Table *t, const uint64_t *hash, int n, Error *e) {
    size_t size = 2;
    while (size < 2 * (size_t)n) size *= 2;
    *t = (Table){malloc(size * sizeof *t->slot), size - 1, hash};
    if (!t->slot) return error_set(e, "there is no memory to compare the pictures");
    for (size_t i = 0; i < size; i++) t->slot[i] = -1;
    for (int i = 0; i < n; i++) {
        const size_t at = place_of(t, hash[i]);
        if (t->slot[at] < 0) t->slot[at] = i; // the first of equal ones
    }
    return true;
}

static void name_picture(const Dataset *d, Part part, int i, char *out, size_t cap) {
    const ImageList *l = &d->part[part];
    if (l->file) snprintf(out, cap, "%.300s", listing_show(&store_of(d)->listing, l->file[i]).text);
    else snprintf(out, cap, "number %d of the %s pictures", i,
                  part == PART_TEST ? "test" : "training");
}

static void tell_twins(const Dataset *d, const Opening *o, int test, int train) {
    char a[320], b[320];
    const int n = d->found.in_both;
    name_picture(d, PART_TEST, test, a, sizeof a);
    name_picture(d, PART_TRAIN, train, b, sizeof b);
    opening_say(o, "%s: %d test picture%s also among the training pictures, so the network may know "
                "the answer by heart: %s is %s%s", d->from, n, n == 1 ? " is" : "s are", a, b,
                n == 1 ? "" : ", …");
}

static bool notice_twins(Dataset *d, const Opening *o, Error *e) {
    uint64_t *const *hash = store_of(d)->hash;
    const ImageList *train = &d->part[PART_TRAIN], *test = &d->part[PART_TEST];
    int first = -1, twin = -1;
    Table t;
    if (train->n == 0 || test->n == 0) return true;
    if (!table_open(&t, hash[PART_TRAIN], train->n, e)) return false;
    for (int i = 0; i < test->n; i++) {
        const int found = t.slot[place_of(&t, hash[PART_TEST][i])];
        if (found < 0) continue;
        if (d->found.in_both++ == 0) first = i, twin = found;
    }
    free(t.slot);
    if (first >= 0) tell_twins(d, o, first, twin);
    return true;
}

// ---- nothing to learn from ----------------------------------------------------------------------

static void notice_labels(const Dataset *d, const Opening *o) {
    const ImageList *l = &d->part[PART_TRAIN];
    for (int i = 1; i < l->n; i++)
        if (l->label[i] != l->label[0]) return;
    if (l->n > 1)
        opening_say(o, "%s: all %d training pictures are of class %s: there is nothing to tell apart",
                    d->from, l->n, d->class_name[l->label[0]]);
}

// Does channel c of any picture differ from `value`? False, too, if a picture cannot be read.
static bool channel_varies(const Dataset *d, int c, uint8_t *room) {
    const ImageList *l = &d->part[PART_TRAIN];
    const size_t C = (size_t)d->image.c, P = (size_t)d->image.h * (size_t)d->image.w;
    int value = -1;
    for (int i = 0; i < l->n; i++) {
        Error e;
        const uint8_t *v = dataset_pixels(d, PART_TRAIN, i, room, &e);
        for (size_t k = 0; v && k < P; k++) {
            if (value < 0) value = v[k * C + (size_t)c];
            if (v[k * C + (size_t)c] != value) return true;
        }
    }
    return false;
}

static bool notice_channels(const Dataset *d, const Opening *o, Error *e) {
    const Shape s = d->image;
    uint8_t *room = malloc((size_t)s.c * (size_t)s.h * (size_t)s.w);
    if (!room) return error_set(e, "there is no memory to look at the pictures");
    for (int c = 0; c < s.c && d->part[PART_TRAIN].n > 0; c++)
        if (!channel_varies(d, c, room))
            opening_say(o, "%s: channel %d of %d has the same number everywhere in the training "
                        "pictures: it tells the network nothing", d->from, c + 1, s.c);
    free(room);
    return true;
}

// ---- all of it ----------------------------------------------------------------------------------

typedef struct Hashing { const Dataset *d; Part part; size_t size; } Hashing;
enum { RANGE = 256 }; // pictures of one task

static void hash_range(void *ctx, int task, int worker) {
    const Hashing *h = ctx;
    const ImageList *l = &h->d->part[h->part];
    const int lo = task * RANGE, hi = lo + RANGE < l->n ? lo + RANGE : l->n;
    (void)worker;
    for (int i = lo; i < hi; i++)
        store_of(h->d)->hash[h->part][i] = decode_hash(l->pixel[i], h->size);
}

// Pictures that were decoded one by one have their hashes; those of large files get them now.
static bool hash_all(Dataset *d, const Opening *o, Error *e) {
    Store *s = store_of(d);
    const Shape i = d->image;
    for (Part p = 0; p < N_PARTS; p++) {
        if (s->hash[p]) continue;
        Hashing h = {d, p, (size_t)i.c * (size_t)i.h * (size_t)i.w};
        s->hash[p] = malloc((size_t)d->part[p].n * sizeof *s->hash[p] + 1);
        if (!s->hash[p]) return error_set(e, "there is no memory to compare the pictures");
        threads_run(o->threads, (d->part[p].n + RANGE - 1) / RANGE, hash_range, &h);
    }
    return true;
}

bool notice_contents(Dataset *d, const Opening *o, Error *e) {
    if (!hash_all(d, o, e) || !notice_twins(d, o, e)) return false;
    if (!o->judging) notice_labels(d, o);
    return notice_channels(d, o, e);
}
