/* options.h — the options that every loss has. */
#pragma once
#include "runtime/explain.h"

#define LOSS_ATTRS \
    REAL_ATTR(LossOptions, smoothing, 0, 0, 1, "part of each target that is spread over all " \
              "classes", .synonyms = "label_smoothing smooth epsilon")

// Does the network end in a vector? If not, a message says so. That the vector has one number per
// class, the language has checked.
bool loss_fits(Infer *q);

/* ---- for explanations ---------------------------------------------------------------------------
 * loss_share: the image's share in the mean, 1/N, cut into parts; `how` holds its note.
 * loss_counts: how much image q->n counts, 1 without class weights; loss_class_weight: class c.
 * loss_term tells the product of some operands, and of that weight if there are class weights. */
Operand loss_share(const Question *q, int parts, Note *how);
double loss_counts(const Question *q);
double loss_class_weight(const Question *q, int c);
void loss_term(const Question *q, const char *label, double weight, int n, const Operand *factor);
