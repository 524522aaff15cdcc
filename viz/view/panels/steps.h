/* steps.h — what the panels of image steps have in common. */
#pragma once
#include "viz/view/panels/layers.h"

// What goes into the step, and what comes out: 1 × C × H × W.
Tensor step_src(const Screen *s);
Tensor step_dst(const Screen *s);

// The pictures before and after at both sides of `room`, each at most so much of its width, with the current
// pixel marked (level Pixel). What is between them is left.
void draw_before_after(Screen *s, Rect *room, double share);

// Level Pixel: before, in the middle what `middle` draws, after, and the sum below.
void draw_step_number(Screen *s, void (*middle)(Screen *s, Rect r, const Answer *x));

// What any step shows of one pixel.
void draw_step_pixel(Screen *s);

// The number before the step at the current place, which has the same place there.
double step_value(const Screen *s);

// A picture as it is shown at the current level: at Channel one colour of it; and what stands beside its
// title: "3×64×64", or "channel 1, green".
Map step_map(Screen *s, Tensor v, int target);
const char *step_words(Screen *s, Tensor v);

// Where the numbers lie before and after, as two histograms.
void draw_step_spreads(Screen *s, Rect r);
