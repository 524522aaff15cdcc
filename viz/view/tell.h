/* tell.h — the text form of a picture: the same place, the same numbers, in lines.
 *
 *     stage conv1 · Convolution 1 · Pixel · channel 2 of 8 · pixel 245 of 676 · row 9, column 10
 *     model first.cnn:10 conv 2 5x5
 *     y[1,9,10] = −0.437
 *       src[0,9,10] 0.5691 · weights[1,0,0] 0.4611 = 0.2624
 *       …
 *
 * For people who listen instead of looking, for tests, for grep. */
#pragma once
#include "lang/arena.h"
#include "viz/view/view.h"

typedef struct Telling {
    const View *v;
    Arena *a;
    char *text;          // malloc'd
    size_t n, room;
    bool failed;         // memory ran out: text is not whole
} Telling;

// Adds a formatted piece of text.
void tell(Telling *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// The number at the current place with the terms of its sum.
void tell_answer(Telling *t);

// The whole text of the current picture, malloc'd; NULL when memory is out.
char *view_text(const View *v);
