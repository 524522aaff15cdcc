/* lanes_tile.h — the kernels of lanes.h, written once for all instruction sets.
 *
 * lanes.c reads this file once for each of them (each_isa.h says with what defined). Where a vector
 * has fewer than LANES numbers, the same tile is done for one piece of the lanes after the other.
 * The sizes of a tile are constants in each function: its sums stay in registers. */

#include "runtime/kernels/each_isa_vec.h"

#if REGISTERS == 32
#define CONV_TILES(T)    TILES_X4(T, 1) TILES_X4(T, 2) TILES_X4(T, 3) TILES_X4(T, 4) TILES_X4(T, 5) \
                         TILES_X4(T, 6)
#define GRAD_TILES(T)    TILES_X5(T, 1) TILES_X5(T, 2) TILES_X5(T, 3) TILES_X5(T, 4) TILES_X5(T, 5) \
                         TILES_X4(T, 6) TILES_X3(T, 7) TILES_X3(T, 8)
#define SQUARES(T)       T(1) T(2) T(3)
#define TURNED1_TILES(T) TILES_X5(T, 1) TILES_X5(T, 2) TILES_X5(T, 3) TILES_X5(T, 4) TILES_X5(T, 5)
#define TURNED2_TILES(T) TILES_X5(T, 1) TILES_X5(T, 2) TILES_X4(T, 3) TILES_X3(T, 4) TILES_X2(T, 5)
#define LARGEST          .conv_f = 6, .conv_x = 4, .grad_f = {0, 8, 8, 8, 6, 4}, .square_f = 3, \
                         .turned_v = 2, .turned_r = {{0}, {0, 5, 5, 5, 5, 5}, {0, 5, 5, 4, 3, 2}}
#elif REGISTERS == 16
#define CONV_TILES(T)    TILES_X3(T, 1) TILES_X3(T, 2) TILES_X3(T, 3) TILES_X3(T, 4)
#define GRAD_TILES(T)    TILES_X5(T, 1) TILES_X5(T, 2) TILES_X4(T, 3) TILES_X3(T, 4)
#define SQUARES(T)
#define TURNED1_TILES(T) TILES_X5(T, 1) TILES_X5(T, 2) TILES_X4(T, 3) TILES_X3(T, 4) TILES_X2(T, 5)
#define TURNED2_TILES(T) TILES_X5(T, 1) TILES_X3(T, 2) TILES_X2(T, 3) TILES_X1(T, 4) TILES_X1(T, 5)
#define LARGEST          .conv_f = 4, .conv_x = 3, .grad_f = {0, 4, 4, 4, 3, 2}, \
                         .turned_v = 2, .turned_r = {{0}, {0, 5, 5, 4, 3, 2}, {0, 5, 3, 2, 1, 1}}
#else
#define CONV_TILES(T)    TILES_X2(T, 1) TILES_X2(T, 2) TILES_X2(T, 3) TILES_X2(T, 4)
#define GRAD_TILES(T)    TILES_X5(T, 1) TILES_X5(T, 2) TILES_X3(T, 3)
#define SQUARES(T)
#define TURNED1_TILES(T) TILES_X5(T, 1) TILES_X2(T, 2) TILES_X1(T, 3) TILES_X1(T, 4) TILES_X1(T, 5)
#define TURNED2_TILES(T)
#define LARGEST          .conv_f = 4, .conv_x = 2, .grad_f = {0, 3, 3, 3, 2, 2}, \
                         .turned_v = 1, .turned_r = {{0}, {0, 5, 2, 1, 1, 1}, {0}}
#endif

// ---- convolution ---------------------------------------------------------------------------------

// Where the sums begin.
INLINE vec NAME(begin)(const ConvTile *t, int f, const real *dst) {
    if (t->add) return NAME(load)(dst);
    return (vec){0} + (t->bias ? t->bias[f] : 0);
}

// Places [first, first + xt).
INLINE void NAME(conv)(const int ft, const int xt, const ConvTile *t, int first, int lane) {
    vec sum[LANES_MAX_F][LANES_MAX_X], v[LANES_MAX_X];
    const real *const seen = t->src + first * t->src_x + lane;
    real *const dst = t->dst + first * t->dst_x + lane;

    ALL for (int f = 0; f < ft; f++)
        ALL for (int x = 0; x < xt; x++)
            sum[f][x] = NAME(begin)(t, f, dst + f * t->dst_f + x * t->dst_x);
    for (int c = 0; c < t->C; c++)
    for (int i = 0; i < t->KH; i++) {
        const real *src = seen + c * t->src_c + i * t->src_i;
        const real *weights = t->weights + c * t->weights_c + i * t->weights_i;
        for (int j = 0; j < t->KW; j++, src += t->src_j, weights += t->weights_j) {
            ALL for (int x = 0; x < xt; x++) v[x] = NAME(load)(src + x * t->src_x);
            ALL for (int f = 0; f < ft; f++) {
                const vec w = weights[f * t->weights_f] - (vec){0};
                ALL for (int x = 0; x < xt; x++) sum[f][x] = FMA(w, v[x], sum[f][x]);
            }
        }
    }
    ALL for (int f = 0; f < ft; f++)
        ALL for (int x = 0; x < xt; x++)
            NAME(store)(dst + f * t->dst_f + x * t->dst_x, sum[f][x]);
}

#define CONV(ft, xt) \
    TARGET static void NAME(conv_##ft##x##xt)(const ConvTile *t) { \
        for (int k = 0; k <= t->more; k++) \
            for (int lane = 0; lane < LANES; lane += VL) NAME(conv)(ft, xt, t, k * xt, lane); \
    }
CONV_TILES(CONV)

// ---- gradient of the weights -----------------------------------------------------------------------

INLINE void NAME(grad)(const int ft, const int jt, const GradTile *t) {
    vec sum[LANES_MAX_F][LANES_MAX_J], v[LANES_MAX_J];

    ALL for (int f = 0; f < ft; f++)
        ALL for (int j = 0; j < jt; j++) sum[f][j] = NAME(load)(t->sums + f * t->sums_f + j * LANES);
    for (int y = 0; y < t->H; y++)
    for (int x = 0; x < t->W; x++)
    for (int lane = 0; lane < LANES; lane += VL) {
        const real *const src = t->src + y * t->src_y + x * t->src_x + lane;
        const real *const diff = t->diff + y * t->diff_y + x * t->diff_x + lane;
        ALL for (int j = 0; j < jt; j++) {
            v[j] = NAME(load)(src + j * t->src_j);
            KEEP(v[j]);
        }
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
    TARGET static void NAME(grad_##ft##x##jt)(const GradTile *t) { NAME(grad)(ft, jt, t); }
GRAD_TILES(GRAD)

// A window of 3 × 3: each number of diff is read once for all nine.
INLINE void NAME(square)(const int ft, const GradTile *t) {
    vec sum[3][9], g[3];

    ALL for (int f = 0; f < ft; f++)
        ALL for (int m = 0; m < 9; m++) sum[f][m] = NAME(load)(t->sums + f * t->sums_f + m * LANES);
    for (int y = 0; y < t->H; y++)
    for (int x = 0; x < t->W; x++)
    for (int lane = 0; lane < LANES; lane += VL) {
        const real *const src = t->src + y * t->src_y + x * t->src_x + lane;
        const real *const diff = t->diff + y * t->diff_y + x * t->diff_x + lane;
        ALL for (int f = 0; f < ft; f++) g[f] = NAME(load)(diff + f * t->diff_f);
        ALL for (int m = 0; m < 9; m++) {
            vec v = NAME(load)(src + m / 3 * t->src_i + m % 3 * t->src_j);
            KEEP(v);
            ALL for (int f = 0; f < ft; f++) sum[f][m] = FMA(g[f], v, sum[f][m]);
        }
    }
    ALL for (int f = 0; f < ft; f++)
        ALL for (int m = 0; m < 9; m++) NAME(store)(t->sums + f * t->sums_f + m * LANES, sum[f][m]);
}

#define SQUARE(ft) TARGET static void NAME(square_##ft)(const GradTile *t) { NAME(square)(ft, t); }
SQUARES(SQUARE)

// Filters side by side: of `width` vectors. A number of src meets all filters of its image.
INLINE void NAME(turned)(const int width, const int rt, const int jt, const TurnedTile *t) {
    vec sum[LANES_MAX_R][LANES_MAX_J][LANES_MAX_V], g[LANES_MAX_V];

    ALL for (int r = 0; r < rt; r++)
        ALL for (int j = 0; j < jt; j++)
            ALL for (int v = 0; v < width; v++) sum[r][j][v] = (vec){0};
    for (int y = 0; y < t->H; y++) {
        const real *src = t->src + y * t->src_y, *diff = t->diff + y * t->diff_y;
        for (int x = 0; x < t->W; x++, src += t->src_x - LANES)
        for (int n = 0; n < LANES; n++, src++, diff += t->diff_n) {
            ALL for (int v = 0; v < width; v++) {
                g[v] = NAME(load)(diff + v * VL);
                KEEP(g[v]);
            }
            ALL for (int r = 0; r < rt; r++)
                ALL for (int j = 0; j < jt; j++) {
                    const vec one = src[r * t->src_r + j * LANES] - (vec){0};
                    ALL for (int v = 0; v < width; v++) sum[r][j][v] = FMA(one, g[v], sum[r][j][v]);
                }
        }
    }
    ALL for (int r = 0; r < rt; r++)
        ALL for (int j = 0; j < jt; j++)
            ALL for (int v = 0; v < width; v++) {
                real *const sums = t->sums + r * t->sums_r + j * t->sums_j + v * VL;
                NAME(store)(sums, NAME(load)(sums) + sum[r][j][v]);
            }
}

#define TURNED1(rt, jt) \
    TARGET static void NAME(turned1_##rt##x##jt)(const TurnedTile *t) { NAME(turned)(1, rt, jt, t); }
#define TURNED2(rt, jt) \
    TARGET static void NAME(turned2_##rt##x##jt)(const TurnedTile *t) { NAME(turned)(2, rt, jt, t); }
TURNED1_TILES(TURNED1)
TURNED2_TILES(TURNED2)

// ---- lanes to numbers ------------------------------------------------------------------------------

// dst[k] += the lanes of sum k, for VL sums or fewer.
TARGET static void NAME(add_lanes)(const real *sums, int n, real *dst) {
    vec v[VL];
    for (int k = 0; k < VL; k++) v[k] = k < n ? NAME(load)(sums + k * LANES) : (vec){0};
    const vec all = NAME(totals_of)(v);
    if (n >= VL) NAME(store)(dst, NAME(load)(dst) + all);
    for (int k = 0; n < VL && k < n; k++) dst[k] += all[k];
}

static void NAME(totals)(const real *sums, int n, real *dst) {
    for (int k = 0; k < n; k += VL) NAME(add_lanes)(sums + k * LANES, n - k, dst + k);
}

TARGET static void NAME(turn)(const real *src, ptrdiff_t src_ld, int n, real *dst, ptrdiff_t ld) {
    int i = 0;
    for (; i + VL <= n; i += VL)
        for (int l = 0; l < LANES; l += VL)
            NAME(turn_square)(src + i * src_ld + l, src_ld, dst + l * ld + i, ld);
    for (; i < n; i++)
        for (int l = 0; l < LANES; l++) dst[l * ld + i] = src[i * src_ld + l];
}

// ---- the row -----------------------------------------------------------------------------------------

#define CONV_AT(ft, xt) [ft][xt] = NAME(conv_##ft##x##xt),
#define GRAD_AT(ft, jt) [ft][jt] = NAME(grad_##ft##x##jt),
static void (*const NAME(conv_tiles)[LANES_MAX_F + 1][LANES_MAX_X + 1])(const ConvTile *) = {
    CONV_TILES(CONV_AT)};
static void (*const NAME(grad_tiles)[LANES_MAX_F + 1][LANES_MAX_J + 1])(const GradTile *) = {
    GRAD_TILES(GRAD_AT)};
#define SQUARE_AT(ft) [ft] = NAME(square_##ft),
#define TURNED1_AT(rt, jt) [1][rt][jt] = NAME(turned1_##rt##x##jt),
#define TURNED2_AT(rt, jt) [2][rt][jt] = NAME(turned2_##rt##x##jt),
static void (*const NAME(squares)[3 + 1])(const GradTile *) = {[0] = NULL, SQUARES(SQUARE_AT)};
typedef void NAME(turned_tile)(const TurnedTile *);
static NAME(turned_tile) *const NAME(turned_tiles)[LANES_MAX_V + 1][LANES_MAX_R + 1][LANES_MAX_J + 1] =
    {TURNED1_TILES(TURNED1_AT) TURNED2_TILES(TURNED2_AT)};

const LanesKernels NAME(lanes) = {LARGEST, .vector = VL, .conv = NAME(conv_tiles), .grad = NAME(grad_tiles),
                                  .square = NAME(squares), .turned = NAME(turned_tiles),
                                  .total = NAME(totals), .turn = NAME(turn)};

#undef CONV_TILES
#undef GRAD_TILES
#undef LARGEST
#undef CONV
#undef GRAD
#undef CONV_AT
#undef GRAD_AT
#undef SQUARES
#undef SQUARE
#undef SQUARE_AT
#undef TURNED1_TILES
#undef TURNED2_TILES
#undef TURNED1
#undef TURNED2
#undef TURNED1_AT
#undef TURNED2_AT
