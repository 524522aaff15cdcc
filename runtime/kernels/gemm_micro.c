/* gemm_micro.c — the table of micro-kernels: one row per instruction set.
 *
 * A row is a few definitions, the common source (gemm_tile.h) and a line of the table. How large a
 * tile may be follows from the number of registers: they hold mr·nv sums, nv vectors of B and one
 * of A. The double build checks gradients and needs no speed: it has the plain row alone. */
#include "runtime/kernels/gemm_micro.h"

#include <stdint.h>
#include <string.h>

#ifdef __clang__
#define ALL _Pragma("clang loop unroll(full)")
#define ALL_CHAINS ALL
#else
#define ALL _Pragma("GCC unroll 8")
#define ALL_CHAINS _Pragma("GCC unroll 16")
#endif

#define ROWS_4(T, nv) T(1, nv) T(2, nv) T(3, nv) T(4, nv)
#define ROWS_6(T, nv) ROWS_4(T, nv) T(5, nv) T(6, nv)
#define ROWS_8(T, nv) ROWS_6(T, nv) T(7, nv) T(8, nv)

// A vector that every machine has.
typedef real piece __attribute__((vector_size(16)));
enum { PIECE = (int)(sizeof(piece) / sizeof(real)) };

#if defined __x86_64__ && !defined REAL_DOUBLE
#include <immintrin.h>

// ---- AVX-512: 32 registers of 16 numbers --------------------------------------------------------

#define NAME(x)        x##_avx512
#define TARGET         __attribute__((target("avx512f,avx512vl,avx512dq,fma")))
#define VL             16
#define TILES(T)       ROWS_8(T, 1) ROWS_8(T, 2) ROWS_8(T, 3)
#define FMA(a, b, c)   _mm512_fmadd_ps(a, b, c)
#define FIRST(n)       ((__mmask16)((1u << (n)) - 1))
#define LOAD(p, n)     _mm512_maskz_loadu_ps(FIRST(n), p)
#define STORE(p, n, v) _mm512_mask_storeu_ps(p, FIRST(n), v)
#define KEEP(v)        __asm__("" : "+v"(v))
#include "runtime/kernels/gemm_tile.h"
#undef FIRST

static bool have_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
}

// ---- AVX2: 16 registers of 8 numbers ------------------------------------------------------------

// The eight flags from &flags[8 - n] on are set for the first n lanes.
static const int32_t flags[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

#define NAME(x)        x##_avx2
#define TARGET         __attribute__((target("avx2,fma")))
#define VL             8
#define TILES(T)       ROWS_6(T, 1) ROWS_6(T, 2)
#define FMA(a, b, c)   _mm256_fmadd_ps(a, b, c)
#define FIRST(n)       _mm256_loadu_si256((const __m256i *)(flags + 8 - (n)))
#define LOAD(p, n)     _mm256_maskload_ps(p, FIRST(n))
#define STORE(p, n, v) _mm256_maskstore_ps(p, FIRST(n), v)
#define KEEP(v)        __asm__("" : "+x"(v))
#include "runtime/kernels/gemm_tile.h"
#undef FIRST

static bool have_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

#if defined __aarch64__ && !defined REAL_DOUBLE
#include <arm_neon.h>

// ---- NEON: 32 registers of 4 numbers ------------------------------------------------------------

#define NAME(x)        x##_neon
#define TARGET
#define VL             4
#define TILES(T)       ROWS_8(T, 1) ROWS_8(T, 2) ROWS_8(T, 3)
#define FMA(a, b, c)   vfmaq_f32(c, a, b)
#include "runtime/kernels/gemm_tile.h"
#endif

// ---- plain C: vectors of 16 bytes ---------------------------------------------------------------

#define NAME(x)        x##_c
#define TARGET
#define VL             PIECE
#define TILES(T)       ROWS_4(T, 1) ROWS_4(T, 2)
#define FMA(a, b, c)   ((c) + (a) * (b))
#include "runtime/kernels/gemm_tile.h"

static bool always(void) { return true; }

// ---- the table ----------------------------------------------------------------------------------

const Kernels gemm_kernels[] = {
#if defined __x86_64__ && !defined REAL_DOUBLE
    {.name = "avx512", .usable = have_avx512, .vl = 16,    .mr = 8, .nv = 3,
     .outer = outer_tiles_avx512, .dot = dot_tiles_avx512, .chain = chain_avx512},
    {.name = "avx2",   .usable = have_avx2,   .vl = 8,     .mr = 6, .nv = 2,
     .outer = outer_tiles_avx2,   .dot = dot_tiles_avx2,   .chain = chain_avx2},
#endif
#if defined __aarch64__ && !defined REAL_DOUBLE
    {.name = "neon",   .usable = always,      .vl = 4,     .mr = 8, .nv = 3,
     .outer = outer_tiles_neon,   .dot = dot_tiles_neon,   .chain = chain_neon},
#endif
    {.name = "c",      .usable = always,      .vl = PIECE, .mr = 4, .nv = 2,
     .outer = outer_tiles_c,      .dot = dot_tiles_c,      .chain = chain_c},
    {0},
};
