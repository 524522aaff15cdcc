/* plot.h — axes with round numbers, and the places of points between them. */
#pragma once
#include "viz/draw/draw.h"

// Ticks stand at lo, lo + step … as far as hi.
typedef struct Axis { double lo, hi, step; int decimals; } Axis;

// The shortest axis from lo to hi or beyond with a step of 1, 2 or 5 times a power of ten and at
// most `most` intervals. `whole`: the step is a whole number.
Axis axis_make(double lo, double hi, int most, bool whole);

// Two axes around a rectangle.
typedef struct Plot { Rect at; Axis x, y; } Plot;

Point plot_point(const Plot *p, double x, double y);

// Horizontal lines, the ground line, and the numbers: y left of the plot, x below it. `factor`
// multiplies what is written at the y axis (100 for per cent).
void plot_axes(DrawList *d, const Plot *p, double factor);
