/* conv_rows.c — convolution of one small image after the other: the sums of conv.c, sooner.
 *
 * With a rim of zeros around it, whatever a window sees lies at the same distance from its place. So LANES
 * neighbouring places of a row make a vector, and a tile of some filters and some rows is summed at once
 * (kernels/rows.h): a vector lane is a place.
 *
 *     forward           src with its padding, seen through the window
 *     diff_src          diff_dst with a rim, seen through the window turned round
 *     diff_weights      for each number of the window a sum over all places, lane by lane; the lanes are
 *                       added up at the end
 *
 * What a window sees above and below the map is zero: these rows of it are left out. A large image is done
 * in bands of some rows, so that what all filters look at stays in the first cache.
 *
 * For few filters, and batches too small to fill the lanes with images. Neighbouring numbers of a row must
 * meet neighbouring weights: stride = dilation = 1. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/conv.h"
#include "runtime/layers/cut.h"

enum {
    FIRST_CACHE = 8192, // numbers of a band with its rim that many windows look at
    LEAST_ROWS = 4,     // of a band: its windows see rows around it, too
    FEW_VECTORS = 3,    // of places that several threads do not share
    FEW_FILTERS = 32,   // with more of them a matrix product loses little to its copies,
    SMALL_FILTERS = 64, // or with more than these on maps of so few places that its vectors are narrow:
    SMALL_MAP = 100,
    BEHIND = 2 * LANES, // reals that are read behind the last row
};

// C maps with their rim, or a band of them: W numbers from row to row, `map` from one to the next.
typedef struct Frame { int C, W, rows; ptrdiff_t map; } Frame;

// What follows from the shapes, for one group of channels and filters.
typedef struct Rows {
    const Step *s;
    const Conv *cfg;
    Shape src, dst;      // of one group
    int KH, KW, top, left;
    int most, back_most; // rows of a band of dst, and of src
    real *frame, *maps, *sums;
} Rows;

// C maps, seen by windows at h rows of w places.
static Frame frame_for(const Rows *r, int C, int h, int w) {
    const int W = w + r->KW - 1, rows = h + r->KH - 1;
    return (Frame){C, W, rows, (ptrdiff_t)rows * W};
}

static Frame in_frame(const Rows *r, int h) { return frame_for(r, r->src.c, h, r->dst.w); }
static Frame back_frame(const Rows *r, int h) { return frame_for(r, r->dst.c, h, r->src.w); }

// The most of h rows of w places whose windows see numbers of C maps that stay in the first cache.
static int band(const Rows *r, int C, int h, int w) {
    const int64_t row = (int64_t)C * (w + r->KW - 1);
    const int64_t most = (FIRST_CACHE - BEHIND) / row - r->KH + 1;
    return most > h ? h : most > LEAST_ROWS ? (int)most : smaller(h, LEAST_ROWS);
}

static Rows rows_for(const Conv *o, Shape src, Shape dst) {
    const int G = o->groups, KH = o->kernel.h, KW = o->kernel.w;
    Rows r = {.cfg = o, .src = {src.c / G, src.h, src.w}, .dst = {dst.c / G, dst.h, dst.w}, .KH = KH,
              .KW = KW, .top = conv_axis(o, src.h, KH).before, .left = conv_axis(o, src.w, KW).before};
    r.most = band(&r, r.src.c, dst.h, dst.w);
    r.back_most = band(&r, r.dst.c, src.h, src.w);
    return r;
}

static size_t frame_len(Frame a) { return (size_t)a.C * (size_t)a.map + BEHIND; }

bool conv_rows_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    const int few = dst.h * dst.w < SMALL_MAP ? SMALL_FILTERS : FEW_FILTERS;
    if (layout != LAYOUT_PLAIN || o->stride != 1 || o->dilation != 1) return false;
    const Rows r = rows_for(o, src, dst);
    return r.dst.c <= few && r.KW - 1 <= dst.w && r.top < r.KH && r.left < r.KW &&
           frame_len(in_frame(&r, r.most)) <= 2 * FIRST_CACHE &&
           frame_len(back_frame(&r, r.back_most)) <= 4 * FIRST_CACHE;
}

static size_t frame_room(const Rows *r) {
    const size_t in = frame_len(in_frame(r, r->most)), back = frame_len(back_frame(r, r->back_most));
    return ((in > back ? in : back) + LANES - 1) / LANES * LANES;
}

static int whole_vectors(int n) { return (n + LANES - 1) / LANES * LANES; }

// A band of maps of diff_dst in whole vectors.
static size_t maps_room(const Rows *r) {
    return (size_t)ROWS_MAX_F * (size_t)r->most * (size_t)whole_vectors(r->dst.w);
}

static int window_len(const Rows *r) { return r->src.c * r->KH * r->KW; }

size_t conv_rows_work(const Conv *o, Shape src, Shape dst) {
    const Rows r = rows_for(o, src, dst);
    return frame_room(&r) + maps_room(&r) + (size_t)ROWS_MAX_F * (size_t)window_len(&r) * LANES;
}

// Maps of h × w with zeros around them: number 0, 0 of each at row top, column left of the frame.
static void framed(const real *src, Shape s, Frame a, int top, int left, real *dst) {
    memset(dst, 0, frame_len(a) * sizeof *dst);
    const int y = larger(-top, 0), x = larger(-left, 0);
    const int h = smaller(s.h - y, a.rows - top - y), w = smaller(s.w - x, a.W - left - x);
    for (int c = 0; c < s.c && h > 0; c++)
        kernels_chosen()->rows->copy(src + ((ptrdiff_t)c * s.h + y) * s.w + x, s.w, h, w,
                                     dst + c * a.map + (ptrdiff_t)(top + y) * a.W + left + x, a.W);
}

// What the windows at rows of dst from row y on see of src. Without padding it lies there already, if
// something comes behind it.
static const real *seen(const Rows *r, const real *src, int y, Frame *a) {
    const int top = r->top - y, behind = (r->src.h - a->rows + top) * r->src.w;
    if (r->left == 0 && a->W == r->src.w && top <= 0 && behind >= BEHIND) {
        a->map = (ptrdiff_t)r->src.h * r->src.w;
        return src - (ptrdiff_t)top * r->src.w;
    }
    framed(src, r->src, *a, top, r->left, r->frame);
    return r->frame;
}

// ---- sums ----------------------------------------------------------------------------------------------

// What a window sees of a map: its row i at place y is row y + i − top of H.
typedef struct View { int y, top, H, KH; } View;

// Of the rows of a window at row y those that lie on the map.
static Range on_map(View v, int y) {
    const int lo = larger(0, v.top - v.y - y), hi = smaller(v.KH, v.H + v.top - v.y - y);
    return lo < hi ? (Range){lo, hi} : (Range){0, 0};
}

static bool all_on_map(View v, int y) { return on_map(v, y).hi - on_map(v, y).lo == v.KH; }

// How many of h rows, from row y on, make a tile: as many as may be where all rows of a window lie on the
// map; two at the rim.
static int tile_rows(View v, int y, int h, int most) {
    int n = smaller(2, smaller(most, h - y));
    while (n < smaller(most, h - y) && all_on_map(v, y) && all_on_map(v, y + n)) n++;
    return n;
}

// h rows of w places of F maps; `first` is the tile of the first.
static void all_tiles(const RowTile *first, int F, int h, int w, View v) {
    const RowsKernels *const k = kernels_chosen()->rows;
    const int ft = equal_part(F, k->conv_f);
    for (int y = 0, yt; y < h; y += yt) {
        yt = tile_rows(v, y, h, k->conv_y);
        const Range a = on_map(v, y), b = on_map(v, y + yt - 1);
        const Range i = {smaller(a.lo, b.lo), larger(a.hi, b.hi)};
        for (int x = 0; x < w; x += LANES)
            for (int f = 0; f < F; f += ft) {
                RowTile t = *first;
                t.n = smaller(LANES, w - x);
                t.KH = i.hi - i.lo;
                t.src += y * t.src_y + i.lo * t.src_i + x;
                t.weights += f * t.weights_f + i.lo * t.weights_i;
                t.dst += f * t.dst_f + y * t.dst_y + x;
                if (t.bias) t.bias += f;
                k->conv[smaller(ft, F - f)][yt](&t);
            }
    }
}

// Rows [y, y + h) of the maps of one image, of the group that begins with filter f.
static void forward_band(const Rows *r, const real *src, int f, int y, int h, real *dst) {
    const Step *s = r->s;
    const ptrdiff_t W = r->dst.w;
    Frame a = in_frame(r, h);
    const real *const from = seen(r, src, y, &a);
    const RowTile t = {.C = a.C, .KW = r->KW, .src = from, .src_c = a.map, .src_i = a.W, .src_y = a.W,
                       .weights = at(s->param[0], f, 0, 0, 0), .weights_f = window_len(r),
                       .weights_c = r->KH * r->KW, .weights_i = r->KW, .weights_j = 1,
                       .bias = r->cfg->bias ? s->param[1].v + f : NULL, .dst = dst + y * W,
                       .dst_f = r->dst.h * W, .dst_y = W};
    all_tiles(&t, r->dst.c, h, r->dst.w, (View){y, r->top, r->src.h, r->KH});
}

// Rows [y, y + h) of diff_src.
static void diff_src_band(const Rows *r, const real *diff_dst, int f, int y, int h, real *diff_src) {
    const int K = r->KH * r->KW, top = r->KH - 1 - r->top;
    const ptrdiff_t W = r->src.w;
    const Frame a = back_frame(r, h);
    framed(diff_dst, r->dst, a, top - y, r->KW - 1 - r->left, r->frame);
    const RowTile t = {.C = a.C, .KW = r->KW, .src = r->frame, .src_c = a.map, .src_i = a.W, .src_y = a.W,
                       .weights = at(r->s->param[0], f, 0, 0, 0) + K - 1, .weights_f = K,
                       .weights_c = window_len(r), .weights_i = -r->KW, .weights_j = -1,
                       .dst = diff_src + y * W, .dst_f = r->src.h * W, .dst_y = W,
                       .add = !step_fresh(r->s, 0)};
    all_tiles(&t, r->src.c, h, r->src.w, (View){y, top, r->dst.h, r->KH});
}

// Rows [y, y + h) of ft maps of diff_dst, from filter f on, in whole vectors, zeros behind the last place.
static void spaced(const Rows *r, int n, int f, int ft, int y, int h) {
    const int W = whole_vectors(r->dst.w);
    memset(r->maps, 0, (size_t)ft * (size_t)h * (size_t)W * sizeof *r->maps);
    for (int i = 0; i < ft; i++)
        kernels_chosen()->rows->copy(at(r->s->diff_dst, n, f + i, y, 0), r->dst.w, h, r->dst.w,
                                     r->maps + (ptrdiff_t)i * h * W, W);
}

// The sums of ft filters over h rows, one for each number of a window.
static void window_sums(const Rows *r, const real *src, Frame a, int h, int ft) {
    const RowsKernels *const k = kernels_chosen()->rows;
    const int jt = equal_part(r->KW, k->grad_j[ft]), W = whole_vectors(r->dst.w);
    real *sums = r->sums;
    for (int c = 0; c < r->src.c; c++)
    for (int i = 0; i < r->KH; i++, sums += r->KW * LANES)
    for (int j = 0; j < r->KW; j += jt) {
        const RowGrad t = {.H = h, .W = r->dst.w, .src = src + c * a.map + (ptrdiff_t)i * a.W + j,
                           .src_y = a.W, .diff = r->maps, .diff_f = (ptrdiff_t)h * W, .diff_y = W,
                           .sums = sums + j * LANES, .sums_f = (ptrdiff_t)window_len(r) * LANES};
        k->grad[ft][smaller(jt, r->KW - j)](&t);
    }
}

// The gradients of the weights of ft filters from f on, all of one group, by all images.
static void diff_weights(const Rows *r, int f, int ft) {
    const Step *s = r->s;
    const int rows = equal_part(r->dst.h, r->most), c = f / r->dst.c * r->src.c;
    memset(r->sums, 0, (size_t)ft * (size_t)window_len(r) * LANES * sizeof *r->sums);
    for (int n = 0; n < s->dst.n; n++)
        for (int y = 0; y < r->dst.h; y += rows) {
            const int h = smaller(rows, r->dst.h - y);
            Frame a = in_frame(r, h);
            const real *const from = seen(r, at(s->src[0], n, c, 0, 0), y, &a);
            spaced(r, n, f, ft, y, h);
            window_sums(r, from, a, h, ft);
        }
    kernels_chosen()->lanes->total(r->sums, ft * window_len(r), at(s->diff_param[0], f, 0, 0, 0));
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
    const int unit = (FEW_VECTORS * LANES - 1) / W + 1, units = (H + unit - 1) / unit;
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

static void diff_params(const Rows *r, Range part) {
    const int most = kernels_chosen()->rows->grad_f;
    for (int f = part.lo, ft; f < part.hi && r->s->diff_param[0].v; f += ft) {
        const int left = smaller(part.hi, (f / r->dst.c + 1) * r->dst.c) - f; // in this group
        ft = equal_part(left, most);
        diff_weights(r, f, ft);
    }
    conv_diff_bias(r->s, part);
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
