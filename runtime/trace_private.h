/* trace_private.h — what the files of the trace share. */
#pragma once
#include "runtime/batch.h"
#include "runtime/loss.h"
#include "runtime/order.h"
#include "runtime/pace.h"
#include "runtime/trace.h"

enum { STAGE_NAME = 2 * MAX_WORD }; // bytes

// What came out of one image step, for the inspected picture.
typedef struct Watched {
    Tensor v;                 // NULL: not run yet
    int n_drawn;
    const char **drawn_name;  // texts of the step's kind
    double *drawn;
} Watched;

// Everything that follows from the choice of pictures.
typedef struct Choice {
    TraceOptions o;           // picture is ours
    Picture elsewhere;
    bool judged;
    int n;
    int *index, *label;       // of the n pictures; index −1: elsewhere
    int *copy;                // which copy of a picture that oversampling shows several times
    int n_stages, n_watched;  // the first n_watched stages are those of the picture
    Stage *stage;
    char *name;               // n_stages texts of STAGE_NAME bytes
    Watched *watched;
    Plan *plan;
} Choice;

typedef struct TraceState {
    Choice now;
    const TrainOptions *train; // the first `train` line or that which is followed, or NULL
    NextStep at;               // where that began
    Order order;               // if there is one: the passes it shows
    Pace pace;                 // and how it goes on
    real *class_weight;        // what the pictures of each class count; NULL: all the same
    Batcher batcher;
    Plan *again;               // made when it is asked for
    real *before, *found;      // parameters; their gradients before clipping (NULL: no clipping)
    real *slot[MAX_SLOTS];     // before the update
    bool remembers;            // they may hold something else than zeros
    bool done;                 // there was a step with these pictures
    bool clipped;              // `found` holds it
    uint64_t step;             // number of the step that was done last, from 0
} TraceState;

// trace_choice.c: fills in a choice, its plan and stages, and lets it go. False with a message, and
// nothing to let go.
bool choice_make(Choice *c, const Trace *t, const TraceOptions *o, Error *e);
void choice_free(Choice *c);

// Reads and prepares the pictures for step `step` of this trace (from 0) into the plan, and what there is to
// watch.
bool choice_prepare(Choice *c, const Trace *t, uint64_t step, Error *e);

// trace_stages.c: lists the stages of a choice whose plan is made. False with a message.
bool stages_list(Choice *c, const Experiment *x, Error *e);
