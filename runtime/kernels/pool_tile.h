/* pool_tile.h — the kernel of pool.h, written once for all instruction sets (see each_isa.h). */

#include "runtime/kernels/each_isa_vec.h"

// What a comparison of vectors gives: every bit of a lane is set, or none.
#ifdef REAL_DOUBLE
typedef int64_t NAME(flags) __attribute__((vector_size(VL * sizeof(real))));
#else
typedef int32_t NAME(flags) __attribute__((vector_size(VL * sizeof(real))));
#endif
typedef int32_t NAME(places) __attribute__((vector_size(VL * sizeof(int32_t))));
#define flags NAME(flags)

#if VL == 16
#define SECOND_HALF(v) \
    __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)
#elif VL == 8
#define SECOND_HALF(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7)
#elif VL == 4
#define SECOND_HALF(v) __builtin_shufflevector(v, v, 2, 3, 2, 3)
#else
#define SECOND_HALF(v) __builtin_shufflevector(v, v, 1, 1)
#endif

// The first n numbers of two vectors that lie one behind the other.
INLINE void NAME(load_two)(const real *p, int n, vec v[2]) {
    v[0] = NAME(load_first)(p, n);
    v[1] = (vec){0};
    if (n > VL) v[1] = NAME(load_first)(p + VL, n - VL);
}

// The better one of two in each lane, and its offset.
INLINE void NAME(better)(vec v, flags offset, vec *best, flags *won) {
    const flags wins = (v > *best) | (v != v);
    *best = (vec)(((flags)v & wins) | ((flags)*best & ~wins));
    *won = (offset & wins) | (*won & ~wins);
}

INLINE void NAME(store_places)(int32_t *dst, int n, flags v) {
#ifdef FIRST // a store with a mask does not ask what kind of numbers they are
    if (n < VL) {
        STORE((real *)dst, n, (vec)v);
        return;
    }
#endif
    const NAME(places) at = __builtin_convertvector(v, NAME(places));
    memcpy(dst, &at, (size_t)n * sizeof *dst);
}

// Where the windows of a vector begin, 2·l behind `first`; those in its second half so much further behind.
INLINE flags NAME(first_places)(int32_t first, int32_t behind) {
    flags v;
    for (int l = 0; l < VL; l++) v[l] = 2 * l;
    const flags half = v >= VL;
    return v + first + (half & behind);
}

// The largest of each window of two rows of src.
INLINE vec NAME(largest)(const vec upper[2], const vec lower[2], flags first, int32_t src_w, flags *won) {
    vec best = EVEN(upper[0], upper[1]);
    *won = first;
    NAME(better)(ODD(upper[0], upper[1]), first + 1, &best, won);
    NAME(better)(EVEN(lower[0], lower[1]), first + src_w, &best, won);
    NAME(better)(ODD(lower[0], lower[1]), first + src_w + 1, &best, won);
    return best;
}

// n ≤ VL windows of one row; place is that of the first number.
INLINE void NAME(pool_row)(const real *src, int32_t place, int32_t src_w, int n, real *dst, int32_t *winner) {
    vec upper[2], lower[2];
    flags won;
    NAME(load_two)(src + place, 2 * n, upper);
    NAME(load_two)(src + place + src_w, 2 * n, lower);
    const vec best = NAME(largest)(upper, lower, NAME(first_places)(place, 0), src_w, &won);
    NAME(store_first)(dst, n, best);
    NAME(store_places)(winner, n, won);
}

// Two rows of n ≤ VL / 2 windows, each in one half of the vectors.
INLINE void NAME(pool_two_rows)(const real *src, int32_t place, int32_t src_w, int n, real *dst,
                                int32_t *winner) {
    const real *const a = src + place, *const b = a + 2 * src_w;
    const vec upper[2] = {NAME(load_first)(a, 2 * n), NAME(load_first)(b, 2 * n)};
    const vec lower[2] = {NAME(load_first)(a + src_w, 2 * n), NAME(load_first)(b + src_w, 2 * n)};
    flags won;
    const vec best = NAME(largest)(upper, lower, NAME(first_places)(place, 2 * src_w - VL), src_w, &won);
    NAME(store_first)(dst, n, best);
    NAME(store_places)(winner, n, won);
    NAME(store_first)(dst + n, n, SECOND_HALF(best));
    NAME(store_places)(winner + n, n, SECOND_HALF(won));
}

TARGET static void NAME(pool_2x2)(const real *src, int src_w, int H, int W, real *dst, int32_t *winner) {
    int y = 0;
    for (; y + 2 <= H && 2 * W <= VL; y += 2, dst += 2 * W, winner += 2 * W)
        NAME(pool_two_rows)(src, 2 * y * src_w, src_w, W, dst, winner);
    for (; y < H; y++, dst += W, winner += W)
        for (int x = 0; x < W; x += VL)
            NAME(pool_row)(src, 2 * y * src_w + 2 * x, src_w, W - x < VL ? W - x : VL, dst + x, winner + x);
}

const PoolKernels NAME(pool) = {.pool_2x2 = NAME(pool_2x2)};

#undef SECOND_HALF
#undef flags
