/* run_folder.h — the folder a training run writes: runs/NAME, runs/NAME-2, … */
#pragma once
#include <stdbool.h>

#include "lang/graph.h"
#include "runtime/error.h"

#define RUNS "runs"
#define RUN_LAST "last.safetensors"
#define RUN_BEST "best.safetensors"
#define RUN_RESULTS "results.csv"
#define RUN_LOCK "lock"

// Takes a folder for this process until run_folder_unlock() or its end. Returns a descriptor; -1
// with a message if another process trains there, or if there can be no lock.
int run_folder_lock(const char *folder, Error *e);
void run_folder_unlock(const char *folder, int lock); // -1 is allowed

// The newest (highest number) runs/NAME-k that exists; malloc'd, or NULL.
char *run_folder_newest(const char *name);

// Makes the first of runs/NAME, -2, -3 … that is free, or `wanted` (which may exist, but must not
// hold a run already), and puts a copy of the model into it. malloc'd; NULL with a message.
char *run_folder_make(const Experiment *x, const char *wanted, Error *e);
