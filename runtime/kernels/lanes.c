/* lanes.c — the kernels for sixteen images side by side, for every instruction set. */
#include "runtime/kernels/lanes.h"

#define TILES_X1(T, f) T(f, 1)
#define TILES_X2(T, f) TILES_X1(T, f) T(f, 2)
#define TILES_X3(T, f) TILES_X2(T, f) T(f, 3)
#define TILES_X4(T, f) TILES_X3(T, f) T(f, 4)
#define TILES_X5(T, f) TILES_X4(T, f) T(f, 5)

#define KERNELS "runtime/kernels/lanes_tile.h"
#include "runtime/kernels/each_isa.h"
