/* stages.h — a traced training step as text: a table of its stages, and one stage with its numbers.
 *
 * The numbers of a stage are those of the inspected picture, the first of the batch. Lines are made
 * for reading aloud, too: what a number is stands before it. */
#pragma once
#include "runtime/trace.h"
#include "viz/terminal/terminal.h"

// Which number of a stage is to be worked out.
typedef struct Place {
    bool given;          // false: the largest output, or the gradient of the largest size
    const char *param;   // of this parameter ("weight", "conv1.weight"); NULL: an output or input
    int param_len;       // bytes of that name
    int n, at[4];        // so many numbers were given; the others are 0
} Place;

// Reads "3,14,9", "7" or "weight:3,0,2,2". False with a message.
bool place_read(Place *p, const char *text, Error *e);

// Tables of all stages: the way there, with the picture, the layers and the loss; the way back.
void stages_forward(const Terminal *to, Arena *a, const Trace *t);
void stages_backward(const Terminal *to, Arena *a, const Trace *t);

// One stage, and one of its numbers worked out. False with a message if it has no such number.
bool stage_print(const Terminal *to, Arena *a, const Trace *t, int stage, const Place *place, Error *e);
