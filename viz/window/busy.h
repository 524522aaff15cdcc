/* busy.h — what a window shows while something takes long: what is done, and how far it is. */
#pragma once
#include "lang/graph.h"
#include "viz/draw/draw.h"
#include "viz/window/work.h"

enum { BUSY_W = 620, BUSY_H = 84 }; // dp

// "computing features.10, backward: 12 of 31"; g NULL: nothing is known of the network yet.
void busy_words(const Doing *d, const Graph *g, char *text, size_t room);

// The share that is done, 0 … 1, or −1: nobody knows.
double busy_share(const Doing *d, const Graph *g);

// A card of BUSY_W × BUSY_H dp. NULL with a message when memory is out.
DrawList *busy_draw(const Fonts *f, const Doing *d, const Graph *g, Error *e);
