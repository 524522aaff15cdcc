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
 * For batches too small to fill the lanes with images. Strides would need other vectors: stride = 1. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"
#include "runtime/layers/conv.h"

enum {
    FIRST_CACHE = 8192, // numbers of an image with its rim that many windows look at
    FEW_FILTERS = 32,   // with more of them a matrix product loses little to its copies
};

// Maps as long rows: `len` numbers of each, W from row to row of the image, for places in `vectors`.
typedef struct Long { int C, W, len, vectors; } Long;

// What follows from the shapes, for one group of channels and filters.
typedef struct Rows {
    const Step *s;
    const Conv *cfg;
    Shape src, dst;    // of one group
    int KH, KW, D, top, left;
    Long in, back;     // src, and diff_dst with a rim as large as the window
    real *frame, *maps, *sums;
} Rows;

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }

// `total` in as few equal parts as `limit` for one allows: the size of a part.
static int equal_part(int total, int limit) {
    const int parts = (total + limit - 1) / limit;
    return (total + parts - 1) / parts;
}

// C maps of h × w places, looked at through windows that reach over rows and columns.
static Long long_rows(int C, Shape places, int rows, int columns) {
    const int W = places.w + columns - 1;
    return (Long){C, W, (places.h + rows - 1) * W, ((places.h - 1) * W + places.w + LANES - 1) / LANES};
}

static Rows rows_for(const Conv *o, Shape src, Shape dst) {
    const int G = o->groups, D = o->dilation, KH = o->kernel.h, KW = o->kernel.w;
    const int reach_y = (KH - 1) * D + 1, reach_x = (KW - 1) * D + 1;
    Rows r = {.cfg = o, .src = {src.c / G, src.h, src.w}, .dst = {dst.c / G, dst.h, dst.w}, .KH = KH,
              .KW = KW, .D = D, .top = conv_axis(o, src.h, KH).before,
              .left = conv_axis(o, src.w, KW).before};
    r.in = long_rows(r.src.c, r.dst, reach_y, reach_x);
    r.back = long_rows(r.dst.c, r.src, reach_y, reach_x);
    return r;
}

// The last vector of places looks up to LANES numbers behind the last map.
static size_t frame_len(Long a) { return (size_t)a.C * (size_t)a.len + LANES; }
static size_t maps_len(int C, Long a) { return (size_t)C * (size_t)a.vectors * LANES; }

bool conv_rows_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    if (layout != LAYOUT_PLAIN || o->stride != 1 || o->filters / o->groups > FEW_FILTERS) return false;
    if ((int64_t)(src.h + dst.h) * (src.w + dst.w) * src.c > INT32_MAX / 4) return false;
    const Rows r = rows_for(o, src, dst);
    const bool few_gaps = r.in.W <= 2 * dst.w && r.top <= r.KH * r.D && r.left <= r.KW * r.D;
    return few_gaps && frame_len(r.in) <= FIRST_CACHE && maps_len(r.dst.c, r.in) <= 4 * FIRST_CACHE;
}

static size_t frame_room(const Rows *r) {
    const size_t in = frame_len(r->in), back = frame_len(r->back);
    return ((in > back ? in : back) + LANES - 1) / LANES * LANES;
}

static size_t maps_room(const Rows *r) {
    const size_t forward = maps_len(r->dst.c, r->in), back = maps_len(r->src.c, r->back);
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
    const int h = smaller(s.h - y, a.len / a.W - top - y), w = smaller(s.w - x, a.W - left - x);
    for (int c = 0; c < s.c; c++)
        copy_rows(src + ((ptrdiff_t)c * s.h + y) * s.w + x, s.w, h, w,
                  dst + (ptrdiff_t)c * a.len + (top + y) * a.W + left + x, a.W);
}

static const real *framed_src(const Rows *r, const real *src) {
    framed(src, r->src, r->in, r->top, r->left, r->frame);
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

static void forward_image(const Rows *r, const real *src, int f, real *dst) {
    const Step *s = r->s;
    const int K = r->KH * r->KW, M = window_len(r), P = r->dst.h * r->dst.w;
    const ConvTile t = {.C = r->src.c, .KH = r->KH, .KW = r->KW, .src = framed_src(r, src),
                        .src_c = r->in.len, .src_i = r->D * r->in.W, .src_j = r->D, .src_x = LANES,
                        .weights = at(s->param[0], f, 0, 0, 0), .weights_f = M, .weights_c = K,
                        .weights_i = r->KW, .weights_j = 1, .bias = r->cfg->bias ? s->param[1].v + f : NULL,
                        .dst = r->maps, .dst_f = r->in.vectors * LANES, .dst_x = LANES};
    all_tiles(&t, r->dst.c, r->in.vectors);
    for (int i = 0; i < r->dst.c; i++)
        copy_rows(r->maps + i * t.dst_f, r->in.W, r->dst.h, r->dst.w, dst + (ptrdiff_t)i * P, r->dst.w);
}

static void diff_src_image(const Rows *r, const real *diff_dst, int f, real *diff_src) {
    const int K = r->KH * r->KW, M = window_len(r), P = r->src.h * r->src.w;
    framed(diff_dst, r->dst, r->back, (r->KH - 1) * r->D - r->top, (r->KW - 1) * r->D - r->left, r->frame);
    const ConvTile t = {.C = r->dst.c, .KH = r->KH, .KW = r->KW, .src = r->frame, .src_c = r->back.len,
                        .src_i = r->D * r->back.W, .src_j = r->D, .src_x = LANES,
                        .weights = at(r->s->param[0], f, 0, 0, 0) + K - 1, .weights_f = K, .weights_c = M,
                        .weights_i = -r->KW, .weights_j = -1, .dst = r->maps,
                        .dst_f = r->back.vectors * LANES, .dst_x = LANES};
    all_tiles(&t, r->src.c, r->back.vectors);
    for (int c = 0; c < r->src.c; c++) {
        const real *const from = r->maps + c * t.dst_f;
        real *const to = diff_src + (ptrdiff_t)c * P;
        if (step_fresh(r->s, 0)) copy_rows(from, r->back.W, r->src.h, r->src.w, to, r->src.w);
        else add_rows(from, r->back.W, r->src.h, r->src.w, to);
    }
}

// The sums of ft filters, one for each number of a window.
static void window_sums(const Rows *r, const LanesKernels *k, const real *src, const real *diff, int ft) {
    const int jt = equal_part(r->KW, LANES_MAX_J);
    real *sums = r->sums;
    memset(sums, 0, (size_t)ft * (size_t)window_len(r) * LANES * sizeof *sums);
    for (int c = 0; c < r->src.c; c++)
    for (int i = 0; i < r->KH; i++, sums += r->KW * LANES)
    for (int j = 0; j < r->KW; j += jt) {
        const GradTile t = {.H = 1, .W = r->in.vectors,
                            .src = src + (ptrdiff_t)c * r->in.len + (i * r->in.W + j) * r->D, .src_x = LANES,
                            .src_j = r->D, .diff = diff, .diff_f = r->in.vectors * LANES, .diff_x = LANES,
                            .sums = sums + j * LANES, .sums_f = (ptrdiff_t)window_len(r) * LANES};
        k->grad[ft][smaller(jt, r->KW - j)](&t);
    }
}

// The gradients of the weights of filters [lo, hi) of the group that begins with filter f.
static void diff_weights_image(const Rows *r, const real *src, const real *diff_dst, int f, int lo, int hi) {
    const LanesKernels *const k = kernels_chosen()->lanes;
    const int P = r->dst.h * r->dst.w, most = equal_part(hi - lo, k->grad_f[equal_part(r->KW, LANES_MAX_J)]);
    const ptrdiff_t map = r->in.vectors * LANES;
    const real *const seen = framed_src(r, src);
    memset(r->maps, 0, (size_t)(hi - lo) * (size_t)map * sizeof *r->maps);
    for (int i = lo; i < hi; i++)
        copy_rows(diff_dst + (ptrdiff_t)i * P, r->dst.w, r->dst.h, r->dst.w, r->maps + (i - lo) * map,
                  r->in.W);
    for (int i = lo; i < hi; i += most) {
        const int ft = smaller(most, hi - i);
        window_sums(r, k, seen, r->maps + (i - lo) * map, ft);
        k->total(r->sums, ft * window_len(r), at(r->s->diff_param[0], f + i, 0, 0, 0));
    }
}

WIDE static real sum_of(const real *v, int n) {
    real lane[LANES] = {0}, sum = 0;
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++) lane[l] += v[i + l];
    for (; i < n; i++) sum += v[i];
    for (int l = 0; l < LANES; l++) sum += lane[l];
    return sum;
}

static void diff_bias_image(const Rows *r, const real *diff_dst, int f, int lo, int hi) {
    real *const diff_bias = r->cfg->bias ? r->s->diff_param[1].v : NULL;
    const int P = r->dst.h * r->dst.w;
    for (int i = lo; i < hi && diff_bias; i++) diff_bias[f + i] += sum_of(diff_dst + (ptrdiff_t)i * P, P);
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

void conv_rows_forward(const Step *s) {
    const Rows r = rows_of(s);
    for (int n = 0; n < s->dst.n; n++)
        for (int g = 0; g < r.cfg->groups; g++)
            forward_image(&r, at(s->src[0], n, g * r.src.c, 0, 0), g * r.dst.c,
                          at(s->dst, n, g * r.dst.c, 0, 0));
}

// Filters `part`, all images.
static void diff_params(const Rows *r, Range part) {
    const Step *s = r->s;
    for (int n = 0; n < s->dst.n; n++)
        for (int f = 0; f < s->dst.c; f += r->dst.c) {
            const int lo = larger(part.lo - f, 0), hi = smaller(part.hi - f, r->dst.c);
            const real *const diff_dst = at(s->diff_dst, n, f, 0, 0);
            if (lo >= hi) continue;
            const real *const src = at(s->src[0], n, f / r->dst.c * r->src.c, 0, 0);
            if (s->diff_param[0].v) diff_weights_image(r, src, diff_dst, f, lo, hi);
            diff_bias_image(r, diff_dst, f, lo, hi);
        }
}

void conv_rows_backward(const Step *s) {
    const Rows r = rows_of(s);
    diff_params(&r, (Range){0, s->dst.c});
    for (int n = 0; n < s->dst.n && s->diff_src[0].v; n++)
        for (int g = 0; g < r.cfg->groups; g++)
            diff_src_image(&r, at(s->diff_dst, n, g * r.dst.c, 0, 0), g * r.dst.c,
                           at(s->diff_src[0], n, g * r.src.c, 0, 0));
}

void conv_rows_backward_params(const Step *s) {
    const Rows r = rows_of(s);
    diff_params(&r, s->part);
}
