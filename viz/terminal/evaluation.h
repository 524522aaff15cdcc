/* evaluation.h — how well a network does, as text: accuracy, confusion matrix, report. */
#pragma once
#include "runtime/train.h"
#include "viz/terminal/terminal.h"

// What `o` asks for, and the accuracy if it asks for nothing. The confusion matrix is a table if it
// fits into the terminal. A loss that is NaN is left out.
void evaluation_print(const Terminal *to, const EvaluateOptions *o, const Evaluation *v);
