/* predict.h — predict mode: the result of a step is hidden until the class has said what it will be.
 *
 * One number is asked for at levels Pixel and Multiply, and the class at the network's last layer.
 * Whoever likes types an answer: a number at once, a name behind A; or clicks a class. The next step
 * reveals the result, and says whether the answer was right, or how far off. */
#pragma once
#include "viz/view/screen.h"
#include "viz/view/tell.h"

typedef enum Asking { ASKING_NOTHING, ASKING_NUMBER, ASKING_CLASS } Asking;

// What is asked for and hidden at the current place.
Asking predict_asks(const View *v);

// A key that belongs to the answer; false if it means what it always does.
bool predict_key(View *v, const Event *e);

// Shows the result. False if nothing is hidden: the step goes on.
bool predict_reveal(View *v);

void predict_forget(View *v);            // another place or another step: it is asked anew
void predict_choose(View *v, int class); // the answer is this class

// What stands in the place of the hidden result: "?", or "0.4 ?" while an answer is typed.
const char *predict_mark(Arena *a, const View *v);

// The question about the class, instead of the panel; and as text.
void predict_draw(Screen *s);
void predict_tell(Telling *t);
