/* dropout.c — in training, switch a random part of the numbers off.
 *
 *     dst = keep · src / (1 − p)           diff_src += keep · diff_dst / (1 − p)
 *
 *     keep is 0 with probability p, else 1, drawn anew for every number and step
 *
 * The numbers that stay are made larger, so that the expected value is src and inference, where
 * dst = src, needs no correction ("inverted" dropout). The choice for a number depends on seed,
 * layer, step and the number's place in the batch: not on how the batch is cut.
 * Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
 * 2014, §10. */
#include <string.h>

#include "runtime/explain.h"
#include "runtime/kernels/wide.h"

typedef struct Dropout { double rate; } Dropout;

static const AttrSpec attrs[] = {
    REAL_ATTR(Dropout, rate, 0, 0, 1, "part of the numbers that is switched off, as in 50%",
              .main = true, .required = true, .open = true,
              .synonyms = "p prob probability ratio dropout_ratio drop"),
    {0},
};

// One byte per number, where the number lies in dst: is it kept?
static size_t saved(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg, (void)src;
    return (size_t)dst.c * (size_t)dst.h * (size_t)dst.w;
}

static double rate_of(const Step *s) { return ((const Dropout *)s->cfg)->rate; }

/* The choice goes by the number's place in the plain order. In LAYOUT_LANES the bytes of an image lie
 * LANES apart: they are drawn a chunk at a time, and those of lanes without an image are 0. */
enum { CHUNK = 256 };

static void draw_lanes(const Step *s, uint8_t *keep) {
    const size_t image = tensor_image(s->dst);
    uint8_t chunk[CHUNK];
    for (size_t k = 0; k < tensor_len(s->dst) / image; k++) {
        uint8_t *const lane = keep + k / LANES * LANES * image + k % LANES;
        for (size_t i = 0; i < image; i += CHUNK) {
            const size_t n = image - i < CHUNK ? image - i : CHUNK;
            memset(chunk, 0, n);
            if (k < (size_t)s->dst.n)
                rng_at_least(s->rng, ((uint64_t)s->first + k) * image + i, rate_of(s), chunk, n);
            for (size_t j = 0; j < n; j++) lane[(i + j) * LANES] = chunk[j];
        }
    }
}

static void draw(const Step *s) {
    const size_t image = tensor_image(s->dst);
    if (s->dst.layout == LAYOUT_LANES) draw_lanes(s, s->saved);
    else rng_at_least(s->rng, (uint64_t)s->first * image, rate_of(s), s->saved, tensor_len(s->dst));
}

WIDE static void forward(const Step *s) {
    const size_t len = tensor_len(s->dst);
    const real *src = s->src[0].v, factor = (real)(1 / (1 - rate_of(s)));
    const uint8_t *keep = s->saved;
    real *dst = s->dst.v;

    if (!s->training) {
        if (dst != src) memmove(dst, src, len * sizeof *dst);
        return;
    }
    if (!s->replay) draw(s);
    APART for (size_t i = 0; i < len; i++)
        dst[i] = src[i] * (factor * keep[i]);
}

WIDE static void backward(const Step *s) {
    const size_t len = tensor_len(s->dst);
    const real *diff_dst = s->diff_dst.v, factor = (real)(1 / (1 - rate_of(s)));
    const uint8_t *keep = s->saved;
    real *diff_src = s->diff_src[0].v;
    const bool fresh = step_fresh(s, 0);
    const size_t drawn = s->training ? len : 0;
    if (!diff_src) return;

    APART for (size_t i = 0; i < drawn; i++)
        diff_src[i] = (fresh ? 0 : diff_src[i]) + diff_dst[i] * (factor * keep[i]);
    APART for (size_t i = drawn; i < len; i++)
        diff_src[i] = (fresh ? 0 : diff_src[i]) + diff_dst[i];
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain(const Question *q) {
    const Operand x = q->asked == ASKED_DST ? explain_here(q, "x", OF_SRC)
                                            : explain_here(q, "δ", OF_DIFF_DST);
    if (!q->s->training) {
        explain_term(q, "all are kept when nothing is learnt", x);
        return;
    }
    const Tensor t = q->s->dst;
    const bool kept = ((const uint8_t *)q->s->saved)[at(t, q->n, q->c, q->y, q->x) - t.v];
    const double p = rate_of(q->s);
    const Note scale = explain_note("1/(1 − %s)", figure(p).s);
    explain_term(q, NULL, x, explain_worked("keep", kept, kept ? "drawn: kept" : "drawn: switched off"),
                 explain_worked("1/(1 − p)", 1 / (1 - p), scale.s));
}

const LayerKind dropout_layer = {
    .spec = {.name = "dropout", .summary = "in training, switch off a random part of the numbers",
             .formula = "y = x / (1 − p) with probability 1 − p, else 0", .example = "dropout 50%",
             .synonyms = "Dropout drop_out Dropout2d SpatialDropout2D",
             .source = "runtime/layers/dropout.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(Dropout), .attrs = attrs},
    .lanes        = true,
    .pointwise    = true,
    .writes       = true,
    .in_place     = true,
    .forgets      = true,
    .saved        = saved,
    .forward_ref  = forward,
    .backward_ref = backward,
    .explain      = explain,
};
