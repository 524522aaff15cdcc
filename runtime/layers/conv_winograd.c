/* conv_winograd.c — a 3×3 convolution with 16 products in the place of 36: the sums of conv.c, sooner.
 *
 * The map is cut into tiles of 2×2 outputs (conv_tiles.h). With the transforms of kernels/winograd.h
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
 * to 1.9 u·Σ|src·weights|, against 3.7 without tiles, u half a unit in the last place of 1).
 * Source: Winograd, "Arithmetic Complexity of Computations", 1980; Lavin & Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2015. */
#include "runtime/kernels/gemm.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"
#include "runtime/layers/conv.h"
#include "runtime/layers/conv_tiles.h"
#include "runtime/layers/cut.h"

enum {
    V_NUMBERS = 1 << 16,   // numbers of V that stay in the second cache …
    FEW = 112,             // … but a chunk has at least so many of each map and place: it reads all of U,
    MANY = 256,            // and has more if U does not stay in that cache, because there are at least so
    LARGE = 1 << 15,       // many weights (inputs times outputs)
    SUM_NUMBERS = 1 << 18, // numbers of V and M together, for the gradient of the weights
    CUT = 16,              // a part of a call has so many filters, or a multiple
    FILTERS = 64,          // filters whose diff_dst is spread at a time,
    MOST_FILTERS = 256,    // and whose diff_U is there at a time
    NARROWEST = 8,         // from so many channels and filters on it wins,
    NARROWEST_PLAIN = 32,  // with images one after the other from so many,
    SMALLEST_PLAIN = 100,  // and places: making U costs what few tiles save
};

bool conv_winograd_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    const bool plain = layout == LAYOUT_PLAIN;
    const int narrowest = plain ? NARROWEST_PLAIN : NARROWEST;
    return o->kernel.h == 3 && o->kernel.w == 3 && o->stride == 1 && o->dilation == 1 && o->groups == 1 &&
           src.c >= narrowest && dst.c >= narrowest && (!plain || dst.h * dst.w >= SMALLEST_PLAIN);
}

// ---- U: the weights ------------------------------------------------------------------------------

size_t conv_winograd_prepared(const Conv *o, Shape src) {
    return tiling_planes(o->filters, tiling_pitch(src.c));
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

void conv_winograd_filter(const real *g, int C, real *U, ptrdiff_t next) { transform_filter(g, C, U, next); }

void conv_winograd_prepare(const Step *s) {
    const Tensor weights = s->param[0];
    const ptrdiff_t row = tiling_pitch(weights.c), next = tiling_plane(weights.n, row);
    for (int f = s->part.lo; f < s->part.hi; f++)
        transform_filter(at(weights, f, 0, 0, 0), weights.c, s->prepared + f * row, next);
}

// diff_weights of n ≤ LANES filters += Gᵀ·diff_U·G. The filters lie side by side in diff_U.
WIDE static void gather_filters(const real *restrict diff_U, ptrdiff_t next, int C, int n,
                                real *restrict diff_g) {
    for (int c = 0; c < C; c++, diff_U += LANES, diff_g += 9) {
        real t[3][4][LANES], g[9][LANES];
        for (int j = 0; j < 4; j++)
            for (int f = 0; f < LANES; f++) {
                const real *u = diff_U + j * next + f;
                const real half = (u[4 * next] + u[8 * next]) / 2;
                t[0][j][f] = u[0] + half, t[1][j][f] = (u[4 * next] - u[8 * next]) / 2;
                t[2][j][f] = half + u[12 * next];
            }
        for (int i = 0; i < 3; i++)
            for (int f = 0; f < LANES; f++) {
                const real half = (t[i][1][f] + t[i][2][f]) / 2;
                g[3 * i][f] = t[i][0][f] + half, g[3 * i + 1][f] = (t[i][1][f] - t[i][2][f]) / 2;
                g[3 * i + 2][f] = half + t[i][3][f];
            }
        for (int f = 0; f < n; f++)
            for (int k = 0; k < 9; k++) diff_g[(ptrdiff_t)f * 9 * C + k] += g[k][f];
    }
}

// ---- tiles ---------------------------------------------------------------------------------------

static Shape sides(Tensor t) { return (Shape){t.c, t.h, t.w}; }

static bool large(int in, int out) { return (int64_t)in * out >= LARGE; }

static Tiling forwards(const Conv *o, Shape src, Shape dst, Layout layout, int images) {
    return tiling_of(layout, images, src.c, (Sides){src.h, src.w}, dst.c, (Sides){dst.h, dst.w},
                     conv_axis(o, src.h, 3).before, conv_axis(o, src.w, 3).before,
                     larger(large(src.c, dst.c) ? MANY : FEW, V_NUMBERS / (WINOGRAD * src.c)));
}

// With a window turned round, padded by what the other slide's padding leaves of 2.
static Tiling backwards(const Conv *o, Shape src, Shape dst, Layout layout, int images) {
    return tiling_of(layout, images, dst.c, (Sides){dst.h, dst.w}, src.c, (Sides){src.h, src.w},
                     2 - conv_axis(o, src.h, 3).before, 2 - conv_axis(o, src.w, 3).before,
                     larger(large(src.c, dst.c) ? MANY : FEW, V_NUMBERS / (WINOGRAD * dst.c)));
}

// For sums over tiles, of the gradient of the weights.
static Tiling sums(const Conv *o, Shape src, Shape dst, Layout layout, int images) {
    return tiling_of(layout, images, src.c, (Sides){src.h, src.w}, dst.c, (Sides){dst.h, dst.w},
                     conv_axis(o, src.h, 3).before, conv_axis(o, src.w, 3).before,
                     larger(large(src.c, dst.c) ? MANY : FEW, SUM_NUMBERS / (WINOGRAD * (src.c + dst.c))));
}

static size_t most_of(size_t a, size_t b) { return a > b ? a : b; }

// The tiles that a kernel does at once, if there are so many.
enum { SLIVER = WINOGRAD_MAX_V * LANES };

// M of as many filters and tiles as are gathered at a time.
static ptrdiff_t M_pitch(const Tiling *w) { return large(w->in, w->out) ? w->pitch : tiling_pitch(SLIVER); }
static int M_filters(const Tiling *w) { return large(w->in, w->out) ? w->out : WINOGRAD_MAX_F; }

static size_t pass_room(const Tiling *w) {
    return tiling_work(w) + tiling_planes(w->in, w->pitch) + tiling_planes(M_filters(w), M_pitch(w));
}

// Filters side by side: whole vectors.
static int whole(int filters) { return (filters + LANES - 1) / LANES * LANES; }

static size_t sums_room(const Tiling *w) {
    return tiling_work(w) + tiling_planes(w->in, w->pitch) +
           tiling_planes(whole(smaller(w->out, FILTERS)), w->pitch) +
           tiling_planes(w->in, whole(smaller(w->out, MOST_FILTERS)));
}

size_t conv_winograd_work(const Conv *o, Shape src, Shape dst, int n, Layout layout) {
    const Tiling there = forwards(o, src, dst, layout, n), back = backwards(o, src, dst, layout, n);
    const Tiling both = sums(o, src, dst, layout, n);
    return most_of(most_of(pass_room(&there), pass_room(&back)), sums_room(&both));
}

// ---- forward, and the gradient of the input --------------------------------------------------------

typedef struct Pass {
    real *tiles, *V, *M;
    const real *from, *U[WINOGRAD];
    ptrdiff_t U_f, U_c;
    Range f;   // the filters asked for
    bool seen; // V is there
    Gather g;
} Pass;

static Pass pass_of(const Step *s, const Tiling *w) {
    Pass a = {.tiles = s->work, .V = s->work + tiling_work(w)};
    a.M = a.V + tiling_planes(w->in, w->pitch);
    a.g = (Gather){.M = a.M, .plane = tiling_plane(M_filters(w), M_pitch(w)), .pitch = M_pitch(w)};
    return a;
}

// The product for P places from p on, filters [f, f + n), tiles t;
// M begins with that of filters g.f, tiles g.t.
static void product(const Pass *a, const Tiling *w, int p, int P, int f, int n, Range t) {
    const WinogradKernels *const k = kernels_chosen()->winograd;
    const int first = t.lo * tiling_tile(w), numbers = (t.hi - t.lo) * tiling_tile(w);
    const int vectors = (numbers + k->vl - 1) / k->vl;
    const real *const V = a->V + p * tiling_plane(w->in, w->pitch) + first;
    real *const M = a->M + p * a->g.plane + (f - a->g.f.lo) * a->g.pitch + first - a->g.t.lo * tiling_tile(w);
    WinogradTile tile = {.P = P, .C = w->in, .U_f = a->U_f, .U_c = a->U_c,
                         .V_p = tiling_plane(w->in, w->pitch), .V_c = w->pitch, .M_p = a->g.plane,
                         .M_f = a->g.pitch};
    for (int i = 0; i < P; i++) tile.U[i] = a->U[p + i] + f * a->U_f;
    for (int v = 0; v < vectors; v += k->most_v) {
        tile.V = V + v * k->vl;
        tile.M = M + v * k->vl;
        k->product[n][smaller(k->most_v, vectors - v)](&tile);
    }
}

// Tiles of sliver i of so many, cut between vectors: all of nearly one size.
static Range sliver(const Tiling *w, int vectors, int i, int slivers) {
    const int each = LANES / tiling_tile(w);
    return (Range){i * vectors / slivers * each, (i + 1) * vectors / slivers * each};
}

/* Few weights: filters stand outside, what they read of U stays in the first cache for all tiles, and so
 * does M of a few tiles, until it is gathered. Many: places stand outside, U is read once, and V and M of one
 * place stay in the second cache. */
static void pass_chunk(void *ctx, const Tiling *w, Chunk k) {
    Pass *const a = ctx;
    const WinogradKernels *const kernels = kernels_chosen()->winograd;
    const bool many = large(w->in, w->out);
    const int places = many ? 1 : WINOGRAD, tiles = k.rows * k.columns;
    const int vectors = parts_of(tiling_numbers(w, k), LANES), slivers = parts_of(vectors, WINOGRAD_MAX_V);
    const int widest = equal_part(vectors, WINOGRAD_MAX_V) * LANES / kernels->vl;
    const int most = equal_part(a->f.hi - a->f.lo, kernels->most_f[smaller(widest, kernels->most_v)]);

    if (!a->seen) tiling_see(w, k, a->from, a->V, a->tiles);
    a->g.f = a->f, a->g.t = (Range){0, tiles};
    for (int p = 0; p < WINOGRAD; p += places)
    for (int f = a->f.lo; f < a->f.hi; f += most)
    for (int i = 0; i < slivers; i++) {
        const int n = smaller(most, a->f.hi - f);
        Range some = sliver(w, vectors, i, slivers);
        some.hi = smaller(some.hi, tiles);
        if (!many) a->g.f = (Range){f, f + n}, a->g.t = some;
        product(a, w, p, places, f, n, some);
        if (!many) tiling_gather(w, k, &a->g, a->tiles);
    }
    if (many) tiling_gather(w, k, &a->g, a->tiles);
}

// Some filters of some chunks. A call in parts (Step.share) with fewer chunks than parts is cut between
// filters, too, a number of kernels' tiles at a time.
static void pass_share(const Step *s, const Tiling *w, Pass *a) {
    const int chunks = tiling_chunks(w), pieces = (w->out + CUT - 1) / CUT;
    const int wanted = (s->share.of + chunks - 1) / chunks, cuts = larger(1, smaller(wanted, pieces));
    const Range units = step_share(s, chunks * cuts);
    for (int i = units.lo; i < units.hi; i++) {
        const int cut = i % cuts;
        a->f = (Range){cut * pieces / cuts * CUT, smaller(w->out, (cut + 1) * pieces / cuts * CUT)};
        a->seen = i > units.lo && cut > 0;
        tiling_each(w, (Range){i / cuts, i / cuts + 1}, pass_chunk, a);
    }
}

void conv_winograd_forward(const Step *s) {
    const Conv *o = s->cfg;
    const Tensor src = s->src[0], weights = s->param[0];
    const Tiling w = forwards(o, sides(src), sides(s->dst), s->dst.layout, s->dst.n);
    const ptrdiff_t row = tiling_pitch(weights.c);
    Pass a = pass_of(s, &w);
    a.g.bias = o->bias ? s->param[1].v : NULL;
    a.U_f = row, a.U_c = 1;
    for (int p = 0; p < WINOGRAD; p++) a.U[p] = s->prepared + p * tiling_plane(weights.n, row);
    a.from = src.v;
    a.g.maps = s->dst.v;
    pass_share(s, &w, &a);
}

// The window turned round: row 0 of G becomes row 3, the two in the middle stay.
static void diff_src(const Step *s) {
    static const int turned[] = {3, 1, 2, 0};
    const Tensor weights = s->param[0];
    const Tiling w = backwards(s->cfg, sides(s->src[0]), sides(s->dst), s->dst.layout, s->dst.n);
    const ptrdiff_t row = tiling_pitch(weights.c), next = tiling_plane(weights.n, row);
    Pass a = pass_of(s, &w);
    a.g.add = !step_fresh(s, 0);
    a.U_f = 1, a.U_c = row;
    for (int p = 0; p < WINOGRAD; p++)
        a.U[p] = s->prepared + (4 * turned[p / 4] + turned[p % 4]) * next;
    a.from = s->diff_dst.v;
    a.g.maps = s->diff_src[0].v;
    pass_share(s, &w, &a);
}

// ---- the gradient of the weights -------------------------------------------------------------------

typedef struct Sums {
    real *tiles, *V, *M, *diff_U;
    const real *src, *diff_dst; // diff_dst from the first of the filters on
    int filters;
    bool add;                   // to what other chunks have left in diff_U
} Sums;

static Sums sums_of(const Step *s, const Tiling *w, int filters) {
    Sums a = {.tiles = s->work, .filters = filters};
    a.V = a.tiles + tiling_work(w);
    a.M = a.V + tiling_planes(w->in, w->pitch);
    a.diff_U = a.M + tiling_planes(whole(smaller(w->out, FILTERS)), w->pitch);
    return a;
}

// diff_U of n filters from f on. They lie side by side in M and in diff_U: each number of V is multiplied
// by vectors of them.
static void sums_filters(const Sums *a, const Tiling *w, Chunk k, int f, int n) {
    const ptrdiff_t M_p = tiling_plane(whole(n), w->pitch), U_p = tiling_plane(w->in, whole(a->filters));
    tiling_spread(w, k, a->diff_dst, (Range){f, f + n}, a->M, M_p, a->tiles);
    for (int p = 0; p < WINOGRAD; p++)
        gemm_lanes(w->in, whole(n) / LANES, tiling_numbers(w, k),
                   (Matrix){a->V + p * tiling_plane(w->in, w->pitch), w->pitch, 1}, a->M + p * M_p,
                   a->diff_U + p * U_p + (ptrdiff_t)f * w->in, (ptrdiff_t)w->in * LANES, NULL, a->add);
}

static void sums_chunk(void *ctx, const Tiling *w, Chunk k) {
    Sums *a = ctx;
    tiling_see(w, k, a->src, a->V, a->tiles);
    for (int f = 0; f < a->filters; f += FILTERS) sums_filters(a, w, k, f, smaller(FILTERS, a->filters - f));
    a->add = true;
}

// Of the filters in `part`, from this share of the chunks.
static void diff_weights(const Step *s, Range part) {
    const Tiling w = sums(s->cfg, sides(s->src[0]), sides(s->dst), s->dst.layout, s->dst.n);
    const Range chunks = step_share(s, tiling_chunks(&w));
    if (chunks.lo == chunks.hi) return;
    for (int f = part.lo; f < part.hi; f += MOST_FILTERS) {
        Sums a = sums_of(s, &w, smaller(MOST_FILTERS, part.hi - f));
        a.src = s->src[0].v;
        a.diff_dst = at(s->diff_dst, 0, f, 0, 0);
        tiling_each(&w, chunks, sums_chunk, &a);
        for (int i = 0; i < a.filters; i += LANES)
            gather_filters(a.diff_U + (ptrdiff_t)i * w.in, tiling_plane(w.in, whole(a.filters)), w.in,
                           smaller(LANES, a.filters - i), at(s->diff_param[0], f + i, 0, 0, 0));
    }
}

void conv_winograd_backward(const Step *s) {
    if (s->diff_param[0].v) diff_weights(s, (Range){0, s->dst.c});
    if (s->diff_src[0].v) diff_src(s);
    conv_diff_bias(s, step_share(s, s->dst.c));
}

void conv_winograd_backward_params(const Step *s) {
    if (s->diff_param[0].v) diff_weights(s, s->part);
    conv_diff_bias(s, s->part);
}
