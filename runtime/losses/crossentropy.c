/* crossentropy.c — how surprised is the network by the right answer?
 *
 *     after softmax    loss = −Σ t[c]·ln p[c]                  p = softmax(z)     (log loss)
 *                              c
 *     after sigmoid    loss = −t·ln p − (1 − t)·ln(1 − p)      p = sigmoid(z)     (binary log loss)
 *
 *     d loss / d z = p − t         in both cases
 *
 *     z  N × C, the scores that enter the last layer        t  N × C, the wanted probabilities
 *
 * Computed from z, not from p, so that nothing overflows and no ln 0 occurs:
 *
 *     −ln p[c] = m + ln Σ exp(z[k] − m) − z[c]                 m = max z[k]
 *     binary     max(z, 0) − z·t + ln(1 + exp(−|z|))
 *
 * Sigmoid on C > 1 outputs takes the mean over them. An untrained network of C classes starts
 * near ln C. Source: Bishop, "Pattern Recognition and Machine Learning", 2006, §4.3.
 *
 * With class weights w, w[c]·t[c] takes the place of t[c], and for a single output w[1]·t that of t
 * and w[0]·(1 − t) that of 1 − t; so d loss / d z[c] = p[c]·Σ w[k]·t[k] − w[c]·t[c]. The mean over
 * C > 1 sigmoids is weighed as a whole. This is PyTorch's rule. */
#include "runtime/kernels/vmath.h"
#include "runtime/layer.h"
#include "runtime/losses/options.h"

static const AttrSpec attrs[] = {LOSS_ATTRS, {0}};

static bool infer(Infer *q) {
    const KindSpec *const last = q->src_kind[0];
    q->dst = q->src[0];
    if (last == &sigmoid_layer.spec || last == &softmax_layer.spec) {
        if (!loss_fits(q)) return false;
        if (last == &sigmoid_layer.spec || q->src[0].c > 1) return true;
        infer_error(q, NULL, E_LAST, "softmax of a single number is always 1: nothing is learned");
        diag_note(q->diags, "for two classes: dense 2; softmax or dense 1; sigmoid");
        return false;
    }
    infer_error(q, NULL, E_LAST, "crossentropy compares probabilities, but the last layer is %s",
                last->name);
    diag_note(q->diags, "end the network in: dense classes; softmax");
    return false;
}

static const real *row(Tensor t, int n) { return t.v + (size_t)n * (size_t)t.c; }

// The target, times the class's weight.
static real wanted(const LossStep *s, int n, int c) {
    return s->class_weight ? s->class_weight[c] * row(s->target, n)[c] : row(s->target, n)[c];
}

static double judge_softmax(const LossStep *s, int n, real *diff) {
    const int C = s->score.c;
    const real *const z = row(s->score, n), weight = loss_weight(s, n);
    real m = z[0];
    for (int c = 1; c < C; c++)
        if (z[c] > m) m = z[c];

    double sum = 0;
    for (int c = 0; c < C; c++)
        sum += vm_exp(z[c] - m);

    const double log_sum = vm_log((real)sum);
    double loss = 0;
    for (int c = 0; c < C; c++)
        loss += wanted(s, n, c) * ((double)m - z[c] + log_sum);

    for (int c = 0; diff && c < C; c++)
        diff[c] += (vm_exp(z[c] - m) / (real)sum * weight - wanted(s, n, c)) * s->share;
    return loss;
}

static double judge_sigmoid(const LossStep *s, int n, real *diff) {
    const int C = s->score.c;
    const real *const z = row(s->score, n), weight = loss_weight(s, n);
    const real yes_weight = C == 1 && s->class_weight ? s->class_weight[1] : weight;
    double loss = 0;
    for (int c = 0; c < C; c++) {
        const real size = z[c] < 0 ? -z[c] : z[c], yes = yes_weight * row(s->target, n)[c];
        loss += weight * (z[c] > 0 ? z[c] : 0) - (double)z[c] * yes +
                (double)weight * vm_log(1 + vm_exp(-size));
        if (diff) diff[c] += (weight * vm_sigmoid(z[c]) - yes) * s->share / (real)C;
    }
    return loss / C;
}

static void judge(const LossStep *s) {
    const bool binary = s->last == &sigmoid_layer.spec;

    for (int n = 0; n < s->score.n; n++) {
        real *const diff = s->diff.v ? s->diff.v + (size_t)n * (size_t)s->score.c : NULL;
        s->loss[n] = (binary ? judge_sigmoid : judge_softmax)(s, n, diff);
    }
}

const LossKind crossentropy_loss = {
    .spec = {.name = "crossentropy", .summary = "how improbable the right class was (log loss)",
             .formula = "loss = −Σ t·ln p", .example = "crossentropy",
             .synonyms = "cross_entropy CrossEntropyLoss categorical_crossentropy logloss log_loss "
                         "sparse_categorical_crossentropy binary_crossentropy bce BCELoss nll "
                         "BCEWithLogitsLoss NLLLoss SoftmaxWithLoss xent",
             .source = "runtime/losses/crossentropy.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(LossOptions), .attrs = attrs, .infer = infer},
    .at_source = true,
    .judge     = judge,
};
