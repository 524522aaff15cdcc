/* numbers_grid.h — a part of a map or of a vector as rows and columns of numbers.
 *
 *     channel 3, rows 10 to 13, columns 5 to 7
 *             5      6        7
 *     10  0.117      0   -0.238
 *     11      0  1.205  [4.062]
 *
 * The chosen number stands in brackets. */
#pragma once
#include "lang/arena.h"
#include "runtime/tensor.h"
#include "viz/terminal/terminal.h"

// Around channel c, row y, column x of image 0 of t.
void numbers_grid(const Terminal *to, Arena *a, Tensor t, int c, int y, int x);

// Of each channel its mean, smallest and largest number and the share of zeros; nothing for a vector
// or a single channel.
void channels_grid(const Terminal *to, Arena *a, Tensor t, int chosen);
