/* exif.c — Exif blocks worked out by hand, and every way to cut them short. */
#include "runtime/data/exif.h"

#include <stdint.h>
#include <stdlib.h>

#include "tests/unit/test.h"

#define BLOCK(...) {.v = {__VA_ARGS__}, .n = sizeof (uint8_t[]){__VA_ARGS__}}
#define HEAD 'E', 'x', 'i', 'f', 0, 0
#define BIG HEAD, 'M', 'M', 0, 42, 0, 0, 0, 8
#define LITTLE HEAD, 'I', 'I', 42, 0, 8, 0, 0, 0
#define OTHER 0x01, 0x0F, 0, 2, 0, 0, 0, 4, 'C', 'a', 'm', 0 // who made the camera

typedef struct Block { uint8_t v[80]; size_t n; } Block;

static const struct { Block block; int orientation; } rows[] = {
    {BLOCK(BIG, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0), 6},
    {BLOCK(LITTLE, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0), 8},
    {BLOCK(BIG, 0, 2, OTHER, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 3, 0, 0), 3},
    {BLOCK(HEAD, 'M', 'M', 0, 42, 0, 0, 0, 10, 9, 9, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 2, 0, 0), 2},
    {BLOCK(BIG, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0), 1},  // 0: not known
    {BLOCK(BIG, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0), 1},
    {BLOCK(BIG, 0, 1, 0x01, 0x12, 0, 2, 0, 0, 0, 1, 0, 6, 0, 0), 1},  // a text
    {BLOCK(BIG, 0, 1, OTHER), 1},
    {BLOCK(BIG, 0, 0), 1},
    {BLOCK(BIG, 0xFF, 0xFF, OTHER), 1},                               // more entries than bytes
    {BLOCK(HEAD, 'M', 'M', 0, 42, 0xFF, 0xFF, 0xFF, 0xFF, 0, 1), 1},  // a list far away
    {BLOCK(HEAD, 'M', 'M', 0, 42, 0, 0, 0, 7, 0, 1), 1},
    {BLOCK(HEAD, 'M', 'I', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0), 1},
    {BLOCK(HEAD, 'M', 'M', 0, 43, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0), 1},
    {BLOCK('h', 't', 't', 'p', ':', '/', '/', 'n', 's', '.', 'a', 'd', 'o', 'b', 'e', '.'), 1},
};

// A copy of exactly that many bytes, so that a read behind them is found.
static int orientation_of(const Block *b, size_t n) {
    uint8_t *copy = malloc(n + !n);
    memcpy(copy, b->v, n);
    const int orientation = exif_orientation(copy, n);
    free(copy);
    return orientation;
}

static void check_rows(void) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Block *b = &rows[i].block;
        if (!CHECK(orientation_of(b, b->n) == rows[i].orientation)) printf("row %zu\n", i);
        for (size_t cut = 0; cut < b->n; cut++) CHECK(orientation_of(b, cut) == 1);
    }
}

// Pixel (x, y) of a 3 × 2 picture is seen at (X, Y).
static const struct { int orientation, x, y, X, Y; } seen[] = {
    {1, 2, 1, 2, 1}, {2, 2, 1, 0, 1}, {3, 2, 1, 0, 0}, {4, 2, 1, 2, 0},
    {5, 2, 1, 1, 2}, {6, 2, 1, 0, 2}, {7, 2, 1, 0, 0}, {8, 2, 1, 1, 0},
    {6, 0, 0, 1, 0}, {8, 0, 0, 0, 2}, {7, 0, 0, 1, 2}, {5, 0, 0, 0, 0},
};

static void check_turns(void) {
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        const Turn t = exif_turn(seen[i].orientation, 3, 2);
        const ptrdiff_t at = t.first + seen[i].x * t.right + seen[i].y * t.down;
        CHECK(t.w == (seen[i].orientation < 5 ? 3 : 2) && t.h == (seen[i].orientation < 5 ? 2 : 3));
        if (!CHECK(at == seen[i].Y * t.w + seen[i].X)) printf("orientation %d\n", seen[i].orientation);
    }
}

int main(void) {
    check_rows();
    check_turns();
    return test_end("exif");
}
