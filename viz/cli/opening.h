/* opening.h — opens a session, or data alone, while a person watches: warnings on stderr, and on a
 * terminal how many pictures have been decoded. */
#pragma once
#include "runtime/train.h"

// session_open(), watched.
bool opening_session(Session *s, const Experiment *x, const RunOptions *o, bool need_pictures, Error *e);

// dataset_open(), watched; warnings are not shown.
bool opening_data(Dataset *d, const Experiment *x, const Opening *o, Error *e);
