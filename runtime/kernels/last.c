/* last.c — the kernels for channels that lie side by side, for every instruction set. */
#include "runtime/kernels/last.h"

#define PLACES_4(T, nv) T(1, nv) T(2, nv) T(3, nv) T(4, nv)
#define PLACES_6(T, nv) PLACES_4(T, nv) T(5, nv) T(6, nv)
#define PLACES_8(T, nv) PLACES_6(T, nv) T(7, nv) T(8, nv)
#define PLACES_12(T, nv) PLACES_8(T, nv) T(9, nv) T(10, nv) T(11, nv) T(12, nv)
#define PLACES_14(T, nv) PLACES_12(T, nv) T(13, nv) T(14, nv)

#define KERNELS "runtime/kernels/last_tile.h"
#include "runtime/kernels/each_isa.h"
