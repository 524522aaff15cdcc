/* params.c — the parameters of a network: values, gradients, and what the optimiser remembers. */
#include "runtime/params.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/init.h"

enum {
    ALIGN = 16,          // reals: one cache line of floats
    PART_LEN = 16384,    // the work of one task
    FEW_NUMBERS = 65536, // so few are done before another thread would be awake
};

static const OptimKind *optim_of(const Use *u) { return (const OptimKind *)u->kind; }

size_t param_len(const ParamSpec *s) {
    size_t len = 1;
    for (int i = 0; i < s->rank; i++) len *= (size_t)s->dim[i];
    return len;
}

size_t param_room(const ParamSpec *s) { return (param_len(s) + ALIGN - 1) / ALIGN * ALIGN; }

static int count_params(const Graph *g) {
    int n = 0;
    for (int i = 0; i < g->n_nodes; i++) n += g->node[i].n_params;
    return n;
}

static char *full_name(const char *node, const char *leaf) {
    const size_t len = strlen(node) + strlen(leaf) + 2;
    char *name = malloc(len);
    if (name) snprintf(name, len, "%s.%s", node, leaf);
    return name;
}

// Fills p->param and p->len. False when memory is out.
static bool list_params(Params *p, const Graph *g) {
    for (int i = 0, k = 0; i < g->n_nodes; i++)
        for (int j = 0; j < g->node[i].n_params; j++, k++) {
            const ParamSpec *spec = &g->node[i].param[j];
            char *name = full_name(g->node[i].name, spec->name);
            if (!name) return false;
            p->param[k] = (Param){.name = name, .spec = spec, .node = i, .offset = p->len,
                                  .len = param_len(spec), .frozen = spec->role == PARAM_STATISTIC};
            p->len += param_room(spec);
        }
    return true;
}

// Cuts every parameter into parts of PART_LEN. False when memory is out.
static bool list_parts(Params *p) {
    for (int i = 0; i < p->n; i++) p->n_parts += (int)((p->param[i].len + PART_LEN - 1) / PART_LEN);
    p->part = calloc((size_t)p->n_parts + 1, sizeof *p->part);
    p->part_sum = calloc((size_t)p->n_parts + 1, sizeof *p->part_sum);
    if (!p->part || !p->part_sum) return false;
    for (int i = 0, k = 0; i < p->n; i++)
        for (size_t lo = 0; lo < p->param[i].len; lo += PART_LEN, k++) {
            const size_t hi = lo + PART_LEN;
            p->part[k] = (ParamPart){i, lo, hi < p->param[i].len ? hi : p->param[i].len};
        }
    return true;
}

static real *slab(size_t len) {
    const size_t bytes = (len * sizeof(real) + 63) / 64 * 64 + 64;
    real *v = aligned_alloc(64, bytes);
    if (v) memset(v, 0, bytes);
    return v;
}

static bool no_memory(Error *e, const Params *p) {
    return error_set(e, "there is not enough memory for the %zu parameters of this network", p->len);
}

Params *params_make(const Graph *g, const Use *optimizer, Error *e) {
    Params *p = calloc(1, sizeof *p);
    if (!p) {
        error_set(e, "there is no memory left");
        return NULL;
    }
    p->n = count_params(g);
    p->param = calloc((size_t)p->n + 1, sizeof *p->param);
    const bool made = (p->param && list_params(p, g) && list_parts(p) && (p->value = slab(p->len))) ||
                      no_memory(e, p);
    if (made && (!optimizer || !optimizer->kind || params_learn(p, optimizer, e))) return p;
    params_free(p);
    return NULL;
}

bool params_learn(Params *p, const Use *optimizer, Error *e) {
    p->n_slots = optimizer->kind ? optim_of(optimizer)->n_slots(optimizer->cfg) : 0;
    if (!p->grad && !(p->grad = slab(p->len))) return no_memory(e, p);
    for (int i = 0; i < p->n_slots; i++)
        if (!p->slot[i] && !(p->slot[i] = slab(p->len))) return no_memory(e, p);
    return true;
}

bool params_belong(const char *name, const char *part) {
    const size_t len = strlen(part);
    const bool within = strncmp(name, part, len) == 0 && (name[len] == '.' || name[len] == 0);
    return within || strcmp(part, "all") == 0;
}

static void forget(Params *p, Param *q) {
    q->updates = 0;
    for (int k = 0; k < p->n_slots; k++) memset(p->slot[k] + q->offset, 0, q->len * sizeof(real));
}

int params_freeze(Params *p, const char *name, bool freeze) {
    int n = 0;
    for (int i = 0; i < p->n; i++) {
        Param *q = &p->param[i];
        if (q->spec->role == PARAM_STATISTIC || !params_belong(q->name, name)) continue;
        if (q->frozen && !freeze) forget(p, q);
        q->frozen = freeze;
        n++;
    }
    return n;
}

void params_free(Params *p) {
    if (!p) return;
    for (int i = 0; p->param && i < p->n; i++) free((char *)p->param[i].name);
    for (int i = 0; i < MAX_SLOTS; i++) free(p->slot[i]);
    free(p->value), free(p->grad);
    free(p->param), free(p->part), free(p->part_sum);
    free(p);
}

void params_init(Params *p, const Experiment *x, uint64_t seed) {
    const Rng rng = rng_make(seed, "init");
    for (int i = 0; i < p->n; i++) {
        const Param *q = &p->param[i];
        const Use *rule = q->spec->init ? q->spec->init : &x->init;
        init_fill(rule, q->spec, rng_named(rng, q->name), p->value + q->offset, q->len);
    }
}

Tensor params_tensor(const Params *p, int i, real *from) {
    const ParamSpec *s = p->param[i].spec;
    const int *d = s->dim;
    return (Tensor){.v = from ? from + p->param[i].offset : NULL, .n = d[0],
                    .c = s->rank > 1 ? d[1] : 1, .h = s->rank > 2 ? d[2] : 1,
                    .w = s->rank > 3 ? d[3] : 1};
}

int params_of_node(const Params *p, int node) {
    int i = 0;
    while (i < p->n && p->param[i].node < node) i++;
    return i;
}

// Who works on all numbers.
static Threads *for_all(const Params *p, Threads *t) { return p->len < FEW_NUMBERS ? NULL : t; }

// ---- the norm of the gradient --------------------------------------------------------------------

static void square_part(void *ctx, int i, int worker) {
    (void)worker;
    Params *p = ctx;
    const ParamPart *part = &p->part[i];
    const Param *q = &p->param[part->param];
    double sum = 0;
    for (size_t k = part->lo; !q->frozen && k < part->hi; k++) {
        const double g = (double)p->grad[q->offset + k];
        sum += g * g;
    }
    p->part_sum[i] = sum;
}

double params_norm(const Params *p, Threads *t) {
    threads_run(for_all(p, t), p->n_parts, square_part, (void *)p);
    double sum = 0;
    for (int i = 0; i < p->n_parts; i++) sum += p->part_sum[i];
    return sqrt(sum);
}

// ---- the update ----------------------------------------------------------------------------------

double params_decay(const Param *q, const OptimOptions *o) {
    return q->spec->role == PARAM_WEIGHT || o->decay_all ? o->decay : 0;
}

static void scale_part(real *g, size_t n, real scale) {
    for (size_t i = 0; i < n; i++) g[i] *= scale;
}

void params_next(Params *p) {
    for (int i = 0; i < p->n; i++)
        if (!p->param[i].frozen) p->param[i].updates++;
}

void params_update_part(const Params *p, const Update *u, int i, size_t lo, size_t hi) {
    const Param *q = &p->param[i];
    if (q->frozen) return;

    const OptimOptions *o = u->optimizer->cfg;
    const size_t first = q->offset + lo;
    UpdateStep s = {.cfg = o, .lr = u->lr, .t = q->updates, .n = hi - lo,
                    .decay = params_decay(q, o), .w = p->value + first, .g = p->grad + first};
    for (int k = 0; k < p->n_slots; k++) s.slot[k] = p->slot[k] + first;
    if (u->scale < 1) scale_part(p->grad + first, s.n, R(u->scale));
    optim_of(u->optimizer)->update(&s);
}

typedef struct UpdateAll { const Params *p; Update u; } UpdateAll;

static void update_task(void *ctx, int i, int worker) {
    (void)worker;
    const UpdateAll *a = ctx;
    const ParamPart *part = &a->p->part[i];
    params_update_part(a->p, &a->u, part->param, part->lo, part->hi);
}

void params_update(Params *p, const Use *optimizer, double lr, double scale, Threads *t) {
    params_next(p);
    UpdateAll a = {p, {optimizer, lr, scale}};
    threads_run(for_all(p, t), p->n_parts, update_task, &a);
}
