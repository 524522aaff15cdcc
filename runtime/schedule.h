/* schedule.h — rules for choosing the learning rate of an epoch. */
#pragma once
#include "lang/graph.h"

// Where a phase of training is, and what plateau remembers.
typedef struct ScheduleState {
    double factor, best; // plateau: the product of all cuts; the best loss so far
    int bad;             // plateau: epochs since then
} ScheduleState;

typedef struct SchedulePlace {
    double lr;         // as written: the rate at the start
    double epoch;      // epochs done in this phase; fractions count (a step's place)
    double epochs;     // epochs of this phase
    double step;       // what one step is of an epoch: 1 / steps per epoch
} SchedulePlace;

typedef struct ScheduleKind {
    KindSpec spec;
    double (*rate)(const void *cfg, const SchedulePlace *p, const ScheduleState *s);
    void (*epoch_end)(const void *cfg, double loss, ScheduleState *s); // NULL: nothing to remember
} ScheduleKind;

#define SCHEDULE(name) extern const ScheduleKind name##_schedule;
#include "runtime/schedules.def"
#undef SCHEDULE

ScheduleState schedule_start(void);

// The rate of the step at p: the rule's, times (epoch + step)/warmup while that is below 1. The
// warm-up is linear, and its first step moves a little already; source: Goyal et al., "Accurate,
// Large Minibatch SGD", 2017, §2.2.
double schedule_rate(const TrainOptions *o, const SchedulePlace *p, const ScheduleState *s);
