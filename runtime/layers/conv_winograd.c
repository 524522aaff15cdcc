/* conv_winograd.c — a 3×3 convolution with 16 products in the place of 36: the sums of conv.c, sooner.
 *
 * The map is cut into tiles of 2×2 outputs. With the transforms of kernels/winograd.h
 *
 *     U[p,f,c]     = (G · weights[f,c] · Gᵀ)[p]                   once per step, for all images
 *     V[p,c,t]     = (Bᵀ · the 4×4 numbers under tile t · B)[p]
 *     M[p,f,t]     = Σ U[p,f,c] · V[p,c,t]                        16 matrix products, one for each p
 *                    c
 *     dst of tile  = Aᵀ · M[·,f,t] · A + bias[f]
 *
 *     diff_src     the same on diff_dst, with the weights turned round and c, f in changed roles
 *     diff_weights = Gᵀ · diff_U · G       diff_U[p,f,c] = Σ (A · diff_dst of t · Aᵀ)[p] · V[p,c,t]
 *                                                          t
 *
 * The sums are not those of the definition, number by number: differences of inputs are multiplied
 * with means of weights. The roundings are others, not larger (tests/unit/winograd.c measures them: up
 * to 1.6 u·Σ|src·weights|, against 3.4 without tiles, u half a unit in the last place of 1).
 * Source: Winograd, "Arithmetic Complexity of Computations", 1980; Lavin & Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2015. */
#include <string.h>

#include "runtime/kernels/gemm.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"
#include "runtime/layers/conv.h"

enum {
    CHUNK = 1 << 18,  // numbers of V and M together that stay in the second cache …
    FEW = 6,          // … but a chunk has at least so many tiles: every chunk reads all of U
    FILTERS = 64,     // filters whose diff_U is gathered at a time
    NARROWEST = 8,    // from so many channels and filters on it wins
    GAP = 16,         // reals between two rows, or two places: what lies a power of two apart shares
                      // a few lines of the cache
};

static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a > b ? a : b; }
static int pitch(int n) { return (n + 15) / 16 * 16 + GAP; }
static ptrdiff_t plane(int rows, ptrdiff_t pitch) { return rows * pitch + GAP; } // one place of a tile
static size_t planes(int rows, ptrdiff_t pitch) { return WINOGRAD * (size_t)plane(rows, pitch); }

static int equal_part(int total, int limit) {
    const int parts = (total + limit - 1) / limit;
    return (total + parts - 1) / parts;
}

bool conv_winograd_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    return layout == LAYOUT_LANES && o->kernel.h == 3 && o->kernel.w == 3 && o->stride == 1 &&
           o->dilation == 1 && o->groups == 1 && src.c >= NARROWEST && dst.c >= NARROWEST;
}

// ---- U: the weights ------------------------------------------------------------------------------

size_t conv_winograd_prepared(const Conv *o, Shape src) {
    return planes(o->filters, pitch(src.c));
}

// U of one filter and C channels, the places `next` reals apart.
WIDE static void transform_filter(const real *restrict g, int C, real *restrict U, ptrdiff_t next) {
    for (int c = 0; c < C; c++) {
        real t[4][3];
        for (int j = 0; j < 3; j++) {
            const real a = g[9 * c + j], b = g[9 * c + 3 + j], d = g[9 * c + 6 + j], half = (a + d) / 2;
            t[0][j] = a, t[1][j] = half + b / 2, t[2][j] = half - b / 2, t[3][j] = d;
        }
        for (int i = 0; i < 4; i++) {
            const real half = (t[i][0] + t[i][2]) / 2;
            real *const to = U + 4 * i * next + c;
            to[0] = t[i][0], to[next] = half + t[i][1] / 2, to[2 * next] = half - t[i][1] / 2;
            to[3 * next] = t[i][2];
        }
    }
}

void conv_winograd_prepare(const Step *s) {
    const Tensor weights = s->param[0];
    const ptrdiff_t row = pitch(weights.c), next = plane(weights.n, row);
    for (int f = s->part.lo; f < s->part.hi; f++)
        transform_filter(at(weights, f, 0, 0, 0), weights.c, s->prepared + f * row, next);
}

// diff_weights of one filter += Gᵀ·diff_U·G.
WIDE static void gather_filter(const real *restrict diff_U, ptrdiff_t next, int C, real *restrict diff_g) {
    for (int c = 0; c < C; c++) {
        real t[3][4];
        for (int j = 0; j < 4; j++) {
            const real *u = diff_U + j * next + c;
            const real half = (u[4 * next] + u[8 * next]) / 2;
            t[0][j] = u[0] + half, t[1][j] = (u[4 * next] - u[8 * next]) / 2, t[2][j] = half + u[12 * next];
        }
        for (int i = 0; i < 3; i++) {
            const real half = (t[i][1] + t[i][2]) / 2;
            real *const to = diff_g + 9 * c + 3 * i;
            to[0] += t[i][0] + half, to[1] += (t[i][1] - t[i][2]) / 2, to[2] += half + t[i][3];
        }
    }
}

// ---- tiles ---------------------------------------------------------------------------------------

typedef struct Sides { int H, W; } Sides;

// Inputs and outputs of a slide, and how its tiles are cut into chunks: some rows of them, or some
// tiles of one row.
typedef struct Slide {
    int in, out;         // maps
    Sides from, to;      // of their maps
    int top, left;       // padding
    int rows, columns;   // tiles of a chunk, at most
    ptrdiff_t pitch;     // from one row of V or M to the next
} Slide;

typedef struct Chunk { int y, x, rows, columns; } Chunk; // tiles

static Slide slide_of(int in, Sides from, int out, Sides to, int top, int left) {
    const int most = larger(FEW, CHUNK / (WINOGRAD * LANES * (in + out))), across = (to.W + 1) / 2;
    Slide w = {.in = in, .out = out, .from = from, .to = to, .top = top, .left = left};
    w.columns = equal_part(across, most);
    w.rows = equal_part((to.H + 1) / 2, larger(1, most / across));
    w.pitch = pitch(w.rows * w.columns * LANES);
    return w;
}

static Slide forwards(const Conv *o, Shape src, Shape dst) {
    return slide_of(src.c, (Sides){src.h, src.w}, dst.c, (Sides){dst.h, dst.w}, conv_axis(o, src.h, 3).before,
                    conv_axis(o, src.w, 3).before);
}

// With a window turned round, padded by what the other slide's padding leaves of 2.
static Slide backwards(const Conv *o, Shape src, Shape dst) {
    const Slide w = forwards(o, src, dst);
    return slide_of(w.out, w.to, w.in, w.from, 2 - w.top, 2 - w.left);
}

static Shape sides(Tensor t) { return (Shape){t.c, t.h, t.w}; }

static size_t room(Slide w) { return planes(w.in, w.pitch) + planes(w.out, w.pitch); }

size_t conv_winograd_work(const Conv *o, Shape src, Shape dst) {
    const size_t there = room(forwards(o, src, dst)), back = room(backwards(o, src, dst));
    const size_t diff_U = planes(smaller(dst.c, FILTERS), pitch(src.c));
    return gemm_work() + (there > back ? there : back) + diff_U;
}

// Where one call works.
typedef struct Work { real *gemm, *V, *M, *diff_U; } Work;

static Work work_of(const Step *s, Slide w) {
    real *const V = s->work + gemm_work(), *const M = V + planes(w.in, w.pitch);
    return (Work){.gemm = s->work, .V = V, .M = M, .diff_U = V + room(w)};
}

// Chunks are counted row by row.
static int chunks_in_row(Slide w) { return ((w.to.W + 1) / 2 + w.columns - 1) / w.columns; }
static int count_chunks(Slide w) { return ((w.to.H + 1) / 2 + w.rows - 1) / w.rows * chunks_in_row(w); }

static void each_chunk(Slide w, Range chunks, void (*visit)(void *ctx, Slide w, Chunk k), void *ctx) {
    const int down = (w.to.H + 1) / 2, across = (w.to.W + 1) / 2, in_row = chunks_in_row(w);
    for (int i = chunks.lo; i < chunks.hi; i++) {
        const int y = i / in_row * w.rows, x = i % in_row * w.columns;
        visit(ctx, w, (Chunk){y, x, smaller(w.rows, down - y), smaller(w.columns, across - x)});
    }
}

// V of all maps, which begin at `maps`.
static void see(Slide w, Chunk k, const real *maps, real *V) {
    for (int c = 0; c < w.in; c++)
    for (int y = 0; y < k.rows; y++) {
        WinogradRows d = {.W = w.from.W, .x = 2 * k.x - w.left};
        for (int i = 0; i < 4; i++) {
            const int row = 2 * (k.y + y) - w.top + i;
            if (row >= 0 && row < w.from.H)
                d.row[i] = maps + ((ptrdiff_t)c * w.from.H + row) * w.from.W * LANES;
        }
        kernels_chosen()->winograd->see(&d, k.columns, V + c * w.pitch + y * k.columns * LANES,
                                        plane(w.in, w.pitch));
    }
}

// A·δ·Aᵀ of n maps of gradients, which begin at `maps`.
static void spread(Slide w, Chunk k, const real *maps, int n, real *M) {
    for (int f = 0; f < n; f++)
    for (int y = 0; y < k.rows; y++) {
        WinogradRows d = {.W = w.to.W, .x = 2 * k.x};
        for (int i = 0; i < 2; i++) {
            const int row = 2 * (k.y + y) + i;
            if (row < w.to.H) d.row[i] = maps + ((ptrdiff_t)f * w.to.H + row) * w.to.W * LANES;
        }
        kernels_chosen()->winograd->spread(&d, k.columns, M + f * w.pitch + y * k.columns * LANES,
                                           plane(n, w.pitch));
    }
}

static void gather(Slide w, Chunk k, const real *M, const real *bias, bool add, real *maps) {
    for (int f = 0; f < w.out; f++)
    for (int y = 0; y < k.rows; y++) {
        const int row = 2 * (k.y + y);
        real *const to = maps + (((ptrdiff_t)f * w.to.H + row) * w.to.W + 2 * k.x) * LANES;
        real *const rows[2] = {to, row + 1 < w.to.H ? to + (ptrdiff_t)w.to.W * LANES : NULL};
        kernels_chosen()->winograd->gather(M + f * w.pitch + y * k.columns * LANES, plane(w.out, w.pitch),
                                           k.columns, bias ? bias[f] : 0, add, rows, w.to.W - 2 * k.x);
    }
}

static int numbers(Chunk k) { return k.rows * k.columns * LANES; }

// ---- forward, and the gradient of the input --------------------------------------------------------

// One block of sixteen images.
typedef struct Pass {
    Work work;
    const real *from, *bias;
    real *to;
    bool add;
    Matrix U[WINOGRAD];
} Pass;

static void pass_chunk(void *ctx, Slide w, Chunk k) {
    const Pass *a = ctx;
    see(w, k, a->from, a->work.V);
    for (int p = 0; p < WINOGRAD; p++)
        gemm(w.out, numbers(k), w.in, a->U[p], (Matrix){a->work.V + p * plane(w.in, w.pitch), w.pitch, 1},
             a->work.M + p * plane(w.out, w.pitch), w.pitch, false, a->work.gemm);
    gather(w, k, a->work.M, a->bias, a->add, a->to);
}

void conv_winograd_forward(const Step *s) {
    const Conv *o = s->cfg;
    const Tensor src = s->src[0], weights = s->param[0];
    const Slide w = forwards(o, sides(src), sides(s->dst));
    const ptrdiff_t row = pitch(weights.c);
    Pass a = {.work = work_of(s, w), .bias = o->bias ? s->param[1].v : NULL};
    for (int p = 0; p < WINOGRAD; p++) a.U[p] = (Matrix){s->prepared + p * plane(weights.n, row), row, 1};
    for (int n = 0; n < src.n; n += LANES) {
        a.from = at(src, n, 0, 0, 0);
        a.to = at(s->dst, n, 0, 0, 0);
        each_chunk(w, step_share(s, count_chunks(w)), pass_chunk, &a);
    }
}

// The window turned round: row 0 of G becomes row 3, the two in the middle stay.
static void diff_src(const Step *s) {
    static const int turned[] = {3, 1, 2, 0};
    const Tensor weights = s->param[0];
    const Slide w = backwards(s->cfg, sides(s->src[0]), sides(s->dst));
    const ptrdiff_t row = pitch(weights.c);
    Pass a = {.work = work_of(s, w), .add = !step_fresh(s, 0)};
    for (int p = 0; p < WINOGRAD; p++)
        a.U[p] = (Matrix){s->prepared + (4 * turned[p / 4] + turned[p % 4]) * plane(weights.n, row), 1, row};
    for (int n = 0; n < s->dst.n; n += LANES) {
        a.from = at(s->diff_dst, n, 0, 0, 0);
        a.to = at(s->diff_src[0], n, 0, 0, 0);
        each_chunk(w, step_share(s, count_chunks(w)), pass_chunk, &a);
    }
}

// ---- the gradient of the weights -------------------------------------------------------------------

typedef struct Sums {
    Work work;
    const real *src, *diff_dst; // of sixteen images, from the first of the filters on
    int filters;
    bool add;
} Sums;

static void sums_chunk(void *ctx, Slide w, Chunk k) {
    Sums *a = ctx;
    const ptrdiff_t row = pitch(w.in);
    see(w, k, a->src, a->work.V);
    spread(w, k, a->diff_dst, a->filters, a->work.M);
    for (int p = 0; p < WINOGRAD; p++)
        gemm(a->filters, w.in, numbers(k), (Matrix){a->work.M + p * plane(a->filters, w.pitch), w.pitch, 1},
             (Matrix){a->work.V + p * plane(w.in, w.pitch), 1, w.pitch},
             a->work.diff_U + p * plane(a->filters, row), row, a->add, a->work.gemm);
    a->add = true;
}

static void diff_weights(const Step *s, Range part) {
    const Slide w = forwards(s->cfg, sides(s->src[0]), sides(s->dst));
    const ptrdiff_t row = pitch(w.in);
    for (int f = part.lo; f < part.hi; f += FILTERS) {
        Sums a = {.work = work_of(s, w), .filters = smaller(FILTERS, part.hi - f)};
        for (int n = 0; n < s->dst.n; n += LANES) {
            a.src = at(s->src[0], n, 0, 0, 0);
            a.diff_dst = at(s->diff_dst, n, f, 0, 0);
            each_chunk(w, (Range){0, count_chunks(w)}, sums_chunk, &a);
        }
        for (int i = 0; i < a.filters; i++)
            gather_filter(a.work.diff_U + i * row, plane(a.filters, row), w.in,
                          at(s->diff_param[0], f + i, 0, 0, 0));
    }
}

void conv_winograd_backward(const Step *s) {
    if (s->diff_param[0].v) diff_weights(s, (Range){0, s->dst.c});
    if (s->diff_src[0].v) diff_src(s);
}

void conv_winograd_backward_params(const Step *s) {
    if (s->diff_param[0].v) diff_weights(s, s->part);
}
