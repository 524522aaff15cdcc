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

Operand loss_share(const Question *q, int parts, Note *how) {
    const double share = (double)q->loss->share;
    *how = parts > 1 ? explain_note("1/(%s·%d)", figure(1 / share).s, parts)
                     : explain_note("1/%s", figure(1 / share).s);
    return explain_worked(parts > 1 ? "1/(N·C)" : "1/N", share / parts, how->s);
}

double loss_class_weight(const Question *q, int c) {
    const real *const w = q->loss->class_weight;
    return w ? (double)w[c] : 1;
}

double loss_counts(const Question *q) {
    const Tensor t = q->loss->target;
    if (!q->loss->class_weight) return 1;
    if (t.c == 1) {
        const double yes = (double)*at(t, q->n, 0, 0, 0);
        return loss_class_weight(q, 0) * (1 - yes) + loss_class_weight(q, 1) * yes;
    }
    double sum = 0;
    for (int c = 0; c < t.c; c++)
        sum += loss_class_weight(q, c) * (double)*at(t, q->n, c, 0, 0);
    return sum;
}

void loss_term(const Question *q, const char *label, double weight, int n, const Operand *factor) {
    Operand all[MAX_FACTORS];
    for (int i = 0; i < n; i++) all[i] = factor[i];
    if (q->loss->class_weight)
        all[n++] = explain_worked("class weight", weight, "how much pictures of this class count");
    explain_product(q, label, all, n);
}

bool loss_fits(Infer *q) {
    const Shape s = q->src[0];
    if (s.h == 1 && s.w == 1) return true;
    infer_error(q, NULL, E_CLASSES, "the network ends in %d maps of %dx%d; a loss compares one number "
                "per class", s.c, s.h, s.w);
    diag_note(q->diags, "end the network in: dense classes; softmax");
    return false;
}
