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
static double judge_right(const real *score, int r, int C, real share, real *diff) {
    double sum = 0;
    for (int c = 0; c < C; c++) {
        const real lack = 1 - (score[r] - score[c]);
        if (c == r || lack <= 0) continue;
        sum += lack;
        if (diff) diff[c] += share / (real)C;
        if (diff) diff[r] -= share / (real)C;
    }
    return sum / C;
}

static void judge(const LossStep *s) {
    const int C = s->score.c;

    for (int n = 0; n < s->score.n; n++) {
        const size_t row = (size_t)n * (size_t)C;
        real *const diff = s->diff.v ? s->diff.v + row : NULL;
        double sum = 0;
        for (int r = 0; r < C; r++) {
            const real t = s->target.v[row + (size_t)r];
            const real weight = s->class_weight ? s->class_weight[r] * t : t;
            if (t > 0) sum += weight * judge_right(s->score.v + row, r, C, weight * s->share, diff);
        }
        s->loss[n] = sum;
    }
}

const LossKind hinge_loss = {
    .spec = {.name = "hinge", .summary = "how far the right class is from leading by 1",
             .formula = "loss = 1/C · Σ max(0, 1 − (y_right − y_c))", .example = "hinge",
             .synonyms = "HingeLoss MultiMarginLoss multi_margin_loss categorical_hinge svm "
                         "multiclass_hinge hinge_loss CategoricalHinge",
             .source = "runtime/losses/hinge.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(LossOptions), .attrs = attrs, .infer = infer},
    .judge = judge,
};
