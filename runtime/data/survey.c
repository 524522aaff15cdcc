/* survey.c — looks at all pictures of a data set; see survey.h.
 *
 *     mean µ = Σ x / M        deviation σ = √(Σ x² / M − µ²)        over the M numbers of a channel
 *
 * Sums are whole numbers, so they do not depend on the order. Pictures are compared by a hash of
 * their bytes: two of a million different ones have the same with a chance of one in forty million.
 * Those that are files may have been saved twice; they are compared by their looks, too: alike.h. */
#include "runtime/data/survey.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/data/alike.h"
#include "runtime/data/decode.h"

enum { RANGE = 64 }; // pictures of one task

// Picture `picture` of a part; all parts are one list, in their order.
typedef struct Seen { uint64_t hash; int number, part, picture; } Seen;

typedef struct Sums { uint64_t n, sum[SURVEY_CHANNELS], squares[SURVEY_CHANNELS]; } Sums;

typedef struct Surveying {
    const Dataset *d;
    int start[N_PARTS + 1];  // numbers of the first pictures of the parts
    size_t size;             // bytes of a picture
    Seen *seen;
    Thumb *thumb;            // of each picture; NULL: they are not files
    int *first;              // the first that looks the same, or −1; none for one of the same bytes
    uint8_t *room;           // a picture for each thread
    Sums *sums;              // N_PARTS for each thread
    Error *wrong;            // for each thread, of picture
    int *wrong_at;           // number …; INT_MAX: none
} Surveying;

// ---- one picture -----------------------------------------------------------------------------------

static void add_sums(Sums *s, const uint8_t *v, Shape image) {
    const size_t C = (size_t)image.c, P = (size_t)image.h * (size_t)image.w;
    s->n += P;
    for (size_t c = 0; c < C && c < SURVEY_CHANNELS; c++) {
        uint64_t sum = 0, squares = 0;
        for (size_t i = 0; i < P; i++) {
            const uint32_t x = v[i * C + c];
            sum += x;
            squares += x * x;
        }
        s->sum[c] += sum;
        s->squares[c] += squares;
    }
}

// Where picture `number` of all stands.
static Seen place_of(const Surveying *y, int number) {
    int part = 0;
    while (number >= y->start[part + 1]) part++;
    return (Seen){.number = number, .part = part, .picture = number - y->start[part]};
}

static void look_at(const Surveying *y, int number, int worker) {
    const Dataset *d = y->d;
    Seen s = place_of(y, number);
    Error e;
    const uint8_t *v = dataset_pixels(d, (Part)s.part, s.picture, y->room + (size_t)worker * y->size, &e);
    if (!v || (y->thumb && !alike_thumb(v, d->image, &y->thumb[number], &e))) {
        if (number > y->wrong_at[worker]) return;
        y->wrong_at[worker] = number;
        y->wrong[worker] = e;
        return;
    }
    s.hash = decode_hash(v, y->size);
    y->seen[number] = s;
    add_sums(&y->sums[worker * N_PARTS + s.part], v, d->image);
}

static void look_at_range(void *ctx, int task, int worker) {
    const Surveying *y = ctx;
    const int lo = task * RANGE, all = y->start[N_PARTS], hi = all - lo < RANGE ? all : lo + RANGE;
    for (int i = lo; i < hi; i++) look_at(y, i, worker);
}

// ---- all of them -----------------------------------------------------------------------------------

static bool memory_open(Surveying *y, Threads *t, Error *e) {
    const size_t workers = (size_t)threads_count(t);
    const Shape image = y->d->image;
    for (int p = 0; p < N_PARTS; p++) y->start[p + 1] = y->start[p] + y->d->part[p].n;
    y->size = (size_t)image.c * (size_t)image.h * (size_t)image.w;
    y->seen = calloc((size_t)y->start[N_PARTS] + 1, sizeof *y->seen);
    const size_t all = (size_t)y->start[N_PARTS];
    bool files = false;
    for (int p = 0; p < N_PARTS; p++) files = files || y->d->part[p].file;
    y->thumb = files ? malloc((all + 1) * sizeof *y->thumb) : NULL;
    y->first = files ? malloc((all + 1) * sizeof *y->first) : NULL;
    y->room = malloc(workers * y->size);
    y->sums = calloc(workers * N_PARTS, sizeof *y->sums);
    y->wrong = calloc(workers, sizeof *y->wrong);
    y->wrong_at = calloc(workers, sizeof *y->wrong_at);
    for (size_t w = 0; y->wrong_at && w < workers; w++) y->wrong_at[w] = INT_MAX;
    return (y->seen && y->room && y->sums && y->wrong && y->wrong_at &&
            (!files || (y->thumb && y->first))) ||
           error_set(e, "there is no memory to look at the pictures");
}

static void memory_close(Surveying *y) {
    free(y->seen), free(y->room), free(y->sums), free(y->wrong), free(y->wrong_at);
    free(y->thumb), free(y->first);
}

static bool all_read(const Surveying *y, int workers, Error *e) {
    int first = 0;
    for (int w = 1; w < workers; w++)
        if (y->wrong_at[w] < y->wrong_at[first]) first = w;
    return y->wrong_at[first] == INT_MAX || error_set(e, "%s", y->wrong[first].text);
}

static void take_means(const Surveying *y, int workers, Survey *s) {
    const bool all = y->d->part[PART_TRAIN].n == 0;
    Sums sum = {0};
    for (int i = 0; i < workers * N_PARTS; i++) {
        if (!all && i % N_PARTS != PART_TRAIN) continue;
        sum.n += y->sums[i].n;
        for (int c = 0; c < SURVEY_CHANNELS; c++) {
            sum.sum[c] += y->sums[i].sum[c];
            sum.squares[c] += y->sums[i].squares[c];
        }
    }
    for (int c = 0; sum.n > 0 && c < SURVEY_CHANNELS; c++) {
        const double mean = (double)sum.sum[c] / (double)sum.n;
        const double square = (double)sum.squares[c] / (double)sum.n - mean * mean;
        s->mean[c] = mean;
        s->deviation[c] = square > 0 ? sqrt(square) : 0;
    }
}

// ---- the same picture twice ------------------------------------------------------------------------

static int by_hash(const void *a, const void *b) {
    const Seen *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->number - y->number;
}

static void note_twin(const Dataset *d, Repeats of[N_PARTS][N_PARTS], const Seen *first,
                      const Seen *again) {
    Repeats *r = &of[again->part][first->part];
    const int before = r->example.picture;
    if (r->n++ == 0 || again->picture < before)
        r->example = (Twin){(Part)again->part, (Part)first->part, again->picture, first->picture};
    r->other_label += d->part[again->part].label[again->picture] !=
                      d->part[first->part].label[first->picture];
}

static void find_twins(const Surveying *y, Survey *s) {
    const Seen *first = y->seen;
    qsort(y->seen, (size_t)y->start[N_PARTS], sizeof *y->seen, by_hash);
    for (int i = 1; i < y->start[N_PARTS]; i++) {
        if (y->seen[i].hash != first->hash) {
            first = &y->seen[i];
            continue;
        }
        note_twin(y->d, s->repeats, first, &y->seen[i]);
        if (y->first) y->first[y->seen[i].number] = -1;
    }
}

static void take_alike(const Surveying *y, Survey *s) {
    for (int i = 0; y->first && i < y->start[N_PARTS]; i++) {
        if (y->first[i] < 0) continue;
        const Seen first = place_of(y, y->first[i]), again = place_of(y, i);
        note_twin(y->d, s->alike, &first, &again);
    }
}

// ---- everything ------------------------------------------------------------------------------------

static bool counts_open(const Dataset *d, Survey *s, Error *e) {
    for (int p = 0; p < N_PARTS; p++) {
        s->count[p] = calloc((size_t)d->classes + 1, sizeof *s->count[p]);
        if (!s->count[p]) return error_set(e, "there is no memory to count the pictures");
        for (int i = 0; i < d->part[p].n; i++) s->count[p][d->part[p].label[i]]++;
    }
    return true;
}

bool data_survey(const Dataset *d, Threads *t, Survey *s, Error *e) {
    Surveying y = {.d = d};
    const int workers = threads_count(t);
    *s = (Survey){0};
    bool fine = counts_open(d, s, e) && memory_open(&y, t, e);
    if (fine) threads_run(t, (y.start[N_PARTS] + RANGE - 1) / RANGE, look_at_range, &y);
    fine = fine && all_read(&y, workers, e);
    if (fine) take_means(&y, workers, s);
    fine = fine && (!y.thumb || alike_find(y.thumb, y.start[N_PARTS], t, y.first, e));
    if (fine) find_twins(&y, s), take_alike(&y, s);
    if (!fine) survey_free(s);
    memory_close(&y);
    return fine;
}

void survey_free(Survey *s) {
    for (int p = 0; p < N_PARTS; p++) free(s->count[p]), s->count[p] = NULL;
}
