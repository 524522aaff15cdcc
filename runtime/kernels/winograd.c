/* winograd.c — the transforms of Winograd's convolution for every instruction set. */
#include "runtime/kernels/winograd.h"

#define KERNELS "runtime/kernels/winograd_tile.h"
#include "runtime/kernels/each_isa.h"
