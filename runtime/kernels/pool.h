/* pool.h — the kernel for the largest number of each 2×2 window, windows side by side. */
#pragma once
#include <stdint.h>

#include "runtime/tensor.h"

/* One map of H × W windows; rows of src are src_w numbers long. For each window the largest number, and
 * which one it is: its place y·src_w + x in src.
 *
 *     dst[y,x] = max src[2y + i, 2x + j]          winner[y,x] = (2y + i)·src_w + 2x + j        0 ≤ i, j < 2
 *                i,j
 *
 * Of equal numbers the first in row order wins, and one that is none (NaN) beats all. */
typedef struct PoolKernels {
    void (*pool_2x2)(const real *src, int src_w, int H, int W, real *dst, int32_t *winner);
} PoolKernels;

// One of each instruction set (see kernels.h).
extern const PoolKernels pool_avx512, pool_avx2, pool_neon, pool_c;
