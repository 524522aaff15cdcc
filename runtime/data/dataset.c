/* dataset.c — opens and closes labelled images; see dataset.h.
 *
 * The work is elsewhere: pictures.c finds and splits them, measure.c looks at all of them once,
 * numbers.c makes numbers of one, random.c changes it before. */
#include "runtime/data/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/store.h"

const char *const part_names[N_PARTS] = {
    [PART_TRAIN] = "training", [PART_VALID] = "validation", [PART_TEST] = "test"};

int step_measures(const Dataset *d, int k) {
    const StepKind *s = step_kind(d, k);
    return s->n_measured ? s->n_measured(d->step[k].cfg, store_of(d)->shape[k]) : 0;
}

// ---- names of classes ---------------------------------------------------------------------------

enum { NUMBER_TEXT = 12 };

static char *numbered_lines(int n) {
    char *text = malloc((size_t)n * NUMBER_TEXT + 1), *at = text;
    for (int i = 0; text && i < n; i++) at += snprintf(at, NUMBER_TEXT, i ? "\n%d" : "%d", i);
    return text;
}

// Cuts lines apart, in place; false if there are not n, each with something in it.
static bool cut_lines(char *text, const char **line, int n) {
    int found = 0;
    for (char *at = text; at; found++) {
        char *end = strchr(at, '\n');
        if (end) *end++ = 0;
        if (found == n || !*at) return false;
        line[found] = at;
        at = end;
    }
    return found == n;
}

bool names_set(Dataset *d, const char *lines, Error *e) {
    Store *s = store_of(d);
    char *text = lines ? strdup(lines) : numbered_lines(d->classes);
    const char **name = malloc((size_t)d->classes * sizeof *name + 1);
    const bool memory = text && name, ok = memory && cut_lines(text, name, d->classes);
    if (!ok) {
        free(text);
        free(name);
        return error_set(e, memory ? "the weights do not name the %d classes of these data"
                                   : "no memory for the names of %d classes", d->classes);
    }
    free(s->text);
    free(s->name);
    s->text = text;
    s->name = name;
    d->class_name = name;
    return true;
}

// ---- names of classes from a file of weights ----------------------------------------------------

enum { SOME_NAMES = 10 };

// Labels of folders as the file of weights numbers them: `number` has one for each folder.
static bool number_folders(const Dataset *d, const char *const *name, int *number, Error *e) {
    const Listing *l = &store_of(d)->listing;
    for (int c = 0; c < l->classes; c++) {
        const ClassName want = class_name_of(l->class[c].folder);
        int k = 0;
        while (k < d->classes && strcmp(name[k], want.text) != 0) k++;
        if (k == d->classes) {
            error_set(e, "%s: the weights know the classes ", d->from);
            for (k = 0; k < d->classes && k < SOME_NAMES; k++) error_add(e, "%s%s", k ? ", " : "", name[k]);
            return error_add(e, "%s; no class %s", k < d->classes ? " …" : "", want.text);
        }
        number[c] = k;
    }
    return true;
}

// Weights that were trained on pictures without names number their classes.
static bool only_numbers(const Dataset *d, const char *const *name) {
    char number[NUMBER_TEXT];
    for (int i = 0; i < d->classes; i++) {
        snprintf(number, sizeof number, "%d", i);
        if (strcmp(name[i], number) != 0) return false;
    }
    return true;
}

// Keeps the names of the folders where the file has none; else the labels become those of the file.
static bool folders_take(Dataset *d, const char *text, Error *e) {
    const Listing *l = &store_of(d)->listing;
    char *copy = strdup(text);
    const char **name = calloc((size_t)d->classes + 1, sizeof *name);
    int *number = calloc((size_t)l->classes + 1, sizeof *number);
    bool ok = copy && name && number;
    if (!ok) error_set(e, "no memory for the names of %d classes", d->classes);
    else if (!cut_lines(copy, name, d->classes))
        ok = error_set(e, "the weights do not name the %d classes of these data", d->classes);
    if (ok && !(l->classes == d->classes && only_numbers(d, name))) {
        ok = number_folders(d, name, number, e) && names_set(d, text, e);
        for (int p = 0; ok && p < N_PARTS; p++)
            for (int i = 0; i < d->part[p].n; i++)
                d->part[p].label[i] = number[d->part[p].label[i]];
    }
    free(copy), free(name), free(number);
    return ok;
}

bool dataset_classes_take(Dataset *d, const char *text, Error *e) {
    const Listing *l = &store_of(d)->listing;
    if (text) return l->folder ? folders_take(d, text, e) : names_set(d, text, e);
    return !l->folder || l->classes == d->classes ||
           error_set(e, "%s: has %d of %d classes, and the weights do not name theirs", d->from,
                     l->classes, d->classes);
}

static bool names_open(Dataset *d, const Experiment *x, Error *e) {
    const DataOptions *o = x->data.cfg;
    const KnownSet *set = (const KnownSet *)o->set.kind;
    d->classes = x->classes;
    if (!set || set->spec.classes != x->classes) return names_set(d, NULL, e);
    d->class_name = set->class_name;
    return true;
}

// ---- steps --------------------------------------------------------------------------------------

// The shapes that n uses of kinds make of `first`, one after the other. The file has been checked, so
// none refuses.
static bool shapes_of(const Use *use, int n, Shape first, int classes, Shape **out, Error *e) {
    Shape *shape = *out = malloc(((size_t)n + 1) * sizeof *shape);
    if (!shape) return error_set(e, "no memory for the data");
    shape[0] = first;
    for (int k = 0; k < n; k++) {
        Infer q = {.cfg = use[k].cfg, .n_src = 1, .src = &shape[k], .classes = classes,
                   .dst = shape[k], .use = &use[k]};
        if (use[k].kind->infer && !use[k].kind->infer(&q))
            return error_set(e, "the pictures do not suit the step %s", use[k].kind->name);
        shape[k + 1] = q.dst;
    }
    return true;
}

static bool shapes_open(Dataset *d, const Experiment *x, Error *e) {
    Store *s = store_of(d);
    d->image = x->image;
    if (!shapes_of(d->step, d->n_steps, x->image, x->classes, &s->shape, e) ||
        !shapes_of(d->augment, d->n_augments, x->image, x->classes, &s->random_shape, e) ||
        !shapes_of(d->step, d->n_steps, s->random_shape[d->n_augments], x->classes, &s->late_shape,
                   e)) return false;
    d->input = s->shape[d->n_steps];
    return true;
}

static bool measured_open(Dataset *d, Error *e) {
    Store *s = store_of(d);
    size_t n = 0;
    for (int k = 0; k < d->n_steps; k++) n += (size_t)step_measures(d, k);
    s->numbers = calloc(n + 1, sizeof *s->numbers);
    d->measured = calloc((size_t)d->n_steps + 1, sizeof *d->measured);
    if (!s->numbers || !d->measured) return error_set(e, "no memory for the data");
    real *at = s->numbers;
    for (int k = 0; k < d->n_steps; k++) {
        const int m = step_measures(d, k);
        if (m) d->measured[k] = at;
        at += m;
    }
    d->measured_known = n == 0;
    return true;
}

// ---- everything ---------------------------------------------------------------------------------

static bool open_all(Dataset *d, const Experiment *x, const Opening *o, Error *e) {
    if (!names_open(d, x, e) || !shapes_open(d, x, e) || !measured_open(d, e)) return false;
    if (!o->need_pictures) return table_make(d, e);
    if ((o->steps && !dataset_steps_take(d, o->steps, e)) || !pictures_open(d, x, o, e)) return false;
    const bool measure = !d->measured_known && d->part[PART_TRAIN].n > 0;
    const bool measured = measure ? measure_steps(d, NULL, o->threads, e) : table_make(d, e);
    const size_t limit = o->cache ? o->cache : CACHE_DEFAULT, left = limit - store_of(d)->cached;
    if (measured) kept_open(d, left < limit / 2 ? left : limit / 2);
    return measured;
}

bool dataset_open(Dataset *d, const Experiment *x, const Opening *o, Error *e) {
    *d = (Dataset){.n_steps = x->n_steps, .step = x->step, .from = "",
                   .n_augments = x->n_augments, .augment = x->augment};
    d->memory = calloc(1, sizeof(Store));
    if (!d->memory) return error_set(e, "no memory for the data");
    if (open_all(d, x, o, e)) return true;
    dataset_close(d);
    return false;
}

void dataset_close(Dataset *d) {
    Store *s = store_of(d);
    for (int part = 0; part < N_PARTS; part++) {
        free(d->part[part].label);
        free(d->part[part].pixel);
        free(d->part[part].file);
    }
    free(d->measured);
    if (s) {
        blocks_free(s->block);
        listing_free(&s->listing);
        for (int p = 0; p < N_PARTS; p++) free(s->hash[p]);
        free(s->cache);
        free(s->folder);
        kept_close(d);
        free(s->shape), free(s->random_shape), free(s->late_shape);
        free(s->numbers);
        free(s->table);
        free(s->text);
        free(s->name);
    }
    free(s);
    *d = (Dataset){0};
}

void dataset_order(const Dataset *d, Part part, uint64_t seed, uint64_t epoch, int *order) {
    rng_shuffle(rng_at(rng_make(seed, "shuffle"), epoch), order, d->part[part].n);
}
