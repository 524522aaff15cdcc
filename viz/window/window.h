/* window.h — the viewer in a window.
 *
 * The window is there at once and answers at any time: what may take long (opening a model, the step of a
 * huge network) is done by a thread beside it (work.h). */
#pragma once
#include "viz/view/view.h"
#include "viz/window/work.h"

// What a window is to show.
typedef struct WindowWish {
    const Experiment *x;
    View *view;                          // zeros, filled by
    bool (*open)(void *ctx, Error *e);   // in the thread beside the window
    void *ctx;
    Doing *doing;                        // what that thread is at
} WindowWish;

typedef enum WindowEnd {
    WINDOW_CLOSED,
    WINDOW_LEFT,      // closed while something was still being computed: nothing may be given back, the
                      // process is to end
    WINDOW_FAILED     // with a message: no display, or something is wrong on the way
} WindowEnd;

// Opens the window and shows the view until somebody closes it.
WindowEnd window_view(const WindowWish *wish, Error *e);
