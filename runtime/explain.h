/* explain.h — one number taken apart: the terms whose sum it is.
 *
 *     layer     output      dst[n,c,y,x]        =  Σ terms    "what is this number made of?"
 *               gradient    diff_src[n,c,y,x]   =  Σ terms    "who wants this input changed?"
 *               gradient    diff_param[o,i,y,x] =  Σ terms    "which pictures and places want this
 *                                                              weight changed?"
 *     loss      of image n, and its gradient d loss / d score[n,c], share included
 *     update    the new value of weight[o,i,y,x]
 *
 * A term is a product of up to MAX_FACTORS numbers. Each factor says where it lies (an input, a
 * parameter, the arriving gradient …), so that a viewer can mark it there, or that it lies nowhere,
 * and how it was worked out. Terms are worked out from the numbers of the actual step, by at() and
 * the definition alone, in double: an explanation is a second, independent way to the same number.
 *
 * Numbers that a formula uses more than once (the mean and deviation of a norm, the sum of the
 * exponentials of a softmax), and those that were looked at without being in the sum (the losers in
 * the window of a maxpool), are told by `helper`, before the terms that use them.
 *
 * Terms come in the order of the definition's loops. Those that are left out by the definition
 * (padding, a channel of another group) are not told; those that are zero are.
 *
 * Where a loss writes its gradient at its source (crossentropy behind softmax or sigmoid: p − t), the
 * gradient of the last layer's input is explained by the loss: the layer's own backward is not run. */
#pragma once
#include "runtime/layer.h"
#include "runtime/loss.h"
#include "runtime/optim.h"

enum { MAX_FACTORS = 4 };

// Whose number it is. The first four are those of a layer's step.
typedef enum OperandOf {
    OF_NOTHING,   // worked out: `note` says how
    OF_SRC, OF_DST, OF_DIFF_DST, OF_PARAM,
    OF_SCORE, OF_TARGET,                     // a loss: N × C
    OF_WEIGHT, OF_GRAD, OF_SLOT              // an update: before it
} OperandOf;

typedef struct Operand {
    const char *name;    // its letter in the formula: "x", "δ", "weight", "1/σ"
    OperandOf of;
    int k;               // which source, parameter or slot
    int n, c, y, x;      // and where in it
    double v;
    const char *note;    // OF_NOTHING: "e^(2.31 − 4.06)", "1/(2·2)"; lives as long as the call. Or NULL
    OperandOf from;      // OF_NOTHING: if not OF_NOTHING, v was worked out from the number at (from,
                         // k, n, c, y, x): mark that one
} Operand;

typedef struct Term {
    int n_factors;
    Operand factor[MAX_FACTORS];
    double value;        // their product
    const char *label;   // what this term is, where a formula's terms differ in kind: "bias"; or NULL
} Term;

typedef enum Asked {
    ASKED_DST, ASKED_DIFF_SRC, ASKED_DIFF_PARAM, // a layer
    ASKED_LOSS, ASKED_DIFF_SCORE,                // a loss: of image n; of its score c
    ASKED_WEIGHT                                 // an update
} Asked;

// What an optimiser sees of one parameter, before the update.
typedef struct Before {
    const void *cfg;
    double lr, decay;    // decay is 0 where it does not concern the parameter (params_decay)
    uint64_t t;          // number of this update of the parameter, from 1
    Tensor w, g, slot[MAX_SLOTS];
} Before;

// A question about one number, and where the answer goes.
struct Question {
    // The one that is asked:
    const Step *s;           // the finished step on the whole batch (first = 0): src, dst, diff_dst,
                             // param and saved are those of the run; diff_src and diff_param are not
                             // looked at
    const LossStep *loss;    // the whole batch; `diff` and `loss` are not looked at
    const Before *before;

    Asked asked;
    int k;               // which source (ASKED_DIFF_SRC) or parameter (ASKED_DIFF_PARAM)
    int n, c, y, x;
    bool bare;           // nobody reads the notes of the terms: of long sums they may be NULL
    void *ctx;
    void (*term)(void *ctx, const Term *t);
    void (*helper)(void *ctx, const Operand *o); // may be NULL
};

// The tensor in which such operands lie.
Tensor explain_tensor(const Question *q, OperandOf of, int k);

/* ---- for the kinds that answer ------------------------------------------------------------------
 *
 *     explain_term(q, NULL, explain_at(q, "x", OF_SRC, 0, n, c, y, x), explain_param(q, "weight", …));
 */

// The number that lies there.
Operand explain_at(const Question *q, const char *name, OperandOf of, int k, int n, int c, int y,
                   int x);
// The same at the place that was asked about; of source or parameter 0.
Operand explain_here(const Question *q, const char *name, OperandOf of);

// A number that was worked out as `note` says; explain_from: from the number x.
Operand explain_worked(const char *name, double v, const char *note);
Operand explain_from(Operand x, const char *name, double v, const char *note);

// Tells one term: the product of the operands behind the label.
#define explain_term(q, label, ...) \
    explain_product((q), (label), (const Operand[]){__VA_ARGS__}, \
                    (int)(sizeof((const Operand[]){__VA_ARGS__}) / sizeof(Operand)))
void explain_product(const Question *q, const char *label, const Operand *factor, int n);
void explain_helper(const Question *q, Operand o);

// Texts by value for notes: "−0.5", and "(−0.5)" where an operator stands before it.
typedef struct Figure { char s[24]; } Figure;
typedef struct Note { char s[120]; } Note;
Figure figure(double v);
Figure inner(double v);
Note explain_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
