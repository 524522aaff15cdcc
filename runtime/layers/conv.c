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
 * The letters above are the variable names below. The same sums, sooner, in five ways: conv_fast.c. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "runtime/explain.h"
#include "runtime/layers/conv.h"
#include "runtime/layers/window.h"

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

Axis conv_axis(const Conv *o, int n, int k) {
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
    const Axis rows = conv_axis(o, q->src[0].h, o->kernel.h);
    const Axis columns = conv_axis(o, q->src[0].w, o->kernel.w);

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
    const int T = conv_axis(cfg, src.h, weights.h).before;
    const int L = conv_axis(cfg, src.w, weights.w).before;

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
    const int T = conv_axis(cfg, src.h, weights.h).before;
    const int L = conv_axis(cfg, src.w, weights.w).before;

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

// ---- for the viewer -----------------------------------------------------------------------------

static void explain_dst(const Question *q) {
    const Conv *cfg = q->s->cfg;
    const Tensor src = q->s->src[0], weights = q->s->param[0];
    const int S = cfg->stride, D = cfg->dilation, C = weights.c, part = weights.n / cfg->groups;
    const int T = conv_axis(cfg, src.h, weights.h).before;
    const int L = conv_axis(cfg, src.w, weights.w).before;
    const int first = q->c / part * C;

    if (cfg->bias) explain_term(q, "bias", explain_at(q, "bias", OF_PARAM, 1, q->c, 0, 0, 0));
    for (int c = 0; c < C; c++)
    for (int i = 0; i < weights.h; i++)
    for (int j = 0; j < weights.w; j++) {
        const int row = q->y * S - T + i * D, column = q->x * S - L + j * D;
        if (inside(src, row, column))
            explain_term(q, NULL, explain_at(q, "x", OF_SRC, 0, q->n, first + c, row, column),
                         explain_at(q, "weight", OF_PARAM, 0, q->c, c, i, j));
    }
}

// The place of the window whose row (or column) i lies on image row `row`; −1: there is none.
static int stop(const Conv *cfg, Axis a, int row, int i) {
    const int way = row + a.before - i * cfg->dilation;
    return way >= 0 && way % cfg->stride == 0 && way / cfg->stride < a.out ? way / cfg->stride : -1;
}

// Every window that the pixel lies in. From the last to the first i and j, y and x grow.
static void explain_src(const Question *q) {
    const Conv *cfg = q->s->cfg;
    const Tensor src = q->s->src[0], weights = q->s->param[0];
    const int C = weights.c, part = weights.n / cfg->groups, first = q->c / C * part;
    const Axis rows = conv_axis(cfg, src.h, weights.h), columns = conv_axis(cfg, src.w, weights.w);

    for (int f = first; f < first + part; f++)
    for (int i = weights.h - 1; i >= 0; i--)
    for (int j = weights.w - 1; j >= 0; j--) {
        const int y = stop(cfg, rows, q->y, i), x = stop(cfg, columns, q->x, j);
        if (y >= 0 && x >= 0)
            explain_term(q, NULL, explain_at(q, "δ", OF_DIFF_DST, 0, q->n, f, y, x),
                         explain_at(q, "weight", OF_PARAM, 0, f, q->c % C, i, j));
    }
}

// Weight f,c,i,j (or bias f) has a share in every place of map f of every picture.
static void explain_param(const Question *q) {
    const Conv *cfg = q->s->cfg;
    const Tensor src = q->s->src[0], weights = q->s->param[0], dst = q->s->dst;
    const int S = cfg->stride, D = cfg->dilation, first = q->n / (weights.n / cfg->groups) * weights.c;
    const int T = conv_axis(cfg, src.h, weights.h).before;
    const int L = conv_axis(cfg, src.w, weights.w).before;

    for (int n = 0; n < dst.n; n++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++) {
        const int row = y * S - T + q->y * D, column = x * S - L + q->x * D;
        const Operand delta = explain_at(q, "δ", OF_DIFF_DST, 0, n, q->n, y, x);
        if (q->k == 1) explain_term(q, NULL, delta);
        else if (inside(src, row, column))
            explain_term(q, NULL, delta,
                         explain_at(q, "x", OF_SRC, 0, n, first + q->c, row, column));
    }
}

static void explain(const Question *q) {
    if (q->asked == ASKED_DST) explain_dst(q);
    else if (q->asked == ASKED_DIFF_SRC) explain_src(q);
    else explain_param(q);
}

const LayerKind conv_layer = {
    .spec = {.name = "conv", .summary = "slide small windows over the image",
             .formula = "y = bias + the sum of window · weights", .example = "conv 8 5x5 stride=2",
             .synonyms = "Conv2D Conv2d conv2d Convolution Convolution2D convolution convolutional",
             .source = "runtime/layers/conv.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(Conv), .attrs = attrs, .infer = infer, .params = params,
             .macs = macs},
    .lanes           = true,
    .gives_last      = conv_gives_last,
    .cuts_maps       = conv_cuts_maps,
    .shares          = true,
    .shares_sums     = conv_shares_sums,
    .writes          = true,
    .forgets         = true,
    .by_row          = conv_by_row,
    .work            = conv_work,
    .prepared        = conv_prepared,
    .prepare         = conv_prepare,
    .fewer_products  = conv_fewer_products,
    .forward_ref     = forward_ref,
    .backward_ref    = backward_ref,
    .forward         = conv_forward,
    .backward        = conv_backward,
    .backward_params = conv_backward_params,
    .explain         = explain,
};
