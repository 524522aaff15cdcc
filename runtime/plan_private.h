/* plan_private.h — what the files of the plan share: where each node's numbers lie. */
#pragma once
#include "runtime/layer.h"
#include "runtime/loss.h"
#include "runtime/plan.h"

enum {
    GROUP = 16,            // images that go through the network together
    PLAN_ALIGN = 16,       // reals: values begin on a cache line
    CHANNEL_PARTS = 16,    // tasks a by_channel layer is cut into
    ROW_PARTS = 16,        // tasks a large gradient is cut into
    LARGE_GRADIENT = 8192, // numbers from which a gradient is cut by rows, not by groups,
    REUSE = 8,             // unless every weight is used so often per image
    HUGE_GRADIENT = 1 << 20, // numbers from which even such a gradient leaves every cache
    JOIN_LEN = 4096,       // numbers one task of adding partial sums works on
    LARGE_IMAGE = 1 << 20, // numbers of a value from which sixteen images are too much memory
    SPAN = 4,              // groups that a worker takes at once, at most,
    SPAN_WEIGHTS = 16384,  // if there is a layer with so many weights that likes it
};

static const size_t PARTIAL_BYTES = 64u << 20; // at most so much for the partial sums of one layer

// How the gradient of a node's parameters is found.
typedef enum GradMode {
    GRAD_NONE,   // no parameters, or all frozen
    GRAD_GROUPS, // a partial sum per group of images, joined in order
    GRAD_ROWS,   // at once from the whole batch, cut by rows of the weights
    GRAD_WHOLE,  // at once from the whole batch, in one task
    GRAD_DIRECT  // the layer is cut by channels: each task writes its own part
} GradMode;

typedef struct NodePlan {
    const LayerKind *kind;
    void (*forward)(const Step *s);
    void (*backward)(const Step *s);
    size_t image;        // numbers of one image's value
    bool shared;         // inference: the value lies in each worker's own memory
    size_t value, diff;  // offsets in reals: in Plan.values, or (shared) in the worker's memory
    size_t saved;        // offset in bytes, and bytes per image
    size_t saved_image;
    size_t prepared, prepared_len; // reals, in Plan.prepared
    bool plain_sums;     // it would have some, but for no_winograd
    int reads;           // the node whose value is its first source, and the one in whose place its own
    int place;           // value lies: usually n->src[0] and itself (see change_places)
    int last_reader;     // the last node that reads it
    bool spans;          // all groups that a worker has taken come in one call
    bool live;           // what the loss judges depends on it
    bool wants_diff;     // something before it (or itself) can learn
    bool cleared;        // somebody sets its gradient to zero before anybody adds to it:
    uint64_t clear;      // bit k: this node does so for its source k,
    bool writes;         // by writing: it looks at Step.fresh,
    bool writes_params;  // and at Step.fresh_params
    int first_param;
    size_t param_range;  // numbers of the slab its parameters span
    GradMode grad;
    size_t partial;      // offset in Plan.partials of group 0's sum
    Rng rng;
} NodePlan;

// One task after backward: turn what the groups left behind into a gradient.
typedef struct GradTask { int node; size_t lo, hi; } GradTask;

typedef enum OpKind { OP_FORWARD, OP_LOSS, OP_BACKWARD } OpKind;
typedef struct Op { OpKind kind; int node; } Op;

struct Plan {
    const Experiment *x;
    const Graph *g;
    Params *params;
    Threads *threads;
    PlanOptions o;
    Layout layout;         // of all values and gradients; targets are plain
    int n_workers, max_groups;
    bool spans;            // a node does
    size_t room;           // images that a value has room for: the batch, or so many whole groups
    int score;             // the node the loss judges
    bool by_worker;        // inference without keep: values live in the workers' memory

    NodePlan *node;
    Op *op;                // forward, loss, backward, in the order they run
    int n_op, n_forward;
    GradTask *grad_task;
    int n_grad_tasks;
    GradTask *prepare_task; // rows of the weights of nodes that prepare them
    int n_prepare_tasks;

    real *values;          // values and gradients of the batch
    unsigned char *saved;
    real *partials;
    real *prepared;
    real *workers;         // per worker: scratch, then shared values; `saved` for them behind
    unsigned char *worker_saved;
    real *target;
    const real *class_weight;
    double *loss;
    size_t values_len, saved_len, partials_len, prepared_len, work_len, worker_len, worker_saved_len;

    // The run that is going on. The losses' mean is their sum divided by `weight`.
    struct { int n, lo, hi, span; uint64_t step; double weight; bool training, replay; } run;
};

// Fills node, op, grad_task and all offsets and lengths of a plan whose x, params (may be NULL:
// nothing is frozen), o and n_workers are set. False when memory is out.
bool plan_lay_out(Plan *p);
void plan_free_layout(Plan *p);
