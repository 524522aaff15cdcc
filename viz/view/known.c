/* known.c — see known.h. */
#include "viz/view/known.h"

#include <string.h>

void known_forget(View *v) {
    v->known->n_measured = v->known->n_shrunk = v->known->n_small = 0;
    v->known->terms = -1;
}

static bool of_step(const Trace *t, const real *numbers) {
    for (int i = 0; i < t->s->x->graph.n_nodes; i++)
        if (trace_value(t, i).v == numbers || trace_diff(t, i).v == numbers) return true;
    for (int k = 0; k < t->s->params->n; k++)
        for (ParamTime when = PARAM_BEFORE; when <= PARAM_AFTER; when++)
            if (trace_param(t, k, when).v == numbers) return true;
    return false;
}

const Measured *known_measured(const View *v, const real *numbers, size_t len) {
    const Known *k = v->known;
    for (int i = 0; i < MEASURED && i < k->n_measured; i++)
        if (k->measured[i].v == numbers && k->measured[i].len == len) return &k->measured[i];
    return NULL;
}

bool known_keep(const View *v, const Measured *m) {
    Known *k = v->known;
    if (!m->v || !of_step(&v->t, m->v)) return false;
    k->measured[k->n_measured++ % MEASURED] = *m;
    return true;
}

bool known_shrunk(const View *v, const real *numbers, int rows, int columns, Tensor out) {
    const Known *k = v->known;
    for (int i = 0; i < SHRUNK && i < k->n_shrunk; i++) {
        const Shrunk *m = &k->shrunk[i];
        if (m->v != numbers || m->rows != rows || m->columns != columns) continue;
        memcpy(out.v, m->out, tensor_len(out) * sizeof *out.v);
        return true;
    }
    return false;
}

void known_keep_shrunk(const View *v, const real *numbers, int rows, int columns, Tensor out) {
    Known *k = v->known;
    if (!of_step(&v->t, numbers)) return;
    Shrunk *m = &k->shrunk[k->n_shrunk++ % SHRUNK];
    m->v = numbers, m->rows = rows, m->columns = columns;
    memcpy(m->out, out.v, tensor_len(out) * sizeof *out.v);
}

static int blocks(int n, int k) { return (n + k - 1) / k; }

static size_t small_len(const SmallOf *o) { return (size_t)blocks(o->h, o->k) * (size_t)blocks(o->w, o->k); }

bool known_small(const View *v, const SmallOf *of, float *out) {
    const Known *k = v->known;
    for (int i = 0; i < SMALL && i < k->n_small; i++) {
        const SmallOf *o = &k->small[i].of;
        if (o->v != of->v || o->h != of->h || o->w != of->w || o->k != of->k) continue;
        memcpy(out, k->small[i].out, small_len(of) * sizeof *out);
        return true;
    }
    return false;
}

void known_keep_small(const View *v, const real *tensor, const SmallOf *of, const float *out) {
    Known *k = v->known;
    if (small_len(of) > SMALL_SIDE * SMALL_SIDE || !of_step(&v->t, tensor)) return;
    Small *m = &k->small[k->n_small++ % SMALL];
    m->of = *of;
    memcpy(m->out, out, small_len(of) * sizeof *out);
}
