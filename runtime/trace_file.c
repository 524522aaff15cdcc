/* trace_file.c — traced steps on disk. */
#include "runtime/trace_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/optim.h"
#include "runtime/utf8.h"
#include "runtime/version.h"

static const DType REAL_TYPE = sizeof(real) == sizeof(float) ? DT_F32 : DT_F64;

typedef struct Adding { TraceFile *f; const Trace *t; int k; bool memory; } Adding;

// ---- one tensor ---------------------------------------------------------------------------------

static bool room_for_one(TraceFile *f) {
    if (f->n < f->room) return true;
    const int room = f->room ? 2 * f->room : 64;
    StTensor *more = realloc(f->tensor, (size_t)room * sizeof *more);
    if (!more) return false;
    f->tensor = more;
    f->room = room;
    return true;
}

// A tensor of that name with room for its numbers, which the caller writes; NULL: no memory.
static void *add(Adding *a, DType type, int rank, const int *dim, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

static void *add(Adding *a, DType type, int rank, const int *dim, const char *fmt, ...) {
    if (!a->memory || !(a->memory = room_for_one(a->f))) return NULL;
    StTensor t = {.dtype = type, .rank = rank, .len = 1};
    for (int i = 0; i < rank; i++) {
        t.dim[i] = dim[i];
        t.len *= (uint64_t)dim[i];
    }
    char *name = NULL;
    va_list args;
    va_start(args, fmt);
    const bool named = vasprintf(&name, fmt, args) >= 0;
    va_end(args);
    const size_t bytes = (size_t)t.len * st_dtype_size(type);
    void *v = malloc(bytes + 1);
    a->memory = named && v;
    if (!a->memory) {
        if (named) free(name);
        free(v);
        return NULL;
    }
    t.name = name;
    t.v = v;
    a->f->tensor[a->f->n++] = t;
    a->f->bytes += (double)bytes;
    return v;
}

static void add_number(Adding *a, const char *name, double v) {
    double *at = add(a, DT_F64, 0, NULL, "%s@%d", name, a->k);
    if (at) *at = v;
}

// A value of the batch, in the plain order.
static void add_value(Adding *a, const char *what, const char *node, Tensor v) {
    if (!v.v) return;
    const int dim[] = {v.n, v.c, v.h, v.w}, rank = v.h == 1 && v.w == 1 ? 2 : 4;
    Tensor copy = {.n = v.n, .c = v.c, .h = v.h, .w = v.w};
    copy.v = add(a, REAL_TYPE, rank, dim, "%s%s@%d", what, node, a->k);
    if (copy.v) tensor_copy(copy, v);
}

static void add_param(Adding *a, const char *what, const char *name, const ParamSpec *spec, Tensor v, int k) {
    real *at = v.v ? add(a, REAL_TYPE, spec->rank, spec->dim, "%s%s@%d", what, name, k) : NULL;
    if (at) memcpy(at, v.v, tensor_len(v) * sizeof *at);
}

// ---- everything about a step --------------------------------------------------------------------

static void add_pictures(Adding *a) {
    const Trace *t = a->t;
    add_value(a, "input", "", trace_value(t, 0));
    add_value(a, "target", "", trace_target(t));
    int64_t *label = add(a, DT_I64, 1, &t->n, "label@%d", a->k);
    for (int i = 0; label && i < t->n; i++) label[i] = t->label[i];
    int64_t *picture = add(a, DT_I64, 1, &t->n, "picture@%d", a->k);
    for (int i = 0; picture && i < t->n; i++) picture[i] = t->picture[i];
}

static void add_values(Adding *a) {
    const Graph *g = &a->t->s->x->graph;
    for (int i = 1; i < g->n_nodes; i++) {
        add_value(a, "act/", g->node[i].name, trace_value(a->t, i));
        add_value(a, "actgrad/", g->node[i].name, trace_diff(a->t, i));
    }
    add_value(a, "gradin/", "input", trace_diff(a->t, 0));
}

static void add_loss(Adding *a) {
    const Trace *t = a->t;
    if (!t->judged) return;
    add_number(a, "loss", t->loss);
    add_number(a, "lr", t->rate);
    add_number(a, "gradnorm", t->norm);
    double *each = add(a, DT_F64, 1, &t->n, "loss_vec@%d", a->k);
    if (each) memcpy(each, trace_losses(t), (size_t)t->n * sizeof *each);
}

// Its value before and after the step; before is the after of the last one.
static void add_times(Adding *a, int i, const char *what, const char *name) {
    const ParamSpec *spec = a->t->s->params->param[i].spec;
    if (a->k == 0) add_param(a, what, name, spec, trace_param(a->t, i, PARAM_BEFORE), 0);
    add_param(a, what, name, spec, trace_param(a->t, i, PARAM_AFTER), a->k + 1);
}

static void add_statistic(Adding *a, int i) {
    const Param *q = &a->t->s->params->param[i];
    const char *running = "running_", *leaf = q->spec->name;
    if (strncmp(leaf, running, strlen(running)) == 0) leaf += strlen(running);
    char name[2 * ST_NAME];
    snprintf(name, sizeof name, "%s.%s", a->t->s->x->graph.node[q->node].name, leaf);
    add_times(a, i, "buf/", name);
}

static void add_state(Adding *a, int i) {
    const Params *p = a->t->s->params;
    const Param *q = &p->param[i];
    const OptimKind *optim = (const OptimKind *)a->t->s->x->optimizer.kind;
    add_times(a, i, "param/", q->name);
    add_param(a, "grad/", q->name, q->spec, trace_param(a->t, i, PARAM_USED), a->k);
    for (int s = 0; s < p->n_slots; s++) {
        char name[2 * ST_NAME];
        snprintf(name, sizeof name, "%s.%s", q->name, optim->slot[s]);
        add_param(a, "opt/", name, q->spec, trace_slot(a->t, i, s, true), a->k + 1);
    }
}

bool trace_file_add(TraceFile *f, const Trace *t, Error *e) {
    const Params *p = t->s->params;
    Adding a = {f, t, f->steps++, true};
    add_pictures(&a);
    add_values(&a);
    add_loss(&a);
    for (int i = 0; i < p->n; i++) {
        if (p->param[i].spec->role == PARAM_STATISTIC) add_statistic(&a, i);
        else add_state(&a, i);
    }
    return a.memory || error_set(e, "there is not enough memory to keep step %d", a.k);
}

// ---- the file -----------------------------------------------------------------------------------

bool trace_file_save(const TraceFile *f, const char *path, const Session *s, Error *e) {
    if (f->n > ST_TENSORS)
        return error_set(e, "%s: %d tensors are more than a file can hold (%d): take fewer steps", path,
                         f->n, ST_TENSORS);
    char *model = utf8_clean(s->x->text, s->x->text_len);
    if (!model) return error_set(e, "%s: no memory to save it", path);
    const StMeta meta[] = {{"cnnrun.version", CNNRUN_VERSION}, {"model", model}};
    const bool ok = st_write(path, f->tensor, f->n, meta, 2, e);
    free(model);
    return ok;
}

void trace_file_free(TraceFile *f) {
    for (int i = 0; i < f->n; i++) {
        free((char *)f->tensor[i].name);
        free((void *)f->tensor[i].v);
    }
    free(f->tensor);
    *f = (TraceFile){0};
}

double trace_file_size(const Trace *t, int steps) {
    const Params *p = t->s->params;
    double values = 0;
    for (int i = 0; i < t->s->x->graph.n_nodes; i++) {
        const double len = (double)t->n * (double)tensor_image(trace_value(t, i));
        values += trace_diff(t, i).v ? 2 * len : len;
    }
    const double params = (double)p->len * (2 + p->n_slots);
    return (steps * (values + params) + (double)p->len) * (double)sizeof(real);
}
