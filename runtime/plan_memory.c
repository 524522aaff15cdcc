/* plan_memory.c — where every number lies.
 *
 * What somebody may look at lies for the whole batch. Everything else lives only from the operation that
 * writes it first to the one that reads it last, and numbers that are never needed together share memory:
 *
 *     values, in inference                    in that of a place: of the worker that has the group, or
 *                                             (where there are few groups) of the group
 *     gradients, where nobody asks for them   there, too, if no worker waits for the others meanwhile;
 *                                             otherwise in memory of the group
 *
 *     what passes between the layers of a        in scratch of the worker (plan_chain.c)
 *     chain
 *
 * So a worker finds most of them in its cache, where those of the group before lay. */
#include <stdlib.h>
#include <string.h>

#include "runtime/plan_private.h"

static size_t round_up(size_t n) { return (n + PLAN_ALIGN - 1) / PLAN_ALIGN * PLAN_ALIGN; }

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static size_t take(size_t *len, size_t n) {
    const size_t at = *len;
    *len += round_up(n);
    return at;
}

// The images of a group that are there at once: as many as there are, but lanes are always sixteen.
static size_t room_of_group(const Plan *p, const NodePlan *q) {
    const bool filled = p->layout == LAYOUT_LANES || p->o.batch > p->group;
    return round_up(q->image * (size_t)(filled ? p->group : p->o.batch));
}

// ---- sharing -----------------------------------------------------------------------------------------

// Numbers [at, at + len) are taken until moment `last`.
typedef struct Taken { size_t at, len; int last; } Taken;

// Memory of which pieces are taken, in order of their place; len: how much was needed so far.
typedef struct Pool { int n; Taken *taken; size_t len; } Pool;

static bool pool_open(Pool *a, int most) {
    *a = (Pool){.taken = calloc((size_t)most + 1, sizeof *a->taken)};
    return a->taken != NULL;
}

// The first gap that is large enough, when those that nobody needs any more `now` are gone.
static size_t pool_take(Pool *a, size_t len, int now, int last) {
    int kept = 0, k = 0;
    for (int i = 0; i < a->n; i++)
        if (a->taken[i].last >= now) a->taken[kept++] = a->taken[i];
    size_t at = 0;
    for (; k < kept && at + len > a->taken[k].at; k++) at = a->taken[k].at + a->taken[k].len;
    for (int i = kept; i > k; i--) a->taken[i] = a->taken[i - 1];
    a->taken[k] = (Taken){at, len, last};
    a->n = kept + 1;
    a->len = larger(a->len, at + len);
    return at;
}

// Inference: values that are never needed together share the memory of a place.
static bool share_values(Plan *p) {
    Pool pool;
    if (!pool_open(&pool, p->g->n_nodes)) return false;
    for (int i = 1; i < p->g->n_nodes; i++) {
        const int at = p->node[i].place;
        NodePlan *q = &p->node[at];
        const bool kept = (p->o.kept && p->o.kept[at]) || q->is_input;
        if (q->value_home != OF_BATCH || at == p->g->output || at == p->score || kept) continue;
        q->value_home = OF_PLACE;
        const int last = p->node[q->last_reader].chain.hi - 1;
        q->value_at = pool_take(&pool, room_of_group(p, q), p->node[i].chain.lo, last);
    }
    p->place_len = pool.len;
    free(pool.taken);
    return true;
}

// The operations that write the gradient of a node first, and use it last; 0: none.
typedef struct Life { int first, last; } Life;

// The nodes whose gradients an operation writes or reads. Returns how many.
static int gradients_of(const Plan *p, const Op *op, int *node) {
    const NodePlan *q = &p->node[op->node];
    int n = 0;
    if (op->kind >= OP_LOSS && !op->whole) node[n++] = q->place;
    for (int k = 0; op->kind == OP_BACKWARD && k < p->g->node[op->node].n_src; k++) {
        const int src = k == 0 ? q->reads : p->g->node[op->node].src[k];
        if (p->node[src].wants_diff) node[n++] = src;
    }
    return n;
}

static void find_lives(const Plan *p, Life *life) {
    int node[MAX_SRC + 1];
    for (int k = p->n_forward; k < p->n_op; k++)
        for (int n = gradients_of(p, &p->op[k], node) - 1; n >= 0; n--) {
            Life *a = &life[node[n]];
            *a = (Life){a->first ? a->first : p->op[k].chain.lo, p->op[k].chain.hi - 1};
        }
}

// Gradients of parameters that are found at the end, from the whole batch, need that of the value.
static bool needed_at_end(const Plan *p, int place) {
    for (int i = 1; i <= place; i++) {
        const NodePlan *q = &p->node[i];
        if (q->place == place && (q->grad == GRAD_ROWS || q->grad == GRAD_WHOLE)) return true;
    }
    return false;
}

// A call that spans groups finds them one after the other.
static bool spanned(const Plan *p, int place) {
    for (int i = 1; i < p->g->n_nodes; i++) {
        const NodePlan *q = &p->node[i];
        if (q->spans && (q->place == place || q->reads == place)) return true;
    }
    return false;
}

// Does a worker that has done an operation for one group go on with another group, or wait?
static bool interrupts(const Plan *p, const Op *op) {
    const NodePlan *q = &p->node[op->node];
    return op->whole || (op->kind != OP_LOSS && (q->spans || q->shares > 1));
}

static Home home_of_diff(const Plan *p, int i, Life a) {
    if (i == 0 || i == p->score || needed_at_end(p, i) || spanned(p, i)) return OF_BATCH;
    for (int k = a.first; k <= a.last; k++)
        if (interrupts(p, &p->op[k]) && !p->few) return OF_GROUP;
    return OF_PLACE;
}

static void place_diffs(Plan *p, const Life *life, Pool *group, Pool *place) {
    int node[MAX_SRC + 1];
    for (int k = p->n_forward; k < p->n_op; k++)
        for (int n = gradients_of(p, &p->op[k], node) - 1; n >= 0; n--) {
            NodePlan *q = &p->node[node[n]];
            const Life a = life[node[n]];
            if (a.first != p->op[k].chain.lo || q->diff_home != OF_BATCH) continue;
            q->diff_home = home_of_diff(p, node[n], a);
            if (q->diff_home == OF_BATCH) continue;
            q->diff_at = pool_take(q->diff_home == OF_GROUP ? group : place, room_of_group(p, q), a.first,
                                    a.last);
        }
}

static bool share_diffs(Plan *p) {
    Life *life = calloc((size_t)p->g->n_nodes, sizeof *life);
    Pool group, place;
    const bool g = pool_open(&group, p->g->n_nodes), q = pool_open(&place, p->g->n_nodes);
    if (life && g && q) {
        find_lives(p, life);
        place_diffs(p, life, &group, &place);
        p->group_len = group.len;
        p->place_len = place.len;
    }
    free(life), free(group.taken), free(place.taken);
    return life && g && q;
}

// ---- what lies for the whole batch -----------------------------------------------------------------

static void place_values(Plan *p) {
    const size_t N = p->room;
    for (int i = 0; i < p->g->n_nodes; i++) {
        NodePlan *q = &p->node[i];
        const bool own = q->place == i, diff = own && p->o.training && q->wants_diff;
        if (q->is_input) q->value_at = p->node[0].value_at;
        else if (own && q->value_home == OF_BATCH) q->value_at = take(&p->values_len, q->image * N);
        if (diff && q->diff_home == OF_BATCH) q->diff_at = take(&p->values_len, q->image * N);
    }
}

static size_t bytes_up(size_t n) { return (n + 63) / 64 * 64; }

static void place_saved(Plan *p) {
    for (int i = 0; i < p->g->n_nodes; i++) {
        NodePlan *q = &p->node[i];
        const size_t bytes = q->saved_image * (p->by_place ? (size_t)p->group : p->room);
        q->saved = p->by_place ? 0 : p->saved_len;
        if (p->by_place) p->place_saved_len = larger(p->place_saved_len, bytes_up(bytes));
        else p->saved_len += bytes_up(bytes);
        q->notes = p->notes_len;
        if (q->notes_len) p->notes_len += bytes_up(q->notes_len * (1 + (size_t)p->max_groups));
        q->prepared = take(&p->prepared_len, q->prepared_len);
        const int sums = plan_sums(p, i, p->max_groups);
        if (sums > 1) q->partial = take(&p->partials_len, q->param_range * (size_t)sums);
    }
}

static void place_work(Plan *p) {
    for (int i = 1; i < p->g->n_nodes; i++) {
        const Node *n = &p->g->node[i];
        const NodePlan *q = &p->node[i];
        if (!q->kind->work || p->o.ref) continue;
        Shape src[MAX_SRC];
        plan_source_shapes(p->g, n, src);
        const bool whole = q->grad == GRAD_ROWS || q->grad == GRAD_WHOLE;
        const int images = whole ? p->o.batch : p->group;
        p->work_len = larger(p->work_len, q->kind->work(n->use.cfg, src, n->shape, images, q->layout));
    }
    p->work_len = round_up(plan_place_chains(p, round_up(p->work_len)));
}

bool plan_place(Plan *p) {
    place_work(p);
    if (p->by_place && !share_values(p)) return false;
    if (p->o.training && plan_unseen(p) && !share_diffs(p)) return false;
    place_values(p);
    place_saved(p);
    return true;
}
