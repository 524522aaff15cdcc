/* layer.h — what a kind of layer is, to the runtime; one file per kind.
 *
 * A kind is one file in runtime/layers/ and one line in layers.def. Its KindSpec (lang/kind.h)
 * says what it is: options, shape, parameters. The functions here say what it does. They loop over
 * numbers: they allocate nothing, cannot fail, and keep no state but `saved`.
 *
 *     forward    dst = f(src, param)          every number of dst is overwritten
 *     backward   diff_src   += what diff_dst says about src       (where it is fresh: =)
 *                diff_param += what diff_dst says about the parameters
 *
 * Backward *adds*, so a value that two layers read needs no special code. The plan cuts a batch
 * into groups of images and calls a layer once per group, from several threads at once, each with
 * its own diff_param.
 *
 * A kind that must know the whole batch before it can begin (batchnorm: its mean) takes notes. Each
 * group's are taken right after the layer before it, while its numbers are in the cache; when all groups
 * are done, one call joins the notes in the order of the groups; then forward, too, goes group by group:
 *
 *     gather      notes  = what this group says       join       joined = what all notes say together
 *
 * Backward the same with gather_back and join_back. The definitions get the whole batch at once. */
#pragma once
#include <stdint.h>

#include "lang/graph.h"
#include "runtime/rng.h"
#include "runtime/tensor.h"

typedef struct Range { int lo, hi; } Range; // lo ≤ i < hi
// Part k of a call that is done in `of` parts; of = 0: all of it. maps: it has some maps of dst, not rows.
typedef struct Share { int k, of; bool maps; } Share;

// One call of a layer: the images of one group, or (join, and the definition of a kind that joins) the
// whole batch.
typedef struct Step {
    const void *cfg;          // the kind's options
    int n_src;
    const Tensor *src;
    const Tensor *diff_src;   // .v is NULL where nobody asks for it
    uint64_t fresh;           // bit k: diff_src[k] holds nothing yet, so it is written, not added to
    Tensor dst, diff_dst;
    const Tensor *param;
    const Tensor *diff_param; // .v is NULL where it is frozen, a statistic, or done elsewhere
    real *prepared;           // what prepare() made of the parameters; NULL: do without
    void *saved;              // what forward keeps for backward: KindSpec-sized, for these images
    void *notes;              // gather: of these images; join: of all groups, one behind the other
    int n_notes;              // so many groups
    void *joined;             // what join made of them, until backward is done; NULL: without a batch
    real *work;               // scratch, contents undefined
    Range part;               // backward_params, prepare: rows of the weights' first side
    Share share;              // of a kind that shares
    bool training;
    bool replay;              // `saved` already holds the random choices: use those
    bool forward_only;        // no backward follows: what only that needs is not kept in `saved`
    bool fresh_params;        // diff_param holds nothing yet, so it is written, not added to
    bool frozen;              // the parameters are: batchnorm uses its stored mean and variance
    int first;                // number of image 0 of src within the batch
    Rng rng;                  // of (seed, layer, step); index by the element's place in the batch
} Step;

// A gradient to which g is added: what is there already, or nothing.
static inline bool step_fresh(const Step *s, int k) { return s->fresh >> k & 1; }

// Which of n things belong to this part of the call.
static inline Range step_share(const Step *s, int n) {
    const int64_t of = s->share.of ? s->share.of : 1;
    return (Range){(int)(s->share.k * (int64_t)n / of), (int)((s->share.k + 1) * (int64_t)n / of)};
}

// The rows that belong to this part of a call in LAYOUT_LAST, those of all images counted one after the
// other. Two of an image stay together.
static inline Range step_rows(const Step *s) {
    const int H = s->dst.h, pairs = (H + 1) / 2;
    const Range r = step_share(s, s->dst.n * pairs);
    return (Range){r.lo / pairs * H + 2 * (r.lo % pairs), r.hi / pairs * H + 2 * (r.hi % pairs)};
}

typedef struct Question Question; // explain.h

typedef struct LayerKind {
    KindSpec spec;
    // forward and backward (the fast ones, or where there are none the definitions) are quick in
    // LAYOUT_LANES, too. A network with a kind that says no stays in the plain layout.
    bool lanes;
    // Inference of few images can have the channels of a place side by side (LAYOUT_LAST, channels a multiple
    // of LANES). gives_last: the fast forward of such a layer writes dst so, whether src lies so or not.
    bool (*gives_last)(const void *cfg, const Shape *src, Shape dst);
    // The parts of a call of it on so many images are some maps of dst each, not rows: there are few places
    // and many weights.
    bool (*cuts_maps)(const void *cfg, const Shape *src, Shape dst, int n);
    // All sources may lie so; then so does dst, unless it is a vector.
    bool takes_last;
    // The same, and a place of dst follows from that place of the sources (and parameters) alone: a call
    // can be cut between any two places, and knows nothing of it.
    bool pointwise;
    // The fast backward (the definition where there is none) looks at Step.fresh. For a kind that says no
    // the plan sets gradients to zero beforehand, and fresh is 0. The other definitions always add.
    bool writes;
    // The same for Step.fresh_params, in backward and backward_params.
    bool writes_params;
    // In LAYOUT_LANES its weights are best read once for several groups of images: forward, and backward
    // without diff_param, then get them all in one call. The bits are those of one call for each.
    bool spans;
    // Works number by number, and src[0] and dst may be the same place, and so may their gradients (where
    // that of src[0] is fresh).
    bool in_place;
    // dst holds the numbers of src in the same order, in every layout of a plan: as the first layer it need
    // not copy the images.
    bool same;
    // Backward does not look at dst: the next layer may work in its place.
    bool forgets;
    // Backward does not look at the numbers of src.
    bool forgets_src;
    // Works in place, and the larger of two numbers stays the larger one, unless both become equal and
    // neither has a gradient any more.
    bool monotone;
    // Every number of dst is the largest of some of src, and its gradient goes there. A monotone kind
    // before it may as well come behind it: the same bits, and fewer numbers to work on.
    bool picks;
    // With few images a long call is done in parts, by several threads at once. forward, and backward
    // where nobody asks for diff_param (but see shares_sums), then look at Step.share, and so do gather
    // and gather_back: each part writes numbers of its own, the same as in a call that is not cut. Such a
    // kind has writes, and if it has parameters, backward_params or join_back.
    bool shares;
    // Backward of a call that is done in parts may find diff_param, too: each part adds what its share of the
    // places contributes, if there is `prepared`. NULL: never.
    bool (*shares_sums)(const void *cfg, const Shape *src, Shape dst, Layout layout);
    // Map c of dst follows from map c of each source and nothing else (no parameter, no chance), and every
    // map has as many bytes of `saved`: a call can be cut between any two maps, and knows nothing of it.
    bool by_map;
    // The same for map c of dst, but that it follows from all of src and row c of each parameter: a call for
    // some maps gets these rows. Only asked for LAYOUT_LANES; NULL: no.
    bool (*by_row)(const void *cfg, const Shape *src, Shape dst);
    // Bytes of `saved` per image, and reals of `work` per call on n images. NULL: none. Where saved
    // holds something for every number, it lies as dst does: at(dst, n, c, y, x) − dst.v.
    size_t (*saved)(const void *cfg, const Shape *src, Shape dst);
    size_t (*work)(const void *cfg, const Shape *src, Shape dst, int n, Layout layout);
    // Bytes of one group's notes, and of what is joined. NULL: the kind takes no notes, and has no function
    // that does. While parameters are frozen none are taken.
    size_t (*notes)(const void *cfg, const Shape *src, Shape dst);
    void (*gather)(const Step *s);
    void (*join)(const Step *s);
    void (*gather_back)(const Step *s);
    void (*join_back)(const Step *s);    // diff_param is complete after it: backward has none
    // Reals of `prepared`: the weights in the form that the fast code of this layer wants, made once
    // per step before all images, rows part.lo … part.hi of the weights at a time. 0 or NULL: none.
    size_t (*prepared)(const void *cfg, const Shape *src, Shape dst, Layout layout);
    void (*prepare)(const Step *s);
    // Are they for fewer products than the definition has, with roundings of their own? NULL: never.
    bool (*fewer_products)(const void *cfg, const Shape *src, Shape dst, Layout layout);
    void (*forward_ref)(const Step *s);  // the definition
    void (*backward_ref)(const Step *s);
    void (*forward)(const Step *s);      // the same numbers, sooner; NULL: the definition will do
    void (*backward)(const Step *s);
    // For kinds whose weights may be large: only diff_param, rows part.lo … part.hi of each
    // tensor's first side, from the whole batch. The plan then calls backward without diff_param.
    void (*backward_params)(const Step *s);
    // The terms whose sum is one number of the output or of a gradient; see explain.h.
    void (*explain)(const Question *q);
} LayerKind;

#define LAYER(name) extern const LayerKind name##_layer;
#include "runtime/layers/layers.def"
#undef LAYER

static inline const LayerKind *layer_of(const Node *n) { return (const LayerKind *)n->use.kind; }
