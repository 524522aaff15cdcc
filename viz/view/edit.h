/* edit.h — changing one weight and looking what happens: the step is done again with it.
 *
 * The marked weight is that of the current product (level Multiply), or the number itself where one
 * walks over a parameter. */
#pragma once
#include "viz/view/view.h"

// Begins typing a new value for the marked weight; without one a message says so.
void edit_begin(View *v);

// While something is being typed all keys belong to it: Enter sets it, Esc leaves it as it was.
bool edit_active(const View *v);
void edit_key(View *v, const Event *e);

// The gradient of the marked weight beside the slope that is measured by changing it a little.
void edit_check(View *v);

void edit_undo(View *v); // takes the last change back
