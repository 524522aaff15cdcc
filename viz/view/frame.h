/* frame.h — a picture of the viewer as a function of its state. */
#pragma once
#include "viz/view/screen.h"

// Fills d, whose size is that of the slide; `hits` gets what can be clicked.
void frame_draw(DrawList *d, Arena *a, const View *v, Hits *hits);

// What a panel would get to draw on, without an area.
Screen frame_screen(DrawList *d, Arena *a, const View *v, Hits *hits);

// Pixels per dp without the magnifier; is the window too small for anything?
double frame_scale(const View *v);
bool frame_too_small(const View *v);

// "says 9 ✗", or NULL as long as the walk has not come to the network's last layer.
const char *frame_verdict(Arena *a, const View *v, bool *right);

// "28-5+1 = 24", "2*12 = 24" and "11x11" with a real minus, a middle dot and a real cross.
const char *signs_text(Arena *a, const char *text);

// The plain sentence beside the title, and the formula at its right.
const char *frame_formula(Screen *s);
const char *frame_sentence(Screen *s);
