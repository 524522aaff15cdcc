/* script.h — events from a file, for tests, lessons and recorded demonstrations.
 *
 *     key Right            Left Up Down PageUp PageDown Home End Tab Enter Esc Space F5 F11, or a
 *                          character; Ctrl+ in front
 *     move 600 400         the mouse, in pixels of the window;   click 600 400;   wheel 1
 *     press 600 400        its button goes down and stays so; move draws a line then;   release 700 400
 *     erase 600 400        the same with its right button
 *     drop FILE            a picture dropped on the window
 *     tick 20              time for so many steps of playing, or ten times as many of training
 *     resize 1024x600
 *     stage conv1          go to a stage by its name
 *     snap FILE            the picture: .png, .svg or .pdf
 *     text FILE            the text of the picture; - is the standard output
 *     expect TEXT          fails unless TEXT stands in the text of the picture
 *     # a comment
 *
 * Time only passes by tick, so what plays is the same every time. */
#pragma once
#include <stdio.h>

#include "viz/view/view.h"

// Carries out a script. Failed expectations are counted and described on `out`; false with a
// message that names file and line for a line that cannot be carried out.
bool script_run(View *v, const char *path, FILE *out, int *failures, Error *e);
