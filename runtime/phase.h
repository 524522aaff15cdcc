/* phase.h — one `train` line being carried out. */
#pragma once
#include "runtime/run.h"

// Trains as `o` and the command line say, from the place in run->state on. Leaves the counters of
// the phase at zero when it is done.
RunResult phase_run(Run *run, const TrainOptions *o, Error *e);
