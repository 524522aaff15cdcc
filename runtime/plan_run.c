/* plan_run.c — carrying out a plan: which layer is called when, with which numbers.
 *
 * Operations run in order. Neighbours that are cut into groups of images run as one: a worker takes
 * a group and carries it through all of them, so that its values are still in the cache when the
 * next layer reads them. Only what needs the whole batch waits for all groups: joining the notes of a
 * batchnorm; and a long call where there are too few groups for all threads, or one with very many
 * weights, is done in parts. Gradients of parameters come last (plan_grads.c). */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "runtime/judge.h"
#include "runtime/plan_private.h"

static int least(int a, int b) { return a < b ? a : b; }

static Range part_of(Range all, int k, int of) {
    const int n = all.hi - all.lo;
    return (Range){all.lo + n * k / of, all.lo + n * (k + 1) / of};
}

void plan_watch(const Plan *p, int node, bool back) {
    if (p->o.watch) p->o.watch(p->o.watch_ctx, node, back);
}

static void watch_op(const Plan *p, const Op *op) {
    if (op->kind != OP_LOSS) plan_watch(p, op->node, op->kind > OP_LOSS);
}

// ---- operations ------------------------------------------------------------------------------------

static LossStep loss_step(const Plan *p, int lo, int hi, bool with_diff) {
    const int classes = p->g->node[p->score].shape.c;
    return (LossStep){.cfg = p->x->loss.cfg, .last = p->g->node[p->g->output].use.kind,
                      .score = plan_out(p, p->score, 0, lo, hi),
                      .diff = with_diff ? plan_diff_out(p, p->score, 0, lo, hi) : (Tensor){0},
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

// The gradient itself, still empty, for a kind that adds to it from the whole batch.
static void open_grad(const Plan *p, NodeStep *c, int i) {
    if (p->node[i].grad != GRAD_JOINED) return;
    memset(plan_grad(p, i), 0, p->node[i].param_range * sizeof(real));
    plan_point_diff_params(p, c, i, plan_grad(p, i));
}

// Of the parameters only what is summed by groups.
static void begin_sum(const Plan *p, NodeStep *c, int i, int number, Range maps) {
    if (p->node[i].grad != GRAD_GROUPS) return;
    const int n_params = p->g->node[i].n_params;
    const bool some = maps.hi > 0, clear = !p->node[i].writes_params;
    real *sum = plan_partial(p, i, number);
    c->s.fresh_params = !clear;
    if (clear && !some) memset(sum, 0, p->node[i].param_range * sizeof *sum);
    plan_point_diff_params(p, c, i, sum);
    if (clear && some) plan_clear_rows(c, n_params, maps);
    if (some) plan_narrow_diff_params(c, n_params, maps);
}

static void backward_group(const Plan *p, NodeStep *c, int i, int group, Range maps) {
    begin_sources(p, c, i);
    begin_sum(p, c, i, group, maps);
    p->node[i].backward(&c->s);
}

static void backward_whole(const Plan *p, NodeStep *c, int i) {
    begin_sources(p, c, i);
    open_grad(p, c, i);
    p->node[i].backward(&c->s);
}

static void join_back(const Plan *p, NodeStep *c, int i) {
    open_grad(p, c, i);
    p->node[i].kind->join_back(&c->s);
}

// For all maps, or (maps.hi > 0) for some.
static void do_op(const Plan *p, const Op *op, int group, int worker, int lo, int hi, Range maps) {
    const int i = op->node;
    const LayerKind *kind = p->node[i].kind;
    NodeStep c;
    watch_op(p, op);
    if (op->kind != OP_LOSS) plan_call(p, &c, i, worker, lo, hi);
    if (maps.hi) plan_narrow(p, &c, i, maps);
    switch (op->kind) {
    case OP_GATHER:      kind->gather(&c.s); break;
    case OP_JOIN:        kind->join(&c.s); break;
    case OP_FORWARD:     p->node[i].forward(&c.s); break;
    case OP_LOSS:        judge_group(p, lo, hi, true); break;
    case OP_GATHER_BACK: kind->gather_back(&c.s); break;
    case OP_JOIN_BACK:   join_back(p, &c, i); break;
    case OP_BACKWARD:
        if (op->whole) backward_whole(p, &c, i);
        else backward_group(p, &c, i, group, maps);
    }
}

// Operations that are done together, for some maps of one group: what each writes for a few of them is
// still in the cache when the next one reads it.
static void do_chain(const Plan *p, const Op *op, int group, int worker, int lo, int hi, Range maps) {
    const int bits = (maps.hi - maps.lo + op->maps - 1) / op->maps;
    for (int k = 0; k < bits; k++) {
        const Range some = part_of(maps, k, bits);
        for (int i = op->chain.lo; i < op->chain.hi; i++) do_op(p, p->op + i, group, worker, lo, hi, some);
    }
}

static bool by_maps(const Op *op) { return op->maps > 0; }

// An operation and those that are done with it. Returns the next one.
static const Op *do_group(const Plan *p, const Op *op, int group, int worker, int lo, int hi) {
    const Range all = {0, p->g->node[op->node].shape.c};
    if (!by_maps(op)) return do_op(p, op, group, worker, lo, hi, (Range){0}), op + 1;
    do_chain(p, op, group, worker, lo, hi, all);
    return p->op + op->chain.hi;
}

static void do_whole(void *ctx, int task, int worker) {
    const Plan *p = ctx;
    do_op(p, p->op + p->run.lo, task, worker, 0, p->run.n, (Range){0});
}

static bool op_spans(const Plan *p, const Op *op) { return op->kind != OP_LOSS && p->node[op->node].spans; }

// The operations of a stretch, for some groups of images: for one after the other, or where an operation
// spans them for all at once.
static void do_ops(void *ctx, int task, int worker) {
    const Plan *p = ctx;
    const int all = p->run.span * p->group, lo = task * all, hi = least(lo + all, p->run.n);
    const Op *end, *const last = p->op + p->run.hi;
    for (const Op *first = p->op + p->run.lo; first < last; first = end) {
        const bool spans = op_spans(p, first);
        for (end = first + 1; end < last && !spans && !op_spans(p, end);) end++;
        const int len = spans ? all : p->group;
        for (int n = lo; n < hi; n += len)
            for (const Op *op = first; op < end;)
                op = do_group(p, op, n / p->group, worker, n, least(n + len, hi));
    }
}

// ---- a call in parts -------------------------------------------------------------------------------

// Of all rows (LAYOUT_LAST) of all images some.
static void narrow_rows(Tensor *t, Range rows) {
    t->v += (ptrdiff_t)rows.lo * t->w * t->c;
    t->n = 1;
    t->h = rows.hi - rows.lo;
}

static void narrow_places(NodeStep *c) {
    const Range rows = step_rows(&c->s);
    for (int k = 0; k < c->s.n_src; k++) narrow_rows(&c->src[k], rows);
    narrow_rows(&c->s.dst, rows);
}

// Part task % shares of a call for images [lo, hi); the shares are those of the operation that others
// follow. Gradients of parameters that are not summed come later.
static void do_part(const Plan *p, const Op *op, int shares, int task, int worker, int lo, int hi) {
    const NodePlan *q = &p->node[op->node];
    const bool last = q->layout == LAYOUT_LAST;
    NodeStep c;
    watch_op(p, op);
    plan_call(p, &c, op->node, worker, lo, hi);
    c.s.share = (Share){task % shares, shares, q->cuts_maps};
    if (last && q->kind->pointwise) narrow_places(&c);
    else if (!last && q->kind->by_map) {
        const int all = q->layout == LAYOUT_PLAIN ? c.s.dst.n * c.s.dst.c : c.s.dst.c;
        plan_narrow(p, &c, op->node, step_share(&c.s, all));
    }
    if (c.s.dst.c == 0 || c.s.dst.h == 0) return; // fewer maps or rows than parts
    if (op->kind == OP_BACKWARD) {
        begin_sources(p, &c, op->node);
        begin_sum(p, &c, op->node, task, (Range){0});
    }
    switch (op->kind) {
    case OP_GATHER:      q->kind->gather(&c.s); break;
    case OP_GATHER_BACK: q->kind->gather_back(&c.s); break;
    case OP_BACKWARD:    q->backward(&c.s); break;
    default:             q->forward(&c.s);
    }
}

// Part task % shares of the calls of group task / shares, or of those for all of them.
static void do_share(void *ctx, int task, int worker) {
    const Plan *p = ctx;
    const Op *op = p->op + p->run.lo;
    const NodePlan *q = &p->node[op->node];
    const int lo = q->spans ? 0 : task / q->shares * p->group;
    const int hi = q->spans ? p->run.n : least(lo + p->group, p->run.n);
    if (by_maps(op)) {
        const Range all = {0, p->g->node[op->node].shape.c};
        do_chain(p, op, task / q->shares, worker, lo, hi, part_of(all, task % q->shares, q->shares));
        return;
    }
    for (int k = op->chain.lo; k < op->chain.hi; k++) do_part(p, p->op + k, q->shares, task, worker, lo, hi);
}

// ---- all operations --------------------------------------------------------------------------------

static bool in_parts(const Plan *p, const Op *op) {
    return op->kind != OP_LOSS && !op->whole && p->node[op->node].shares > 1;
}

static bool by_group(const Plan *p, const Op *op) { return !op->whole && !in_parts(p, op); }

// The first operation behind `lo` that does not run together with it.
static int end_of_run(const Plan *p, int lo, int hi) {
    int end = p->op[lo].chain.hi;
    while (by_group(p, &p->op[lo]) && end < hi && by_group(p, &p->op[end])) end++;
    return end;
}

// So many groups go to a worker at once: which, changes no bit.
static int span_of(const Plan *p, int n_groups) {
    const int each = (n_groups + p->n_workers - 1) / p->n_workers;
    return p->spans && !p->few ? least(each, SPAN) : 1;
}

static void run_ops(Plan *p, int lo, int hi) {
    const int n_groups = (p->run.n + p->group - 1) / p->group, span = span_of(p, n_groups);
    p->run.span = span;
    for (; lo < hi; lo = p->run.hi) {
        const Op *op = &p->op[lo];
        p->run.lo = lo;
        p->run.hi = end_of_run(p, lo, hi);
        const NodePlan *q = &p->node[op->node];
        if (op->whole) threads_run(p->threads, 1, do_whole, p);
        else if (in_parts(p, op)) threads_run(p->threads, (q->spans ? 1 : n_groups) * q->shares, do_share, p);
        else threads_run(p->threads, (n_groups + span - 1) / span, do_ops, p);
    }
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
    plan_call(p, &c, t->node, worker, 0, p->run.n);
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
    if (!p->prepared_now) threads_run(p->threads, p->n_prepare_tasks, do_prepare, p);
    p->prepared_now = p->o.weights_fixed;
}

void plan_weights_changed(Plan *p) { p->prepared_now = false; }

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

double plan_learn(Plan *p, int n, uint64_t step, const Update *u) {
    begin(p, n, step, true, false);
    weigh_batch(p);
    run_ops(p, 0, p->n_op);
    const double loss = mean_loss(p);
    plan_find_grads(p, isfinite(loss) ? u : NULL);
    return loss;
}

double plan_train(Plan *p, int n, uint64_t step) { return plan_learn(p, n, step, NULL); }

void plan_step(const Plan *p, int node, NodeStep *s) { plan_call(p, s, node, 0, 0, p->run.n); }

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
        if (plan_diff(p, i, n).v) tensor_zero(plan_diff(p, i, n));
    return plan_diff(p, p->score, n);
}

void plan_backward(Plan *p, int n) {
    assert(n == p->run.n);
    run_ops(p, p->n_forward + 1, p->n_op);
    plan_find_grads(p, NULL);
}
