/* each_isa.h — reads one source of kernels once for every instruction set.
 *
 *     #define KERNELS "runtime/kernels/gemm_tile.h"
 *     #include "runtime/kernels/each_isa.h"
 *
 * includes that file several times, each time with these defined:
 *
 *     NAME(x)            x with the name of the instruction set behind it: x_avx2
 *     TARGET             the attribute that allows the instructions
 *     VL                 numbers in a vector
 *     REGISTERS          vectors that the machine holds at once: how large a tile may be
 *     FMA(a, b, c)       c + a·b, of vectors
 *
 * and, if the machine has something better than a loop over the lanes,
 *
 *     LOAD(p, n)         n < VL numbers from p on, with zeros behind them
 *     STORE(p, n, v)     the first n < VL numbers of v
 *     KEEP(v)            v stays in a register; gcc would read it again for each of its products
 *
 * The double build checks gradients and needs no speed: it has plain C alone. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "runtime/real.h"

// Before a loop: unroll it completely.
#ifdef __clang__
#define ALL _Pragma("clang loop unroll(full)")
#else
#define ALL _Pragma("GCC unroll 16")
#endif

// A vector that every machine has.
typedef real piece __attribute__((vector_size(16)));
enum { PIECE = (int)(sizeof(piece) / sizeof(real)) };

#if defined __x86_64__ && !defined REAL_DOUBLE
#include <immintrin.h>

// ---- AVX-512: 32 registers of 16 numbers --------------------------------------------------------

#define NAME(x)        x##_avx512
#define TARGET         __attribute__((target("avx512f,avx512vl,avx512dq,fma")))
#define VL             16
#define REGISTERS      32
#define FMA(a, b, c)   _mm512_fmadd_ps(a, b, c)
#define FIRST(n)       ((__mmask16)((1u << (n)) - 1))
#define LOAD(p, n)     _mm512_maskz_loadu_ps(FIRST(n), p)
#define STORE(p, n, v) _mm512_mask_storeu_ps(p, FIRST(n), v)
#define KEEP(v)        __asm__("" : "+v"(v))
#include KERNELS
#include "runtime/kernels/each_isa_end.h"

// ---- AVX2: 16 registers of 8 numbers ------------------------------------------------------------

// The eight flags from &lane_flags[8 - n] on are set for the first n lanes.
static const int32_t lane_flags[16] __attribute__((unused)) = {-1, -1, -1, -1, -1, -1, -1, -1};

#define NAME(x)        x##_avx2
#define TARGET         __attribute__((target("avx2,fma")))
#define VL             8
#define REGISTERS      16
#define FMA(a, b, c)   _mm256_fmadd_ps(a, b, c)
#define FIRST(n)       _mm256_loadu_si256((const __m256i *)(lane_flags + 8 - (n)))
#define LOAD(p, n)     _mm256_maskload_ps(p, FIRST(n))
#define STORE(p, n, v) _mm256_maskstore_ps(p, FIRST(n), v)
#define KEEP(v)        __asm__("" : "+x"(v))
#include KERNELS
#include "runtime/kernels/each_isa_end.h"
#endif

#if defined __aarch64__ && !defined REAL_DOUBLE
#include <arm_neon.h>

// ---- NEON: 32 registers of 4 numbers ------------------------------------------------------------

#define NAME(x)        x##_neon
#define TARGET
#define VL             4
#define REGISTERS      32
#define FMA(a, b, c)   vfmaq_f32(c, a, b)
#include KERNELS
#include "runtime/kernels/each_isa_end.h"
#endif

// ---- plain C: vectors of 16 bytes ---------------------------------------------------------------

#define NAME(x)        x##_c
#define TARGET
#ifdef REAL_DOUBLE
#define VL             2
#else
#define VL             4
#endif
#define REGISTERS      8
#define FMA(a, b, c)   ((c) + (a) * (b))
#include KERNELS
#include "runtime/kernels/each_isa_end.h"
