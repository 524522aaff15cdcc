/* conv.h — what conv.c (the definition) and the files of the fast ways share. */
#pragma once
#include "runtime/layer.h"

typedef struct Conv {
    int filters;
    Size kernel;
    int stride, pad, dilation, groups;
    bool bias;
    Use init;
} Conv;

// One direction of the slide: sides of image and window, padding, and the places of the window.
typedef struct Axis { int n, reach, before, after, out; } Axis;

Axis conv_axis(const Conv *o, int n, int k); // image side n, window side k

// conv_fast.c: the functions of LayerKind with these names.
size_t conv_work(const void *cfg, const Shape *src, Shape dst, int n, Layout layout);
void conv_forward(const Step *s);
void conv_backward(const Step *s);
void conv_backward_params(const Step *s);
size_t conv_prepared(const void *cfg, const Shape *src, Shape dst, Layout layout);
void conv_prepare(const Step *s);

// conv_lanes.c: the same for sixteen images side by side.
size_t conv_lanes_work(const Conv *o, Shape src, Shape dst);
void conv_lanes_forward(const Step *s);
void conv_lanes_backward(const Step *s);
void conv_lanes_backward_params(const Step *s);
void conv_lanes_diff_bias(const Step *s, Range filters);

// conv_winograd.c: the same for 3×3 windows, with fewer products. The gradient of the bias is not in it.
bool conv_winograd_fits(const Conv *o, Shape src, Shape dst, Layout layout);
size_t conv_winograd_prepared(const Conv *o, Shape src);
void conv_winograd_prepare(const Step *s);
size_t conv_winograd_work(const Conv *o, Shape src, Shape dst);
void conv_winograd_forward(const Step *s);
void conv_winograd_backward(const Step *s);
void conv_winograd_backward_params(const Step *s);

// conv_rows.c: the same for small images, one after the other.
bool conv_rows_fits(const Conv *o, Shape src, Shape dst, Layout layout);
size_t conv_rows_work(const Conv *o, Shape src, Shape dst);
void conv_rows_forward(const Step *s);
void conv_rows_backward(const Step *s);
void conv_rows_backward_params(const Step *s);
