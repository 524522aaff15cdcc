/* conv_lanes.h — what conv_lanes.c and conv_lanes_weights.c share. */
#pragma once
#include "runtime/layers/conv.h"

// Maps of one group of a block of sixteen images: rows and channels without gaps.
typedef struct Maps { int C, H, W; } Maps;

static inline ptrdiff_t maps_row(Maps m) { return (ptrdiff_t)m.W * LANES; }
static inline ptrdiff_t maps_map(Maps m) { return (ptrdiff_t)m.H * m.W * LANES; }

// What windows see along one side: number i of K at place p is number first + p·step + i·apart of n.
typedef struct View { int first, step, apart, n, K; } View;

// Places [lo, hi) whose windows see the same: their numbers [window.lo, window.hi).
typedef struct Run { int lo, hi; Range window; } Run;

// The places from p on, and before `end`. Those whose windows see all of their numbers are one run.
Run lanes_run(View v, int p, int end);

// What follows from the shapes, for one group of channels and filters.
typedef struct Slides {
    const Conv *cfg;
    Maps src, dst;
    int KH, KW, S, D, top, left;
    View rows, columns;
} Slides;

// One block of sixteen images, one group; f is its first filter.
typedef struct LanesBlock {
    const Step *s;
    const Slides *w;
    const real *src, *diff_dst;
    real *dst, *diff_src;
    int f;
} LanesBlock;

// `total` in as few equal parts as `limit` for one allows: the size of a part.
int lanes_part(int total, int limit);

// Adds to the gradients of weights and bias of these filters, the first of the group being 0.
void lanes_diff_params(const LanesBlock *b, Range filters);
size_t lanes_weights_work(const Slides *w); // reals of scratch
