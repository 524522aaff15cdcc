/* plan.c — making a plan, and looking at the numbers in it. */
#include "runtime/plan.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/plan_private.h"

static int classes_of(const Plan *p) { return p->g->node[p->score].shape.c; }

// ---- how much memory -------------------------------------------------------------------------------

static PlanSize sizes(const Plan *p) {
    const Use *optimizer = &p->x->optimizer;
    size_t slabs = 1;
    if (p->o.training && optimizer->kind)
        slabs += 1 + (size_t)((const OptimKind *)optimizer->kind)->n_slots(optimizer->cfg);
    size_t params = 0;
    for (int i = 0; i < p->g->n_nodes; i++) params += p->node[i].param_range;

    const size_t N = (size_t)p->o.batch, workers = (size_t)p->n_workers, places = (size_t)p->n_places;
    PlanSize s = {.params = params * slabs * sizeof(real),
                  .values = p->values_len * sizeof(real) + p->saved_len +
                            (p->partials_len + p->prepared_len) * sizeof(real) + p->notes_len,
                  .work = workers * p->work_len * sizeof(real) +
                          places * (p->place_len * sizeof(real) + p->place_saved_len)};
    s.values += (size_t)p->max_groups * p->group_len * sizeof(real);
    s.values += N * (size_t)classes_of(p) * sizeof(real) + N * sizeof(double);
    s.total = s.params + s.values + s.work;
    return s;
}

PlanSize plan_size(const Experiment *x, const PlanOptions *o, int threads) {
    Plan p = {.x = x, .g = &x->graph, .o = *o, .n_workers = threads};
    const PlanSize s = plan_lay_out(&p) ? sizes(&p) : (PlanSize){0};
    plan_free_layout(&p);
    return s;
}

static double in_gb(size_t bytes) { return gigabytes((double)bytes); }

static bool fits(const Plan *p, Error *e) {
    const PlanSize s = sizes(p);
    const double have = memory_bytes();
    if ((double)s.total <= have) return true;
    return error_set(e, "a batch of %d images needs %.1f GB of memory (parameters %.1f, values %.1f, "
                     "scratch %.1f) and this machine has %.1f GB: take a smaller batch",
                     p->o.batch, in_gb(s.total), in_gb(s.params), in_gb(s.values), in_gb(s.work),
                     gigabytes(have));
}

// ---- making one --------------------------------------------------------------------------------------

static bool allocate(Plan *p) {
    const size_t N = (size_t)p->o.batch, workers = (size_t)p->n_workers, places = (size_t)p->n_places;
    p->values = memory_zeroed(p->values_len * sizeof(real));
    p->saved = memory_zeroed(p->saved_len);
    p->partials = memory_zeroed(p->partials_len * sizeof(real));
    p->prepared = memory_zeroed(p->prepared_len * sizeof(real));
    p->notes = memory_zeroed(p->notes_len);
    p->work = memory_zeroed(workers * p->work_len * sizeof(real));
    p->groups = memory_zeroed((size_t)p->max_groups * p->group_len * sizeof(real));
    p->places = memory_zeroed(places * p->place_len * sizeof(real));
    p->place_saved = memory_zeroed(places * p->place_saved_len);
    p->target = memory_zeroed(N * (size_t)classes_of(p) * sizeof(real));
    p->loss = memory_zeroed(N * sizeof(double));
    return p->values && p->saved && p->partials && p->prepared && p->notes && p->work && p->groups &&
           p->places && p->place_saved && p->target && p->loss;
}

Plan *plan_make(const Experiment *x, Params *params, Threads *t, const PlanOptions *o, Error *e) {
    Plan *p = calloc(1, sizeof *p);
    if (p) {
        *p = (Plan){.x = x, .g = &x->graph, .params = params, .threads = t, .o = *o,
                    .n_workers = threads_count(t)};
        const bool laid_out = plan_lay_out(p);
        if (laid_out && !fits(p, e)) {
            plan_free(p);
            return NULL;
        }
        if (laid_out && allocate(p)) {
            plan_fix_calls(p);
            return p;
        }
    }
    plan_free(p);
    error_set(e, "there is not enough memory for a batch of %d images", o->batch);
    return NULL;
}

void plan_free(Plan *p) {
    if (!p) return;
    plan_free_layout(p);
    free(p->values), free(p->saved), free(p->partials), free(p->prepared), free(p->notes);
    free(p->work), free(p->groups), free(p->places), free(p->place_saved);
    free(p->target), free(p->loss);
    free(p);
}

// ---- looking at it -----------------------------------------------------------------------------------

bool plan_plain_sums(const Plan *p, int node) { return p->node[node].plain_sums; }

int plan_batch(const Plan *p) { return p->o.batch; }

Tensor plan_input(Plan *p, int n) { return plan_value(p, 0, n); }

Tensor plan_target(Plan *p, int n) {
    return (Tensor){.v = p->target, .n = n, .c = classes_of(p), .h = 1, .w = 1};
}

void plan_weigh(Plan *p, const real *class_weight) { p->class_weight = class_weight; }

const double *plan_losses(const Plan *p) { return p->loss; }

static Tensor seen(const Plan *p, int node, const Lies *a, Home home, int n) {
    Tensor t = a->t;
    t.n = n;
    if (home != OF_BATCH || p->node[node].place != node) t.v = NULL;
    return t;
}

Tensor plan_value(const Plan *p, int node, int n) {
    return seen(p, node, &p->node[node].out, p->node[node].value_home, n);
}

Tensor plan_diff(const Plan *p, int node, int n) {
    return seen(p, node, &p->node[node].diff, p->node[node].diff_home, n);
}

void *plan_saved(Plan *p, int node) { return p->by_place ? NULL : p->saved + p->node[node].saved; }

// Nodes that share one place: the first of them brought a bad number in.
int plan_bad(const Plan *p, int n, bool *in_gradient) {
    *in_gradient = false;
    for (int i = 0; i < p->g->n_nodes; i++) {
        const Tensor v = plan_value(p, p->node[i].place, n);
        if (v.v && tensor_bad(v) >= 0) return i;
    }
    *in_gradient = true;
    for (int i = p->score; i >= 0; i--) {
        const Tensor d = plan_diff(p, i, n);
        if (d.v && tensor_bad(d) >= 0) return i;
    }
    return -1;
}
