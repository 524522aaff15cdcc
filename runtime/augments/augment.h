/* augment.h — what a random image step is; one file per kind, one line in augments.def.
 *
 * Random steps show the network a training picture a little different every time: what stays the
 * same is what makes it a cat. They work on pictures as they were read, numbers 0 … 255, before the
 * steps of `preprocess`.
 *
 * A step draws a few numbers (an angle, yes or no) from an Rng that is made for it, this picture and
 * this epoch alone. Steps that say where every pixel comes from (place) are joined with their
 * neighbours into one matrix (affine.h); the others change the numbers where they are (apply). */
#pragma once
#include "lang/kind.h"
#include "runtime/augments/affine.h"
#include "runtime/rng.h"

enum { MAX_DRAWN = 4 };

typedef struct AugmentKind {
    KindSpec spec;                          // infer: the shape that comes out
    const char *drawn_name[MAX_DRAWN + 1];  // what is drawn, for people ("mirrored?" is 1
                                            // for yes, 0 for no); ends with NULL
    // The numbers for one picture of that shape. NULL: none.
    void (*draw)(const void *cfg, Shape src, Rng r, double *drawn);
    // One of the two:
    Affine (*place)(const void *cfg, Shape src, Shape dst, const double *drawn);
    void (*apply)(const void *cfg, const double *drawn, Rng r, Tensor picture); // 1 × C × H × W, plain
    Outside outside;                        // with place
} AugmentKind;

#define AUGMENT(name) extern const AugmentKind name##_augment;
#include "runtime/augments/augments.def"
#undef AUGMENT

static inline int augment_drawn(const AugmentKind *k) {
    int n = 0;
    while (k->drawn_name[n]) n++;
    return n;
}

// A number of [lo, hi), every one equally likely; draw number i.
static inline double augment_between(Rng r, uint64_t i, double lo, double hi) {
    return lo + (hi - lo) * rng_uniform(r, i);
}

// x within 0 … 255.
static inline real augment_light(real x) { return x < 0 ? 0 : x > 255 ? 255 : x; }
