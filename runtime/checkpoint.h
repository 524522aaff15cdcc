/* checkpoint.h — all that resuming needs, in one safetensors file.
 *
 * Tensors `param/NAME` and `opt/NAME.SLOT`; the best weights have a file of their
 * own. Everything else a run remembers (phase, epoch, step, sums of the epoch so far, plateau's
 * memory, updates per parameter) is U64 and F64 tensors under `run/`, so that it is exact. The
 * order of the pictures and every random number follow from (seed, epoch, step) and need no place. */
#pragma once
#include <stdint.h>

#include "lang/graph.h"
#include "runtime/error.h"
#include "runtime/params.h"
#include "runtime/schedule.h"

// What the steps of a stretch of training add up to.
typedef struct Sums { uint64_t seen, hits; double loss; } Sums;

typedef struct RunState {
    uint64_t seed;
    uint64_t action;        // index in Experiment.action of the line being carried out
    uint64_t phase;         // which train line that is
    uint64_t epoch;         // of this phase, from 0
    uint64_t step;          // done in this epoch
    uint64_t phase_step;    // done in this phase
    uint64_t total_step;    // done in the whole run
    uint64_t passes;        // over the pictures, begun before this phase: picks their order
    uint64_t rows;          // lines of results.csv so far
    Sums epoch_sums, row_sums; // of this epoch so far, and since the last line of results.csv
    double best;            // the best judged loss of this phase; infinity at first
    uint64_t best_epoch;
    uint64_t batch;
    ScheduleState schedule;
} RunState;

bool checkpoint_save(const char *path, const Experiment *x, const Params *p, const RunState *s,
                     Error *e);

// Refuses, with what differs, a checkpoint of another model text, seed or batch size, or from a
// newer version; s->seed and s->batch (0: any) say on entry what this run uses. On failure p and *s
// are as before.
bool checkpoint_load(const char *path, const Experiment *x, Params *p, RunState *s, Error *e);
