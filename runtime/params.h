/* params.h — the parameters of a network: values, gradients, and what the optimiser remembers.
 *
 * They lie in one slab, in the order of the graph, each tensor at a multiple of 16 numbers (the
 * gaps are zero and stay zero); gradients and optimiser slots lie in slabs of the same form, so
 * that offset + i names the same weight in all of them. Statistics (running mean and variance) lie
 * in the value slab, too; nothing ever changes their gradient or slots. */
#pragma once
#include <stdint.h>

#include "lang/graph.h"
#include "runtime/error.h"
#include "runtime/optim.h"
#include "runtime/tensor.h"
#include "runtime/threads.h"

typedef struct Param {
    const char *name;       // "features.0.weight"
    const ParamSpec *spec;
    int node;               // the layer it belongs to
    size_t offset, len;     // in every slab
    bool frozen;            // not updated; statistics always are
    uint64_t updates;       // how often the optimiser has changed it
} Param;

// A stretch of one parameter: what one task of an update works on.
typedef struct ParamPart { int param; size_t lo, hi; } ParamPart;

typedef struct Params {
    int n, n_slots, n_parts;
    Param *param;
    ParamPart *part;
    double *part_sum;       // scratch of params_norm
    size_t len;             // of one slab
    real *value, *grad;
    real *slot[MAX_SLOTS];
} Params;

// All parameters of g with zero values. `optimizer` may be NULL (or of kind NULL): then there are
// neither gradients nor slots. NULL with a message when memory is out.
Params *params_make(const Graph *g, const Use *optimizer, Error *e);
void params_free(Params *p); // NULL is allowed

// Adds gradients and slots to parameters that were made without: they are to be trained. Of kind
// NULL: gradients alone.
bool params_learn(Params *p, const Use *optimizer, Error *e);

// True if a parameter or layer of that name belongs to the section or layer `part`, or part is "all".
bool params_belong(const char *name, const char *part);

// Freezes or unfreezes what belongs to a section or layer ("base.stage3", or "all"). The optimiser
// begins anew with what was unfrozen. Returns how many trainable tensors that name covers.
int params_freeze(Params *p, const char *name, bool freeze);

// First values by x->init, a function of (seed, name, index) alone.
void params_init(Params *p, const Experiment *x, uint64_t seed);

// Numbers of a parameter, and the room it takes in a slab.
size_t param_len(const ParamSpec *s);
size_t param_room(const ParamSpec *s);

// Parameter i, its gradient or slot k as a tensor: O × I × K × K, O × I × 1 × 1 or O × 1 × 1 × 1.
Tensor params_tensor(const Params *p, int i, real *slab);

// Index of the first parameter of a node; the others follow.
int params_of_node(const Params *p, int node);

// The norm of the whole gradient (frozen parameters left out), summed in a fixed order in double.
double params_norm(const Params *p, Threads *t);

// The decay that concerns a parameter: 0 if it is none of the weights of conv and dense, unless
// decay_all.
double params_decay(const Param *q, const OptimOptions *o);

// One step of the optimiser on everything that is not frozen. `scale` multiplies the gradient first
// (clipping; 1 leaves it).
void params_update(Params *p, const Use *optimizer, double lr, double scale, Threads *t);

// The same in pieces, by whoever has them at hand: first params_next(), then each number of every
// parameter once, in any order and on any thread; numbers [lo, hi) of parameter i.
typedef struct Update { const Use *optimizer; double lr, scale; } Update;
void params_next(Params *p);
void params_update_part(const Params *p, const Update *u, int i, size_t lo, size_t hi);
