/* known.h — what was found out about the numbers of the step, so that the next picture need not look at
 * all of them again: a hundred million weights take a moment. Forgotten with the step. */
#pragma once
#include "viz/view/walk.h"

// What is known about the numbers of image 0 of a tensor.
typedef struct Measured {
    const real *v;
    size_t len;
    bool negative;
    double size, lo, hi; // of those that are no NaN and not infinite: size at least 1e-12; lo <= 0 <= hi
} Measured;

// A matrix of at most SHRUNK_SIDE rows and columns that stands for a larger one.
enum { MEASURED = 64, SHRUNK = 4, SHRUNK_SIDE = 128 };
typedef struct Shrunk { const real *v; int rows, columns; real out[SHRUNK_SIDE * SHRUNK_SIDE]; } Shrunk;

// A map of at most SMALL_SIDE rows and columns that stands for a larger one, in blocks of k × k: as many as a
// screen has.
enum { SMALL = 256, SMALL_SIDE = 64 };
typedef struct SmallOf { const real *v; int h, w, k; } SmallOf; // h × w numbers from v on
typedef struct Small { SmallOf of; float out[SMALL_SIDE * SMALL_SIDE]; } Small;

typedef struct Known {
    Measured measured[MEASURED];
    int n_measured;      // since the beginning; the last MEASURED of them are here
    Shrunk shrunk[SHRUNK];
    int n_shrunk;
    Small small[SMALL];
    int n_small;
    Place counted;       // of this place
    int terms;           // the number has so many; −1: not counted yet
} Known;

void known_forget(View *v);

// What was kept about a tensor, or NULL.
const Measured *known_measured(const View *v, const real *numbers, size_t len);

// Keeps it, if the numbers are the step's own: others are gone with the picture, and then false.
bool known_keep(const View *v, const Measured *m);

// The same for matrices: into `out`, or false; and keeps it.
bool known_shrunk(const View *v, const real *numbers, int rows, int columns, Tensor out);
void known_keep_shrunk(const View *v, const real *numbers, int rows, int columns, Tensor out);

// The same for a map; it belongs to the tensor that begins at `tensor`.
bool known_small(const View *v, const SmallOf *of, float *out);
void known_keep_small(const View *v, const real *tensor, const SmallOf *of, const float *out);
