/* scores.h — what follows from counts of right and wrong answers.
 *
 *     precision of class k = right answers "k" / all answers "k"
 *     recall of class k    = right answers "k" / pictures of class k
 *     F1 of class k        = 2 · precision · recall / (precision + recall)
 *                          = 2 · right / (answers + pictures)
 *
 * The means give every class the same say, however few pictures it has; classes without pictures
 * have none. A class with pictures that was never the answer has precision 0 in them. The mean recall is
 * called balanced accuracy.
 *
 * Source: van Rijsbergen, "Information Retrieval", 1979, chapter 7; Brodersen et al., "The Balanced
 * Accuracy and Its Posterior Distribution", 2010. */
#pragma once

// A ratio that would be 0 / 0 is NaN.
typedef struct ClassScore {
    int images, answers, right;
    double precision, recall, f1;
} ClassScore;

typedef struct MeanScore {
    int classes; // that have pictures
    double precision, recall, f1;
} MeanScore;

// The ratios of n classes, from their counts; returns the means.
MeanScore scores_fill(ClassScore *s, int n);
