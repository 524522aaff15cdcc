/* terms.h — one number written out as the sum of its terms.
 *
 *      x[0,12,7]  0.7255  ·  weight[3,0,0,0]  −0.1123  =  −0.08147
 *
 * All terms if there are few, else the largest ones and what the others come to. */
#pragma once
#include "lang/arena.h"
#include "runtime/trace.h"
#include "viz/terminal/terminal.h"

// Who is asked, and for what.
typedef enum Who { ASK_PICTURE, ASK_LAYER, ASK_LOSS, ASK_UPDATE } Who;
typedef struct Asking {
    Who who;
    const Trace *t;
    int which;     // stage (ASK_PICTURE), node or parameter
    Question q;    // asked, k and the place; ASK_PICTURE: only c, y and x
} Asking;

// False if there is no such number (nothing is printed then). `name` is what the number is called,
// `run` what the run computed; NaN: that cannot be compared, the number is only a share of it.
bool terms_print(const Terminal *to, Arena *a, const Asking *asking, const char *name, double run);

// The sum of the terms, and that of their sizes without signs; 0 if there is no such number.
typedef struct TermSum { double sum, size; } TermSum;
TermSum terms_sum(Arena *a, const Asking *asking);

// Ends the line of a sum with whether the run computed the same. Where large terms cancel, what is left
// of both is rounding: that is said, too.
void terms_compare(FILE *out, TermSum s, double run);
