/* judge.c — reading a network's outputs: which class did it say? */
#include "runtime/judge.h"

#include "runtime/layer.h"

bool judge_probable(const Graph *g) {
    const KindSpec *const last = g->node[g->output].use.kind;
    return last == &softmax_layer.spec || last == &sigmoid_layer.spec;
}

int judge_class(Tensor out, int n) {
    if (out.c == 1) return *at(out, n, 0, 0, 0) > R(0.5);
    int best = 0;
    for (int c = 1; c < out.c; c++)
        if (*at(out, n, c, 0, 0) > *at(out, n, best, 0, 0)) best = c;
    return best;
}

// The place of class `label` when the outputs are sorted, from 0.
static int rank_of(Tensor out, int n, int label) {
    if (out.c == 1) return judge_class(out, n) == label ? 0 : 1;
    const real score = *at(out, n, label, 0, 0);
    int rank = 0;
    for (int c = 0; c < out.c; c++) {
        const real other = *at(out, n, c, 0, 0);
        if (!(other < score) && c != label && (other != score || c < label)) rank++;
    }
    return rank;
}

int judge_hits(Tensor out, const int *label, int top) {
    int hits = 0;
    for (int n = 0; n < out.n; n++) hits += rank_of(out, n, label[n]) < top;
    return hits;
}
