/* conv_panels.c — convolution with the channels of a place side by side, and many weights (panels.h): the
 * sums of conv.c, sooner.
 *
 *     dst[p,f] = bias[f] + Σ window[p,k] · weights[f,k]          k = (i·KW + j)·C + c
 *                          k
 *
 * What a window sees of a row of the image is one run of numbers: a window is copied in KH pieces. The work
 * is cut into strips, some rows of an image or several images, whose windows stay in the second cache. */
#include <string.h>

#include "runtime/kernels/wide.h"
#include "runtime/layers/cut.h"
#include "runtime/layers/panels.h"

enum {
    WINDOWS = 1 << 18,   // numbers in the windows of a strip,
    MOST_PLACES = 512,   // of so many places at most
    FEW_PLACES = 256,    // with fewer than so many in a call of several parts, the filters are cut
    GAP = LANES          // reals between two windows: a copy may write so many too many
};

// How one call is cut, and where it works.
typedef struct Work {
    const Step *s;
    const Conv *o;
    Tensor src, dst;
    int C, KH, KW, M;
    Axis down, across;
    PanelCut cut;
    ptrdiff_t window; // from one window to the next
    real *pixels, *windows;
} Work;

bool conv_panels_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    return layout == LAYOUT_LAST && o->groups == 1 && o->filters % LANES == 0 &&
           (int64_t)src.c * dst.c > MOST_CONV_LAST;
}

bool conv_panels_maps(Shape dst, int n) { return (int64_t)n * dst.h * dst.w < FEW_PLACES; }

// ---- the weights ---------------------------------------------------------------------------------

size_t conv_panels_prepared(const Conv *o, Shape src) {
    return (size_t)panels_of(o->filters) * PANEL * (size_t)src.c * (size_t)(o->kernel.h * o->kernel.w);
}

// Filter f of a panel: number k at W[k·PANEL + f].
static void place_filter(const real *g, int C, int K, real *W) {
    for (int c = 0; c < C; c++)
        for (int k = 0; k < K; k++) W[((ptrdiff_t)k * C + c) * PANEL] = g[c * K + k];
}

void conv_panels_prepare(const Step *s) {
    const Tensor weights = s->param[0];
    const int K = weights.h * weights.w;
    const ptrdiff_t panel = (ptrdiff_t)weights.c * K * PANEL;
    for (int f = s->part.lo; f < s->part.hi; f++)
        place_filter(at(weights, f, 0, 0, 0), weights.c, K, s->prepared + f / PANEL * panel + f % PANEL);
}

// ---- strips --------------------------------------------------------------------------------------

static Work work_for(const Conv *o, Shape src, Shape dst, int n) {
    Work w = {.o = o, .C = src.c, .KH = o->kernel.h, .KW = o->kernel.w,
              .down = conv_axis(o, src.h, o->kernel.h), .across = conv_axis(o, src.w, o->kernel.w)};
    w.M = w.C * w.KH * w.KW;
    w.window = (ptrdiff_t)aligned((size_t)w.M) + GAP;
    const int places = larger(1, smaller(MOST_PLACES, WINDOWS / w.M)), even = (dst.h + 1) / 2 * 2;
    w.cut.images = larger(1, smaller(n, places / (dst.h * dst.w)));
    w.cut.rows = w.cut.images > 1 ? even : smaller(even, larger(2, places / dst.w / 2 * 2));
    return w;
}

static size_t most_places(const Work *w) {
    return (size_t)w->cut.images * (size_t)w->cut.rows * (size_t)w->across.out;
}

static size_t pixels_len(const Work *w) {
    const int under = smaller(w->down.n, (w->cut.rows - 1) * w->o->stride + w->down.reach);
    return aligned((size_t)under * (size_t)w->across.n * (size_t)w->C) + GAP;
}

size_t conv_panels_work(const Conv *o, Shape src, Shape dst, int n, Layout layout) {
    (void)layout;
    const Work w = work_for(o, src, dst, n);
    return pixels_len(&w) + most_places(&w) * (size_t)w.window;
}

static Shape sides(Tensor t) { return (Shape){t.c, t.h, t.w}; }

// ---- windows -------------------------------------------------------------------------------------

// n numbers, and up to LANES − 1 behind them.
WIDE static void copy(const real *restrict src, ptrdiff_t n, real *restrict dst) {
    for (ptrdiff_t i = 0; i < n; i += LANES)
        for (int l = 0; l < LANES; l++) dst[i + l] = src[i + l];
}

static void clear(real *dst, ptrdiff_t n) { memset(dst, 0, (size_t)n * sizeof *dst); }

// Pixels first, first + D, … of a row, `n` of them; those beside the row are zero.
static void copy_pixels(const Work *w, const real *row, int first, int n, real *dst) {
    const int D = w->o->dilation, C = w->C, W = w->across.n;
    if (D == 1) {
        const int lo = larger(0, -first), hi = larger(lo, smaller(n, W - first));
        clear(dst, (ptrdiff_t)smaller(lo, n) * C);
        if (lo < hi)
            copy(row + (ptrdiff_t)(first + lo) * C, (ptrdiff_t)(hi - lo) * C, dst + (ptrdiff_t)lo * C);
        if (hi < n) clear(dst + (ptrdiff_t)hi * C, (ptrdiff_t)(n - hi) * C);
        return;
    }
    for (int j = 0; j < n; j++) {
        const int x = first + j * D;
        if (x >= 0 && x < W) copy(row + (ptrdiff_t)x * C, C, dst + (ptrdiff_t)j * C);
        else clear(dst + (ptrdiff_t)j * C, C);
    }
}

// The windows of rows [y.lo, y.hi) of one image, of whose pixels those from row `top` on are there.
static void copy_windows(const Work *w, Range y, const real *pixels, int top, real *dst) {
    const int S = w->o->stride, D = w->o->dilation;
    for (int r = y.lo; r < y.hi; r++)
    for (int x = 0; x < w->across.out; x++, dst += w->window)
    for (int i = 0; i < w->KH; i++) {
        const int row = r * S - w->down.before + i * D;
        real *const to = dst + (ptrdiff_t)i * w->KW * w->C;
        if (row < 0 || row >= w->down.n) clear(to, (ptrdiff_t)w->KW * w->C);
        else copy_pixels(w, pixels + (ptrdiff_t)(row - top) * w->across.n * w->C, x * S - w->across.before,
                         w->KW, to);
    }
}

static void see_rows(const Work *w, int n, Range y, real *windows) {
    const int S = w->o->stride, first = y.lo * S - w->down.before;
    const int end = (y.hi - 1) * S - w->down.before + w->down.reach;
    const Range rows = {larger(0, first), smaller(w->down.n, end)};
    const real *const pixels = rows.lo < rows.hi ? panel_pixels(w->src, n, rows, w->pixels) : NULL;
    copy_windows(w, y, pixels, rows.lo, windows);
}

// ---- forward -------------------------------------------------------------------------------------

static void forward_strip(void *ctx, Strip t, Range panels) {
    const Work *const w = ctx;
    const int places = (t.y.hi - t.y.lo) * w->across.out, F = w->dst.c;
    for (int n = t.n.lo; n < t.n.hi; n++) see_rows(w, n, t.y, w->windows + (n - t.n.lo) * places * w->window);
    for (int k = panels.lo; k < panels.hi; k++) {
        const PanelProduct q = {.T = (t.n.hi - t.n.lo) * places, .K = w->M, .n = panel_filters(k, F),
                                .A = w->windows, .next = w->window,
                                .W = w->s->prepared + (ptrdiff_t)k * w->M * PANEL,
                                .bias = panel_bias(w->s, k), .sums = at(w->dst, t.n.lo, k * PANEL, t.y.lo, 0),
                                .sums_next = F};
        panel_product(&q);
    }
}

void conv_panels_forward(const Step *s) {
    Work w = work_for(s->cfg, sides(s->src[0]), sides(s->dst), s->dst.n);
    w.s = s;
    w.src = s->src[0], w.dst = s->dst;
    w.pixels = s->work;
    w.windows = w.pixels + pixels_len(&w);
    panel_strips(s, w.cut, forward_strip, &w);
}
