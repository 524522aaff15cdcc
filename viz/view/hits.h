/* hits.h — the places of a picture that answer to the mouse.
 *
 * Whatever draws something that can be clicked says so at once; a click asks for the last one said
 * that lies under the mouse. Everything that can be clicked can be done with keys, too. */
#pragma once
#include <stdbool.h>

#include "viz/draw/draw.h"

typedef enum HitKind {
    HIT_NONE,
    HIT_STAGE,     // go to stage `to`
    HIT_LEVEL,     // look at level `to`
    HIT_SCENE,     // show scene `to`
    HIT_ORDER,     // sort channels in order `to`
    HIT_CHANNEL,   // go to channel `to` of target `target`
    HIT_ANSWER,    // the answer to a question is class `to`
    HIT_TAB,       // choose among list `to` (opener.h)
    HIT_ENTRY,     // open entry `to` of it
    HIT_CANVAS,    // the pen draws there
    HIT_COLOUR,    // colour `to` of the pen; N_COLOURS: the whole canvas becomes of the pen's colour
    HIT_MATRIX,    // the pictures behind a cell of rows × columns: so wanted, so answered
    HIT_PICTURE,   // look inside test picture `to`
    HIT_CELLS      // go to a cell: a map of rows × columns
} HitKind;

// What a map's cells are: cell (y, x) is number (top + y)·step + left + x of `channel`, or, of a
// vector, channel (top + y)·step + left + x itself. Without a target it can only be looked at.
typedef struct Hit {
    HitKind kind;
    Rect rect;
    int to;
    int last;              // HIT_STAGE of a folded column: the last stage it stands for; else 0
    int target, channel;   // HIT_CELLS: −1: not walked over here
    bool vector;
    int rows, columns, top, left, step;
    const float *v;        // rows × columns numbers, for the pointer; NULL: none
    int done;              // so many of them are known
} Hit;

enum { MAX_HITS = 1024 };

typedef struct Hits { int n; Hit hit[MAX_HITS]; } Hits;

void hits_add(Hits *h, Hit hit); // what is too much is dropped

// The last one added that lies under p, or NULL.
const Hit *hits_at(const Hits *h, Point p);

// Which cell of a HIT_CELLS lies under p.
void hit_cell(const Hit *h, Point p, int *row, int *column);
