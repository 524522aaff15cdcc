/* options.h — the options that every optimiser has. */
#pragma once
#include "runtime/explain.h"

// The default rate and decay; then .required = true if the rate must be written.
#define OPTIM_ATTRS(LR, DECAY, ...) \
    REAL_ATTR(OptimOptions, lr, LR, 0, 1000, "learning rate: how far each step goes", \
              .open = true, .synonyms = "learning_rate alpha rate base_lr eta step_size", \
              __VA_ARGS__), \
    REAL_ATTR(OptimOptions, decay, DECAY, 0, 1, "how strongly weights are pulled towards 0", \
              .synonyms = "weight_decay wd l2 regularization weightdecay"), \
    BOOL_ATTR(OptimOptions, decay_all, 0, "decay biases and norms, too")

// For explanations: −lr; and g + decay·w, whose note is `how` (without decay: the gradient itself).
Operand optim_step(const Question *q);
Operand optim_gradient(const Question *q, double decay, Note *how);
