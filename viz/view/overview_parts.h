/* overview_parts.h — what the files of the overview share: a pillar of channels per box. */
#pragma once
#include "viz/view/overview_layout.h"
#include "viz/view/pieces/pieces.h"

enum {
    MOST_COLUMNS = 14, MOST_MAPS = 8, MOST_NUMBERS = 10,
    HEAD = 46, HEAD_LINE = 20, ARC = 30, LANE_HEAD = 22, CELL_H = 70, LEFT_W = 84, RIGHT_W = 240
};

typedef struct Pillar {
    const OverBox *box;
    const Node *node;    // whose value is shown
    int stage;
    Tensor v;            // its value or gradient; .v NULL: there is none
    Shape shape;
    bool vector;
    int first, shown;    // channels
    int across;          // maps side by side
    Rect at;
    double head_w;       // room for its name
} Pillar;

typedef struct Overview {
    Screen *s;
    OverLayout l;
    Pillar *p;           // one per box
    double pitch;        // of columns
    int focus, channel;  // the marked box and channel
    bool back, arcs;
    double head;         // height of names and arcs
} Overview;

// The number of a layer's parameter that weighs its inputs, or −1.
int weight_param(const Node *n);

// Does a layer of the box weigh its inputs?
bool pillar_mixes(const Overview *o, int box);

// Is it a vector with more numbers than can be written?
bool pillar_is_bar(const Pillar *p);

// The place of the i-th shown channel; of a long vector.
Rect pillar_map(const Pillar *p, int i);
Rect pillar_bar(const Pillar *p);

// ---- overview_ends.c: the picture on the left, the classes on the right ------------------------------

void overview_picture(Overview *o);
void overview_classes(Overview *o, Rect r);
Point overview_picture_end(const Overview *o); // where edges leave the picture

// ---- overview_edges.c --------------------------------------------------------------------------------

void overview_edges(Overview *o);
void overview_marks(Overview *o);              // around the marked channel, behind everything else
