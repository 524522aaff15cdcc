/* hinge.c — is the right class ahead of every other one, by a margin?
 *
 *     loss = 1/C · Σ max(0, 1 − (score[r] − score[c]))          r the right class
 *                 c≠r
 *
 *     d loss / d score[c] = 1/C      for every c ≠ r that is nearer than 1
 *     d loss / d score[r] = −1/C     for each of them
 *
 *     score  N × C, what the network puts out: plain numbers, so it may end in `dense classes`
 *     t      N × C, the wanted probabilities: the loss of each class as r, times t[r] (and
 *            its class weight), is summed
 *
 * Once all margins are kept an image teaches nothing more. At a margin of exactly 1 the derivative
 * does not exist; we use 0. This is the sum over all classes of Weston and Watkins, with PyTorch's
 * 1/C (MultiMarginLoss); Crammer and Singer count only the nearest class.
 * Source: Weston & Watkins, "Support Vector Machines for Multi-Class Pattern Recognition", 1999,
 * §3. */
#include "runtime/losses/options.h"

static const AttrSpec attrs[] = {LOSS_ATTRS, {0}};

static bool infer(Infer *q) {
    q->dst = q->src[0];
    if (!loss_fits(q)) return false;
    if (q->src[0].c > 1) return true;
    infer_error(q, NULL, E_LAST, "hinge compares the right class with the others, but the network "
                "has a single output");
    diag_note(q->diags, "for two classes: dense 2");
    return false;
}

// The loss with r as the right class.
static double judge_right(const LossStep *s, int n, int r, real share) {
    const int C = s->score.c;
    double sum = 0;
    for (int c = 0; c < C; c++) {
        const real lack = 1 - (*at(s->score, n, r, 0, 0) - *at(s->score, n, c, 0, 0));
        if (c == r || lack <= 0) continue;
        sum += lack;
        if (!s->diff.v) continue;
        *at(s->diff, n, c, 0, 0) += share / (real)C;
        *at(s->diff, n, r, 0, 0) -= share / (real)C;
    }
    return sum / C;
}

static void judge(const LossStep *s) {
    const int C = s->score.c;

    for (int n = 0; n < s->score.n; n++) {
        double sum = 0;
        for (int r = 0; r < C; r++) {
            const real t = *at(s->target, n, r, 0, 0);
            const real weight = s->class_weight ? s->class_weight[r] * t : t;
            if (t > 0) sum += weight * judge_right(s, n, r, weight * s->share);
        }
        s->loss[n] = sum;
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

// What class c lacks behind r, the right one, to be beaten by 1.
static Operand lack_of(const Question *q, int r, int c, Note *how) {
    const Operand right = explain_at(q, "y_right", OF_SCORE, 0, q->n, r, 0, 0);
    const Operand other = explain_at(q, "y", OF_SCORE, 0, q->n, c, 0, 0);
    const double lack = 1 - (right.v - other.v);
    *how = explain_note("max(0, 1 − (%s − %s))", figure(right.v).s, inner(other.v).s);
    return explain_from(other, "lack", lack > 0 ? lack : 0, how->s);
}

static void explain_loss(const Question *q) {
    const int C = q->loss->score.c;
    const Note parts = explain_note("1/%d", C);
    Note how;

    for (int r = 0; r < C; r++) {
        const Operand t = explain_at(q, "t", OF_TARGET, 0, q->n, r, 0, 0);
        for (int c = 0; t.v > 0 && c < C; c++)
            if (c != r)
                loss_term(q, NULL, loss_class_weight(q, r), 3,
                          (const Operand[]){lack_of(q, r, c, &how), t,
                                            explain_worked("1/C", 1.0 / C, parts.s)});
    }
}

// Pair r, c pushes c down and r up while anything is lacking.
static void explain_pair(const Question *q, int r, int c, Operand share) {
    const Operand t = explain_at(q, "t", OF_TARGET, 0, q->n, r, 0, 0);
    Note how;
    const Operand lack = lack_of(q, r, c, &how);
    const double sign = q->c == c ? 1 : -1;
    if (t.v > 0)
        loss_term(q, q->c == c ? "too near to the right class" : "a class that is too near",
                  loss_class_weight(q, r), 3,
                  (const Operand[]){explain_from(lack, "is lacking", lack.v > 0 ? sign : 0, how.s), t,
                                    share});
}

static void explain_score(const Question *q) {
    const int C = q->loss->score.c;
    Note how;
    const Operand share = loss_share(q, C, &how);

    for (int r = 0; r < C; r++)
    for (int c = 0; c < C; c++)
        if (c != r && (c == q->c || r == q->c)) explain_pair(q, r, c, share);
}

static void explain(const Question *q) {
    if (q->asked == ASKED_LOSS) explain_loss(q);
    else explain_score(q);
}

const LossKind hinge_loss = {
    .spec = {.name = "hinge", .summary = "how far the right class is from leading by 1",
             .formula = "loss = 1/C · Σ max(0, 1 − (y_right − y_c))", .example = "hinge",
             .synonyms = "HingeLoss MultiMarginLoss multi_margin_loss categorical_hinge svm "
                         "multiclass_hinge hinge_loss CategoricalHinge",
             .source = "runtime/losses/hinge.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(LossOptions), .attrs = attrs, .infer = infer},
    .judge = judge,
    .explain = explain,
};
