/* scores.h — the table of all classes: score, exponential, probability, what was wanted, gradient.
 *
 *     class   score z   z − max   e^(z − max)   probability p   wanted y   p − y
 *
 * Behind a softmax each column follows from the one before; otherwise only score and output are
 * shown, and, where there is a loss, what was wanted and the gradient. The gradient is that of this
 * one picture: the batch's mean divides it by the number of pictures. */
#pragma once
#include "viz/view/panel.h"
#include "viz/view/pieces/pieces.h"

enum { SCORE_ROWS = 10 };

typedef struct Verdict {
    Tensor score, diff, out, target;
    int classes, label;
    bool judged;              // what was wanted and the gradient are shown
    bool softmax, surprise;   // the last layer; the loss is −ln p
    double max, sum;          // of the scores; of the exponentials
    int row[SCORE_ROWS], n_rows; // the classes that are shown
} Verdict;

Verdict verdict_of(const View *v, bool judged);

// What the network says of class c: one output is the share of class 1.
double score_share(Tensor out, int c);

void draw_score_table(Screen *s, Rect r, const Verdict *d);
