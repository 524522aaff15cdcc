/* dataset.c — opens and closes labelled images; see dataset.h.
 *
 * The work is elsewhere: pictures.c finds and splits them, measure.c looks at all of them once,
 * numbers.c makes numbers of one, random.c changes it before. */
#include "runtime/data/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/store.h"

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

bool dataset_classes_take(Dataset *d, const char *text, Error *e) { return names_set(d, text, e); }

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
    if (!pictures_open(d, x, o, e) || !measure_steps(d, o->threads, e)) return false;
    kept_open(d, (o->cache ? o->cache : CACHE_DEFAULT) / 2);
    return true;
}

bool dataset_open(Dataset *d, const Experiment *x, const Opening *o, Error *e) {
    *d = (Dataset){.n_steps = x->n_steps, .step = x->step,
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
        block_free(&s->train);
        block_free(&s->test);
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
