/* canvas.h — a picture one draws oneself: as many pixels as the data's pictures have, a soft round
 * pen on black, white or, where the data have colours, of a colour one chooses, and what the network says
 * of it. The scene that shows it is draw_scene.c. */
#pragma once
#include "viz/view/view.h"

// The colours of the pen, of which the keys 1, 2, 3 … choose; the first one is white.
enum { N_COLOURS = 9 };
typedef struct CanvasColour { const char *name; uint8_t rgb[3]; } CanvasColour;
extern const CanvasColour canvas_colours[N_COLOURS];

// A black canvas. False when memory is out.
bool canvas_open(View *v, Error *e);
void canvas_close(View *v);

// The mouse: its button goes down over the canvas, which lies at `place`; the mouse moves with the
// button held, or over the canvas without; the button goes up.
void canvas_press(View *v, Rect place, bool rubber);
void canvas_drag(View *v);
void canvas_hover(View *v, Rect place);
void canvas_lift(View *v);

// The pen gets a colour; with N_COLOURS the whole canvas gets that of the pen.
void canvas_colour(View *v, int colour);

// A key while the canvas is shown: true if it meant something here.
bool canvas_key(View *v, const Event *e);

// Asks the network if the drawing or the weights have changed since it was asked. However many
// times the mouse moves between two pictures of the window, it is asked once.
void canvas_answer(View *v);

// The radius of the pen or of the rubber, to the middle of its soft edge; pixels.
double canvas_pen(const Canvas *c, bool rubber);
