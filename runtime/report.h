/* report.h — an evaluation as tables for spreadsheets and programs, in the run's folder.
 *
 *     evaluation.csv   one line: accuracy, loss, means over the classes
 *     classes.csv      a line for each class: counts, precision, recall, F1
 *     confusion.csv    what it was, against what the network said; only if there is a matrix
 *     worst.csv        the worst mistakes; only if they were asked for
 *
 * Values that do not exist are empty. */
#pragma once
#include "runtime/train.h"

bool report_save(const char *folder, const Evaluation *v, Error *e);
