/* rows_tile.h — the kernels of rows.h, written once for all instruction sets.
 *
 * rows.c reads this file once for each of them (each_isa.h says with what defined). Where a vector has
 * fewer than LANES numbers, the same tile is done for one piece of a row after the other. The sizes of a
 * tile are constants in each function: its sums stay in registers. */

#include "runtime/kernels/each_isa_vec.h"

#if REGISTERS == 32
#define CONV_TILES(T) BY_4(T, 1) BY_4(T, 2) BY_4(T, 3) BY_4(T, 4) BY_4(T, 5) BY_4(T, 6)
#define GRAD_TILES(T) BY_5(T, 1) BY_5(T, 2) BY_5(T, 3) BY_5(T, 4) BY_4(T, 5) BY_4(T, 6) BY_3(T, 7) BY_3(T, 8)
#define LARGEST       .conv_f = 6, .conv_y = 4, .grad_f = 8, .grad_j = {0, 5, 5, 5, 5, 4, 4, 3, 3}
#elif REGISTERS == 16
#define CONV_TILES(T) BY_3(T, 1) BY_3(T, 2) BY_3(T, 3) BY_3(T, 4)
#define GRAD_TILES(T) BY_5(T, 1) BY_5(T, 2) BY_4(T, 3) BY_3(T, 4)
#define LARGEST       .conv_f = 4, .conv_y = 3, .grad_f = 4, .grad_j = {0, 5, 5, 4, 3}
#else
#define CONV_TILES(T) BY_2(T, 1) BY_2(T, 2) BY_2(T, 3)
#define GRAD_TILES(T) BY_5(T, 1) BY_3(T, 2) BY_2(T, 3)
#define LARGEST       .conv_f = 3, .conv_y = 2, .grad_f = 3, .grad_j = {0, 5, 3, 2}
#endif

// ---- outputs -------------------------------------------------------------------------------------

// Places lane … lane + n.
INLINE void NAME(conv)(const int ft, const int yt, const RowTile *t, int lane, int n) {
    vec sum[ROWS_MAX_F][ROWS_MAX_Y], v[ROWS_MAX_Y];
    real *const dst = t->dst + lane;

    ALL for (int f = 0; f < ft; f++)
        ALL for (int y = 0; y < yt; y++)
            sum[f][y] = t->add ? NAME(load_first)(dst + f * t->dst_f + y * t->dst_y, n)
                               : (vec){0} + (t->bias ? t->bias[f] : 0);
    for (int c = 0; c < t->C; c++)
    for (int i = 0; i < t->KH; i++) {
        const real *src = t->src + lane + c * t->src_c + i * t->src_i;
        const real *weights = t->weights + c * t->weights_c + i * t->weights_i;
        for (int j = 0; j < t->KW; j++, src++, weights += t->weights_j) {
            ALL for (int y = 0; y < yt; y++) v[y] = NAME(load)(src + y * t->src_y);
            ALL for (int f = 0; f < ft; f++) {
                const vec w = weights[f * t->weights_f] - (vec){0};
                ALL for (int y = 0; y < yt; y++) sum[f][y] = FMA(w, v[y], sum[f][y]);
            }
        }
    }
    ALL for (int f = 0; f < ft; f++)
        ALL for (int y = 0; y < yt; y++)
            NAME(store_first)(dst + f * t->dst_f + y * t->dst_y, n, sum[f][y]);
}

#define CONV(ft, yt) \
    TARGET static void NAME(conv_##ft##x##yt)(const RowTile *t) { \
        for (int lane = 0; lane < t->n; lane += VL) NAME(conv)(ft, yt, t, lane, t->n - lane); \
    }
CONV_TILES(CONV)

// ---- gradient of the weights -----------------------------------------------------------------------

// The vectors that begin at p, p + 1, …: a long vector across two lines of the cache is better put together
// from two that are read once.
#if VL == 16
#define SHIFTED(j) __builtin_shufflevector(a, b, j, j + 1, j + 2, j + 3, j + 4, j + 5, j + 6, j + 7, j + 8, \
                                           j + 9, j + 10, j + 11, j + 12, j + 13, j + 14, j + 15)
#else
#define SHIFTED(j) NAME(load)(p + j)
#endif

INLINE void NAME(neighbours)(const real *p, const int jt, vec v[ROWS_MAX_J]) {
    const vec a = NAME(load)(p), b = VL == 16 && jt > 1 ? NAME(load)(p + VL) : a;
    (void)b;
    v[0] = a;
    if (jt > 1) v[1] = SHIFTED(1);
    if (jt > 2) v[2] = SHIFTED(2);
    if (jt > 3) v[3] = SHIFTED(3);
    if (jt > 4) v[4] = SHIFTED(4);
}

INLINE void NAME(grad)(const int ft, const int jt, const RowGrad *t) {
    vec sum[ROWS_MAX_F][ROWS_MAX_J], v[ROWS_MAX_J];

    ALL for (int f = 0; f < ft; f++)
        ALL for (int j = 0; j < jt; j++) sum[f][j] = NAME(load)(t->sums + f * t->sums_f + j * LANES);
    for (int y = 0; y < t->H; y++)
    for (int x = 0; x < t->W; x += VL) {
        const real *const diff = t->diff + y * t->diff_y + x;
        NAME(neighbours)(t->src + y * t->src_y + x, jt, v);
        ALL for (int f = 0; f < ft; f++) {
            vec g = NAME(load)(diff + f * t->diff_f);
            KEEP(g);
            ALL for (int j = 0; j < jt; j++) sum[f][j] = FMA(g, v[j], sum[f][j]);
        }
    }
    ALL for (int f = 0; f < ft; f++)
        ALL for (int j = 0; j < jt; j++) NAME(store)(t->sums + f * t->sums_f + j * LANES, sum[f][j]);
}

#define GRAD(ft, jt) \
    TARGET static void NAME(grad_##ft##x##jt)(const RowGrad *t) { NAME(grad)(ft, jt, t); }
GRAD_TILES(GRAD)

// ---- rows ------------------------------------------------------------------------------------------

TARGET static void NAME(copy)(const real *src, ptrdiff_t src_y, int h, int w, real *dst, ptrdiff_t dst_y) {
    for (int y = 0; y < h; y++, src += src_y, dst += dst_y)
        for (int x = 0; x < w; x += VL) NAME(store_first)(dst + x, w - x, NAME(load_first)(src + x, w - x));
}

#define CONV_AT(ft, yt) [ft][yt] = NAME(conv_##ft##x##yt),
#define GRAD_AT(ft, jt) [ft][jt] = NAME(grad_##ft##x##jt),
static void (*const NAME(conv_tiles)[ROWS_MAX_F + 1][ROWS_MAX_Y + 1])(const RowTile *) = {
    CONV_TILES(CONV_AT)};
static void (*const NAME(grad_tiles)[ROWS_MAX_F + 1][ROWS_MAX_J + 1])(const RowGrad *) = {
    GRAD_TILES(GRAD_AT)};

const RowsKernels NAME(rows) = {LARGEST, .conv = NAME(conv_tiles), .grad = NAME(grad_tiles),
                                .copy = NAME(copy)};

#undef CONV_TILES
#undef GRAD_TILES
#undef LARGEST
#undef CONV
#undef GRAD
#undef SHIFTED
#undef CONV_AT
#undef GRAD_AT
