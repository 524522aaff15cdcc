/* overfit.h — can a network learn a few pictures by heart?
 *
 * A network that has enough weights, a rate that suits it and labels that belong to its pictures
 * brings the loss of 20 pictures close to 0 within a minute. One that cannot will not learn 60,000
 * either; so this is tried before a long training. The rule of the optimizer and its rate stay as
 * written; schedule, label smoothing, balancing and random image steps are left out. */
#pragma once
#include "runtime/train.h"

enum { OVERFIT_STEPS = 2000 };

// Below this share of the loss of the first step, or below the second number, it knows them by heart.
static const double OVERFIT_SHARE = 0.02, OVERFIT_NOTHING = 0.001;

typedef struct Overfit {
    int n, right;       // pictures, and how many it gets right
    int step;           // updates so far
    double first;       // the mean loss of the first step
    double half;        // the mean loss after half of OVERFIT_STEPS
    double loss;        // the mean loss now, the way --test judges
    double rate;
    bool learnt;        // all right, and the loss close to 0
} Overfit;

// Trains on the n pictures that a training with this seed would see first (all, if there are fewer)
// until they are learnt, at most OVERFIT_STEPS steps; the session's parameters are changed. `each`
// is told about steps 0, 1, 2, 5, 10, 20, 50 … and the last one, and returns false to stop. A loss
// that is not finite ends it, too. False with a message if it could not begin.
bool overfit_run(Session *s, int n, bool (*each)(void *ctx, const Overfit *o), void *ctx, Overfit *o,
                 Error *e);
