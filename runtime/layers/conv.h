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
bool conv_gives_last(const void *cfg, const Shape *src, Shape dst);
bool conv_cuts_maps(const void *cfg, const Shape *src, Shape dst, int n);
size_t conv_prepared(const void *cfg, const Shape *src, Shape dst, Layout layout);
bool conv_shares_sums(const void *cfg, const Shape *src, Shape dst, Layout layout);
void conv_prepare(const Step *s);
bool conv_by_row(const void *cfg, const Shape *src, Shape dst);
bool conv_fewer_products(const void *cfg, const Shape *src, Shape dst, Layout layout);

// For all the ways below: diff_bias of these filters += their sums of diff_dst, if somebody asks for it.
void conv_diff_bias(const Step *s, Range filters);
real conv_sum(const real *v, ptrdiff_t n); // of n numbers

// conv_rows.c: small images one after the other, the places of a row as vectors.
bool conv_rows_fits(const Conv *o, Shape src, Shape dst, Layout layout);
size_t conv_rows_work(const Conv *o, Shape src, Shape dst);
void conv_rows_forward(const Step *s);
void conv_rows_backward(const Step *s);
void conv_rows_backward_params(const Step *s);
void conv_rows_diff_src(const Step *s); // a part of backward

// conv_spread.c: small images one after the other, sixteen filters as a vector.
bool conv_spread_fits(const Conv *o, Shape src, Shape dst, Layout layout);
size_t conv_spread_work(const Conv *o, Shape src, Shape dst);
size_t conv_spread_prepared(const Conv *o, Shape src);
void conv_spread_prepare(const Step *s);
void conv_spread_forward(const Step *s);
void conv_spread_backward(const Step *s);
void conv_spread_backward_params(const Step *s);

// conv_winograd.c: 3×3 windows over many channels, with fewer products.
void conv_winograd_filter(const real *g, int C, real *U, ptrdiff_t next); // U of C channels of one filter
bool conv_winograd_fits(const Conv *o, Shape src, Shape dst, Layout layout);
size_t conv_winograd_work(const Conv *o, Shape src, Shape dst, int n, Layout layout);
size_t conv_winograd_prepared(const Conv *o, Shape src);
void conv_winograd_prepare(const Step *s);
void conv_winograd_forward(const Step *s);
void conv_winograd_backward(const Step *s);
void conv_winograd_backward_params(const Step *s);

// conv_lanes.c: sixteen images side by side.
size_t conv_lanes_work(const Conv *o, Shape src, Shape dst);
void conv_lanes_forward(const Step *s);
void conv_lanes_backward(const Step *s);
void conv_lanes_backward_params(const Step *s);

// Few images, the channels of a place side by side (LAYOUT_LAST). Inference only.
enum { MOST_CONV_LAST = 1 << 14 }; // channels times filters: more of these weights would leave the cache

// conv_last.c: of weights that stay in it.
bool conv_last_fits(const Conv *o, Shape src, Shape dst, Layout layout);
size_t conv_last_work(const Conv *o, Shape src, Shape dst, int n, Layout layout);
size_t conv_last_prepared(const Conv *o, Shape src);
void conv_last_prepare(const Step *s);
void conv_last_forward(const Step *s);

// conv_panels.c and conv_panels_winograd.c: of more weights. maps: are there so few places that a call is cut
// between filters?
bool conv_panels_fits(const Conv *o, Shape src, Shape dst, Layout layout);
bool conv_panels_maps(Shape dst, int n);
size_t conv_panels_work(const Conv *o, Shape src, Shape dst, int n, Layout layout);
size_t conv_panels_prepared(const Conv *o, Shape src);
void conv_panels_prepare(const Step *s);
void conv_panels_forward(const Step *s);
bool conv_panels_winograd_fits(const Conv *o, Shape src, Shape dst, Layout layout);
bool conv_panels_winograd_maps(Shape dst, int n);
size_t conv_panels_winograd_work(const Conv *o, Shape src, Shape dst, int n, Layout layout);
size_t conv_panels_winograd_prepared(const Conv *o, Shape src);
void conv_panels_winograd_prepare(const Step *s);
void conv_panels_winograd_forward(const Step *s);

// conv_columns.c: images one after the other, windows copied to the columns of a matrix.
size_t conv_columns_work(const Conv *o, Shape src, Shape dst, int n);
void conv_columns_forward(const Step *s);
void conv_columns_backward(const Step *s);
void conv_columns_backward_params(const Step *s);
