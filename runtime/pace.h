/* pace.h — how a `train` line goes on: pictures of a step, steps of an epoch, and how far each step
 * moves. Training and the trace of a step ask here. */
#pragma once
#include "runtime/schedule.h"
#include "runtime/train.h"

typedef struct Pace {
    const TrainOptions *o;
    int n, batch;                    // pictures of a pass, pictures of a step
    int batch_asked;                 // larger than `batch` if there are not so many pictures
    uint64_t steps_per_pass, steps_per_epoch, steps;
    double lr;                       // as written
} Pace;

// What the line says of passes of n pictures, where the command line does not say otherwise.
Pace pace_make(const Session *s, const TrainOptions *o, int n);

// The rate of a step of this phase, counted from 0.
double pace_rate(const Pace *p, uint64_t step, const ScheduleState *s);

// What clipping multiplies a gradient of this norm with.
double pace_clip(const TrainOptions *o, double norm);
