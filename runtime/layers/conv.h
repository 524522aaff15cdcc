/* conv.h — what conv.c (the definition) and conv_fast.c share. */
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
size_t conv_work(const void *cfg, const Shape *src, Shape dst, int n);
void conv_forward(const Step *s);
void conv_backward(const Step *s);
void conv_backward_params(const Step *s);
