/* plan_grads.c — the gradients of the parameters, when all images are done, and what they change.
 *
 *     GRAD_GROUPS    each group of images (or part of its call) has left a sum: they are added, in order
 *     GRAD_ROWS      some rows of the weights at a time, from the whole batch: no sum, nothing to add
 *     GRAD_WHOLE     all of them in one call
 *     GRAD_JOINED    found while the notes of the whole batch were joined
 *
 * Whoever has found a part of a gradient changes these parameters at once, while it is in the cache. */
#include <string.h>

#include "runtime/plan_private.h"

real *plan_partial(const Plan *p, int i, int sum) {
    if (plan_sums(p, i, p->max_groups) == 1) return plan_grad(p, i);
    return p->partials + p->node[i].partial + (size_t)sum * p->node[i].param_range;
}

void plan_clear_rows(const NodeStep *c, int n_params, Range rows) {
    for (int k = 0; k < n_params; k++) {
        const Tensor d = c->diff_param[k];
        if (d.v) tensor_zero(tensor_part(d, rows.lo, rows.hi));
    }
}

static void join_groups(const Plan *p, const GradTask *t) {
    const int n_sums = plan_sums(p, t->node, (p->run.n + p->group - 1) / p->group);
    real *grad = plan_grad(p, t->node);
    memcpy(grad + t->lo, plan_partial(p, t->node, 0) + t->lo, (t->hi - t->lo) * sizeof *grad);
    for (int k = 1; k < n_sums; k++) {
        const real *sum = plan_partial(p, t->node, k);
        for (size_t i = t->lo; i < t->hi; i++) grad[i] += sum[i];
    }
}

static void find_grad(const Plan *p, const GradTask *t, int worker) {
    const NodePlan *q = &p->node[t->node];
    if (plan_sums(p, t->node, p->max_groups) > 1) join_groups(p, t);
    if (q->grad != GRAD_ROWS && q->grad != GRAD_WHOLE) return;
    NodeStep c;
    plan_watch(p, t->node, true);
    plan_call(p, &c, t->node, worker, 0, p->run.n);
    plan_point_diff_params(p, &c, t->node, plan_grad(p, t->node));
    if (q->grad == GRAD_ROWS) {
        c.s.part = (Range){(int)t->lo, (int)t->hi};
        c.s.fresh_params = q->writes_params;
        if (!q->writes_params) plan_clear_rows(&c, p->g->node[t->node].n_params, c.s.part);
        q->kind->backward_params(&c.s);
        return;
    }
    memset(plan_grad(p, t->node), 0, q->param_range * sizeof(real));
    for (int k = 0; k < c.s.n_src; k++) c.diff_src[k].v = NULL;
    q->backward(&c.s);
}

// The parameters' numbers that a task is about.
static void change_params(const Plan *p, const GradTask *t) {
    const NodePlan *q = &p->node[t->node];
    const Param *param = &p->params->param[q->first_param];
    const size_t start = param->offset;
    for (int k = 0; k < p->g->node[t->node].n_params; k++, param++) {
        const size_t row = param->len / (size_t)param->spec->dim[0], offset = param->offset - start;
        size_t lo = 0, hi = param->len;
        if (q->grad == GRAD_ROWS) lo = t->lo * row, hi = t->hi * row;
        else if (q->grad != GRAD_WHOLE) {
            lo = t->lo > offset ? t->lo - offset : 0;
            hi = t->hi < offset ? 0 : t->hi - offset < hi ? t->hi - offset : hi;
        }
        if (lo < hi) params_update_part(p->params, p->run.update, q->first_param + k, lo, hi);
    }
}

static void do_grad(void *ctx, int task, int worker) {
    const Plan *p = ctx;
    find_grad(p, &p->grad_task[task], worker);
    if (p->run.update) change_params(p, &p->grad_task[task]);
}

void plan_find_grads(Plan *p, const Update *u) {
    p->run.update = u;
    if (u) params_next(p->params);
    threads_run(p->grads_alone ? NULL : p->threads, p->n_grad_tasks, do_grad, p);
}
