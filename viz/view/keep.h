/* keep.h — how much of a step is kept to be looked at, and whether there is memory for it.
 *
 * Stepping back is exact because nothing is computed twice: every value of the pictures of a step is
 * kept, and so are their gradients and the parameters before the update. Of a network that is too large
 * for that, --keep NAME,NAME… keeps the values of these layers and of what they are computed from;
 * the step then runs forward only, and the memory of all others is shared.
 *
 *     vgg16 at 224 × 224: 58 MB of values of one picture, as much of gradients, 553 MB of parameters,
 *     four times: themselves, gradient, momentum, and themselves before the update; from the second
     update on momentum before the update, too, and those of the beginning: six times */
#pragma once
#include "viz/view/screen.h"
#include "viz/view/tell.h"

// Reads the names of layers (or sections) behind --keep into v->keeps. False with a message that lists
// what there is.
bool keep_choose(View *v, const char *names, Error *e);

// Is there memory for it all? False with the sum, and what can be done.
bool keep_fits(const View *v, Error *e);

// Can this stage be looked at: are its numbers there, and those it is computed from?
bool keep_has(const View *v, int stage);

// "1.6 MB of 57.4 MB kept"; of a small network, of which all is kept, NULL.
const char *keep_words(Arena *a, const View *v);

// In place of the panel of a stage that was not kept.
void keep_draw(Screen *s);
void keep_tell(Telling *t);
