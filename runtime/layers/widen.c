/* widen.c — more channels without any weights: the new ones are zero.
 *
 *     dst[n,f,y,x] = src[n, f − B, y, x]  where 0 ≤ f − B < C, else 0        B = (F − C)/2, rounded down
 *     diff_src[n,c,y,x] += diff_dst[n, c + B, y, x]
 *
 *     src  N × C × H × W        dst  N × F × H × W
 *
 * The channels that arrive come to lie in the middle. In a residual network it is the shortcut from a
 * stage with few channels to one with many, where no 1 × 1 convolution is wanted ("option A").
 * Source: He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition", 2016, §3.3 and §4.2. */
#include <stdio.h>

#include "runtime/explain.h"

typedef struct Widen { int channels; } Widen;

static const AttrSpec attrs[] = {
    INT_ATTR(Widen, channels, 0, 1, MAX_CHANNELS, "how many there are afterwards", .main = true,
             .required = true, .synonyms = "planes out_channels filters"),
    {0},
};

static bool infer(Infer *q) {
    const int F = ((const Widen *)q->cfg)->channels;
    const Shape in = q->src[0];
    if (F < in.c)
        return infer_error(q, "channels", S_SHAPE, "%d channels arrive here: there cannot be %d "
                           "afterwards, widen only adds some", in.c, F);
    q->dst = (Shape){F, in.h, in.w};
    const int B = (F - in.c) / 2;
    snprintf(q->note, sizeof q->note, "%d+%d+%d = %d channels", B, in.c, F - in.c - B, F);
    return true;
}

// Channels of zeros that come before those that arrive.
static int before(const Step *s) { return (s->dst.c - s->src[0].c) / 2; }

// ---- the definition -----------------------------------------------------------------------------

static void forward_ref(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    const int B = before(s);

    for (int n = 0; n < dst.n; n++)
    for (int f = 0; f < dst.c; f++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++)
        *at(dst, n, f, y, x) = f >= B && f - B < src.c ? *at(src, n, f - B, y, x) : 0;
}

static void backward_ref(const Step *s) {
    const Tensor diff_src = s->diff_src[0], diff_dst = s->diff_dst;
    const int B = before(s);
    if (!diff_src.v) return;

    for (int n = 0; n < diff_src.n; n++)
    for (int c = 0; c < diff_src.c; c++)
    for (int y = 0; y < diff_src.h; y++)
    for (int x = 0; x < diff_src.w; x++)
        *at(diff_src, n, c, y, x) += *at(diff_dst, n, c + B, y, x);
}

/* ---- the fast way -------------------------------------------------------------------------------
 * The channels of one image, or of sixteen images side by side, lie one behind the other, so that the
 * zeros before, the numbers that arrive and the zeros behind are three runs. */

static size_t side_by_side(Tensor t) { return t.layout == LAYOUT_LANES ? LANES : 1; }
static size_t runs(Tensor t) { return ((size_t)t.n + side_by_side(t) - 1) / side_by_side(t); }

// Lengths of what arrives and of what goes on in one run, and where the former begins in the latter.
typedef struct Run { size_t len, all, first; } Run;

static Run run_of(const Step *s) {
    const size_t lanes = side_by_side(s->dst), place = (size_t)s->dst.h * (size_t)s->dst.w * lanes;
    return (Run){tensor_image(s->src[0]) * lanes, tensor_image(s->dst) * lanes,
                 (size_t)before(s) * place};
}

static void forward(const Step *s) {
    const Run run = run_of(s);

    for (size_t r = 0; r < runs(s->dst); r++) {
        const real *src = s->src[0].v + r * run.len;
        real *dst = s->dst.v + r * run.all;
        for (size_t i = 0; i < run.first; i++)
            dst[i] = 0;
        for (size_t i = 0; i < run.len; i++)
            dst[run.first + i] = src[i];
        for (size_t i = run.first + run.len; i < run.all; i++)
            dst[i] = 0;
    }
}

static void backward(const Step *s) {
    const Run run = run_of(s);
    const bool fresh = step_fresh(s, 0);

    for (size_t r = 0; s->diff_src[0].v && r < runs(s->dst); r++) {
        const real *diff_dst = s->diff_dst.v + r * run.all + run.first;
        real *diff_src = s->diff_src[0].v + r * run.len;
        for (size_t i = 0; i < run.len; i++)
            diff_src[i] = (fresh ? 0 : diff_src[i]) + diff_dst[i];
    }
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const int B = before(q->s), c = q->c - B;
    if (q->asked == ASKED_DIFF_SRC)
        explain_term(q, NULL, explain_at(q, "δ", OF_DIFF_DST, 0, q->n, q->c + B, q->y, q->x));
    else if (c >= 0 && c < q->s->src[0].c) // the zeros are made of nothing
        explain_term(q, "a copy", explain_at(q, "x", OF_SRC, 0, q->n, c, q->y, q->x));
}

const LayerKind widen_layer = {
    .spec = {.name = "widen", .summary = "add channels that are zero, on both sides",
             .formula = "y[f] = x[f - (F-C)/2], and 0 where there is none", .example = "widen 32",
             .synonyms = "pad_channels ZeroPadChannels channel_pad option_a shortcut_a",
             .source = "runtime/layers/widen.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(Widen), .attrs = attrs, .infer = infer},
    .lanes        = true,
    .writes       = true,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
