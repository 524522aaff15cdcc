/* winograd_tile.h — the transforms of winograd.h, written once for all instruction sets.
 *
 * winograd.c reads this file once for each of them (each_isa.h says with what defined). Where a vector
 * has fewer than LANES numbers, the same is done for one piece of the lanes after the other. Every
 * matrix has only 0, 1 and −1 in it, so that a transform is a few additions. */

#include "runtime/kernels/each_isa_vec.h"

// ---- V = Bᵀ·d·B ----------------------------------------------------------------------------------

// Column x of four rows, times Bᵀ.
INLINE void NAME(see_column)(const WinogradRows *d, int x, int lane, vec out[4]) {
    vec v[4];
    ALL for (int i = 0; i < 4; i++) {
        const bool there = d->row[i] && x >= 0 && x < d->W;
        v[i] = there ? NAME(load)(d->row[i] + (ptrdiff_t)x * LANES + lane) : (vec){0};
    }
    out[0] = v[0] - v[2];
    out[1] = v[1] + v[2];
    out[2] = v[2] - v[1];
    out[3] = v[1] - v[3];
}

// Neighbouring tiles share two columns.
INLINE void NAME(see_lane)(const WinogradRows *d, int n, real *V, ptrdiff_t next, int lane) {
    vec left[2][4], right[2][4];
    NAME(see_column)(d, d->x, lane, left[0]);
    NAME(see_column)(d, d->x + 1, lane, left[1]);
    for (int t = 0; t < n; t++) {
        real *const to = V + (ptrdiff_t)t * LANES + lane;
        NAME(see_column)(d, d->x + 2 * t + 2, lane, right[0]);
        NAME(see_column)(d, d->x + 2 * t + 3, lane, right[1]);
        ALL for (int i = 0; i < 4; i++) {
            NAME(store)(to + (4 * i + 0) * next, left[0][i] - right[0][i]);
            NAME(store)(to + (4 * i + 1) * next, left[1][i] + right[0][i]);
            NAME(store)(to + (4 * i + 2) * next, right[0][i] - left[1][i]);
            NAME(store)(to + (4 * i + 3) * next, left[1][i] - right[1][i]);
            left[0][i] = right[0][i];
            left[1][i] = right[1][i];
        }
    }
}

TARGET static void NAME(see)(const WinogradRows *d, int n, real *V, ptrdiff_t next) {
    for (int lane = 0; lane < LANES; lane += VL) NAME(see_lane)(d, n, V, next, lane);
}

// ---- A·δ·Aᵀ --------------------------------------------------------------------------------------

// Column x of two rows, times A.
INLINE void NAME(spread_column)(const WinogradRows *d, int x, int lane, vec out[4]) {
    vec v[2];
    ALL for (int i = 0; i < 2; i++) {
        const bool there = d->row[i] && x < d->W;
        v[i] = there ? NAME(load)(d->row[i] + (ptrdiff_t)x * LANES + lane) : (vec){0};
    }
    out[0] = v[0];
    out[1] = v[0] + v[1];
    out[2] = v[0] - v[1];
    out[3] = -v[1];
}

TARGET static void NAME(spread)(const WinogradRows *d, int n, real *M, ptrdiff_t next) {
    for (int t = 0; t < n; t++)
    for (int lane = 0; lane < LANES; lane += VL) {
        real *const to = M + (ptrdiff_t)t * LANES + lane;
        vec left[4], right[4];
        NAME(spread_column)(d, d->x + 2 * t, lane, left);
        NAME(spread_column)(d, d->x + 2 * t + 1, lane, right);
        ALL for (int i = 0; i < 4; i++) {
            NAME(store)(to + (4 * i + 0) * next, left[i]);
            NAME(store)(to + (4 * i + 1) * next, left[i] + right[i]);
            NAME(store)(to + (4 * i + 2) * next, left[i] - right[i]);
            NAME(store)(to + (4 * i + 3) * next, -right[i]);
        }
    }
}

// ---- Aᵀ·M·A --------------------------------------------------------------------------------------

INLINE void NAME(put_sum)(real *to, vec v, real bias, bool add) {
    NAME(store)(to, add ? NAME(load)(to) + v : v + bias);
}

TARGET static void NAME(gather)(const real *M, ptrdiff_t next, int n, real bias, bool add, real *const row[2],
                                int W) {
    for (int t = 0; t < n; t++)
    for (int lane = 0; lane < LANES; lane += VL) {
        const real *const from = M + (ptrdiff_t)t * LANES + lane;
        vec top[4], bottom[4];
        ALL for (int j = 0; j < 4; j++) {
            const vec m1 = NAME(load)(from + (4 + j) * next), m2 = NAME(load)(from + (8 + j) * next);
            top[j] = NAME(load)(from + j * next) + m1 + m2;
            bottom[j] = m1 - m2 - NAME(load)(from + (12 + j) * next);
        }
        const ptrdiff_t x = 2 * (ptrdiff_t)t * LANES + lane;
        const bool two = 2 * t + 1 < W;
        if (row[0]) NAME(put_sum)(row[0] + x, top[0] + top[1] + top[2], bias, add);
        if (row[0] && two) NAME(put_sum)(row[0] + x + LANES, top[1] - top[2] - top[3], bias, add);
        if (row[1]) NAME(put_sum)(row[1] + x, bottom[0] + bottom[1] + bottom[2], bias, add);
        if (row[1] && two) NAME(put_sum)(row[1] + x + LANES, bottom[1] - bottom[2] - bottom[3], bias, add);
    }
}

// ---- the row -------------------------------------------------------------------------------------

const WinogradKernels NAME(winograd) = {.see = NAME(see), .spread = NAME(spread), .gather = NAME(gather)};
