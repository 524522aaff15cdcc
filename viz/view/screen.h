/* screen.h — what a panel draws on. */
#pragma once
#include <setjmp.h>

#include "lang/arena.h"
#include "viz/view/answer.h"
#include "viz/view/known.h"
#include "viz/view/view.h"
#include "viz/view/walk.h"

// Where things lie, dp. What depends on the size of the slide is in Screen.
enum {
    TOP_BAR = 52, STRIP_TOP = 62, CHIP_H = 36, LANE_GAP = 6, LOWER_CHIP_H = 28,
    TITLE_TOP = 148, PANELS_TOP = 196, FOOTER = 48, PANELS_BOTTOM = 56, // above the lower edge
    CHIP_GAP = 6
};

enum { MEASURED_HERE = 16 };

typedef struct Screen {
    DrawList *d;
    Arena *a;            // gone with the picture
    const View *v;
    const Stage *stage;
    const Node *node;    // of a layer's stages; else NULL
    Target here;         // what is walked over
    Hits *hits;
    double w;            // of the slide, without the model's text beside it
    Rect area;           // what is left for panels
    Measured measured[MEASURED_HERE]; // tensors of this picture alone that were measured last (map.c)
    int n_measured;
} Screen;

// ---- dividing a rectangle: a part is cut off, with a gap beside it -------------------------------

Rect cut_left(Rect *room, double w);
Rect cut_right(Rect *room, double w);
Rect cut_top(Rect *room, double h);
Rect cut_bottom(Rect *room, double h);

// ---- words that several panels use ---------------------------------------------------------------

// "8×26×26", or "400" for a vector.
const char *shape_words(Arena *a, Shape s);
const char *tensor_shape(Arena *a, Tensor t);

// The name of a stage for a chip ("Conv 1") and for a title ("Convolution 1"). A name given in
// the model stands as it is.
const char *stage_chip(Arena *a, const Trace *t, int stage);
const char *stage_title(Arena *a, const Trace *t, int stage);

// What a parameter is called: "Conv 1 W", "Norm γ". `room` bytes.
void param_words(const Trace *t, int param, char *text, size_t room);

// Adds "[1,0,2,2]" to a text of `room` bytes: as many numbers as a parameter of that rank has sides.
void print_place(int rank, int n, int c, int y, int x, char *text, size_t room);
