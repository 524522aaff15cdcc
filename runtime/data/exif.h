/* exif.h — which way up is a photograph? */
#pragma once
#include <stddef.h>
#include <stdint.h>

// The orientation 1 … 8 that an Exif block (what stands in the APP1 marker of a JPEG) gives; 1, as
// it lies, if the bytes are no such block or are damaged.
int exif_orientation(const uint8_t *bytes, size_t len);

// Where the pixels of a w × h picture go when it is set upright: pixel (x, y) becomes number
// first + x · right + y · down of a picture whose width is `w` of this.
typedef struct Turn { int w, h; ptrdiff_t first, right, down; } Turn;
Turn exif_turn(int orientation, int w, int h);
