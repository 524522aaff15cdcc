/* resize.c — the fast way to another size gives the numbers of the definition. */
#include "runtime/data/resize.h"

#include <stdlib.h>

#include "runtime/data/dataset.h"
#include "runtime/rng.h"
#include "tests/unit/test.h"

static const struct { int h, w, c, h2, w2; } rows[] = {
    {1, 1, 1, 1, 1},   {1, 1, 3, 5, 4},   {7, 5, 1, 7, 5},   {7, 5, 3, 3, 2},  {7, 5, 3, 14, 10},
    {7, 5, 3, 3, 11},  {7, 5, 1, 11, 3},  {64, 48, 3, 16, 16}, {33, 91, 3, 32, 32},
    {2, 300, 1, 1, 7}, {300, 2, 3, 7, 1}, {3, 3, 1, 100, 1}, {5, 1, 3, 1, 50},
};

// Random bytes, and the same as numbers.
static void fill(uint8_t *bytes, real *v, int n, uint64_t seed) {
    const Rng r = rng_make(seed, "resize");
    for (int i = 0; i < n; i++) v[i] = bytes[i] = (uint8_t)rng_below(r, (uint64_t)i, 256);
}

static void check_bytes(size_t i) {
    const int h = rows[i].h, w = rows[i].w, c = rows[i].c, h2 = rows[i].h2, w2 = rows[i].w2;
    const size_t n = (size_t)(h * w * c), n2 = (size_t)(h2 * w2 * c);
    uint8_t *src = malloc(n), *dst = malloc(n2);
    real *v = malloc(n * sizeof *v), *plane = malloc((size_t)(h * w) * sizeof *v);
    real *want = malloc((size_t)(h2 * w2) * sizeof *v);
    fill(src, v, (int)n, i);
    CHECK(resize_bytes(src, h, w, c, dst, h2, w2));
    for (int k = 0; k < c; k++) {
        for (int p = 0; p < h * w; p++) plane[p] = v[p * c + k];
        resize_channel_ref(plane, h, w, want, h2, w2);
        bool same = true;
        for (int p = 0; p < h2 * w2; p++)
            same = same && fabs(dst[p * c + k] - (double)want[p]) <= 0.5 + 1e-4;
        if (!CHECK(same)) printf("row %zu, channel %d\n", i, k);
    }
    free(src), free(dst), free(v), free(plane), free(want);
}

static void check_step(size_t i) {
    const int h = rows[i].h, w = rows[i].w, c = rows[i].c, h2 = rows[i].h2, w2 = rows[i].w2;
    const size_t n = (size_t)(h * w * c), n2 = (size_t)(h2 * w2);
    uint8_t *bytes = malloc(n);
    real *src = malloc(n * sizeof *src), *dst = malloc(n2 * (size_t)c * sizeof *dst);
    real *want = malloc(n2 * sizeof *want);
    fill(bytes, src, (int)n, i + 100);
    const ImageStep s = {.src = {src, 1, c, h, w, LAYOUT_PLAIN}, .dst = {dst, 1, c, h2, w2, LAYOUT_PLAIN}};
    resize_step.apply(&s);
    for (int k = 0; k < c; k++) {
        resize_channel_ref(src + (size_t)k * (size_t)(h * w), h, w, want, h2, w2);
        bool same = true;
        for (size_t p = 0; p < n2; p++)
            same = same && fabs((double)dst[(size_t)k * n2 + p] - (double)want[p]) <= 1e-4;
        if (!CHECK(same)) printf("row %zu, channel %d\n", i, k);
    }
    free(bytes), free(src), free(dst), free(want);
}

// The mean of everything stays the mean when whole numbers of pixels become one.
static void check_mean(void) {
    uint8_t src[6 * 4], dst[3 * 2];
    real v[6 * 4];
    double before = 0, after = 0;
    fill(src, v, 24, 7);
    CHECK(resize_bytes(src, 6, 4, 1, dst, 3, 2));
    for (int i = 0; i < 24; i++) before += src[i] / 24.;
    for (int i = 0; i < 6; i++) after += dst[i] / 6.;
    CHECK_NEAR(after, before, 0.5);
}

int main(void) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_bytes(i);
        check_step(i);
    }
    check_mean();
    return test_end("resize");
}
