/* loss.c — what all losses share: targets, weights, and where the judged numbers stand. */
#include "runtime/loss.h"

#include "runtime/losses/options.h"

static real share_of(int label, int c, int classes, double e) {
    return (real)((label == c ? 1 - e : 0) + e / classes);
}

void loss_target(const int *label, Tensor target, double e) {
    for (int n = 0; n < target.n; n++) {
        real *const row = target.v + (size_t)n * (size_t)target.c;
        if (target.c == 1) row[0] = share_of(label[n], 1, 2, e);
        for (int c = 0; target.c > 1 && c < target.c; c++)
            row[c] = share_of(label[n], c, target.c, e);
    }
}

real loss_weight(const LossStep *s, int n) {
    const int C = s->target.c;
    const real *const w = s->class_weight, *const t = s->target.v + (size_t)n * (size_t)C;
    if (!w) return 1;
    if (C == 1) return w[0] * (1 - t[0]) + w[1] * t[0];
    real sum = 0;
    for (int c = 0; c < C; c++)
        sum += w[c] * t[c];
    return sum;
}

int loss_score(const Graph *g, const Use *loss) {
    const LossKind *kind = (const LossKind *)loss->kind;
    return kind->at_source ? g->node[g->output].src[0] : g->output;
}

bool loss_fits(Infer *q) {
    const Shape s = q->src[0];
    if (s.h == 1 && s.w == 1) return true;
    infer_error(q, NULL, E_CLASSES, "the network ends in %d maps of %dx%d; a loss compares one number "
                "per class", s.c, s.h, s.w);
    diag_note(q->diags, "end the network in: dense classes; softmax");
    return false;
}
