/* gemm_tile.h — the micro-kernels of the matrix product, written once for all instruction sets.
 *
 * gemm_micro.c reads this file once for each of them (each_isa.h says with what defined). How large
 * a tile may be follows from the number of registers: they hold mr·nv sums, nv vectors of B and one
 * of A. The sizes of a tile are constants in each of the functions that TILES makes: the compiler
 * unrolls the loops over i and j and keeps `sum` in registers. */

#if REGISTERS == 32
#define TILES(T) ROWS_14(T, 1) ROWS_12(T, 2) ROWS_8(T, 3) ROWS_6(T, 4)
#define LARGEST  .nv = 4, .mr = {0, 14, 12, 8, 6}
#elif REGISTERS == 16
#define TILES(T) ROWS_8(T, 1) ROWS_6(T, 2)
#define LARGEST  .nv = 2, .mr = {0, 8, 6}
#else
#define TILES(T) ROWS_4(T, 1) ROWS_4(T, 2)
#define LARGEST  .nv = 2, .mr = {0, 4, 4}
#endif

#include "runtime/kernels/each_isa_vec.h"

// ---- outer: a vector is a piece of a row of B ---------------------------------------------------

INLINE void NAME(put)(real *c, int n, vec v, bool add) {
    if (n >= VL) {
        NAME(store)(c, add ? NAME(load)(c) + v : v);
        return;
    }
    if (add) v += LOAD(c, n);
    STORE(c, n, v);
}

// Rows of A that lie along the sum are read without being asked for; columns are asked for in time, and
// so are rows of B (fetch) that do not lie in a cache yet.
INLINE void NAME(add_products)(const int mr, const int nv, const Tile *t, const bool columns,
                               const bool fetch, vec sum[][MAX_NV]) {
    const ptrdiff_t row = t->A.rs, next = columns ? t->A.cs : 1;
    const real *a = t->A.v, *b = t->B.v;
    vec bp[MAX_NV];

    for (int p = 0; p < t->kc; p++, a += next, b += t->B.rs) {
        if (columns) __builtin_prefetch(a + AHEAD * next);
        if (columns) __builtin_prefetch(a + AHEAD * next + (mr - 1) * row);
        ALL for (int j = 0; j < nv && fetch; j++) __builtin_prefetch(b + AHEAD * t->B.rs + j * t->b_vector);
        ALL for (int j = 0; j < nv; j++) bp[j] = NAME(load)(b + j * t->b_vector);
        ALL for (int i = 0; i < mr; i++) {
            const vec ap = a[i * row] - (vec){0};
            ALL for (int j = 0; j < nv; j++) sum[i][j] = FMA(ap, bp[j], sum[i][j]);
        }
    }
}

INLINE void NAME(outer)(const int mr, const int nv, const Tile *t) {
    vec sum[MAX_MR][MAX_NV] = {{{0}}};

    if (t->A.cs != 1) NAME(add_products)(mr, nv, t, true, false, sum);
    else if (t->fetch) NAME(add_products)(mr, nv, t, false, true, sum);
    else NAME(add_products)(mr, nv, t, false, false, sum);
    ALL for (int i = 0; i < mr; i++) {
        const vec bias = (vec){0} + (t->bias ? t->bias[i] : 0);
        ALL for (int j = 0; j < nv; j++)
            NAME(put)(t->C + i * t->ldc + j * t->c_vector, t->n - j * VL, sum[i][j] + bias, t->add);
    }
}

// ---- dot: a vector is a piece of the sum --------------------------------------------------------

INLINE vec NAME(take)(const real *p, int n) {
    if (n < VL) return LOAD(p, n);
    return NAME(load)(p);
}

// The next n ≤ VL products of every sum, from p on.
INLINE void NAME(products)(const int mr, const int nv, const Tile *t, int p, int n,
                           vec sum[][MAX_NV]) {
    vec bp[MAX_NV];
    ALL for (int j = 0; j < nv; j++) bp[j] = NAME(take)(t->B.v + p + j * t->B.cs, n);
    ALL for (int i = 0; i < mr; i++) {
        vec ap = NAME(take)(t->A.v + p + i * t->A.rs, n);
        KEEP(ap);
        ALL for (int j = 0; j < nv; j++) sum[i][j] = FMA(ap, bp[j], sum[i][j]);
    }
}

// C (+)= the lanes of each sum, VL sums at a time.
TARGET static void NAME(put_totals)(int mr, int nv, const Tile *t, const vec *sum) {
    real all[MAX_MR * MAX_NV + VL];
    for (int k = 0; k < mr * nv; k += VL) {
        vec v[VL];
        for (int l = 0; l < VL; l++) v[l] = k + l < mr * nv ? sum[k + l] : (vec){0};
        NAME(store)(all + k, NAME(totals_of)(v));
    }
    for (int i = 0; i < mr; i++)
        for (int j = 0; j < nv; j++) {
            real *const c = t->C + i * t->ldc + j;
            *c = all[i * nv + j] + (t->add ? *c : 0);
        }
}

INLINE void NAME(dot)(const int mr, const int nv, const Tile *t) {
    vec sum[MAX_MR][MAX_NV] = {{{0}}}, done[MAX_MR * MAX_NV];
    int p = 0;

    for (; p + VL <= t->kc; p += VL) NAME(products)(mr, nv, t, p, VL, sum);
    if (p < t->kc) NAME(products)(mr, nv, t, p, t->kc - p, sum);
    ALL for (int i = 0; i < mr; i++)
        ALL for (int j = 0; j < nv; j++) done[i * nv + j] = sum[i][j];
    NAME(put_totals)(mr, nv, t, done);
}

// ---- turning a matrix round ----------------------------------------------------------------------

TARGET static void NAME(turn)(const real *src, ptrdiff_t src_ld, real *dst, ptrdiff_t dst_ld) {
    NAME(turn_square)(src, src_ld, dst, dst_ld);
}

// ---- nothing but products: how fast can it be? ---------------------------------------------------

// CHAINS sums, each waiting only for itself, n products and additions of a vector each. They begin
// with different numbers: a compiler would make one of those that are equal.
TARGET static real NAME(chain)(int n) {
    const vec a = (vec){0} + R(0.5), b = (vec){0} + R(0.25);
    vec sum[CHAINS], all = {0};
    for (int k = 0; k < CHAINS; k++) sum[k] = (vec){0} + R(k);
    for (int i = 0; i < n; i++)
        ALL for (int k = 0; k < CHAINS; k++) sum[k] = FMA(a, b, sum[k]);
    for (int k = 0; k < CHAINS; k++) all += sum[k];
    return NAME(total)(all);
}

// ---- one function for every size ----------------------------------------------------------------

#define FUNCTIONS(mr, nv) \
    TARGET static void NAME(outer_##mr##x##nv)(const Tile *t) { NAME(outer)(mr, nv, t); } \
    TARGET static void NAME(dot_##mr##x##nv)(const Tile *t) { NAME(dot)(mr, nv, t); }
TILES(FUNCTIONS)

#define OUTER(mr, nv) [nv][mr] = NAME(outer_##mr##x##nv),
#define DOT(mr, nv)   [nv][mr] = NAME(dot_##mr##x##nv),
static Micro *const NAME(outer_tiles)[MAX_NV + 1][MAX_MR + 1] = {TILES(OUTER)};
static Micro *const NAME(dot_tiles)[MAX_NV + 1][MAX_MR + 1] = {TILES(DOT)};

const GemmKernels NAME(gemm) = {.vl = VL, LARGEST, .outer = NAME(outer_tiles),
                                .dot = NAME(dot_tiles), .turn = NAME(turn), .chain = NAME(chain)};

#undef FUNCTIONS
#undef OUTER
#undef DOT
#undef TILES
#undef LARGEST
