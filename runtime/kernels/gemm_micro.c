/* gemm_micro.c — the micro-kernels of the matrix product for every instruction set. */
#include "runtime/kernels/gemm_micro.h"

#define ROWS_4(T, nv) T(1, nv) T(2, nv) T(3, nv) T(4, nv)
#define ROWS_6(T, nv) ROWS_4(T, nv) T(5, nv) T(6, nv)
#define ROWS_8(T, nv) ROWS_6(T, nv) T(7, nv) T(8, nv)
#define ROWS_12(T, nv) ROWS_8(T, nv) T(9, nv) T(10, nv) T(11, nv) T(12, nv)
#define ROWS_14(T, nv) ROWS_12(T, nv) T(13, nv) T(14, nv)

#define KERNELS "runtime/kernels/gemm_tile.h"
#include "runtime/kernels/each_isa.h"
