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
#include <math.h>
#include <string.h>

#include "runtime/kernels/vmath.h"
#include "runtime/kernels/wide.h"
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

// The target, times the class's weight.
static real wanted(const LossStep *s, int n, int c) {
    const real t = *at(s->target, n, c, 0, 0);
    return s->class_weight ? s->class_weight[c] * t : t;
}

static real z_of(const LossStep *s, int n, int c) { return *at(s->score, n, c, 0, 0); }

static double judge_softmax(const LossStep *s, int n) {
    const int C = s->score.c;
    const real weight = loss_weight(s, n);
    real m = z_of(s, n, 0);
    for (int c = 1; c < C; c++)
        if (z_of(s, n, c) > m) m = z_of(s, n, c);

    double sum = 0;
    for (int c = 0; c < C; c++)
        sum += vm_exp(z_of(s, n, c) - m);

    const double log_sum = vm_log((real)sum);
    double loss = 0;
    for (int c = 0; c < C; c++)
        loss += wanted(s, n, c) * ((double)m - z_of(s, n, c) + log_sum);

    for (int c = 0; s->diff.v && c < C; c++)
        *at(s->diff, n, c, 0, 0) +=
            (vm_exp(z_of(s, n, c) - m) / (real)sum * weight - wanted(s, n, c)) * s->share;
    return loss;
}

static double judge_sigmoid(const LossStep *s, int n) {
    const int C = s->score.c;
    const real weight = loss_weight(s, n);
    const real yes_weight = C == 1 && s->class_weight ? s->class_weight[1] : weight;
    double loss = 0;
    for (int c = 0; c < C; c++) {
        const real z = z_of(s, n, c), size = z < 0 ? -z : z, yes = yes_weight * *at(s->target, n, c, 0, 0);
        loss += weight * (z > 0 ? z : 0) - (double)z * yes + (double)weight * vm_log(1 + vm_exp(-size));
        if (s->diff.v) *at(s->diff, n, c, 0, 0) += (weight * vm_sigmoid(z) - yes) * s->share / (real)C;
    }
    return loss / C;
}

/* ---- the fast way -------------------------------------------------------------------------------
 * With sixteen images side by side every line of judge_softmax() is a line for all of them: the same
 * sums in the same order. Lanes without an image have weight 0. */

static void exps(const real *z, const real *m, real *e) {
    for (int l = 0; l < LANES; l++) e[l] = z[l] - m[l];
    vm_exp_n(e, e, LANES);
}

WIDE static void judge_block(const LossStep *s, int first) {
    const int C = s->score.c, N = s->score.n - first < LANES ? s->score.n - first : LANES;
    const real *const z = at(s->score, first, 0, 0, 0);
    real *const diff = s->diff.v ? at(s->diff, first, 0, 0, 0) : NULL;
    real m[LANES], e[LANES], t[LANES] = {0}, weight[LANES] = {0};
    double sum[LANES] = {0}, log_sum[LANES], loss[LANES] = {0};

    memcpy(m, z, sizeof m);
    for (int n = 0; n < N; n++) weight[n] = loss_weight(s, first + n);
    for (int c = 1; c < C; c++)
        for (int l = 0; l < LANES; l++) m[l] = z[c * LANES + l] > m[l] ? z[c * LANES + l] : m[l];
    for (int c = 0; c < C; c++) {
        exps(z + c * LANES, m, e);
        for (int l = 0; l < LANES; l++) sum[l] += e[l];
    }
    for (int l = 0; l < LANES; l++) log_sum[l] = vm_log((real)sum[l]);
    for (int c = 0; c < C; c++) {
        for (int n = 0; n < N; n++) t[n] = wanted(s, first + n, c);
        for (int l = 0; l < LANES; l++) loss[l] += t[l] * ((double)m[l] - z[c * LANES + l] + log_sum[l]);
        if (!diff) continue;
        exps(z + c * LANES, m, e);
        for (int l = 0; l < LANES; l++)
            diff[c * LANES + l] += (e[l] / (real)sum[l] * weight[l] - t[l]) * s->share;
    }
    memcpy(s->loss + first, loss, (size_t)N * sizeof *loss);
}

static void judge(const LossStep *s) {
    const bool binary = s->last == &sigmoid_layer.spec;
    const bool blocks = !binary && s->score.layout == LAYOUT_LANES;

    for (int n = 0; n < s->score.n && blocks; n += LANES) judge_block(s, n);
    for (int n = 0; n < s->score.n && !blocks; n++)
        s->loss[n] = (binary ? judge_sigmoid : judge_softmax)(s, n);
}

// ---- for the viewer -----------------------------------------------------------------------------

// e^(z − m) of all classes, and their sum.
typedef struct Known { Operand m; double sum; } Known;

static Operand score(const Question *q, int c) { return explain_at(q, "z", OF_SCORE, 0, q->n, c, 0, 0); }
static Operand target(const Question *q, int c) { return explain_at(q, "t", OF_TARGET, 0, q->n, c, 0, 0); }

static Known tell_scores(const Question *q) {
    Known k = {.m = score(q, 0)};
    for (int c = 1; c < q->loss->score.c; c++)
        if (score(q, c).v > k.m.v) k.m = score(q, c);
    k.m.name = "m";
    for (int c = 0; c < q->loss->score.c; c++)
        k.sum += exp(score(q, c).v - k.m.v);
    explain_helper(q, k.m);
    explain_helper(q, explain_worked("Σ", k.sum, "the sum of all exp(z − m)"));
    return k;
}

static void softmax_loss(const Question *q) {
    const Known k = tell_scores(q);

    for (int c = 0; c < q->loss->score.c; c++) {
        const Operand z = score(q, c);
        const Note how = explain_note("%s + ln %s − %s", figure(k.m.v).s, figure(k.sum).s,
                                      inner(z.v).s);
        const Operand surprise = explain_from(z, "−ln p", k.m.v + log(k.sum) - z.v, how.s);
        loss_term(q, NULL, loss_class_weight(q, c), 2, (const Operand[]){target(q, c), surprise});
    }
}

static void softmax_score(const Question *q) {
    const Known k = tell_scores(q);
    const Operand z = score(q, q->c), t = target(q, q->c);
    const Note how = explain_note("e^(%s − %s)/%s", figure(z.v).s, inner(k.m.v).s, figure(k.sum).s);
    const Operand p = explain_from(z, "p", exp(z.v - k.m.v) / k.sum, how.s);
    Note share_how;
    const Operand share = loss_share(q, 1, &share_how);
    loss_term(q, "what it said", loss_counts(q), 2, (const Operand[]){p, share});
    loss_term(q, "what was wanted", loss_class_weight(q, q->c), 2,
              (const Operand[]){explain_from(t, "−t", -t.v, "minus the target"), share});
}

// −ln sigmoid(z), without overflow.
static double surprise_of(double z) { return z < 0 ? log1p(exp(z)) - z : log1p(exp(-z)); }

// A single output has a weight for yes and one for no; several are weighed as a whole.
static double weight_of(const Question *q, int yes) {
    return q->loss->score.c == 1 ? loss_class_weight(q, yes) : loss_counts(q);
}

static void sigmoid_loss(const Question *q) {
    const int C = q->loss->score.c, n = C > 1 ? 3 : 2;
    const Note parts = explain_note("1/%d", C);
    const Operand part = explain_worked("1/C", 1.0 / C, parts.s);

    for (int c = 0; c < C; c++) {
        const Operand z = score(q, c), t = target(q, c);
        const double p = 1 / (1 + exp(-z.v));
        const Note rest = explain_note("1 − %s", figure(t.v).s), yes = explain_note("−ln %s", figure(p).s);
        const Note no = explain_note("−ln(1 − %s)", figure(p).s);
        loss_term(q, "yes was right", weight_of(q, 1), n,
                  (const Operand[]){t, explain_from(z, "−ln p", surprise_of(z.v), yes.s), part});
        loss_term(q, "no was right", weight_of(q, 0), n,
                  (const Operand[]){explain_from(t, "1 − t", 1 - t.v, rest.s),
                                    explain_from(z, "−ln(1 − p)", surprise_of(-z.v), no.s), part});
    }
}

static void sigmoid_score(const Question *q) {
    const Operand z = score(q, q->c), t = target(q, q->c);
    const Note how = explain_note("1 / (1 + e^%s)", inner(-z.v).s);
    const Operand p = explain_from(z, "p", 1 / (1 + exp(-z.v)), how.s);
    Note share_how;
    const Operand share = loss_share(q, q->loss->score.c, &share_how);
    loss_term(q, "what it said", loss_counts(q), 2, (const Operand[]){p, share});
    loss_term(q, "what was wanted", weight_of(q, 1), 2,
              (const Operand[]){explain_from(t, "−t", -t.v, "minus the target"), share});
}

static void explain(const Question *q) {
    const bool binary = q->loss->last == &sigmoid_layer.spec;
    if (q->asked == ASKED_LOSS) (binary ? sigmoid_loss : softmax_loss)(q);
    else (binary ? sigmoid_score : softmax_score)(q);
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
    .explain   = explain,
};
