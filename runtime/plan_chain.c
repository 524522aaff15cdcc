/* plan_chain.c — neighbours that are done together, for a few maps at a time.
 *
 *     conv 32 3x3; relu; maxpool 2        16 images of 62×62: 8 MB behind the convolution
 *
 * One layer after the other, such a value leaves the second cache before the next layer reads it. But map c
 * behind a convolution follows from its source and filter c alone, and what relu and a pool make of it from
 * map c. So a chain — a kind by_row and the kinds by_map behind it — is carried through for a few maps, then
 * for the next few, and so on. Backward the same the other way round, if nobody asks for the gradient of the
 * chain's source, to which all maps add. A call in parts (NodePlan.shares) is one for some of the maps.
 *
 * What passes from one layer of a chain to the next and is wanted by nobody else lies in scratch of the
 * worker, the next few maps in the place of those before: it is never in memory at all. */
#include "runtime/plan_private.h"

static size_t map_of(const Plan *p, int i) {
    const Shape s = p->g->node[i].shape;
    return (size_t)s.h * (size_t)s.w * LANES;
}

// ---- finding them ----------------------------------------------------------------------------------

// Maps at a time of a chain that begins with node i; 0: it is none.
static int maps_at_once(const Plan *p, int i) {
    const Node *n = &p->g->node[i];
    const LayerKind *kind = p->node[i].kind;
    Shape src[MAX_SRC];
    plan_source_shapes(p->g, n, src);
    const size_t fit = CHAIN_NUMBERS / map_of(p, i), source = p->node[n->src[0]].image * LANES;
    const bool worth_it = (size_t)n->shape.c > fit && fit >= CHAIN_MAPS && source <= CHAIN_NUMBERS;
    return worth_it && kind->by_row && kind->by_row(n->use.cfg, src, n->shape) ? (int)fit : 0;
}

// Does an operation go on by maps with what that of node `before` has written?
static bool goes_on(const Plan *p, const Op *op, int before) {
    const NodePlan *q = &p->node[op->node];
    return op->kind == OP_FORWARD && !op->whole && q->kind->by_map && p->g->node[op->node].n_src == 1 &&
           q->reads == p->node[before].place;
}

// Their nodes are neighbours, in order but for two that have changed places.
void plan_do_together(Plan *p, Range ops, int maps) {
    Range nodes = {p->op[ops.lo].node, 0};
    for (int k = ops.lo; k < ops.hi; k++) {
        const int i = p->op[k].node;
        if (i < nodes.lo) nodes.lo = i;
        if (i >= nodes.hi) nodes.hi = i + 1;
        p->op[k].chain = ops, p->op[k].maps = maps;
    }
    for (int i = nodes.lo; i < nodes.hi; i++) p->node[i].chain = nodes;
}

// All layers of a chain are done in the same number of parts.
static void settle_chain(Plan *p, int head) {
    const Range nodes = p->node[head].chain;
    bool back = !p->node[p->node[head].reads].wants_diff;
    for (int i = nodes.lo; i < nodes.hi; i++) {
        p->node[i].shares = p->node[head].shares;
        back &= p->node[i].wants_diff;
    }
    p->node[head].chained_back = back;
}

void plan_find_chains(Plan *p) {
    if (!plan_unseen(p) || p->layout != LAYOUT_LANES) return;
    for (int k = 0, end; k < p->n_forward; k = end) {
        const Op *op = &p->op[k];
        end = k + 1;
        const int maps = op->kind == OP_FORWARD && !op->whole ? maps_at_once(p, op->node) : 0;
        while (maps && end < p->n_forward && goes_on(p, &p->op[end], p->op[end - 1].node)) end++;
        if (end == k + 1) continue;
        plan_do_together(p, (Range){k, end}, maps);
        settle_chain(p, op->node);
    }
}

// The operations of backward are in the reverse order. Only sums of groups are found on the way.
void plan_find_chains_back(Plan *p) {
    for (int k = p->n_forward; k < p->n_op; k++) {
        const Range nodes = p->node[p->op[k].node].chain;
        NodePlan *head = &p->node[nodes.lo];
        if (nodes.hi - nodes.lo < 2 || p->op[k].kind != OP_BACKWARD || p->op[k].maps) continue;
        head->chained_back &= head->grad == GRAD_GROUPS;
        const Range ops = {k, k + nodes.hi - nodes.lo};
        if (head->chained_back) plan_do_together(p, ops, maps_at_once(p, nodes.lo));
    }
}

// ---- what nobody else wants ------------------------------------------------------------------------

static bool others_want(const Plan *p, int place) {
    const NodePlan *q = &p->node[place];
    return q->n_readers != 1 || place == p->score || place == p->g->output || (p->o.kept && p->o.kept[place]);
}

// Does backward of a layer of the chain look at the value in that place?
static bool looked_at(const Plan *p, Range nodes, int place) {
    for (int i = nodes.lo; i < nodes.hi && p->o.training; i++) {
        const NodePlan *q = &p->node[i];
        const bool reads = i > nodes.lo && q->reads == place, writes = q->place == place;
        if ((reads && !q->kind->forgets_src) || (writes && !q->kind->forgets)) return true;
    }
    return false;
}

static size_t take(size_t *len, size_t n) {
    const size_t at = *len;
    *len += (n + PLAN_ALIGN - 1) / PLAN_ALIGN * PLAN_ALIGN;
    return at;
}

// The places that the operations of a chain write, but for the last one's.
static size_t place_chain(Plan *p, Range ops, size_t len) {
    const int last = p->node[p->op[ops.hi - 1].node].place;
    for (int k = ops.lo; k < ops.hi; k++) {
        const int i = p->node[p->op[k].node].place;
        const Range nodes = p->node[p->op[k].node].chain;
        const size_t room = (size_t)p->op[k].maps * map_of(p, i);
        NodePlan *q = &p->node[i];
        if (i == last || others_want(p, i) || q->value_home == OF_CHAIN) continue;
        if (!looked_at(p, nodes, i)) q->value_home = OF_CHAIN, q->value_at = take(&len, room);
        if (p->node[nodes.lo].chained_back) q->diff_home = OF_CHAIN, q->diff_at = take(&len, room);
    }
    return len;
}

size_t plan_place_chains(Plan *p, size_t work) {
    size_t most = work;
    for (int k = 0; k < p->n_forward; k = p->op[k].chain.hi) {
        const size_t len = p->op[k].maps ? place_chain(p, p->op[k].chain, work) : work;
        if (len > most) most = len;
    }
    return most;
}

// ---- calls for some maps ---------------------------------------------------------------------------

// Of all maps of t the range `maps`. In the plain layout it does not matter to which image they belong.
static void narrow(Tensor *t, Home home, Range maps) {
    const bool plain = t->layout == LAYOUT_PLAIN;
    const size_t map = (size_t)t->h * (size_t)t->w * (plain ? 1 : LANES);
    if (t->v && home != OF_CHAIN) t->v += (size_t)maps.lo * map;
    t->c = maps.hi - maps.lo;
    if (plain) t->n = 1;
}

static void narrow_value(const Plan *p, Tensor *value, Tensor *diff, int place, Range maps) {
    narrow(value, p->node[place].value_home, maps);
    narrow(diff, p->node[place].diff_home, maps);
}

void plan_narrow_diff_params(NodeStep *c, int n_params, Range maps) {
    for (int k = 0; k < n_params; k++) c->diff_param[k] = tensor_part(c->diff_param[k], maps.lo, maps.hi);
}

void plan_narrow(const Plan *p, NodeStep *c, int i, Range maps) {
    const Node *n = &p->g->node[i];
    const NodePlan *q = &p->node[i];
    const size_t together = p->layout == LAYOUT_PLAIN ? 1 : LANES;
    const size_t saved = q->saved_image / (size_t)n->shape.c * together;
    for (int k = 0; k < n->n_src && q->kind->by_map; k++)
        narrow_value(p, &c->src[k], &c->diff_src[k], k == 0 ? q->reads : n->src[k], maps);
    for (int k = 0; k < n->n_params; k++) c->param[k] = tensor_part(c->param[k], maps.lo, maps.hi);
    narrow_value(p, &c->s.dst, &c->s.diff_dst, q->place, maps);
    c->s.saved = (unsigned char *)c->s.saved + (size_t)maps.lo * saved;
}
