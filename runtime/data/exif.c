/* exif.c — which way up is a photograph? A camera that was held sideways writes the picture as it
 * lay and a number that says how to turn it:
 *
 *     "Exif" 0 0       then a TIFF header, from which all offsets count:
 *     "II" or "MM"     numbers are little- or big-endian
 *     42               u16
 *     offset           u32, of a list: u16 how many, and 12 bytes for each entry:
 *                      u16 tag, u16 type, u32 count, 4 bytes of value
 *
 * The entry with tag 0x0112 has the orientation. Row 0 and column 0 of the file are seen as
 *
 *     1 top, left       2 top, right      3 bottom, right     4 bottom, left
 *     5 left, top       6 right, top      7 right, bottom     8 left, bottom
 *
 * Source: CIPA DC-008, "Exchangeable image file format for digital still cameras", §4.6. */
#include "runtime/data/exif.h"

#include <stdbool.h>
#include <string.h>

enum { ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY = 12, TIFF_HEADER = 8 };

typedef struct Tiff { const uint8_t *v; size_t len; bool big; } Tiff;

// The caller has checked that the bytes are there.
static unsigned u16(const Tiff *t, size_t at) {
    const uint8_t *b = t->v + at;
    return t->big ? (unsigned)(b[0] << 8 | b[1]) : (unsigned)(b[1] << 8 | b[0]);
}

static size_t u32(const Tiff *t, size_t at) {
    const size_t a = u16(t, at), b = u16(t, at + 2);
    return t->big ? a << 16 | b : b << 16 | a;
}

static bool tiff_open(Tiff *t, const uint8_t *bytes, size_t len) {
    static const char head[] = "Exif\0"; // and the 0 that ends it
    if (len < sizeof head + TIFF_HEADER || memcmp(bytes, head, sizeof head) != 0) return false;
    *t = (Tiff){.v = bytes + sizeof head, .len = len - sizeof head};
    t->big = t->v[0] == 'M';
    return t->v[0] == t->v[1] && (t->big || t->v[0] == 'I') && u16(t, 2) == 42;
}

int exif_orientation(const uint8_t *bytes, size_t len) {
    Tiff t;
    if (!tiff_open(&t, bytes, len)) return 1;
    const size_t list = u32(&t, 4);
    if (list > t.len - 2) return 1;
    const size_t n = u16(&t, list), first = list + 2, fit = (t.len - first) / ENTRY;
    for (size_t i = 0; i < n && i < fit; i++) {
        const size_t at = first + i * ENTRY;
        if (u16(&t, at) != ORIENTATION) continue;
        const unsigned v = u16(&t, at + 8);
        return u16(&t, at + 2) == TYPE_SHORT && v >= 1 && v <= 8 ? (int)v : 1;
    }
    return 1;
}

Turn exif_turn(int orientation, int w, int h) {
    static const struct { bool across, flip_x, flip_y; } turn[] = {
        [1] = {0, 0, 0}, [2] = {0, 1, 0}, [3] = {0, 1, 1}, [4] = {0, 0, 1},
        [5] = {1, 0, 0}, [6] = {1, 0, 1}, [7] = {1, 1, 1}, [8] = {1, 1, 0},
    };
    const bool across = turn[orientation].across;
    Turn t = {.w = across ? h : w, .h = across ? w : h};
    t.right = across ? t.w : 1; // the step from one pixel of a row to the next
    t.down = across ? 1 : t.w;
    if (turn[orientation].flip_x) t.first += (w - 1) * t.right, t.right = -t.right;
    if (turn[orientation].flip_y) t.first += (h - 1) * t.down, t.down = -t.down;
    return t;
}
