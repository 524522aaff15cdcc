/* pool.h — what the two panels of max pooling share: a few windows, and who won in each. */
#pragma once
#include "viz/view/panels/layers.h"

enum { POOL_SIDE = 5 }; // windows in a row and in a column

// One window: its output, the place of the winner, and the part of the input it covers.
typedef struct PoolWindow { int y, x, winner_y, winner_x; Cells covers; } PoolWindow;

typedef struct Pools {
    int channel, top, left, rows, columns;    // the outputs that are shown
    PoolWindow window[POOL_SIDE * POOL_SIDE];
    Cells covers;                             // all of them together
    int current;
    double number[64];                        // what the current window holds, in order
    int n_numbers, winner;
} Pools;

// The windows around output (y, x) of channel c.
Pools pools_around(Screen *s, int c, int y, int x);

// The shown part of the input with its windows' frames; winners are outlined in `tone`.
void draw_pool_windows(Screen *s, Rect r, const Map *m, const Pools *p, Tone tone, bool others_hatched);

// "max(1.84, 0.38, 0.69, 0.12)"
const char *pool_text(Screen *s, const Pools *p);
