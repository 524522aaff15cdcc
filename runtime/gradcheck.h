/* gradcheck.h — are the gradients right? Each is compared with what a small change really does.
 *
 *     d loss / d w  ≈  (loss(w + h) − loss(w − h)) / 2h          the central difference
 *
 * The left side is what backward computes, from the chain rule; the right side needs nothing but
 * forward. In double they agree to ten digits, in float only to three: this needs the double build.
 *
 * Where a change makes a relu open or a maxpool choose another winner the loss has a kink, and the
 * right side lies between the slopes of its two sides. Two steps h of different size tell: where the
 * loss is smooth they agree, and so do the slopes to the left and to the right as h shrinks. An
 * error that can be put down to a kink is counted as one and not judged. Behind a picture's black
 * border and biases that are all 0 thousands of numbers stand exactly on a kink; so pictures and
 * parameters are first moved a little, each at random.
 *
 * Source: Baydin et al., "Automatic Differentiation in Machine Learning: a Survey", 2018, §2.1. */
#pragma once
#include "runtime/error.h"
#include "runtime/params.h"
#include "runtime/plan.h"

#define GRADCHECK_LIMIT 1e-7 // relative error that rounding explains

// One parameter tensor, or the input. Errors are relative to the largest gradient of the tensor, or
// to a hundredth of the loss (at least of 1) where that is larger: rounding alone moves a difference
// by 1e-10.
typedef struct GradTensor {
    const char *name;        // the parameter's (as long as it lives), or "input"
    size_t len;
    int compared, kinks;     // numbers that were judged, and that stand on a kink
    double largest;          // the largest gradient in the tensor
    double error;            // the largest of those that were judged
    size_t place;            // which number of the tensor has it,
    double found, measured;  // its gradient, and what the small change did
    bool right;
} GradTensor;

typedef struct GradCheck {
    int n;
    GradTensor *tensor;      // the input first, then the parameters in their order
    double loss;             // of the batch
    bool right;              // all of them
} GradCheck;

typedef struct GradOptions {
    int samples;             // numbers per tensor; 0: as many as take a few seconds, 2 to 10
    double shake, noise;     // how far parameters and pictures are moved first, at most
    bool ref;                // check the definitions instead of the fast code
    uint64_t seed;           // of dropout
    void (*begin)(void *ctx, const char *name, int i, int n); // tensor i of n is next; may be NULL
    void *ctx;
} GradOptions;

// Checks the gradients of one training step: input is N × C × H × W as the network reads it, label
// holds N classes. Parameters are as they were afterwards. False with a message if it cannot be done
// (a float build, a model without a loss, no memory); else the caller ends with gradcheck_free.
bool gradcheck_run(const Experiment *x, Params *p, Threads *t, const GradOptions *o, Tensor input,
                   const int *label, GradCheck *out, Error *e);
void gradcheck_free(GradCheck *c);
