/* store.h — what a Dataset owns, and the pieces that open it; see dataset.h. */
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/data/source.h"

typedef struct Store {
    Block train, test;   // as the source gave them; their pixels are what the parts point at
    Shape *shape;        // of what arrives at step i; shape[n_steps] is Dataset.input
    real *numbers;       // everything measured; Dataset.measured points into it
    real *table;         // channel × 256: what all steps make of a byte, or NULL (see numbers.c)
    char *text;          // the names of the classes, and
    const char **name;   // where each begins
} Store;

static inline Store *store_of(const Dataset *d) { return d->memory; }

static inline const StepKind *step_kind(const Dataset *d, int k) {
    return (const StepKind *)d->step[k].kind;
}

// How many numbers step k measures.
int step_measures(const Dataset *d, int k);

// Names of classes: n lines of text, or "0", "1" … for NULL.
bool names_set(Dataset *d, const char *lines, Error *e);

// Fills the parts: finds, reads, checks, fits and splits the pictures.
bool pictures_open(Dataset *d, const Experiment *x, const Opening *o, Error *e);

// Measures what the steps measure on the training pictures, and makes the table.
bool measure_steps(Dataset *d, Threads *t, Error *e);

// What the first `upto` steps make of a picture of Dataset.image's shape: shape[upto] numbers, in
// scratch (see dataset_scratch).
const real *steps_apply(const Dataset *d, const uint8_t *pixel, int upto, real *scratch);

// Makes Store.table anew if every step is by_value, after a change of what was measured.
bool table_make(Dataset *d, Error *e);
