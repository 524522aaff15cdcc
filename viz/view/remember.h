/* remember.h — a state is kept, so that a later one can be compared with it.
 *
 * KeptTensor are the numbers of everything that can be walked over (walk.h): of each stage what it puts out
 * for the inspected picture, the gradients, and the parameters after the update. They are copies:
 * whatever is done afterwards leaves them as they are. */
#pragma once
#include "viz/view/view.h"
#include "viz/view/walk.h"

// More than this is not kept. Values and gradients of the picture come before the parameters.
#define REMEMBER_MOST ((size_t)256 << 20) // bytes

// Keeps what is seen now instead of what was kept before; a message says so. Without memory for it
// the old state stays.
void remember(View *v);
void remember_within(View *v, size_t numbers); // at most so many
void remember_free(Remembered *r);

// What was kept of the target at the current place. Where there is nothing to compare the result is
// NULL, and `why` says in a sentence why not.
const KeptTensor *remember_find(const View *v, const Target *here, const char **why);

// When a state was: "step 1 · image 8 · 2 edits".
typedef struct When { char s[96]; } When;
When remember_when(int step, int image, int edits);
