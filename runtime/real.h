/* real.h — the number type of every tensor and every layer.
 *
 * `make` builds the runtime twice from the same source: with float for the program itself, and
 * with double (-DREAL_DOUBLE) for `cnnrun-f64`, which checks gradients: a finite difference in
 * float is wrong by a thousandth at best, in double by a tenth of a billionth. */
#pragma once

#ifdef REAL_DOUBLE
typedef double real;
#define REAL_NAME "double"
#else
typedef float real;
#define REAL_NAME "float"
#endif

// A number written in a formula, in the type of the build: R(0.5) is 0.5f or 0.5.
#define R(x) ((real)(x))
