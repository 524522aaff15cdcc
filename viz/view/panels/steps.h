/* steps.h — what the panels of image steps have in common. */
#pragma once
#include "viz/view/panel.h"
#include "viz/view/pieces/pieces.h"

// What goes into the step, and what comes out: 1 × C × H × W.
Tensor step_src(const Screen *s);
Tensor step_dst(const Screen *s);

// The pictures before and after, side by side, with the current pixel marked (level Pixel).
void draw_before_after(Screen *s, Rect before, Rect after);
