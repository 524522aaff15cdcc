/* progress.h — training as it goes on, in lines of text.
 *
 * On a terminal one line at the bottom is redrawn, at most ten times a second:
 *
 *     epoch 3/10  ██████████──────────  loss 0.1234  accuracy 96.31 %  0:42 left  12,345 images/s
 *
 * fields that the window has no room for are left out. "12 % waiting for pictures" stands behind it if
 * preparing them takes longer than learning from them. Elsewhere a phase of few epochs gets about
 * ten lines, chosen by the number of steps and never by the clock, so that two runs print the
 * same but for the speeds at the end of the lines. Every epoch gets a line in both cases. */
#pragma once
#include "runtime/train.h"
#include "viz/terminal/terminal.h"

typedef struct ProgressView {
    Terminal to;
    Progress last;         // what was told last; phase −1 before that
    Progress epoch_start;  // what was told where the epoch and the phase began
    Progress phase_start;
    uint64_t tenths;       // of the phase's steps, that have had a line
    double drawn_at;       // when, by a clock that only goes forward
    bool drawn;            // the line is there
} ProgressView;

void progress_begin(ProgressView *v, Terminal to);

void progress_step(ProgressView *v, const Progress *p);
void progress_epoch(ProgressView *v, const EpochResult *r);

// Takes the line away before anything else is printed.
void progress_clear(ProgressView *v);
