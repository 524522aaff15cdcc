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

#include "runtime/explain.h"
#include "runtime/kernels/wide.h"
#include "runtime/layers/window.h"

// M of the window at stop (y, x).
static real count(Slide rows, Slide columns, int y, int x) {
    return (real)(slide_count(rows, y) * slide_count(columns, x));
}

static bool inside(Tensor t, int y, int x) { return y >= 0 && y < t.h && x >= 0 && x < t.w; }

// ---- the definition -----------------------------------------------------------------------------

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

/* ---- the fast way -------------------------------------------------------------------------------
 * The loops over the window stand outside, as in maxpool.c. Forward, src is added to sums that lie
 * `stride` times closer together; backward, the same loop runs with source and target exchanged. */

static inline void add_by(real *restrict sum, const real *restrict v, int n, int step, int stride) {
    for (int x = 0; x < n; x++)
        sum[x * step] += v[x * stride];
}

static void add(real *sum, const real *v, int n, int step, int stride) {
    if (step == 1 && stride == 1) add_by(sum, v, n, 1, 1);
    else if (step == 1 && stride == 2) add_by(sum, v, n, 1, 2);
    else if (step == 2 && stride == 1) add_by(sum, v, n, 2, 1);
    else add_by(sum, v, n, step, stride);
}

// Adds the pixels of one channel to the sums of their windows, or the other way round.
static void add_windows(real *image, Slide rows, Slide columns, real *sums, bool to_image) {
    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const Range y = slide_inside(rows, i), x = slide_inside(columns, j);
        for (int k = y.lo; k < y.hi; k++) {
            const int row = slide_at(rows, k, i), column = slide_at(columns, x.lo, j);
            real *const pixel = image + row * columns.n + column;
            real *const sum = sums + k * columns.out + x.lo;
            if (to_image) add(pixel, sum, x.hi - x.lo, columns.s, 1);
            else add(sum, pixel, x.hi - x.lo, 1, columns.s);
        }
    }
}

// dst = src / M for all windows of one channel; src and dst may be the same place.
static void divide(const real *src, Slide rows, Slide columns, real *dst) {
    for (int y = 0; y < rows.out; y++)
    for (int x = 0; x < columns.out; x++)
        dst[y * columns.out + x] = src[y * columns.out + x] / count(rows, columns, y, x);
}

// Sixteen images side by side (LAYOUT_LANES): the innermost loop runs over them. One window: its mean
// to dst, or the other way round its part of dst to every pixel.
WIDE static void window_lanes(real *restrict image, Slide rows, Slide columns, int y, int x,
                              real *restrict dst, bool to_image) {
    const real M = count(rows, columns, y, x);
    real sum[LANES] = {0};
    for (int l = 0; l < LANES && to_image; l++) sum[l] = dst[l] / M;
    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const int row = slide_at(rows, y, i), column = slide_at(columns, x, j);
        if (row < 0 || row >= rows.n || column < 0 || column >= columns.n) continue;
        real *restrict pixel = image + ((ptrdiff_t)row * columns.n + column) * LANES;
        for (int l = 0; l < LANES && to_image; l++) pixel[l] += sum[l];
        for (int l = 0; l < LANES && !to_image; l++) sum[l] += pixel[l];
    }
    for (int l = 0; l < LANES && !to_image; l++) dst[l] = sum[l] / M;
}

static void all_lanes(const Step *s, real *image, real *dst, bool to_image) {
    const Slide rows = pool_rows(s->cfg, s->src[0].h), columns = pool_columns(s->cfg, s->src[0].w);
    const size_t places = (size_t)rows.out * (size_t)columns.out, len = tensor_len(s->dst) / LANES;
    for (size_t p = 0; p < len; p += places, image += (ptrdiff_t)rows.n * columns.n * LANES)
        for (int y = 0; y < rows.out; y++)
        for (int x = 0; x < columns.out; x++, dst += LANES)
            window_lanes(image, rows, columns, y, x, dst, to_image);
}

static void forward(const Step *s) {
    if (s->dst.layout == LAYOUT_LANES) {
        all_lanes(s, s->src[0].v, s->dst.v, false);
        return;
    }
    const Slide rows = pool_rows(s->cfg, s->src[0].h), columns = pool_columns(s->cfg, s->src[0].w);
    const size_t image = (size_t)rows.n * (size_t)columns.n;
    const size_t places = (size_t)rows.out * (size_t)columns.out;
    const size_t planes = (size_t)s->dst.n * (size_t)s->dst.c;

    for (size_t p = 0; p < planes; p++) {
        real *const dst = s->dst.v + p * places;
        memset(dst, 0, places * sizeof *dst);
        add_windows(s->src[0].v + p * image, rows, columns, dst, false);
        divide(dst, rows, columns, dst);
    }
}

static void backward(const Step *s) {
    const Slide rows = pool_rows(s->cfg, s->src[0].h), columns = pool_columns(s->cfg, s->src[0].w);
    const size_t image = (size_t)rows.n * (size_t)columns.n;
    const size_t places = (size_t)rows.out * (size_t)columns.out;
    const size_t planes = (size_t)s->dst.n * (size_t)s->dst.c;
    if (!s->diff_src[0].v) return;
    if (s->dst.layout == LAYOUT_LANES) {
        all_lanes(s, s->diff_src[0].v, s->diff_dst.v, true);
        return;
    }

    for (size_t p = 0; p < planes; p++) {
        divide(s->diff_dst.v + p * places, rows, columns, s->work);
        add_windows(s->diff_src[0].v + p * image, rows, columns, s->work, true);
    }
}

static size_t work(const void *cfg, const Shape *src, Shape dst, int n, Layout layout) {
    (void)cfg, (void)src, (void)n, (void)layout;
    return (size_t)dst.h * (size_t)dst.w;
}

// ---- for the viewer -----------------------------------------------------------------------------

static void explain_dst(const Question *q, Slide rows, Slide columns) {
    const int K = slide_count(rows, q->y), L = slide_count(columns, q->x);
    const Note how = explain_note("1/(%d·%d)", K, L);
    const Operand part = explain_worked("1/M", 1 / ((double)K * L), how.s);

    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const int row = slide_at(rows, q->y, i), column = slide_at(columns, q->x, j);
        if (inside(q->s->src[0], row, column))
            explain_term(q, NULL, explain_at(q, "x", OF_SRC, 0, q->n, q->c, row, column), part);
    }
}

// The pixel is row i and column j of the window at stop (y, x): from the last to the first i, y grows.
static void explain_src(const Question *q, Slide rows, Slide columns) {
    for (int i = rows.k - 1; i >= 0; i--)
    for (int j = columns.k - 1; j >= 0; j--) {
        const int y = slide_stop(rows, q->y, i), x = slide_stop(columns, q->x, j);
        if (y < 0 || x < 0) continue;
        const int K = slide_count(rows, y), L = slide_count(columns, x);
        const Note how = explain_note("1/(%d·%d)", K, L);
        explain_term(q, NULL, explain_at(q, "δ", OF_DIFF_DST, 0, q->n, q->c, y, x),
                     explain_worked("1/M", 1 / ((double)K * L), how.s));
    }
}

static void explain(const Question *q) {
    const Tensor src = q->s->src[0];
    (q->asked == ASKED_DST ? explain_dst : explain_src)(q, pool_rows(q->s->cfg, src.h),
                                                        pool_columns(q->s->cfg, src.w));
}

const LayerKind avgpool_layer = {
    .spec = {.name = "avgpool", .summary = "take the mean of each small window",
             .formula = "y = mean of the window", .example = "avgpool 2",
             .synonyms = "AvgPool2d AveragePooling2D avg_pool avg_pool2d average_pooling2d "
                         "AveragePool averagepool",
             .source = "runtime/layers/avgpool.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(PoolOptions), .attrs = pool_attrs, .infer = pool_infer},
    .lanes        = true,
    .by_map       = true,
    .forgets_src  = true,
    .work         = work,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
