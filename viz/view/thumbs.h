/* thumbs.h — small pictures of the data, read once: a photograph is decoded and made smaller when it is
 * asked for first, not whenever the window is drawn. */
#pragma once
#include "runtime/data/dataset.h"
#include "viz/draw/draw.h"

enum { MOST_THUMBS = 32, THUMB_SIDE = 96 }; // pixels, at most

typedef struct Thumb {
    int picture;         // its number in the part
    int w, h, c;         // c: 1 gray, 3 colour
    float *v;            // h × w × c numbers 0 … 1; NULL: this place is free
} Thumb;

typedef struct Thumbs { Thumb thumb[MOST_THUMBS]; } Thumbs;

// Has these pictures ready, at most MOST_THUMBS, and no others. One that cannot be read is left out.
void thumbs_want(Thumbs *t, const Dataset *d, Part part, const int *picture, int n);
void thumbs_free(Thumbs *t);

// Draws one within r, as large as it can be; an empty frame if it is not there. Returns its place.
Rect draw_thumb(DrawList *d, Rect r, const Thumbs *t, int picture);
