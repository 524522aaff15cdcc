/* keep.c — see keep.h. */
#include "viz/view/keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/params.h"
#include "viz/view/pieces/pieces.h"

// ---- which layers --------------------------------------------------------------------------------

// What lies behind a node's sum is looked at with it.
static void keep_node(View *v, int i) {
    const Node *node = &v->s->x->graph.node[i];
    v->keeps[i] = true;
    for (int k = 0; k < node->n_src; k++) v->keeps[node->src[k]] = true;
}

static int keep_named(View *v, const char *name) {
    const Graph *g = &v->s->x->graph;
    int n = 0;
    for (int i = 1; i < g->n_nodes; i++)
        if (params_belong(g->node[i].name, name)) keep_node(v, i), n++;
    return n;
}

static bool unknown(const View *v, const char *name, Error *e) {
    const Graph *g = &v->s->x->graph;
    enum { SHOWN = 12 };
    error_set(e, "--keep: there is no layer '%s'; there are", name);
    for (int i = 1; i < g->n_nodes && i <= SHOWN; i++)
        error_add(e, "%s %s", i > 1 ? "," : "", g->node[i].name);
    return error_add(e, g->n_nodes > SHOWN + 1 ? " …" : "");
}

bool keep_choose(View *v, const char *names, Error *e) {
    const Graph *g = &v->s->x->graph;
    v->keeps = calloc((size_t)g->n_nodes, sizeof *v->keeps);
    if (!v->keeps) return error_set(e, "there is no memory left");
    keep_node(v, g->output);
    while (*names) {
        char name[128];
        const size_t len = strcspn(names, ",");
        snprintf(name, sizeof name, "%.*s", (int)len, names);
        if (len > 0 && keep_named(v, name) == 0) return unknown(v, name, e);
        names += len + (names[len] == ',');
    }
    return true;
}

// "3.1 kB", "1.6 MB", "4.2 GB"; thousands, not 1024s.
typedef struct Bytes { char s[56]; } Bytes;

static Bytes bytes_words(double n) {
    Bytes b;
    const int k = n >= 1e9 ? 2 : n >= 1e6 ? 1 : 0;
    static const struct { double size; const char *name; } units[] = {{1e3, "kB"}, {1e6, "MB"}, {1e9, "GB"}};
    snprintf(b.s, sizeof b.s, "%s %s", number_fixed(n / units[k].size, 1).s, units[k].name);
    return b;
}

// ---- is there memory? ----------------------------------------------------------------------------

// What a plan takes, and the copies of the parameters that trace and view keep beside it.
static double needed(const View *v, const PlanOptions *o) {
    const Experiment *x = v->s->x;
    const PlanSize size = plan_size(x, o, 1);
    const OptimKind *optimizer = (const OptimKind *)x->optimizer.kind;
    const int slots = optimizer ? optimizer->n_slots(x->optimizer.cfg) : 0;
    const double copies = o->training ? 2 + slots : 0; // before the update, and at the beginning
    return (double)size.total + copies * (double)v->s->params->len * sizeof(real);
}

bool keep_fits(const View *v, Error *e) {
    const Experiment *x = v->s->x;
    const bool judged = x->loss.kind && x->optimizer.kind;
    const int batch = v->chosen.batch;
    const PlanOptions whole = {.batch = batch, .training = judged, .keep = true, .input_diff = true};
    const PlanOptions part = {.batch = batch, .kept = v->keeps};
    const double need = needed(v, v->keeps ? &part : &whole), have = memory_bytes();
    if (need <= have) return true;
    error_set(e, "looking at all numbers of a step with %s needs %s, and this machine has %s",
              batch == 1 ? "one picture" : "these pictures", bytes_words(need).s, bytes_words(have).s);
    if (v->keeps) return false;
    const Graph *g = &x->graph;
    const PlanOptions least = {.batch = 1};
    return error_add(e, ": --keep LAYERS keeps only those of some layers, with %s: --keep %s,%s",
                     bytes_words(needed(v, &least)).s, g->node[1].name, g->node[g->output].name);
}

// ---- what is there -------------------------------------------------------------------------------

bool keep_has(const View *v, int stage) {
    const Node *node = stage_node(&v->t, &v->t.stage[stage]);
    if (!node || !v->keeps) return true;
    bool there = trace_value(&v->t, v->t.stage[stage].index).v != NULL;
    for (int k = 0; k < node->n_src; k++) there = there && trace_value(&v->t, node->src[k]).v;
    return there;
}

const char *keep_words(Arena *a, const View *v) {
    const double small = 16e6; // bytes that nobody has to think about
    const Graph *g = &v->t.s->x->graph;
    double kept = 0, all = 0;
    for (int i = 0; i < g->n_nodes; i++) {
        const Tensor value = trace_value(&v->t, i), diff = trace_diff(&v->t, i);
        const double bytes = (double)tensor_len(value) * sizeof(real);
        kept += (value.v ? bytes : 0) + (diff.v ? bytes : 0);
        all += bytes + (diff.v ? bytes : 0);
    }
    if (v->keeps) return arena_print(a, "%s of %s kept", bytes_words(kept).s, bytes_words(all).s);
    if (all < small) return NULL;
    return arena_print(a, "all %s of %d picture%s kept", bytes_words(all).s, v->t.n, v->t.n == 1 ? "" : "s");
}

void keep_draw(Screen *s) {
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    const TextStyle mono = {.font = FONT_MONO, .size = SIZE_BODY, .tone = TONE_INK};
    const Rect in = draw_titled(s, s->area, "Not kept", keep_words(s->a, s->v));
    draw_hatch(s->d, (Rect){in.x, in.y + 150, in.w, in.h - 150}, TONE_LINE, 12);
    const double h = draw_prose(s, (Point){in.x, in.y + 30}, in.w, words,
                                "The step ran through this layer, but its numbers made room for the next "
                                "ones. Opened so, they are kept:");
    const char *text = arena_print(s->a, "cnnrun %s --view --keep %s", s->v->s->x->file, s->node->name);
    draw_fitted(s->d, (Rect){in.x, in.y + 30 + h, in.w, 20}, mono, text);
}

void keep_tell(Telling *t) {
    tell(t, "the numbers of this stage were not kept: --keep %s\n",
         stage_node(&t->v->t, &t->v->t.stage[t->v->at.stage])->name);
}
