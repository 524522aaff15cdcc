/* kernels.h — the kernels that need the processor's own instructions, a row per instruction set.
 *
 * Which row is used is decided once, when the program runs: the best one that the machine has, or
 * the one that CNNRUN_KERNELS names. All rows come from the same sources (each_isa.h). */
#pragma once
#include <stdbool.h>

#include "runtime/error.h"
#include "runtime/kernels/gemm_micro.h"
#include "runtime/kernels/lanes.h"
#include "runtime/kernels/last.h"
#include "runtime/kernels/pool.h"
#include "runtime/kernels/rows.h"
#include "runtime/kernels/spread.h"
#include "runtime/kernels/winograd.h"

typedef struct Kernels {
    const char *name;
    bool (*usable)(void); // does this machine have the instructions?
    const GemmKernels *gemm;
    const LanesKernels *lanes;
    const WinogradKernels *winograd;
    const SpreadKernels *spread;
    const PoolKernels *pool;
    const LastKernels *last;
    const RowsKernels *rows;
} Kernels;

// Best first; the last row, plain C, is usable everywhere. Ends with a row without a name.
extern const Kernels kernels_table[];

// The row that this machine uses: "avx512", "avx2", "neon", "c".
const Kernels *kernels_chosen(void);

// Chooses the row of that name, or the best one if name is NULL, for all threads from now on. If
// this machine has no such row, the choice stays as it was: false, with a message that lists what
// there is. A program calls kernels_choose(getenv("CNNRUN_KERNELS"), &e) once, before anything else;
// without that the first use chooses, and a wrong word in the environment counts as none.
bool kernels_choose(const char *name, Error *e);
