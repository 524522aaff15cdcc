/* affine.c — pictures moved, turned and stretched: affine.h has the formula. */
#include "runtime/augments/affine.h"

#include <math.h>
#include <string.h>

// ---- maps ---------------------------------------------------------------------------------------

Affine affine_identity(void) { return (Affine){.yy = 1, .xx = 1}; }

// A point goes backwards: from what comes out of b to what goes into b, which came out of a.
Affine affine_then(Affine a, Affine b) {
    return (Affine){
        .yy = a.yy * b.yy + a.yx * b.xy, .yx = a.yy * b.yx + a.yx * b.xx,
        .xy = a.xy * b.yy + a.xx * b.xy, .xx = a.xy * b.yx + a.xx * b.xx,
        .y0 = a.yy * b.y0 + a.yx * b.x0 + a.y0,
        .x0 = a.xy * b.y0 + a.xx * b.x0 + a.x0,
    };
}

static double middle(int n) { return (n - 1) / 2.0; }

Affine affine_centred(Affine m, int src_h, int src_w, int dst_h, int dst_w) {
    const double y = middle(dst_h), x = middle(dst_w);
    m.y0 += middle(src_h) - (m.yy * y + m.yx * x);
    m.x0 += middle(src_w) - (m.xy * y + m.xx * x);
    return m;
}

static bool whole(double x) { return x == floor(x) && fabs(x) < 1e6; }

bool affine_moves(const Affine *m) {
    return m->yx == 0 && m->xy == 0 && fabs(m->yy) == 1 && fabs(m->xx) == 1 && whole(m->y0)
        && whole(m->x0);
}

// ---- between pixels: the definition -------------------------------------------------------------

static double within(double p, int n) { return p < 0 ? 0 : p > n - 1 ? n - 1 : p; }

static double pixel(Tensor src, int c, int i, int j) {
    return *at(src, 0, c, i < src.h ? i : src.h - 1, j < src.w ? j : src.w - 1);
}

void affine_resample_ref(const Affine *m, Tensor src, Tensor dst) {
    for (int c = 0; c < dst.c; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++) {
        const double y_src = within(m->yy * y + m->yx * x + m->y0, src.h);
        const double x_src = within(m->xy * y + m->xx * x + m->x0, src.w);
        const int i = (int)y_src, j = (int)x_src;
        const double v = y_src - i, u = x_src - j;
        const double above = (1 - u) * pixel(src, c, i, j) + u * pixel(src, c, i, j + 1);
        const double below = (1 - u) * pixel(src, c, i + 1, j) + u * pixel(src, c, i + 1, j + 1);
        *at(dst, 0, c, y, x) = (real)((1 - v) * above + v * below);
    }
}

// ---- between pixels: row by row -----------------------------------------------------------------

// What a row of dst needs to know for each column, once for all channels: where the upper left of
// the four pixels lies, and the shares v and u.
typedef struct Row { int32_t *at; real *v, *u; } Row;

_Static_assert(sizeof(int32_t) <= sizeof(real), "AFFINE_ROW numbers hold a Row");

// The upper left pixel is never one of the last row or column: on the edge itself v or u is 1.
static void find_row(const Affine *m, Tensor src, int y, int W, Row r) {
    const double y_row = m->yy * y + m->y0, x_row = m->xy * y + m->x0;
    const double y_most = src.h - 1, x_most = src.w - 1;
    const int i_most = src.h > 1 ? src.h - 2 : 0, j_most = src.w > 1 ? src.w - 2 : 0;

    for (int x = 0; x < W; x++) {
        double y_src = m->yx * x + y_row, x_src = m->xx * x + x_row;
        y_src = y_src > 0 ? y_src : 0;
        x_src = x_src > 0 ? x_src : 0;
        y_src = y_src < y_most ? y_src : y_most;
        x_src = x_src < x_most ? x_src : x_most;
        int i = (int)y_src, j = (int)x_src;
        i = i < i_most ? i : i_most;
        j = j < j_most ? j : j_most;
        r.at[x] = i * src.w + j;
        r.v[x] = (real)(y_src - i);
        r.u[x] = (real)(x_src - j);
    }
}

static void blend_row(const real *src, size_t right, size_t down, Row r, real *dst, int W) {
    for (int x = 0; x < W; x++) {
        const real *p = src + r.at[x];
        const real above = p[0] + r.u[x] * (p[right] - p[0]);
        const real below = p[down] + r.u[x] * (p[down + right] - p[down]);
        dst[x] = above + r.v[x] * (below - above);
    }
}

void affine_resample(const Affine *m, Tensor src, Tensor dst, real *row) {
    const size_t W = (size_t)dst.w, right = src.w > 1, down = src.h > 1 ? (size_t)src.w : 0;
    const Row r = {(int32_t *)(void *)(row + 2 * W), row, row + W};

    for (int y = 0; y < dst.h; y++) {
        find_row(m, src, y, dst.w, r);
        for (int c = 0; c < dst.c; c++)
            blend_row(at(src, 0, c, 0, 0), right, down, r, at(dst, 0, c, y, 0), dst.w);
    }
}

// ---- whole pixels -------------------------------------------------------------------------------

static int nearest(int p, int n) { return p < 0 ? 0 : p < n ? p : n - 1; }

void affine_move_ref(const Affine *m, Outside outside, Tensor src, Tensor dst) {
    for (int c = 0; c < dst.c; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++) {
        const int i = (int)(m->yy * y + m->y0), j = (int)(m->xx * x + m->x0);
        const bool inside = 0 <= i && i < src.h && 0 <= j && j < src.w;
        const real edge = *at(src, 0, c, nearest(i, src.h), nearest(j, src.w));
        *at(dst, 0, c, y, x) = inside || outside == OUTSIDE_EDGE ? edge : 0;
    }
}

// Columns lo … hi−1 of a row, one after the other: column x shows column step·x + first of src.
static void move_pixels(const uint8_t *src, int W, uint8_t *dst, int lo, int hi, int step, int first,
                        Outside outside, int C) {
    for (int x = lo; x < hi; x++) {
        const int j = step * x + first;
        const bool seen = (0 <= j && j < W) || outside == OUTSIDE_EDGE;
        const uint8_t *p = src + nearest(j, W) * C;
        for (int c = 0; c < C; c++) dst[x * C + c] = seen ? p[c] : 0;
    }
}

// Without a mirror the columns that show a part of the row are one copy.
static void move_row(const uint8_t *src, int W, uint8_t *dst, int to, int step, int first,
                     Outside outside, int C) {
    const int lo = step > 0 ? nearest(-first, to + 1) : to;
    const int hi = step > 0 ? nearest(W - first, to + 1) : to;
    move_pixels(src, W, dst, 0, lo, step, first, outside, C);
    if (hi > lo) memcpy(dst + lo * C, src + (first + lo) * C, (size_t)(hi - lo) * (size_t)C);
    move_pixels(src, W, dst, hi > lo ? hi : lo, to, step, first, outside, C);
}

void affine_move(const Affine *m, Outside outside, const uint8_t *src, Shape from, uint8_t *dst,
                 Shape to) {
    const int down = (int)m->yy, top = (int)m->y0, step = (int)m->xx, left = (int)m->x0;
    const size_t C = (size_t)to.c, row = (size_t)to.w * C;

    for (int y = 0; y < to.h; y++, dst += row) {
        const int i = down * y + top;
        const uint8_t *shown = src + (size_t)nearest(i, from.h) * (size_t)from.w * C;
        if (outside == OUTSIDE_BLACK && (i < 0 || i >= from.h)) memset(dst, 0, row);
        else move_row(shown, from.w, dst, to.w, step, left, outside, to.c);
    }
}
