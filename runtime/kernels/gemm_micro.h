/* gemm_micro.h — micro-kernels of the matrix product: one small tile of C, kept in registers.
 *
 * Every instruction set has two families of them. They differ in what one vector holds:
 *
 *     outer   VL neighbours of a row of B (B.cs must be 1; A may lie anyhow)
 *
 *                 C[i, j…j+VL) += A[i,p] · B[p, j…j+VL)        for every p
 *
 *     dot     VL neighbours along the sum (A.cs and B.rs must be 1)
 *
 *                 lanes[i,j]   += A[i, p…p+VL) · B[p…p+VL, j]  for every VL-th p;
 *                 C[i,j]       += the sum of the lanes
 *
 * A tile is mr rows high and nv vectors (outer) or nv columns (dot) wide. There is one function
 * for every size, so that an edge of C costs no more than it holds. */
#pragma once
#include "runtime/kernels/gemm.h"

enum {
    MAX_MR = 14, MAX_NV = 4,
    AHEAD = 16, // columns of A, or rows of B, asked for before they are needed: turned, they lie far apart
    CHAINS = 12 // sums that wait for nothing but themselves: more than any processor has on the way
};

// Rows and vectors are those of the function; n columns of C are written. In an outer tile whole
// vectors of B are read, even where n ends within one.
typedef struct Tile {
    int kc, n;
    Matrix A, B;
    real *C;
    ptrdiff_t ldc;
    ptrdiff_t b_vector, c_vector; // outer: from one vector of a row of B, of C, to the next
    const real *bias;             // outer: where the sums of each row begin; NULL: at 0
    bool add;                     // to C
    bool fetch;                   // outer, where A.cs is 1: rows of B come from afar, so ask in time
} Tile;

typedef void Micro(const Tile *t);

typedef struct GemmKernels {
    int vl;                              // numbers in a vector
    int nv, mr[MAX_NV + 1];              // the largest tiles: vectors, and rows for so many vectors
    Micro *const (*outer)[MAX_MR + 1];   // [nv][mr]
    Micro *const (*dot)[MAX_MR + 1];
    // dst[j·dst_ld + i] = src[i·src_ld + j]: a square of vl numbers a side
    void (*turn)(const real *src, ptrdiff_t src_ld, real *dst, ptrdiff_t dst_ld);
    real (*chain)(int n);                // n · CHAINS products and additions of a vector, added up
} GemmKernels;

// One of each instruction set (see kernels.h).
extern const GemmKernels gemm_avx512, gemm_avx2, gemm_neon, gemm_c;
