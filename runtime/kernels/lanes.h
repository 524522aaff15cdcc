/* lanes.h — kernels for LAYOUT_LANES, where sixteen images lie side by side: a vector lane is an image.
 *
 * However few channels a layer has, its vectors are full; and whatever a layer does to one image is
 * done to all sixteen by the same instruction, with no shuffling. A "number" below is such a row of
 * LANES numbers. Every kernel works on tiles that are as large as the registers hold. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "runtime/tensor.h"

/* Outputs of a convolution, filters f < ft and places x < xt of one row:
 *
 *     dst[f,x] (+)= bias[f] + Σ src[c, i, x + j] · weights[f,c,i,j]
 *                           c,i,j
 *
 * All steps are distances in reals, so that the same tile serves the gradient of the input, where
 * filters and channels change their roles and the window is turned round. */
typedef struct ConvTile {
    int C, KH, KW;
    const real *src;
    ptrdiff_t src_c, src_i, src_j, src_x;
    const real *weights;
    ptrdiff_t weights_f, weights_c, weights_i, weights_j;
    const real *bias; // NULL: none
    real *dst;
    ptrdiff_t dst_f, dst_x;
    bool add;         // to what is in dst; bias is not looked at
    int more;         // so many tiles of the same size follow in the row
} ConvTile;

/* Sums of a weight gradient, filters f < ft and window columns j < jt, still one per lane:
 *
 *     sums[f,j] += Σ diff[f,y,x] · src[y, x + j]
 *                 y,x
 *
 * Vectors may have fewer than LANES numbers: of each sum as many are used as a vector has. */
typedef struct GradTile {
    int H, W;         // places
    const real *src;
    ptrdiff_t src_y, src_x, src_j;
    const real *diff;
    ptrdiff_t diff_f, diff_y, diff_x;
    real *sums;       // the sum of f, j begins at sums + f·sums_f + j·LANES
    ptrdiff_t sums_f;
    ptrdiff_t src_i;  // of a window of 3 × 3 done at once: from one of its rows to the next, whose sums
                      // lie behind those of the row before it
} GradTile;

/* The same sums where filters lie side by side, which adds up the images, too: no lane is left over. Window
 * columns j < jt, and r < rt channels or window rows:
 *
 *     sums[r,j][f] += Σ diff[y,x,n][f] · src[y, x + j, r][n]
 *                  y,x,n
 *
 * src is as everywhere, sixteen images n side by side, and so are the window's columns. */
typedef struct TurnedTile {
    int H, W;         // places
    const real *src;
    ptrdiff_t src_y, src_x, src_r;
    const real *diff; // filters of image n of a place, diff_n reals apart; places without gaps
    ptrdiff_t diff_y, diff_n;
    real *sums;       // the sums of r, j begin at sums + r·sums_r + j·sums_j
    ptrdiff_t sums_r, sums_j;
} TurnedTile;

enum {
    LANES_MAX_F = 8, LANES_MAX_X = 4, LANES_MAX_J = 5,
    LANES_MAX_WIDE_J = 3, // of so many columns the sums of the most filters are done at once
    LANES_MAX_R = 5, LANES_MAX_V = 2
};

typedef struct LanesKernels {
    int conv_f, conv_x;            // the largest tile of outputs
    int grad_f[LANES_MAX_J + 1];   // the most filters in a tile of a gradient with jt columns
    void (*const (*conv)[LANES_MAX_X + 1])(const ConvTile *t);  // [ft][xt]
    void (*const (*grad)[LANES_MAX_J + 1])(const GradTile *t);  // [ft][jt]
    int square_f;                  // the most filters for windows of 3 × 3; 0: row by row is better
    void (*const *square)(const GradTile *t);                   // [ft]
    int vector, turned_v;          // filters in a vector, and how many vectors side by side at most
    // The most rows for so many vectors and columns. The columns of a single row may be LANES_MAX_J.
    int turned_r[LANES_MAX_V + 1][LANES_MAX_J + 1];
    void (*const (*turned)[LANES_MAX_R + 1][LANES_MAX_J + 1])(const TurnedTile *t); // [vectors][rt][jt]
    // dst[k] += the lanes of sum k, for k < n. The sums lie LANES reals apart.
    void (*total)(const real *sums, int n, real *dst);
    // Sixteen images side by side become images one after the other, ld reals apart: of each image
    // n numbers, dst[l·ld + i] = src[i·src_ld + l].
    void (*turn)(const real *src, ptrdiff_t src_ld, int n, real *dst, ptrdiff_t ld);
} LanesKernels;

// One of each instruction set (see kernels.h).
extern const LanesKernels lanes_avx512, lanes_avx2, lanes_neon, lanes_c;
