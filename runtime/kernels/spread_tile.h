/* spread_tile.h — the kernels of spread.h, written once for all instruction sets.
 *
 * spread.c reads this file once for each of them (each_isa.h says with what defined). Where a vector
 * has fewer than LANES numbers, the same tile is done for one piece of the lanes after the other.
 * The sizes of a tile are constants in each function: its sums stay in registers. */

#include "runtime/kernels/each_isa_vec.h"

#if REGISTERS == 32
#define CONV_TILES(T) UP_TO_14(T)
#define GRAD_TILES(T) BY_5(T, 1) BY_5(T, 2) BY_5(T, 3) BY_5(T, 4) BY_5(T, 5)
#define LARGEST       .conv_x = 14, .grad_i = {0, 5, 5, 5, 5, 5}
#elif REGISTERS == 16
#define CONV_TILES(T) UP_TO_12(T)
#define GRAD_TILES(T) BY_5(T, 1) BY_5(T, 2) BY_4(T, 3) BY_3(T, 4)
#define LARGEST       .conv_x = 12, .grad_i = {0, 4, 4, 4, 3, 2}
#else
#define CONV_TILES(T) UP_TO_6(T)
#define GRAD_TILES(T) BY_5(T, 1) BY_3(T, 2) BY_2(T, 3)
#define LARGEST       .conv_x = 6, .grad_i = {0, 3, 3, 2, 1, 1}
#endif

// ---- outputs -------------------------------------------------------------------------------------

INLINE void NAME(conv)(const int xt, const SpreadTile *t, int lane) {
    vec sum[SPREAD_MAX_X];
    const vec bias = NAME(load)(t->bias + lane);

    ALL for (int x = 0; x < xt; x++) sum[x] = bias;
    for (int c = 0; c < t->C; c++)
    for (int i = 0; i < t->KH; i++) {
        const real *src = t->src + c * t->src_c + i * t->src_i;
        const real *weights = t->weights + c * t->weights_c + i * t->weights_i + lane;
        for (int j = 0; j < t->KW; j++, src++, weights += LANES) {
            const vec w = NAME(load)(weights);
            ALL for (int x = 0; x < xt; x++) sum[x] = FMA(src[x] - (vec){0}, w, sum[x]);
        }
    }
    ALL for (int x = 0; x < xt; x++) NAME(store)(t->dst + x * LANES + lane, sum[x]);
}

#define CONV(xt) \
    TARGET static void NAME(conv_##xt)(const SpreadTile *t) { \
        for (int lane = 0; lane < LANES; lane += VL) NAME(conv)(xt, t, lane); \
    }
CONV_TILES(CONV)

// What was read through p is not kept for the next round: gcc would use up the registers for it.
#define FORGET(p) __asm__("" : "+r"(p))

// ---- gradient of the weights -----------------------------------------------------------------------

INLINE void NAME(grad)(const int it, const int jt, const SpreadGrad *t, int lane) {
    vec sum[SPREAD_MAX_I][SPREAD_MAX_J];
    real *const sums = t->sums + lane;
    const real *diff = t->diff + lane;

    ALL for (int i = 0; i < it; i++)
        ALL for (int j = 0; j < jt; j++) sum[i][j] = NAME(load)(sums + i * t->sums_i + j * LANES);
    for (int y = 0; y < t->H; y++) {
        const real *src = t->src + y * t->src_y;
        for (int x = 0; x < t->W; x++, src++, diff += LANES) {
            const vec g = NAME(load)(diff);
            FORGET(src);
            ALL for (int i = 0; i < it; i++)
                ALL for (int j = 0; j < jt; j++)
                    sum[i][j] = FMA(src[i * t->src_y + j] - (vec){0}, g, sum[i][j]);
        }
    }
    ALL for (int i = 0; i < it; i++)
        ALL for (int j = 0; j < jt; j++) NAME(store)(sums + i * t->sums_i + j * LANES, sum[i][j]);
}

#define GRAD(it, jt) \
    TARGET static void NAME(grad_##it##x##jt)(const SpreadGrad *t) { \
        for (int lane = 0; lane < LANES; lane += VL) NAME(grad)(it, jt, t, lane); \
    }
GRAD_TILES(GRAD)

// ---- matrices turned round -------------------------------------------------------------------------

// n × m numbers at the edge of a matrix, at most VL × VL.
TARGET static void NAME(turn_rest)(const real *src, ptrdiff_t src_ld, int n, int m, real *dst,
                                   ptrdiff_t dst_ld) {
    vec v[VL];
    for (int i = 0; i < VL; i++) {
        v[i] = (vec){0};
        if (i < n) v[i] = NAME(load_first)(src + i * src_ld, m);
    }
    NAME(zip_square)(v);
    for (int k = 0; k < m; k++) NAME(store_first)(dst + k * dst_ld, n, v[k]);
}

TARGET static void NAME(turn_matrix)(const real *src, ptrdiff_t src_ld, int n, int m, real *dst,
                                     ptrdiff_t dst_ld) {
    for (int k = 0; k < m; k += VL)
        for (int i = 0; i < n; i += VL) {
            const real *const from = src + i * src_ld + k;
            real *const to = dst + k * dst_ld + i;
            const int rows = n - i < VL ? n - i : VL, columns = m - k < VL ? m - k : VL;
            if (rows == VL && columns == VL) NAME(turn_square)(from, src_ld, to, dst_ld);
            else NAME(turn_rest)(from, src_ld, rows, columns, to, dst_ld);
        }
}

// ---- the row -----------------------------------------------------------------------------------------

#define CONV_AT(xt) [xt] = NAME(conv_##xt),
#define GRAD_AT(it, jt) [it][jt] = NAME(grad_##it##x##jt),
static void (*const NAME(conv_tiles)[SPREAD_MAX_X + 1])(const SpreadTile *) = {CONV_TILES(CONV_AT)};
static void (*const NAME(grad_tiles)[SPREAD_MAX_I + 1][SPREAD_MAX_J + 1])(const SpreadGrad *) = {
    GRAD_TILES(GRAD_AT)};

const SpreadKernels NAME(spread) = {LARGEST, .conv = NAME(conv_tiles), .grad = NAME(grad_tiles),
                                      .turn = NAME(turn_matrix)};

#undef CONV_TILES
#undef GRAD_TILES
#undef LARGEST
#undef FORGET
#undef CONV
#undef GRAD
#undef CONV_AT
#undef GRAD_AT
