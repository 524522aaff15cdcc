/* compare.h — a stage as it was, as it is, and what has changed: key M.
 *
 * The target at the current place is shown beside what was kept of it (remember.h). At level Stage
 * one sees the channel with the largest change, at Channel the current one, and from Pixel on the
 * current number is followed. */
#pragma once
#include "viz/view/screen.h"
#include "viz/view/tell.h"

void compare_draw(Screen *s); // in place of the stage's panel
void compare_tell(Telling *t);
