/* conv_panels_winograd.c — Winograd's convolution (conv_winograd.c) with the filters side by side
 * (panels.h), for few images and weights that stay.
 *
 *     V[p,t,c] = (Bᵀ · the 4×4 numbers under tile t of channel c · B)[p]
 *     M[p,t,f] = Σ V[p,t,c] · U[p,c,f]                                    16 products for a panel of filters
 *                c
 *     dst of tile t = Aᵀ · M[·,t,f] · A
 *
 * Both transforms are those of sixteen images side by side (kernels/winograd.h): here sixteen channels play
 * the images' part, then sixteen filters. Place 1,1 of M counts once in each number of a tile, so that is
 * where the bias is added. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/conv.h"
#include "runtime/layers/panels.h"

enum {
    NUMBERS = 1 << 18, // of V, to stay in the second cache,
    FEW_TILES = 24,    // with fewer than so many for each part of a call, the filters are cut
    NARROWEST = PANEL, // filters
    SMALLEST = 36,     // places: of smaller maps the time is that of reading the weights, and U is larger
    GAP = LANES,       // reals between two rows, or two places
    BIAS_PLACE = 5
};

typedef struct Sides { int H, W; } Sides;

// Inputs, outputs, and how the tiles are cut.
typedef struct Work {
    const Step *s;
    int C, F;
    Sides from, to;
    int top, left, down, across; // padding; rows of tiles of an image, tiles in a row
    int images, rows;            // of a strip, at most: several images, or some rows of tiles of one
    ptrdiff_t V_t;               // from one tile of V to the next
    real *V, *M, *maps;
} Work;

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }

bool conv_panels_winograd_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    return conv_winograd_shape(o) && layout == LAYOUT_PLAIN && src.c % LANES == 0 && dst.c >= NARROWEST &&
           dst.h * dst.w >= SMALLEST;
}

// ---- the weights ---------------------------------------------------------------------------------

static ptrdiff_t U_place(int C) { return (ptrdiff_t)C * PANEL; }
static ptrdiff_t U_panel(int C) { return WINOGRAD * U_place(C); }

size_t conv_panels_winograd_prepared(const Conv *o, Shape src) {
    return (size_t)panels_of(o->filters) * (size_t)U_panel(src.c);
}

// Filter f of a panel, sixteen channels at a time.
static void place_filter(const real *g, int C, real *U) {
    for (int c = 0; c < C; c += LANES) {
        real some[WINOGRAD * LANES];
        conv_winograd_filter(g + 9 * (ptrdiff_t)c, LANES, some, LANES);
        for (int k = 0; k < WINOGRAD * LANES; k++)
            U[k / LANES * U_place(C) + (ptrdiff_t)(c + k % LANES) * PANEL] = some[k];
    }
}

void conv_panels_winograd_prepare(const Step *s) {
    const Tensor weights = s->param[0];
    const ptrdiff_t panel = U_panel(weights.c);
    for (int f = s->part.lo; f < s->part.hi; f++)
        place_filter(at(weights, f, 0, 0, 0), weights.c, s->prepared + f / PANEL * panel + f % PANEL);
    for (int f = weights.n; s->part.hi == weights.n && f % PANEL; f++)
        for (ptrdiff_t k = 0; k < panel; k += PANEL) s->prepared[f / PANEL * panel + f % PANEL + k] = 0;
}

// ---- strips --------------------------------------------------------------------------------------

static Work work_for(const Conv *o, Shape src, Shape dst, int n) {
    Work w = {.C = src.c, .F = dst.c, .from = {src.h, src.w}, .to = {dst.h, dst.w},
              .top = conv_axis(o, src.h, 3).before, .left = conv_axis(o, src.w, 3).before,
              .down = (dst.h + 1) / 2, .across = (dst.w + 1) / 2, .V_t = src.c + GAP};
    const int tiles = larger(FEW_TILES, NUMBERS / (WINOGRAD * src.c));
    w.images = larger(1, smaller(n, tiles / (w.down * w.across)));
    w.rows = w.images > 1 ? w.down : larger(1, smaller(w.down, tiles / w.across));
    return w;
}

static int most_tiles(const Work *w) { return w->images * w->rows * w->across; }
static ptrdiff_t V_place(const Work *w) { return most_tiles(w) * w->V_t + GAP; }
static ptrdiff_t M_place(const Work *w) { return (ptrdiff_t)most_tiles(w) * PANEL + GAP; }

// Sixteen maps side by side: of one image's channels on the way in, of a strip's filters on the way out.
static size_t maps_len(const Work *w) {
    const Sides a = w->from, b = w->to;
    const size_t in = (size_t)a.H * (size_t)a.W, out = (size_t)b.H * (size_t)b.W;
    return (in > out ? in : out) * LANES;
}

size_t conv_panels_winograd_work(const Conv *o, Shape src, Shape dst, int n) {
    const Work w = work_for(o, src, dst, n);
    return WINOGRAD * (size_t)(V_place(&w) + M_place(&w)) + maps_len(&w);
}

static Shape sides(Tensor t) { return (Shape){t.c, t.h, t.w}; }

static Work work_of(const Step *s) {
    Work w = work_for(s->cfg, sides(s->src[0]), sides(s->dst), s->dst.n);
    w.s = s;
    w.V = s->work;
    w.M = w.V + WINOGRAD * V_place(&w);
    w.maps = w.M + WINOGRAD * M_place(&w);
    return w;
}

// Equal strips, and as many as a call has parts, if they do not become too small: cuts of an image.
static int cut_images(Work *w) {
    const int of = larger(1, w->s->share.of), n = w->s->dst.n, groups = (n + w->images - 1) / w->images;
    int cuts = (w->down + w->rows - 1) / w->rows;
    if (groups * cuts < of && n * w->down * w->across >= of * FEW_TILES) {
        if (n >= of) w->images = n / of;
        else w->images = 1, cuts = smaller(w->down, (of + n - 1) / n);
    }
    return cuts;
}

// ---- V -------------------------------------------------------------------------------------------

// Tiles of row y, of sixteen channels whose maps lie side by side from row `top` on.
static void see_row(const Work *w, int y, int top, const real *maps, real *V) {
    const WinogradKernels *const k = kernels_chosen()->winograd;
    WinogradRows d = {.W = w->from.W, .x = -w->left};
    for (int i = 0; i < 4; i++) {
        const int row = 2 * y - w->top + i;
        d.row[i] = row >= 0 && row < w->from.H ? maps + (ptrdiff_t)(row - top) * w->from.W * LANES : NULL;
    }
    for (int x = 0; x < w->across; x++, d.x += 2, V += w->V_t) k->see(&d, 1, V, V_place(w));
}

static void see_rows(const Work *w, int n, Range y, real *V) {
    const Tensor src = w->s->src[0];
    const int W = w->from.W, lo = larger(0, 2 * y.lo - w->top);
    const int hi = smaller(w->from.H, 2 * y.hi + 2 - w->top);
    for (int c = 0; c < w->C; c += LANES) {
        if (lo < hi)
            panel_turn(LANES, (hi - lo) * W, at(src, n, c, lo, 0), (ptrdiff_t)w->from.H * W, w->maps, LANES);
        for (int r = y.lo; r < y.hi; r++) see_row(w, r, lo, w->maps, V + (r - y.lo) * w->across * w->V_t + c);
    }
}

// ---- forward -------------------------------------------------------------------------------------

// Sixteen filters of a panel, rows y of tiles of image n.
static void gather_rows(const Work *w, int n, int f, Range y, const real *M) {
    const WinogradKernels *const k = kernels_chosen()->winograd;
    const int H = w->to.H, W = w->to.W;
    const Tensor dst = w->s->dst;
    for (int r = y.lo; r < y.hi; r++) {
        real *const first = w->maps + (ptrdiff_t)2 * (r - y.lo) * W * LANES;
        real *row[2] = {first, 2 * r + 1 < H ? first + (ptrdiff_t)W * LANES : NULL};
        for (int x = 0; x < w->across; x++, M += PANEL) {
            k->gather(M, M_place(w), 1, 0, false, row, W - 2 * x);
            for (int i = 0; i < 2 && row[i]; i++) row[i] += 2 * LANES;
        }
    }
    const int rows = smaller(2 * y.hi, H) - 2 * y.lo;
    panel_turn(rows * W, smaller(LANES, w->F - f), w->maps, LANES, at(dst, n, f, 2 * y.lo, 0),
               (ptrdiff_t)H * W);
}

static void forward_strip(const Work *w, Range n, Range y, Range panels) {
    const int tiles = (y.hi - y.lo) * w->across, all = (n.hi - n.lo) * tiles;
    for (int i = n.lo; i < n.hi; i++) see_rows(w, i, y, w->V + (i - n.lo) * tiles * w->V_t);
    for (int k = panels.lo; k < panels.hi; k++) {
        real room[PANEL];
        const real *const bias = panel_bias(w->s, k, room);
        for (int p = 0; p < WINOGRAD; p++)
            panel_product(all, w->C, w->V + p * V_place(w), w->V_t,
                          w->s->prepared + k * U_panel(w->C) + p * U_place(w->C),
                          p == BIAS_PLACE ? bias : NULL, w->M + p * M_place(w));
        for (int f = k * PANEL; f < smaller(w->F, (k + 1) * PANEL); f += LANES)
            for (int i = n.lo; i < n.hi; i++)
                gather_rows(w, i, f, y, w->M + (ptrdiff_t)(i - n.lo) * tiles * PANEL + f % PANEL);
    }
}

void conv_panels_winograd_forward(const Step *s) {
    Work w = work_of(s);
    const int n = s->dst.n, cuts = cut_images(&w), groups = (n + w.images - 1) / w.images;
    const PanelCut cut = panel_cut(s, groups * cuts, panels_of(w.F));
    for (int i = cut.strips.lo; i < cut.strips.hi; i++) {
        const int first = i / cuts * w.images, k = i % cuts;
        forward_strip(&w, (Range){first, smaller(first + w.images, n)},
                      (Range){k * w.down / cuts, (k + 1) * w.down / cuts}, cut.panels);
    }
}
