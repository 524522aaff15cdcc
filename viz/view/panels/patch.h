/* patch.h — what the panels of averages and enlargements share: a part of a map, large and with numbers. */
#pragma once
#include "viz/view/panels/layers.h"

// The part of a map around some cells, at most `most` on a side, as a grid of numbers in a card; the
// cells are marked.
typedef struct Patch {
    const char *title, *helper;
    Map map;
    Cells cells;
    int most;
    bool hatched;        // the other cells get nothing
} Patch;
void draw_patch(Screen *s, Rect r, const Patch *p);

// The cells of the input that output (c, y, x) reads, and how many there are.
Cells window_below(Screen *s, Spot at, int *n);

// An arrow from the card on the left into this one.
void draw_way_into(Screen *s, Rect card, Tone tone);
