/* history.h — the numbers that training wrote down, one row at a time.
 *
 * results.csv begins with exactly the line
 *
 *     phase,epoch,step,lr,loss,accuracy,valid_loss,valid_accuracy,seconds
 *
 * Phase, epoch and step are whole numbers, and steps never go back. The rest are numbers,
 * accuracies shares 0 … 1, or are not measured: empty, nan, or too large for a chart (1e30).
 * Anything else is refused, with its line. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/error.h"

enum { MAX_HISTORY = 1000000, MAX_HISTORY_BYTES = 256 << 20 };

// What was not measured is NAN.
typedef struct HistoryRow {
    int phase, epoch;
    int64_t step;
    double lr, loss, accuracy, valid_loss, valid_accuracy, seconds;
} HistoryRow;

typedef struct History { int n; HistoryRow *row; } History;

// Reads a file. False with a message that names file and line; nothing is to be freed then.
bool history_read(const char *path, History *r, Error *e);

// The same for `len` bytes of text with a NUL behind them.
bool history_parse(const char *path, const char *text, size_t len, History *r, Error *e);

void history_free(History *r);
