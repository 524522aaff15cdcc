/* spread.c — the kernels where a vector lane is a filter, for every instruction set. */
#include "runtime/kernels/spread.h"

#define UP_TO_4(T)  T(1) T(2) T(3) T(4)
#define UP_TO_6(T)  UP_TO_4(T) T(5) T(6)
#define UP_TO_12(T) UP_TO_6(T) T(7) T(8) T(9) T(10) T(11) T(12)
#define UP_TO_14(T) UP_TO_12(T) T(13) T(14)

#define BY_1(T, i) T(i, 1)
#define BY_2(T, i) BY_1(T, i) T(i, 2)
#define BY_3(T, i) BY_2(T, i) T(i, 3)
#define BY_4(T, i) BY_3(T, i) T(i, 4)
#define BY_5(T, i) BY_4(T, i) T(i, 5)

#define KERNELS "runtime/kernels/spread_tile.h"
#include "runtime/kernels/each_isa.h"
