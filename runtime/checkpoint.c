/* checkpoint.c — all that resuming needs, in one safetensors file; see checkpoint.h. */
#include "runtime/checkpoint.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/safetensors.h"
#include "runtime/utf8.h"
#include "runtime/version.h"
#include "runtime/weights.h"

enum { FORMAT = 1 }; // of what is in the file; an older program refuses a newer one

typedef char TensorName[ST_NAME + 1];

// ---- what a run remembers -----------------------------------------------------------------------

// One field of RunState: "run/NAME" in the file, eight bytes that are copied as they are. An int
// is widened.
typedef struct Field { const char *name; DType dtype; size_t at; bool is_int; } Field;

#define COUNT(f) {"run/" #f, DT_U64, FIELD(RunState, f, uint64_t), false}
#define VALUE(f) {"run/" #f, DT_F64, FIELD(RunState, f, double), false}

static const Field fields[] = {
    COUNT(seed), COUNT(action), COUNT(phase), COUNT(epoch), COUNT(step), COUNT(phase_step),
    COUNT(total_step), COUNT(passes), COUNT(rows),
    COUNT(epoch_sums.seen), COUNT(epoch_sums.hits), VALUE(epoch_sums.loss),
    COUNT(row_sums.seen), COUNT(row_sums.hits), VALUE(row_sums.loss),
    VALUE(best), COUNT(best_epoch), COUNT(batch),
    VALUE(schedule.factor), VALUE(schedule.best),
    {"run/schedule.bad", DT_U64, FIELD(RunState, schedule.bad, int), true},
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

_Static_assert(sizeof(RunState) == N_FIELDS * sizeof(uint64_t), "every field of RunState is saved");

static uint64_t field_get(const RunState *s, const Field *f) {
    const char *at = (const char *)s + f->at;
    int small;
    uint64_t bits;
    memcpy(&small, at, sizeof small);
    if (f->is_int) return (uint64_t)small;
    memcpy(&bits, at, sizeof bits);
    return bits;
}

static void field_set(RunState *s, const Field *f, uint64_t bits) {
    char *at = (char *)s + f->at;
    const int small = (int)bits;
    if (f->is_int) memcpy(at, &small, sizeof small);
    else memcpy(at, &bits, sizeof bits);
}

// ---- names and sizes ----------------------------------------------------------------------------

static const char *slot_name(const Experiment *x, int k) {
    return ((const OptimKind *)x->optimizer.kind)->slot[k];
}

static bool name_fits(int n, const char *name, Error *e) {
    return n <= ST_NAME || error_set(e, "the name \"%.60s…\" is too long for a checkpoint", name);
}

static bool param_name(TensorName out, const Param *p, Error *e) {
    return name_fits(snprintf(out, sizeof(TensorName), "param/%s", p->name), p->name, e);
}

static bool opt_name(TensorName out, const Param *p, const char *slot, Error *e) {
    return name_fits(snprintf(out, sizeof(TensorName), "opt/%s.%s", p->name, slot), p->name, e);
}

// Statistics are not trained, so the optimiser remembers nothing about them.
static bool is_trained(const Param *p) { return p->spec->role != PARAM_STATISTIC; }

// ---- saving -------------------------------------------------------------------------------------

// Everything that goes into the file, and the memory that it points to.
typedef struct Save {
    int n;
    StTensor *tensor;
    TensorName *name;
    uint64_t field[N_FIELDS];
    uint64_t *updates;
    uint8_t *frozen;
    char *model;
} Save;

static void save_free(Save *v) {
    free(v->tensor);
    free(v->name);
    free(v->updates);
    free(v->frozen);
    free(v->model);
}

static bool save_make(Save *v, const Experiment *x, const Params *p) {
    const size_t n = (size_t)p->n, most = n * (size_t)(1 + p->n_slots) + N_FIELDS + 2;
    *v = (Save){
        .tensor = malloc(most * sizeof *v->tensor),
        .name = malloc(most * sizeof *v->name),
        .updates = malloc((n + 1) * sizeof *v->updates),
        .frozen = malloc(n + 1),
        .model = utf8_clean(x->text, x->text_len),
    };
    return v->tensor && v->name && v->updates && v->frozen && v->model;
}

static bool add_params(Save *v, const Experiment *x, const Params *p, Error *e) {
    for (int i = 0; i < p->n; i++) {
        const Param *q = &p->param[i];
        char *name = v->name[v->n];
        if (!param_name(name, q, e)) return false;
        v->tensor[v->n++] = weights_tensor(q, name, p->value + q->offset);
        for (int k = 0; k < p->n_slots && is_trained(q); k++) {
            name = v->name[v->n];
            if (!opt_name(name, q, slot_name(x, k), e)) return false;
            v->tensor[v->n++] = weights_tensor(q, name, p->slot[k] + q->offset);
        }
    }
    return true;
}

static void add_run(Save *v, const Params *p, const RunState *s) {
    for (int i = 0; i < N_FIELDS; i++) {
        v->field[i] = field_get(s, &fields[i]);
        v->tensor[v->n++] = (StTensor){.name = fields[i].name, .dtype = fields[i].dtype, .len = 1,
                                       .v = &v->field[i]};
    }
    for (int i = 0; i < p->n; i++) {
        v->updates[i] = p->param[i].updates;
        v->frozen[i] = p->param[i].frozen;
    }
    v->tensor[v->n++] = (StTensor){.name = "run/updates", .dtype = DT_U64, .rank = 1,
                                   .dim = {p->n}, .len = (uint64_t)p->n, .v = v->updates};
    v->tensor[v->n++] = (StTensor){.name = "run/frozen", .dtype = DT_U8, .rank = 1,
                                   .dim = {p->n}, .len = (uint64_t)p->n, .v = v->frozen};
}

bool checkpoint_save(const char *path, const Experiment *x, const Params *p, const RunState *s,
                     Error *e) {
    Save v;
    char format[16];
    snprintf(format, sizeof format, "%d", FORMAT);
    bool ok = save_make(&v, x, p) || error_set(e, "%s: no memory to save it", path);
    ok = ok && add_params(&v, x, p, e);
    if (ok) {
        add_run(&v, p, s);
        const StMeta meta[] = {{"cnnrun.version", CNNRUN_VERSION}, {"cnnrun.checkpoint", format},
                               {"model", v.model}};
        ok = st_write(path, v.tensor, v.n, meta, sizeof meta / sizeof *meta, e);
    }
    save_free(&v);
    return ok;
}

// ---- loading: is it ours? -----------------------------------------------------------------------

static bool format_known(const StFile *f, const char *path, Error *e) {
    const char *format = st_meta(f, "cnnrun.checkpoint"), *by = st_meta(f, "cnnrun.version");
    if (!format) return error_set(e, "%s: is no checkpoint of a training run", path);
    char *end;
    const long n = strtol(format, &end, 10);
    if (*end || n < 1) return error_set(e, "%s: unknown checkpoint format \"%.40s\"", path, format);
    if (n > FORMAT)
        return error_set(e, "%s: was written by a newer cnnrun (%.40s, checkpoint format %ld; this "
                         "one reads up to %d)", path, by ? by : "of unknown version", n, FORMAT);
    return true;
}

static int first_line_that_differs(const char *a, const char *b) {
    int line = 1;
    for (; *a && *a == *b; a++, b++) line += *a == '\n';
    return line;
}

static bool same_model(const StFile *f, const char *path, const Experiment *x, Error *e) {
    const char *saved = st_meta(f, "model");
    if (!saved) return error_set(e, "%s: the text of the model is missing", path);
    char *now = utf8_clean(x->text, x->text_len);
    if (!now) return error_set(e, "%s: no memory to load it", path);
    const int line = first_line_that_differs(saved, now);
    const bool same = strcmp(saved, now) == 0;
    free(now);
    return same || error_set(e, "%s: belongs to another model: line %d of %s is not as it was when "
                             "the run was saved; start anew with --train", path, line, x->file);
}

// ---- loading: the parts -------------------------------------------------------------------------

static const StTensor *find_exact(const StFile *f, const char *path, const char *name, DType dtype,
                                  int rank, uint64_t len, Error *e) {
    const StTensor *t = st_find(f, name);
    if (t && t->dtype == dtype && t->rank == rank && t->len == len) return t;
    error_set(e, "%s: %s %s", path, name, t ? "has another form" : "is missing");
    return NULL;
}

static bool take_run(const StFile *f, const char *path, RunState *s, Error *e) {
    for (int i = 0; i < N_FIELDS; i++) {
        const StTensor *t = find_exact(f, path, fields[i].name, fields[i].dtype, 0, 1, e);
        uint64_t bits;
        if (!t) return false;
        memcpy(&bits, t->v, sizeof bits);
        if (fields[i].is_int && bits > INT32_MAX)
            return error_set(e, "%s: %s is out of range", path, fields[i].name);
        field_set(s, &fields[i], bits);
    }
    return true;
}

// This run's seed and batch size (0: not yet known) against those of the file.
static bool same_run(const RunState *now, const RunState *saved, const char *path, Error *e) {
    if (now->seed != saved->seed)
        return error_set(e, "%s: the run was started with seed %llu, not %llu", path,
                         (unsigned long long)saved->seed, (unsigned long long)now->seed);
    if (now->batch && now->batch != saved->batch)
        return error_set(e, "%s: the run was started with batch=%llu, not %llu", path,
                         (unsigned long long)saved->batch, (unsigned long long)now->batch);
    return true;
}

static bool same_form(const StTensor *t, const Param *p) {
    bool same = t->rank == p->spec->rank && (t->dtype == DT_F32 || t->dtype == DT_F64);
    for (int i = 0; same && i < t->rank; i++) same = t->dim[i] == p->spec->dim[i];
    return same;
}

// The optimiser's memory: looked at first, then (`copy`) taken.
static bool take_slots(const StFile *f, const char *path, const Experiment *x, const Params *p,
                       bool copy, Error *e) {
    TensorName name;
    for (int i = 0; i < p->n; i++)
        for (int k = 0; k < p->n_slots && is_trained(&p->param[i]); k++) {
            if (!opt_name(name, &p->param[i], slot_name(x, k), e)) return false;
            const StTensor *t = st_find(f, name);
            if (!t || !same_form(t, &p->param[i]))
                return error_set(e, "%s: %s %s", path, name, t ? "has another form" : "is missing");
            if (copy) weights_copy(p->slot[k] + p->param[i].offset, t);
            else if (!weights_finite(t, path, e)) return false;
        }
    return true;
}

static void take_lists(Params *p, const StTensor *updates, const StTensor *frozen) {
    const uint8_t *flag = frozen->v;
    for (int i = 0; i < p->n; i++) {
        memcpy(&p->param[i].updates, (const char *)updates->v + (size_t)i * sizeof(uint64_t),
               sizeof(uint64_t));
        p->param[i].frozen = flag[i] != 0;
    }
}

// Everything is looked at before anything is taken.
static bool take(const StFile *f, const char *path, const Experiment *x, Params *p, RunState *s,
                 Error *e) {
    const uint64_t n = (uint64_t)p->n;
    RunState saved = *s;
    if (!format_known(f, path, e) || !same_model(f, path, x, e)) return false;
    if (!take_run(f, path, &saved, e) || !same_run(s, &saved, path, e)) return false;
    const StTensor *updates = find_exact(f, path, "run/updates", DT_U64, 1, n, e);
    const StTensor *frozen = updates ? find_exact(f, path, "run/frozen", DT_U8, 1, n, e) : NULL;
    if (!frozen || !take_slots(f, path, x, p, false, e)) return false;
    const WeightsFit fit = {.prefix = "param/"};
    if (!weights_take(f, path, &fit, x, p, e)) return false;
    take_slots(f, path, x, p, true, e);
    take_lists(p, updates, frozen);
    *s = saved;
    return true;
}

bool checkpoint_load(const char *path, const Experiment *x, Params *p, RunState *s, Error *e) {
    StFile f;
    if (!st_open(&f, path, e)) return false;
    const bool ok = take(&f, path, x, p, s, e);
    st_close(&f);
    return ok;
}
