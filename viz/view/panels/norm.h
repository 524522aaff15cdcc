/* norm.h — what the panels of the three normalisations have in common: the set of numbers that is
 * brought to mean 0 and deviation 1, and what is known about it.
 *
 *     batchnorm      one channel of all pictures      M = N·H·W
 *     instancenorm   one channel of one picture       M = H·W
 *     layernorm      all channels of one picture      M = C·H·W */
#pragma once
#include "viz/view/panels/layers.h"

typedef struct NormFacts {
    bool known;
    bool stored;             // μ and σ are the stored ones, not those of the set
    bool whole, batch;       // the set is all channels; it lies across all pictures
    double mean, deviation, gamma, beta; // of the number that was asked about
    int count;               // M
} NormFacts;

// What is known about the set that holds channel c of the inspected picture, at place y, x.
NormFacts norm_facts(Screen *s, int c, int y, int x);

// The numbers of the set in t, which has the sides of the layer's output; how many: *n.
float *norm_numbers(Screen *s, Tensor t, const NormFacts *f, int c, int *n);

// "8 pictures · 26×26 = 5 408 numbers"
const char *norm_set_text(Screen *s, const NormFacts *f);

// Two histograms on one axis, with μ as a line and μ ± σ as a band: the set before and after. Marks
// x and y on the axes; NaN: nothing.
typedef struct NormPair { const float *before, *after; int n; double x, y; } NormPair;
void draw_norm_spreads(Screen *s, Rect r, const NormPair *p);

// The node of a convolution or dense layer with a bias that this stage's layer reads, or −1: whatever
// that bias adds is taken away by μ, so it learns nothing.
int norm_useless_bias(const Screen *s, const NormFacts *f);
