/* rows.c — the kernels where a vector lane is a place of a row, for every instruction set. */
#include "runtime/kernels/rows.h"

#define BY_2(T, f) T(f, 1) T(f, 2)
#define BY_3(T, f) BY_2(T, f) T(f, 3)
#define BY_4(T, f) BY_3(T, f) T(f, 4)
#define BY_5(T, f) BY_4(T, f) T(f, 5)

#define KERNELS "runtime/kernels/rows_tile.h"
#include "runtime/kernels/each_isa.h"
