/* pool.c — the kernel of 2×2 windows, for every instruction set. */
#include "runtime/kernels/pool.h"

#define KERNELS "runtime/kernels/pool_tile.h"
#include "runtime/kernels/each_isa.h"
