/* overview_layout.h — which layers the overview shows as columns, and where paths run side by side.
 *
 *     picture │ conv │ relu │ ┌ conv ─ relu ┐ │ add │ pool │ ┌ conv ┐ │ concat │ …
 *                      └──────┴── shortcut ──┴──┘            └ conv ┘
 *
 * Where only one value leads on, a column holds one box. Between two such places paths run side by
 * side in lanes. If there are too many columns, what only changes numbers joins the layer before it,
 * then paths and their joint become one box (but those of the layer in focus), then neighbours join. */
#pragma once
#include "lang/arena.h"
#include "lang/graph.h"

typedef struct OverBox {
    int first, last, n;      // its first and last node; how many; the last one's value is shown
    int column;              // 0 is the picture
    int lane, lanes;         // side by side with others; lanes 1: alone
    int loops;               // shortcuts that lie within
} OverBox;

typedef struct OverLayout {
    const Graph *g;
    int n_nodes;             // nodes shown: all, or all but the last
    int n_boxes, n_columns;
    OverBox *box;            // box 0 is the picture
    int *of;                 // the box of each node
} OverLayout;

// At most `most` columns behind the picture. `focus` is a node that keeps a box of its own.
OverLayout overview_layout(Arena *a, const Graph *g, int n_nodes, int focus, int most);

// The node that gives a box its name: the last that does more than change its numbers.
int overview_namesake(const OverLayout *l, int box);

// Does box b read box a, and past others: over a shortcut?
bool overview_skips(const OverLayout *l, int a, int b);
