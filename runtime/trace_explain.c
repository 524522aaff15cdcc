/* trace_explain.c — numbers of a traced step taken apart, with what the step was done with. */
#include "runtime/trace_private.h"

static bool inside(Tensor t, const Question *q) {
    return t.v && q->n >= 0 && q->n < t.n && q->c >= 0 && q->c < t.c && q->y >= 0 && q->y < t.h &&
           q->x >= 0 && q->x < t.w;
}

static bool can_be_asked(const Trace *t, int node, const NodeStep *s, const Question *q) {
    const Node *n = &t->s->x->graph.node[node];
    const int first = params_of_node(t->s->params, node);
    for (int k = 0; k < n->n_src; k++)
        if (!trace_value(t, n->src[k]).v) return false; // not kept
    if (q->asked == ASKED_DST) return trace_value(t, node).v && inside(s->s.dst, q);
    if (!s->s.diff_dst.v || q->k < 0 || q->asked > ASKED_DIFF_PARAM) return false;
    if (q->asked == ASKED_DIFF_SRC)
        return q->k < n->n_src && inside(s->diff_src[q->k], q);
    return q->k < n->n_params && trace_param(t, first + q->k, PARAM_GRAD).v && inside(s->param[q->k], q);
}

bool trace_plain_sums(const Trace *t, int node) {
    return !t->s->o.no_winograd && plan_plain_sums(t->state->now.plan, node);
}

bool trace_explain(const Trace *t, int node, Question *q) {
    if (!t->state->done || node <= 0 || node >= t->s->x->graph.n_nodes) return false;
    const LayerKind *kind = layer_of(&t->s->x->graph.node[node]);
    const int first = params_of_node(t->s->params, node);
    NodeStep s;
    plan_step(t->state->now.plan, node, &s);
    for (int k = 0; k < t->s->x->graph.node[node].n_params; k++)
        s.param[k] = trace_param(t, first + k, PARAM_BEFORE);
    if (!kind->explain || !can_be_asked(t, node, &s, q)) return false;
    q->s = &s.s;
    kind->explain(q);
    q->s = NULL;
    return true;
}

bool trace_explain_loss(const Trace *t, Question *q) {
    if (!t->state->done || !t->judged) return false;
    const LossStep s = plan_loss_step(t->state->now.plan);
    const LossKind *kind = (const LossKind *)t->s->x->loss.kind;
    Tensor asked = q->asked == ASKED_DIFF_SCORE ? s.diff : s.score;
    if (q->asked == ASKED_LOSS) asked.c = 1;
    else if (q->asked != ASKED_DIFF_SCORE) return false;
    if (!kind->explain || !inside(asked, q)) return false;
    q->loss = &s;
    kind->explain(q);
    q->loss = NULL;
    return true;
}

bool trace_explain_update(const Trace *t, int param, Question *q) {
    const bool updated = t->state->done && t->judged && (uint64_t)t->steps == t->state->step + 1;
    const Use *optimizer = &t->s->x->optimizer;
    if (!updated || param < 0 || param >= t->s->params->n || q->asked != ASKED_WEIGHT) return false;
    const Param *p = &t->s->params->param[param];
    const OptimKind *kind = (const OptimKind *)optimizer->kind;
    Before b = {.cfg = optimizer->cfg, .lr = t->rate, .decay = params_decay(p, optimizer->cfg),
                .t = p->updates, .w = trace_param(t, param, PARAM_BEFORE),
                .g = trace_param(t, param, PARAM_USED)};
    for (int k = 0; k < t->s->params->n_slots; k++)
        b.slot[k] = trace_slot(t, param, k, false);
    if (!kind->explain || !inside(b.g, q)) return false;
    q->before = &b;
    kind->explain(q);
    q->before = NULL;
    return true;
}

bool trace_explain_picture(const Trace *t, int stage, StepQuestion *q) {
    const Tensor dst = trace_picture(t, stage), src = trace_picture(t, stage - 1);
    if (!t->state->done || !dst.v || !src.v || t->stage[stage].kind != STAGE_STEP) return false;
    if (!inside(dst, &(Question){.c = q->c, .y = q->y, .x = q->x})) return false;
    dataset_explain(&t->s->data, t->stage[stage].index, src, dst, q);
    return true;
}
