/* plan_last.c — inference of few images: which values have the channels of a place side by side?
 *
 * With sixteen images a vector lane is an image. With few of them it is a channel (LAYOUT_LAST), in those
 * layers that can: a convolution with enough filters begins, whatever goes place by place goes on, and
 * what makes a vector of the maps ends it. A value lies so only if all who read it can.
 *
 * A part of a call then is some rows with all their channels, and layers that go place by place can be
 * done to these rows by the same thread, while they are in its cache: they follow, and no thread waits
 * for the others in between. */
#include "runtime/plan_private.h"

static bool is_last(const Plan *p, int i) { return p->node[i].layout == LAYOUT_LAST; }

static bool is_vector(const Node *n) { return n->shape.h == 1 && n->shape.w == 1; }

static bool takes(const LayerKind *k) { return k->takes_last || k->pointwise; }

static bool could_be(const Plan *p, int i) {
    const Node *n = &p->g->node[i];
    const LayerKind *kind = layer_of(n);
    if (i == p->g->output || i == p->score || (p->o.kept && p->o.kept[i]) || is_vector(n)) return false;
    Shape src[MAX_SRC];
    plan_source_shapes(p->g, n, src);
    return kind->gives_last ? kind->gives_last(n->use.cfg, src, n->shape) : takes(kind);
}

static bool to_plain(Plan *p, int i) {
    p->node[i].layout = LAYOUT_PLAIN;
    return true;
}

// A source that node i cannot read must be plain, or node i where it needs them all. Has anything changed?
static bool settle(Plan *p, int i) {
    const Node *n = &p->g->node[i];
    const LayerKind *kind = layer_of(n);
    const bool reads = is_last(p, i) || (is_vector(n) && n->n_src == 1 && takes(kind));
    bool changed = false;
    for (int k = 0; k < n->n_src; k++) {
        if (is_last(p, n->src[k]) && !reads) changed |= to_plain(p, n->src[k]);
        if (is_last(p, i) && !kind->gives_last && !is_last(p, n->src[k])) changed |= to_plain(p, i);
    }
    return changed;
}

void plan_choose_last(Plan *p) {
    const bool few = p->by_place && p->layout == LAYOUT_PLAIN && plan_unseen(p);
    const bool allowed = few && p->o.weights_fixed && !p->o.no_winograd;
    for (int i = 0; i < p->g->n_nodes; i++)
        p->node[i].layout = i > 0 && allowed && could_be(p, i) ? LAYOUT_LAST : p->layout;
    for (bool changed = allowed; changed;) {
        changed = false;
        for (int i = p->g->n_nodes - 1; i > 0; i--) changed |= settle(p, i);
    }
}

// The shape of what an operation writes, which may lie in the place of another node.
static Shape written(const Plan *p, const Op *op) { return p->g->node[p->node[op->node].place].shape; }

static bool can_follow(const Plan *p, const Op *head, const Op *op) {
    const Shape a = written(p, head), b = written(p, op);
    return is_last(p, op->node) && p->node[op->node].kind->pointwise && a.h == b.h && a.w == b.w;
}

void plan_choose_followers(Plan *p) {
    for (int k = 0, end; k < p->n_forward; k = end) {
        const int head = p->op[k].node;
        const bool parts = p->node[head].shares > 1 && is_last(p, head) && !p->node[head].cuts_maps;
        for (end = k + 1; parts && end < p->n_forward && can_follow(p, &p->op[k], &p->op[end]);) end++;
        if (end > k + 1) plan_do_together(p, (Range){k, end}, 0);
    }
}
