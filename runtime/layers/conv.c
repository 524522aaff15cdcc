/* conv.c — slide F small windows over an image.
 *
 *                             C−1 KH−1 KW−1
 *     dst[n,f,y,x] = bias[f] + Σ   Σ   Σ src[n, c, y·S − T + i·D, x·S − L + j·D] · weights[f,c,i,j]
 *                             c=0 i=0 j=0
 *
 *     src      N × C × H × W           H' = (H + T + B − (KH − 1)·D − 1) / S + 1, rounded down
 *     weights  F × C × KH × KW         W' likewise, with L and R
 *     bias     F                       T, B, L, R: rows and columns of padding on the four sides,
 *     dst      N × F × H' × W'         where src counts as 0
 *
 * S is the stride, D the dilation. With groups=G the channels and the filters are cut into G equal
 * parts, and each filter sees only the C/G channels of its own part: then C above is C/G, and c
 * counts from the part's first channel. pad=same gives H' = ⌈H / S⌉ with as little padding as that
 * needs, the odd row at the bottom, the odd column at the right.
 *
 * This is cross-correlation; like every deep-learning library we call it convolution and do not
 * flip the window. Source: Dumoulin & Visin, "A guide to convolution arithmetic", 2016, §2 to §5.1;
 * groups: Krizhevsky, Sutskever & Hinton, "ImageNet Classification …", 2012, §3.2.
 *
 * The letters above are the variable names below. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "runtime/kernels/gemm.h"
#include "runtime/kernels/im2col.h"
#include "runtime/layers/window.h"

typedef struct Conv {
    int filters;
    Size kernel;
    int stride, pad, dilation, groups;
    bool bias;
    Use init;
} Conv;

static const AttrSpec attrs[] = {
    INT_ATTR(Conv, filters, 0, 1, MAX_CHANNELS, "how many windows are learnt: each makes one map",
             .main = true, .required = true,
             .synonyms = "out_channels num_output n_filters"),
    SIZE_ATTR(Conv, kernel, 1, MAX_KERNEL, "rows and columns of the window: 5x5", .main = true,
              .required = true, .synonyms = "kernel_size size window ksize k"),
    INT_ATTR(Conv, stride, 1, 1, MAX_SIDE, "pixels from one window to the next",
             .synonyms = "strides step"),
    INT_ATTR(Conv, pad, 0, 0, MAX_KERNEL, "rows and columns of zeros added on every side",
             .words = pad_words, .synonyms = "padding border"),
    INT_ATTR(Conv, dilation, 1, 1, MAX_KERNEL, "distance between the pixels of one window",
             .synonyms = "dilation_rate dilations atrous"),
    INT_ATTR(Conv, groups, 1, 1, MAX_CHANNELS, "parts of the channels, each with its own filters",
             .synonyms = "group n_groups"),
    BOOL_ATTR(Conv, bias, 1, "a number of its own added to each map",
              .synonyms = "use_bias bias_term"),
    CHOICE_ATTR(Conv, init, GROUP_INIT, "rule for the first values of the weights",
                .def_text = "the file's init", .synonyms = "kernel_initializer initializer"),
    {0},
};

// ---- shapes -------------------------------------------------------------------------------------

// One direction of the slide: sides of image and window, padding, and the places of the window.
typedef struct Axis { int n, reach, before, after, out; } Axis;

static Axis axis(const Conv *o, int n, int k) {
    const int reach = (k - 1) * o->dilation + 1;
    const Padding p = o->pad == PAD_SAME ? padding_same(n, reach, o->stride)
                                         : (Padding){o->pad, o->pad};
    const int room = n + p.before + p.after - reach;
    return (Axis){.n = n, .reach = reach, .before = p.before, .after = p.after,
                  .out = room >= 0 ? room / o->stride + 1 : 0};
}

// "28-5+1 = 24", "32+2·1-3+1 = 32", "(33+2-3)/2+1 = 17".
static void note_axis(const Conv *o, Axis a, char *text, size_t cap) {
    char sum[48];
    const int total = a.before + a.after, left = (a.n + total - a.reach) % o->stride;
    if (!total) snprintf(sum, sizeof sum, "%d-%d", a.n, a.reach);
    else if (o->stride > 1 || a.before != a.after)
        snprintf(sum, sizeof sum, "%d+%d-%d", a.n, total, a.reach);
    else snprintf(sum, sizeof sum, "%d+2·%d-%d", a.n, a.before, a.reach);

    const char *const rounded = left ? ", rounded down" : "";
    if (o->stride == 1) snprintf(text, cap, "%s+1 = %d", sum, a.out);
    else snprintf(text, cap, "(%s)/%d+1 = %d%s", sum, o->stride, a.out, rounded);
}

static void write_note(Infer *q, Axis rows, Axis columns) {
    char h[96], w[96];
    note_axis(q->cfg, rows, h, sizeof h);
    note_axis(q->cfg, columns, w, sizeof w);
    if (strcmp(h, w) == 0) snprintf(q->note, sizeof q->note, "%s", h);
    else snprintf(q->note, sizeof q->note, "%.44s and %.44s", h, w);
}

// The largest window that fits along one direction.
static int most(const Conv *o, Axis a) { return (a.n + a.before + a.after - 1) / o->dilation + 1; }

static bool too_large(Infer *q, Axis rows, Axis columns) {
    const Conv *o = q->cfg;
    char wide[64] = "", padded[64] = "";
    if (o->dilation > 1)
        snprintf(wide, sizeof wide, ", %dx%d with dilation=%d,", rows.reach, columns.reach,
                 o->dilation);
    if (o->pad > 0) snprintf(padded, sizeof padded, " with pad=%d", o->pad);
    infer_error(q, "kernel", S_KERNEL,
                "the %dx%d kernel%s does not fit into the %dx%d image that arrives here%s",
                o->kernel.h, o->kernel.w, wide, rows.n, columns.n, padded);
    diag_label(q->diags, "at most %dx%d fits", most(o, rows), most(o, columns));
    return false;
}

static bool groups_divide(Infer *q, int n, const char *what) {
    const int G = ((const Conv *)q->cfg)->groups;
    if (n % G == 0) return true;
    infer_error(q, "groups", S_GROUPS, "groups=%d does not divide the %d %s", G, n, what);
    diag_label(q->diags, "it must divide %d and %d", q->src[0].c, ((const Conv *)q->cfg)->filters);
    return false;
}

static bool infer(Infer *q) {
    const Conv *o = q->cfg;
    const Axis rows = axis(o, q->src[0].h, o->kernel.h);
    const Axis columns = axis(o, q->src[0].w, o->kernel.w);

    if (!groups_divide(q, q->src[0].c, "channels that arrive here")) return false;
    if (!groups_divide(q, o->filters, "filters of this layer")) return false;
    if (!rows.out || !columns.out) return too_large(q, rows, columns);
    q->dst = (Shape){o->filters, rows.out, columns.out};
    write_note(q, rows, columns);
    return true;
}

// The checker refuses weights beyond MAX_ELEMENTS after it has asked for them.
static int fan(int64_t products) { return products < INT_MAX ? (int)products : INT_MAX; }

static int params(const void *cfg, const Shape *src, ParamSpec *out) {
    const Conv *o = cfg;
    const int C = src[0].c / o->groups, F = o->filters, KH = o->kernel.h, KW = o->kernel.w;
    const int64_t window = (int64_t)KH * KW;
    out[0] = (ParamSpec){.name = "weight", .role = PARAM_WEIGHT, .rank = 4, .dim = {F, C, KH, KW},
                         .fan_in = fan(C * window), .fan_out = fan(F / o->groups * window),
                         .init = &o->init};
    out[1] = (ParamSpec){.name = "bias", .role = PARAM_BIAS, .rank = 1, .dim = {F}};
    return o->bias ? 2 : 1;
}

static int64_t macs(const void *cfg, const Shape *src, Shape dst) {
    const Conv *o = cfg;
    const int64_t window = (int64_t)src[0].c / o->groups * o->kernel.h * o->kernel.w;
    return window * dst.c * dst.h * dst.w;
}

// ---- the definition -----------------------------------------------------------------------------

static bool inside(Tensor t, int y, int x) { return y >= 0 && y < t.h && x >= 0 && x < t.w; }

static void forward_ref(const Step *s) {
    const Conv *cfg = s->cfg;
    const Tensor src = s->src[0], weights = s->param[0], dst = s->dst;
    const int S = cfg->stride, D = cfg->dilation, C = weights.c, part = weights.n / cfg->groups;
    const int T = axis(cfg, src.h, weights.h).before, L = axis(cfg, src.w, weights.w).before;

    for (int n = 0; n < dst.n; n++)
    for (int f = 0; f < dst.c; f++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++) {
        const int first = f / part * C;
        real sum = cfg->bias ? s->param[1].v[f] : 0;
        for (int c = 0; c < C; c++)
        for (int i = 0; i < weights.h; i++)
        for (int j = 0; j < weights.w; j++) {
            const int row = y * S - T + i * D, column = x * S - L + j * D;
            if (inside(src, row, column))
                sum += *at(src, n, first + c, row, column) * *at(weights, f, c, i, j);
        }
        *at(dst, n, f, y, x) = sum;
    }
}

/* Backward: every product src·weights above sends diff_dst·weights to its src and diff_dst·src to
 * its weight. The same seven loops, with the arrow of the assignment turned round. */
static void backward_ref(const Step *s) {
    const Conv *cfg = s->cfg;
    const Tensor src = s->src[0], weights = s->param[0], diff_dst = s->diff_dst;
    const Tensor diff_src = s->diff_src[0], diff_weights = s->diff_param[0];
    const int S = cfg->stride, D = cfg->dilation, C = weights.c, part = weights.n / cfg->groups;
    const int T = axis(cfg, src.h, weights.h).before, L = axis(cfg, src.w, weights.w).before;

    for (int n = 0; n < diff_dst.n; n++)
    for (int f = 0; f < diff_dst.c; f++)
    for (int y = 0; y < diff_dst.h; y++)
    for (int x = 0; x < diff_dst.w; x++) {
        const int first = f / part * C;
        const real g = *at(diff_dst, n, f, y, x);
        if (cfg->bias && s->diff_param[1].v) s->diff_param[1].v[f] += g;
        for (int c = 0; c < C; c++)
        for (int i = 0; i < weights.h; i++)
        for (int j = 0; j < weights.w; j++) {
            const int row = y * S - T + i * D, column = x * S - L + j * D;
            if (!inside(src, row, column)) continue;
            if (diff_src.v)
                *at(diff_src, n, first + c, row, column) += g * *at(weights, f, c, i, j);
            if (diff_weights.v)
                *at(diff_weights, f, c, i, j) += g * *at(src, n, first + c, row, column);
        }
    }
}

/* ---- the fast way -------------------------------------------------------------------------------
 * Copy every window into a column (im2col.h); the triple sum over c, i, j then is a matrix product:
 *
 *     dst          = weights  · columns        F × M · M × P         M = C·KH·KW, P = H'·W'
 *     diff_weights = diff_dst · columnsᵀ       F × P · P × M
 *     diff_columns = weightsᵀ · diff_dst       M × F · F × P         back to diff_src by col2im
 *
 * The columns of a whole batch would fill the memory, so the work is cut into strips: some rows of
 * one large image, or several small images side by side. A 1×1 window with stride 1 copies nothing:
 * the image itself is its columns. */

enum {
    STRIP = 1 << 16, // numbers in the columns or maps of a strip, to stay in the second cache …
    NARROW = 192,    // … but it has so many places at least: every strip reads all weights
    SMALL = 128,     // images with fewer places go side by side
};

// How one call is cut, and where it works. C, F and M are those of one group.
typedef struct Work {
    const Step *s;
    const Conv *cfg;
    Windows g;
    int F, M, P;
    int images, rows;      // of a strip, at most: several images, or some rows of one
    bool in_place;         // the columns of an image are the image
    Range part;            // the filters whose gradients are asked for
    Tensor diff_src;       // .v is NULL if it is not asked for
    real *gemm, *columns, *maps;
} Work;

// Output rows [y, y + rows) of images [n, n + images) for one group: `places` columns.
typedef struct Strip { int n, images, y, rows, places, group; } Strip;

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }
static size_t aligned(size_t n) { return (n + 15) / 16 * 16; }

// `total` in as few equal parts as `limit` for one allows: the size of a part.
static int equal_part(int total, int limit) {
    const int parts = (total + limit - 1) / limit;
    return (total + parts - 1) / parts;
}

// Everything that follows from the shapes.
static Work work_for(const Conv *o, Shape src, Shape dst) {
    const int KH = o->kernel.h, KW = o->kernel.w, C = src.c / o->groups;
    Work w = {.cfg = o, .F = o->filters / o->groups, .M = C * KH * KW, .P = dst.h * dst.w};
    w.g = (Windows){.C = C, .H = src.h, .W = src.w, .KH = KH, .KW = KW, .OH = dst.h, .OW = dst.w,
                    .S = o->stride, .D = o->dilation, .top = axis(o, src.h, KH).before,
                    .left = axis(o, src.w, KW).before};

    const int wanted = larger(NARROW, STRIP / larger(w.M, w.F));
    const bool small = w.P < SMALL;
    w.images = small ? larger(1, wanted / w.P) : 1;
    w.rows = small ? dst.h : equal_part(dst.h, larger(1, wanted / dst.w));
    w.in_place = !small && KH * KW == 1 && o->stride == 1 && w.P == src.h * src.w;
    return w;
}

// Numbers that the columns of a strip take at most, and its maps side by side.
static size_t columns_len(const Work *w) {
    return w->in_place ? 0 : (size_t)w->M * (size_t)w->images * (size_t)(w->rows * w->g.OW);
}

static size_t maps_len(const Work *w) {
    return w->images > 1 ? (size_t)w->F * (size_t)w->images * (size_t)w->P : 0;
}

static size_t work(const void *cfg, const Shape *src, Shape dst, int n) {
    Work w = work_for(cfg, src[0], dst);
    w.images = smaller(w.images, n);
    return aligned(gemm_work()) + aligned(columns_len(&w)) + maps_len(&w);
}

static Shape sides(Tensor t) { return (Shape){t.c, t.h, t.w}; }

static Work work_of(const Step *s) {
    Work w = work_for(s->cfg, sides(s->src[0]), sides(s->dst));
    w.images = equal_part(s->dst.n, w.images);
    w.s = s;
    w.gemm = s->work;
    w.columns = w.gemm + aligned(gemm_work());
    w.maps = w.columns + aligned(columns_len(&w));
    return w;
}

static void each_strip(const Work *w, void (*visit)(const Work *, Strip)) {
    for (int n = 0; n < w->s->dst.n; n += w->images)
    for (int y = 0; y < w->g.OH; y += w->rows)
    for (int group = 0; group < w->cfg->groups; group++) {
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

static Matrix weights_of(const Work *w, Strip t) {
    return (Matrix){at(w->s->param[0], t.group * w->F, 0, 0, 0), w->M, 1};
}

static Matrix turned(Matrix m) { return (Matrix){m.v, m.cs, m.rs}; }

// ---- forward ----

static void begin_with_bias(const real *bias, int F, int n, real *dst, ptrdiff_t ld) {
    for (int f = 0; f < F; f++)
    for (int i = 0; i < n; i++) dst[f * ld + i] = bias[f];
}

static void forward_strip(const Work *w, Strip t) {
    const Tensor dst = w->s->dst;
    const int f = t.group * w->F;
    const bool direct = t.images == 1;
    real *const maps = direct ? at(dst, t.n, f, t.y, 0) : w->maps;
    const ptrdiff_t ld = direct ? w->P : t.places;

    if (w->cfg->bias) begin_with_bias(w->s->param[1].v + f, w->F, t.places, maps, ld);
    gemm(w->F, t.places, w->M, weights_of(w, t), columns_of(w, t), maps, ld, w->cfg->bias, w->gemm);
    for (int k = 0; k < t.images && !direct; k++)
        for (int i = 0; i < w->F; i++)
            memcpy(at(dst, t.n + k, f + i, 0, 0), maps + i * ld + k * w->P,
                   (size_t)w->P * sizeof *maps);
}

static void forward(const Step *s) {
    const Work w = work_of(s);
    each_strip(&w, forward_strip);
}

// ---- backward ----

// Sixteen sums side by side, so that the compiler may use its vectors.
static real sum_of(const real *v, int n) {
    real lane[16] = {0}, sum = 0;
    int i = 0;
    for (; i + 16 <= n; i += 16)
        for (int l = 0; l < 16; l++) lane[l] += v[i + l];
    for (; i < n; i++) sum += v[i];
    for (int l = 0; l < 16; l++) sum += lane[l];
    return sum;
}

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

static void add_diff_src(const Work *w, Strip t, Matrix diff_dst) {
    const int c = t.group * w->g.C;
    if (w->in_place) {
        gemm(w->M, t.places, w->F, turned(weights_of(w, t)), diff_dst,
             at(w->diff_src, t.n, c, t.y, 0), w->P, true, w->gemm);
        return;
    }
    gemm(w->M, t.places, w->F, turned(weights_of(w, t)), diff_dst, w->columns, t.places, false,
         w->gemm);
    for (int k = 0; k < t.images; k++)
        col2im(&w->g, w->columns + k * w->P, t.places, t.y, t.y + t.rows,
               at(w->diff_src, t.n + k, c, 0, 0));
}

static void backward_strip(const Work *w, Strip t) {
    const Tensor diff_weights = w->s->diff_param[0];
    real *const diff_bias = w->cfg->bias ? w->s->diff_param[1].v : NULL;
    const Range f = {larger(w->part.lo, t.group * w->F), smaller(w->part.hi, (t.group + 1) * w->F)};
    if (f.lo >= f.hi) return;

    const Matrix diff_dst = diff_maps(w, t, f);
    for (int i = f.lo; i < f.hi && diff_bias; i++)
        diff_bias[i] += sum_of(diff_dst.v + (i - f.lo) * diff_dst.rs, t.places);
    if (diff_weights.v)
        gemm(f.hi - f.lo, w->M, t.places, diff_dst, turned(columns_of(w, t)),
             at(diff_weights, f.lo, 0, 0, 0), w->M, true, w->gemm);
    if (w->diff_src.v) add_diff_src(w, t, diff_dst);
}

static void backward(const Step *s) {
    Work w = work_of(s);
    w.part = (Range){0, w.cfg->filters};
    w.diff_src = s->diff_src[0];
    each_strip(&w, backward_strip);
}

static void backward_params(const Step *s) {
    Work w = work_of(s);
    w.part = s->part;
    each_strip(&w, backward_strip);
}

const LayerKind conv_layer = {
    .spec = {.name = "conv", .summary = "slide small windows over the image",
             .formula = "y = bias + the sum of window · weights", .example = "conv 8 5x5 stride=2",
             .synonyms = "Conv2D Conv2d conv2d Convolution Convolution2D convolution convolutional",
             .source = "runtime/layers/conv.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(Conv), .attrs = attrs, .infer = infer, .params = params,
             .macs = macs},
    .work            = work,
    .forward_ref     = forward_ref,
    .backward_ref    = backward_ref,
    .forward         = forward,
    .backward        = backward,
    .backward_params = backward_params,
};
