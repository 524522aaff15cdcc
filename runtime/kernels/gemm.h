/* gemm.h — matrix product: C = A · B or C += A · B.
 *
 *     A is M × K, B is K × N, C is M × N. An element lies at A[i·rs + p·cs]: with rs = lda, cs = 1 a
 *     matrix is row-major, with rs = 1, cs = lda it is a transposed one; nothing is copied to turn it.
 *     C is row-major, ldc numbers from row to row, and must not overlap A or B.
 *
 * No function allocates, fails, or touches anything but C and `work`. The order of the sums
 * depends on the sizes, the strides and the row of micro-kernels, never on threads or contents. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "runtime/real.h"

typedef struct Matrix { const real *v; ptrdiff_t rs, cs; } Matrix;

// Reals of scratch gemm() needs for any sizes.
size_t gemm_work(void);

void gemm_ref(int M, int N, int K, Matrix A, Matrix B, real *C, ptrdiff_t ldc, bool add);

void gemm(int M, int N, int K, Matrix A, Matrix B, real *C, ptrdiff_t ldc, bool add, real *work);

/* The same for images of which LANES lie side by side (LAYOUT_LANES), `blocks` times LANES of them:
 *
 *     C[n,i] (+)= bias[i] + Σ A[i,p] · B[n,p]          for every image n
 *                           p
 *
 * From one block of C to the next it is c_block numbers. bias is NULL for none, and is not looked at
 * where C is added to. B is read where it lies. A sum has the same bits whatever M and blocks are. */
void gemm_lanes(int M, int blocks, int K, Matrix A, const real *B, real *C, ptrdiff_t c_block,
                const real *bias, bool add);

// Does nothing but multiply and add, n rounds of it in the registers of one core, as fast as these
// micro-kernels ever could. The number of FLOP.
double gemm_chain(int n);
