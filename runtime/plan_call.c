/* plan_call.c — the arguments of a layer's functions: which numbers a call is about.
 *
 * A step of a small network takes microseconds, so whatever is the same in every call is found once,
 * when the plan is made. */
#include "runtime/plan_private.h"

static Lies lies(const Plan *p, int i, Home home, size_t at) {
    const Shape s = p->g->node[i].shape;
    Lies a = {.t = {.c = s.c, .h = s.h, .w = s.w, .layout = p->node[i].layout}};
    switch (home) {
    case OF_BATCH: a.t.v = p->values + at; a.per_group = p->node[i].image * (size_t)p->group; break;
    case OF_GROUP: a.t.v = p->groups + at; a.per_group = p->group_len; break;
    case OF_PLACE: a.t.v = p->places + at; a.per_place = p->place_len; break;
    case OF_CHAIN: a.t.v = p->work + at; a.per_worker = p->work_len; break;
    }
    return a;
}

static void fix_call(Plan *p, int i) {
    const Node *n = &p->g->node[i];
    NodePlan *q = &p->node[i];
    q->out = lies(p, i, q->value_home, q->value_at);
    q->diff = lies(p, i, q->diff_home, q->diff_at);
    if (!p->o.training || !q->wants_diff) q->diff.t.v = NULL;
    for (int k = 0; k < n->n_params; k++)
        q->param[k] = params_tensor(p->params, q->first_param + k, p->params->value);
    q->step = (Step){.cfg = n->use.cfg, .n_src = n->n_src, .frozen = q->frozen,
                     .prepared = q->prepared_len ? p->prepared + q->prepared : NULL,
                     .joined = q->notes_len ? p->notes + q->notes : NULL, .part = {0, n->shape.c}};
}

void plan_fix_calls(Plan *p) {
    for (int i = 0; i < p->g->n_nodes; i++) fix_call(p, i);
}

// Where the images from number `lo` on have what lies in the memory of a place.
static size_t place_of(const Plan *p, int worker, int lo) {
    return (size_t)(p->few ? lo / p->group : worker);
}

static Tensor images(const Plan *p, const Lies *a, int worker, int lo, int hi) {
    Tensor t = a->t;
    if (t.v)
        t.v += place_of(p, worker, lo) * a->per_place + (size_t)(lo / p->group) * a->per_group +
               (size_t)worker * a->per_worker;
    t.n = hi - lo;
    return t;
}

Tensor plan_out(const Plan *p, int i, int worker, int lo, int hi) {
    return images(p, &p->node[i].out, worker, lo, hi);
}

Tensor plan_diff_out(const Plan *p, int i, int worker, int lo, int hi) {
    return images(p, &p->node[i].diff, worker, lo, hi);
}

static void *saved_of(const Plan *p, const NodePlan *q, int worker, int lo) {
    if (p->by_place) return p->place_saved + place_of(p, worker, lo) * p->place_saved_len;
    return p->saved + q->saved + (size_t)lo * q->saved_image;
}

static void *notes_of(const Plan *p, const NodePlan *q, int lo) {
    return q->notes_len ? p->notes + q->notes + (1 + (size_t)(lo / p->group)) * q->notes_len : NULL;
}

void plan_call(const Plan *p, NodeStep *c, int i, int worker, int lo, int hi) {
    const Node *n = &p->g->node[i];
    const NodePlan *q = &p->node[i];
    for (int k = 0; k < n->n_src; k++) {
        const int src = k == 0 ? q->reads : n->src[k];
        c->src[k] = plan_out(p, src, worker, lo, hi);
        c->diff_src[k] = plan_diff_out(p, src, worker, lo, hi);
    }
    for (int k = 0; k < n->n_params; k++) {
        c->param[k] = c->diff_param[k] = q->param[k];
        c->diff_param[k].v = NULL;
    }
    c->s = q->step;
    c->s.src = c->src, c->s.diff_src = c->diff_src;
    c->s.dst = plan_out(p, q->place, worker, lo, hi);
    c->s.diff_dst = plan_diff_out(p, q->place, worker, lo, hi);
    c->s.param = c->param, c->s.diff_param = c->diff_param;
    c->s.saved = saved_of(p, q, worker, lo);
    c->s.notes = notes_of(p, q, lo);
    c->s.n_notes = (hi - lo + p->group - 1) / p->group;
    c->s.work = p->work + (size_t)worker * p->work_len;
    c->s.training = p->run.training;
    c->s.forward_only = p->by_place;
    c->s.replay = p->run.replay;
    c->s.first = lo;
    c->s.rng = rng_at(q->rng, p->run.step);
}

int plan_sums(const Plan *p, int i, int groups) {
    const NodePlan *q = &p->node[i];
    if (q->grad != GRAD_GROUPS) return 0;
    return q->chained_back ? groups : groups * q->shares; // the parts of a chain have rows of their own
}

real *plan_grad(const Plan *p, int i) {
    return p->params->grad + p->params->param[p->node[i].first_param].offset;
}

void plan_point_diff_params(const Plan *p, NodeStep *c, int i, real *slab) {
    const int first = p->node[i].first_param;
    const size_t start = p->params->param[first].offset;
    for (int k = 0; k < p->g->node[i].n_params; k++) {
        const Param *q = &p->params->param[first + k];
        if (!q->frozen) c->diff_param[k].v = slab + (q->offset - start);
    }
}
