/* describe.h — short texts about the parts of a model and of its tensors. They live in the arena. */
#pragma once
#include "lang/graph.h"
#include "runtime/tensor.h"

// An image step or layer as written; one that was inserted with its main values: "rescale 1/255".
const char *written_text(Arena *a, const Experiment *x, const Use *u);
bool was_written(const Experiment *x, const Use *u);

// A place in a tensor, without its picture: "[3,14,9]" is channel, row, column; "[7]" in a vector.
const char *place_text(Arena *a, Tensor t, int c, int y, int x);
// The same in a parameter: "[3,0,2,2]", with as many sides as it has.
const char *param_place_text(Arena *a, Tensor t, int n, int c, int y, int x);

// What a person wants to know about many numbers at once.
typedef struct Summary { size_t n, zeros; double mean, least, most, norm; } Summary;
Summary summary_of(Tensor t); // v NULL: all 0
