/* charts.h — three pictures: the network, the course of training, the confusion matrix.
 *
 * Each fills a slide. The first three functions write it to a file whose extension says how (.png,
 * .svg, .pdf); the draw_ functions fill a draw list within `area`, for the window and for tests. */
#pragma once
#include "lang/graph.h"
#include "runtime/error.h"
#include "runtime/train.h"
#include "viz/charts/history.h"
#include "viz/draw/draw.h"

// The layers in the order of the file, what comes out of each, and who reads what.
bool chart_network(const Experiment *x, const char *path, Error *e);
bool draw_network(DrawList *d, Rect area, const Experiment *x, Error *e);

// Loss and accuracy of a run, from its results.csv.
bool chart_curves(const char *results_csv, const char *path, Error *e);
void draw_curves(DrawList *d, Rect area, const History *r);

// What was wanted against what the network said.
bool chart_confusion(const Evaluation *v, const char *path, Error *e);
// What the signed scale shows for n of the `of` pictures of a class: + right, − wrong.
double confusion_shade(int n, int64_t of, bool right);
bool draw_confusion(DrawList *d, Rect area, const Evaluation *v, Error *e);
