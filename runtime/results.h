/* results.h — results.csv, for spreadsheets and curves.
 *
 * A line tells how the steps since the line before went: their mean loss and accuracy. The last
 * line of an epoch also tells what the validation part says. Short trainings get several lines per
 * epoch, so that there is a curve to be drawn. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "runtime/error.h"
#include "runtime/train.h"

typedef struct Results { char *path, *text; size_t len, cap; } Results;

// Begins a new table, or takes up the first `rows` lines of the one in the run's folder.
bool results_open(Results *r, const char *folder, bool resume, uint64_t rows, Error *e);
void results_close(Results *r);

// Adds a line; writes the file.
bool results_add(Results *r, const EpochResult *row, Error *e);
bool results_save(const Results *r, Error *e);
