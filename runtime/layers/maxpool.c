/* maxpool.c — slide a window over each channel and keep its largest number.
 *
 *     dst[n,c,y,x] = max src[n, c, y·S − P + i, x·S − P + j]        0 ≤ i, j < K
 *                    i,j
 *
 *     src  N × C × H × W        dst  N × C × H' × W'        (sizes: window.h)
 *
 * Padding never wins. Of equal numbers the first in row order wins, and a number that is not one
 * (NaN) beats all. The winner's place is remembered: backward, all of diff_dst goes to the winner.
 * Source: Weng, Ahuja & Huang, "Cresceptron", 1992; Dumoulin & Visin, 2016, §3. */
#include <math.h>
#include <string.h>

#include "runtime/explain.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"
#include "runtime/layers/window.h"

static size_t saved(const void *cfg, const Shape *src, Shape dst) {
    (void)cfg, (void)src;
    return sizeof(int32_t) * (size_t)dst.c * (size_t)dst.h * (size_t)dst.w;
}

static bool beats(real v, real best) { return (v > best) | (v != v); }

// ---- the definition -----------------------------------------------------------------------------

// Place y·W + x of the first pixel of the window at stop (y, x) that lies inside the image.
static int32_t first_inside(Slide rows, Slide columns, int y, int x) {
    const int top = slide_at(rows, y, 0), left = slide_at(columns, x, 0);
    return (top > 0 ? top : 0) * columns.n + (left > 0 ? left : 0);
}

static int32_t winner_of(Tensor src, int n, int c, Slide rows, Slide columns, int y, int x) {
    int32_t winner = first_inside(rows, columns, y, x);
    real best = -INFINITY;

    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const int row = slide_at(rows, y, i), column = slide_at(columns, x, j);
        if (row < 0 || row >= src.h || column < 0 || column >= src.w) continue;
        const real v = *at(src, n, c, row, column);
        if (!beats(v, best)) continue;
        best = v;
        winner = row * src.w + column;
    }
    return winner;
}

static void forward_ref(const Step *s) {
    const Tensor src = s->src[0], dst = s->dst;
    const Slide rows = pool_rows(s->cfg, src.h), columns = pool_columns(s->cfg, src.w);
    int32_t *const winner = s->saved;

    for (int n = 0; n < dst.n; n++)
    for (int c = 0; c < dst.c; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++) {
        const int32_t w = winner_of(src, n, c, rows, columns, y, x);
        *at(dst, n, c, y, x) = *at(src, n, c, w / src.w, w % src.w);
        winner[at(dst, n, c, y, x) - dst.v] = w;
    }
}

static void backward_ref(const Step *s) {
    const Tensor diff_src = s->diff_src[0], diff_dst = s->diff_dst;
    const int32_t *winner = s->saved;
    if (!diff_src.v) return;

    for (int n = 0; n < diff_dst.n; n++)
    for (int c = 0; c < diff_dst.c; c++)
    for (int y = 0; y < diff_dst.h; y++)
    for (int x = 0; x < diff_dst.w; x++) {
        const int32_t w = winner[at(diff_dst, n, c, y, x) - diff_dst.v];
        *at(diff_src, n, c, w / diff_src.w, w % diff_src.w) += *at(diff_dst, n, c, y, x);
    }
}

/* ---- the fast way -------------------------------------------------------------------------------
 * The loops over the window stand outside, those over the places inside: one pixel of every window
 * at a time. The innermost loop then runs along a row without a branch, and the compiler takes a
 * vector of windows at once; it is told the usual strides, since it cannot do so for any. */

static inline void take_by(real *restrict best, int32_t *restrict winner, const real *restrict src,
                           int32_t place, int n, int stride) {
    for (int x = 0; x < n; x++) {
        const real v = src[x * stride];
        const bool wins = beats(v, best[x]);
        best[x] = wins ? v : best[x];
        winner[x] = wins ? place + x * stride : winner[x];
    }
}

static void take(real *best, int32_t *winner, const real *src, int32_t place, int n, int stride) {
    if (stride == 1) take_by(best, winner, src, place, n, 1);
    else if (stride == 2) take_by(best, winner, src, place, n, 2);
    else take_by(best, winner, src, place, n, stride);
}

// The whole of one channel.
static void pool_plane(const real *src, Slide rows, Slide columns, real *dst, int32_t *winner) {
    for (int y = 0; y < rows.out; y++)
    for (int x = 0; x < columns.out; x++) {
        dst[y * columns.out + x] = -INFINITY;
        winner[y * columns.out + x] = first_inside(rows, columns, y, x);
    }
    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const Range y = slide_inside(rows, i), x = slide_inside(columns, j);
        for (int k = y.lo; k < y.hi; k++) {
            const int first = k * columns.out + x.lo;
            const int place = slide_at(rows, k, i) * columns.n + slide_at(columns, x.lo, j);
            take(dst + first, winner + first, src + place, place, x.hi - x.lo, columns.s);
        }
    }
}

// Nearly every network has windows of 2x2 side by side: there all four pixels are taken at once.
static bool side_by_side(Slide a) {
    return a.k == 2 && a.s == 2 && a.before == 0 && 2 * a.out <= a.n;
}

static void pool_2x2(const real *src, Slide rows, Slide columns, real *dst, int32_t *winner) {
    kernels_chosen()->pool->pool_2x2(src, columns.n, rows.out, columns.out, dst, winner);
}

/* Sixteen images side by side (LAYOUT_LANES): the innermost loop runs over them, and one pixel of all
 * windows of a row is taken at a time. Backward, every pixel of a row asks the windows that it lies in,
 * from the first to the last, whether it won there: its row is written once, by all sixteen images. */

WIDE static void begin_lanes(Slide rows, Slide columns, int y, real *restrict best,
                             int32_t *restrict winner) {
    for (int x = 0; x < columns.out; x++, best += LANES, winner += LANES) {
        const int32_t first = first_inside(rows, columns, y, x);
        AS_ONE for (int l = 0; l < LANES; l++) best[l] = -INFINITY, winner[l] = first;
    }
}

WIDE static void take_lanes(real *restrict best, int32_t *restrict winner, const real *restrict src,
                            int32_t place, int n, int stride) {
    for (int x = 0; x < n; x++, best += LANES, winner += LANES, src += stride * LANES, place += stride)
        AS_ONE for (int l = 0; l < LANES; l++) {
            const bool wins = beats(src[l], best[l]);
            best[l] = wins ? src[l] : best[l];
            winner[l] = wins ? place : winner[l];
        }
}

static void pool_row_lanes(const real *src, Slide rows, Slide columns, int y, real *dst, int32_t *winner) {
    begin_lanes(rows, columns, y, dst, winner);
    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const int row = slide_at(rows, y, i);
        const Range x = slide_inside(columns, j);
        if (row < 0 || row >= rows.n || x.lo >= x.hi) continue;
        const int32_t place = row * columns.n + slide_at(columns, x.lo, j);
        take_lanes(dst + x.lo * LANES, winner + x.lo * LANES, src + (ptrdiff_t)place * LANES, place,
                   x.hi - x.lo, columns.s);
    }
}

WIDE static void pool_2x2_lanes(const real *restrict src, int y, int W, int n, real *restrict dst,
                                int32_t *restrict winner) {
    for (int x = 0; x < n; x++, dst += LANES, winner += LANES) {
        const int32_t place = 2 * y * W + 2 * x;
        const real *restrict upper = src + (ptrdiff_t)place * LANES, *restrict lower = upper + W * LANES;
        for (int l = 0; l < LANES; l++) {
            const real v1 = upper[LANES + l], v2 = lower[l], v3 = lower[LANES + l];
            real best = upper[l];
            int32_t won = place;
            bool wins = beats(v1, best);
            best = wins ? v1 : best;
            won = wins ? place + 1 : won;
            wins = beats(v2, best);
            best = wins ? v2 : best;
            won = wins ? place + W : won;
            wins = beats(v3, best);
            dst[l] = wins ? v3 : best;
            winner[l] = wins ? place + W + 1 : won;
        }
    }
}

// The same where nobody asks who won.
WIDE static void largest_2x2_lanes(const real *restrict src, int y, int W, int n, real *restrict dst) {
    const real *restrict upper = src + (ptrdiff_t)2 * y * W * LANES, *restrict lower = upper + W * LANES;
    for (int x = 0; x < n; x++, dst += LANES, upper += 2 * LANES, lower += 2 * LANES)
        AS_ONE for (int l = 0; l < LANES; l++) {
            const real v1 = upper[LANES + l], v2 = lower[l], v3 = lower[LANES + l];
            real best = beats(v1, upper[l]) ? v1 : upper[l];
            best = beats(v2, best) ? v2 : best;
            dst[l] = beats(v3, best) ? v3 : best;
        }
}

static void plane_lanes(const real *src, Slide rows, Slide columns, bool winners, real *dst,
                        int32_t *winner) {
    const bool simple = side_by_side(rows) && side_by_side(columns);
    for (int y = 0; y < rows.out; y++) {
        const ptrdiff_t row = (ptrdiff_t)y * columns.out * LANES;
        if (simple && !winners) largest_2x2_lanes(src, y, columns.n, columns.out, dst + row);
        else if (simple) pool_2x2_lanes(src, y, columns.n, columns.out, dst + row, winner + row);
        else pool_row_lanes(src, rows, columns, y, dst + row, winner + row);
    }
}

// To pixels `place`, place + stride, … of n windows.
WIDE static void give_lanes(const real *restrict diff_dst, const int32_t *restrict winner, int32_t place,
                            int n, int stride, real *restrict diff_src) {
    for (int x = 0; x < n; x++, diff_dst += LANES, winner += LANES, place += stride) {
        real *restrict to = diff_src + (ptrdiff_t)x * stride * LANES;
        AS_ONE for (int l = 0; l < LANES; l++) to[l] += winner[l] == place ? diff_dst[l] : 0;
    }
}

static void unpool_row_lanes(const real *diff_dst, const int32_t *winner, Slide rows, Slide columns, int row,
                             real *diff_src) {
    for (int i = rows.k - 1; i >= 0; i--)
    for (int j = columns.k - 1; j >= 0; j--) {
        const int y = slide_stop(rows, row, i);
        const Range x = slide_inside(columns, j);
        if (y < 0 || x.lo >= x.hi) continue;
        const ptrdiff_t first = ((ptrdiff_t)y * columns.out + x.lo) * LANES;
        const int column = slide_at(columns, x.lo, j);
        give_lanes(diff_dst + first, winner + first, row * columns.n + column, x.hi - x.lo, columns.s,
                   diff_src + column * LANES);
    }
}

static void unpool_lanes(const real *diff_dst, const int32_t *winner, Slide rows, Slide columns, bool fresh,
                         real *diff_src) {
    const size_t width = (size_t)columns.n * LANES;
    for (int row = 0; row < rows.n; row++, diff_src += width) {
        if (fresh) memset(diff_src, 0, width * sizeof *diff_src);
        unpool_row_lanes(diff_dst, winner, rows, columns, row, diff_src);
    }
}

// Maps of sixteen images.
static size_t planes_of(Tensor t) { return tensor_len(t) / ((size_t)t.h * (size_t)t.w * LANES); }

static void forward_lanes(const Step *s) {
    const Slide rows = pool_rows(s->cfg, s->src[0].h), columns = pool_columns(s->cfg, s->src[0].w);
    const size_t image = (size_t)rows.n * (size_t)columns.n * LANES;
    const size_t places = (size_t)rows.out * (size_t)columns.out * LANES;
    for (size_t p = 0; p < planes_of(s->dst); p++)
        plane_lanes(s->src[0].v + p * image, rows, columns, !s->forward_only, s->dst.v + p * places,
                    (int32_t *)s->saved + p * places);
}

// What is there already, or nothing (`fresh`, known when this is compiled), and what the four pixels get.
static inline void unpool_2x2_by(const real *restrict diff_dst, const int32_t *restrict winner, int y, int W,
                                 int n, bool fresh, real *restrict diff_src) {
    for (int x = 0; x < n; x++, diff_dst += LANES, winner += LANES) {
        const int32_t place = 2 * y * W + 2 * x;
        real *restrict upper = diff_src + (ptrdiff_t)place * LANES, *restrict lower = upper + W * LANES;
        AS_ONE for (int l = 0; l < LANES; l++) {
            const real g = diff_dst[l];
            const int32_t won = winner[l] - place;
            upper[l] = (fresh ? 0 : upper[l]) + (won == 0 ? g : 0);
            upper[LANES + l] = (fresh ? 0 : upper[LANES + l]) + (won == 1 ? g : 0);
            lower[l] = (fresh ? 0 : lower[l]) + (won == W ? g : 0);
            lower[LANES + l] = (fresh ? 0 : lower[LANES + l]) + (won == W + 1 ? g : 0);
        }
    }
}

WIDE static void unpool_2x2_lanes(const real *restrict diff_dst, const int32_t *restrict winner, int y, int W,
                                  int n, bool fresh, real *restrict diff_src) {
    if (fresh) unpool_2x2_by(diff_dst, winner, y, W, n, true, diff_src);
    else unpool_2x2_by(diff_dst, winner, y, W, n, false, diff_src);
}

static void unplane_lanes(const real *diff_dst, const int32_t *winner, Slide rows, Slide columns,
                          bool fresh, real *diff_src) {
    const bool simple = side_by_side(rows) && side_by_side(columns);
    const bool all = 2 * rows.out == rows.n && 2 * columns.out == columns.n;
    if (!simple) {
        unpool_lanes(diff_dst, winner, rows, columns, fresh, diff_src);
        return;
    }
    if (fresh && !all) memset(diff_src, 0, (size_t)rows.n * (size_t)columns.n * LANES * sizeof *diff_src);
    const ptrdiff_t row = (ptrdiff_t)columns.out * LANES;
    for (int y = 0; y < rows.out; y++)
        unpool_2x2_lanes(diff_dst + y * row, winner + y * row, y, columns.n, columns.out, fresh && all,
                         diff_src);
}

static void backward_lanes(const Step *s) {
    const Slide rows = pool_rows(s->cfg, s->src[0].h), columns = pool_columns(s->cfg, s->src[0].w);
    const size_t image = (size_t)rows.n * (size_t)columns.n * LANES;
    const size_t places = (size_t)rows.out * (size_t)columns.out * LANES;
    for (size_t p = 0; p < planes_of(s->dst); p++)
        unplane_lanes(s->diff_dst.v + p * places, (const int32_t *)s->saved + p * places, rows, columns,
                      step_fresh(s, 0), s->diff_src[0].v + p * image);
}

/* The channels of a place side by side (LAYOUT_LAST), for inference: nobody asks who wins. */

WIDE static void larger_of_places(real *restrict best, const real *restrict src, int C) {
    for (int c = 0; c < C; c++) best[c] = beats(src[c], best[c]) ? src[c] : best[c];
}

WIDE static void pool_2x2_last(const real *restrict upper, const real *restrict lower, int n, int C,
                               real *restrict dst) {
    for (int x = 0; x < n; x++, upper += 2 * C, lower += 2 * C, dst += C)
        for (int c = 0; c < C; c += LANES)
            AS_ONE for (int l = 0; l < LANES; l++) {
                const real v1 = upper[C + c + l], v2 = lower[c + l], v3 = lower[C + c + l];
                real best = upper[c + l];
                best = beats(v1, best) ? v1 : best;
                best = beats(v2, best) ? v2 : best;
                dst[c + l] = beats(v3, best) ? v3 : best;
            }
}

static void pool_row_last(const real *src, Slide rows, Slide columns, int y, int C, real *dst) {
    for (int k = 0; k < columns.out * C; k++) dst[k] = -INFINITY;
    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const int row = slide_at(rows, y, i);
        const Range x = slide_inside(columns, j);
        for (int k = x.lo; k < x.hi && row >= 0 && row < rows.n; k++)
            larger_of_places(dst + k * C, src + ((ptrdiff_t)row * columns.n + slide_at(columns, k, j)) * C, C);
    }
}

static void forward_last(const Step *s) {
    const Slide rows = pool_rows(s->cfg, s->src[0].h), columns = pool_columns(s->cfg, s->src[0].w);
    const bool simple = side_by_side(rows) && side_by_side(columns);
    const Range part = step_rows(s);
    const int C = s->dst.c;
    for (int r = part.lo; r < part.hi; r++) {
        const int n = r / s->dst.h, y = r % s->dst.h;
        const real *const src = at(s->src[0], n, 0, 0, 0), *const upper = src + (ptrdiff_t)2 * y * columns.n * C;
        real *const dst = at(s->dst, n, 0, y, 0);
        if (simple) pool_2x2_last(upper, upper + (ptrdiff_t)columns.n * C, columns.out, C, dst);
        else pool_row_last(src, rows, columns, y, C, dst);
    }
}

static void forward(const Step *s) {
    if (s->dst.layout == LAYOUT_LAST) {
        forward_last(s);
        return;
    }
    if (s->dst.layout == LAYOUT_LANES) {
        forward_lanes(s);
        return;
    }
    const Slide rows = pool_rows(s->cfg, s->src[0].h), columns = pool_columns(s->cfg, s->src[0].w);
    const size_t image = (size_t)rows.n * (size_t)columns.n;
    const size_t places = (size_t)rows.out * (size_t)columns.out;
    const size_t planes = (size_t)s->dst.n * (size_t)s->dst.c;
    const bool simple = side_by_side(rows) && side_by_side(columns);

    for (size_t p = 0; p < planes; p++)
        (simple ? pool_2x2 : pool_plane)(s->src[0].v + p * image, rows, columns,
                                         s->dst.v + p * places, (int32_t *)s->saved + p * places);
}

static void backward(const Step *s) {
    const size_t image = (size_t)s->src[0].h * (size_t)s->src[0].w;
    const size_t places = (size_t)s->dst.h * (size_t)s->dst.w;
    const size_t planes = (size_t)s->dst.n * (size_t)s->dst.c;
    const real *diff_dst = s->diff_dst.v;
    const int32_t *winner = s->saved;
    real *diff_src = s->diff_src[0].v;
    if (!diff_src) return;
    if (s->dst.layout == LAYOUT_LANES) {
        backward_lanes(s);
        return;
    }

    if (step_fresh(s, 0)) tensor_zero(s->diff_src[0]);
    for (size_t p = 0; p < planes; p++, diff_src += image, diff_dst += places, winner += places)
        for (size_t i = 0; i < places; i++)
            diff_src[winner[i]] += diff_dst[i];
}

// ---- for the viewer -----------------------------------------------------------------------------

// All numbers of the window, then the one that won.
static void explain_dst(const Question *q, Slide rows, Slide columns) {
    const Tensor src = q->s->src[0];
    const int32_t w = winner_of(src, q->n, q->c, rows, columns, q->y, q->x);

    for (int i = 0; i < rows.k; i++)
    for (int j = 0; j < columns.k; j++) {
        const int row = slide_at(rows, q->y, i), column = slide_at(columns, q->x, j);
        if (row >= 0 && row < src.h && column >= 0 && column < src.w)
            explain_helper(q, explain_at(q, "x", OF_SRC, 0, q->n, q->c, row, column));
    }
    explain_term(q, "the largest of its window",
                 explain_at(q, "x", OF_SRC, 0, q->n, q->c, w / src.w, w % src.w));
}

// Every window that the pixel lies in, from the top: did it win there?
static void explain_src(const Question *q, Slide rows, Slide columns) {
    const Tensor src = q->s->src[0];

    for (int i = rows.k - 1; i >= 0; i--)
    for (int j = columns.k - 1; j >= 0; j--) {
        const int y = slide_stop(rows, q->y, i), x = slide_stop(columns, q->x, j);
        if (y < 0 || x < 0) continue;
        const int32_t w = winner_of(src, q->n, q->c, rows, columns, y, x);
        const bool won = w == q->y * src.w + q->x;
        const Operand winner = explain_at(q, "x", OF_SRC, 0, q->n, q->c, w / src.w, w % src.w);
        const Note how = explain_note("%s won in this window", figure(winner.v).s);
        explain_term(q, NULL, explain_at(q, "δ", OF_DIFF_DST, 0, q->n, q->c, y, x),
                     explain_from(winner, "route", won, won ? "the largest of this window" : how.s));
    }
}

static void explain(const Question *q) {
    const Tensor src = q->s->src[0];
    (q->asked == ASKED_DST ? explain_dst : explain_src)(q, pool_rows(q->s->cfg, src.h),
                                                        pool_columns(q->s->cfg, src.w));
}

const LayerKind maxpool_layer = {
    .spec = {.name = "maxpool", .summary = "keep the largest number of each small window",
             .formula = "y = max of the window", .example = "maxpool 2",
             .synonyms = "MaxPool2d MaxPooling2D max_pool max_pool2d max_pooling2d MaxPool "
                         "max_pooling Pooling pooling pool",
             .source = "runtime/layers/maxpool.c", .min_src = 1, .max_src = 1,
             .cfg_size = sizeof(PoolOptions), .attrs = pool_attrs, .infer = pool_infer},
    .lanes        = true,
    .takes_last   = true,
    .by_map       = true,
    .forgets_src  = true,
    .writes       = true,
    .picks        = true,
    .saved        = saved,
    .forward_ref  = forward_ref,
    .backward_ref = backward_ref,
    .forward      = forward,
    .backward     = backward,
    .explain      = explain,
};
