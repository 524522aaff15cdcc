/* last.h — kernels for LAYOUT_LAST, where the channels of a place lie side by side: a vector lane is a
 * channel of the output.
 *
 * What a window sees of a row of the image then is one run of numbers, and so are the weights of all
 * filters for one of these numbers. A product of a tile is a number of src times a vector of weights:
 * nothing is copied, and no lanes are added up. Whatever the size of a map, its vectors are full. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "runtime/tensor.h"

/* Outputs at places x < xt of filters f < nv vectors, for each of P products that lie apart:
 *
 *     dst[p,x,f] = bias[f] + Σ src[p, x, i, k] · weights[p, i·K + k, f]        i < I,  k < K
 *                           i,k
 *
 * The steps are distances in reals. */
typedef struct LastTile {
    int P, I, K;
    const real *src;
    ptrdiff_t src_p, src_x, src_i; // the numbers k of a run lie side by side
    const real *weights;
    ptrdiff_t weights_p, weights_k;
    const real *bias;              // NULL: none
    real *dst;
    ptrdiff_t dst_p, dst_x;
} LastTile;

enum { LAST_MAX_X = 14, LAST_MAX_V = 4 };

/* The transforms of winograd.h, of a row of tiles and n channels, a multiple of LANES: the places of V and M
 * lie `next` reals apart, tiles and columns of the map n, its rows `row`. */
typedef struct LastKernels {
    int vl;                           // numbers in a vector
    int most_v, most_x[LAST_MAX_V + 1]; // the largest tiles: vectors, and places for so many vectors
    void (*const (*product)[LAST_MAX_X + 1])(const LastTile *t); // [nv][xt]
    // V = Bᵀ·d·B of tiles whose first begins at d.
    void (*see)(const real *d, ptrdiff_t row, int n, int tiles, real *V, ptrdiff_t next);
    // dst = Aᵀ·M·A + bias (NULL: none): h ≤ 2 rows of w places, which lie `column` reals apart.
    void (*gather)(const real *M, ptrdiff_t next, int n, const real *bias, int h, int w, real *dst,
                   ptrdiff_t row, ptrdiff_t column);
} LastKernels;

// One of each instruction set (see kernels.h).
extern const LastKernels last_avx512, last_avx2, last_neon, last_c;
