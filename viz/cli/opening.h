/* opening.h — opens a session, or data alone, while a person watches: warnings on stderr, and on a
 * terminal how many pictures have been decoded. */
#pragma once
#include "runtime/train.h"

// session_open(), watched.
bool opening_session(Session *s, const Experiment *x, const RunOptions *o, bool need_pictures, Error *e);

// The same for somebody who looks at pictures. Where the data are not there a picture of one's own (`own`)
// can still be looked at, if no step has to be measured on them.
bool opening_to_look(Session *s, const Experiment *x, const RunOptions *o, bool own, Error *e);

// dataset_open(), watched; warnings are not shown.
bool opening_data(Dataset *d, const Experiment *x, const Opening *o, Error *e);
