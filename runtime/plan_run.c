/* plan_run.c — carrying out a plan: which layer is called when, with which numbers.
 *
 * Operations run in order. Neighbours that are cut into groups of images run as one: a worker takes
 * a group and carries it through all of them, so that its values are still in the cache when the
 * next layer reads them. A layer that is cut by channels needs the whole batch before it and is a
 * barrier of its own. Gradients of parameters come last, when all groups are done. */
#include <assert.h>
#include <string.h>

#include "runtime/judge.h"
#include "runtime/plan_private.h"

static int least(int a, int b) { return a < b ? a : b; }

// ---- the numbers of one node for images [lo, hi) -----------------------------------------------

static Tensor block(const Plan *p, real *v, Shape s, int n) {
    return (Tensor){.v = v, .n = n, .c = s.c, .h = s.h, .w = s.w, .layout = p->layout};
}

static Tensor value_of(const Plan *p, int i, int worker, int lo, int hi) {
    const NodePlan *q = &p->node[i];
    const size_t own = (size_t)worker * p->worker_len + p->work_len;
    real *v = q->shared ? p->workers + own + q->value
                        : p->values + q->value + (size_t)lo * q->image;
    return block(p, v, p->g->node[i].shape, hi - lo);
}

static Tensor diff_of(const Plan *p, int i, int lo, int hi) {
    const NodePlan *q = &p->node[i];
    real *v = p->o.training && q->wants_diff ? p->values + q->diff + (size_t)lo * q->image : NULL;
    return block(p, v, p->g->node[i].shape, hi - lo);
}

static void *saved_of(const Plan *p, int i, int worker, int lo) {
    const NodePlan *q = &p->node[i];
    if (p->by_worker) return p->worker_saved + (size_t)worker * p->worker_saved_len;
    const int first = q->kind->by_channel ? 0 : lo;
    return p->saved + q->saved + (size_t)first * q->saved_image;
}

static void fill_call(const Plan *p, NodeStep *c, int i, int worker, int lo, int hi) {
    const Node *n = &p->g->node[i];
    const NodePlan *q = &p->node[i];
    for (int k = 0; k < n->n_src; k++) {
        const int src = k == 0 ? q->reads : n->src[k];
        c->src[k] = value_of(p, src, worker, lo, hi);
        c->diff_src[k] = diff_of(p, src, lo, hi);
    }
    bool frozen = n->n_params > 0;
    for (int k = 0; k < n->n_params; k++) {
        c->param[k] = params_tensor(p->params, q->first_param + k, p->params->value);
        c->diff_param[k] = params_tensor(p->params, q->first_param + k, NULL);
        const Param *param = &p->params->param[q->first_param + k];
        if (param->spec->role != PARAM_STATISTIC && !param->frozen) frozen = false;
    }
    c->s = (Step){.cfg = n->use.cfg, .n_src = n->n_src, .src = c->src, .diff_src = c->diff_src,
                  .dst = value_of(p, q->place, worker, lo, hi), .diff_dst = diff_of(p, q->place, lo, hi),
                  .param = c->param, .diff_param = c->diff_param,
                  .prepared = q->prepared_len ? p->prepared + q->prepared : NULL,
                  .saved = saved_of(p, i, worker, lo),
                  .work = p->workers + (size_t)worker * p->worker_len,
                  .part = {0, n->shape.c}, .training = p->run.training, .replay = p->run.replay,
                  .frozen = frozen, .first = lo, .rng = rng_at(q->rng, p->run.step)};
}

// Lets the call's gradients point into `slab`, whose number 0 is the first of this node's.
static void point_diff_params(const Plan *p, NodeStep *c, int i, real *slab) {
    const int first = p->node[i].first_param;
    const size_t start = p->params->param[first].offset;
    for (int k = 0; k < p->g->node[i].n_params; k++) {
        const Param *q = &p->params->param[first + k];
        if (!q->frozen) c->diff_param[k].v = slab + (q->offset - start);
    }
}

static real *grad_of(const Plan *p, int i) {
    return p->params->grad + p->params->param[p->node[i].first_param].offset;
}

// Where a group's sum goes: if there is but one, it is the gradient.
static real *partial_of(const Plan *p, int i, int group) {
    if (p->max_groups == 1) return grad_of(p, i);
    return p->partials + p->node[i].partial + (size_t)group * p->node[i].param_range;
}

// ---- operations ------------------------------------------------------------------------------------

static LossStep loss_step(const Plan *p, int lo, int hi, bool with_diff) {
    const int classes = p->g->node[p->score].shape.c;
    return (LossStep){.cfg = p->x->loss.cfg, .last = p->g->node[p->g->output].use.kind,
                      .score = value_of(p, p->score, 0, lo, hi),
                      .diff = with_diff ? diff_of(p, p->score, lo, hi) : (Tensor){0},
                      .target = {.v = p->target + (size_t)lo * (size_t)classes, .n = hi - lo,
                                 .c = classes, .h = 1, .w = 1},
                      .class_weight = p->class_weight, .share = R(1) / R(p->run.weight),
                      .loss = p->loss + lo};
}

static void judge_group(const Plan *p, int lo, int hi, bool with_diff) {
    const LossStep s = loss_step(p, lo, hi, with_diff);
    if (s.diff.v) tensor_zero(s.diff);
    ((const LossKind *)p->x->loss.kind)->judge(&s);
}

// The first to write a gradient finds it empty: it is told so, or given zeros.
static void begin_sources(const Plan *p, NodeStep *c, int i) {
    if (p->node[i].writes) {
        c->s.fresh = p->node[i].clear;
        return;
    }
    for (int k = 0; k < c->s.n_src; k++)
        if (p->node[i].clear >> k & 1) tensor_zero(c->diff_src[k]);
}

// Backward of images [lo, hi); the parameters' part of it only where it is summed by groups.
static void backward_group(const Plan *p, NodeStep *c, int i, int group) {
    begin_sources(p, c, i);
    if (p->node[i].grad == GRAD_GROUPS) {
        real *sum = partial_of(p, i, group);
        c->s.fresh_params = p->node[i].writes_params;
        if (!c->s.fresh_params) memset(sum, 0, p->node[i].param_range * sizeof *sum);
        point_diff_params(p, c, i, sum);
    }
    p->node[i].backward(&c->s);
}

// Neighbouring operations on images [lo, hi): one group, or several if it is an operation that spans them.
static void carry(const Plan *p, Range ops, int worker, int lo, int hi) {
    for (const Op *op = p->op + ops.lo; op < p->op + ops.hi; op++) {
        NodeStep c;
        if (op->kind == OP_LOSS) {
            judge_group(p, lo, hi, true);
            continue;
        }
        fill_call(p, &c, op->node, worker, lo, hi);
        if (op->kind == OP_FORWARD) p->node[op->node].forward(&c.s);
        else backward_group(p, &c, op->node, lo / GROUP);
    }
}

static bool op_spans(const Plan *p, int k) { return p->op[k].kind != OP_LOSS && p->node[p->op[k].node].spans; }

// A worker takes some groups through all operations: one after the other, or where an operation spans
// them all at once.
static void do_groups(void *ctx, int task, int worker) {
    const Plan *p = ctx;
    const int lo = task * p->run.span * GROUP, hi = least(lo + p->run.span * GROUP, p->run.n);
    Range ops = {p->run.lo, 0};
    for (; ops.lo < p->run.hi; ops.lo = ops.hi) {
        ops.hi = ops.lo + 1;
        const bool spans = op_spans(p, ops.lo);
        while (!spans && ops.hi < p->run.hi && !op_spans(p, ops.hi)) ops.hi++;
        const int step = spans ? p->run.span * GROUP : GROUP;
        for (int n = lo; n < hi; n += step) carry(p, ops, worker, n, least(n + step, hi));
    }
}

// A layer that is cut by channels: part number `part` of its channels, all images.
static void do_channels(void *ctx, int part, int worker) {
    const Plan *p = ctx;
    const Op *op = p->op + p->run.lo;
    const int C = p->g->node[op->node].shape.c;
    const int len = (C + CHANNEL_PARTS - 1) / CHANNEL_PARTS;
    NodeStep c;
    fill_call(p, &c, op->node, worker, 0, p->run.n);
    c.s.part = (Range){least(part * len, C), least((part + 1) * len, C)};
    if (op->kind == OP_FORWARD) {
        p->node[op->node].forward(&c.s);
        return;
    }
    if (p->node[op->node].writes) c.s.fresh = p->node[op->node].clear;
    if (p->node[op->node].grad == GRAD_DIRECT) point_diff_params(p, &c, op->node, grad_of(p, op->node));
    p->node[op->node].backward(&c.s);
}

// What cannot be left to the parts of a by_channel layer: setting its sums to zero.
static void prepare_channels(const Plan *p, const Op *op) {
    if (op->kind != OP_BACKWARD) return;
    const int i = op->node;
    NodeStep c;
    fill_call(p, &c, i, 0, 0, p->run.n);
    begin_sources(p, &c, i);
    if (p->node[i].grad == GRAD_DIRECT)
        memset(grad_of(p, i), 0, p->node[i].param_range * sizeof(real));
}

static bool by_channel(const Plan *p, const Op *op) {
    return op->kind != OP_LOSS && !p->by_worker && p->node[op->node].kind->by_channel;
}

// So many groups go to a worker at once: which, changes no bit.
static int span_of(const Plan *p, int n_groups) {
    const int each = (n_groups + p->n_workers - 1) / p->n_workers;
    return p->spans ? least(each, SPAN) : 1;
}

static void run_ops(Plan *p, int lo, int hi) {
    const int n_groups = (p->run.n + GROUP - 1) / GROUP, span = span_of(p, n_groups);
    while (lo < hi) {
        int end = lo + 1;
        const bool channels = by_channel(p, &p->op[lo]);
        while (!channels && end < hi && !by_channel(p, &p->op[end])) end++;
        p->run.lo = lo;
        p->run.hi = end;
        p->run.span = span;
        if (channels) prepare_channels(p, &p->op[lo]);
        if (channels) threads_run(p->threads, CHANNEL_PARTS, do_channels, p);
        else threads_run(p->threads, (n_groups + span - 1) / span, do_groups, p);
        lo = end;
    }
}

// ---- gradients of parameters ---------------------------------------------------------------------

static void join_groups(const Plan *p, const GradTask *t) {
    const int n_groups = (p->run.n + GROUP - 1) / GROUP;
    real *grad = grad_of(p, t->node);
    memcpy(grad + t->lo, partial_of(p, t->node, 0) + t->lo, (t->hi - t->lo) * sizeof *grad);
    for (int k = 1; k < n_groups; k++) {
        const real *sum = partial_of(p, t->node, k);
        for (size_t i = t->lo; i < t->hi; i++) grad[i] += sum[i];
    }
}

static void clear_rows(const NodeStep *c, int n_params, Range rows) {
    for (int k = 0; k < n_params; k++) {
        const Tensor d = c->diff_param[k];
        if (d.v) tensor_zero(tensor_part(d, rows.lo, rows.hi));
    }
}

static void do_grad(void *ctx, int task, int worker) {
    const Plan *p = ctx;
    const GradTask *t = &p->grad_task[task];
    const NodePlan *q = &p->node[t->node];
    if (q->grad == GRAD_GROUPS) {
        join_groups(p, t);
        return;
    }
    NodeStep c;
    fill_call(p, &c, t->node, worker, 0, p->run.n);
    point_diff_params(p, &c, t->node, grad_of(p, t->node));
    if (q->grad == GRAD_ROWS) {
        c.s.part = (Range){(int)t->lo, (int)t->hi};
        c.s.fresh_params = q->writes_params;
        if (!q->writes_params) clear_rows(&c, p->g->node[t->node].n_params, c.s.part);
        q->kind->backward_params(&c.s);
        return;
    }
    memset(grad_of(p, t->node), 0, q->param_range * sizeof(real));
    for (int k = 0; k < c.s.n_src; k++) c.diff_src[k].v = NULL;
    q->backward(&c.s);
}

// ---- for everybody ---------------------------------------------------------------------------------

// Lanes without an image hold zeros, so that nothing in them can become infinite: what they add to the
// gradient of a parameter is 0 times their numbers, since the loss leaves their gradients at 0.
static void clear_idle_lanes(const Plan *p, Tensor in) {
    const int idle = p->layout == LAYOUT_LANES ? in.n % LANES : 0;
    if (!idle) return;
    real *const last = at(in, in.n - idle, 0, 0, 0);
    for (size_t i = 0, len = tensor_image(in); i < len; i++)
        for (int l = idle; l < LANES; l++) last[i * LANES + (size_t)l] = 0;
}

static void do_prepare(void *ctx, int task, int worker) {
    const Plan *p = ctx;
    const GradTask *t = &p->prepare_task[task];
    NodeStep c;
    fill_call(p, &c, t->node, worker, 0, p->run.n);
    c.s.part = (Range){(int)t->lo, (int)t->hi};
    p->node[t->node].kind->prepare(&c.s);
}

static void begin(Plan *p, int n, uint64_t step, bool training, bool replay) {
    assert(n > 0 && n <= p->o.batch);
    clear_idle_lanes(p, plan_input(p, n));
    p->run.n = n;
    p->run.step = step;
    p->run.training = training;
    p->run.replay = replay;
    threads_run(p->threads, p->n_prepare_tasks, do_prepare, p);
}

// The targets are there: how much do the images count, all together?
static void weigh_batch(Plan *p) {
    const Tensor target = plan_target(p, p->run.n);
    p->run.weight = p->class_weight ? 0 : p->run.n;
    for (int i = 0; p->class_weight && i < p->run.n; i++)
        p->run.weight += p->class_weight[judge_class(target, i)];
}

static double mean_loss(const Plan *p) {
    double sum = 0;
    for (int i = 0; i < p->run.n; i++) sum += p->loss[i];
    return sum / p->run.weight;
}

void plan_infer(Plan *p, int n) {
    begin(p, n, 0, false, false);
    run_ops(p, 0, p->n_forward);
}

double plan_judge(Plan *p, int n) {
    p->run.n = n;
    weigh_batch(p);
    judge_group(p, 0, n, false);
    return mean_loss(p);
}

double plan_train(Plan *p, int n, uint64_t step) {
    begin(p, n, step, true, false);
    weigh_batch(p);
    run_ops(p, 0, p->n_op);
    threads_run(p->threads, p->n_grad_tasks, do_grad, p);
    return mean_loss(p);
}

void plan_step(const Plan *p, int node, NodeStep *s) { fill_call(p, s, node, 0, 0, p->run.n); }

LossStep plan_loss_step(const Plan *p) { return loss_step(p, 0, p->run.n, true); }

void plan_forward(Plan *p, int n, uint64_t step, bool training, bool replay) {
    begin(p, n, step, training, replay);
    run_ops(p, 0, p->n_forward);
}

double plan_loss(Plan *p, int n) {
    assert(n == p->run.n);
    weigh_batch(p);
    run_ops(p, p->n_forward, p->n_forward + 1);
    return mean_loss(p);
}

Tensor plan_seed(Plan *p, int n) {
    assert(n == p->run.n);
    for (int i = 0; i < p->g->n_nodes; i++)
        if (p->node[i].wants_diff && p->node[i].place == i) tensor_zero(diff_of(p, i, 0, n));
    return diff_of(p, p->score, 0, n);
}

void plan_backward(Plan *p, int n) {
    assert(n == p->run.n);
    run_ops(p, p->n_forward + 1, p->n_op);
    threads_run(p->threads, p->n_grad_tasks, do_grad, p);
}
