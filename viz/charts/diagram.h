/* diagram.h — where the boxes of an architecture drawing lie, and the ways between them.
 *
 * Layers follow one another in rows, from left to right, in the order of the file. A box is a layer
 * or, in a dense drawing, a layer with those behind it that only change its numbers (relu,
 * batchnorm …). What simply goes to the right neighbour is an arrow; any other value is an arc that
 * runs in lanes through the gutters between the rows:
 *
 *         ┌────── gutter 0 ─────┐
 *        ┌┴┐   ┌─┐   ┌─┐       ┌▼┐
 *      ┌►│0│ → │1│ → │2│  …  → │5│ ─┐   row 0
 *      │ └─┘   └─┘   └─┘       └┬┘  │
 *      │      ┌── gutter 1 ─────┘   │        and a margin on the right for arcs
 *      └ ─ ─ ─│─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─┘        that skip whole rows
 *        ┌─┐ ┌▼┐
 *      ┌►│6│→│7│                        row 1
 *
 * One value that several layers read is one line with several ends. */
#pragma once
#include "lang/arena.h"
#include "lang/graph.h"
#include "viz/draw/draw.h"

enum { FRAME_DEPTH = 2 }; // sections within sections are framed so deep

#define DIAGRAM_LEADING 1.28 // height of a line of text in a box, of its size

// How large things are. Lengths are dp.
typedef struct Style {
    int columns;             // boxes in a row
    int option_lines;        // room for the options of a layer
    double max_w, gap;       // largest width of a box; between boxes
    double name_size, text_size;
    double picture;          // height of the little picture of the value; 0: none
    bool stacked;            // boxes of several layers
} Style;

typedef struct Box {
    int first, n;            // nodes first … first + n − 1
    int row;
    Rect at;
} Box;

// A horizontal piece of line in a gutter, shared by all arcs of one value.
typedef struct Run {
    int gutter, lane;
    double lo, hi, y;
} Run;

// A value that goes elsewhere than to the right neighbour.
typedef struct Arc {
    int from, to;            // boxes
    bool wrap;               // to the next box, at the beginning of the next row
    double from_x, to_x;
    int leave, arrive;       // runs; the same one unless the arc skips rows
    int margin;              // lane in the right margin of an arc that skips rows
} Arc;

typedef struct Diagram {
    const Graph *g;
    Style style;
    Rect area;
    int depth;               // of frames
    int n_boxes, n_rows, n_arcs, n_runs, n_margins;
    Box *box;
    int *box_of;             // per node
    Arc *arc;
    Run *run;
    double *gutter;          // height of the one above each row
    double box_h, height;    // of a box; of everything
} Diagram;

// Finds the largest style in which the network fits into `area`. The memory comes from `a`.
void diagram_make(Diagram *m, Arena *a, const Graph *g, Rect area);

// The section around a node that is `depth` levels (from 1) below the file, or 0.
int diagram_section(const Graph *g, int node, int depth);

// Room a frame takes: above its boxes, for its name, and on the other sides.
double diagram_frame_head(const Style *s);
double diagram_frame_pad(const Style *s);

// The x of a lane in the right margin.
double diagram_margin_x(const Diagram *m, int lane);
