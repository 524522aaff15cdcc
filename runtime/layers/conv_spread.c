/* conv_spread.c — convolution of small images with sixteen filters at a time: the sums of conv.c, sooner.
 *
 * All filters look at the same numbers. So the weights are turned until a vector lane is a filter, and each
 * number under the window is multiplied with the weights of all of them (kernels/spread.h): no vector has
 * an idle lane, however narrow the maps are.
 *
 *     weights           prepared[c,i,j,f]: the filters side by side, and their bias behind them
 *     forward           for each place a vector of sums, turned into maps band by band
 *     diff_weights      diff_dst is turned, band by band, and each row of filters multiplied with all the
 *                       numbers under its window. There are no lanes to add up
 *     diff_src          would be a sum of lanes, so it is left to conv_rows.c
 *
 * For few images and a multiple of sixteen filters, or nearly one. Neighbouring numbers of a row must meet
 * neighbouring weights: stride = dilation = 1. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"
#include "runtime/layers/conv.h"
#include "runtime/layers/cut.h"

enum {
    LEAST_WINDOW = 8, // numbers of a window: with fewer of them a gradient has too few sums at once
    LEAST_WIDTH = 4,  // places in a row, for the same reason
    BAND = 4096,      // numbers of LANES maps in a band of rows
};

// What follows from the shapes, for one group of channels and filters.
typedef struct Spread {
    const Step *s;
    Shape src, dst;            // of one group
    int KH, KW, top, left;
    int W, rows;               // of a row of src with its rim, and of a band of dst
    bool framed;               // src needs a rim
    real *frame, *maps, *sums; // a band of src with its rim, one of LANES maps, sums or weights
} Spread;

static Spread spread_for(const Conv *o, Shape src, Shape dst) {
    const int G = o->groups, KH = o->kernel.h, KW = o->kernel.w;
    Spread a = {.src = {src.c / G, src.h, src.w}, .dst = {dst.c / G, dst.h, dst.w}, .KH = KH, .KW = KW,
                 .top = conv_axis(o, src.h, KH).before, .left = conv_axis(o, src.w, KW).before};
    a.framed = dst.h + KH - 1 > src.h || dst.w + KW - 1 > src.w;
    a.W = a.framed ? dst.w + KW - 1 : src.w;
    a.rows = smaller(dst.h, larger(1, BAND / (dst.w * LANES)));
    return a;
}

static int window_len(const Spread *a) { return a->src.c * a->KH * a->KW; }
static int blocks(const Spread *a) { return (a->dst.c + LANES - 1) / LANES; }
static size_t block_len(const Spread *a) { return ((size_t)window_len(a) + 1) * LANES; }

static size_t frame_room(const Spread *a) {
    if (!a->framed) return 0;
    const size_t n = (size_t)a->src.c * (size_t)(a->rows + a->KH - 1) * (size_t)a->W;
    return (n + LANES - 1) / LANES * LANES;
}

static size_t maps_room(const Spread *a) { return (size_t)a->rows * (size_t)a->dst.w * LANES; }

bool conv_spread_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    const int F = o->filters / o->groups, all = (F + LANES - 1) / LANES * LANES;
    return conv_rows_fits(o, src, dst, layout) && 4 * F >= 3 * all &&
           o->kernel.h * o->kernel.w >= LEAST_WINDOW && dst.w >= LEAST_WIDTH;
}

// Enough for conv_rows.c, too, which does a part of the work.
size_t conv_spread_work(const Conv *o, Shape src, Shape dst) {
    const Spread a = spread_for(o, src, dst);
    const size_t n = frame_room(&a) + maps_room(&a) + 2 * block_len(&a), rows = conv_rows_work(o, src, dst);
    return n > rows ? n : rows;
}

static Spread spread_of(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    Spread a = spread_for(s->cfg, (Shape){src.c, src.h, src.w}, (Shape){dst.c, dst.h, dst.w});
    a.s = s;
    a.frame = s->work;
    a.maps = a.frame + frame_room(&a);
    a.sums = a.maps + maps_room(&a);
    return a;
}

// ---- weights ---------------------------------------------------------------------------------------------

size_t conv_spread_prepared(const Conv *o, Shape src) {
    const Spread a = spread_for(o, src, (Shape){o->filters, 1, 1});
    return (size_t)o->groups * (size_t)blocks(&a) * block_len(&a);
}

// The prepared weights of the block of LANES filters that begins with f.
static real *block_of(const Spread *a, int f) {
    const int g = f / a->dst.c, block = f % a->dst.c / LANES;
    return a->s->prepared + (size_t)(g * blocks(a) + block) * block_len(a);
}

// Spread [f, end) are so many of one block.
static int of_block(const Spread *a, int f, int end) {
    const int behind = (f % a->dst.c / LANES + 1) * LANES;
    return smaller(end, f - f % a->dst.c + smaller(behind, a->dst.c)) - f;
}

void conv_spread_prepare(const Step *s) {
    const SpreadKernels *const k = kernels_chosen()->spread;
    const Spread a = spread_of(s);
    const int M = window_len(&a);
    const real *const bias = ((const Conv *)s->cfg)->bias ? s->param[1].v : NULL;
    for (int f = s->part.lo, n; f < s->part.hi; f += n) {
        n = of_block(&a, f, s->part.hi);
        real *const to = block_of(&a, f) + f % a.dst.c % LANES;
        k->turn(at(s->param[0], f, 0, 0, 0), M, n, M, to, LANES);
        for (int i = 0; i < n; i++) to[M * LANES + i] = bias ? bias[f + i] : 0;
    }
}

// ---- images ----------------------------------------------------------------------------------------------

// What h rows of places see, from row y on, with the padding around it; *map: from one map to the next.
static const real *seen(const Spread *a, const real *src, int y, int h, ptrdiff_t *map) {
    const Shape s = a->src;
    *map = (ptrdiff_t)s.h * s.w;
    if (!a->framed) return src + (ptrdiff_t)y * s.w;
    const int rows = h + a->KH - 1, lo = larger(0, a->top - y), hi = smaller(rows, s.h + a->top - y);
    const int left = smaller(a->left, a->W), w = smaller(s.w, a->W - left);
    *map = (ptrdiff_t)rows * a->W;
    memset(a->frame, 0, (size_t)s.c * (size_t)*map * sizeof *a->frame);
    for (int c = 0; c < s.c && lo < hi; c++)
        kernels_chosen()->rows->copy(src + ((ptrdiff_t)c * s.h + y + lo - a->top) * s.w, s.w, hi - lo, w,
                                     a->frame + c * *map + (ptrdiff_t)lo * a->W + left, a->W);
    return a->frame;
}

// ---- forward ---------------------------------------------------------------------------------------------

// Of KH window rows those that lie on the map at row y. What the others would add is zero.
static Range rows_seen(const Spread *a, int y) {
    const int lo = larger(0, a->top - y), hi = smaller(a->KH, a->src.h + a->top - y);
    return lo < hi ? (Range){lo, hi} : (Range){0, 0};
}

// Rows [y, y + h) of the maps of a block of filters.
static void forward_block(const Spread *a, const real *from, ptrdiff_t map, int y, int h, int f) {
    const SpreadKernels *const k = kernels_chosen()->spread;
    const int xt = equal_part(a->dst.w, k->conv_x), W = a->dst.w;
    const real *const weights = block_of(a, f);
    const ptrdiff_t weights_i = (ptrdiff_t)a->KW * LANES;
    for (int row = 0; row < h; row++) {
        const Range i = rows_seen(a, y + row);
        for (int x = 0; x < W; x += xt) {
            const SpreadTile t = {
                .C = a->src.c, .KH = i.hi - i.lo, .KW = a->KW,
                .src = from + (ptrdiff_t)(row + i.lo) * a->W + x, .src_c = map, .src_i = a->W,
                .weights = weights + i.lo * weights_i, .weights_c = a->KH * weights_i, .weights_i = weights_i,
                .bias = weights + (ptrdiff_t)window_len(a) * LANES,
                .dst = a->maps + ((ptrdiff_t)row * W + x) * LANES};
            k->conv[smaller(xt, W - x)](&t);
        }
    }
}

static void forward_band(const Spread *a, int n, int g, int y, int h) {
    const SpreadKernels *const k = kernels_chosen()->spread;
    const ptrdiff_t P = (ptrdiff_t)a->dst.h * a->dst.w;
    const int first = g * a->dst.c, end = first + a->dst.c;
    ptrdiff_t map;
    const real *const from = seen(a, at(a->s->src[0], n, g * a->src.c, 0, 0), y, h, &map);
    for (int f = first; f < end; f += LANES) {
        forward_block(a, from, map, y, h, f);
        k->turn(a->maps, LANES, h * a->dst.w, smaller(LANES, end - f), at(a->s->dst, n, f, y, 0), P);
    }
}

// This part of the rows of all images, in bands.
void conv_spread_forward(const Step *s) {
    const Spread a = spread_of(s);
    const int G = ((const Conv *)s->cfg)->groups, H = a.dst.h;
    const Range part = step_share(s, s->dst.n * H);
    for (int n = part.lo / H; n * H < part.hi; n++) {
        const int lo = larger(part.lo - n * H, 0), hi = smaller(part.hi - n * H, H);
        for (int g = 0; g < G; g++)
            for (int y = lo; y < hi; y += a.rows) forward_band(&a, n, g, y, smaller(a.rows, hi - y));
    }
}

// ---- the gradient of the weights -----------------------------------------------------------------------

// Adds up what rows [y, y + h) of an image say about lanes of filters, whose diff_dst is turned.
static void grad_band(const Spread *a, const real *from, ptrdiff_t map, int h) {
    const SpreadKernels *const k = kernels_chosen()->spread;
    const int jt = equal_part(a->KW, SPREAD_MAX_J), it = equal_part(a->KH, k->grad_i[jt]);
    for (int c = 0; c < a->src.c; c++)
    for (int i = 0; i < a->KH; i += it)
    for (int j = 0; j < a->KW; j += jt) {
        const SpreadGrad t = {
            .H = h, .W = a->dst.w, .src = from + c * map + (ptrdiff_t)i * a->W + j, .src_y = a->W,
            .diff = a->maps, .sums = a->sums + ((ptrdiff_t)(c * a->KH + i) * a->KW + j) * LANES,
            .sums_i = (ptrdiff_t)a->KW * LANES};
        k->grad[smaller(it, a->KH - i)][smaller(jt, a->KW - j)](&t);
    }
}

WIDE static void add(const real *restrict src, size_t n, real *restrict dst) {
    for (size_t i = 0; i < n; i++) dst[i] += src[i];
}

// The gradients of n filters from f on, at most LANES and of one group, by all images.
static void diff_weights(const Spread *a, int f, int n) {
    const SpreadKernels *const k = kernels_chosen()->spread;
    const Step *s = a->s;
    const int g = f / a->dst.c, M = window_len(a);
    const ptrdiff_t P = (ptrdiff_t)a->dst.h * a->dst.w;
    real *const turned = a->sums + block_len(a);
    memset(a->sums, 0, (size_t)M * LANES * sizeof *a->sums);
    for (int image = 0; image < s->dst.n; image++)
        for (int y = 0; y < a->dst.h; y += a->rows) {
            const int h = smaller(a->rows, a->dst.h - y);
            ptrdiff_t map;
            const real *const from = seen(a, at(s->src[0], image, g * a->src.c, 0, 0), y, h, &map);
            k->turn(at(s->diff_dst, image, f, y, 0), P, n, h * a->dst.w, a->maps, LANES);
            grad_band(a, from, map, h);
        }
    k->turn(a->sums, LANES, M, n, turned, M);
    add(turned, (size_t)n * (size_t)M, at(s->diff_param[0], f, 0, 0, 0));
}

static void diff_params(const Step *s, Range part) {
    const Spread a = spread_of(s);
    for (int f = part.lo, n; f < part.hi && s->diff_param[0].v; f += n) {
        n = smaller(LANES, smaller(part.hi, (f / a.dst.c + 1) * a.dst.c) - f);
        diff_weights(&a, f, n);
    }
    conv_diff_bias(s, part);
}

void conv_spread_backward(const Step *s) {
    diff_params(s, (Range){0, s->dst.c});
    if (s->diff_src[0].v) conv_rows_diff_src(s);
}

void conv_spread_backward_params(const Step *s) { diff_params(s, s->part); }
