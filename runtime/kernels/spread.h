/* spread.h — kernels for images one after the other where a vector lane is a filter.
 *
 * LANES filters look at the same numbers of an image. So what is in the vectors are weights, or numbers
 * of LANES maps at one place; a number of the image is multiplied with all of them at once, and it does not
 * matter where it lies. A "row" below is such a row of LANES numbers. */
#pragma once
#include <stddef.h>

#include "runtime/tensor.h"

/* Outputs of LANES filters at places x < xt of one row of the map:
 *
 *     dst[x] = bias + Σ src[c, i, x + j] · weights[c,i,j]              weights, bias, dst: rows
 *                   c,i,j
 *
 * The numbers of a row of the image lie side by side; all steps are distances in reals. */
typedef struct SpreadTile {
    int C, KH, KW;
    const real *src;
    ptrdiff_t src_c, src_i;
    const real *weights;          // the row of c,i,j begins at weights + c·weights_c + i·weights_i + j·LANES
    ptrdiff_t weights_c, weights_i;
    const real *bias;
    real *dst;                    // LANES from row to row
} SpreadTile;

/* Gradients of the weights of LANES filters, window rows i < it and columns j < jt:
 *
 *     sums[i,j] += Σ src[y + i, x + j] · diff[y,x]                    diff, sums: rows
 *                 y,x
 */
typedef struct SpreadGrad {
    int H, W;                     // places
    const real *src;
    ptrdiff_t src_y;              // also between window rows
    const real *diff;             // of place after place, LANES from row to row
    real *sums;
    ptrdiff_t sums_i;             // between window rows
} SpreadGrad;

enum { SPREAD_MAX_X = 14, SPREAD_MAX_I = 5, SPREAD_MAX_J = 5 };

typedef struct SpreadKernels {
    int conv_x;                                                    // the largest tile of outputs
    int grad_i[SPREAD_MAX_J + 1];                                 // the most rows of jt window columns
    void (*const *conv)(const SpreadTile *t);                      // [xt]
    void (*const (*grad)[SPREAD_MAX_J + 1])(const SpreadGrad *t); // [it][jt]
    // A matrix turned round: dst[k·dst_ld + i] = src[i·src_ld + k], for i < n and k < m.
    void (*turn)(const real *src, ptrdiff_t src_ld, int n, int m, real *dst, ptrdiff_t dst_ld);
} SpreadKernels;

// One of each instruction set (see kernels.h).
extern const SpreadKernels spread_avx512, spread_avx2, spread_neon, spread_c;
