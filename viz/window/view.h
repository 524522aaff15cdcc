/* view.h — what the window shows: a state, what events do to it, and the picture it stands for. */
#pragma once
#include "lang/graph.h"
#include "viz/charts/history.h"
#include "viz/draw/draw.h"
#include "viz/draw/paint.h"
#include "viz/window/event.h"

typedef struct View {
    const Experiment *x;
    History history;       // n = 0: not trained yet
    Error history_error;   // why the history could not be read, or ""
    int screen;
    Theme theme;
    double zoom;           // of the magnifier, 1 … MAX_ZOOM
    double pan_x, pan_y;   // which part it shows: 0 left or top … 1 right or bottom
    int w, h;              // of the window, pixels
    bool full_screen, quit;
    bool dirty;            // the window does not show this state yet
} View;

enum { MAX_ZOOM = 4 };

// A view of x with the curves of its newest run, if there is one.
void view_open(View *v, const Experiment *x, int w, int h);
void view_close(View *v);

void view_event(View *v, const Event *e);

// The picture of a state, to be painted at view_place(). NULL with a message when memory is out.
DrawList *view_draw(const View *v, const Fonts *fonts, Error *e);
PaintView view_place(const View *v);
