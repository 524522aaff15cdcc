/* conv_panels_winograd.c — Winograd's convolution (conv_winograd.c) with the channels of a place side by
 * side, and many weights (panels.h).
 *
 *     V[p,t,c] = (Bᵀ · the 4×4 numbers under tile t of channel c · B)[p]
 *     M[p,t,f] = Σ V[p,t,c] · U[p,c,f]                                    16 products for a panel of filters
 *                c
 *     dst of tile t = Aᵀ · M[·,t,f] · A + bias[f]
 *
 * The work is cut into strips, some rows of tiles of an image or several images, whose V stays in the second
 * cache; M of one panel is gathered before the next one begins. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/cut.h"
#include "runtime/layers/panels.h"

enum {
    NUMBERS = 1 << 18, // of V
    LEAST_TILES = 24,  // of a strip: each of them reads all of U
    FEW_TILES = 128,   // with fewer than so many in a call of several parts, the filters are cut
    SMALLEST = 36,     // places: of smaller maps the time is that of reading the weights, and U is larger
    GAP = LANES,       // reals between two rows, or two places
};

// How one call is cut, and where it works.
typedef struct Work {
    const Step *s;
    Tensor src, dst;
    int C, F, top, left;
    int down, across; // rows of tiles of an image, tiles in a row
    PanelCut cut;
    ptrdiff_t V_t;    // from one tile of V to the next
    real *pixels, *frame, *V, *M;
} Work;

bool conv_panels_winograd_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    return conv_panels_fits(o, src, dst, layout) && o->kernel.h == 3 && o->kernel.w == 3 && o->stride == 1 &&
           o->dilation == 1 && src.c % LANES == 0 && dst.h * dst.w >= SMALLEST;
}

bool conv_panels_winograd_maps(Shape dst, int n) {
    return (int64_t)n * ((dst.h + 1) / 2) * ((dst.w + 1) / 2) < FEW_TILES;
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
}

// ---- strips --------------------------------------------------------------------------------------

static Work work_for(const Conv *o, Shape src, Shape dst, int n) {
    Work w = {.C = src.c, .F = dst.c, .top = conv_axis(o, src.h, 3).before,
              .left = conv_axis(o, src.w, 3).before, .down = (dst.h + 1) / 2, .across = (dst.w + 1) / 2,
              .V_t = src.c + GAP};
    const int tiles = larger(LEAST_TILES, NUMBERS / (WINOGRAD * src.c));
    w.cut.images = larger(1, smaller(n, tiles / (w.down * w.across)));
    w.cut.rows = 2 * (w.cut.images > 1 ? w.down : smaller(w.down, larger(1, tiles / w.across)));
    return w;
}

static int most_tiles(const Work *w) { return w->cut.images * w->cut.rows / 2 * w->across; }
static ptrdiff_t V_place(const Work *w) { return most_tiles(w) * w->V_t + GAP; }
static ptrdiff_t M_place(const Work *w) { return (ptrdiff_t)most_tiles(w) * PANEL + GAP; }

// Four rows of pixels and more are under the tiles of a strip; those beside the image are zero.
static ptrdiff_t frame_row(const Work *w) { return (ptrdiff_t)(2 * w->across + 2) * w->C; }
static ptrdiff_t frame_len(const Work *w) { return (w->cut.rows + 2) * frame_row(w); }

size_t conv_panels_winograd_work(const Conv *o, Shape src, Shape dst, int n, Layout layout) {
    (void)layout;
    const Work w = work_for(o, src, dst, n);
    return 2 * (size_t)frame_len(&w) + WINOGRAD * (size_t)(V_place(&w) + M_place(&w));
}

static Shape sides(Tensor t) { return (Shape){t.c, t.h, t.w}; }

static Work work_of(const Step *s) {
    Work w = work_for(s->cfg, sides(s->src[0]), sides(s->dst), s->dst.n);
    w.s = s;
    w.src = s->src[0], w.dst = s->dst;
    w.pixels = s->work;
    w.frame = w.pixels + frame_len(&w);
    w.V = w.frame + frame_len(&w);
    w.M = w.V + WINOGRAD * V_place(&w);
    return w;
}

// ---- V -------------------------------------------------------------------------------------------

static void clear(real *dst, ptrdiff_t n) { memset(dst, 0, (size_t)n * sizeof *dst); }

// `len` rows of image n from row `first` on, `left` columns to the right.
static void fill_frame(const Work *w, int n, int first, int len) {
    const Range rows = {larger(0, first), smaller(w->src.h, first + len)};
    const ptrdiff_t C = w->C, row = frame_row(w), begin = w->left * C;
    const ptrdiff_t there = smaller(w->src.w, 2 * w->across + 2 - w->left) * C;
    const real *from = rows.lo < rows.hi ? panel_pixels(w->src, n, rows, w->pixels) : NULL;
    for (int i = 0; i < len; i++) {
        real *const to = w->frame + i * row;
        if (first + i < rows.lo || first + i >= rows.hi) {
            clear(to, row);
            continue;
        }
        clear(to, begin);
        memcpy(to + begin, from, (size_t)there * sizeof *to);
        clear(to + begin + there, row - begin - there);
        from += w->src.w * C;
    }
}

static void see_rows(const Work *w, int n, Range y, real *V) {
    const LastKernels *const k = kernels_chosen()->last;
    const int down = (y.hi - y.lo + 1) / 2;
    fill_frame(w, n, y.lo - w->top, 2 * down + 2);
    for (int i = 0; i < down; i++)
        for (int j = 0; j < w->across; j++, V += w->V_t) {
            const real *const tile = w->frame + 2 * i * frame_row(w) + (ptrdiff_t)2 * j * w->C;
            k->see(tile, frame_row(w), w->C, 1, V, V_place(w));
        }
}

// ---- forward -------------------------------------------------------------------------------------

static void gather_rows(const Work *w, int n, int k, Range y, const real *M) {
    const LastKernels *const kernels = kernels_chosen()->last;
    const ptrdiff_t row = (ptrdiff_t)w->dst.w * w->F;
    for (int r = y.lo; r < y.hi; r += 2)
        for (int x = 0; x < w->dst.w; x += 2, M += PANEL)
            kernels->gather(M, M_place(w), panel_filters(k, w->F), panel_bias(w->s, k), smaller(2, y.hi - r),
                            smaller(2, w->dst.w - x), at(w->dst, n, k * PANEL, r, x), row, w->F);
}

static void forward_strip(void *ctx, Strip t, Range panels) {
    const Work *const w = ctx;
    const int tiles = (t.y.hi - t.y.lo + 1) / 2 * w->across;
    for (int n = t.n.lo; n < t.n.hi; n++) see_rows(w, n, t.y, w->V + (n - t.n.lo) * tiles * w->V_t);
    for (int k = panels.lo; k < panels.hi; k++) {
        PanelProduct q = {.T = (t.n.hi - t.n.lo) * tiles, .K = w->C, .n = panel_filters(k, w->F),
                          .next = w->V_t, .sums_next = PANEL};
        for (int p = 0; p < WINOGRAD; p++) {
            q.A = w->V + p * V_place(w);
            q.W = w->s->prepared + k * U_panel(w->C) + p * U_place(w->C);
            q.sums = w->M + p * M_place(w);
            panel_product(&q);
        }
        for (int n = t.n.lo; n < t.n.hi; n++)
            gather_rows(w, n, k, t.y, w->M + (ptrdiff_t)(n - t.n.lo) * tiles * PANEL);
    }
}

void conv_panels_winograd_forward(const Step *s) {
    Work w = work_of(s);
    panel_strips(s, w.cut, forward_strip, &w);
}
