/* last_tile.h — the kernels of last.h, written once for all instruction sets.
 *
 * last.c reads this file once for each of them (each_isa.h says with what defined). The sizes of a tile
 * are constants in each of the functions that TILES makes: the registers hold xt·nv sums, nv vectors of
 * weights and one number of src. */

#include "runtime/kernels/each_isa_vec.h"

#if REGISTERS == 32
#define TILES(T) PLACES_14(T, 1) PLACES_12(T, 2) PLACES_8(T, 3) PLACES_6(T, 4)
#define LARGEST  .most_v = 4, .most_x = {0, 14, 12, 8, 6}
#elif REGISTERS == 16
#define TILES(T) PLACES_8(T, 1) PLACES_6(T, 2)
#define LARGEST  .most_v = 2, .most_x = {0, 8, 6}
#else
#define TILES(T) PLACES_4(T, 1) PLACES_4(T, 2)
#define LARGEST  .most_v = 2, .most_x = {0, 4, 4}
#endif

// ---- products ------------------------------------------------------------------------------------

// One of the P products. What stands in `t` is read once: the compiler must not fear that dst is part of it.
INLINE void NAME(tile)(const int xt, const int nv, const LastTile t, const real *src, const real *weights,
                       real *dst) {
    vec sum[LAST_MAX_X][LAST_MAX_V], w[LAST_MAX_V];
    ALL for (int v = 0; v < nv; v++) {
        const vec bias = t.bias ? NAME(load)(t.bias + v * VL) : (vec){0};
        ALL for (int x = 0; x < xt; x++) sum[x][v] = bias;
    }
    for (int i = 0; i < t.I; i++, src += t.src_i)
        for (int k = 0; k < t.K; k++, weights += t.weights_k) {
            ALL for (int v = 0; v < nv; v++) w[v] = NAME(load)(weights + v * VL);
            ALL for (int x = 0; x < xt; x++) {
                const vec a = src[x * t.src_x + k] - (vec){0};
                ALL for (int v = 0; v < nv; v++) sum[x][v] = FMA(a, w[v], sum[x][v]);
            }
        }
    ALL for (int x = 0; x < xt; x++, dst += t.dst_x)
        ALL for (int v = 0; v < nv; v++) NAME(store)(dst + v * VL, sum[x][v]);
}

INLINE void NAME(tiles)(const int xt, const int nv, const LastTile t) {
    for (int p = 0; p < t.P; p++)
        NAME(tile)(xt, nv, t, t.src + p * t.src_p, t.weights + p * t.weights_p, t.dst + p * t.dst_p);
}

// ---- Winograd's transforms -----------------------------------------------------------------------

// A column of four places, times Bᵀ.
INLINE void NAME(see_column)(const real *d, ptrdiff_t row, vec t[4][4], const int j) {
    const vec a = NAME(load)(d), b = NAME(load)(d + row), e = NAME(load)(d + 2 * row);
    const vec f = NAME(load)(d + 3 * row);
    t[0][j] = a - e, t[1][j] = b + e, t[2][j] = e - b, t[3][j] = b - f;
}

// The last two columns of a tile are the first two of the next.
TARGET static void NAME(see)(const real *d, ptrdiff_t row, int n, int tiles, real *V, ptrdiff_t next) {
    for (int c = 0; c < n; c += VL) {
        vec t[4][4];
        const real *from = d + c;
        real *to = V + c;
        NAME(see_column)(from, row, t, 2);
        NAME(see_column)(from + n, row, t, 3);
        for (int k = 0; k < tiles; k++, to += n) {
            from += 2 * n;
            ALL for (int i = 0; i < 4; i++) t[i][0] = t[i][2], t[i][1] = t[i][3];
            NAME(see_column)(from, row, t, 2);
            NAME(see_column)(from + n, row, t, 3);
            ALL for (int i = 0; i < 4; i++) {
                NAME(store)(to + 4 * i * next, t[i][0] - t[i][2]);
                NAME(store)(to + (4 * i + 1) * next, t[i][1] + t[i][2]);
                NAME(store)(to + (4 * i + 2) * next, t[i][2] - t[i][1]);
                NAME(store)(to + (4 * i + 3) * next, t[i][1] - t[i][3]);
            }
        }
    }
}

// One tile and one vector of it.
INLINE void NAME(gather_tile)(const real *M, ptrdiff_t next, vec bias, int h, int w, real *dst, ptrdiff_t row,
                              ptrdiff_t column) {
    vec t[2][4];
    ALL for (int j = 0; j < 4; j++) {
        const real *const from = M + j * next;
        const vec a = NAME(load)(from), b = NAME(load)(from + 4 * next), c = NAME(load)(from + 8 * next);
        t[0][j] = a + b + c, t[1][j] = b - c - NAME(load)(from + 12 * next);
    }
    ALL for (int i = 0; i < 2; i++) {
        if (i < h) NAME(store)(dst + i * row, t[i][0] + t[i][1] + t[i][2] + bias);
        if (i < h && w > 1) NAME(store)(dst + i * row + column, t[i][1] - t[i][2] - t[i][3] + bias);
    }
}

TARGET static void NAME(gather)(const real *M, ptrdiff_t next, int n, const real *bias, int h, int w,
                                real *dst, ptrdiff_t row, ptrdiff_t column) {
    for (int f = 0; f < n; f += VL) {
        const vec first = bias ? NAME(load)(bias + f) : (vec){0};
        for (int x = 0; x < w; x += 2)
            NAME(gather_tile)(M + x / 2 * n + f, next, first, h, w - x, dst + x * column + f, row,
                              column);
    }
}

// ---- one function for every size -----------------------------------------------------------------

#define FUNCTION(xt, nv) \
    TARGET static void NAME(tile_##xt##x##nv)(const LastTile *t) { NAME(tiles)(xt, nv, *t); }
TILES(FUNCTION)

#define ENTRY(xt, nv) [nv][xt] = NAME(tile_##xt##x##nv),
static void (*const NAME(products)[LAST_MAX_V + 1][LAST_MAX_X + 1])(const LastTile *t) = {TILES(ENTRY)};

const LastKernels NAME(last) = {.vl = VL, LARGEST, .product = NAME(products), .see = NAME(see),
                                .gather = NAME(gather)};

#undef FUNCTION
#undef ENTRY
#undef TILES
#undef LARGEST
