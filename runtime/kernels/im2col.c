/* im2col.c — windows to columns and back: im2col.h has the formula.
 *
 * A row of col belongs to one pixel (c, i, j) of the window. Along an output row that pixel moves
 * over one image row in steps of S; between which places it is inside is known beforehand, so that
 * the loops that move numbers ask nothing. */
#include "runtime/kernels/im2col.h"

#include <string.h>

// Of an output row the places x for which pixel x·S + first of the image row exists.
typedef struct Run { int first, lo, hi; } Run; // lo ≤ x < hi

static Run run_of(const Windows *g, int j) {
    const int first = j * g->D - g->left;
    const int lo = first < 0 ? (-first + g->S - 1) / g->S : 0;
    const int hi = first < g->W ? (g->W - 1 - first) / g->S + 1 : 0;
    const int end = hi < g->OW ? hi : g->OW;
    return (Run){first, lo < end ? lo : end, end};
}

static void copy_row(const real *restrict src, int S, Run run, int OW, real *restrict dst) {
    for (int x = 0; x < run.lo; x++) dst[x] = 0;
    if (S == 1)
        for (int x = run.lo; x < run.hi; x++) dst[x] = src[x + run.first];
    else
        for (int x = run.lo; x < run.hi; x++) dst[x] = src[x * S + run.first];
    for (int x = run.hi; x < OW; x++) dst[x] = 0;
}

static void add_row(const real *restrict src, int S, Run run, real *restrict dst) {
    if (S == 1)
        for (int x = run.lo; x < run.hi; x++) dst[x + run.first] += src[x];
    else
        for (int x = run.lo; x < run.hi; x++) dst[x * S + run.first] += src[x];
}

void im2col(const Windows *g, const real *src, int y_lo, int y_hi, real *col, ptrdiff_t ld) {
    const ptrdiff_t W = g->W, image = W * g->H;

    for (int c = 0; c < g->C; c++)
    for (int i = 0; i < g->KH; i++)
    for (int j = 0; j < g->KW; j++, col += ld) {
        const Run run = run_of(g, j);
        real *dst = col;
        for (int y = y_lo; y < y_hi; y++, dst += g->OW) {
            const int row = y * g->S - g->top + i * g->D;
            if (row < 0 || row >= g->H) memset(dst, 0, (size_t)g->OW * sizeof *dst);
            else copy_row(src + c * image + row * W, g->S, run, g->OW, dst);
        }
    }
}

void col2im(const Windows *g, const real *col, ptrdiff_t ld, int y_lo, int y_hi, real *diff_src) {
    const ptrdiff_t W = g->W, image = W * g->H;

    for (int c = 0; c < g->C; c++)
    for (int i = 0; i < g->KH; i++)
    for (int j = 0; j < g->KW; j++, col += ld) {
        const Run run = run_of(g, j);
        const real *from = col;
        for (int y = y_lo; y < y_hi; y++, from += g->OW) {
            const int row = y * g->S - g->top + i * g->D;
            if (row >= 0 && row < g->H)
                add_row(from, g->S, run, diff_src + c * image + row * W);
        }
    }
}
