/* add.c — the sum of several values of the same shape: the joint of a skip connection.
 *
 *     dst = src₀ + src₁ + …                diff_srcₖ += diff_dst  for every k
 *
 * The gradient goes back through every path undiminished; that is why deep residual networks learn.
 * src₀ and dst may be the same place: its gradient then is there already.
 * Source: He et al., "Deep Residual Learning for Image Recognition", 2016, §3.2. */
#include "runtime/explain.h"
#include "runtime/kernels/wide.h"

static bool same(Shape a, Shape b) { return a.c == b.c && a.h == b.h && a.w == b.w; }

static bool infer(Infer *q) {
    const Shape a = q->src[0];
    for (int k = 1; k < q->n_src; k++) {
        const Shape b = q->src[k];
        if (!same(a, b))
            return infer_error(q, NULL, S_JOIN, "%dx%dx%d and %dx%dx%d cannot be added: sides and "
                               "channels must be equal", a.h, a.w, a.c, b.h, b.w, b.c);
    }
    q->dst = a;
    return true;
}

WIDE static void forward(const Step *s) {
    const size_t len = tensor_len(s->dst);
    const real *a = s->src[0].v, *b = s->src[1].v;
    real *dst = s->dst.v;

    APART for (size_t i = 0; i < len; i++)
        dst[i] = a[i] + b[i];
    for (int k = 2; k < s->n_src; k++)
        APART for (size_t i = 0; i < len; i++)
            dst[i] += s->src[k].v[i];
}

WIDE static void backward(const Step *s) {
    const size_t len = tensor_len(s->dst);

    for (int k = 0; k < s->n_src; k++) {
        real *restrict diff_src = s->diff_src[k].v;
        const real *restrict diff_dst = s->diff_dst.v;
        const bool fresh = step_fresh(s, k);
        if (!diff_src || diff_src == diff_dst) continue;
        for (size_t i = 0; i < len; i++)
            diff_src[i] = (fresh ? 0 : diff_src[i]) + diff_dst[i];
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    if (q->asked != ASKED_DST) {
        explain_term(q, "a copy", explain_here(q, "δ", OF_DIFF_DST));
        return;
    }
    for (int k = 0; k < q->s->n_src; k++)
        explain_term(q, NULL, explain_at(q, k ? "x'" : "x", OF_SRC, k, q->n, q->c, q->y, q->x));
}

const LayerKind add_layer = {
    .spec = {.name = "add", .summary = "add values of the same shape, number by number",
             .formula = "y = x + x'", .example = "add conv1",
             .synonyms = "Add sum Sum Eltwise eltwise shortcut skip plus",
             .source = "runtime/layers/add.c", .min_src = 2, .max_src = MAX_SRC, .infer = infer},
    .lanes        = true,
    .pointwise    = true,
    .by_map       = true,
    .writes       = true,
    .in_place     = true,
    .forgets      = true,
    .forward_ref  = forward,
    .backward_ref = backward,
    .explain      = explain,
};
