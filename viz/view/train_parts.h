/* train_parts.h — the cards of the training scene: train_curves.c, train_matrix.c, train_film.c. */
#pragma once
#include "viz/view/pieces/pieces.h"
#include "viz/view/train_view.h"

// Loss or accuracy over the steps: each batch thin, their moving mean thick, the test pictures with dots.
void draw_learning(Screen *s, Rect card, const Record *r, bool loss);

// The confusion matrix of the test pictures, its cells to be opened; and the worst mistakes as pictures.
void draw_matrix(Screen *s, Rect card, const TrainView *t);
void draw_mistakes(Screen *s, Rect card, const TrainView *t);

// How the first kernels looked at earlier steps, and look now.
void draw_film(Screen *s, Rect card, const Record *r);

// "200 of 1 000 test images".
const char *judged_words(Arena *a, const Judged *j);
