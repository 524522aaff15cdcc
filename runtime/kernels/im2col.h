/* im2col.h — the windows of an image as the columns of a matrix, and back.
 *
 * A convolution multiplies every window of an image by the same weights. Written side by side, one
 * window per column, the windows are a matrix, and the convolution is a matrix product:
 *
 *     col[(c·KH + i)·KW + j, y·OW + x] = src[c, y·S − top + i·D, x·S − left + j·D]
 *
 * Outside the image src counts as 0. Both functions do output rows y_lo ≤ y < y_hi of one image;
 * the window of place (y_lo, 0) is the first column of col, whose rows are ld numbers apart. */
#pragma once
#include <stddef.h>

#include "runtime/real.h"

// How the windows lie on an image of C × H × W: OH × OW places, S apart; the KH × KW pixels of a
// window are D apart, and the first window begins top rows above and left columns beside the image.
typedef struct Windows { int C, H, W, KH, KW, OH, OW, S, D, top, left; } Windows;

void im2col(const Windows *g, const real *src, int y_lo, int y_hi, real *col, ptrdiff_t ld);

// The way back for gradients: every number of col is added to the pixel it was copied from.
void col2im(const Windows *g, const real *col, ptrdiff_t ld, int y_lo, int y_hi, real *diff_src);
