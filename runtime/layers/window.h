/* window.h — where a window stops as it slides over an image: the rule of both poolings, and the
 * padding that convolution shares with them.
 *
 *     window row i of output row y lies on image row   y·S − before + i
 *
 *     H' = (H + before + after − K) / S + 1     rounded down, or up with ceil=yes; then a last
 *                                               window that begins behind the image is dropped
 *
 * pad=same asks for H' = ⌈H/S⌉ and pads as little as that needs, the odd row at the bottom, the
 * odd column at the right. Rounding up is PyTorch's rule (ceil_mode); ONNX has it since opset 19.
 * Source: Dumoulin & Visin, "A guide to convolution arithmetic", 2016, §3. */
#pragma once
#include "runtime/layer.h"

enum { PAD_SAME = -1 };

extern const Word pad_words[]; // what pad= takes besides a number: same, valid

// Padding of one direction for pad=same: of an image of n, by windows that reach over so many pixels.
typedef struct Padding { int before, after; } Padding;

Padding padding_same(int n, int reach, int stride);

typedef struct PoolOptions { Size window; int stride, pad; bool ceil; } PoolOptions;

extern const AttrSpec pool_attrs[];

// One direction of the slide: rows or columns.
typedef struct Slide {
    int n, k, s;       // sides of image and window, distance between two stops
    int before, after; // rows of padding
    int out;           // number of stops; 0: the window does not fit
} Slide;

Slide pool_rows(const PoolOptions *o, int h);
Slide pool_columns(const PoolOptions *o, int w);

// The image row under window row i at stop y: outside the image if not within 0 … n−1.
static inline int slide_at(Slide a, int y, int i) { return y * a.s - a.before + i; }

// The stops at which window row i lies inside the image.
Range slide_inside(Slide a, int i);

// The stop at which window row i lies on image row `row`, or −1 if there is none.
int slide_stop(Slide a, int row, int i);

// The window rows at stop y that count in a mean: all of them, padding included, but what rounding
// up has put behind the padding.
int slide_count(Slide a, int y);

// The shape rule of a pooling, with its note and messages.
bool pool_infer(Infer *q);
