/* conv_columns.c — convolution as a matrix product: the sums of conv.c, sooner.
 *
 * Copy every window into a column (im2col.h); the triple sum over c, i, j then is a matrix product:
 *
 *     dst          = weights  · columns        F × M · M × P         M = C·KH·KW, P = H'·W'
 *     diff_weights = diff_dst · columnsᵀ       F × P · P × M
 *     diff_columns = weightsᵀ · diff_dst       M × F · F × P         back to diff_src by col2im
 *
 * The columns of a whole batch would fill the memory, so the work is cut into strips: some rows of
 * one large image, or several small images side by side. A 1×1 window with stride 1 copies nothing:
 * the image itself is its columns. */
#include <string.h>

#include "runtime/kernels/gemm.h"
#include "runtime/kernels/im2col.h"
#include "runtime/layers/conv.h"
#include "runtime/layers/cut.h"

enum {
    STRIP = 1 << 16, // numbers in the columns or maps of a strip, to stay in the second cache …
    NARROW = 192,    // … but it has so many places at least: every strip reads all weights
    SMALL = 128,     // images with fewer places go side by side
    LEAST_PLACES = 16, // of a strip where a call is done in parts; of no more the weights are the most work,
    FEW_PLACES = 6,    // and of so few would hardly fill a vector
};

// How one call is cut, and where it works. C, F and M are those of one group.
typedef struct Work {
    const Step *s;
    const Conv *cfg;
    Windows g;
    int F, M, P;
    int images, rows;      // of a strip, at most: several images, or some rows of one
    bool in_place;         // the columns of an image are the image
    Range part;            // the filters whose gradients are asked for,
    Range strips;          // the strips that are,
    Range channels;        // and the channels of each group whose diff_src is:
    Tensor diff_src;       // .v is NULL if it is not asked for
    real *gemm, *columns, *maps;
} Work;

// Output rows [y, y + rows) of images [n, n + images) for one group: `places` columns.
typedef struct Strip { int n, images, y, rows, places, group; } Strip;

// Everything that follows from the shapes.
static Work work_for(const Conv *o, Shape src, Shape dst) {
    const int KH = o->kernel.h, KW = o->kernel.w, C = src.c / o->groups;
    Work w = {.cfg = o, .F = o->filters / o->groups, .M = C * KH * KW, .P = dst.h * dst.w};
    w.g = (Windows){.C = C, .H = src.h, .W = src.w, .KH = KH, .KW = KW, .OH = dst.h, .OW = dst.w,
                    .S = o->stride, .D = o->dilation, .top = conv_axis(o, src.h, KH).before,
                    .left = conv_axis(o, src.w, KW).before};

    const int wanted = larger(NARROW, STRIP / larger(w.M, w.F));
    const bool small = w.P < SMALL;
    w.images = small ? larger(1, wanted / w.P) : 1;
    w.rows = small ? dst.h : equal_part(dst.h, larger(1, wanted / dst.w));
    w.in_place = !small && KH * KW == 1 && o->stride == 1 && w.P == src.h * src.w;
    return w;
}

// Numbers that the columns of a strip take at most, and its maps side by side.
static size_t columns_len(const Work *w) {
    const size_t len = (size_t)w->M * (size_t)w->images * (size_t)(w->rows * w->g.OW);
    return w->in_place ? 0 : len + (w->P <= FEW_PLACES ? (size_t)w->M * FEW_PLACES : 0);
}

static size_t maps_len(const Work *w) {
    return w->images > 1 ? (size_t)w->F * (size_t)w->images * (size_t)w->P : 0;
}

size_t conv_columns_work(const Conv *o, Shape src, Shape dst, int n) {
    Work w = work_for(o, src, dst);
    w.images = smaller(w.images, n);
    return aligned(gemm_work()) + aligned(columns_len(&w)) + maps_len(&w);
}

static Shape sides(Tensor t) { return (Shape){t.c, t.h, t.w}; }

static int count_strips(const Work *w) {
    const int of_image = (w->g.OH + w->rows - 1) / w->rows;
    return (w->s->dst.n + w->images - 1) / w->images * of_image * w->cfg->groups;
}

static Work work_of(const Step *s) {
    Work w = work_for(s->cfg, sides(s->src[0]), sides(s->dst));
    w.images = equal_part(s->dst.n, w.images);
    w.s = s;
    w.gemm = s->work;
    w.columns = w.gemm + aligned(gemm_work());
    w.maps = w.columns + aligned(columns_len(&w));
    w.part = (Range){0, w.cfg->filters};
    w.strips = (Range){0, count_strips(&w)};
    w.channels = (Range){0, w.g.C};
    return w;
}

static void each_strip(const Work *w, void (*visit)(const Work *, Strip)) {
    int number = 0;
    for (int n = 0; n < w->s->dst.n; n += w->images)
    for (int y = 0; y < w->g.OH; y += w->rows)
    for (int group = 0; group < w->cfg->groups; group++, number++) {
        if (number < w->strips.lo || number >= w->strips.hi) continue;
        Strip t = {.n = n, .images = smaller(w->images, w->s->dst.n - n), .y = y,
                   .rows = smaller(w->rows, w->g.OH - y), .group = group};
        t.places = t.images * t.rows * w->g.OW;
        visit(w, t);
    }
}

// The windows of a strip, one per column: M × places.
static Matrix columns_of(const Work *w, Strip t) {
    const Tensor src = w->s->src[0];
    const int c = t.group * w->g.C;
    if (w->in_place) return (Matrix){at(src, t.n, c, t.y, 0), w->P, 1};

    for (int k = 0; k < t.images; k++)
        im2col(&w->g, at(src, t.n + k, c, 0, 0), t.y, t.y + t.rows, w->columns + k * w->P,
               t.places);
    return (Matrix){w->columns, t.places, 1};
}

// The same turned round where they are few: then a product reads the weights along their rows.
static Matrix few_columns_of(const Work *w, Strip t) {
    const Matrix columns = columns_of(w, t);
    if (t.places > FEW_PLACES || w->in_place) return columns;
    real *const turned = w->columns + (ptrdiff_t)w->M * t.places;
    for (int m = 0; m < w->M; m++)
        for (int p = 0; p < t.places; p++) turned[(ptrdiff_t)p * w->M + m] = columns.v[m * columns.rs + p];
    return (Matrix){turned, 1, w->M};
}

static Matrix weights_of(const Work *w, int f) {
    return (Matrix){at(w->s->param[0], f, 0, 0, 0), w->M, 1};
}

// Those of the filters asked for that are of this group.
static Range filters_of(const Work *w, Strip t) {
    return (Range){larger(w->part.lo, t.group * w->F), smaller(w->part.hi, (t.group + 1) * w->F)};
}

static Matrix turned(Matrix m) { return (Matrix){m.v, m.cs, m.rs}; }

// ---- forward ----

static void begin_with_bias(const real *bias, int F, int n, real *dst, ptrdiff_t ld) {
    for (int f = 0; f < F; f++)
    for (int i = 0; i < n; i++) dst[f * ld + i] = bias[f];
}

static void forward_strip(const Work *w, Strip t) {
    const Tensor dst = w->s->dst;
    const Range f = filters_of(w, t);
    const int F = f.hi - f.lo;
    const bool direct = t.images == 1;
    if (F <= 0) return;
    real *const maps = direct ? at(dst, t.n, f.lo, t.y, 0) : w->maps;
    const ptrdiff_t ld = direct ? w->P : t.places;

    if (w->cfg->bias) begin_with_bias(w->s->param[1].v + f.lo, F, t.places, maps, ld);
    gemm(F, t.places, w->M, weights_of(w, f.lo), few_columns_of(w, t), maps, ld, w->cfg->bias, w->gemm);
    for (int k = 0; k < t.images && !direct; k++)
        for (int i = 0; i < F; i++)
            memcpy(at(dst, t.n + k, f.lo + i, 0, 0), maps + i * ld + k * w->P,
                   (size_t)w->P * sizeof *maps);
}

// So many strips that there is one for each part of the call.
static void narrower_strips(Work *w) {
    const int of = larger(1, w->s->share.of), least = (LEAST_PLACES + w->g.OW - 1) / w->g.OW;
    if (count_strips(w) >= of) return;
    w->images = 1;
    w->rows = smaller(w->rows, larger(least, w->s->dst.n * w->g.OH / of));
}

void conv_columns_forward(const Step *s) {
    Work w = work_of(s);
    if (s->dst.n * w.P <= LEAST_PLACES) {
        w.part = step_share(s, w.cfg->filters);
    } else {
        narrower_strips(&w);
        w.strips = step_share(s, count_strips(&w));
    }
    each_strip(&w, forward_strip);
}

// ---- backward ----

// diff_dst of filters [f.lo, f.hi): one row for each.
static Matrix diff_maps(const Work *w, Strip t, Range f) {
    const Tensor diff_dst = w->s->diff_dst;
    const ptrdiff_t ld = t.places;
    if (t.images == 1) return (Matrix){at(diff_dst, t.n, f.lo, t.y, 0), w->P, 1};

    for (int i = f.lo; i < f.hi; i++)
        for (int k = 0; k < t.images; k++)
            memcpy(w->maps + (i - f.lo) * ld + k * w->P, at(diff_dst, t.n + k, i, 0, 0),
                   (size_t)w->P * sizeof *w->maps);
    return (Matrix){w->maps, ld, 1};
}

static void clear_channels(const Work *w) {
    const Tensor t = w->diff_src;
    const size_t len = (size_t)(w->channels.hi - w->channels.lo) * (size_t)t.h * (size_t)t.w;
    for (int n = 0; n < t.n; n++)
        for (int c = w->channels.lo; c < t.c; c += w->g.C) memset(at(t, n, c, 0, 0), 0, len * sizeof *t.v);
}

static void add_diff_src(const Work *w, Strip t, Matrix diff_dst) {
    const int c = t.group * w->g.C + w->channels.lo, K = w->g.KH * w->g.KW;
    const int M = (w->channels.hi - w->channels.lo) * K;
    Matrix weights = weights_of(w, t.group * w->F);
    weights.v += w->channels.lo * K;
    if (w->in_place) {
        gemm(M, t.places, w->F, turned(weights), diff_dst, at(w->diff_src, t.n, c, t.y, 0), w->P, true,
             w->gemm);
        return;
    }
    gemm(M, t.places, w->F, turned(weights), diff_dst, w->columns, t.places, false, w->gemm);
    Windows g = w->g;
    g.C = w->channels.hi - w->channels.lo;
    for (int k = 0; k < t.images; k++)
        col2im(&g, w->columns + k * w->P, t.places, t.y, t.y + t.rows, at(w->diff_src, t.n + k, c, 0, 0));
}

static void backward_strip(const Work *w, Strip t) {
    const Tensor diff_weights = w->s->diff_param[0];
    const Range f = filters_of(w, t);
    if (f.lo >= f.hi) return;

    const Matrix diff_dst = diff_maps(w, t, f);
    if (diff_weights.v)
        gemm(f.hi - f.lo, w->M, t.places, diff_dst, turned(columns_of(w, t)),
             at(diff_weights, f.lo, 0, 0, 0), w->M, true, w->gemm);
    if (w->diff_src.v) add_diff_src(w, t, diff_dst);
}

void conv_columns_backward(const Step *s) {
    Work w = work_of(s);
    w.channels = step_share(s, w.g.C);
    w.diff_src = s->diff_src[0];
    if (w.diff_src.v && step_fresh(s, 0)) clear_channels(&w);
    each_strip(&w, backward_strip);
    conv_diff_bias(s, w.part);
}

void conv_columns_backward_params(const Step *s) {
    Work w = work_of(s);
    w.part = s->part;
    each_strip(&w, backward_strip);
    conv_diff_bias(s, s->part);
}
