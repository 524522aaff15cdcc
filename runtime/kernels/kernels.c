/* kernels.c — which instructions does this machine have, and which kernels go with them? */
#include "runtime/kernels/kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined __x86_64__ && !defined REAL_DOUBLE
static bool have_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
}

static bool have_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

static bool always(void) { return true; }

const Kernels kernels_table[] = {
#if defined __x86_64__ && !defined REAL_DOUBLE
    {.name = "avx512", .usable = have_avx512, .gemm = &gemm_avx512, .winograd = &winograd_avx512,
     .lanes = &lanes_avx512, .last = &last_avx512, .rows = &rows_avx512, .spread = &spread_avx512,
     .pool = &pool_avx512},
    {.name = "avx2", .usable = have_avx2, .gemm = &gemm_avx2, .winograd = &winograd_avx2,
     .lanes = &lanes_avx2, .last = &last_avx2, .rows = &rows_avx2, .spread = &spread_avx2,
     .pool = &pool_avx2},
#endif
#if defined __aarch64__ && !defined REAL_DOUBLE
    {.name = "neon", .usable = always, .gemm = &gemm_neon, .winograd = &winograd_neon,
     .lanes = &lanes_neon, .last = &last_neon, .rows = &rows_neon, .spread = &spread_neon,
     .pool = &pool_neon},
#endif
    {.name = "c", .usable = always, .gemm = &gemm_c, .winograd = &winograd_c,
     .lanes = &lanes_c, .last = &last_c, .rows = &rows_c, .spread = &spread_c,
     .pool = &pool_c},
    {0},
};

// The row of that name if this machine can use it; the best one for NULL.
static const Kernels *usable_kernels(const char *name) {
    for (const Kernels *k = kernels_table; k->name; k++)
        if ((!name || strcmp(name, k->name) == 0) && k->usable()) return k;
    return NULL;
}

// Threads that come here together for the first time find the same row and write the same pointer.
static _Atomic(const Kernels *) chosen;

const Kernels *kernels_chosen(void) {
    const Kernels *k = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (k) return k;
    k = usable_kernels(getenv("CNNRUN_KERNELS"));
    if (!k) k = usable_kernels(NULL);
    atomic_store_explicit(&chosen, k, memory_order_relaxed);
    return k;
}

bool kernels_choose(const char *name, Error *e) {
    const Kernels *k = usable_kernels(name);
    if (k) {
        atomic_store_explicit(&chosen, k, memory_order_relaxed);
        return true;
    }
    error_set(e, "this machine has no kernels '%s'; it has:", name);
    for (k = kernels_table; k->name; k++)
        if (k->usable()) error_add(e, " %s", k->name);
    return false;
}
