/* concat.c — put the channels of several values one behind the other.
 *
 *     dst[n, C₀ + … + Cₖ₋₁ + c, y, x] = srcₖ[n,c,y,x]          diff_src += diff_dst, likewise
 *
 *     srcₖ  N × Cₖ × H × W        dst  N × ΣCₖ × H × W
 *
 * Source: Szegedy et al., "Going Deeper with Convolutions", 2015, §4. */
#include <stdio.h>

#include "runtime/explain.h"

static bool fits(Infer *q, Shape a, Shape b) {
    if (a.h == b.h && a.w == b.w) return true;
    return infer_error(q, NULL, S_JOIN, "the channels of %dx%dx%d and %dx%dx%d cannot be joined: "
                       "height and width must be equal", a.h, a.w, a.c, b.h, b.w, b.c);
}

static bool infer(Infer *q) {
    int64_t channels = 0;
    size_t len = 0;
    for (int k = 0; k < q->n_src; k++) {
        if (!fits(q, q->src[0], q->src[k])) return false;
        channels += q->src[k].c;
        if (len < sizeof q->note)
            len += (size_t)snprintf(q->note + len, sizeof q->note - len, "%s%d", k ? "+" : "",
                                    q->src[k].c);
    }
    if (channels > INT32_MAX)
        return infer_error(q, NULL, S_LARGE, "%lld channels are too many", (long long)channels);
    if (len < sizeof q->note)
        snprintf(q->note + len, sizeof q->note - len, " = %lld", (long long)channels);
    q->dst = (Shape){(int)channels, q->src[0].h, q->src[0].w};
    return true;
}

// ---- the definition -----------------------------------------------------------------------------

static void forward_ref(const Step *s) {
    const Tensor dst = s->dst;
    int before = 0;

    for (int k = 0; k < s->n_src; before += s->src[k++].c)
    for (int n = 0; n < dst.n; n++)
    for (int c = 0; c < s->src[k].c; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++)
        *at(dst, n, before + c, y, x) = *at(s->src[k], n, c, y, x);
}

static void backward_ref(const Step *s) {
    const Tensor diff_dst = s->diff_dst;
    int before = 0;

    for (int k = 0; k < s->n_src; before += s->diff_src[k++].c)
    for (int n = 0; s->diff_src[k].v && n < diff_dst.n; n++)
    for (int c = 0; c < s->diff_src[k].c; c++)
    for (int y = 0; y < diff_dst.h; y++)
    for (int x = 0; x < diff_dst.w; x++)
        *at(s->diff_src[k], n, c, y, x) += *at(diff_dst, n, before + c, y, x);
}

// ---- the fast way -------------------------------------------------------------------------------
// The channels of one image, or of sixteen images side by side, are one run of numbers.

static size_t side_by_side(Tensor t) { return t.layout == LAYOUT_LANES ? LANES : 1; }
static size_t runs(Tensor t) { return ((size_t)t.n + side_by_side(t) - 1) / side_by_side(t); }

static void forward(const Step *s) {
    real *dst = s->dst.v;

    for (size_t r = 0; r < runs(s->dst); r++)
    for (int k = 0; k < s->n_src; k++) {
        const size_t len = tensor_image(s->src[k]) * side_by_side(s->dst);
        const real *src = s->src[k].v + r * len;
        for (size_t i = 0; i < len; i++)
            dst[i] = src[i];
        dst += len;
    }
}

static void backward(const Step *s) {
    const real *diff_dst = s->diff_dst.v;

    for (size_t r = 0; r < runs(s->dst); r++)
    for (int k = 0; k < s->n_src; k++) {
        const size_t len = tensor_image(s->src[k]) * side_by_side(s->dst);
        real *diff_src = s->diff_src[k].v;
        for (size_t i = 0; diff_src && i < len; i++)
            diff_src[r * len + i] += diff_dst[i];
        diff_dst += len;
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    int before = 0;
    if (q->asked == ASKED_DST) {
        int k = 0;
        for (; q->c >= before + q->s->src[k].c; k++)
            before += q->s->src[k].c;
        explain_term(q, "a copy", explain_at(q, k ? "x'" : "x", OF_SRC, k, q->n, q->c - before, q->y,
                                             q->x));
        return;
    }
    for (int k = 0; k < q->k; k++)
        before += q->s->src[k].c;
    explain_term(q, "a copy", explain_at(q, "δ", OF_DIFF_DST, 0, q->n, before + q->c, q->y, q->x));
}

const LayerKind concat_layer = {
    .spec = {.name = "concat", .summary = "join the channels of several values",
             .formula = "y = the channels of x, then those of x'", .example = "concat conv1",
             .synonyms = "Concatenate concatenate Concat cat join route",
             .source = "runtime/layers/concat.c", .min_src = 2, .max_src = MAX_SRC,
             .infer = infer},
    .lanes        = true,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
