/* norm.h — bringing a set of numbers to mean 0 and deviation 1: the arithmetic of the three
 * normalisations, which differ in the set.
 *
 *     x̂ = (x − μ) / σ         μ and variance of the M numbers of the set (variance divided by M)
 *                             σ = √(variance + eps)
 *
 *     batchnorm      one channel of all images        M = N·H·W
 *     instancenorm   one channel of one image         M = H·W
 *     layernorm      all channels of one image        M = C·H·W
 *
 * Backward, μ and σ depend on every number of the set, which gives two terms more than g alone,
 * where g is what the loss says about x̂:
 *
 *     diff_src += 1/σ · (g − Σg/M − x̂·Σg·x̂/M)
 *
 * Sums are made in double. If M = 1 the variance is 0 and so is x̂. */
#pragma once
#include "runtime/explain.h"

typedef struct Norm { real mean, inverse; } Norm; // μ and 1/σ: what forward keeps for backward
typedef struct Moments { double mean, var, M; } Moments;
typedef struct Sums { double g, gx, M; } Sums;    // Σg and Σg·x̂ over M numbers

// Channels c of images n of src, all places of them; and their norm, once it is known. fresh: spread
// finds nothing in diff_src and writes (norm_ref always adds).
typedef struct NormSet { Tensor src; Range n, c; Norm norm; bool fresh; } NormSet;

double norm_count(NormSet a); // M
Norm norm_of(Moments m, double eps);

// Of dst, g and diff_src, which have the sides of src, only the numbers of the set are touched.
// With one weight for the whole set it may stand before the brackets: g is then diff_dst.
typedef struct NormWay {
    Moments (*moments)(NormSet a);
    void (*apply)(NormSet a, real weight, real bias, Tensor dst); // dst = weight·x̂ + bias
    Sums (*sums)(NormSet a, Tensor g);
    // diff_src += weight/σ · (g − s.g/s.M − x̂·s.gx/s.M); the set may be a part of these M numbers
    void (*spread)(NormSet a, real weight, Tensor g, Sums s, Tensor diff_src);
} NormWay;

// How a normalisation explains its numbers (norm_explain.c).
typedef struct NormRule {
    NormSet (*set)(const Step *s, int n, int c); // the set that holds image n, channel c
    double eps;
    bool each;           // every number of an image has its own weight and bias, not every channel
    bool across;         // one set lies across all images
    const Moments *kept; // per channel: μ and variance are these constants; NULL: those of the set
} NormRule;

void norm_explain(const Question *q, const NormRule *r);

extern const NormWay norm_ref;  // the definition
extern const NormWay norm_fast;  // for the plain layout
extern const NormWay norm_lanes; // for LAYOUT_LANES, where n.lo is a multiple of LANES
