/* conv_fast.c — eight ways to the sums of conv.c, sooner: which one is taken?
 *
 *     panels     the channels of a place side by side, and many weights: conv_panels_winograd.c
 *                3×3 windows, and others                                 conv_panels.c
 *     last       the same, fewer weights                                 conv_last.c
 *     spread     small images one after the other, sixteen filters       conv_spread.c
 *     rows       the same, fewer filters                                 conv_rows.c
 *     winograd   3×3 windows over many channels                          conv_winograd.c
 *     lanes      sixteen images side by side                             conv_lanes.c
 *     columns    everything else, as a matrix product                    conv_columns.c
 *
 * The first that fits. The gradient of the bias is the same sum in all of them. */
#include "runtime/kernels/wide.h"
#include "runtime/layers/conv.h"

typedef struct Way {
    bool (*cuts_maps)(Shape dst, int n); // see LayerKind
    bool (*fits)(const Conv *o, Shape src, Shape dst, Layout layout);
    size_t (*work)(const Conv *o, Shape src, Shape dst, int n, Layout layout);
    bool fewer_products; // than the definition has, so that its roundings are others
    bool shares_sums;    // see LayerKind
    // Both or none: reals of the prepared weights, and how to make them. Without those the next way is taken.
    size_t (*prepared)(const Conv *o, Shape src);
    void (*prepare)(const Step *s);
    void (*forward)(const Step *s), (*backward)(const Step *s), (*backward_params)(const Step *s);
} Way;

static size_t rows_work(const Conv *o, Shape src, Shape dst, int n, Layout layout) {
    (void)n, (void)layout;
    return conv_rows_work(o, src, dst);
}

static size_t spread_work(const Conv *o, Shape src, Shape dst, int n, Layout layout) {
    (void)n, (void)layout;
    return conv_spread_work(o, src, dst);
}

static bool lanes_fits(const Conv *o, Shape src, Shape dst, Layout layout) {
    (void)o, (void)src, (void)dst;
    return layout == LAYOUT_LANES;
}

static size_t lanes_work(const Conv *o, Shape src, Shape dst, int n, Layout layout) {
    (void)n, (void)layout;
    return conv_lanes_work(o, src, dst);
}

static bool always(const Conv *o, Shape src, Shape dst, Layout layout) {
    (void)o, (void)src, (void)dst, (void)layout;
    return true;
}

static size_t columns_work(const Conv *o, Shape src, Shape dst, int n, Layout layout) {
    (void)layout;
    return conv_columns_work(o, src, dst, n);
}

static const Way ways[] = {
    {.fits = conv_panels_winograd_fits, .work = conv_panels_winograd_work, .fewer_products = true,
     .cuts_maps = conv_panels_winograd_maps, .prepared = conv_panels_winograd_prepared,
     .prepare = conv_panels_winograd_prepare, .forward = conv_panels_winograd_forward},
    {.fits = conv_panels_fits, .work = conv_panels_work, .cuts_maps = conv_panels_maps,
     .prepared = conv_panels_prepared, .prepare = conv_panels_prepare, .forward = conv_panels_forward},
    {.fits = conv_last_fits, .work = conv_last_work, .prepared = conv_last_prepared,
     .prepare = conv_last_prepare, .forward = conv_last_forward},
    {.fits = conv_spread_fits, .work = spread_work, .prepared = conv_spread_prepared,
     .prepare = conv_spread_prepare, .forward = conv_spread_forward, .backward = conv_spread_backward,
     .backward_params = conv_spread_backward_params},
    {.fits = conv_rows_fits, .work = rows_work, .forward = conv_rows_forward, .backward = conv_rows_backward,
     .backward_params = conv_rows_backward_params},
    {.fits = conv_winograd_fits, .work = conv_winograd_work, .fewer_products = true, .shares_sums = true,
     .prepared = conv_winograd_prepared, .prepare = conv_winograd_prepare, .forward = conv_winograd_forward,
     .backward = conv_winograd_backward, .backward_params = conv_winograd_backward_params},
    {.fits = lanes_fits, .work = lanes_work, .forward = conv_lanes_forward, .backward = conv_lanes_backward,
     .backward_params = conv_lanes_backward_params},
    {.fits = always, .work = columns_work, .forward = conv_columns_forward, .backward = conv_columns_backward,
     .backward_params = conv_columns_backward_params},
};

// The first way that fits, `prepared` saying whether the weights may be.
static const Way *way_for(const Conv *o, Shape src, Shape dst, Layout layout, bool prepared) {
    const Way *w = ways;
    while (!w->fits(o, src, dst, layout) || (w->prepared && !prepared)) w++;
    return w;
}

static const Way *way_of(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    return way_for(s->cfg, (Shape){src.c, src.h, src.w}, (Shape){dst.c, dst.h, dst.w}, dst.layout,
                   s->prepared != NULL);
}

// Enough for either: whether the weights are prepared is the plan's choice.
size_t conv_work(const void *cfg, const Shape *src, Shape dst, int n, Layout layout) {
    const Way *const first = way_for(cfg, src[0], dst, layout, true);
    const Way *const plain = way_for(cfg, src[0], dst, layout, false);
    const size_t a = first->work(cfg, src[0], dst, n, layout), b = plain->work(cfg, src[0], dst, n, layout);
    return a > b ? a : b;
}

size_t conv_prepared(const void *cfg, const Shape *src, Shape dst, Layout layout) {
    const Way *const w = way_for(cfg, src[0], dst, layout, true);
    return w->prepared ? w->prepared(cfg, src[0]) : 0;
}

// Some filters are a smaller convolution, where weights are not prepared for all of them.
bool conv_by_row(const void *cfg, const Shape *src, Shape dst) {
    const Conv *o = cfg;
    return o->groups == 1 && way_for(o, src[0], dst, LAYOUT_LANES, true)->forward == conv_lanes_forward;
}

bool conv_shares_sums(const void *cfg, const Shape *src, Shape dst, Layout layout) {
    return way_for(cfg, src[0], dst, layout, true)->shares_sums;
}

bool conv_fewer_products(const void *cfg, const Shape *src, Shape dst, Layout layout) {
    return way_for(cfg, src[0], dst, layout, true)->fewer_products;
}

bool conv_gives_last(const void *cfg, const Shape *src, Shape dst) {
    return conv_last_fits(cfg, src[0], dst, LAYOUT_LAST) || conv_panels_fits(cfg, src[0], dst, LAYOUT_LAST);
}

bool conv_cuts_maps(const void *cfg, const Shape *src, Shape dst, int n) {
    const Way *const w = way_for(cfg, src[0], dst, LAYOUT_LAST, true);
    return w->cuts_maps && w->cuts_maps(dst, n);
}

void conv_prepare(const Step *s) { way_of(s)->prepare(s); }
void conv_forward(const Step *s) { way_of(s)->forward(s); }
void conv_backward(const Step *s) { way_of(s)->backward(s); }
void conv_backward_params(const Step *s) { way_of(s)->backward_params(s); }

// ---- the gradient of the bias ----------------------------------------------------------------------

// Many sums side by side: an addition need not wait for the one before it.
WIDE real conv_sum(const real *v, ptrdiff_t n) {
    enum { SUMS = 8 * LANES };
    real some[SUMS] = {0};
    ptrdiff_t i = 0;
    for (; i + SUMS <= n; i += SUMS)
        for (int k = 0; k < SUMS; k++) some[k] += v[i + k];
    for (; i < n; i++) some[i % SUMS] += v[i];
    for (int half = SUMS / 2; half > 0; half /= 2)
        for (int k = 0; k < half; k++) some[k] += some[k + half];
    return some[0];
}

void conv_diff_bias(const Step *s, Range filters) {
    const Tensor diff_dst = s->diff_dst;
    real *const diff_bias = ((const Conv *)s->cfg)->bias ? s->diff_param[1].v : NULL;
    const int together = diff_dst.layout == LAYOUT_LANES ? LANES : 1;
    const ptrdiff_t map = (ptrdiff_t)diff_dst.h * diff_dst.w * together;
    for (int n = 0; n < diff_dst.n && diff_bias; n += together)
        for (int f = filters.lo; f < filters.hi; f++) diff_bias[f] += conv_sum(at(diff_dst, n, f, 0, 0), map);
}
