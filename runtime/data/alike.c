/* alike.c — pictures that look the same although their bytes differ: alike.h has the formula.
 *
 * Not all pairs have to be compared. The means of two pictures differ by no more than their pixels do
 * on average, |ā − b̄| ≤ Σ |a_k − b_k| / 256; so in a list sorted by mean a picture's likes stand near
 * to it: as far as a tenth of its contrast. */
#include "runtime/data/alike.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/data/decode.h"

static const double MOST = 0.1;

enum { RANGE = 64 }; // pictures of one task

bool alike_thumb(const uint8_t *picture, Shape shape, Thumb *t, Error *e) {
    const Picture p = {shape.w, shape.h, shape.c, (uint8_t *)picture};
    if (!decode_fit(&p, (Shape){1, ALIKE_SIDE, ALIKE_SIDE}, t->v, e)) return false;
    t->sum = 0;
    for (int k = 0; k < ALIKE_PIXELS; k++) t->sum += t->v[k];
    int contrast = 0;
    for (int k = 0; k < ALIKE_PIXELS; k++) contrast += abs(ALIKE_PIXELS * t->v[k] - t->sum);
    t->contrast = contrast / ALIKE_PIXELS;
    return true;
}

static int least_contrast(const Thumb *a, const Thumb *b) {
    return a->contrast < b->contrast ? a->contrast : b->contrast;
}

double alike_difference(const Thumb *a, const Thumb *b) {
    const int contrast = least_contrast(a, b);
    int sum = 0;
    for (int k = 0; k < ALIKE_PIXELS; k++) sum += abs(a->v[k] - b->v[k]);
    return contrast > 0 ? (double)sum / contrast : 1;
}

// The same question, answered as soon as the sum is too large, row by row.
static bool alike(const Thumb *a, const Thumb *b) {
    const double most = MOST * least_contrast(a, b);
    int sum = 0;
    for (int y = 0; y < ALIKE_SIDE && sum < most; y++)
        for (int k = y * ALIKE_SIDE; k < (y + 1) * ALIKE_SIDE; k++) sum += abs(a->v[k] - b->v[k]);
    return sum < most;
}

// ---- all pairs that can be alike -----------------------------------------------------------------

// Pictures by their sums; `at` is the place in the list of all.
typedef struct Place { int sum, at; } Place;

typedef struct Search { const Thumb *thumb; const Place *place; int n, *first; } Search;

static int by_sum(const void *a, const void *b) {
    const Place *x = a, *y = b;
    return x->sum != y->sum ? (x->sum < y->sum ? -1 : 1) : (x->at > y->at) - (x->at < y->at);
}

// The first that is alike, from place `k` in steps of −1 or +1, as far as sums allow it.
static int search(const Search *s, int k, int step, int first) {
    const int me = s->place[k].at;
    const Thumb *mine = &s->thumb[me];
    for (int i = k + step; 0 <= i && i < s->n; i += step) {
        const int other = s->place[i].at;
        if (abs(s->place[i].sum - mine->sum) >= MOST * mine->contrast) break;
        if (other < me && (first < 0 || other < first) && alike(mine, &s->thumb[other])) first = other;
    }
    return first;
}

static void search_range(void *ctx, int task, int worker) {
    const Search *s = ctx;
    const int lo = task * RANGE, hi = s->n - lo < RANGE ? s->n : lo + RANGE;
    (void)worker;
    for (int k = lo; k < hi; k++) s->first[s->place[k].at] = search(s, k, 1, search(s, k, -1, -1));
}

bool alike_find(const Thumb *thumb, int n, Threads *t, int *first, Error *e) {
    Place *place = malloc((size_t)n * sizeof *place + 1);
    if (!place) return error_set(e, "there is no memory to compare the pictures");
    for (int i = 0; i < n; i++) place[i] = (Place){thumb[i].sum, i};
    qsort(place, (size_t)n, sizeof *place, by_sum);
    Search s = {thumb, place, n, first};
    threads_run(t, (n + RANGE - 1) / RANGE, search_range, &s);
    free(place);
    return true;
}
