/* steps.h — what the panels of image steps have in common. */
#pragma once
#include "viz/view/panels/layers.h"

// What goes into the step, and what comes out: 1 × C × H × W.
Tensor step_src(const Screen *s);
Tensor step_dst(const Screen *s);

// The pictures before and after, side by side.
void draw_before_after(Screen *s, Rect before, Rect after);

// Level Pixel: before, in the middle what `middle` draws, after, and the sum below.
void draw_step_number(Screen *s, void (*middle)(Screen *s, Rect r, const Answer *x));
