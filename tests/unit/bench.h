/* bench.h — one layer on a test bench: every tensor it reads or writes, in memory of its own, so
 * that the address sanitizer sees a step beside it. */
#pragma once
#include <stdlib.h>

#include "runtime/layer.h"
#include "tests/unit/test.h"

typedef struct Bench {
    const Node *node;
    const LayerKind *kind;
    int n, n_src, n_param;
    Layout layout;
    Shape src_shape[MAX_SRC];
    Tensor src[MAX_SRC], diff_src[MAX_SRC], dst, diff_dst;
    Tensor param[MAX_PARAMS], diff_param[MAX_PARAMS];
    unsigned char *saved, *notes; // notes: what is joined, then those of BENCH_NOTES groups
    size_t saved_image, notes_len, n_work, n_prepared;
    real *work, *prepared; // prepared: NULL if there is none, or the layer is to do without
} Bench;

enum { BENCH_NOTES = 4 };

// What a step is to do, besides computing.
typedef struct Mode { bool training, frozen, replay; } Mode;

static inline Tensor bench_block(int n, int c, int h, int w, Layout layout) {
    Tensor t = {.n = n, .c = c, .h = h, .w = w, .layout = layout};
    t.v = calloc(tensor_len(t), sizeof *t.v);
    if (!t.v) abort();
    return t;
}

static inline Tensor bench_images(const Bench *b, Shape s) {
    return bench_block(b->n, s.c, s.h, s.w, b->layout);
}

static inline Tensor bench_param(const ParamSpec *p) {
    int side[4] = {1, 1, 1, 1};
    for (int i = 0; i < p->rank; i++)
        side[i] = p->dim[i];
    return bench_block(side[0], side[1], side[2], side[3], LAYOUT_PLAIN);
}

static inline void bench_params(Bench *b, const Node *node) {
    b->n_param = node->n_params;
    for (int k = 0; k < b->n_param; k++) {
        b->param[k] = bench_param(&node->param[k]);
        b->diff_param[k] = bench_param(&node->param[k]);
        if (node->param[k].role != PARAM_STATISTIC) continue;
        free(b->diff_param[k].v);
        b->diff_param[k].v = NULL;
    }
}

static inline void bench_memory(Bench *b) {
    const void *cfg = b->node->use.cfg;
    if (b->kind->saved) b->saved_image = b->kind->saved(cfg, b->src_shape, b->node->shape);
    if (b->kind->notes) b->notes_len = b->kind->notes(cfg, b->src_shape, b->node->shape);
    if (b->kind->work) b->n_work = b->kind->work(cfg, b->src_shape, b->node->shape, b->n, b->layout);
    if (b->kind->prepared) b->n_prepared = b->kind->prepared(cfg, b->src_shape, b->node->shape, b->layout);
    if (b->n_prepared && !(b->prepared = malloc(b->n_prepared * sizeof *b->prepared))) abort();
    const size_t room = tensor_len(b->dst) / tensor_image(b->dst); // images, lanes without one included
    b->saved = malloc(room * b->saved_image + 1);
    b->work = malloc(b->n_work * sizeof *b->work + 1);
    b->notes = malloc((1 + BENCH_NOTES) * b->notes_len + 1);
    if (!b->saved || !b->work || !b->notes) abort();
}

static inline Bench bench_make_in(const Graph *g, const Node *node, int n, Layout layout) {
    Bench b = {.node = node, .kind = layer_of(node), .n = n, .n_src = node->n_src, .layout = layout};
    for (int k = 0; k < b.n_src; k++) {
        b.src_shape[k] = g->node[node->src[k]].shape;
        b.src[k] = bench_images(&b, b.src_shape[k]);
        b.diff_src[k] = bench_images(&b, b.src_shape[k]);
    }
    b.dst = bench_images(&b, node->shape);
    b.diff_dst = bench_images(&b, node->shape);
    bench_params(&b, node);
    bench_memory(&b);
    return b;
}

// From now on without what would be prepared of the parameters.
static inline void bench_unprepared(Bench *b) {
    free(b->prepared);
    b->prepared = NULL;
}

static inline Bench bench_make(const Graph *g, const Node *node, int n) {
    return bench_make_in(g, node, n, LAYOUT_PLAIN);
}

static inline void bench_free(Bench *b) {
    for (int k = 0; k < b->n_src; k++)
        free(b->src[k].v), free(b->diff_src[k].v);
    for (int k = 0; k < b->n_param; k++)
        free(b->param[k].v), free(b->diff_param[k].v);
    free(b->dst.v), free(b->diff_dst.v), free(b->saved), free(b->notes);
    free(b->work), free(b->prepared);
}

// ---- numbers ------------------------------------------------------------------------------------

// A shuffled ruler: the numbers −1 … 1, each 2/len from the next, none of them 0.
static inline void bench_ruler(Tensor t, const char *name) {
    const int len = (int)tensor_len(t);
    int *order = malloc((size_t)len * sizeof *order);
    if (!order) abort();
    rng_shuffle(rng_make(1, name), order, len);
    for (int i = 0; i < len; i++)
        t.v[i] = (real)((order[i] + 0.5) * 2 / len - 1);
    free(order);
}

static inline void bench_fill_with(Tensor t, real v) {
    for (size_t i = 0, len = t.v ? tensor_len(t) : 0; i < len; i++)
        t.v[i] = v;
}

// Rulers for everything that is read; statistics between 0.2 and 1, since a variance is positive.
static inline void bench_fill(Bench *b) {
    static const char *const src_name[] = {"src0", "src1", "src2"};
    static const char *const param_name[MAX_PARAMS] = {"param0", "param1", "param2", "param3"};
    for (int k = 0; k < b->n_src && k < 3; k++)
        bench_ruler(b->src[k], src_name[k]);
    for (int k = 0; k < b->n_param; k++) {
        bench_ruler(b->param[k], param_name[k]);
        if (b->node->param[k].role != PARAM_STATISTIC) continue;
        for (size_t i = 0; i < tensor_len(b->param[k]); i++)
            b->param[k].v[i] = R(0.6) + R(0.4) * b->param[k].v[i];
    }
    bench_ruler(b->diff_dst, "diff_dst");
}

// Gradients that are there already, for backward to add to.
static inline void bench_clear(Bench *b, real before) {
    for (int k = 0; k < b->n_src; k++)
        bench_fill_with(b->diff_src[k], before);
    for (int k = 0; k < b->n_param; k++)
        bench_fill_with(b->diff_param[k], before);
}

// ---- running it ---------------------------------------------------------------------------------

// A step on images [images.lo, images.hi) and rows `part` of the weights, with scratch full of NaN.
typedef struct Call { Step s; Tensor src[MAX_SRC], diff_src[MAX_SRC]; } Call;

static inline const Step *bench_step(Bench *b, Call *c, Mode m, Range images, Range part) {
    for (int k = 0; k < b->n_src; k++) {
        c->src[k] = tensor_part(b->src[k], images.lo, images.hi);
        c->diff_src[k] = tensor_part(b->diff_src[k], images.lo, images.hi);
    }
    for (size_t i = 0; i < b->n_work; i++)
        b->work[i] = (real)NAN;
    c->s = (Step){.cfg = b->node->use.cfg, .n_src = b->n_src, .src = c->src,
                  .diff_src = c->diff_src, .dst = tensor_part(b->dst, images.lo, images.hi),
                  .diff_dst = tensor_part(b->diff_dst, images.lo, images.hi), .param = b->param,
                  .diff_param = b->diff_param, .saved = b->saved_image
                      ? b->saved + (size_t)images.lo * b->saved_image : NULL,
                  .joined = b->notes, .notes = b->notes + b->notes_len, .n_notes = 1,
                  .work = b->work, .prepared = b->prepared, .part = part, .training = m.training,
                  .replay = m.replay, .frozen = m.frozen, .first = images.lo, .rng = rng_make(3, "dropout")};
    return &c->s;
}

static inline const Step *bench_whole(Bench *b, Call *c, Mode m) {
    return bench_step(b, c, m, (Range){0, b->n}, (Range){0, b->node->shape.c});
}

// The weights in two ranges of rows, as if two threads did it.
static inline void bench_prepare(Bench *b, const Step *s) {
    const int rows = b->param[0].n;
    Step part = *s;
    part.part = (Range){0, rows / 3};
    b->kind->prepare(&part);
    part.part = (Range){rows / 3, rows};
    b->kind->prepare(&part);
}

// What the layer must know of all images of s; the definition finds it itself.
static inline void bench_join(const Bench *b, bool ref, const Step *s) {
    if (ref || !b->kind->notes) return;
    b->kind->gather(s);
    b->kind->join(s);
}

static inline void bench_join_back(const Bench *b, bool ref, const Step *s) {
    if (ref || !b->kind->notes) return;
    b->kind->gather_back(s);
    b->kind->join_back(s);
}

static inline void bench_forward(Bench *b, bool ref, const Step *s) {
    if (s->prepared && !ref) bench_prepare(b, s);
    bench_join(b, ref, s);
    (ref || !b->kind->forward ? b->kind->forward_ref : b->kind->forward)(s);
}

static inline void bench_backward(Bench *b, bool ref, const Step *s) {
    bench_join_back(b, ref, s);
    (ref || !b->kind->backward ? b->kind->backward_ref : b->kind->backward)(s);
}

// Forward into NaN, then backward onto `before`, all images and channels at once.
static inline void bench_run(Bench *b, bool ref, Mode m, real before) {
    Call c;
    const Step *s = bench_whole(b, &c, m);
    bench_fill_with(b->dst, (real)NAN);
    bench_forward(b, ref, s);
    bench_clear(b, before);
    bench_backward(b, ref, s);
}

// ---- in groups ----------------------------------------------------------------------------------

// Notes are joined from those of the groups, in their order.
static inline void bench_join_cut(Bench *b, Mode m, const Range *images, int n, void (*gather)(const Step *),
                                  void (*join)(const Step *)) {
    Call c;
    if (!b->notes_len) return;
    for (int i = 0; i < n; i++) {
        bench_step(b, &c, m, images[i], (Range){0});
        c.s.notes = b->notes + (size_t)(1 + i) * b->notes_len;
        gather(&c.s);
    }
    bench_whole(b, &c, m);
    c.s.n_notes = n;
    join(&c.s);
}

static inline void bench_run_cut(Bench *b, Mode m, const Range *images, int n) {
    const LayerKind *k = b->kind;
    Call c;
    bench_fill_with(b->dst, (real)NAN);
    bench_join_cut(b, m, images, n, k->gather, k->join);
    for (int i = 0; i < n; i++)
        (k->forward ? k->forward : k->forward_ref)(bench_step(b, &c, m, images[i], (Range){0}));
    bench_clear(b, 0);
    bench_join_cut(b, m, images, n, k->gather_back, k->join_back);
    for (int i = n - 1; i >= 0; i--) {
        bench_step(b, &c, m, images[i], (Range){0});
        const Tensor none[MAX_PARAMS] = {{0}};
        if (b->notes_len) c.s.diff_param = none;
        (k->backward ? k->backward : k->backward_ref)(&c.s);
    }
}
