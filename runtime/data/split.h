/* split.h — pictures by class; holding back a share of them, the same share of every class. */
#pragma once
#include "runtime/error.h"
#include "runtime/rng.h"

// Marks in held[0 … n) the pictures that are held back: of each class the nearest whole number to
// share · (pictures of it), chosen by r alone. False with a message when memory is out.
bool split_choose(const int *label, int n, int classes, double share, Rng r, bool *held, Error *e);

// The pictures sorted by class, in the order of the list within each: class c has order[first[c]] …
// order[first[c + 1] − 1]. first has room for classes + 1 numbers, order for n.
void split_by_class(const int *label, int n, int classes, int *first, int *order);
