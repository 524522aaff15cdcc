/* snapshot.h — pictures of the viewer in files, without a window. */
#pragma once
#include "viz/view/view.h"

// Writes the picture of the state: a .png has exactly the window's pixels; .svg, .pdf.
bool snapshot_write(View *v, const char *path, Error *e);

// Every stage on a page of its own (PDF, A4 across); and page i of it, which moves the view there.
bool handout_write(View *v, const char *path, Error *e);
DrawList *handout_page(View *v, int i, Error *e);

// The same under a name made from model and stage; what was written or went wrong is left in
// v->message.
void snapshot_save(View *v);
void handout_save(View *v);

// Goes to the picture called NAME: "overview", "train", "help", or a stage and a level:
// "conv1", "conv1:pixel", "conv1.backward:channel". False with a message that lists what there is.
bool snapshot_go(View *v, const char *name, Error *e);
