/* chart.h — a curve as text: how the loss went down.
 *
 *     0.6923 ┤*
 *            │ **
 *            │   ****
 *     0.0812 ┤       ********************
 *            └───────────────────────────
 *             1                       938 */
#pragma once
#include "viz/terminal/terminal.h"

enum { CURVE_POINTS = 256 };

// Points of one curve in order of x. When it is full, every other one goes and from then on only
// every 2nd, 4th, 8th … is kept: memory stays the same however long a run is.
typedef struct Curve {
    char mark;
    const char *name;
    int n;
    unsigned stride, skipped;
    double x[CURVE_POINTS], y[CURVE_POINTS];
} Curve;

void curve_add(Curve *c, double x, double y); // values that are not finite are left out

// Draws n curves in one frame with a legend. Nothing is drawn without at least two points.
void chart_print(const Terminal *to, const char *title, int n, const Curve *const *curve);
