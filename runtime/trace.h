/* trace.h — one training step as a list of stages that can be looked at in any order.
 *
 * A trace is made for a session and a batch of chosen pictures. Running it does the real step on
 * the whole batch: pictures are prepared, the layers run forward, the loss judges, the layers run
 * backward, the optimiser changes the weights; and everything on the way is kept: each value and
 * gradient of every picture of the batch, one inspected picture after each image step, the
 * parameters, gradients and optimiser state before and after. Looking at a stage recomputes
 * nothing, forwards or backwards. The next step goes on from the changed weights.
 *
 * Everybody who shows numbers reads this list: the viewer, `--steps`, `--trace`, the tests. */
#pragma once
#include "runtime/explain.h"
#include "runtime/train.h"

typedef enum StageKind {
    STAGE_LOAD,     // the inspected picture, as it was read and brought to the data's size
    STAGE_AUGMENT,  // random image step `index` on it
    STAGE_STEP,     // image step `index` on it
    STAGE_FORWARD,  // node `index`
    STAGE_LOSS,
    STAGE_BACKWARD, // node `index`
    STAGE_UPDATE
} StageKind;

typedef struct Stage {
    StageKind kind;
    int index;
    const char *name;    // unique and stable: "load", "normalize", "conv1", "loss", "conv1.backward",
                         // "update"
    const Use *use;      // what was written, with its place in the model file; load: the `data` line
    const char *formula, *source; // as in its KindSpec: "y = max(0, x)", "runtime/layers/relu.c"; or ""
} Stage;

typedef struct TraceOptions {
    Part part;           // where the pictures come from
    int first;           // number of the inspected picture: it comes first in the batch; those behind
                         // it are the ones that training shuffles to the front of its first pass
                         // (balanced, if its `train` line says so).
                         // −1: the first of those, and so exactly the first batch of training
    const Picture *picture; // or: a picture from elsewhere comes first (it is copied); its label is
    int label;              // this class, or −1: there is no loss and no backward
    uint64_t step;       // … of this step of the `train` line, from 0: the first, if this is 0
    int batch;           // pictures of the batch; 0: as the model's first `train` says
    bool random;         // apply random image steps
    bool input_diff;     // find the gradient of the image, too
    const bool *kept;    // of a network that is too large: one flag per node, whose values alone are kept;
                         // the step runs forward only, as in inference. The same for all choices; it
                         // must outlive the trace. NULL: everything is kept
} TraceOptions;

typedef struct Trace {
    Session *s;
    int n_stages;
    const Stage *stage;  // another list after trace_choose
    int n;               // pictures of the batch
    const int *label;    // their classes
    const int *picture;  // their numbers in the part; −1: the picture from elsewhere
    bool judged;         // there is a loss, and so a way back (a model without optimizer has none)
    int score;           // the node whose values the loss judges
    int steps;           // updates made so far, since trace_open or trace_follow
    double loss;         // of the step, before its update
    double rate;         // learning rate of the step
    double norm, scale;  // of the whole gradient, and what clipping multiplied it with (1: nothing)
    struct TraceState *state;
} Trace;

// Opens a trace: what stands before the first `train` line is carried out (freeze, unfreeze, and load
// unless the session was given weights). No step is done yet, and values are zero. False with a
// message; nothing is left open then. The session must outlive the trace; its parameters are changed
// by every step.
bool trace_open(Trace *t, Session *s, const TraceOptions *o, Error *e);
void trace_close(Trace *t);

// Does one step: prepare, forward, loss, backward and, if asked, the update (without it the
// parameters stay as they are, and those "after" are those before). What is not judged runs forward
// as in inference. On failure (a picture cannot be read any more) the parameters are as they were,
// and there is nothing to look at until a step succeeds.
bool trace_step(Trace *t, bool update, Error *e);

// Chooses other pictures for the next step, as in TraceOptions. On failure the old ones stay.
bool trace_choose(Trace *t, const TraceOptions *o, Error *e);

// From now on the steps are those of a program from `at` on: its `train` line, its rate, its order of the
// pictures, its draws. The parameters are the caller's to bring. On failure all stays as it was.
bool trace_follow(Trace *t, const NextStep *at, const TraceOptions *o, Error *e);

// The loss of the same batch and the class scores of the inspected picture (numbers of the output
// node; out may be NULL) with the weights as they are now: "did it help?". Random layers draw as in
// the step; running statistics are not touched. NaN: no step yet, not judged, or no memory.
double trace_again(Trace *t, real *out);

// What the network says of the inspected picture in inference (no dropout, the stored mean and
// variance), with the weights as they are now: numbers of the output node. False: no step yet, or no
// memory.
bool trace_answer(Trace *t, real *out);

// The first picture of a part, among its first `most`, that the network takes for another class, in
// inference; −1: all are right. False with a message if a picture cannot be read, or memory is out.
bool trace_find_wrong(Session *s, Part part, int most, int *picture, Error *e);

int trace_stage(const Trace *t, const char *name); // its number, or −1

// The inspected picture as bytes as it was read, and as numbers after random and fixed image steps:
// what comes out of stage k (load, augment, step), 1 × C × H × W; what goes into it is k − 1's.
Tensor trace_picture(const Trace *t, int stage);

// The numbers a random step drew for the inspected picture ("angle" = 12.3 …): how many there are;
// name and value may be NULL.
int trace_drawn(const Trace *t, int stage, int k, const char **name, double *value);

// What a node put out and the gradient of it, for the whole batch, N × C × H × W (read with at():
// the layout may be any). v is NULL where there is no gradient (input, frozen base).
Tensor trace_value(const Trace *t, int node);
Tensor trace_diff(const Trace *t, int node);

// What the loss compared: the wanted probabilities (N × C), and the loss of each picture (times the
// weight of its class). NULL where it is not judged.
Tensor trace_target(const Trace *t);
const double *trace_losses(const Trace *t);

// Parameters and optimiser state around the update; PARAM_GRAD is the gradient as it was found,
// PARAM_USED as the update saw it (after clipping).
typedef enum ParamTime { PARAM_BEFORE, PARAM_GRAD, PARAM_USED, PARAM_AFTER } ParamTime;
Tensor trace_param(const Trace *t, int param, ParamTime when);
Tensor trace_slot(const Trace *t, int param, int slot, bool after);

// A trace does the sums that explain() tells. Does training do those of a node in another way
// (Winograd's), so that the last digits may differ?
bool trace_plain_sums(const Trace *t, int node);

// Takes one number apart: of a forward stage (asked = ASKED_DST) or a backward stage of the same
// node (the others). False if the stage has no such number.
bool trace_explain(const Trace *t, int node, Question *q);

// The same for the loss (asked = ASKED_LOSS: of picture n of the batch; ASKED_DIFF_SCORE: the
// gradient it wrote), and for the update of a parameter (asked = ASKED_WEIGHT). False, too, where
// there was none.
bool trace_explain_loss(const Trace *t, Question *q);
bool trace_explain_update(const Trace *t, int param, Question *q);

// The same for one number of an image step that is not random: c, y and x of what came out of it.
bool trace_explain_picture(const Trace *t, int stage, StepQuestion *q);
