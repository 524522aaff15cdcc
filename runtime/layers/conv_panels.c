/* conv_panels.c — convolution with the filters side by side (panels.h): the sums of conv.c, sooner.
 *
 *     dst[f,p] = bias[f] + Σ window[p,k] · weights[f,k]          k = (i·KW + j)·C + c
 *                          k
 *
 * Here k counts the channels first, so that the numbers under a row of the window lie side by side once the
 * channels of each pixel do: the image is turned round, and a window is a few rows of numbers to copy. The
 * work is cut into strips: some rows of an image, or several whole images. */
#include <string.h>

#include "runtime/kernels/wide.h"
#include "runtime/layers/conv.h"
#include "runtime/layers/panels.h"

enum {
    WINDOWS = 1 << 18,   // numbers in the windows of a strip, to stay in the second cache,
    MOST_PLACES = 512,   // of so many places at most
    LEAST_PLACES = 48,   // With fewer than so many places for each part of a call, the filters are cut
    NARROWEST = 24,      // filters: a panel should not be much larger, and …
    SMALLEST = 32,       // … numbers of a window: copying it and turning the sums round have to pay
    GAP = LANES          // reals between two windows: a copy may write so many too many
};

// How one call is cut, and where it works.
typedef struct Work {
    const Step *s;
    const Conv *o;
    Tensor src, dst;
    int C, KH, KW, M, P;
    Axis down, across;
    int images, rows;  // of a strip, at most: several images, or some rows of one
    ptrdiff_t window;  // from one window to the next
    real *pixels, *windows, *sums;
} Work;

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }
static size_t aligned(size_t n) { return (n + LANES - 1) / LANES * LANES; }

bool conv_panels_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    return layout == LAYOUT_PLAIN && o->groups == 1 && dst.c >= NARROWEST &&
           src.c * o->kernel.h * o->kernel.w >= SMALLEST;
}

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
    for (int f = weights.n; s->part.hi == weights.n && f % PANEL; f++)
        for (ptrdiff_t k = 0; k < panel; k += PANEL) s->prepared[f / PANEL * panel + f % PANEL + k] = 0;
}

// ---- strips --------------------------------------------------------------------------------------

static Work work_for(const Conv *o, Shape src, Shape dst, int n) {
    Work w = {.o = o, .C = src.c, .KH = o->kernel.h, .KW = o->kernel.w, .P = dst.h * dst.w,
              .down = conv_axis(o, src.h, o->kernel.h), .across = conv_axis(o, src.w, o->kernel.w)};
    w.M = w.C * w.KH * w.KW;
    w.window = (ptrdiff_t)aligned((size_t)w.M) + GAP;
    const int places = larger(1, smaller(MOST_PLACES, WINDOWS / w.M));
    w.images = larger(1, smaller(n, places / w.P));
    w.rows = w.images > 1 ? dst.h : larger(1, smaller(dst.h, places / dst.w));
    return w;
}

static int most_places(const Work *w) { return w->images * w->rows * w->across.out; }

// Rows of the image under so many rows of windows, at most.
static int rows_under(const Work *w, int rows) {
    return smaller(w->down.n, (rows - 1) * w->o->stride + w->down.reach);
}

static size_t pixels_len(const Work *w) {
    return (size_t)rows_under(w, w->rows) * (size_t)w->across.n * (size_t)w->C + GAP;
}

size_t conv_panels_work(const Conv *o, Shape src, Shape dst, int n) {
    const Work w = work_for(o, src, dst, n);
    const size_t places = (size_t)most_places(&w);
    return aligned(pixels_len(&w)) + aligned(places * (size_t)w.window) + places * PANEL;
}

static Shape sides(Tensor t) { return (Shape){t.c, t.h, t.w}; }

static Work work_of(const Step *s) {
    Work w = work_for(s->cfg, sides(s->src[0]), sides(s->dst), s->dst.n);
    w.s = s;
    w.src = s->src[0], w.dst = s->dst;
    w.pixels = s->work;
    w.windows = w.pixels + aligned(pixels_len(&w));
    w.sums = w.windows + aligned((size_t)most_places(&w) * (size_t)w.window);
    return w;
}

// Equal strips, and as many as a call has parts, if they do not become too small.
static int cuts_of_image(Work *w) {
    const int of = larger(1, w->s->share.of), n = w->dst.n, OH = w->down.out;
    const int groups = (n + w->images - 1) / w->images;
    int cuts = (OH + w->rows - 1) / w->rows;
    if (groups * cuts < of && n * w->P >= of * LEAST_PLACES) {
        if (n >= of) w->images = n / of;
        else w->images = 1, cuts = smaller(OH, (of + n - 1) / n);
    }
    return cuts;
}

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

// The windows of rows [y.lo, y.hi) of one image, whose pixels begin with row `top`.
static void copy_windows(const Work *w, Range y, int top, real *dst) {
    const int S = w->o->stride, D = w->o->dilation;
    for (int r = y.lo; r < y.hi; r++)
    for (int x = 0; x < w->across.out; x++, dst += w->window)
    for (int i = 0; i < w->KH; i++) {
        const int row = r * S - w->down.before + i * D;
        real *const to = dst + (ptrdiff_t)i * w->KW * w->C;
        if (row < 0 || row >= w->down.n) clear(to, (ptrdiff_t)w->KW * w->C);
        else copy_pixels(w, w->pixels + (ptrdiff_t)(row - top) * w->across.n * w->C, x * S - w->across.before,
                         w->KW, to);
    }
}

static void see_rows(const Work *w, int n, Range y, real *windows) {
    const int S = w->o->stride, H = w->down.n, W = w->across.n;
    const int lo = larger(0, y.lo * S - w->down.before);
    const int hi = smaller(H, (y.hi - 1) * S - w->down.before + w->down.reach);
    if (lo < hi)
        panel_turn(w->C, (hi - lo) * W, at(w->src, n, 0, lo, 0), (ptrdiff_t)H * W, w->pixels, w->C);
    copy_windows(w, y, lo, windows);
}

// ---- forward -------------------------------------------------------------------------------------

// Sums of one image's rows from y on, to the maps of a panel.
static void put_sums(const Work *w, int k, int n, Range y, const real *sums) {
    const int f = k * PANEL, OW = w->across.out;
    panel_turn((y.hi - y.lo) * OW, smaller(PANEL, w->dst.c - f), sums, PANEL, at(w->dst, n, f, y.lo, 0),
               w->P);
}

static void forward_strip(const Work *w, Range n, Range y, Range panels) {
    const int places = (y.hi - y.lo) * w->across.out, all = (n.hi - n.lo) * places;
    for (int i = n.lo; i < n.hi; i++) see_rows(w, i, y, w->windows + (i - n.lo) * places * w->window);
    for (int k = panels.lo; k < panels.hi; k++) {
        real room[PANEL];
        panel_product(all, w->M, w->windows, w->window, w->s->prepared + (ptrdiff_t)k * w->M * PANEL,
                      panel_bias(w->s, k, room), w->sums);
        for (int i = n.lo; i < n.hi; i++)
            put_sums(w, k, i, y, w->sums + (ptrdiff_t)(i - n.lo) * places * PANEL);
    }
}

void conv_panels_forward(const Step *s) {
    Work w = work_of(s);
    const int cuts = cuts_of_image(&w), groups = (w.dst.n + w.images - 1) / w.images, OH = w.down.out;
    const PanelCut cut = panel_cut(s, groups * cuts, panels_of(w.dst.c));
    for (int i = cut.strips.lo; i < cut.strips.hi; i++) {
        const int n = i / cuts * w.images, k = i % cuts;
        forward_strip(&w, (Range){n, smaller(n + w.images, w.dst.n)},
                      (Range){k * OH / cuts, (k + 1) * OH / cuts}, cut.panels);
    }
}
