/* judge.h — reading a network's outputs: which class did it say? */
#pragma once
#include "lang/graph.h"
#include "runtime/tensor.h"

// Are the network's outputs probabilities? Those of softmax and sigmoid are; others are plain scores.
bool judge_probable(const Graph *g);

// The class image n of the outputs says: the largest of C numbers (the first of equals), or for one
// output whether it is over one half.
int judge_class(Tensor out, int n);

// How many of the labels are among the `top` largest outputs.
int judge_hits(Tensor out, const int *label, int top);
