/* plan_private.h — what the files of the plan share: where each node's numbers lie. */
#pragma once
#include "runtime/layer.h"
#include "runtime/loss.h"
#include "runtime/plan.h"

enum {
    GROUP = 16,            // images that go through the network together, but of
    SMALL_NET = 1 << 18,   // weights at most, which stay in the cache, so few that there are groups to share
    PLAN_ALIGN = 16,       // reals: values begin on a cache line
    ROW_PARTS = 16,        // tasks a large gradient is cut into,
    FEW_ROW_PARTS = 4,     // or so many, if each of them has more to do than the sums themselves
    LARGE_GRADIENT = 8192, // numbers from which a gradient is cut by rows, not by groups,
    REUSE = 8,             // unless every weight is used so often per image
    HUGE_GRADIENT = 1 << 20, // numbers from which even such a gradient leaves every cache
    FEW_PRODUCTS = 1 << 20, // in the tasks of all gradients together: a thread would hardly be awake in time
    JOIN_LEN = 4096,       // numbers one task of adding partial sums works on
    LARGE_IMAGE = 1 << 20, // numbers of a value from which sixteen images are too much memory
    SPAN = 4,              // groups that a worker takes at once, at most,
    SPAN_WEIGHTS = 16384,  // if there is a layer with so many weights that likes it; with more of them than
    OWN_WEIGHTS = 1 << 17, // this, threads do not take groups but rows of the weights, which stay with them
    FEW_GROUPS = 4,        // with fewer of them a long call is done in parts: at most
    SHARES = 4,            // so many,
    SHARE_WORK = 1 << 19,  // each of so many products at least, or a multiple of that;
    LAST_WORK = 1 << 16,   // of a layer in LAYOUT_LAST, and of so many pairs
    LAST_PAIRS = 2,        // of rows; an even number of parts: two threads are done at the same time
    SUMMED_OFTEN = 4096,   // products of each weight from which each of the shares has a sum of them,
    MANY_TIMES = 16,       // if groups can occupy two threads already
    NUMBER_WORK = 8,       // a number that is read or written takes as long as so many products
    CHAIN_NUMBERS = 1 << 18, // numbers that stay in the second cache: of so many maps neighbours work on at a
                           // time, if all of them have more and what they follow from has not;
    CHAIN_MAPS = 3,        // with fewer maps at a time a convolution is slow
};

static const size_t PARTIAL_BYTES = 64u << 20; // at most so much for the partial sums of one layer

// How the gradient of a node's parameters is found.
typedef enum GradMode {
    GRAD_NONE,   // no parameters, or all frozen
    GRAD_GROUPS, // a partial sum per group of images, or per part of its call, joined in order
    GRAD_ROWS,   // at once from the whole batch, cut by rows of the weights
    GRAD_WHOLE,  // at once from the whole batch, in one task
    GRAD_JOINED  // by the layer itself, when it joins its notes
} GradMode;

// Where a value or gradient lies.
typedef enum Home {
    OF_BATCH, // all images, one after the other
    OF_GROUP, // in memory of each group, which others use before and after it
    OF_PLACE, // the same in that of a place: of a worker or, if there are few, of a group
    OF_CHAIN  // in scratch of the worker, and only of the maps that a chain has come to
} Home;

// The same as an address: of image 0, and how far it is from there to that of a place, a group and a worker.
typedef struct Lies { Tensor t; size_t per_place, per_group, per_worker; } Lies;

typedef struct NodePlan {
    const LayerKind *kind;
    void (*forward)(const Step *s);
    void (*backward)(const Step *s);
    size_t image;        // numbers of one image's value
    Layout layout;       // of it: that of the plan or, in inference of few images, LAYOUT_LAST
    bool frozen;         // it has parameters, and none can learn
    Home value_home, diff_home;
    size_t value_at, diff_at; // offsets in reals: in Plan.values, or in the memory of a group or place
    int shares;          // parts a call of it is done in
    bool cuts_maps;      // parts are some maps each (LAYOUT_LAST), not rows
    bool spans;          // all groups that a worker has taken come in one call
    size_t saved;        // offset in bytes, and bytes per image
    size_t saved_image;
    size_t notes, notes_len; // in Plan.notes: bytes of what is joined, and of each group's notes behind it
    size_t prepared, prepared_len; // reals, in Plan.prepared
    bool plain_sums;     // it would have some, but for no_winograd
    int reads;           // the node whose value is its first source, and the one in whose place its own
    int place;           // value lies: usually n->src[0] and itself (see change_places, share_places)
    Range chain;         // nodes that are done together with this one, itself included: none of the values
                         // that they read may go before all are done
    bool chained_back;   // backward, too
    bool is_input;       // it has the same numbers as the input, which lie where they are
    bool behind;         // it has changed places with the node behind it
    int last_reader;     // the last node that reads it
    int n_readers;       // how often it is read
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
    Lies out, diff;      // value and gradient; .t.v NULL: none
    Tensor param[MAX_PARAMS];
    Step step;           // what all calls have in common
} NodePlan;

// One task after backward: turn what the groups left behind into a gradient, and change the parameters.
typedef struct GradTask { int node; size_t lo, hi; } GradTask;

// The functions of a layer, in the order in which they are called; between forward and backward, the loss.
typedef enum OpKind {
    OP_GATHER, OP_JOIN, OP_FORWARD,
    OP_LOSS,
    OP_GATHER_BACK, OP_JOIN_BACK, OP_BACKWARD
} OpKind;

typedef struct Op {
    OpKind kind;
    int node;
    bool whole; // one call for the whole batch, when all groups are there; otherwise one for each group
    Range chain; // operations that are done together, this one included:
    int maps;    // for so many maps at a time (plan_chain.c), or (0) part by part, the same rows of each
                 // (plan_last.c)
} Op;

struct Plan {
    const Experiment *x;
    const Graph *g;
    Params *params;
    Threads *threads;
    PlanOptions o;
    Layout layout;         // of values and gradients, but see NodePlan; targets are plain
    int n_workers;
    int group, max_groups; // images of a group, and groups of a batch
    bool few;              // groups: long calls are done in parts
    bool spans;            // a node takes several groups in one call
    size_t room;           // images that a value has room for: the batch, or so many whole groups
    int score;             // the node the loss judges
    bool by_place;         // inference without keep: values lie in the memory of a place:
    int n_places;          // of a worker or, so that several workers can share a call, of a group

    NodePlan *node;
    Op *op;                // forward, loss, backward, in the order they run
    int n_op, n_forward;
    GradTask *grad_task;
    int n_grad_tasks;
    bool grads_alone;      // they are so short that no thread is woken for them
    GradTask *prepare_task; // rows of the weights of nodes that prepare them
    int n_prepare_tasks;
    bool prepared_now;     // of the weights as they are

    real *values;          // values and gradients of the batch
    unsigned char *saved;
    real *partials;
    real *prepared;
    unsigned char *notes;
    real *work;            // scratch of each worker
    real *groups;          // per group: gradients that live while workers wait for each other
    real *places;          // per place: values or gradients, and what layers save
    unsigned char *place_saved;
    real *target;
    const real *class_weight;
    double *loss;
    size_t values_len, saved_len, partials_len, prepared_len, notes_len;
    size_t work_len, group_len, place_len, place_saved_len;

    // The run that is going on. The losses' mean is their sum divided by `weight`.
    struct {
        int n, lo, hi, span;
        uint64_t step;
        double weight;
        bool training, replay;
        const Update *update; // NULL: only the gradients are wanted
    } run;
};

// Fills node, op, grad_task and all offsets and lengths of a plan whose x, params (may be NULL:
// nothing is frozen), o and n_workers are set. False when memory is out.
bool plan_lay_out(Plan *p);
void plan_free_layout(Plan *p);

bool plan_unseen(const Plan *p); // may values and gradients be left out, since nobody looks?
void plan_source_shapes(const Graph *g, const Node *n, Shape *src);

// plan_chain.c: these operations, and their nodes, are done together (see Op).
void plan_do_together(Plan *p, Range ops, int maps);
// Neighbours that are done together for a few maps at a time, when the operations are known; those of
// backward when it is known how the gradients of parameters are found.
void plan_find_chains(Plan *p);
void plan_find_chains_back(Plan *p);
// Reals of each worker's scratch for what lies in OF_CHAIN, behind the first `work` of them.
size_t plan_place_chains(Plan *p, size_t work);

// Lets a call be one for some maps only: values, `saved`, and of a kind by_row its parameters' rows.
// Gradients of parameters are narrowed apart, when it is known where they lie.
void plan_narrow(const Plan *p, NodeStep *c, int i, Range maps);
void plan_narrow_diff_params(NodeStep *c, int n_params, Range maps);

// plan_last.c: the layout of each node; and, when the operations are known, what follows.
void plan_choose_last(Plan *p);
void plan_choose_followers(Plan *p);

// plan_memory.c: all offsets and lengths, when the operations are known. False when memory is out.
bool plan_place(Plan *p);

/* ---- calls (plan_call.c): the numbers of one node for images [lo, hi) ------------------------------- */

// What does not change from call to call; when everything is allocated.
void plan_fix_calls(Plan *p);

Tensor plan_out(const Plan *p, int i, int worker, int lo, int hi);
Tensor plan_diff_out(const Plan *p, int i, int worker, int lo, int hi);
void plan_call(const Plan *p, NodeStep *c, int i, int worker, int lo, int hi);

// So many partial sums of node i's gradient do so many groups find; one: it is the gradient. 0: none.
int plan_sums(const Plan *p, int i, int groups);

// Where the gradient of node i's parameters begins.
real *plan_grad(const Plan *p, int i);

// Lets the call's gradients of parameters point into `slab`, whose number 0 is the first of this node's.
void plan_point_diff_params(const Plan *p, NodeStep *c, int i, real *slab);

/* ---- gradients of parameters (plan_grads.c), when all operations are done ---------------------------- */

// Where a sum of node i's gradient goes, of a group or of a part of its call: if there is but one, it is
// the gradient.
real *plan_partial(const Plan *p, int i, int sum);

// Sets these rows of a call's gradients of parameters to zero.
void plan_clear_rows(const NodeStep *c, int n_params, Range rows);

// All of them, and with u != NULL changes the parameters.
void plan_find_grads(Plan *p, const Update *u);

// plan_run.c: whoever waits is told what is being done, and whether it is a part of backward.
void plan_watch(const Plan *p, int node, bool back);
