/* conv_lanes.c — convolution of sixteen images side by side: the sums of conv.c, sooner.
 *
 * In LAYOUT_LANES a number of a map is a vector of sixteen images, so the definition's own loops
 * fill the machine: a tile of filters and places stays in registers while c, i and j run
 * (kernels/lanes.h). Nothing is copied but maps that need a rim of zeros around them, and the weights
 * for the way back.
 *
 *     forward           src with its padding around it, seen through the window, band by band of rows
 *     diff_src          diff_dst with a rim, seen through the window turned round, which adds over
 *                       filters what forward added over channels. With stride S every S-th number
 *                       meets the same pixels of the window: S·S slides, each with its part of them
 *     diff_weights      for each number of the window a sum over all places, lane by lane, of some
 *                       channels at a time; the lanes are added up at the end
 *
 * Source of the layout: Georganas et al., "Anatomy of High-Performance Deep Learning Convolutions on
 * SIMD Architectures", 2018, with images in the place of channels. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/conv.h"

enum {
    BAND = 6144,            // numbers of a tile of filters that stay in the first cache
    SEEN = 6144,            // numbers that the windows of a tile of places see, likewise
    FRAME = 1 << 16,        // numbers of a band of src with its rim that stay in the second cache
    SECOND_CACHE = 1 << 18, // numbers of channels that all filters look at, one tile of them after the other
};

// Maps of one image in memory, rows and channels without gaps.
typedef struct Maps { int C, H, W; } Maps;

// How maps lie in larger ones: number y, x at y + top, x + left, zeros elsewhere.
typedef struct Rim { int top, left; } Rim;

// What follows from the shapes, for one group of channels and filters.
typedef struct Slides {
    const Conv *cfg;
    Maps src, dst;     // of one group
    int KH, KW, S, D;
    int P, E;          // window pixels P apart meet the same numbers of diff_src, at stops E apart
    Rim src_rim, dst_rim;
    Maps src_framed, dst_framed;
    bool src_as_is, dst_as_is; // no rim is needed
    size_t src_room, dst_room, sums_room; // reals of scratch
} Slides;

static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a > b ? a : b; }
static size_t numbers(Maps m) { return (size_t)m.C * (size_t)m.H * (size_t)m.W * LANES; }

// `total` in as few equal parts as `limit` for one allows: the size of a part.
static int equal_part(int total, int limit) {
    const int parts = (total + limit - 1) / limit;
    return (total + parts - 1) / parts;
}

static bool as_is(Maps in, Rim r, Maps framed) {
    return r.top == 0 && r.left == 0 && framed.W == in.W && framed.H <= in.H;
}

// Along one side of diff_src: numbers first, first + S, … (`count` of them) lie under the pixels
// i, i + P, … (K of them) of the windows at stops q, q + 1, …; for the next pixel E stops earlier.
typedef struct Phase { int count, i, K, q; } Phase;

static Phase phase_of(const Slides *w, int side, int K, int before, int first) {
    Phase p = {.count = (side - first + w->S - 1) / w->S};
    for (int i = 0; i < w->P && i < K; i++) {
        const int way = first + before - i * w->D;
        if (way % w->S) continue;
        p.i = i, p.K = (K - 1 - i) / w->P + 1, p.q = way / w->S;
        break;
    }
    return p;
}

// The zeros that are needed before the first stop, and how many numbers there are with them.
static int rim_of(const Slides *w, int side, int K, int before, int *framed) {
    int rim = 0, end = 0;
    for (int first = 0; first < w->S && first < side; first++) {
        const Phase p = phase_of(w, side, K, before, first);
        if (!p.K) continue;
        rim = larger(rim, (p.K - 1) * w->E - p.q);
        end = larger(end, p.q + p.count);
    }
    *framed = rim + end;
    return rim;
}

static int common_divisor(int a, int b) { return b ? common_divisor(b, a % b) : a; }

static Slides slides_of(const Conv *o, Shape src, Shape dst) {
    const int G = o->groups, D = o->dilation, S = o->stride, KH = o->kernel.h, KW = o->kernel.w;
    const int top = conv_axis(o, src.h, KH).before, left = conv_axis(o, src.w, KW).before;
    Slides w = {.cfg = o, .src = {src.c / G, src.h, src.w}, .dst = {dst.c / G, dst.h, dst.w},
                .KH = KH, .KW = KW, .S = S, .D = D, .src_rim = {top, left}};
    w.src_framed = (Maps){src.c / G, (dst.h - 1) * S + (KH - 1) * D + 1, (dst.w - 1) * S + (KW - 1) * D + 1};
    w.P = S / common_divisor(S, D), w.E = D / common_divisor(S, D);
    w.dst_framed.C = dst.c / G;
    w.dst_rim.top = rim_of(&w, src.h, KH, top, &w.dst_framed.H);
    w.dst_rim.left = rim_of(&w, src.w, KW, left, &w.dst_framed.W);
    const bool unpadded = top == 0 && left == 0;
    if (unpadded && w.src_framed.W < src.w) w.src_framed.W = src.w; // nothing is gained by cutting
    w.src_as_is = as_is(w.src, w.src_rim, w.src_framed);
    w.dst_as_is = as_is(w.dst, w.dst_rim, w.dst_framed);
    w.src_room = w.src_as_is ? 0 : numbers(w.src_framed);
    w.dst_room = w.dst_as_is ? 0 : numbers(w.dst_framed);
    const size_t window = (size_t)w.src.C * (size_t)KH * (size_t)KW;
    w.sums_room = window * (size_t)larger(LANES_MAX_F * LANES, w.dst.C);
    return w;
}

size_t conv_lanes_work(const Conv *o, Shape src, Shape dst) {
    const Slides w = slides_of(o, src, dst);
    return w.src_room + w.dst_room + w.sums_room;
}

// ---- maps with a rim of zeros ------------------------------------------------------------------------

static void zero(real *dst, int n) {
    if (n > 0) memset(dst, 0, (size_t)n * LANES * sizeof *dst);
}

static void frame_row(const real *src, int W, int left, real *dst, int FW) {
    const int lo = smaller(left, FW), hi = smaller(W + left, FW);
    zero(dst, lo);
    if (hi > lo) memcpy(dst + lo * LANES, src, (size_t)(hi - lo) * LANES * sizeof *dst);
    zero(dst + hi * LANES, FW - hi);
}

static const real *framed(const real *src, Maps in, Rim r, Maps out, real *dst) {
    for (int c = 0; c < out.C; c++)
        for (int row = 0; row < out.H; row++) {
            const int y = row - r.top;
            real *const to = dst + ((ptrdiff_t)c * out.H + row) * out.W * LANES;
            if (y < 0 || y >= in.H) zero(to, out.W);
            else frame_row(src + ((ptrdiff_t)c * in.H + y) * in.W * LANES, in.W, r.left, to, out.W);
        }
    return dst;
}

static ptrdiff_t row_of(Maps m) { return (ptrdiff_t)m.W * LANES; }
static ptrdiff_t map_of(Maps m) { return (ptrdiff_t)m.H * m.W * LANES; }

// ---- tiles of outputs --------------------------------------------------------------------------------

// What a window sees along one side: its number i at place p is number first + p·step + i·apart of n.
typedef struct View { int first, step, apart, n; } View;

// All filters and all places of F × H × W outputs; src_y and dst_y lie between their rows.
typedef struct Outputs {
    int F, H, W;
    ptrdiff_t src_y, dst_y;
    View rows, columns;
    ConvTile first;
} Outputs;

// Of K rows or columns of a window those that see something from places [p, p + len). The others are beside
// the map: what they add is zero.
static Range seen(View v, int p, int len, int K) {
    const int from = v.first + p * v.step, last = from + (len - 1) * v.step;
    const int lo = last < 0 ? (-last + v.apart - 1) / v.apart : 0;
    const int hi = smaller(K, (v.n - from + v.apart - 1) / v.apart);
    return lo < hi ? (Range){lo, hi} : (Range){0, 0};
}

// The innermost loop is to be a long one: in windows of one column it runs over the rows, in those of a
// single number over the channels. The sums and their order are the same.
static void lengthen(ConvTile *t) {
    if (t->KW == 1) t->KW = t->KH, t->src_j = t->src_i, t->weights_j = t->weights_i, t->KH = 1;
    if (t->KW == 1) t->KW = t->C, t->src_j = t->src_c, t->weights_j = t->weights_c, t->C = 1;
}

// Channels [c, c + n) of the sums of a tile; the first of them begin the sums.
static void tile(const Outputs *o, const LanesKernels *k, Range channels, int f, int ft, int y, int x,
                 int xt) {
    const int width = smaller(xt, o->W - x);
    const Range i = seen(o->rows, y, 1, o->first.KH), j = seen(o->columns, x, width, o->first.KW);
    ConvTile t = o->first;
    t.C = channels.hi - channels.lo;
    t.KH = i.hi - i.lo;
    t.KW = j.hi - j.lo;
    t.add |= channels.lo > 0;
    t.src += y * o->src_y + x * t.src_x + channels.lo * t.src_c + i.lo * t.src_i + j.lo * t.src_j;
    t.dst += f * t.dst_f + y * o->dst_y + x * t.dst_x;
    t.weights += f * t.weights_f + channels.lo * t.weights_c + i.lo * t.weights_i +
                 j.lo * t.weights_j;
    if (t.bias) t.bias += f;
    lengthen(&t);
    k->conv[smaller(ft, o->F - f)][width](&t);
}

// Some rows. What the windows of a tile see stays in the first cache while all filters look at it.
static void all_tiles(const Outputs *o, Range rows) {
    const LanesKernels *const k = kernels_chosen()->lanes;
    const int C = o->first.C, ft = equal_part(o->F, k->conv_f), xt = equal_part(o->W, k->conv_x);
    const int seen = larger(1, (xt + o->first.KW - 1) * o->first.KH * LANES);
    const int ct = equal_part(C, larger(1, SEEN / seen));

    for (int y = rows.lo; y < rows.hi; y++)
    for (int x = 0; x < o->W; x += xt)
    for (int c = 0; c < C; c += ct)
    for (int f = 0; f < o->F; f += ft) tile(o, k, (Range){c, smaller(c + ct, C)}, f, ft, y, x, xt);
}

// ---- one block of sixteen images, one group ----------------------------------------------------------

typedef struct Block {
    const Step *s;
    const Slides *w;
    const real *src, *diff_dst;   // of this group
    real *dst, *diff_src;
    int f;                        // first filter of the group
    real *src_frame, *dst_frame;
    real *sums;                   // of weights, or the weights turned
} Block;

static const real *weights_of(const Block *b) { return at(b->s->param[0], b->f, 0, 0, 0); }

static const real *framed_src(const Block *b) {
    const Slides *w = b->w;
    return w->src_as_is ? b->src : framed(b->src, w->src, w->src_rim, w->src_framed, b->src_frame);
}

static Maps seen_src(const Slides *w) { return w->src_as_is ? w->src : w->src_framed; }

// Rows [y, y + h) of the outputs. Of src with its rim as much is made as they see.
static void forward_band(const Block *b, int y, int h) {
    const Slides *w = b->w;
    const int K = w->KH * w->KW;
    Maps in = w->src;
    const real *src = b->src + y * w->S * row_of(in);
    if (!w->src_as_is) {
        in = (Maps){w->src.C, (h - 1) * w->S + (w->KH - 1) * w->D + 1, w->src_framed.W};
        src = framed(b->src, w->src, (Rim){w->src_rim.top - y * w->S, w->src_rim.left}, in, b->src_frame);
    }
    const Outputs o = {
        .F = w->dst.C, .H = h, .W = w->dst.W, .src_y = w->S * row_of(in), .dst_y = row_of(w->dst),
        .rows = {y * w->S - w->src_rim.top, w->S, w->D, w->src.H},
        .columns = {-w->src_rim.left, w->S, w->D, w->src.W},
        .first = {.C = w->src.C, .KH = w->KH, .KW = w->KW, .src = src, .src_c = map_of(in),
                  .src_i = w->D * row_of(in), .src_j = w->D * LANES, .src_x = w->S * LANES,
                  .weights = weights_of(b), .weights_f = w->src.C * K, .weights_c = K,
                  .weights_i = w->KW, .weights_j = 1, .bias = w->cfg->bias ? b->s->param[1].v + b->f : NULL,
                  .dst = b->dst + y * row_of(w->dst), .dst_f = map_of(w->dst), .dst_x = LANES}};
    all_tiles(&o, (Range){0, h});
}

static void forward_block(const Block *b) {
    const Slides *w = b->w;
    const ptrdiff_t row = w->src.C * row_of(w->src_framed);
    const int fit = row < FRAME ? (int)(FRAME / row) : 1, reach = (w->KH - 1) * w->D + 1;
    const int rows = w->src_as_is ? w->dst.H : equal_part(w->dst.H, larger(1, (fit - reach) / w->S + 1));
    const Range part = step_share(b->s, w->dst.H);
    for (int y = part.lo; y < part.hi; y += rows) forward_band(b, y, smaller(rows, part.hi - y));
}

// Weights of the group as diff_src reads them: turned[i,j,f,c], the channels side by side.
static void turn_weights(const Block *b) {
    const int C = b->w->src.C, F = b->w->dst.C, K = b->w->KH * b->w->KW;
    const real *const weights = weights_of(b);
    for (int k = 0; k < K; k++)
        for (int f = 0; f < F; f++)
            for (int c = 0; c < C; c++)
                b->sums[((ptrdiff_t)k * F + f) * C + c] = weights[((ptrdiff_t)f * C + c) * K + k];
}

// The numbers of diff_src that lie under the same pixels of the window, the last of which comes first.
static void diff_src_phase(const Block *b, const real *diff, Maps in, Phase y, Phase x, ptrdiff_t first) {
    const Slides *w = b->w;
    const int last = (y.i + (y.K - 1) * w->P) * w->KW + x.i + (x.K - 1) * w->P;
    const bool any = y.K > 0 && x.K > 0;
    const ptrdiff_t top = w->dst_rim.top + y.q - (y.K - 1) * w->E;
    const ptrdiff_t left = w->dst_rim.left + x.q - (x.K - 1) * w->E, pixel = (ptrdiff_t)w->dst.C * w->src.C;
    const Outputs o = {
        .F = w->src.C, .H = y.count, .W = x.count, .src_y = row_of(in), .dst_y = w->S * row_of(w->src),
        .rows = {(int)top - w->dst_rim.top, 1, w->E, w->dst.H},
        .columns = {(int)left - w->dst_rim.left, 1, w->E, w->dst.W},
        .first = {.C = any ? w->dst.C : 1, .KH = any ? y.K : 0, .KW = any ? x.K : 0,
                  .src = any ? diff + top * row_of(in) + left * LANES : diff, .src_c = map_of(in),
                  .src_i = w->E * row_of(in), .src_j = w->E * LANES, .src_x = LANES,
                  .weights = b->sums + (any ? last * pixel : 0), .weights_f = 1, .weights_c = w->src.C,
                  .weights_i = -w->P * w->KW * pixel, .weights_j = -w->P * pixel,
                  .dst = b->diff_src + first * LANES,
                  .dst_f = map_of(w->src), .dst_x = w->S * LANES, .add = !step_fresh(b->s, 0)}};
    all_tiles(&o, step_share(b->s, o.H)); // of a call in parts each one does some rows
}

static void diff_src_block(const Block *b) {
    const Slides *w = b->w;
    const Maps in = w->dst_as_is ? w->dst : w->dst_framed;
    const real *const diff = w->dst_as_is ? b->diff_dst
                                          : framed(b->diff_dst, w->dst, w->dst_rim, in, b->dst_frame);
    turn_weights(b);
    for (int y = 0; y < w->S && y < w->src.H; y++)
        for (int x = 0; x < w->S && x < w->src.W; x++)
            diff_src_phase(b, diff, in, phase_of(w, w->src.H, w->KH, w->src_rim.top, y),
                           phase_of(w, w->src.W, w->KW, w->src_rim.left, x), (ptrdiff_t)y * w->src.W + x);
}

// The sums of filters [f, f + ft) and some channels over rows [y, y + rows) of the maps, one for each number
// of a window. Where a window is a single number, channels stand in the place of its columns.
static void add_band(const Block *b, const LanesKernels *k, const real *src, Range channels, int f, int ft,
                     int y, int rows) {
    const Slides *w = b->w;
    const Maps in = seen_src(w);
    const bool single = w->KH * w->KW == 1;
    const int C = channels.hi - channels.lo, columns = single ? C : w->KW;
    const int jt = equal_part(columns, single ? LANES_MAX_WIDE_J : LANES_MAX_J);
    real *sums = b->sums;
    for (int c = 0; c < (single ? 1 : C); c++)
    for (int i = 0; i < w->KH; i++, sums += w->KW * LANES)
    for (int j = 0; j < columns; j += jt) {
        const ptrdiff_t src_j = single ? map_of(in) : w->D * LANES;
        const GradTile t = {
            .H = rows, .W = w->dst.W,
            .src = src + (channels.lo + c) * map_of(in) + (y * w->S + i * w->D) * row_of(in) + j * src_j,
            .src_y = w->S * row_of(in), .src_x = w->S * LANES, .src_j = src_j,
            .diff = b->diff_dst + f * map_of(w->dst) + y * row_of(w->dst), .diff_f = map_of(w->dst),
            .diff_y = row_of(w->dst), .diff_x = LANES, .sums = sums + j * LANES,
            .sums_f = (ptrdiff_t)C * w->KH * w->KW * LANES};
        k->grad[ft][smaller(jt, columns - j)](&t);
    }
}

// The gradient of the weights of filters [f, f + ft) for some channels.
static void diff_weights_tile(const Block *b, const LanesKernels *k, const real *src, Range channels, int f,
                              int ft) {
    const Slides *w = b->w;
    const int K = w->KH * w->KW, M = (channels.hi - channels.lo) * K;
    const int rows = equal_part(w->dst.H, larger(1, BAND / (ft * w->dst.W * LANES)));
    memset(b->sums, 0, (size_t)ft * (size_t)M * LANES * sizeof *b->sums);
    for (int y = 0; y < w->dst.H; y += rows)
        add_band(b, k, src, channels, f, ft, y, smaller(rows, w->dst.H - y));
    for (int i = 0; i < ft; i++) {
        real *const diff = at(b->s->diff_param[0], b->f + f + i, channels.lo, 0, 0);
        k->total(b->sums + (ptrdiff_t)i * M * LANES, M, diff);
    }
}

// The gradient of the weights of filters [lo, hi) of this group: as many channels at a time as stay in the
// second cache while all filters look at them.
static void diff_weights_block(const Block *b, int lo, int hi) {
    const LanesKernels *const k = kernels_chosen()->lanes;
    const Slides *w = b->w;
    const real *const src = framed_src(b);
    const int columns = w->KH * w->KW == 1 ? LANES_MAX_WIDE_J : equal_part(w->KW, LANES_MAX_J);
    const int most = equal_part(hi - lo, k->grad_f[columns]);
    const ptrdiff_t map = map_of(seen_src(w));
    const int ct = equal_part(w->src.C, map < SECOND_CACHE ? (int)(SECOND_CACHE / map) : 1);

    for (int c = 0; c < w->src.C; c += ct)
        for (int f = lo; f < hi; f += most)
            diff_weights_tile(b, k, src, (Range){c, smaller(c + ct, w->src.C)}, f, smaller(most, hi - f));
}

// ---- the whole call ------------------------------------------------------------------------------------

static void each_block(const Step *s, void (*visit)(const Block *)) {
    const Conv *o = s->cfg;
    const Tensor src = s->src[0], dst = s->dst, diff_dst = s->diff_dst, diff_src = s->diff_src[0];
    const Slides w = slides_of(o, (Shape){src.c, src.h, src.w}, (Shape){dst.c, dst.h, dst.w});
    real *const dst_frame = s->work + w.src_room, *const sums = dst_frame + w.dst_room;

    for (int n = 0; n < dst.n; n += LANES)
    for (int g = 0; g < o->groups; g++) {
        const int c = g * w.src.C, f = g * w.dst.C;
        const Block b = {.s = s, .w = &w, .src = at(src, n, c, 0, 0), .dst = at(dst, n, f, 0, 0),
                         .diff_dst = diff_dst.v ? at(diff_dst, n, f, 0, 0) : NULL,
                         .diff_src = diff_src.v ? at(diff_src, n, c, 0, 0) : NULL,
                         .f = f, .src_frame = s->work, .dst_frame = dst_frame, .sums = sums};
        visit(&b);
    }
}

static void backward_block(const Block *b) {
    if (b->s->diff_param[0].v) diff_weights_block(b, 0, b->w->dst.C);
    if (b->diff_src) diff_src_block(b);
}

static void backward_params_block(const Block *b) {
    const Range part = b->s->part;
    const int lo = part.lo > b->f ? part.lo - b->f : 0, hi = smaller(part.hi - b->f, b->w->dst.C);
    if (lo >= hi) return;
    if (b->s->diff_param[0].v) diff_weights_block(b, lo, hi);
}

void conv_lanes_forward(const Step *s) { each_block(s, forward_block); }
void conv_lanes_backward(const Step *s) {
    each_block(s, backward_block);
    conv_diff_bias(s, (Range){0, s->dst.c});
}
void conv_lanes_backward_params(const Step *s) {
    each_block(s, backward_params_block);
    conv_diff_bias(s, s->part);
}
