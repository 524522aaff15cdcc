/* trace.c — one training step, with everything on the way kept.
 *
 * A training plan keeps all values and gradients of its batch until the next step anyway. What would
 * be lost is copied: the parameters and the optimiser's memory before the update, and the gradient
 * before it is clipped. So a traced step is the step that training does, number by number. */
#include "runtime/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/trace_private.h"
#include "runtime/weights.h"

static size_t slab_bytes(const Params *p) { return p->len * sizeof(real); }

// ---- the program before the first `train` line --------------------------------------------------

static bool carry_out(const Trace *t, const Action *a, Error *e) {
    Session *s = t->s;
    if (a->kind == ACTION_FREEZE || a->kind == ACTION_UNFREEZE) {
        const NameOptions *o = a->use.cfg;
        for (int i = 0; i < o->names.n; i++)
            params_freeze(s->params, o->names.name[i], a->kind == ACTION_FREEZE);
    }
    if (a->kind != ACTION_LOAD || s->o.weights) return true;
    const FileOptions *o = a->use.cfg;
    const WeightsFit fit = weights_fit(o);
    return weights_load(o->file, &fit, s->x, s->params, e);
}

// How often the line shows the pictures of each class, and what they count.
static bool balance(Trace *t, Error *e) {
    TraceState *s = t->state;
    const Dataset *d = &t->s->data;
    if (d->part[PART_TRAIN].n == 0) return true;
    if (!order_open(&s->order, d, s->train->balance, t->s->seed, e)) return false;
    if (s->train->balance != BALANCE_WEIGHTS) return true;
    s->class_weight = calloc((size_t)d->classes, sizeof *s->class_weight);
    for (int c = 0; s->class_weight && c < d->classes; c++) s->class_weight[c] = order_weight(&s->order, c);
    return s->class_weight || error_set(e, "there is no memory left");
}

static bool begin_line(Trace *t, Error *e) {
    TraceState *s = t->state;
    if (!balance(t, e)) return false;
    s->pace = pace_make(t->s, s->train, s->order.n > 0 ? s->order.n : 1);
    return true;
}

// Up to and with the first `train` line, which is remembered.
static bool begin_program(Trace *t, Error *e) {
    const Experiment *x = t->s->x;
    TraceState *s = t->state;
    s->at.schedule = schedule_start();
    for (int i = 0; i < x->n_actions && !s->train; i++) {
        const Action *a = &x->action[i];
        if (a->kind == ACTION_TRAIN) s->train = a->use.cfg;
        else if (!carry_out(t, a, e)) return false;
    }
    if (!s->train) return true;
    return begin_line(t, e);
}

// ---- opening ------------------------------------------------------------------------------------

// Where gradients are clipped, what they were before.
static bool keep_found(TraceState *s, const Params *p) {
    const bool clips = p->grad && s->train && s->train->clip > 0;
    if (clips && !s->found) s->found = malloc(slab_bytes(p) + 1);
    return !clips || s->found;
}

static bool keep_slabs(TraceState *s, const Params *p, Error *e) {
    const size_t bytes = slab_bytes(p);
    bool fine = (s->before = malloc(bytes + 1)) != NULL && keep_found(s, p);
    for (int k = 0; k < p->n_slots; k++) fine &= (s->slot[k] = calloc(1, bytes + 1)) != NULL;
    if (fine) memcpy(s->before, p->value, bytes);
    return fine || error_set(e, "there is not enough memory to keep %zu parameters twice", p->len);
}

// What an update changes is kept twice.
static bool keep_parameters(Trace *t, Error *e) {
    const Use *optimizer = &t->s->x->optimizer;
    if (optimizer->kind && !params_learn(t->s->params, optimizer, e)) return false;
    return keep_slabs(t->state, t->s->params, e);
}

static void show(Trace *t) {
    const Choice *c = &t->state->now;
    t->n_stages = c->n_stages;
    t->stage = c->stage;
    t->n = c->n;
    t->label = c->label;
    t->picture = c->index;
    t->judged = c->judged;
}

bool trace_open(Trace *t, Session *s, const TraceOptions *o, Error *e) {
    const Experiment *x = s->x;
    *t = (Trace){.s = s, .scale = 1, .loss = NAN,
                 .score = x->loss.kind ? loss_score(&x->graph, &x->loss) : x->graph.output};
    t->state = calloc(1, sizeof *t->state);
    if (!t->state) return error_set(e, "there is no memory left");
    if (begin_program(t, e) && (o->kept || keep_parameters(t, e)) &&
        batcher_open(&t->state->batcher, &s->data, s->threads, e) &&
        choice_make(&t->state->now, t, o, e)) {
        show(t);
        return true;
    }
    trace_close(t);
    return false;
}

void trace_close(Trace *t) {
    TraceState *s = t->state;
    if (!s) return;
    choice_free(&s->now);
    batcher_close(&s->batcher);
    plan_free(s->again);
    free(s->before), free(s->found), free(s->class_weight);
    order_close(&s->order);
    for (int k = 0; k < MAX_SLOTS; k++) free(s->slot[k]);
    free(s);
    *t = (Trace){0};
}

bool trace_choose(Trace *t, const TraceOptions *o, Error *e) {
    Choice next;
    if (!choice_make(&next, t, o, e)) return false;
    choice_free(&t->state->now);
    plan_free(t->state->again);
    t->state->again = NULL;
    t->state->now = next;
    t->state->done = false;
    show(t);
    return true;
}

bool trace_follow(Trace *t, const NextStep *at, const TraceOptions *o, Error *e) {
    TraceState *s = t->state;
    const TraceState before = *s;
    s->train = at->train, s->at = *at;
    s->order = (Order){0}, s->class_weight = NULL;
    bool fine = begin_line(t, e);
    if (fine && !keep_found(s, t->s->params)) fine = error_set(e, "there is no memory left");
    Order left = s->order;
    real *weight = s->class_weight;
    if (fine && trace_choose(t, o, e)) {
        left = before.order, weight = before.class_weight;
        t->steps = 0;
        fine = true;
    } else {
        s->train = before.train, s->at = before.at, s->pace = before.pace;
        s->order = before.order, s->class_weight = before.class_weight;
        fine = false;
    }
    order_close(&left);
    free(weight);
    return fine;
}

// ---- a step -------------------------------------------------------------------------------------

static double rate_of(const Trace *t) {
    const TraceState *s = t->state;
    if (!s->train) return ((const OptimOptions *)t->s->x->optimizer.cfg)->lr;
    const uint64_t last = s->pace.steps - 1, step = s->at.step + (uint64_t)t->steps;
    return pace_rate(&s->pace, step < last ? step : last, &s->at.schedule);
}

static bool any_update(const Params *p) {
    for (int i = 0; i < p->n; i++)
        if (p->param[i].updates > 0) return true;
    return false;
}

// Until the first update the optimiser's memory is zero, and so is ours: fresh pages that are not written
// take no room.
static void remember(TraceState *s, const Params *p) {
    if (!s->before) return; // nothing is changed
    memcpy(s->before, p->value, slab_bytes(p));
    s->remembers = s->remembers || any_update(p);
    for (int k = 0; s->remembers && k < p->n_slots; k++) memcpy(s->slot[k], p->slot[k], slab_bytes(p));
    s->clipped = false;
}

static void do_update(Trace *t) {
    TraceState *s = t->state;
    Params *p = t->s->params;
    if (s->train) t->scale = pace_clip(s->train, t->norm);
    s->clipped = t->scale < 1;
    if (s->clipped) memcpy(s->found, p->grad, slab_bytes(p));
    params_update(p, &t->s->x->optimizer, t->rate, t->scale, t->s->threads);
    t->steps++;
}

bool trace_step(Trace *t, bool update, Error *e) {
    TraceState *s = t->state;
    Params *p = t->s->params;
    s->step = (uint64_t)t->steps;
    s->done = choice_prepare(&s->now, t, s->step, e);
    if (!s->done) return false;
    remember(s, p);
    t->scale = 1;
    if (!t->judged) {
        plan_forward(s->now.plan, t->n, s->at.total + s->step, false, false);
        return true;
    }
    t->rate = rate_of(t);
    t->loss = plan_train(s->now.plan, t->n, s->at.total + s->step);
    t->norm = params_norm(p, t->s->threads);
    if (update) do_update(t);
    else memcpy(p->value, s->before, slab_bytes(p)); // running statistics
    return true;
}
