/* train_view.h — the training beside the window, as one sees it: its news, the confusion matrix, the
 * mistakes, which of them is marked; and what keys and the mouse do to it.
 *
 * While one looks at something else it is halted. Coming back to the stages, one sees the step that it
 * would do next, with its weights: what is done there does not change the training. */
#pragma once
#include "viz/view/thumbs.h"
#include "viz/view/training.h"
#include "viz/view/view.h"

enum {
    MOST_CLASSES = 100,        // of which a matrix can be shown
    MISTAKES = 6,              // that are shown as pictures
    CELL_COLUMNS = 8, CELL_ROWS = 3, CELL_PAGE = CELL_COLUMNS * CELL_ROWS,
    TICK_STEPS = 10            // of training, for a tick
};

typedef enum Marked { MARKED_NOTHING, MARKED_CELL, MARKED_MISTAKE } Marked;

typedef struct Listed { int answer; double loss; } Listed; // answer: its number in judged.answer

typedef struct TrainView {
    Training *training;
    TrainNews news;
    unsigned counted;          // Judged.number that all of the following is of
    int *matrix;               // classes × classes: [wanted][said]; NULL: too many classes
    int mistake[MISTAKES], n_mistakes; // numbers in judged.answer, the largest loss first
    int n_wrong;
    Marked marked;
    int wanted, said;          // the marked cell
    int which;                 // the marked mistake
    Listed *cell;              // what stands in that cell, the largest loss first
    int n_cell, at;            // how many; and the marked one
    Thumbs thumbs;
} TrainView;

bool training_key(View *v, const Event *e);            // while the training is shown
bool cell_key(View *v, const Event *e);                // while the pictures of a cell are
void train_view_click(View *v, const Hit *hit);
void train_view_picture(View *v, int picture);         // looks inside it, with the weights of now
void train_view_tick(View *v);
void train_view_news(View *v);
void train_view_after(View *v, Scene before);          // any event: has the training been left?
void train_view_quiet(View *v);                        // its thread says nothing more, and ends
void train_view_close(View *v);

// What stands in the marked cell: how many pictures are `wanted` and called `said`.
int train_view_count(const TrainView *t, int wanted, int said);

// The first number in t->cell of the page that is shown, and how many are on it.
int cell_page(const TrainView *t, int *n);

// "paused after step 600 · T trains 100 more".
void train_view_words(const View *v, char *text, size_t room);
