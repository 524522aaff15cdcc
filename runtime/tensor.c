/* tensor.c — the few things a block of numbers can do by itself. */
#include "runtime/tensor.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void tensor_zero(Tensor t) { memset(t.v, 0, tensor_len(t) * sizeof *t.v); }

void tensor_copy(Tensor dst, Tensor src) {
    assert(dst.n == src.n && dst.c == src.c && dst.h == src.h && dst.w == src.w);
    if (dst.layout == src.layout) {
        memcpy(dst.v, src.v, tensor_len(src) * sizeof *src.v);
        return;
    }
    for (int n = 0; n < src.n; n++)
    for (int c = 0; c < src.c; c++)
    for (int y = 0; y < src.h; y++)
    for (int x = 0; x < src.w; x++)
        *at(dst, n, c, y, x) = *at(src, n, c, y, x);
}

ptrdiff_t tensor_bad(Tensor t) {
    for (size_t i = 0, n = tensor_len(t); i < n; i++)
        if (!isfinite(t.v[i])) return (ptrdiff_t)i;
    return -1;
}
