/* plan_layout.c — deciding what is done, in which order and in which layout, before anything is allocated.
 *
 * Everything here follows from shapes, the batch size and the purpose: never from the number of
 * threads, except how many of them have memory of their own. */
#include "runtime/plan_private.h"

#include <stdlib.h>

_Static_assert((int)GROUP == (int)LANES, "a group of images is one block of lanes");

static bool frozen(const Plan *p, int param) {
    return p->params ? p->params->param[param].frozen : false;
}

void plan_source_shapes(const Graph *g, const Node *n, Shape *src) {
    for (int k = 0; k < n->n_src; k++) src[k] = g->node[n->src[k]].shape;
}

bool plan_unseen(const Plan *p) { return p->o.unseen && !p->o.ref && !p->o.keep; }

// ---- what a node needs -----------------------------------------------------------------------------

static bool can_learn(const Plan *p, int i) {
    const Node *n = &p->g->node[i];
    for (int k = 0; k < n->n_params; k++)
        if (n->param[k].role != PARAM_STATISTIC && !frozen(p, p->node[i].first_param + k))
            return true;
    return false;
}

/* A convolution uses each weight at many places: finding its gradient is long work on each image,
 * and adding up the groups' sums is little beside it. A dense layer uses each weight once. */
static bool uses_weights_often(const Plan *p, int i) {
    return (size_t)p->g->node[i].macs >= REUSE * p->node[i].param_range;
}

// A call in parts finds the sums of each part: joining them is little beside that.
static bool sums_by_share(const Plan *p, int i) {
    const NodePlan *q = &p->node[i];
    const Node *n = &p->g->node[i];
    Shape src[MAX_SRC];
    if (!q->kind->shares_sums || !q->prepared_len || q->param_range >= HUGE_GRADIENT) return false;
    plan_source_shapes(p->g, n, src);
    const int64_t images = p->o.batch < p->group ? p->o.batch : p->group;
    return images * n->macs >= SUMMED_OFTEN * (int64_t)q->param_range &&
           q->kind->shares_sums(n->use.cfg, src, n->shape, p->layout);
}

static GradMode grad_mode(const Plan *p, int i) {
    const NodePlan *q = &p->node[i];
    if (!q->live || !can_learn(p, i)) return GRAD_NONE;
    if (q->notes_len) return GRAD_JOINED;
    if (q->shares > 1 && q->kind->shares && !q->chained_back)
        return sums_by_share(p, i) ? GRAD_GROUPS : GRAD_ROWS;
    const size_t sums = q->param_range * sizeof(real) * (size_t)p->max_groups;
    const bool huge = p->layout == LAYOUT_LANES && q->param_range >= HUGE_GRADIENT;
    const bool small = q->param_range < LARGE_GRADIENT || (uses_weights_often(p, i) && !huge);
    if (small && sums <= PARTIAL_BYTES) return GRAD_GROUPS;
    return q->kind->backward_params && !p->o.ref ? GRAD_ROWS : GRAD_WHOLE;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int images_of_group(const Plan *p) { return (int)least(p->o.batch, p->group); }

static bool cuts_maps(const Plan *p, int i, const Shape *src) {
    const Node *n = &p->g->node[i];
    const NodePlan *q = &p->node[i];
    return q->layout == LAYOUT_LAST && q->kind->cuts_maps &&
           q->kind->cuts_maps(n->use.cfg, src, n->shape, images_of_group(p));
}

/* With few groups most threads would have nothing to do: long calls are then done in parts, whatever the
 * number of threads. */
static int shares_of(const Plan *p, int i) {
    const LayerKind *kind = p->node[i].kind;
    const bool last = p->node[i].layout == LAYOUT_LAST;
    if (!p->few || p->o.ref || !(last || kind->shares || kind->by_map)) return 1;
    const int64_t images = images_of_group(p);
    const int64_t numbers = images * (int64_t)p->node[i].image + (int64_t)p->node[i].param_range;
    const int64_t work = images * p->g->node[i].macs + NUMBER_WORK * numbers;
    int64_t parts = work / (last ? LAST_WORK : SHARE_WORK) / (p->max_groups > 1 ? MANY_TIMES : 1);
    const int64_t pairs = images * ((p->g->node[i].shape.h + 1) / 2 / LAST_PAIRS);
    if (last) parts = (p->node[i].cuts_maps ? parts : least(parts, pairs)) & ~1;
    return parts < 1 ? 1 : parts > SHARES ? SHARES : (int)parts;
}

// ---- how numbers lie -------------------------------------------------------------------------------

static bool all_kinds_take_lanes(const Graph *g) {
    for (int i = 1; i < g->n_nodes; i++)
        if (!layer_of(&g->node[i])->lanes) return false;
    return true;
}

static bool large_images(const Graph *g) {
    for (int i = 0; i < g->n_nodes; i++) {
        const Shape s = g->node[i].shape;
        if ((int64_t)s.c * s.h * s.w > LARGE_IMAGE) return true;
    }
    return false;
}

/* Sixteen images side by side fill every vector of every layer, whatever its channels, if there are
 * sixteen: lanes without an image are computed for nothing. */
static Layout choose_layout(const Plan *p) {
    const int64_t lanes = ((int64_t)p->o.batch + LANES - 1) / LANES * LANES;
    const bool filled = p->o.lanes || 4 * (int64_t)p->o.batch >= 3 * lanes;
    if (p->o.ref || !filled || large_images(p->g) || !all_kinds_take_lanes(p->g)) return LAYOUT_PLAIN;
    return LAYOUT_LANES;
}

static size_t all_weights(const Graph *g) {
    size_t n = 0;
    for (int i = 0; i < g->n_nodes; i++)
        for (int k = 0; k < g->node[i].n_params; k++) n += param_room(&g->node[i].param[k]);
    return n;
}

static int group_of(const Plan *p) {
    const bool split = p->layout == LAYOUT_PLAIN && p->o.batch < GROUP && all_weights(p->g) <= SMALL_NET;
    return split ? (p->o.batch + FEW_GROUPS - 1) / FEW_GROUPS : GROUP;
}

// ---- nodes -----------------------------------------------------------------------------------------

static void describe_nodes(Plan *p) {
    const Rng rng = rng_make(p->o.seed, "dropout");
    for (int i = 0, param = 0; i < p->g->n_nodes; i++) {
        const Node *n = &p->g->node[i];
        NodePlan *q = &p->node[i];
        q->image = (size_t)n->shape.c * (size_t)n->shape.h * (size_t)n->shape.w;
        q->first_param = param;
        for (int k = 0; k < n->n_params; k++, param++) q->param_range += param_room(&n->param[k]);
        q->rng = rng_named(rng, n->name);
        q->last_reader = q->place = i;
        q->chain = (Range){i, i + 1};
        for (int k = 0; k < n->n_src; k++) {
            p->node[n->src[k]].last_reader = i;
            p->node[n->src[k]].n_readers++;
        }
        if (i == 0) continue;
        q->reads = n->src[0];
        const LayerKind *kind = layer_of(n);
        const bool fast = !p->o.ref;
        q->kind = kind;
        q->forward = fast && kind->forward ? kind->forward : kind->forward_ref;
        q->backward = fast && kind->backward ? kind->backward : kind->backward_ref;
        q->writes = kind->writes && (fast || !kind->backward);
        q->writes_params = kind->writes_params && (fast || !kind->backward);
        Shape src[MAX_SRC];
        plan_source_shapes(p->g, n, src);
        const size_t prepared = kind->prepared && fast
                                    ? kind->prepared(n->use.cfg, src, n->shape, q->layout) : 0;
        q->plain_sums = p->o.no_winograd && prepared > 0 && kind->fewer_products &&
                        kind->fewer_products(n->use.cfg, src, n->shape, q->layout);
        if (!q->plain_sums) q->prepared_len = prepared;
        if (kind->saved) q->saved_image = kind->saved(n->use.cfg, src, n->shape);
        q->cuts_maps = cuts_maps(p, i, src);
        q->shares = shares_of(p, i);
        q->frozen = n->n_params > 0 && !can_learn(p, i);
        if (kind->notes && !q->frozen && !p->by_place) q->notes_len = kind->notes(n->use.cfg, src, n->shape);
    }
}

// Which nodes the score depends on, which gradients are worth having, and who clears them.
static void follow_gradients(Plan *p) {
    p->node[p->score].live = p->node[p->score].cleared = true;
    for (int i = p->g->n_nodes - 1; i > 0; i--)
        for (int k = 0; p->node[i].live && k < p->g->node[i].n_src; k++)
            p->node[p->g->node[i].src[k]].live = true;
    for (int i = 0; i < p->g->n_nodes; i++) {
        const Node *n = &p->g->node[i];
        bool learns = i == 0 ? p->o.input_diff : can_learn(p, i);
        for (int k = 0; k < n->n_src; k++) learns |= p->node[n->src[k]].wants_diff;
        p->node[i].wants_diff = learns && p->node[i].live;
    }
    for (int i = p->g->n_nodes - 1; i > 0; i--)
        for (int k = 0; p->node[i].wants_diff && k < p->g->node[i].n_src; k++) {
            const int src = p->g->node[i].src[k];
            if (!p->node[src].wants_diff || p->node[src].cleared || i > p->score) continue;
            p->node[i].clear |= (uint64_t)1 << k;
            p->node[src].cleared = true;
        }
}

/* Neighbours that change places: a monotone kind and the one behind it that picks. The first, `i`, then
 * works where the value of the second lies, and has none of its own. */
static bool may_go_behind(const Plan *p, int i) {
    const Graph *g = p->g;
    if (!plan_unseen(p) || i + 1 >= g->n_nodes || i == p->score) return false;
    return p->node[i].kind->monotone && p->node[i].last_reader == i + 1 && g->node[i + 1].n_src == 1 &&
           g->node[i + 1].src[0] == i && p->node[i + 1].kind->picks;
}

static void change_places(Plan *p) {
    for (int i = 1; i < p->g->n_nodes; i++) {
        NodePlan *first = &p->node[i], *second = first + 1;
        if (!may_go_behind(p, i)) continue;
        NodePlan *source = &p->node[first->reads];
        if (source->last_reader == i) source->last_reader = i + 1;
        second->reads = first->reads;
        second->clear = first->clear;
        first->reads = first->place = i + 1;
        first->shares = second->shares; // it has only so many numbers to work on
        first->behind = true;
        first->clear = 1;
    }
}

/* Neighbours that share one place: a kind that works in place overwrites the value of the node before it,
 * if nobody else reads that. What comes from memory once then stays in the cache for all of them. */
static bool may_overwrite(const Plan *p, int i) {
    const NodePlan *q = &p->node[i];
    const int s = p->g->node[i].src[0];
    if (s == 0 || p->node[s].is_input || s == p->score || q->behind || p->node[s - 1].behind) return false;
    if (p->o.kept && p->o.kept[s]) return false;
    const NodePlan *before = &p->node[s];
    return q->kind->in_place && (before->kind->forgets || !p->o.training) && before->n_readers == 1 &&
           (q->clear & 1 || !before->wants_diff);
}

static void share_places(Plan *p) {
    for (int i = 1; i < p->g->n_nodes; i++) {
        NodePlan *q = &p->node[i];
        q->is_input = q->kind->same && p->g->node[i].src[0] == 0 && !p->o.ref && !q->wants_diff;
    }
    if (!plan_unseen(p)) return;
    for (int i = p->g->n_nodes - 1; i > 0; i--)
        if (may_overwrite(p, i)) p->node[i].reads = p->node[p->g->node[i].src[0]].place = p->node[i].place;
}

/* A large matrix of weights leaves the cache before the next group wants it: some groups together read it
 * once. The numbers of the layers around it go through group by group all the same. If it is so large
 * that fetching what another thread has changed takes longer than the products, each thread has rows of
 * its own. */
static void choose_spans(Plan *p) {
    for (int i = 1; i < p->g->n_nodes && p->layout == LAYOUT_LANES && !p->by_place; i++) {
        NodePlan *q = &p->node[i];
        q->spans = q->kind->spans && q->param_range >= SPAN_WEIGHTS && q->grad != GRAD_GROUPS;
        p->spans |= q->spans;
        const bool own = q->spans && !p->few && p->n_workers > 1 && q->param_range >= OWN_WEIGHTS;
        if (own) q->shares = 2 * p->n_workers < SHARES ? 2 * p->n_workers : SHARES;
    }
}

// ---- the order of work -----------------------------------------------------------------------------

static void add_op(Plan *p, OpKind kind, int i, bool whole) {
    p->op[p->n_op] = (Op){.kind = kind, .node = i, .whole = whole, .chain = {p->n_op, p->n_op + 1}};
    p->n_op++;
}

// A kind that takes notes needs them joined first; its definition looks at the whole batch itself.
static void list_forward(Plan *p, int i) {
    const bool notes = p->node[i].notes_len > 0;
    if (p->node[i].is_input) return;
    if (notes && !p->o.ref) add_op(p, OP_GATHER, i, false), add_op(p, OP_JOIN, i, true);
    add_op(p, OP_FORWARD, i, notes && p->o.ref);
}

static void list_backward(Plan *p, int i) {
    const bool notes = p->node[i].notes_len > 0;
    if (notes && !p->o.ref) add_op(p, OP_GATHER_BACK, i, false), add_op(p, OP_JOIN_BACK, i, true);
    add_op(p, OP_BACKWARD, i, notes && p->o.ref);
}

static void list_ops(Plan *p) {
    for (int i = 1; i < p->g->n_nodes; i++) {
        const bool behind = p->node[i].behind;
        if (behind) list_forward(p, i + 1);
        list_forward(p, i);
        i += behind;
    }
    p->n_forward = p->n_op;
    if (!p->o.training) return;
    add_op(p, OP_LOSS, p->score, false);
    for (int k = p->n_forward - 1; k >= 0; k--) {
        const Op *op = &p->op[k];
        if (op->kind == OP_FORWARD && p->node[op->node].wants_diff) list_backward(p, op->node);
    }
}

// Rows of one task, a multiple of 8 so that matrix products have no thin edges. What each task of a
// convolution makes of the images anew is worth it for many rows only.
static size_t rows_per_task(const Plan *p, int i, size_t rows) {
    const bool few = p->few && uses_weights_often(p, i);
    const size_t parts = !few ? ROW_PARTS : p->max_groups > 1 ? FEW_ROW_PARTS / 2 : FEW_ROW_PARTS;
    return ((rows + parts - 1) / parts + 7) / 8 * 8;
}

static size_t task_len(const Plan *p, int i, size_t *all) {
    const Node *n = &p->g->node[i];
    *all = 1;
    switch (p->node[i].grad) {
    case GRAD_ROWS:   return *all = (size_t)n->param[0].dim[0], rows_per_task(p, i, *all);
    case GRAD_WHOLE:  return 1;
    default:          return *all = p->node[i].frozen ? 0 : p->node[i].param_range, JOIN_LEN;
    }
}

// The first parts of all nodes, then the second ones, …: a thread that is given neighbouring tasks has the
// same part of each.
static int list_grad_tasks(const Plan *p, GradTask *out) {
    int n = 0;
    for (size_t part = 0; part < ROW_PARTS; part++)
        for (int i = 1; i < p->g->n_nodes; i++) {
            size_t all;
            const size_t step = task_len(p, i, &all), tasks = (all + step - 1) / step;
            const size_t end = tasks * (part + 1) / ROW_PARTS;
            for (size_t k = tasks * part / ROW_PARTS; k < end; k++, n++)
                if (out) out[n] = (GradTask){i, k * step, (k + 1) * step < all ? (k + 1) * step : all};
        }
    return n;
}

// The products in the tasks of all gradients; joining sums and changing parameters counts, too.
static size_t grad_work(const Plan *p) {
    size_t n = 0;
    for (int i = 1; i < p->g->n_nodes; i++) {
        const GradMode mode = p->node[i].grad;
        const int sums = plan_sums(p, i, p->max_groups);
        n += p->node[i].frozen ? 0 : p->node[i].param_range;
        if (sums > 1) n += p->node[i].param_range * (size_t)sums;
        if (mode == GRAD_ROWS || mode == GRAD_WHOLE) n += (size_t)p->g->node[i].macs * (size_t)p->o.batch;
    }
    return n;
}

static int list_prepare_tasks(const Plan *p, GradTask *out) {
    int n = 0;
    for (int i = 1; i < p->g->n_nodes; i++) {
        if (!p->node[i].prepared_len) continue;
        const size_t all = (size_t)p->g->node[i].param[0].dim[0], step = rows_per_task(p, i, all);
        for (size_t lo = 0; lo < all; lo += step, n++)
            if (out) out[n] = (GradTask){i, lo, lo + step < all ? lo + step : all};
    }
    return n;
}

bool plan_lay_out(Plan *p) {
    const size_t n = (size_t)p->g->n_nodes;
    p->by_place = !p->o.training && !p->o.keep;
    p->layout = choose_layout(p);
    p->group = group_of(p);
    p->max_groups = (int)(((int64_t)p->o.batch + p->group - 1) / p->group);
    p->few = p->max_groups < FEW_GROUPS;
    p->n_places = p->few ? p->max_groups : p->n_workers;
    p->room = p->layout == LAYOUT_LANES ? (size_t)p->max_groups * LANES : (size_t)p->o.batch;
    p->score = p->x->loss.kind ? loss_score(p->g, &p->x->loss) : p->g->output;
    p->node = calloc(n, sizeof *p->node);
    p->op = calloc(6 * n + 1, sizeof *p->op);
    if (!p->node || !p->op) return false;

    plan_choose_last(p);
    describe_nodes(p);
    follow_gradients(p);
    change_places(p);
    share_places(p);
    list_ops(p);
    plan_find_chains(p);
    if (p->o.training)
        for (int i = 1; i < p->g->n_nodes; i++) p->node[i].grad = grad_mode(p, i);
    plan_find_chains_back(p);
    choose_spans(p);
    plan_choose_followers(p);
    if (!plan_place(p)) return false;

    p->n_grad_tasks = list_grad_tasks(p, NULL);
    p->grad_task = calloc((size_t)p->n_grad_tasks + 1, sizeof *p->grad_task);
    if (p->grad_task) list_grad_tasks(p, p->grad_task);
    p->grads_alone = grad_work(p) < FEW_PRODUCTS;
    p->n_prepare_tasks = list_prepare_tasks(p, NULL);
    p->prepare_task = calloc((size_t)p->n_prepare_tasks + 1, sizeof *p->prepare_task);
    if (p->prepare_task) list_prepare_tasks(p, p->prepare_task);
    return p->grad_task && p->prepare_task;
}

void plan_free_layout(Plan *p) {
    free(p->node), free(p->op), free(p->grad_task), free(p->prepare_task);
}
