/* run.h — what a run keeps while it goes on, and how it speaks and saves. */
#pragma once
#include "runtime/checkpoint.h"
#include "runtime/results.h"
#include "runtime/run_folder.h"
#include "runtime/train.h"

typedef struct Run {
    Session *s;
    const Reporter *r;
    char *folder;             // NULL: nothing is kept
    int lock;                 // of the folder; -1: none
    Results results;
    RunState state;
    int n_phases;
    double saved_at;          // seconds, of the last checkpoint
    char unsaved[ERROR_TEXT]; // why the last checkpoint could not be written, or ""
    Error unreported;         // why an evaluation's tables could not be written, or ""
} Run;

// One line for a person, through the reporter.
void run_say(const Run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Saves a checkpoint, if anything is kept; if that fails, says so and remembers it: training goes on.
bool run_checkpoint(Run *run);
void run_not_saved(Run *run, const Error *e);
