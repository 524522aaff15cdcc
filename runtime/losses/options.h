/* options.h — the options that every loss has. */
#pragma once
#include "runtime/loss.h"

#define LOSS_ATTRS \
    REAL_ATTR(LossOptions, smoothing, 0, 0, 1, "part of each target that is spread over all " \
              "classes", .synonyms = "label_smoothing smooth epsilon")

// Does the network end in one number per class (or in one number for two classes)? If not, the
// message says so.
bool loss_fits(Infer *q);
