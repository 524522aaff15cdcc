/* training.c — which layers each `train` line of a file changes, and which are frozen then. */
#include "viz/cli/training.h"

#include "runtime/params.h"

int64_t layer_weights(const Node *n) {
    int64_t sum = 0;
    for (int i = 0; i < n->n_params; i++)
        if (n->param[i].role != PARAM_STATISTIC) sum += (int64_t)param_len(&n->param[i]);
    return sum;
}

Training training_start(Arena *a, const Experiment *x) {
    return (Training){.x = x, .frozen = arena_array(a, bool, x->graph.n_nodes),
                      .weights = x->graph.n_weights};
}

// Carries out one line: `freeze` or `unfreeze`.
static void freeze(Training *t, const Action *a) {
    const Names *names = &((const NameOptions *)a->use.cfg)->names;
    const bool on = a->kind == ACTION_FREEZE;
    for (int i = 0; i < t->x->graph.n_nodes; i++) {
        const Node *n = &t->x->graph.node[i];
        const int64_t weights = layer_weights(n);
        for (int k = 0; k < names->n && weights > 0; k++) {
            if (t->frozen[i] == on || !params_belong(n->name, names->name[k])) continue;
            t->frozen[i] = on;
            t->weights += on ? -weights : weights;
        }
    }
}

bool training_next(Training *t) {
    const Experiment *x = t->x;
    if (t->next < 0) return false;
    const bool first = !t->train;
    for (t->train = NULL; t->next < x->n_actions && !t->train; t->next++) {
        const Action *a = &x->action[t->next];
        if (a->kind == ACTION_TRAIN) t->train = a;
        if (a->kind == ACTION_FREEZE || a->kind == ACTION_UNFREEZE) freeze(t, a);
    }
    if (!t->train) t->next = -1;
    return t->train || first;
}
