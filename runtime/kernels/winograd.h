/* winograd.h — the transforms of Winograd's 3×3 convolution, sixteen images or sixteen tiles at a time.
 *
 * A tile is 2×2 numbers of an output map. What its windows see are 4×4 numbers d of an input map, and
 * with the window g
 *
 *     Y = Aᵀ·[ U ⊙ V ]·A        V = Bᵀ·d·B        U = G·g·Gᵀ        (⊙: number by number)
 *
 *          1  0 −1  0                1   0   0
 *     Bᵀ = 0  1  1  0           G =  ½   ½   ½           Aᵀ = 1  1  1  0
 *          0 −1  1  0                ½  −½   ½                0  1 −1 −1
 *          0  1  0 −1                0   0   1
 *
 * so that 16 products stand in the place of 4·9. The sums over channels are taken before Aᵀ…A, of the
 * products: layers/conv_winograd.c. The gradient of the weights turns the arrows round: with the
 * gradient δ of a tile, diff_U = (A·δ·Aᵀ) ⊙ V and diff_g = Gᵀ·diff_U·G.
 *
 * The sixteen places of V, of U ⊙ V and of A·δ·Aᵀ, row by row, lie `next` reals apart, and the tiles of
 * a row of tiles side by side. Where sixteen images lie side by side, a number is a row of LANES numbers,
 * as in lanes.h. Of a single image a vector lane is a tile.
 * Source: Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, §4.1. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "runtime/tensor.h"

enum { WINOGRAD = 16 }; // places of a tile

// Rows of a map of W numbers each; NULL is a row of zeros. Tile 0 begins at column x, which may lie
// to the left of the map; what lies beside the map is zero.
typedef struct WinogradRows { const real *row[4]; int W, x; } WinogradRows;

/* The sum over channels, for places p < P, filters f < ft and nv vectors of numbers t:
 *
 *     M[p,f,t] = Σ U[p,f,c] · V[p,c,t]
 *                c
 */
typedef struct WinogradTile {
    int P, C;
    const real *U[WINOGRAD];
    ptrdiff_t U_f, U_c;
    const real *V;
    ptrdiff_t V_p, V_c;
    real *M;
    ptrdiff_t M_p, M_f;
} WinogradTile;

enum {
    WINOGRAD_MAX_F = 16, WINOGRAD_MAX_V = 3,
    WINOGRAD_AHEAD = 16 // channels whose U is asked for before it is needed: turned, they lie far apart
};

typedef struct WinogradKernels {
    int vl;                                 // numbers in a vector
    int most_v, most_f[WINOGRAD_MAX_V + 1]; // the largest tiles: vectors, and filters for so many vectors
    void (*const (*product)[WINOGRAD_MAX_V + 1])(const WinogradTile *t); // [ft][nv]
    // V of n tiles that lie side by side in four rows.
    void (*see)(const WinogradRows *d, int n, real *V, ptrdiff_t next);
    // A·δ·Aᵀ of n tiles that lie side by side in the first two of the rows, `tile` reals apart in M.
    void (*spread)(const WinogradRows *d, int n, real *M, ptrdiff_t next, ptrdiff_t tile);
    // LANES numbers of each of n ≤ LANES maps become numbers of LANES maps: dst[l·dst_ld + i] =
    // src[i·src_ld + l], and 0 of maps i ≥ n. Of each map m ≤ LANES numbers are read, behind them all is 0.
    void (*turn)(const real *src, ptrdiff_t src_ld, int n, int m, real *dst, ptrdiff_t dst_ld);
    // Aᵀ·M·A of n tiles, plus bias or (add) what is there, to the first two rows: columns x … W of
    // them. A row that is NULL is left out.
    void (*gather)(const real *M, ptrdiff_t next, int n, real bias, bool add, real *const row[2], int W);
    // The same of a single image, whose tile 0 begins with number 0 of each row. Whole vectors of tiles are
    // read and written: rows have room for 2·LANES numbers behind the last tile, the others for LANES.
    void (*see_plain)(const real *const row[4], int n, real *V, ptrdiff_t next);
    void (*gather_plain)(const real *M, ptrdiff_t next, int n, real *const row[2]);
} WinogradKernels;

// One of each instruction set (see kernels.h).
extern const WinogradKernels winograd_avx512, winograd_avx2, winograd_neon, winograd_c;
