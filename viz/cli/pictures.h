/* pictures.h — pictures that a training leaves in the folder of its run, beside its numbers.
 *
 * A picture that cannot be drawn is reported and is no reason to stop. A program built without
 * pictures draws none. */
#pragma once
#include "runtime/train.h"

// curves.png and curves.svg, from the results of the newest run (see session_run).
void picture_curves(const Experiment *x, const RunOptions *o);

// confusion.png and confusion.svg, from the matrix that v must have.
void picture_confusion(const Experiment *x, const RunOptions *o, const Evaluation *v);
