/* chain.h — one value on its way through a few operations, one row each.
 *
 *     − µ  0.31        x − µ     ▐███      0.52 */
#pragma once
#include "viz/view/pieces/pieces.h"

// What is done ("− µ", or "" in the first row), with which number, what it is called then, and what it is.
// `max` (or 0: that of all rows) is what fills its bar.
typedef struct ChainRow { const char *step, *result; double operand, v, max; } ChainRow;

// n rows that fill r; row `current` (or −1) is in the marker's tint. The last one is hidden in predict mode.
void draw_chain(Screen *s, Rect r, const ChainRow *row, int n, int current);
