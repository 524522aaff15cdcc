/* opener.h — choosing a picture: a file of a folder, a path that is typed, or a picture of the data.
 *
 * The keys and the list are here, the scene that shows them in open_scene.c. Nothing else is needed:
 * no other program is asked. */
#pragma once
#include "viz/view/view.h"

// Key O: shows the scene. The folder is read anew.
void opener_begin(View *v);
void opener_close(View *v);

// A key while the scene is shown: true if it meant something here.
bool opener_key(View *v, const Event *e);

// Opens entry i of the list that is shown: a folder is entered, a picture looked at. i < 0: the one
// that is typed, or marked.
void opener_take(View *v, int i);

void opener_tab(View *v, bool data); // files, or pictures of the data

// How many there are to choose from.
int opener_count(const View *v);

// The class of picture i of the data.
const char *opener_label(const View *v, int i);

// Reads what the marked entry shows, once; before it is drawn.
void opener_look(View *v);

// A picture of the data with the sides reduced to at most `most` pixels: three numbers 0 … 255 per
// pixel. False if it cannot be read.
bool opener_thumbnail(const View *v, int i, int most, float *rgb, int *h, int *w);

enum { OPEN_COLUMNS = 8, OPEN_ROWS = 4, OPEN_LINES = 14 }; // of a page
