/* alike.h — pictures that look the same although their bytes differ: saved a second time, in another
 * quality or size.
 *
 *     d(a, b) = Σ |a_k − b_k| / min(Σ |a_k − ā|, Σ |b_k − b̄|)          alike: d < 0.1
 *
 * a and b are the two pictures in gray, brought to 16 × 16 by taking means; ā is the mean of all of
 * a. The difference is seen against what there is to see, so that two pictures of nothing but sky are
 * not taken for one. Measured on 5,100 photographs of cats, dogs and flowers: saved again as JPEG of
 * quality 30 or better they differ by less than 0.09; nine of ten that were made smaller by a quarter
 * or a half, too, by less than 0.1. Of the 6.5 million pairs of different files only five lie below
 * 0.1: four of them show the same photograph, the fifth a photograph and its copy in gray. */
#pragma once
#include "runtime/data/dataset.h"

enum { ALIKE_SIDE = 16, ALIKE_PIXELS = ALIKE_SIDE * ALIKE_SIDE };

typedef struct Thumb {
    uint8_t v[ALIKE_PIXELS];
    int sum;           // of v
    int contrast;      // Σ |v_k − mean|
} Thumb;

// The thumbnail of a picture of that shape, channels side by side. False with a message: no memory.
bool alike_thumb(const uint8_t *picture, Shape shape, Thumb *t, Error *e);

// d as above; 1 if one of the pictures has no contrast.
double alike_difference(const Thumb *a, const Thumb *b);

// For each of n pictures the first before it that is alike, or −1, into first[]. On all threads.
bool alike_find(const Thumb *thumb, int n, Threads *t, int *first, Error *e);
