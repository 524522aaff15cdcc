/* explain.h — one number taken apart: the terms whose sum it is.
 *
 *     output       dst[n,c,y,x]      =  Σ terms        "what is this number made of?"
 *     gradient     diff_src[n,c,y,x] =  Σ terms        "who wants this input changed?"
 *     gradient     diff_param[o,i,y,x] = Σ terms       "which pictures and places want this weight changed?"
 *
 * A term is a product of up to MAX_FACTORS numbers. Each factor says where it lies (an input, a
 * parameter, the arriving gradient …), so that a viewer can mark it there, or that it lies nowhere
 * and how it was worked out. Terms are worked out from the numbers of the actual step, by at() and
 * the definition alone: an explanation is a second, independent way to the same number.
 *
 * Numbers that a formula uses more than once (the mean and deviation of a norm, the sum of the
 * exponentials of a softmax) are told first, by `helper`.
 *
 * Terms come in the order of the definition's loops. Those that are left out by the definition
 * (padding, a channel of another group) are not told; those that are zero are. */
#pragma once
#include "runtime/layer.h"

enum { MAX_FACTORS = 4 };

typedef enum OperandOf {
    OF_NOTHING,   // worked out: `note` says how
    OF_SRC, OF_DST, OF_DIFF_DST, OF_PARAM
} OperandOf;

typedef struct Operand {
    const char *name;    // its letter in the formula at the head of the kind's file: "src", "γ", "1/σ"
    OperandOf of;
    int k;               // which source or parameter
    int n, c, y, x;      // and where in it
    double v;
    const char *note;    // OF_NOTHING: "e^(2.31 − 4.06)", "1/(2·2)"; lives as long as the call. Or NULL
} Operand;

typedef struct Term {
    int n_factors;
    Operand factor[MAX_FACTORS];
    double value;        // their product
    const char *label;   // what this term is, where a formula's terms differ in kind: "mean of δ"; or NULL
} Term;

typedef enum Asked { ASKED_DST, ASKED_DIFF_SRC, ASKED_DIFF_PARAM } Asked;

// A question about one number, and where the answer goes. `s` is the finished step on the whole
// batch (first = 0; by_channel kinds: part = all channels): src, dst, diff_dst, param and saved are
// those of the run; diff_src and diff_param are not looked at.
struct Question {
    const Step *s;
    Asked asked;
    int k;               // which source (ASKED_DIFF_SRC) or parameter (ASKED_DIFF_PARAM)
    int n, c, y, x;
    void *ctx;
    void (*term)(void *ctx, const Term *t);
    void (*helper)(void *ctx, const Operand *o); // may be NULL
};
