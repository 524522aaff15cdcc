/* loss.h — rules for judging outputs: a table, one file per row in runtime/losses/. */
#pragma once
#include "lang/graph.h"
#include "runtime/tensor.h"

// A group of images to be judged. Each image has a share in the mean: 1/N of the whole batch, or
// with class weights 1/Σ of the weights of the batch's labels.
typedef struct LossStep {
    const void *cfg;
    const KindSpec *last; // kind of the network's last layer
    Tensor score;         // N × C: what is judged (see at_source)
    Tensor diff;          // N × C: d loss / d score is added, times share; .v may be NULL
    Tensor target;        // N × C: what it should have been, a probability per class
    const real *class_weight; // per class (two if C is 1), how much its images count; NULL: 1 each
    real share;
    double *loss;         // N: the loss of each image, not yet divided
} LossStep;

typedef struct Question Question; // explain.h

typedef struct LossKind {
    KindSpec spec;   // infer checks that the last layer suits the loss, and answers its shape
    // The score is the *input* of the last layer, whose own backward is never run: the loss and
    // the layer are one formula with a simple gradient (softmax and log: p − y).
    bool at_source;
    void (*judge)(const LossStep *s);
    // The terms whose sum is the loss of one image, or one number of `diff`; see explain.h.
    void (*explain)(const Question *q);
} LossKind;

#define LOSS(name) extern const LossKind name##_loss;
#include "runtime/losses/losses.def"
#undef LOSS

// Options every loss has: the base of each kind's own.
typedef struct LossOptions { double smoothing; } LossOptions;

// target[n,c] = (1 − e)·[c = label n] + e/C for n labels. One column (C = 1) is that of class 1 of
// two: (1 − e)·label + e/2.
// Source: Szegedy et al., "Rethinking the Inception Architecture", 2016, §7.
void loss_target(const int *label, Tensor target, double e);

// How much image n counts: Σ class_weight[c]·target[n,c], or 1 without class weights.
real loss_weight(const LossStep *s, int n);

// The node whose values are judged.
int loss_score(const Graph *g, const Use *loss);
