/* window.h — a network in a window. */
#pragma once
#include <stdbool.h>

#include "lang/graph.h"
#include "runtime/error.h"

// Shows the drawing of a network and, if it has been trained, its curves, until the window is
// closed. False with a message if there is no display, or if something is wrong on the way.
bool window_view(const Experiment *x, Error *e);
