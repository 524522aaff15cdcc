/* hatch.h — parallel lines at 45° as a mask of pixels.
 *
 * Lines are where x + y is a multiple of `gap`. So a pixel's share of ink depends on the sum of its
 * coordinates alone, and every row is the row above moved by one pixel: shares are worked out for
 * one row and one column, and copied. */
#pragma once
#include <stdint.h>

// Lines `width` wide where x + y = start + k·gap, in pixels.
typedef struct Hatching { double start, gap, width; } Hatching;

// Fills columns × rows bytes, the first of which is the pixel (x, y): 0 none, 255 all of it is ink.
// `share` has room for columns + rows bytes.
void hatch_mask(const Hatching *h, int x, int y, int columns, int rows, uint8_t *share, uint8_t *mask,
                int stride);
