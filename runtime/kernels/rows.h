/* rows.h — kernels for images one after the other where a vector lane is a place of a row. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "runtime/tensor.h"

/* Outputs of a convolution, filters f < ft, rows y < yt, places x < n ≤ LANES:
 *
 *     dst[f,y,x] (+)= bias[f] + Σ src[c, y + i, x + j] · weights[f,c,i,j]
 *                              c,i,j
 *
 * All steps are distances in reals, so that the same tile serves the gradient of the input, where filters
 * and channels change their roles and the window is turned round. Whole vectors of src are read, of LANES
 * numbers, whatever n is. */
typedef struct RowTile {
    int C, KH, KW, n;
    const real *src;
    ptrdiff_t src_c, src_i, src_y;
    const real *weights;
    ptrdiff_t weights_f, weights_c, weights_i, weights_j;
    const real *bias; // NULL: none
    real *dst;
    ptrdiff_t dst_f, dst_y;
    bool add;         // to what is in dst; there is no bias
} RowTile;

/* Sums of a weight gradient, filters f < ft and window columns j < jt, still one for each lane:
 *
 *     sums[f,j] += Σ diff[f,y,x] · src[y, x + j]
 *                 y,x
 *
 * Rows of diff have zeros behind them, up to a multiple of LANES; of src as many numbers are read, and up to
 * 2·LANES more. */
typedef struct RowGrad {
    int H, W;         // places
    const real *src;
    ptrdiff_t src_y;
    const real *diff;
    ptrdiff_t diff_f, diff_y;
    real *sums;       // the sum of f, j begins at sums + f·sums_f + j·LANES
    ptrdiff_t sums_f;
} RowGrad;

enum { ROWS_MAX_F = 8, ROWS_MAX_Y = 4, ROWS_MAX_J = 5 };

typedef struct RowsKernels {
    int conv_f, conv_y;            // the largest tile of outputs
    int grad_f;                    // the most filters in a tile of a gradient,
    int grad_j[ROWS_MAX_F + 1];    // and the most columns for so many filters
    void (*const (*conv)[ROWS_MAX_Y + 1])(const RowTile *t); // [ft][yt]
    void (*const (*grad)[ROWS_MAX_J + 1])(const RowGrad *t); // [ft][jt]
    // h rows of w numbers.
    void (*copy)(const real *src, ptrdiff_t src_y, int h, int w, real *dst, ptrdiff_t dst_y);
} RowsKernels;

// One of each instruction set (see kernels.h).
extern const RowsKernels rows_avx512, rows_avx2, rows_neon, rows_c;
