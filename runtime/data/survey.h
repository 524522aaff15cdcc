/* survey.h — what is in a data set: how many pictures of each class, the same picture twice, pictures
 * that look the same, mean and deviation of each channel. */
#pragma once
#include "runtime/data/dataset.h"

enum { SURVEY_CHANNELS = 4 };

// A picture that has come before: the first of the same bytes, or that looks the same.
typedef struct Twin { Part part, first_part; int picture, first; } Twin;

// Pictures of a part that have come before, in it or in a part of an earlier number.
typedef struct Repeats {
    int n;              // how many
    int other_label;    // of these, how many with another label than the first
    Twin example;       // the first of them
} Repeats;

typedef struct Survey {
    int *count[N_PARTS];               // pictures of each class
    Repeats repeats[N_PARTS][N_PARTS]; // [part][part of the first of the same bytes]
    Repeats alike[N_PARTS][N_PARTS];   // pictures in files of their own that look the same: alike.h
    double mean[SURVEY_CHANNELS];      // of the training part's bytes (of all, if it has none), 0 … 255
    double deviation[SURVEY_CHANNELS];
} Survey;

// Looks at every picture of an opened data set once, on all threads. False with a message, and nothing
// to be freed, if one cannot be read any more.
bool data_survey(const Dataset *d, Threads *t, Survey *s, Error *e);
void survey_free(Survey *s);
