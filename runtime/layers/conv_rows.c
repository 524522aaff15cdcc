/* conv_rows.c — convolution of one small image after the other: the sums of conv.c, sooner.
 *
 * With a rim of zeros around it an image is one long row of numbers, row after row of W of them: number
 * i, j of the window lies (i·W + j)·D behind its first, whatever the place. So LANES neighbouring places
 * make a vector, and the kernels for sixteen images side by side (kernels/lanes.h) do them all at once:
 * a vector lane is a place. At the places where a window would end in one row and go on in the next
 * nothing of use is computed: they are the gaps.
 *
 *     forward           src with its padding, seen through the window; the gaps are left out of dst
 *     diff_src          diff_dst with a rim, seen through the window turned round
 *     diff_weights      for each number of the window a sum over all places, lane by lane, with zeros
 *                       for diff_dst in the gaps; the lanes are added up at the end
 *
 * A large image is done in bands of some rows, so that what all filters look at stays in the first cache.
 * For batches too small to fill the lanes with images. Strides would need other vectors: stride = 1. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"
#include "runtime/layers/conv.h"

enum {
    FIRST_CACHE = 8192, // numbers of a band with its rim that many windows look at
    LEAST_ROWS = 4,     // of a band: its windows see rows around it, too
    FEW_VECTORS = 3,    // of places that several threads do not share
    FEW_FILTERS = 32,   // with more of them a matrix product loses little to its copies,
    SMALL_FILTERS = 64, // or with more than these on maps of so few places that its vectors are narrow:
    SMALL_MAP = 100,
};

// Maps as long rows: W numbers from row to row of the image, `rows` of them, `map` from map to map;
// `vectors` of places.
typedef struct Long { int C, W, rows, vectors; ptrdiff_t map; } Long;

// What follows from the shapes, for one group of channels and filters.
typedef struct Rows {
    const Step *s;
    const Conv *cfg;
    Shape src, dst;      // of one group
    int KH, KW, D, top, left;
    int most, back_most; // rows of a band of dst, and of src
    real *frame, *maps, *sums;
} Rows;

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }

// `total` in as few equal parts as `limit` for one allows: the size of a part.
static int equal_part(int total, int limit) {
    const int parts = (total + limit - 1) / limit;
    return (total + parts - 1) / parts;
}

static int reach_y(const Rows *r) { return (r->KH - 1) * r->D + 1; }
static int reach_x(const Rows *r) { return (r->KW - 1) * r->D + 1; }

// C maps, seen by windows at h rows of w places.
static Long long_rows(const Rows *r, int C, int h, int w) {
    const int W = w + reach_x(r) - 1, rows = h + reach_y(r) - 1;
    return (Long){C, W, rows, ((h - 1) * W + w + LANES - 1) / LANES, (ptrdiff_t)rows * W};
}

static Long in_rows(const Rows *r, int h) { return long_rows(r, r->src.c, h, r->dst.w); }
static Long back_rows(const Rows *r, int h) { return long_rows(r, r->dst.c, h, r->src.w); }

// The most of h rows of w places whose windows see numbers of C maps that stay in the first cache.
static int band(const Rows *r, int C, int h, int w) {
    const int64_t row = (int64_t)C * (w + reach_x(r) - 1);
    const int64_t most = (FIRST_CACHE - LANES) / row - reach_y(r) + 1;
    return most > h ? h : most > LEAST_ROWS ? (int)most : smaller(h, LEAST_ROWS);
}

static Rows rows_for(const Conv *o, Shape src, Shape dst) {
    const int G = o->groups, KH = o->kernel.h, KW = o->kernel.w;
    Rows r = {.cfg = o, .src = {src.c / G, src.h, src.w}, .dst = {dst.c / G, dst.h, dst.w}, .KH = KH,
              .KW = KW, .D = o->dilation, .top = conv_axis(o, src.h, KH).before,
              .left = conv_axis(o, src.w, KW).before};
    r.most = band(&r, r.src.c, dst.h, dst.w);
    r.back_most = band(&r, r.dst.c, src.h, src.w);
    return r;
}

// The last vector of places looks up to LANES numbers behind the last map.
static size_t frame_len(Long a) { return (size_t)a.C * (size_t)a.map + LANES; }
static size_t maps_len(int C, Long a) { return (size_t)C * (size_t)a.vectors * LANES; }

bool conv_rows_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    const int few = dst.h * dst.w < SMALL_MAP ? SMALL_FILTERS : FEW_FILTERS;
    if (layout != LAYOUT_PLAIN || o->stride != 1 || o->filters / o->groups > few) return false;
    const Rows r = rows_for(o, src, dst);
    const bool few_gaps = dst.w + reach_x(&r) - 1 <= 2 * dst.w && r.top < reach_y(&r) && r.left < reach_x(&r);
    return few_gaps && frame_len(in_rows(&r, r.most)) <= 2 * FIRST_CACHE &&
           frame_len(back_rows(&r, r.back_most)) <= 4 * FIRST_CACHE;
}

static size_t frame_room(const Rows *r) {
    const size_t in = frame_len(in_rows(r, r->most)), back = frame_len(back_rows(r, r->back_most));
    return ((in > back ? in : back) + LANES - 1) / LANES * LANES;
}

static size_t maps_room(const Rows *r) {
    const size_t forward = maps_len(r->dst.c, in_rows(r, r->most));
    const size_t back = maps_len(r->src.c, back_rows(r, r->back_most));
    return forward > back ? forward : back;
}

static int window_len(const Rows *r) { return r->src.c * r->KH * r->KW; }

size_t conv_rows_work(const Conv *o, Shape src, Shape dst) {
    const Rows r = rows_for(o, src, dst);
    return frame_room(&r) + maps_room(&r) + (size_t)LANES_MAX_F * (size_t)window_len(&r) * LANES;
}

// ---- images to long rows, and back -------------------------------------------------------------------

// Rows of w numbers, from src_W to src_W; they go to dst, dst_W apart.
WIDE static void copy_rows(const real *restrict src, ptrdiff_t src_W, int h, int w, real *restrict dst,
                           ptrdiff_t dst_W) {
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) dst[y * dst_W + x] = src[y * src_W + x];
}

WIDE static void add_rows(const real *restrict src, ptrdiff_t src_W, int h, int w, real *restrict dst) {
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) dst[y * w + x] += src[y * src_W + x];
}

// Maps of h × w in zeros: number 0, 0 of each at row top, column left.
static void framed(const real *src, Shape s, Long a, int top, int left, real *dst) {
    memset(dst, 0, frame_len(a) * sizeof *dst);
    const int y = top < 0 ? -top : 0, x = left < 0 ? -left : 0;
    const int h = smaller(s.h - y, a.rows - top - y), w = smaller(s.w - x, a.W - left - x);
    for (int c = 0; c < s.c; c++)
        copy_rows(src + ((ptrdiff_t)c * s.h + y) * s.w + x, s.w, h, w,
                  dst + c * a.map + (top + y) * a.W + left + x, a.W);
}

// What the windows at rows of dst from row y on see of src. Without padding it lies there already, if
// something comes behind it.
static const real *seen(const Rows *r, const real *src, int y, Long *a) {
    const int top = r->top - y, behind = (r->src.h - a->rows + top) * r->src.w;
    if (r->left == 0 && a->W == r->src.w && top <= 0 && behind >= LANES) {
        a->map = (ptrdiff_t)r->src.h * r->src.w;
        return src - (ptrdiff_t)top * r->src.w;
    }
    framed(src, r->src, *a, top, r->left, r->frame);
    return r->frame;
}

// ---- sums ----------------------------------------------------------------------------------------------

// F maps of outputs, all their vectors; first is the tile of the first of them.
static void all_tiles(const ConvTile *first, int F, int vectors) {
    const LanesKernels *const k = kernels_chosen()->lanes;
    const int ft = equal_part(F, k->conv_f), xt = equal_part(vectors, k->conv_x);
    for (int x = 0; x < vectors; x += xt)
        for (int f = 0; f < F; f += ft) {
            ConvTile t = *first;
            t.src += x * LANES;
            t.dst += f * t.dst_f + x * LANES;
            t.weights += f * t.weights_f;
            if (t.bias) t.bias += f;
            k->conv[smaller(ft, F - f)][smaller(xt, vectors - x)](&t);
        }
}

// Rows [y, y + h) of the maps of one image, of the group that begins with filter f.
static void forward_band(const Rows *r, const real *src, int f, int y, int h, real *dst) {
    const Step *s = r->s;
    const int K = r->KH * r->KW, M = window_len(r);
    const ptrdiff_t P = (ptrdiff_t)r->dst.h * r->dst.w;
    Long a = in_rows(r, h);
    const real *const from = seen(r, src, y, &a);
    const ConvTile t = {.C = a.C, .KH = r->KH, .KW = r->KW, .src = from, .src_c = a.map,
                        .src_i = r->D * a.W, .src_j = r->D, .src_x = LANES,
                        .weights = at(s->param[0], f, 0, 0, 0), .weights_f = M, .weights_c = K,
                        .weights_i = r->KW, .weights_j = 1, .bias = r->cfg->bias ? s->param[1].v + f : NULL,
                        .dst = r->maps, .dst_f = a.vectors * LANES, .dst_x = LANES};
    all_tiles(&t, r->dst.c, a.vectors);
    for (int i = 0; i < r->dst.c; i++)
        copy_rows(r->maps + i * t.dst_f, a.W, h, r->dst.w, dst + i * P + (ptrdiff_t)y * r->dst.w, r->dst.w);
}

// Rows [y, y + h) of diff_src.
static void diff_src_band(const Rows *r, const real *diff_dst, int f, int y, int h, real *diff_src) {
    const int K = r->KH * r->KW, M = window_len(r);
    const ptrdiff_t P = (ptrdiff_t)r->src.h * r->src.w;
    const Long a = back_rows(r, h);
    framed(diff_dst, r->dst, a, reach_y(r) - 1 - r->top - y, reach_x(r) - 1 - r->left, r->frame);
    const ConvTile t = {.C = a.C, .KH = r->KH, .KW = r->KW, .src = r->frame, .src_c = a.map,
                        .src_i = r->D * a.W, .src_j = r->D, .src_x = LANES,
                        .weights = at(r->s->param[0], f, 0, 0, 0) + K - 1, .weights_f = K, .weights_c = M,
                        .weights_i = -r->KW, .weights_j = -1, .dst = r->maps,
                        .dst_f = a.vectors * LANES, .dst_x = LANES};
    all_tiles(&t, r->src.c, a.vectors);
    for (int c = 0; c < r->src.c; c++) {
        const real *const from = r->maps + c * t.dst_f;
        real *const to = diff_src + c * P + (ptrdiff_t)y * r->src.w;
        if (step_fresh(r->s, 0)) copy_rows(from, a.W, h, r->src.w, to, r->src.w);
        else add_rows(from, a.W, h, r->src.w, to);
    }
}

// The sums of ft filters, one for each number of a window; diff has a map for each filter.
static void window_sums(const Rows *r, const LanesKernels *k, const real *src, Long a, const real *diff,
                        int ft) {
    const int jt = equal_part(r->KW, LANES_MAX_J);
    real *sums = r->sums;
    for (int c = 0; c < r->src.c; c++)
    for (int i = 0; i < r->KH; i++, sums += r->KW * LANES)
    for (int j = 0; j < r->KW; j += jt) {
        const GradTile t = {.H = 1, .W = a.vectors, .src = src + c * a.map + (i * a.W + j) * r->D,
                            .src_x = LANES, .src_j = r->D, .diff = diff, .diff_f = a.vectors * LANES,
                            .diff_x = LANES, .sums = sums + j * LANES,
                            .sums_f = (ptrdiff_t)window_len(r) * LANES};
        k->grad[ft][smaller(jt, r->KW - j)](&t);
    }
}

// Rows [y, y + h) of ft maps of diff_dst as long rows with zeros in the gaps.
static void spaced(const Rows *r, const real *diff_dst, int ft, int y, int h, Long a) {
    const ptrdiff_t map = a.vectors * LANES, P = (ptrdiff_t)r->dst.h * r->dst.w;
    memset(r->maps, 0, (size_t)ft * (size_t)map * sizeof *r->maps);
    for (int i = 0; i < ft; i++)
        copy_rows(diff_dst + i * P + (ptrdiff_t)y * r->dst.w, r->dst.w, h, r->dst.w, r->maps + i * map, a.W);
}

// The gradients of the weights of filters [lo, hi) of the group that begins with filter f.
static void diff_weights_image(const Rows *r, const real *src, const real *diff_dst, int f, int lo, int hi) {
    const LanesKernels *const k = kernels_chosen()->lanes;
    const int most = equal_part(hi - lo, k->grad_f[equal_part(r->KW, LANES_MAX_J)]);
    const int rows = equal_part(r->dst.h, r->most);
    for (int i = lo; i < hi; i += most) {
        const int ft = smaller(most, hi - i);
        memset(r->sums, 0, (size_t)ft * (size_t)window_len(r) * LANES * sizeof *r->sums);
        for (int y = 0; y < r->dst.h; y += rows) {
            const int h = smaller(rows, r->dst.h - y);
            Long a = in_rows(r, h);
            const real *const from = seen(r, src, y, &a);
            spaced(r, diff_dst + (ptrdiff_t)i * r->dst.h * r->dst.w, ft, y, h, a);
            window_sums(r, k, from, a, r->maps, ft);
        }
        k->total(r->sums, ft * window_len(r), at(r->s->diff_param[0], f + i, 0, 0, 0));
    }
}

// ---- the whole call --------------------------------------------------------------------------------------

static Rows rows_of(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    Rows r = rows_for(s->cfg, (Shape){src.c, src.h, src.w}, (Shape){dst.c, dst.h, dst.w});
    r.s = s;
    r.frame = s->work;
    r.maps = r.frame + frame_room(&r);
    r.sums = r.maps + maps_room(&r);
    return r;
}

// Visits this part of the H × W places of every image, in bands of `most` rows at most. Parts are cut
// where a few vectors are full.
static void each_band(const Rows *r, int H, int W, int most,
                      void (*visit)(const Rows *r, int n, int g, int y, int h)) {
    const int unit = (FEW_VECTORS * LANES - 1) / (W + reach_x(r) - 1) + 1, units = (H + unit - 1) / unit;
    const Range part = step_share(r->s, r->s->dst.n * units); // one image's after the other's
    for (int n = part.lo / units; part.lo < part.hi && n * units < part.hi; n++) {
        const int lo = larger(part.lo - n * units, 0) * unit;
        const int hi = smaller(smaller(part.hi - n * units, units) * unit, H);
        const int step = equal_part(hi - lo, most);
        for (int g = 0; g < r->cfg->groups; g++)
            for (int y = lo; y < hi; y += step) visit(r, n, g, y, smaller(step, hi - y));
    }
}

static void forward_visit(const Rows *r, int n, int g, int y, int h) {
    forward_band(r, at(r->s->src[0], n, g * r->src.c, 0, 0), g * r->dst.c, y, h,
                 at(r->s->dst, n, g * r->dst.c, 0, 0));
}

static void diff_src_visit(const Rows *r, int n, int g, int y, int h) {
    diff_src_band(r, at(r->s->diff_dst, n, g * r->dst.c, 0, 0), g * r->dst.c, y, h,
                  at(r->s->diff_src[0], n, g * r->src.c, 0, 0));
}

void conv_rows_forward(const Step *s) {
    const Rows r = rows_of(s);
    each_band(&r, r.dst.h, r.dst.w, r.most, forward_visit);
}

// Spread `part`, all images.
static void diff_params(const Rows *r, Range part) {
    const Step *s = r->s;
    for (int n = 0; n < s->dst.n; n++)
        for (int f = 0; f < s->dst.c; f += r->dst.c) {
            const int lo = larger(part.lo - f, 0), hi = smaller(part.hi - f, r->dst.c);
            const real *const diff_dst = at(s->diff_dst, n, f, 0, 0);
            if (lo >= hi || !s->diff_param[0].v) continue;
            const real *const src = at(s->src[0], n, f / r->dst.c * r->src.c, 0, 0);
            diff_weights_image(r, src, diff_dst, f, lo, hi);
        }
    conv_diff_bias(s, part);
}

void conv_rows_diff_src(const Step *s) {
    const Rows r = rows_of(s);
    each_band(&r, r.src.h, r.src.w, r.back_most, diff_src_visit);
}

void conv_rows_backward(const Step *s) {
    const Rows r = rows_of(s);
    diff_params(&r, (Range){0, s->dst.c});
    if (s->diff_src[0].v) conv_rows_diff_src(s);
}

void conv_rows_backward_params(const Step *s) {
    const Rows r = rows_of(s);
    diff_params(&r, s->part);
}
