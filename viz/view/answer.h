/* answer.h — one number taken apart, kept: the terms runtime/explain.h tells, in order.
 *
 * A gradient of a weight can be a sum over all pictures and places of a batch, millions of terms.
 * All are counted and summed; of such a long sum only the KEPT_TERMS around the current one are
 * kept. */
#pragma once
#include "lang/arena.h"
#include "viz/view/walk.h"

enum { KEPT_TERMS = 8192 };

typedef struct Answer {
    bool known;          // false: this number is no sum, or nobody can take it apart
    int n;               // of all terms
    int first, kept;     // term[i] is number first + i, or
    bool largest;        // they are the largest ones of all, in no order
    Term *term;
    int n_helpers;
    Operand *helper;
    double sum;          // of all terms
} Answer;

// The answer about any number of a layer, or of parameter k after the update (ASKED_WEIGHT); else k
// is as in explain.h. Terms from `first` on are kept.
Answer answer_about(Arena *a, const View *v, int node, Asked asked, int k, Spot at, int first);

// The same without keeping: each term is handed on, without notes. False if the number is no sum.
bool answer_each(const View *v, int node, Asked asked, int k, Spot at,
                 void (*term)(void *ctx, const Term *t), void *ctx);

// The answer about the number at the current place.
Answer answer_here(Arena *a, const View *v);

// The same for one who reads no notes, which take longer to write than the terms to work out.
Answer answer_bare(Arena *a, const View *v);

// How many terms it has, without keeping them.
int answer_count(const View *v);

// The same for one who looks at the largest terms: where not all can be kept, the largest are.
Answer answer_largest(Arena *a, const View *v);

// The answer about the loss of the inspected picture.
Answer answer_loss(Arena *a, const View *v);
