/* norm_explain.c — the three normalisations taken apart (norm.h has the formulas).
 *
 *     dst         = weight·x̂  +  bias                                     x̂ = (x − μ)·1/σ
 *     diff_src    = 1/σ·g  −  1/σ·mean g  −  1/σ·x̂·mean g·x̂              g = weight·δ
 *     diff_weight = Σ δ·x̂                diff_bias = Σ δ
 *
 * The first term of diff_src is the number's own gradient. The other two are there because μ and σ
 * hold every number of the set: what moves all of them alike, or stretches them alike, changes no
 * output. With constant μ and σ (inference, frozen) only the first remains.
 *
 * A bias just before a normalisation moves all numbers of the set alike: it learns nothing. */
#include <math.h>

#include "runtime/layers/norm.h"

enum { WEIGHT, BIAS };

// A set, and its numbers by the definition, in double.
typedef struct Known { NormSet set; double M, mean, deviation; } Known;

static Known know(const Question *q, const NormRule *r, int n, int c) {
    const NormSet a = r->set(q->s, n, c);
    const Moments m = r->kept ? *r->kept : norm_ref.moments(a);
    return (Known){.set = a, .M = norm_count(a), .mean = m.mean, .deviation = sqrt(m.var + r->eps)};
}

static void tell(const Question *q, const NormRule *r, Known k) {
    const Note mean = explain_note("the mean of %.0f numbers", k.M);
    const Note deviation = explain_note("the root of their variance + %s", figure(r->eps).s);
    explain_helper(q, explain_worked("μ", k.mean, r->kept ? "the running mean" : mean.s));
    explain_helper(q, explain_worked("σ", k.deviation,
                                     r->kept ? "the root of the running variance + eps" : deviation.s));
}

// ---- operands -----------------------------------------------------------------------------------

static double hat_value(Known k, double src) { return (src - k.mean) / k.deviation; }

// x̂ of a place; how it was worked out stands in `note`, if somebody reads it.
static Operand hat(const Question *q, Known k, int n, int c, int y, int x, Note *note) {
    const Operand src = explain_at(q, "x", OF_SRC, 0, n, c, y, x);
    if (!q->bare)
        *note = explain_note("(%s − %s)/%s", figure(src.v).s, inner(k.mean).s, figure(k.deviation).s);
    return explain_from(src, "x̂", hat_value(k, src.v), q->bare ? NULL : note->s);
}

static Operand param(const Question *q, const NormRule *r, int which, int c, int y, int x) {
    const char *const name = which == WEIGHT ? "weight" : "bias";
    return r->each ? explain_at(q, name, OF_PARAM, which, c, y, x, 0)
                   : explain_at(q, name, OF_PARAM, which, c, 0, 0, 0);
}

static Operand arriving(const Question *q, int n, int c, int y, int x) {
    return explain_at(q, "δ", OF_DIFF_DST, 0, n, c, y, x);
}

// ---- what is asked ------------------------------------------------------------------------------

static void explain_dst(const Question *q, const NormRule *r) {
    const Known k = know(q, r, q->n, q->c);
    Note how;
    tell(q, r, k);
    explain_term(q, NULL, param(q, r, WEIGHT, q->c, q->y, q->x),
                 hat(q, k, q->n, q->c, q->y, q->x, &how));
    explain_term(q, "bias", param(q, r, BIAS, q->c, q->y, q->x));
}

// The means of g and g·x̂ over the set.
static Sums means(const Question *q, const NormRule *r, Known k) {
    const Tensor src = q->s->src[0];
    Sums sum = {0};
    for (int n = k.set.n.lo; n < k.set.n.hi; n++)
    for (int c = k.set.c.lo; c < k.set.c.hi; c++)
    for (int y = 0; y < src.h; y++)
    for (int x = 0; x < src.w; x++) {
        const double g = param(q, r, WEIGHT, c, y, x).v * arriving(q, n, c, y, x).v;
        sum.g += g / k.M;
        sum.gx += g * hat_value(k, (double)*at(src, n, c, y, x)) / k.M;
    }
    return sum;
}

static void explain_src(const Question *q, const NormRule *r) {
    const Known k = know(q, r, q->n, q->c);
    const Note how = explain_note("1/%s", figure(k.deviation).s);
    const Operand stretch = explain_worked("1/σ", 1 / k.deviation, how.s);
    tell(q, r, k);
    explain_term(q, "its own gradient", stretch, param(q, r, WEIGHT, q->c, q->y, q->x),
                 arriving(q, q->n, q->c, q->y, q->x));
    if (r->kept) return;

    const Sums mean = means(q, r, k);
    const Note all = explain_note("minus the mean of weight·δ over %.0f numbers", k.M);
    const Note along = explain_note("minus the mean of weight·δ·x̂ over %.0f numbers", k.M);
    Note place;
    explain_term(q, "what moves all of them alike", stretch, explain_worked("−mean g", -mean.g, all.s));
    explain_term(q, "what stretches all of them alike", stretch,
                 hat(q, k, q->n, q->c, q->y, q->x, &place),
                 explain_worked("−mean g·x̂", -mean.gx, along.s));
}

static void explain_place(const Question *q, Known k, int n, int c, int y, int x) {
    Note how;
    if (q->k == BIAS) explain_term(q, NULL, arriving(q, n, c, y, x));
    else explain_term(q, NULL, arriving(q, n, c, y, x), hat(q, k, n, c, y, x, &how));
}

// Of channel q->n; or, each for itself, of the place q->n, q->c, q->y.
static void explain_param(const Question *q, const NormRule *r) {
    const Tensor src = q->s->src[0];
    Known k = {0};
    for (int n = 0; n < src.n; n++) {
        if (n == 0 || !r->across) k = know(q, r, n, q->n);
        if (q->k == WEIGHT && (n == 0 || !r->across)) tell(q, r, k);
        if (r->each) explain_place(q, k, n, q->n, q->c, q->y);
        for (int y = 0; y < src.h && !r->each; y++)
            for (int x = 0; x < src.w; x++) explain_place(q, k, n, q->n, y, x);
    }
}

void norm_explain(const Question *q, const NormRule *r) {
    if (q->asked == ASKED_DST) explain_dst(q, r);
    else if (q->asked == ASKED_DIFF_SRC) explain_src(q, r);
    else if (q->k <= BIAS) explain_param(q, r);
}
