/* opening.h — what a person sees while a data set is opened: warnings on stderr, and on a terminal
 * how many pictures have been decoded. */
#pragma once
#include "runtime/train.h"
#include "viz/terminal/terminal.h"

typedef struct OpeningView {
    Terminal to;
    double began, drawn_at;
    bool drawn;
} OpeningView;

// From now on the opening of a session with these options is watched.
void opening_watch(OpeningView *v, RunOptions *o);

// Takes the line away.
void opening_done(OpeningView *v);
