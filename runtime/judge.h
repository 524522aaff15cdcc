/* judge.h — reading a network's outputs: which class did it say? */
#pragma once
#include "runtime/tensor.h"

// The class image n of the outputs says: the largest of C numbers (the first of equals), or for one
// output whether it is over one half.
int judge_class(Tensor out, int n);

// How many of the labels are among the `top` largest outputs.
int judge_hits(Tensor out, const int *label, int top);
