/* mse.c — the mean squared error.
 *
 *     loss = 1/C · Σ (score[c] − t[c])²            d loss / d score[c] = 2/C · (score[c] − t[c])
 *                  c
 *
 *     score  N × C, what the network puts out        t  N × C, the wanted outputs
 *
 * With the outputs of a sigmoid or softmax the gradient fades where the answer is confident and
 * wrong; that is why classifiers use crossentropy. Source: Bishop, 2006, §1.2.5 and §5.2. */
#include "runtime/losses/options.h"

static const AttrSpec attrs[] = {LOSS_ATTRS, {0}};

static bool infer(Infer *q) {
    q->dst = q->src[0];
    return loss_fits(q);
}

static void judge(const LossStep *s) {
    const int C = s->score.c;

    for (int n = 0; n < s->score.n; n++) {
        const real weight = loss_weight(s, n);
        double sum = 0;
        for (int c = 0; c < C; c++) {
            const real off = *at(s->score, n, c, 0, 0) - *at(s->target, n, c, 0, 0);
            sum += (double)off * off;
            if (s->diff.v) *at(s->diff, n, c, 0, 0) += 2 * off / (real)C * (weight * s->share);
        }
        s->loss[n] = weight * sum / C;
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const int C = q->loss->score.c;
    const bool gradient = q->asked == ASKED_DIFF_SCORE;
    Note how, off_how, share_how = explain_note("1/%d", C);
    const Operand share = gradient ? loss_share(q, C, &share_how)
                                   : explain_worked("1/C", 1.0 / C, share_how.s);

    for (int c = gradient ? q->c : 0; c < (gradient ? q->c + 1 : C); c++) {
        const Operand y = explain_at(q, "y", OF_SCORE, 0, q->n, c, 0, 0);
        const Operand t = explain_at(q, "t", OF_TARGET, 0, q->n, c, 0, 0);
        explain_helper(q, t);
        how = explain_note("%s − %s", figure(y.v).s, inner(t.v).s);
        off_how = explain_note("2·(%s − %s)", figure(y.v).s, inner(t.v).s);
        const Operand off = explain_from(y, "y − t", y.v - t.v, how.s);
        const Operand twice = explain_from(y, "2·(y − t)", 2 * (y.v - t.v), off_how.s);
        if (gradient) loss_term(q, NULL, loss_counts(q), 2, (const Operand[]){twice, share});
        else loss_term(q, NULL, loss_counts(q), 3, (const Operand[]){off, off, share});
    }
}

const LossKind mse_loss = {
    .spec = {.name = "mse", .summary = "the mean squared difference from the wanted outputs",
             .formula = "loss = 1/C · Σ (y − t)²", .example = "mse",
             .synonyms = "MSELoss mean_squared_error l2_loss squared_error EuclideanLoss quadratic",
             .source = "runtime/losses/mse.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(LossOptions), .attrs = attrs, .infer = infer},
    .judge = judge,
    .explain = explain,
};
