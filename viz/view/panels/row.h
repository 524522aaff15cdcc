/* row.h — what the panels of flatten share: maps and the one row of numbers that they are, side by side. */
#pragma once
#include "viz/view/panels/layers.h"

// The row is broken into lines that belong to one channel each; a bar in the channel's colour stands
// between its map and its numbers.
typedef struct Row {
    Tensor row;          // C·H·W numbers
    Tensor maps;         // C × H × W
    int row_target, maps_target; // what a click goes to; −1: nothing
    int at;              // the current number of the row, or −1: all are there and none is marked
    bool filling;        // those behind the current one are not there yet
    Tone way;            // of the arrows: to the row (forward), or from it
    bool back;
} Row;

// As many channels as fit, the current one among them.
void draw_row(Screen *s, Rect r, const Row *row);
