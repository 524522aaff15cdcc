/* winograd_tile.h — the transforms of winograd.h, written once for all instruction sets.
 *
 * winograd.c reads this file once for each of them (each_isa.h says with what defined). Where a vector
 * has fewer than LANES numbers, the same is done for one piece of the lanes after the other. Every
 * matrix has only 0, 1 and −1 in it, so that a transform is a few additions. */

#include "runtime/kernels/each_isa_vec.h"

#if REGISTERS == 32
#define PRODUCT_TILES(T) TILES_X3(T, 1) TILES_X3(T, 2) TILES_X3(T, 3) TILES_X3(T, 4) TILES_X3(T, 5) \
                         TILES_X3(T, 6) TILES_X3(T, 7) TILES_X3(T, 8) T(9, 1) T(10, 1) T(11, 1) T(12, 1) \
                         T(13, 1) T(14, 1) T(15, 1) T(16, 1)
#define LARGEST          .most_v = 3, .most_f = {0, 16, 8, 8}
#elif REGISTERS == 16
#define PRODUCT_TILES(T) TILES_X2(T, 1) TILES_X2(T, 2) TILES_X2(T, 3) TILES_X2(T, 4) TILES_X2(T, 5) \
                         TILES_X2(T, 6)
#define LARGEST          .most_v = 2, .most_f = {0, 6, 6}
#else
#define PRODUCT_TILES(T) TILES_X2(T, 1) TILES_X2(T, 2) TILES_X2(T, 3) TILES_X2(T, 4)
#define LARGEST          .most_v = 2, .most_f = {0, 4, 4}
#endif

// ---- the matrices --------------------------------------------------------------------------------

INLINE void NAME(times_bt)(const vec d[4], vec out[4]) {
    out[0] = d[0] - d[2];
    out[1] = d[1] + d[2];
    out[2] = d[2] - d[1];
    out[3] = d[1] - d[3];
}

INLINE void NAME(times_a)(const vec d[2], vec out[4]) {
    out[0] = d[0];
    out[1] = d[0] + d[1];
    out[2] = d[0] - d[1];
    out[3] = -d[1];
}

INLINE void NAME(times_at)(const vec m[4], vec out[2]) {
    out[0] = m[0] + m[1] + m[2];
    out[1] = m[1] - m[2] - m[3];
}

// ---- V = Bᵀ·d·B ----------------------------------------------------------------------------------

// Of 4×4 numbers, whose columns have been multiplied by Bᵀ, the other side.
INLINE void NAME(put_seen)(vec column[4][4], real *to, ptrdiff_t next) {
    ALL for (int i = 0; i < 4; i++) {
        const vec d[4] = {column[0][i], column[1][i], column[2][i], column[3][i]};
        vec v[4];
        NAME(times_bt)(d, v);
        ALL for (int j = 0; j < 4; j++) NAME(store)(to + (4 * i + j) * next, v[j]);
    }
}

// Column x of four rows, times Bᵀ.
INLINE void NAME(see_column)(const WinogradRows *d, int x, int lane, vec out[4]) {
    vec v[4];
    ALL for (int i = 0; i < 4; i++) {
        const bool there = d->row[i] && x >= 0 && x < d->W;
        v[i] = there ? NAME(load)(d->row[i] + (ptrdiff_t)x * LANES + lane) : (vec){0};
    }
    NAME(times_bt)(v, out);
}

// Neighbouring tiles share two columns.
INLINE void NAME(see_lane)(const WinogradRows *d, int n, real *V, ptrdiff_t next, int lane) {
    vec column[4][4];
    NAME(see_column)(d, d->x, lane, column[0]);
    NAME(see_column)(d, d->x + 1, lane, column[1]);
    for (int t = 0; t < n; t++) {
        NAME(see_column)(d, d->x + 2 * t + 2, lane, column[2]);
        NAME(see_column)(d, d->x + 2 * t + 3, lane, column[3]);
        NAME(put_seen)(column, V + (ptrdiff_t)t * LANES + lane, next);
        ALL for (int i = 0; i < 4; i++) column[0][i] = column[2][i], column[1][i] = column[3][i];
    }
}

TARGET static void NAME(see)(const WinogradRows *d, int n, real *V, ptrdiff_t next) {
    for (int lane = 0; lane < LANES; lane += VL) NAME(see_lane)(d, n, V, next, lane);
}

// Numbers 0, 2, 4, … and 1, 3, 5, … of a row.
INLINE void NAME(split)(const real *row, vec *even, vec *odd) {
    const vec a = NAME(load)(row), b = NAME(load)(row + VL);
    *even = EVEN(a, b);
    *odd = ODD(a, b);
}

TARGET static void NAME(see_plain)(const real *const row[4], int n, real *V, ptrdiff_t next) {
    for (int t = 0; t < n; t += VL) {
        vec d[4][4], column[4][4];
        ALL for (int i = 0; i < 4; i++) {
            NAME(split)(row[i] + 2 * t, &d[0][i], &d[1][i]);
            NAME(split)(row[i] + 2 * t + 2, &d[2][i], &d[3][i]);
        }
        ALL for (int j = 0; j < 4; j++) NAME(times_bt)(d[j], column[j]);
        NAME(put_seen)(column, V + t, next);
    }
}

// ---- A·δ·Aᵀ --------------------------------------------------------------------------------------

INLINE void NAME(put_spread)(vec column[2][4], real *to, ptrdiff_t next) {
    ALL for (int i = 0; i < 4; i++) {
        const vec d[2] = {column[0][i], column[1][i]};
        vec m[4];
        NAME(times_a)(d, m);
        ALL for (int j = 0; j < 4; j++) NAME(store)(to + (4 * i + j) * next, m[j]);
    }
}

// Column x of two rows, times A.
INLINE void NAME(spread_column)(const WinogradRows *d, int x, int lane, vec out[4]) {
    vec v[2];
    ALL for (int i = 0; i < 2; i++) {
        const bool there = d->row[i] && x < d->W;
        v[i] = there ? NAME(load)(d->row[i] + (ptrdiff_t)x * LANES + lane) : (vec){0};
    }
    NAME(times_a)(v, out);
}

TARGET static void NAME(spread)(const WinogradRows *d, int n, real *M, ptrdiff_t next, ptrdiff_t tile) {
    for (int t = 0; t < n; t++)
    for (int lane = 0; lane < LANES; lane += VL) {
        vec column[2][4];
        ALL for (int j = 0; j < 2; j++) NAME(spread_column)(d, d->x + 2 * t + j, lane, column[j]);
        NAME(put_spread)(column, M + t * tile + lane, next);
    }
}

// The first m ≤ VL numbers from p on, or none of them; zeros behind them.
INLINE vec NAME(take)(const real *p, int m) {
    if (m >= VL) return NAME(load)(p);
    if (m > 0) return LOAD(p, m);
    return (vec){0};
}

// A square that has only n of its rows, or m of its columns.
TARGET static void NAME(turn_few)(const real *src, ptrdiff_t src_ld, int n, int m, real *dst,
                                  ptrdiff_t dst_ld) {
    vec v[VL];
    for (int i = 0; i < VL; i++) v[i] = NAME(take)(src + (i < n ? i : 0) * src_ld, i < n ? m : 0);
    NAME(zip_square)(v);
    for (int l = 0; l < VL; l++) NAME(store)(dst + l * dst_ld, v[l]);
}

TARGET static void NAME(turn)(const real *src, ptrdiff_t src_ld, int n, int m, real *dst, ptrdiff_t dst_ld) {
    for (int i = 0; i < LANES; i += VL)
    for (int l = 0; l < LANES; l += VL) {
        const real *const from = src + (i < n ? i * src_ld + l : 0);
        real *const to = dst + l * dst_ld + i;
        if (i + VL <= n && l + VL <= m) NAME(turn_square)(from, src_ld, to, dst_ld);
        else NAME(turn_few)(from, src_ld, n - i, m - l, to, dst_ld);
    }
}

// ---- Aᵀ·M·A --------------------------------------------------------------------------------------

// Number i, j of the outputs of a tile.
INLINE void NAME(gathered)(const real *from, ptrdiff_t next, vec out[2][2]) {
    vec column[4][2];
    ALL for (int j = 0; j < 4; j++) {
        vec m[4];
        ALL for (int i = 0; i < 4; i++) m[i] = NAME(load)(from + (4 * i + j) * next);
        NAME(times_at)(m, column[j]);
    }
    ALL for (int i = 0; i < 2; i++) {
        const vec m[4] = {column[0][i], column[1][i], column[2][i], column[3][i]};
        NAME(times_at)(m, out[i]);
    }
}

INLINE void NAME(put_sum)(real *to, vec v, real bias, bool add) {
    NAME(store)(to, add ? NAME(load)(to) + v : v + bias);
}

TARGET static void NAME(gather)(const real *M, ptrdiff_t next, int n, real bias, bool add, real *const row[2],
                                int W) {
    for (int t = 0; t < n; t++)
    for (int lane = 0; lane < LANES; lane += VL) {
        const ptrdiff_t x = 2 * (ptrdiff_t)t * LANES + lane;
        vec out[2][2];
        NAME(gathered)(M + (ptrdiff_t)t * LANES + lane, next, out);
        ALL for (int i = 0; i < 2; i++) {
            if (row[i]) NAME(put_sum)(row[i] + x, out[i][0], bias, add);
            if (row[i] && 2 * t + 1 < W) NAME(put_sum)(row[i] + x + LANES, out[i][1], bias, add);
        }
    }
}

TARGET static void NAME(gather_plain)(const real *M, ptrdiff_t next, int n, real *const row[2]) {
    for (int t = 0; t < n; t += VL) {
        vec out[2][2];
        NAME(gathered)(M + t, next, out);
        ALL for (int i = 0; i < 2; i++) {
            NAME(store)(row[i] + 2 * t, LOW(out[i][0], out[i][1]));
            NAME(store)(row[i] + 2 * t + VL, HIGH(out[i][0], out[i][1]));
        }
    }
}

// ---- M = Σ U·V -----------------------------------------------------------------------------------

INLINE void NAME(product)(const int ft, const int nv, const WinogradTile *t) {
    for (int p = 0; p < t->P; p++) {
        const real *U = t->U[p], *V = t->V + p * t->V_p;
        real *const M = t->M + p * t->M_p;
        vec sum[WINOGRAD_MAX_F][WINOGRAD_MAX_V] = {{{0}}}, v[WINOGRAD_MAX_V];
        for (int c = 0; c < t->C; c++, U += t->U_c, V += t->V_c) {
            __builtin_prefetch(U + WINOGRAD_AHEAD * t->U_c);
            ALL for (int j = 0; j < nv; j++) v[j] = NAME(load)(V + j * VL);
            ALL for (int f = 0; f < ft; f++) {
                const vec u = U[f * t->U_f] - (vec){0};
                ALL for (int j = 0; j < nv; j++) sum[f][j] = FMA(u, v[j], sum[f][j]);
            }
        }
        ALL for (int f = 0; f < ft; f++)
            ALL for (int j = 0; j < nv; j++) NAME(store)(M + f * t->M_f + j * VL, sum[f][j]);
    }
}

#define PRODUCT(ft, nv) \
    TARGET static void NAME(product_##ft##x##nv)(const WinogradTile *t) { NAME(product)(ft, nv, t); }
PRODUCT_TILES(PRODUCT)

// ---- the row -------------------------------------------------------------------------------------

#define PRODUCT_AT(ft, nv) [ft][nv] = NAME(product_##ft##x##nv),
static void (*const NAME(product_tiles)[WINOGRAD_MAX_F + 1][WINOGRAD_MAX_V + 1])(const WinogradTile *) = {
    PRODUCT_TILES(PRODUCT_AT)};

const WinogradKernels NAME(winograd) = {.vl = VL, LARGEST, .product = NAME(product_tiles), .see = NAME(see),
                                        .spread = NAME(spread), .gather = NAME(gather),
                                        .turn = NAME(turn), .see_plain = NAME(see_plain),
                                        .gather_plain = NAME(gather_plain)};

#undef PRODUCT_TILES
#undef LARGEST
#undef PRODUCT
#undef PRODUCT_AT
