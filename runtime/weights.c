/* weights.c — weights on disk, in the safetensors format; see weights.h. */
#include "runtime/weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/utf8.h"
#include "runtime/version.h"

#define REAL_DTYPE (sizeof(real) == sizeof(float) ? DT_F32 : DT_F64)

StTensor weights_tensor(const Param *p, const char *name, const real *v) {
    StTensor t = {.name = name, .dtype = REAL_DTYPE, .rank = p->spec->rank, .len = p->len, .v = v};
    for (int i = 0; i < t.rank; i++) t.dim[i] = p->spec->dim[i];
    return t;
}

// ---- what differs -------------------------------------------------------------------------------

enum { SHOWN = 10, SHOWN_LEFT = 3, SHAPE_TEXT = 200 };

// The first differences, and how many there are. `room`: rows that may be used so far.
typedef struct Differences {
    int n, shown, room;
    struct { const char *name; char what[2 * SHAPE_TEXT + 40]; } row[SHOWN];
} Differences;

static void shape_text(int rank, const int64_t *dim, char *out) {
    size_t at = (size_t)snprintf(out, SHAPE_TEXT, rank ? "" : "one number");
    for (int i = 0; i < rank; i++) {
        const char *x = i ? "x" : "";
        at += (size_t)snprintf(out + at, SHAPE_TEXT - at, "%s%lld", x, (long long)dim[i]);
    }
}

static bool same_shape(const StTensor *a, const StTensor *b) {
    bool same = a->rank == b->rank;
    for (int i = 0; same && i < a->rank; i++) same = a->dim[i] == b->dim[i];
    return same;
}

static void differ(Differences *d, const char *name, const char *what) {
    d->n++;
    if (d->shown == d->room) return;
    d->row[d->shown].name = name;
    snprintf(d->row[d->shown].what, sizeof d->row[d->shown].what, "%s", what);
    d->shown++;
}

static bool is_floating(DType d) {
    return d == DT_F16 || d == DT_BF16 || d == DT_F32 || d == DT_F64;
}

static void compare(Differences *d, const char *name, const StTensor *want, const StTensor *found) {
    char expected[SHAPE_TEXT], got[SHAPE_TEXT], text[2 * SHAPE_TEXT + 40];
    if (!found) {
        differ(d, name, "is missing in the file");
        return;
    }
    shape_text(want->rank, want->dim, expected);
    shape_text(found->rank, found->dim, got);
    if (!same_shape(want, found)) {
        snprintf(text, sizeof text, "expected %s, found %s", expected, got);
        differ(d, name, text);
    } else if (!is_floating(found->dtype)) {
        const char *type = st_dtype_name(found->dtype);
        snprintf(text, sizeof text, "has numbers of type %s, expected F32", type);
        differ(d, name, text);
    }
}

static bool report(const Differences *d, const char *path, const char *model, Error *e) {
    int width = 0;
    for (int i = 0; i < d->shown; i++) {
        const int len = (int)strnlen(d->row[i].name, 40);
        if (len > width) width = len;
    }
    error_set(e, "the weights in %s do not fit %s:", path, model);
    for (int i = 0; i < d->shown; i++)
        error_add(e, "\n  %-*.100s  %s", width, d->row[i].name, d->row[i].what);
    if (d->n > d->shown) error_add(e, "\n  and %d more", d->n - d->shown);
    return false;
}

// ---- taking -------------------------------------------------------------------------------------

// PyTorch counts batches in a tensor of its own; nothing here depends on it.
static bool ignored(const char *name) {
    static const char suffix[] = "num_batches_tracked";
    const size_t n = strlen(name), m = sizeof suffix - 1;
    return n >= m && strcmp(name + n - m, suffix) == 0 && (n == m || name[n - m - 1] == '.');
}

static const char *text_or_empty(const char *text) { return text ? text : ""; }

// Does `name` lie in the section (or is it the tensor) called `part`?
static bool lies_in(const char *name, const char *part) {
    const size_t n = strlen(part);
    return strncmp(name, part, n) == 0 && (name[n] == '.' || name[n] == 0);
}

// The parameter's name without the `into` before it, or NULL if the file does not concern it.
static const char *own_name(const WeightsFit *fit, const char *name) {
    if (!fit->into) return name;
    return lies_in(name, fit->into) ? name + strlen(fit->into) + 1 : NULL;
}

static const StTensor *find_own(const StFile *f, const WeightsFit *fit, const char *own) {
    char full[ST_NAME + 1];
    const int n = snprintf(full, sizeof full, "%s%s", text_or_empty(fit->prefix), own);
    return n < (int)sizeof full ? st_find(f, full) : NULL;
}

static bool lies_in_any(const char *name, const Names *parts) {
    int i = 0;
    while (i < parts->n && !lies_in(name, parts->name[i])) i++;
    return i < parts->n;
}

// "7.weight" is cut off from position 7 on.
static bool behind_cut(const char *name, int from) {
    char *end;
    if (from == 0 || name[0] < '0' || name[0] > '9') return false;
    const long position = strtol(name, &end, 10);
    return *end == '.' && position >= from;
}

static bool left_out(const WeightsFit *fit, const char *own) {
    return ignored(own) || lies_in_any(own, &fit->except) || lies_in_any(own, &fit->cut.names)
        || behind_cut(own, fit->cut.from);
}

// Is there anything, in the file or among the parameters, that is left out by this name?
static bool excepts(const StFile *f, const WeightsFit *fit, const Params *p, const char *part) {
    const size_t skip = strlen(text_or_empty(fit->prefix));
    for (int i = 0; i < f->n; i++)
        if (strlen(f->tensor[i].name) > skip && lies_in(f->tensor[i].name + skip, part)) return true;
    for (int i = 0; i < p->n; i++) {
        const char *own = own_name(fit, p->param[i].name);
        if (own && lies_in(own, part)) return true;
    }
    return false;
}

// Pairs every parameter the file concerns with its tensor.
static void pair_up(const StFile *f, const WeightsFit *fit, const Params *p, const StTensor **found,
                    bool *used) {
    for (int i = 0; i < p->n; i++) {
        const char *own = own_name(fit, p->param[i].name);
        if (!own || lies_in_any(own, &fit->except)) continue;
        found[i] = find_own(f, fit, own);
        if (found[i]) used[found[i] - f->tensor] = true;
    }
}

// The name of tensor i, if no parameter has use for it and nobody said that it is left out; else NULL.
static const char *left_over(const StFile *f, const WeightsFit *fit, const bool *used, int i) {
    const char *prefix = text_or_empty(fit->prefix), *name = f->tensor[i].name;
    if (used[i] || strncmp(name, prefix, strlen(prefix)) != 0) return NULL;
    return left_out(fit, name + strlen(prefix)) ? NULL : name + strlen(prefix);
}

// Notes what does not fit. Of many differences a few of what is left over in the file are shown, too:
// often its names differ from the expected ones by a word in front.
static void find_differences(const StFile *f, const WeightsFit *fit, const Params *p,
                             const StTensor **found, const bool *used, Differences *d) {
    int left = 0;
    for (int i = 0; i < f->n; i++) left += left_over(f, fit, used, i) != NULL;
    d->room = SHOWN - (left < SHOWN_LEFT ? left : SHOWN_LEFT);
    for (int i = 0; i < p->n; i++) {
        const char *name = p->param[i].name, *own = own_name(fit, name);
        const StTensor want = weights_tensor(&p->param[i], name, NULL);
        if (own && !lies_in_any(own, &fit->except)) compare(d, name, &want, found[i]);
    }
    d->room = SHOWN;
    for (int i = 0; i < f->n; i++)
        if (left_over(f, fit, used, i)) differ(d, left_over(f, fit, used, i), "is not in the model");
    for (int i = 0; i < fit->except.n; i++)
        if (!excepts(f, fit, p, fit->except.name[i]))
            differ(d, fit->except.name[i], "stands in except, but nothing is called so");
}

bool weights_finite(const StTensor *t, const char *path, Error *e) {
    for (uint64_t i = 0; i < t->len; i++) {
        const double x = (double)(real)st_number(t, i);
        if (isfinite(x)) continue;
        return error_set(e, "%s: number %llu of %s is %s", path, (unsigned long long)i, t->name,
                         isnan(x) ? "not a number (NaN)" : "infinite");
    }
    return true;
}

void weights_copy(real *dst, const StTensor *t) {
    if (t->dtype == REAL_DTYPE && t->len) memcpy(dst, t->v, (size_t)t->len * sizeof *dst);
    else
        for (uint64_t i = 0; i < t->len; i++) dst[i] = (real)st_number(t, i);
}

static bool take(const StFile *f, const char *path, const WeightsFit *fit, const Experiment *x,
                 Params *p, const StTensor **found, bool *used, Error *e) {
    Differences d = {0};
    pair_up(f, fit, p, found, used);
    find_differences(f, fit, p, found, used, &d);
    if (d.n) return report(&d, path, x->file, e);
    for (int i = 0; i < p->n; i++)
        if (found[i] && !weights_finite(found[i], path, e)) return false;
    for (int i = 0; i < p->n; i++)
        if (found[i]) weights_copy(p->value + p->param[i].offset, found[i]);
    return true;
}

bool weights_take(const StFile *f, const char *path, const WeightsFit *fit, const Experiment *x,
                  Params *p, Error *e) {
    const StTensor **found = calloc((size_t)p->n + 1, sizeof *found);
    bool *used = calloc((size_t)f->n + 1, sizeof *used);
    const bool ok = found && used ? take(f, path, fit, x, p, found, used, e)
                                  : error_set(e, "%s: no memory to load it", path);
    free(found);
    free(used);
    return ok;
}

WeightsFit weights_fit(const FileOptions *o) {
    return (WeightsFit){.into = o->into, .except = o->except, .cut = o->cut};
}

bool weights_load(const char *path, const WeightsFit *fit, const Experiment *x, Params *p, Error *e) {
    StFile f;
    if (!st_open(&f, path, e)) return false;
    const bool ok = weights_take(&f, path, fit, x, p, e);
    st_close(&f);
    return ok;
}

// ---- saving -------------------------------------------------------------------------------------

// The names of the classes, one per line; malloc'd.
static char *class_lines(const Dataset *d) {
    size_t size = 1;
    for (int i = 0; i < d->classes; i++) size += strlen(d->class_name[i]) + 1;
    char *text = malloc(size), *at = text;
    for (int i = 0; text && i < d->classes; i++) {
        const size_t n = strlen(d->class_name[i]);
        if (i) *at++ = '\n';
        memcpy(at, d->class_name[i], n);
        at += n;
    }
    if (text) *at = 0;
    return text;
}

// The steps with what they measured; malloc'd. There is no end to what a list may hold, so the
// room doubles until it is enough.
static char *step_lines(const Dataset *d) {
    for (size_t cap = 1024; cap <= (size_t)1 << 26; cap *= 2) {
        char *text = malloc(cap);
        if (!text || dataset_steps_text(d, text, cap)) return text;
        free(text);
    }
    return NULL;
}

void weights_other_steps(const StFile *f, const Dataset *d, char *text, size_t cap) {
    const char *there = st_meta(f, "cnnrun.version") ? st_meta(f, "steps") : NULL;
    char *lines = there ? step_lines(d) : NULL;
    const char *here = lines;
    *text = 0;
    while (here && (*there || *here)) {
        const int n = (int)strcspn(there, "\n"), m = (int)strcspn(here, "\n");
        if (n != m || strncmp(there, here, (size_t)n) != 0) {
            snprintf(text, cap, "it was trained on pictures with the step \"%.*s\", here that step is "
                     "\"%.*s\"", n ? n : 4, n ? there : "none", m ? m : 4, m ? here : "none");
            break;
        }
        there += n + (there[n] == '\n');
        here += m + (here[m] == '\n');
    }
    free(lines);
}

static bool save(const char *path, const Params *p, StTensor *tensor, const StMeta *meta,
                 int n_meta, Error *e) {
    for (int i = 0; i < p->n; i++)
        tensor[i] = weights_tensor(&p->param[i], p->param[i].name, p->value + p->param[i].offset);
    return st_write(path, tensor, p->n, meta, n_meta, e);
}

bool weights_save(const char *path, const Experiment *x, const Params *p, const Dataset *d,
                  Error *e) {
    char *model = utf8_clean(x->text, x->text_len);
    char *classes = class_lines(d), *steps = step_lines(d);
    StTensor *tensor = malloc((size_t)(p->n + 1) * sizeof *tensor);
    const StMeta meta[] = {
        {"cnnrun.version", CNNRUN_VERSION},
        {"model", model},
        {"classes", classes},
        {"steps", steps},
    };
    const bool ok = model && classes && steps && tensor
                        ? save(path, p, tensor, meta, sizeof meta / sizeof *meta, e)
                        : error_set(e, "%s: no memory to save it", path);
    free(tensor);
    free(steps);
    free(classes);
    free(model);
    return ok;
}
