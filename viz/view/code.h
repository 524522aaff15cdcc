/* code.h — which line of the program is the heart of a stage.
 *
 * Forward it is the statement of the definition that writes a result, or adds to its sum; backward
 * that for the gradient one walks over: of the input, or of a parameter. */
#pragma once
#include "viz/view/sources.h"
#include "viz/view/view.h"

// The line for what is walked over at the current place; .file is NULL where nothing is computed.
CodeLine code_here(Arena *a, const View *v);

// The same for target `target` of any stage.
CodeLine code_of(Arena *a, const View *v, int stage, int target);
