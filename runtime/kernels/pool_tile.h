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

// The first n numbers of two vectors that lie one behind the other.
INLINE void NAME(load_two)(const real *p, int n, vec v[2]) {
    v[0] = v[1] = (vec){0};
    if (n >= VL) v[0] = NAME(load)(p);
    else v[0] = LOAD(p, n);
    if (n == 2 * VL) v[1] = NAME(load)(p + VL);
    else if (n > VL) v[1] = LOAD(p + VL, n - VL);
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

// n ≤ VL windows of one row; place is that of the first number.
INLINE void NAME(pool_row)(const real *upper, const real *lower, int32_t place, int32_t src_w, int n, real *dst,
                       int32_t *winner) {
    vec a[2], b[2];
    flags won, even;
    NAME(load_two)(upper, 2 * n, a);
    NAME(load_two)(lower, 2 * n, b);
    for (int l = 0; l < VL; l++) even[l] = 2 * l;
    won = even = even + place;
    vec best = EVEN(a[0], a[1]);
    NAME(better)(ODD(a[0], a[1]), even + 1, &best, &won);
    NAME(better)(EVEN(b[0], b[1]), even + src_w, &best, &won);
    NAME(better)(ODD(b[0], b[1]), even + src_w + 1, &best, &won);

    if (n == VL) NAME(store)(dst, best);
    else STORE(dst, n, best);
    NAME(store_places)(winner, n, won);
}

TARGET static void NAME(pool_2x2)(const real *src, int src_w, int H, int W, real *dst, int32_t *winner) {
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x += VL) {
            const int32_t place = 2 * y * src_w + 2 * x;
            const real *const upper = src + place;
            NAME(pool_row)(upper, upper + src_w, place, src_w, W - x < VL ? W - x : VL, dst + y * W + x,
                       winner + y * W + x);
        }
}

const PoolKernels NAME(pool) = {.pool_2x2 = NAME(pool_2x2)};

#undef flags
