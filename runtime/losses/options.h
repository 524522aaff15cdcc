/* options.h — the options that every loss has. */
#pragma once
#include "runtime/loss.h"

#define LOSS_ATTRS \
    REAL_ATTR(LossOptions, smoothing, 0, 0, 1, "part of each target that is spread over all " \
              "classes", .synonyms = "label_smoothing smooth epsilon")

// Does the network end in a vector? If not, a message says so. That the vector has one number per
// class, the language has checked.
bool loss_fits(Infer *q);
