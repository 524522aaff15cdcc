/* trace_look.c — looking at the numbers of a traced step. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/judge.h"
#include "runtime/trace_private.h"

enum { SEARCH_BATCH = 64 };

int trace_stage(const Trace *t, const char *name) {
    for (int i = 0; i < t->n_stages; i++)
        if (strcmp(t->stage[i].name, name) == 0) return i;
    return -1;
}

// ---- the picture --------------------------------------------------------------------------------

static const Watched *watched(const Trace *t, int stage) {
    const Choice *c = &t->state->now;
    return stage >= 0 && stage < c->n_watched ? &c->watched[stage] : NULL;
}

Tensor trace_picture(const Trace *t, int stage) {
    const Watched *w = watched(t, stage);
    return w ? w->v : (Tensor){0};
}

int trace_drawn(const Trace *t, int stage, int k, const char **name, double *value) {
    const Watched *w = watched(t, stage);
    if (!w) return 0;
    if (k >= 0 && k < w->n_drawn) {
        if (name) *name = w->drawn_name[k];
        if (value) *value = w->drawn[k];
    }
    return w->n_drawn;
}

// ---- values, gradients, parameters --------------------------------------------------------------

Tensor trace_value(const Trace *t, int node) { return plan_value(t->state->now.plan, node, t->n); }

Tensor trace_diff(const Trace *t, int node) { return plan_diff(t->state->now.plan, node, t->n); }

Tensor trace_target(const Trace *t) {
    return t->judged ? plan_target(t->state->now.plan, t->n) : (Tensor){0};
}

const double *trace_losses(const Trace *t) {
    return t->judged ? plan_losses(t->state->now.plan) : NULL;
}

static bool has_gradient(const Trace *t, int param) {
    const Param *q = &t->s->params->param[param];
    const int node = q->node;
    return t->judged && !q->frozen && plan_diff(t->state->now.plan, node, 1).v;
}

Tensor trace_param(const Trace *t, int param, ParamTime when) {
    const TraceState *s = t->state;
    const Params *p = t->s->params;
    const bool gradient = when == PARAM_GRAD || when == PARAM_USED;
    real *const found = s->clipped ? s->found : p->grad;
    real *const before = s->before ? s->before : p->value; // nothing is changed: the same
    real *const slab[] = {[PARAM_BEFORE] = before, [PARAM_GRAD] = found, [PARAM_USED] = p->grad,
                          [PARAM_AFTER] = p->value};
    return params_tensor(p, param, gradient && !has_gradient(t, param) ? NULL : slab[when]);
}

Tensor trace_slot(const Trace *t, int param, int slot, bool after) {
    const Params *p = t->s->params;
    const bool there = slot >= 0 && slot < p->n_slots && has_gradient(t, param);
    return params_tensor(p, param, !there ? NULL : after ? p->slot[slot] : t->state->slot[slot]);
}

// ---- the same pictures with the weights as they are now -----------------------------------------

static bool again_plan(Trace *t) {
    TraceState *s = t->state;
    const PlanOptions o = {.batch = t->n, .keep = !s->now.o.kept, .ref = t->s->o.ref, .no_winograd = true,
                           .seed = t->s->seed, .watch = t->s->o.watch, .watch_ctx = t->s->o.watch_ctx};
    Error e;
    if (!s->again) s->again = plan_make(t->s->x, t->s->params, t->s->threads, &o, &e);
    return s->again != NULL;
}

static size_t statistics_len(const Params *p) {
    size_t n = 0;
    for (int i = 0; i < p->n; i++) n += p->param[i].spec->role == PARAM_STATISTIC ? p->param[i].len : 0;
    return n;
}

// The running mean and variance of all layers, one behind the other: to `room`, or back from there.
static void copy_statistics(const Params *p, real *room, bool back) {
    for (int i = 0; i < p->n; i++) {
        const Param *q = &p->param[i];
        if (q->spec->role != PARAM_STATISTIC) continue;
        real *const here = p->value + q->offset;
        memcpy(back ? here : room, back ? room : here, q->len * sizeof *room);
        room += q->len;
    }
}

// Runs the pictures of the step through the second plan, and leaves the running statistics alone.
static bool run_again(Trace *t, bool training, real *out) {
    TraceState *s = t->state;
    Params *p = t->s->params;
    real *now = malloc(statistics_len(p) * sizeof *now + 1);
    const bool ok = s->done && now && again_plan(t);
    if (ok) {
        copy_statistics(p, now, false);
        tensor_copy(plan_input(s->again, t->n), plan_input(s->now.plan, t->n));
        plan_forward(s->again, t->n, s->at.total + s->step, training, false);
        copy_statistics(p, now, true);
        const Tensor y = plan_value(s->again, t->s->x->graph.output, t->n);
        for (int c = 0; out && c < y.c; c++) out[c] = *at(y, 0, c, 0, 0);
    }
    free(now);
    return ok;
}

double trace_again(Trace *t, real *out) {
    TraceState *s = t->state;
    if (!t->judged || !run_again(t, true, out)) return NAN;
    tensor_copy(plan_target(s->again, t->n), plan_target(s->now.plan, t->n));
    plan_weigh(s->again, s->class_weight);
    return plan_judge(s->again, t->n);
}

bool trace_answer(Trace *t, real *out) { return run_again(t, false, out); }

// ---- a picture worth looking at -----------------------------------------------------------------

static bool search(Session *s, Part part, int n, Plan *plan, const Batcher *b, int *picture, Error *e) {
    int index[SEARCH_BATCH], label[SEARCH_BATCH];
    for (int lo = 0; lo < n && *picture < 0; lo += SEARCH_BATCH) {
        const int m = n - lo < SEARCH_BATCH ? n - lo : SEARCH_BATCH;
        for (int k = 0; k < m; k++) index[k] = lo + k;
        if (!batcher_fill(b, part, index, m, NULL, plan_input(plan, m), label, e)) return false;
        plan_infer(plan, m);
        const Tensor out = plan_value(plan, s->x->graph.output, m);
        for (int k = 0; k < m && *picture < 0; k++)
            if (judge_class(out, k) != label[k]) *picture = lo + k;
    }
    return true;
}

bool trace_find_wrong(Session *s, Part part, int most, int *picture, Error *e) {
    const int n = s->data.part[part].n < most ? s->data.part[part].n : most;
    const PlanOptions o = {.batch = SEARCH_BATCH, .ref = s->o.ref, .no_winograd = true, .seed = s->seed};
    Batcher b = {0};
    Plan *plan = plan_make(s->x, s->params, s->threads, &o, e);
    *picture = -1;
    const bool fine = plan && batcher_open(&b, &s->data, s->threads, e) &&
                      search(s, part, n, plan, &b, picture, e);
    batcher_close(&b);
    plan_free(plan);
    return fine;
}
