/* order.c — which training pictures a pass shows; see order.h. */
#include "runtime/order.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/data/split.h"

enum { NAMED = 12 }; // classes up to which each is named

// ---- how many --------------------------------------------------------------------------------------

static int smallest(const Order *o) {
    int least = 0;
    for (int c = 0; c < o->data->classes; c++)
        if (o->count[c] && (!least || o->count[c] < least)) least = o->count[c];
    return least;
}

static int largest(const Order *o) {
    int most = 0;
    for (int c = 0; c < o->data->classes; c++)
        if (o->count[c] > most) most = o->count[c];
    return most;
}

static void count(Order *o) {
    for (int c = 0; c < o->data->classes; c++) {
        o->count[c] = o->first[c + 1] - o->first[c];
        o->classes += o->count[c] > 0;
    }
    if (o->balance == BALANCE_OVERSAMPLE) o->each = largest(o);
    if (o->balance == BALANCE_UNDERSAMPLE) o->each = smallest(o);
}

real order_weight(const Order *o, int c) {
    if (!o->count[c]) return 1;
    return (real)((double)o->data->part[PART_TRAIN].n / ((double)o->classes * o->count[c]));
}

// ---- which -----------------------------------------------------------------------------------------

// The pictures of class c in a balanced pass: each as often as all can come, then some once more.
static Pick *pick_class(const Order *o, int c, Rng r, Pick *to) {
    const int *const of = o->sorted + o->first[c], n = o->count[c];
    if (!n) return to;
    rng_shuffle(r, o->room, n);
    for (int k = 0; k < o->each; k++) *to++ = (Pick){of[o->room[k % n]], k / n};
    return to;
}

const Pick *order_pass(Order *o, uint64_t pass) {
    if (o->pass == pass) return o->mixed;
    const Rng draw = rng_at(o->balancing, pass);
    Pick *to = o->pick;
    for (int c = 0; o->each && c < o->data->classes; c++)
        to = pick_class(o, c, rng_at(draw, (uint64_t)c), to);
    for (int i = 0; !o->each && i < o->n; i++) *to++ = (Pick){i, 0};

    rng_shuffle(rng_at(o->shuffling, pass), o->room, o->n);
    for (int i = 0; i < o->n; i++) o->mixed[i] = o->pick[o->room[i]];
    o->pass = pass;
    return o->mixed;
}

// ---- opening and closing -----------------------------------------------------------------------------

static bool too_many(const Order *o, Error *e) {
    return error_set(e, "balance=oversample would make a pass of %d × %d pictures: that is too many; "
                     "try balance=weights", o->classes, o->each);
}

static bool passes_open(Order *o, Error *e) {
    const int n = o->data->part[PART_TRAIN].n;
    if (o->each && o->classes > INT32_MAX / 2 / o->each) return too_many(o, e);
    o->n = o->each ? o->classes * o->each : n;
    const size_t most = (size_t)(o->n > n ? o->n : n);
    o->room = calloc(most, sizeof *o->room);
    o->pick = calloc((size_t)o->n, sizeof *o->pick);
    o->mixed = calloc((size_t)o->n, sizeof *o->mixed);
    return (o->room && o->pick && o->mixed) || error_set(e, "there is no memory for the order of %d "
                                                         "pictures", o->n);
}

bool order_open(Order *o, const Dataset *d, int balance, uint64_t seed, Error *e) {
    const ImageList *l = &d->part[PART_TRAIN];
    *o = (Order){.data = d, .balance = balance, .balancing = rng_make(seed, "balance"),
                 .shuffling = rng_make(seed, "shuffle"), .pass = UINT64_MAX};
    o->count = calloc((size_t)d->classes, sizeof *o->count);
    o->first = calloc((size_t)d->classes + 1, sizeof *o->first);
    o->sorted = calloc((size_t)l->n + 1, sizeof *o->sorted);
    bool fine = (o->count && o->first && o->sorted) || error_set(e, "there is no memory left");
    if (fine) split_by_class(l->label, l->n, d->classes, o->first, o->sorted);
    if (fine) count(o);
    fine = fine && passes_open(o, e);
    if (!fine) order_close(o);
    return fine;
}

void order_close(Order *o) {
    free(o->count), free(o->first), free(o->sorted);
    free(o->room), free(o->pick), free(o->mixed);
    *o = (Order){0};
}

// ---- for people --------------------------------------------------------------------------------------

static const char *const words[] = {
    [BALANCE_NONE] = "none",             [BALANCE_OVERSAMPLE] = "oversample",
    [BALANCE_UNDERSAMPLE] = "undersample", [BALANCE_WEIGHTS] = "weights",
};

typedef struct Text { char *at; size_t left; } Text;

static void add(Text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(Text *t, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(t->at, t->left, fmt, args);
    va_end(args);
    const size_t used = n > 0 && (size_t)n < t->left ? (size_t)n : t->left - 1;
    t->at += used;
    t->left -= used;
}

static void add_classes(Text *t, const Order *o) {
    const char *between = "";
    for (int c = 0; c < o->data->classes; c++) {
        if (!o->count[c]) continue;
        add(t, "%s%s %d", between, o->data->class_name[c], o->count[c]);
        if (!o->each) add(t, " (each counts %.3g times)", (double)order_weight(o, c));
        between = ", ";
    }
}

static void add_range(Text *t, const Order *o) {
    const int least = smallest(o), most = largest(o), n = o->data->part[PART_TRAIN].n;
    add(t, "%d to %d pictures of %d classes", least, most, o->classes);
    if (o->each) return;
    add(t, ", each counts %.3g to %.3g times", (double)n / ((double)o->classes * most),
        (double)n / ((double)o->classes * least));
}

void order_text(const Order *o, char *text, size_t cap) {
    Text t = {text, cap};
    const int n = o->data->part[PART_TRAIN].n, without = o->data->classes - o->classes;
    add(&t, "balance=%s: ", words[o->balance]);
    if (smallest(o) == largest(o)) {
        add(&t, "nothing to do, there are %d pictures of every class", largest(o));
    } else {
        if (o->classes <= NAMED) add_classes(&t, o);
        else add_range(&t, o);
        if (o->each)
            add(&t, " become %d of each class; a pass shows %d pictures instead of %d", o->each, o->n, n);
    }
    if (without) add(&t, "; %d class%s no pictures", without, without == 1 ? " has" : "es have");
}
