/* avgpool.c — slide a window over each channel and take the mean of it.
 *
 *     dst[n,c,y,x] = 1/M · Σ src[n, c, y·S − P + i, x·S − P + j]        0 ≤ i, j < K
 *                          i,j
 *
 *     src  N × C × H × W        dst  N × C × H' × W'        (sizes: window.h)
 *
 * Padding counts: it is zeros, and M = K·K there, too. This is PyTorch's rule; Keras and ONNX
 * count only the pixels of the image. What ceil=yes adds behind the padding never counts.
 * Backward, every pixel of a window gets the same part, diff_dst / M.
 * Source: LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998, §II.B. */
#include <string.h>

#include "runtime/layers/window.h"

// M of the window at stop (y, x).
static real count(Slide rows, Slide columns, int y, int x) {
    return (real)(slide_count(rows, y) * slide_count(columns, x));
}

static bool inside(Tensor t, int y, int x) { return y >= 0 && y < t.h && x >= 0 && x < t.w; }

// ---- the definition ------------------------------------------------------------------------------

static void forward_ref(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    const Slide rows = pool_rows(s->cfg, src.h), columns = pool_columns(s->cfg, src.w);

    for (int n = 0; n < dst.n; n++)
    for (int c = 0; c < dst.c; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++) {
        real sum = 0;
        for (int i = 0; i < rows.k; i++)
        for (int j = 0; j < columns.k; j++)
            if (inside(src, slide_at(rows, y, i), slide_at(columns, x, j)))
                sum += *at(src, n, c, slide_at(rows, y, i), slide_at(columns, x, j));
        *at(dst, n, c, y, x) = sum / count(rows, columns, y, x);
    }
}

static void backward_ref(const Step *s) {
    const Tensor diff_src = s->diff_src[0], diff_dst = s->diff_dst;
    const Slide rows = pool_rows(s->cfg, diff_src.h), columns = pool_columns(s->cfg, diff_src.w);
    if (!diff_src.v) return;

    for (int n = 0; n < diff_dst.n; n++)
    for (int c = 0; c < diff_dst.c; c++)
    for (int y = 0; y < diff_dst.h; y++)
    for (int x = 0; x < diff_dst.w; x++) {
        const real part = *at(diff_dst, n, c, y, x) / count(rows, columns, y, x);
        for (int i = 0; i < rows.k; i++)
        for (int j = 0; j < columns.k; j++)
            if (inside(diff_src, slide_at(rows, y, i), slide_at(columns, x, j)))
                *at(diff_src, n, c, slide_at(rows, y, i), slide_at(columns, x, j)) += part;
    }
}

/* ---- the fast way ---------------------------------------------------------------------------------
 * One row of results at a time, the loops over the window outside, as in maxpool.c. */

static void add_strided(real *restrict sum, const real *restrict src, Range x, int stride) {
    for (int i = x.lo; i < x.hi; i++)
        sum[i] += src[i * stride];
}

static void spread_strided(real *restrict diff_src, const real *restrict part, Range x,
                           int stride) {
    for (int i = x.lo; i < x.hi; i++)
        diff_src[i * stride] += part[i];
}

static void pool_row(const real *src, Slide rows, Slide columns, int y, real *dst) {
    memset(dst, 0, sizeof *dst * (size_t)columns.out);
    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const int row = slide_at(rows, y, i);
        if (row < 0 || row >= rows.n) continue;
        const ptrdiff_t place = (ptrdiff_t)row * columns.n + slide_at(columns, 0, j);
        add_strided(dst, src + place, slide_inside(columns, j), columns.s);
    }
    for (int x = 0; x < columns.out; x++)
        dst[x] /= count(rows, columns, y, x);
}

// `part` is room for one row of results.
static void spread_row(real *diff_src, Slide rows, Slide columns, int y, const real *diff_dst,
                       real *part) {
    for (int x = 0; x < columns.out; x++)
        part[x] = diff_dst[x] / count(rows, columns, y, x);
    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const int row = slide_at(rows, y, i);
        if (row < 0 || row >= rows.n) continue;
        const ptrdiff_t place = (ptrdiff_t)row * columns.n + slide_at(columns, 0, j);
        spread_strided(diff_src + place, part, slide_inside(columns, j), columns.s);
    }
}

static void forward(const Step *s) {
    const Slide rows = pool_rows(s->cfg, s->src[0].h), columns = pool_columns(s->cfg, s->src[0].w);
    const size_t image = (size_t)rows.n * (size_t)columns.n;
    const size_t planes = (size_t)s->dst.n * (size_t)s->dst.c;
    const real *src = s->src[0].v;
    real *dst = s->dst.v;

    for (size_t p = 0; p < planes; p++, src += image)
    for (int y = 0; y < rows.out; y++, dst += columns.out)
        pool_row(src, rows, columns, y, dst);
}

static void backward(const Step *s) {
    const Slide rows = pool_rows(s->cfg, s->src[0].h), columns = pool_columns(s->cfg, s->src[0].w);
    const size_t image = (size_t)rows.n * (size_t)columns.n;
    const size_t planes = (size_t)s->dst.n * (size_t)s->dst.c;
    const real *diff_dst = s->diff_dst.v;
    real *diff_src = s->diff_src[0].v;
    if (!diff_src) return;

    for (size_t p = 0; p < planes; p++, diff_src += image)
    for (int y = 0; y < rows.out; y++, diff_dst += columns.out)
        spread_row(diff_src, rows, columns, y, diff_dst, s->work);
}

static size_t work(const void *cfg, const Shape *src, Shape dst, int n) {
    (void)cfg, (void)src, (void)n;
    return (size_t)dst.w;
}

const LayerKind avgpool_layer = {
    .spec = {.name = "avgpool", .summary = "take the mean of each small window",
             .formula = "y = mean of the window", .example = "avgpool 2",
             .synonyms = "AvgPool2d AveragePooling2D avg_pool avg_pool2d average_pooling2d "
                         "AveragePool averagepool",
             .source = "runtime/layers/avgpool.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(PoolOptions), .attrs = pool_attrs, .infer = pool_infer},
    .work         = work,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
};
