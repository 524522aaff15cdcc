/* results.h — results.csv: one line per epoch, for spreadsheets and curves. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "runtime/error.h"
#include "runtime/train.h"

typedef struct Results { char *path, *text; size_t len, cap; } Results;

// Begins a new table, or takes up the first `epochs` lines of the one in the run's folder.
bool results_open(Results *r, const char *folder, bool resume, uint64_t epochs, Error *e);
void results_close(Results *r);

// Adds a line and writes the file.
bool results_add(Results *r, const EpochResult *row, Error *e);
