/* conv_last.c — convolution with the channels of a place side by side: the sums of conv.c, sooner.
 *
 * For inference of few images. A vector is a piece of the filters (kernels/last.h), so that neither the
 * size of the maps nor the number of images leaves lanes empty. The weights are turned once:
 *
 *     W[i,j,c,f] = weights[f,c,i,j]
 *     dst[y,x,f] = bias[f] + Σ src[y·S − top + i, x·S − left + j, c] · W[i,j,c,f]
 *                          i,j,c
 *
 * where j and c are one run of numbers. 3×3 windows with stride 1 over LANES channels and more are done
 * with fewer products, as in conv_winograd.c:
 *
 *     U[p,c,f] = (G · weights[f,c] · Gᵀ)[p]       V[p,t,c] = (Bᵀ · the 4×4 places under tile t · B)[p]
 *     M[p,t,f] = Σ V[p,t,c] · U[p,c,f]            dst of tile t = Aᵀ · M[·,t,f] · A + bias[f]
 *                c
 *
 * An image is done in bands of some rows; with padding, a band of src is copied into a frame of zeros.
 * Source of the tiles: Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2015. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"
#include "runtime/layers/conv.h"
#include "runtime/layers/cut.h"

enum {
    FEW_WEIGHTS = 1 << 10,  // channels times filters: of so few all places of U stay in the first cache
    SMALL_MAP = 128,        // places: of other channels than whole vectors a plain way is as quick
    BAND = 1 << 13,         // numbers that a band of src, or the tiles of one, has at most,
    LEAST_TILES = 16,       // but so many tiles: every band reads all weights
    GAP = LANES,            // reals between two places of tiles: a power of two apart they would share a
};                          // few lines of the cache

typedef struct Last {
    const Step *s;
    const Conv *cfg;
    int C, F, S;
    Axis rows, columns;
    bool tiles;             // Winograd's
    int most;               // rows of a band
    int width;              // places in a row of the frame
    real *frame, *V, *M;
} Last;

// Rows of src that the windows at row y and below it see, from `v` on: `row` from one to the next.
typedef struct Seen { const real *v; ptrdiff_t row; } Seen;

bool conv_last_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    return layout == LAYOUT_LAST && o->groups == 1 && o->dilation == 1 && o->filters % LANES == 0 &&
           (int64_t)src.c * dst.c <= MOST_CONV_LAST && (src.c % LANES == 0 || dst.h * dst.w >= SMALL_MAP);
}

static bool by_tiles(const Conv *o, Shape src) {
    return o->kernel.h == 3 && o->kernel.w == 3 && o->stride == 1 && src.c % LANES == 0;
}

static int tiles_across(const Last *a) { return (a->columns.out + 1) / 2; }
static ptrdiff_t V_place(const Last *a) { return (ptrdiff_t)a->most / 2 * tiles_across(a) * a->C + GAP; }
static ptrdiff_t M_place(const Last *a) { return (ptrdiff_t)a->most / 2 * tiles_across(a) * a->F + GAP; }

static Last last_for(const Conv *o, Shape src, Shape dst) {
    Last a = {.cfg = o, .C = src.c, .F = dst.c, .S = o->stride, .rows = conv_axis(o, src.h, o->kernel.h),
              .columns = conv_axis(o, src.w, o->kernel.w), .tiles = by_tiles(o, src)};
    a.width = (a.columns.out - 1) * a.S + a.columns.reach;
    a.most = 2 * larger(1, BAND / (2 * a.width * a.C * a.S));
    if (a.tiles) {
        const int tiles = larger(LEAST_TILES, BAND / (WINOGRAD * (a.C + a.F)));
        a.width = 2 * tiles_across(&a) + 2;
        a.most = 2 * larger(1, tiles / tiles_across(&a));
    }
    a.most = smaller(a.most, (dst.h + 1) / 2 * 2);
    return a;
}

static int frame_rows(const Last *a, int h) {
    return a->tiles ? (h + 1) / 2 * 2 + 2 : (h - 1) * a->S + a->rows.reach;
}

static size_t frame_room(const Last *a) {
    return aligned((size_t)frame_rows(a, a->most) * (size_t)a->width * (size_t)a->C);
}

size_t conv_last_work(const Conv *o, Shape src, Shape dst, int n, Layout layout) {
    (void)n, (void)layout;
    const Last a = last_for(o, src, dst);
    return frame_room(&a) + (a.tiles ? WINOGRAD * (size_t)(V_place(&a) + M_place(&a)) : 0);
}

// ---- the weights -----------------------------------------------------------------------------------

size_t conv_last_prepared(const Conv *o, Shape src) {
    const size_t K = by_tiles(o, src) ? WINOGRAD : (size_t)o->kernel.h * (size_t)o->kernel.w;
    return K * (size_t)src.c * (size_t)o->filters;
}

void conv_last_prepare(const Step *s) {
    const Conv *o = s->cfg;
    const Tensor weights = s->param[0];
    const int C = weights.c, F = weights.n, K = weights.h * weights.w;
    const ptrdiff_t next = (ptrdiff_t)C * F;
    const bool tiles = by_tiles(o, (Shape){C, 0, 0});
    for (int f = s->part.lo; f < s->part.hi; f++)
        for (int c = 0; c < C; c++) {
            const real *const g = at(weights, f, c, 0, 0);
            real *const to = s->prepared + (ptrdiff_t)c * F + f;
            if (tiles) conv_winograd_filter(g, 1, to, next);
            else for (int k = 0; k < K; k++) to[k * next] = g[k];
        }
}

// ---- what the windows see --------------------------------------------------------------------------

// Columns [lo, hi) of row y of src go to dst, the channels of each place side by side.
static void copy_places(const Last *a, int n, int y, Range x, real *dst) {
    const Tensor src = a->s->src[0];
    if (src.layout == LAYOUT_LAST || src.c == 1) {
        memcpy(dst, at(src, n, 0, y, x.lo), (size_t)(x.hi - x.lo) * (size_t)a->C * sizeof *dst);
        return;
    }
    for (int c = 0; c < a->C; c++) {
        const real *const from = at(src, n, c, y, 0);
        for (int k = x.lo; k < x.hi; k++) dst[(ptrdiff_t)(k - x.lo) * a->C + c] = from[k];
    }
}

static void zero(real *v, ptrdiff_t places, int C) { memset(v, 0, (size_t)(places * C) * sizeof *v); }

static Seen framed(const Last *a, int n, int first, int rows) {
    const int left = a->columns.before, C = a->C;
    const Range x = {larger(0, -left), smaller(a->columns.n, a->width - left)};
    const ptrdiff_t row = (ptrdiff_t)a->width * C;
    for (int i = 0; i < rows; i++) {
        real *const to = a->frame + i * row;
        const bool there = first + i >= 0 && first + i < a->rows.n && x.lo < x.hi;
        if (!there) {
            zero(to, a->width, C);
            continue;
        }
        zero(to, x.lo + left, C);
        copy_places(a, n, first + i, x, to + (ptrdiff_t)(x.lo + left) * C);
        zero(to + (ptrdiff_t)(x.hi + left) * C, a->width - left - x.hi, C);
    }
    return (Seen){a->frame, row};
}

// By the windows at rows [y, y + h) of image n: src itself, if nothing beside it is seen.
static Seen seen(const Last *a, int n, int y, int h) {
    const Tensor src = a->s->src[0];
    const int first = y * a->S - a->rows.before, rows = frame_rows(a, h);
    const bool within = first >= 0 && first + rows <= a->rows.n && a->columns.before == 0 &&
                        a->width <= a->columns.n;
    if (!within || (src.layout != LAYOUT_LAST && src.c > 1)) return framed(a, n, first, rows);
    return (Seen){at(src, n, 0, first, 0), (ptrdiff_t)a->columns.n * a->C};
}

// ---- products --------------------------------------------------------------------------------------

// All filters at places x < X; `first` is the tile of the first of them.
static void all_tiles(const LastTile *first, int X, int F) {
    const LastKernels *const k = kernels_chosen()->last;
    const int V = F / k->vl, nv = equal_part(V, k->most_v), xt = equal_part(X, k->most_x[nv]);
    for (int v = 0; v < V; v += nv)
        for (int x = 0; x < X; x += xt) {
            LastTile t = *first;
            t.src += x * t.src_x;
            t.weights += v * k->vl;
            if (t.bias) t.bias += v * k->vl;
            t.dst += x * t.dst_x + v * k->vl;
            k->product[smaller(nv, V - v)][smaller(xt, X - x)](&t);
        }
}

static const real *bias_of(const Last *a) { return a->cfg->bias ? a->s->param[1].v : NULL; }

static void direct_band(const Last *a, int n, int y, int h) {
    const Seen in = seen(a, n, y, h);
    LastTile t = {.P = 1, .I = a->cfg->kernel.h, .K = a->cfg->kernel.w * a->C, .src_x = a->S * a->C,
                  .src_i = in.row, .weights = a->s->prepared, .weights_k = a->F, .bias = bias_of(a),
                  .dst_x = a->F};
    for (int i = 0; i < h; i++) {
        t.src = in.v + i * a->S * in.row;
        t.dst = at(a->s->dst, n, 0, y + i, 0);
        all_tiles(&t, a->columns.out, a->F);
    }
}

static void tiles_band(const Last *a, int n, int y, int h) {
    const LastKernels *const k = kernels_chosen()->last;
    const Tensor dst = a->s->dst;
    const int across = tiles_across(a), down = (h + 1) / 2;
    const Seen in = seen(a, n, y, h);
    for (int i = 0; i < down; i++)
        k->see(in.v + 2 * i * in.row, in.row, a->C, across, a->V + (ptrdiff_t)i * across * a->C, V_place(a));
    const int P = a->C * a->F <= FEW_WEIGHTS ? WINOGRAD : 1;
    const LastTile t = {.P = P, .I = 1, .K = a->C, .src = a->V, .src_p = V_place(a), .src_x = a->C,
                        .weights = a->s->prepared, .weights_p = (ptrdiff_t)a->C * a->F, .weights_k = a->F,
                        .dst = a->M, .dst_p = M_place(a), .dst_x = a->F};
    for (int p = 0; p < WINOGRAD; p += P) {
        LastTile some = t;
        some.src += p * t.src_p, some.weights += p * t.weights_p, some.dst += p * t.dst_p;
        all_tiles(&some, down * across, a->F);
    }
    for (int i = 0; i < down; i++)
        k->gather(a->M + (ptrdiff_t)i * across * a->F, M_place(a), a->F, bias_of(a), smaller(2, h - 2 * i),
                  dst.w, at(dst, n, 0, y + 2 * i, 0), (ptrdiff_t)dst.w * a->F, a->F);
}

void conv_last_forward(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    Last a = last_for(s->cfg, (Shape){src.c, src.h, src.w}, (Shape){dst.c, dst.h, dst.w});
    a.s = s;
    a.frame = s->work;
    a.V = a.frame + frame_room(&a);
    a.M = a.V + (a.tiles ? WINOGRAD * V_place(&a) : 0);
    const Range all = step_rows(s);
    for (int r = all.lo, h; r < all.hi; r += h) {
        const int n = r / dst.h, y = r % dst.h, left = smaller(all.hi - r, dst.h - y);
        h = smaller(left, equal_part((left + 1) / 2, a.most / 2) * 2);
        if (a.tiles) tiles_band(&a, n, y, h);
        else direct_band(&a, n, y, h);
    }
}
