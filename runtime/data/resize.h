/* resize.h — another height and width for one channel. */
#pragma once
#include "runtime/real.h"

// src is h × w, dst is h2 × w2, row by row; they may be the same place if the sides are equal.
void resize_channel(const real *src, int h, int w, real *dst, int h2, int w2);
