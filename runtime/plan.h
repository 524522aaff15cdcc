/* plan.h — where every number lives, and in what order it is computed.
 *
 * A plan is made once for a network, a batch size and a purpose; after that nothing is allocated
 * and nothing can fail. A training plan keeps every value of the forward pass until its gradient
 * is done; a plan for inference lets values that are never needed together share memory.
 *
 * Invariants
 *  1. Nodes run in the order of the graph; backward in the reverse order.
 *  2. A batch is cut into groups of images by its size alone, never by the number of threads. One
 *     group goes through neighbouring layers in one go.
 *  3. The gradient of a small parameter is summed per group, and the groups' sums are added in
 *     order, and so are the notes of a batchnorm; that of a large one is computed at once from the
 *     whole batch, cut by its rows.
 *  4. So every number is the result of the same operations in the same order on 1 or 16 threads. */
#pragma once
#include <stdint.h>

#include "lang/graph.h"
#include "runtime/error.h"
#include "runtime/layer.h"
#include "runtime/loss.h"
#include "runtime/params.h"
#include "runtime/threads.h"

// Told of an operation before it begins, by any thread and for each group of images.
typedef void PlanWatch(void *ctx, int node, bool backward);

typedef struct PlanOptions {
    int batch;         // at most so many images at once
    bool training;     // gradients, too
    bool keep;         // keep every value even for inference, so that it can be looked at
    const bool *kept;  // inference: of these nodes, too, the value stays; read while the plan is made.
                       // NULL: of none but the output
    bool input_diff;   // the gradient of the input, too
    bool no_winograd;  // 3×3 convolutions with the sums of the definition (see conv_winograd.c)
    bool weights_fixed;  // the weights stay as they are, unless plan_weights_changed() says otherwise
    bool unseen;       // nobody asks for the value of each node: neighbours may change places
    bool ref;          // run the definitions instead of the fast code
    bool lanes;        // sixteen images side by side, even if most lanes stay empty (see tensor.h)
    uint64_t seed;     // of dropout
    PlanWatch *watch;  // NULL: nobody asks how far it is
    void *watch_ctx;
} PlanOptions;

typedef struct Plan Plan;

// Bytes a plan would take, per purpose: what a refusal quotes and `cnnrun MODEL` shows.
typedef struct PlanSize { size_t params, values, work, total; } PlanSize;
PlanSize plan_size(const Experiment *x, const PlanOptions *o, int threads); // all 0: out of memory

// NULL with a message if it would not fit into memory: the size is checked before anything is
// allocated. x, p and t must outlive the plan. t may be NULL: one thread.
Plan *plan_make(const Experiment *x, Params *p, Threads *t, const PlanOptions *o, Error *e);
void plan_free(Plan *p); // NULL is allowed

int plan_batch(const Plan *p);

// The first n images of the input and of the wanted outputs (N × C × 1 × 1): write here, then run.
Tensor plan_input(Plan *p, int n);
Tensor plan_target(Plan *p, int n);

// From now on the images of each class count so much in the loss (see LossStep): one positive number
// per class, which must outlive the plan; NULL: all the same, as at first. The mean is divided by the
// sum of the weights, as in PyTorch.
void plan_weigh(Plan *p, const real *class_weight);

// Inference on n images.
void plan_infer(Plan *p, int n);

// The weights are others than in the last run of a plan with weights_fixed.
void plan_weights_changed(Plan *p);

// Forward, loss and backward of one training step on n images; the gradients of all parameters
// that are not frozen are in Params.grad afterwards. `step` is the number of the step in the whole
// run (dropout). Returns the mean loss.
double plan_train(Plan *p, int n, uint64_t step);

// The same and then one step of the optimiser, as params_update() would do it, but each part of the
// parameters is changed as soon as its gradient is there. If the loss is not finite nothing is changed.
double plan_learn(Plan *p, int n, uint64_t step, const Update *u);

// The loss of each of the last n images, in double, times the weight of its class.
const double *plan_losses(const Plan *p);

// Mean loss of n images in inference (after plan_infer): target as for training.
double plan_judge(Plan *p, int n);

// What a node put out for the last n images, and the gradient of it (training plans). The value of
// a node that shares its memory (inference without keep) is gone: v is NULL; so is that of a node whose
// neighbour works in its place (unseen), and the gradient of nearly every node then. Those of the
// output and of what is judged never are.
Tensor plan_value(const Plan *p, int node, int n);
Tensor plan_diff(const Plan *p, int node, int n);

// The pieces of plan_train, for tests, traces and checks against other programs. Forward as in
// training (or not); random layers use what is in plan_saved() when `replay` is set.
void plan_forward(Plan *p, int n, uint64_t step, bool training, bool replay);
void *plan_saved(Plan *p, int node);

// Then either the loss: judges, and writes its gradient; or a gradient of the caller's own: all are
// set to zero, and that of the judged value (without a loss, the output) is handed out to be written.
double plan_loss(Plan *p, int n);
Tensor plan_seed(Plan *p, int n);

// Then backward from there; all gradients are in place afterwards.
void plan_backward(Plan *p, int n);

// A node and the numbers it was run with, all images of the last run at once: what explain() looks
// at. Gradients of parameters are not in it.
typedef struct NodeStep {
    Step s; // points to the tensors below
    Tensor src[MAX_SRC], diff_src[MAX_SRC], param[MAX_PARAMS], diff_param[MAX_PARAMS];
} NodeStep;
void plan_step(const Plan *p, int node, NodeStep *s);

// The same for the loss.
LossStep plan_loss_step(const Plan *p);

// Does a node do the sums of the definition only because no_winograd was asked for?
bool plan_plain_sums(const Plan *p, int node);

// The first node, in order of computation, whose value (or, if all are finite, whose gradient) for
// the last n images holds an infinity or a NaN; -1 if there is none. *in_gradient says which.
int plan_bad(const Plan *p, int n, bool *in_gradient);
