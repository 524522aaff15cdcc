/* split.h — holds back a share of the pictures, the same share of every class. */
#pragma once
#include "runtime/error.h"
#include "runtime/rng.h"

// Marks in held[0 … n) the pictures that are held back: of each class the nearest whole number to
// share · (pictures of it), chosen by r alone. False with a message when memory is out.
bool split_choose(const int *label, int n, int classes, double share, Rng r, bool *held, Error *e);
