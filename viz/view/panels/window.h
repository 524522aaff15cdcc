/* window.h — a window that slides over an image, as small grids of numbers. */
#pragma once
#include "viz/view/panels/layers.h"

// What lies under one window of one input channel: K × K cells, made from the terms of a sum.
typedef struct Window {
    int rows, columns, channel; // of the kernel; the input channel
    float *x, *w, *product;     // one number per cell
    int *term;                  // which term the cell is; −1: outside the image
    double bias;
    bool has_bias;
} Window;

// The window of input channel c in an answer about an output of a convolution. `kernel` is the
// weight tensor.
Window window_of(Screen *s, const Answer *x, Tensor kernel, int c);

// The window's place in a channel of the input.
Cells window_cells(const Answer *x, int channel);

// The input channel that the current term is about, or that counts most; and the sum of a channel.
int window_channel(const Screen *s, const Answer *x);
double window_sum(const Answer *x, int channel);

// One grid with its heading and its sign in front; `current` (or −1) is in the marker; cells from
// `done` on are not computed yet, those without a term lie outside the image. Returns its cells' place.
typedef struct Grid {
    const char *title, *sign;
    const float *v;
    const int *term;     // NULL: every cell is there
    int rows, columns, current, done;
    double max;
    bool framed;         // the whole grid is in the marker
    Scale scale;         // SCALE_SIGNED if it is not said
} Grid;
Rect draw_window_grid(Screen *s, Rect r, const Grid *g);
