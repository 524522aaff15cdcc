/* layers.h — what the panels of layers have in common. */
#pragma once
#include "viz/view/panel.h"
#include "viz/view/pieces/pieces.h"

// The value of input k of the stage's layer: of the picture's numbers if that is the network's input.
Tensor layer_src(const Screen *s, int k);

bool layer_has_bias(const Screen *s);

// A sum's own card: its terms as rows, and the order they stand in.
void draw_sum_card(Screen *s, Rect r, const Answer *x);

// A card with one map of a tensor, `marked` cells of it in the marker. `h` 0: nothing is marked.
typedef struct Cells { int channel, y, x, h, w; } Cells;
void draw_map_card(Screen *s, Rect r, const char *title, Tensor v, int target, Cells marked, int done);

// Where the operands of an answer lie in one tensor: around those of the current term's channel.
Cells operand_cells(Screen *s, const Answer *x, OperandOf of, int k);

// The card with what is walked over, filling up to the current number.
void draw_result_card(Screen *s, Rect r, const char *title);

// The channels at the right edge, at both sides of what is left a map that is read and the one walked over,
// each at most so much of its width. What is between them is left. Level Pixel.
typedef struct Sides {
    double share;
    const char *from;
    Tensor v;            // .v NULL: nothing is read, and hatched
    Cells marked;
    const char *to;
} Sides;
void draw_sides(Screen *s, Rect *room, const Sides *w);

// What a panel's text asks about layers: a screen without anything to draw on.
Screen told_screen(const Telling *t);

// The same for a gradient at the current place, and one channel of it (any_backward.c).
void draw_gradient_number(Screen *s);
void draw_gradient_channel(Screen *s);

// A matrix with at most 128 rows and columns: of each block the number farthest from zero.
Tensor matrix_shrunk(Screen *s, const real *v, int rows, int columns);

// The same with the first number of each block, which leaves a matrix of weights its look; one number of
// `*of` is shown.
Tensor matrix_sampled(Screen *s, const real *v, int rows, int columns, int *of);

// What stands at the right of a sum.
const char *terms_note(Screen *s, const Answer *x);

// What a layer of any kind shows at level Pixel and Multiply: where the operands lie, the terms,
// and where the result goes.
void draw_number(Screen *s, const char *from_title, Tensor from, OperandOf of, const char *to_title);
