/* winograd.c — the transforms of Winograd's convolution for every instruction set. */
#include "runtime/kernels/winograd.h"

#define TILES_X2(T, f) T(f, 1) T(f, 2)
#define TILES_X3(T, f) TILES_X2(T, f) T(f, 3)

#define KERNELS "runtime/kernels/winograd_tile.h"
#include "runtime/kernels/each_isa.h"
