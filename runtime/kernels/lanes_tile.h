/* lanes_tile.h — the kernels of lanes.h, written once for all instruction sets.
 *
 * lanes.c reads this file once for each of them (each_isa.h says with what defined). Where a vector
 * has fewer than LANES numbers, the same tile is done for one piece of the lanes after the other.
 * The sizes of a tile are constants in each function: its sums stay in registers. */

#include "runtime/kernels/each_isa_vec.h"

#if REGISTERS == 32
#define CONV_TILES(T) TILES_X4(T, 1) TILES_X4(T, 2) TILES_X4(T, 3) TILES_X4(T, 4) TILES_X4(T, 5) \
                      TILES_X4(T, 6)
#define GRAD_TILES(T) TILES_X5(T, 1) TILES_X5(T, 2) TILES_X5(T, 3) TILES_X5(T, 4) TILES_X5(T, 5) \
                      TILES_X4(T, 6) TILES_X3(T, 7) TILES_X3(T, 8)
#define LARGEST       .conv_f = 6, .conv_x = 4, .grad_f = {0, 8, 8, 8, 6, 5}
#elif REGISTERS == 16
#define CONV_TILES(T) TILES_X3(T, 1) TILES_X3(T, 2) TILES_X3(T, 3) TILES_X3(T, 4)
#define GRAD_TILES(T) TILES_X5(T, 1) TILES_X5(T, 2) TILES_X4(T, 3) TILES_X3(T, 4)
#define LARGEST       .conv_f = 4, .conv_x = 3, .grad_f = {0, 4, 4, 4, 3, 2}
#else
#define CONV_TILES(T) TILES_X2(T, 1) TILES_X2(T, 2) TILES_X2(T, 3) TILES_X2(T, 4)
#define GRAD_TILES(T) TILES_X5(T, 1) TILES_X5(T, 2) TILES_X3(T, 3)
#define LARGEST       .conv_f = 4, .conv_x = 2, .grad_f = {0, 3, 3, 3, 2, 2}
#endif

// ---- convolution ---------------------------------------------------------------------------------

// Where the sums begin.
INLINE vec NAME(begin)(const ConvTile *t, int f, const real *dst) {
    if (t->add) return NAME(load)(dst);
    return (vec){0} + (t->bias ? t->bias[f] : 0);
}

INLINE void NAME(conv)(const int ft, const int xt, const ConvTile *t, int lane) {
    vec sum[LANES_MAX_F][LANES_MAX_X], v[LANES_MAX_X];
    real *const dst = t->dst + lane;

    ALL for (int f = 0; f < ft; f++)
        ALL for (int x = 0; x < xt; x++)
            sum[f][x] = NAME(begin)(t, f, dst + f * t->dst_f + x * t->dst_x);
    for (int c = 0; c < t->C; c++)
    for (int i = 0; i < t->KH; i++) {
        const real *src = t->src + lane + c * t->src_c + i * t->src_i;
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
        for (int lane = 0; lane < LANES; lane += VL) NAME(conv)(ft, xt, t, lane); \
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
        ALL for (int j = 0; j < jt; j++) v[j] = NAME(load)(src + j * t->src_j);
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

// ---- lanes to numbers ------------------------------------------------------------------------------

// a0 b0 a1 b1 … of the first halves of two vectors, and of the second.
#if VL == 16
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif VL == 8
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#elif VL == 4
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#else
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 2)
#define HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#endif

/* VL sums at once: zipping vectors k and k + half together and adding the halves leaves half as many
 * vectors, in which the lanes of all sums alternate; in the last one, lane k is sum k. */
TARGET static void NAME(add_lanes)(const real *sums, int n, real *dst) {
    vec v[VL];
    for (int k = 0; k < VL; k++) v[k] = k < n ? NAME(load)(sums + k * LANES) : (vec){0};
    ALL for (int half = VL / 2; half > 0; half /= 2)
        ALL for (int k = 0; k < half; k++) v[k] = LOW(v[k], v[k + half]) + HIGH(v[k], v[k + half]);
    if (n >= VL) NAME(store)(dst, NAME(load)(dst) + v[0]);
    for (int k = 0; n < VL && k < n; k++) dst[k] += v[0][k];
}

static void NAME(totals)(const real *sums, int n, real *dst) {
    for (int k = 0; k < n; k += VL) NAME(add_lanes)(sums + k * LANES, n - k, dst + k);
}

// A square of VL × VL numbers: zipping the two halves of its rows log₂ VL times turns it round.
TARGET static void NAME(turn_square)(const real *src, real *dst, ptrdiff_t ld) {
    vec v[VL], zipped[VL];
    ALL for (int i = 0; i < VL; i++) v[i] = NAME(load)(src + i * LANES);
    ALL for (int width = 1; width < VL; width *= 2) {
        ALL for (int k = 0; k < VL / 2; k++) {
            zipped[2 * k] = LOW(v[k], v[k + VL / 2]);
            zipped[2 * k + 1] = HIGH(v[k], v[k + VL / 2]);
        }
        ALL for (int k = 0; k < VL; k++) v[k] = zipped[k];
    }
    ALL for (int l = 0; l < VL; l++) NAME(store)(dst + l * ld, v[l]);
}

static void NAME(turn)(const real *src, int n, real *dst, ptrdiff_t ld) {
    int i = 0;
    for (; i + VL <= n; i += VL)
        for (int l = 0; l < LANES; l += VL) NAME(turn_square)(src + i * LANES + l, dst + l * ld + i, ld);
    for (; i < n; i++)
        for (int l = 0; l < LANES; l++) dst[l * ld + i] = src[i * LANES + l];
}

// ---- the row -----------------------------------------------------------------------------------------

#define CONV_AT(ft, xt) [ft][xt] = NAME(conv_##ft##x##xt),
#define GRAD_AT(ft, jt) [ft][jt] = NAME(grad_##ft##x##jt),
static void (*const NAME(conv_tiles)[LANES_MAX_F + 1][LANES_MAX_X + 1])(const ConvTile *) = {
    CONV_TILES(CONV_AT)};
static void (*const NAME(grad_tiles)[LANES_MAX_F + 1][LANES_MAX_J + 1])(const GradTile *) = {
    GRAD_TILES(GRAD_AT)};

const LanesKernels NAME(lanes) = {LARGEST, .conv = NAME(conv_tiles), .grad = NAME(grad_tiles),
                                  .total = NAME(totals), .turn = NAME(turn)};

#undef CONV_TILES
#undef GRAD_TILES
#undef LARGEST
#undef CONV
#undef GRAD
#undef CONV_AT
#undef GRAD_AT
#undef LOW
#undef HIGH
