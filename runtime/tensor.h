/* tensor.h — a block of numbers with four sides; it never owns them.
 *
 * Every activation is N × C × H × W: images, channels, rows, columns. A vector is C × 1 × 1,
 * convolution weights are O × I × K × K, dense weights O × I × 1 × 1. The rank is fixed, so no
 * kernel and no explanation has to think about reshaping.
 *
 * Where a number lies in memory is the plan's choice, made once for a whole network. at() is the
 * one place that knows; definitions and the viewer use nothing else. Files, traces and exports are
 * always in the plain order. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "runtime/real.h"

typedef enum Layout {
    LAYOUT_PLAIN, // N C H W: one image after the other, one channel after the other
    LAYOUT_LAST,  // N H W C: the channels of one place side by side
    LAYOUT_LANES  // N/16 C H W 16: sixteen images side by side, a vector lane is an image
} Layout;

enum { LANES = 16 };

typedef struct Tensor { real *v; int n, c, h, w; Layout layout; } Tensor;

// The numbers in one image of t, and in all of it. Lanes of a last group that no image fills count.
static inline size_t tensor_image(Tensor t) { return (size_t)t.c * (size_t)t.h * (size_t)t.w; }

static inline size_t tensor_len(Tensor t) {
    const size_t n = t.layout == LAYOUT_LANES ? ((size_t)t.n + LANES - 1) / LANES * LANES : (size_t)t.n;
    return n * tensor_image(t);
}

// Where the number of image n, channel c, row y, column x lies.
static inline real *at(Tensor t, int n, int c, int y, int x) {
    const size_t N = (size_t)n, C = (size_t)t.c, H = (size_t)t.h, W = (size_t)t.w;
    const size_t f = (size_t)c, i = (size_t)y, j = (size_t)x;
    switch (t.layout) {
    case LAYOUT_PLAIN: break;
    case LAYOUT_LAST:  return t.v + ((N * H + i) * W + j) * C + f;
    case LAYOUT_LANES: return t.v + (((N / LANES * C + f) * H + i) * W + j) * LANES + N % LANES;
    }
    return t.v + ((N * C + f) * H + i) * W + j;
}

// Images [lo, hi) of t. In LAYOUT_LANES lo must be a multiple of LANES.
static inline Tensor tensor_part(Tensor t, int lo, int hi) {
    if (t.v) t.v += (size_t)lo * tensor_image(t);
    t.n = hi - lo;
    return t;
}

// Sets every number to zero.
void tensor_zero(Tensor t);

// Copies src into dst, which has the same sides and may have another layout.
void tensor_copy(Tensor dst, Tensor src);

// The place of the first number that is infinite or not a number, or -1.
ptrdiff_t tensor_bad(Tensor t);
