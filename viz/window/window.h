/* window.h — the viewer in a window. */
#pragma once
#include <stdbool.h>

#include "viz/view/view.h"

// Is there a display? False with a message that says what can be done without one.
bool window_possible(Error *e);

// Shows a view until the window is closed. False with a message if there is no display, or if
// something is wrong on the way.
bool window_view(View *v, Error *e);
