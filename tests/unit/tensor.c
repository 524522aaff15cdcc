/* tensor.c — every number has a place of its own in every layout, and copies keep it. */
#include "runtime/tensor.h"

#include <stdlib.h>

#include "tests/unit/test.h"

enum { N = 18, C = 3, H = 2, W = 5 };

static Tensor block(real *v, Layout layout) {
    return (Tensor){.v = v, .n = N, .c = C, .h = H, .w = W, .layout = layout};
}

static real *memory(void) { return calloc(2 * LANES * C * H * W, sizeof(real)); }

// Places worked out by hand: image 17, channel 2, row 1, column 4.
static const struct { Layout layout; size_t len, place; } places[] = {
    {LAYOUT_PLAIN, 18 * 30, ((17 * 3 + 2) * 2 + 1) * 5 + 4},
    {LAYOUT_LAST,  18 * 30, ((17 * 2 + 1) * 5 + 4) * 3 + 2},
    {LAYOUT_LANES, 32 * 30, (((1 * 3 + 2) * 2 + 1) * 5 + 4) * 16 + 1},
};

// Every number is written once; each then has the value it was given.
static void check_places(Tensor t) {
    int k = 0, kept = 0;
    for (int n = 0; n < N; n++)
    for (int c = 0; c < C; c++)
    for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) *at(t, n, c, y, x) = R(++k);
    k = 0;
    for (int n = 0; n < N; n++)
    for (int c = 0; c < C; c++)
    for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) kept += *at(t, n, c, y, x) == R(++k);
    CHECK(kept == N * C * H * W);
}

int main(void) {
    real *a = memory(), *b = memory();
    for (int i = 0; i < 3; i++) {
        const Tensor t = block(a, places[i].layout);
        tensor_zero(t);
        CHECK(tensor_len(t) == places[i].len);
        CHECK(at(t, 17, 2, 1, 4) == a + places[i].place);
        check_places(t);
        for (int j = 0; j < 3; j++) {
            const Tensor copy = block(b, places[j].layout);
            tensor_zero(copy);
            tensor_copy(copy, t);
            CHECK(*at(copy, 17, 2, 1, 4) == 18 * 30 && *at(copy, 0, 0, 0, 1) == 2);
        }
        CHECK(tensor_bad(t) == -1);
        *at(t, 17, 2, 1, 4) = R(NAN);
        CHECK(tensor_bad(t) == (ptrdiff_t)places[i].place);
        *at(t, 0, 0, 0, 0) = R(INFINITY);
        CHECK(tensor_bad(t) == 0);
    }
    const Tensor part = tensor_part(block(a, LAYOUT_LANES), 16, 18);
    CHECK(part.n == 2 && at(part, 1, 2, 1, 4) == a + places[2].place);
    CHECK(tensor_part((Tensor){.n = 4, .c = 1, .h = 1, .w = 1}, 1, 3).v == NULL);
    free(a), free(b);
    return test_end("tensor");
}
