/* grid.h — rows and columns of text.
 *
 *     Grid *g = grid_make(arena, 2, (const Column[]){{"layer"}, {"weights", .right = true}});
 *     grid_cell(g, "conv 2 5x5"), grid_cell(g, "52");
 *     grid_print(g, &terminal);
 *
 * Columns are as wide as their widest cell. A table that is wider than the terminal takes the
 * room from its elastic columns, whose texts are then cut. */
#pragma once
#include "lang/arena.h"
#include "viz/terminal/terminal.h"

typedef struct Column {
    const char *title;
    bool right;    // numbers
    bool elastic;
    bool keep_end; // what is too long is cut in front: "…stage3.12"
} Column;

typedef struct Grid Grid;

// An empty table; `column` must live as long as it does. All its memory is the arena's.
Grid *grid_make(Arena *a, int n_columns, const Column *column);

// Fills in the next cell, from left to right and top to bottom, with a clean copy of the text.
void grid_cell(Grid *g, const char *text);

// A line is drawn above the next row, for sums.
void grid_rule(Grid *g);

void grid_print(const Grid *g, const Terminal *to);
