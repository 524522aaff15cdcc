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
        const size_t row = (size_t)n * (size_t)C;
        const real weight = loss_weight(s, n);
        double sum = 0;
        for (int c = 0; c < C; c++) {
            const real off = s->score.v[row + (size_t)c] - s->target.v[row + (size_t)c];
            sum += (double)off * off;
            if (s->diff.v) s->diff.v[row + (size_t)c] += 2 * off / (real)C * (weight * s->share);
        }
        s->loss[n] = weight * sum / C;
    }
}

const LossKind mse_loss = {
    .spec = {.name = "mse", .summary = "the mean squared difference from the wanted outputs",
             .formula = "loss = 1/C · Σ (y − t)²", .example = "mse",
             .synonyms = "MSELoss mean_squared_error l2_loss squared_error EuclideanLoss quadratic",
             .source = "runtime/losses/mse.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(LossOptions), .attrs = attrs, .infer = infer},
    .judge = judge,
};
