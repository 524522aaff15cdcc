/* panels.h — filters in panels: the matrix product for few places and many weights.
 *
 *     sums[t,f] = Σ A[t,k] · W[k,f]              t: a place, or a tile of places    k: what it sees
 *                 k
 *
 * A vector lane is a filter, and sums lie as LAYOUT_LAST wants them. What conv_last.c does with weights that
 * stay in the cache is done here with more of them: the weights lie in panels of PANEL filters, number k of
 * all of them side by side, so that a panel is read from its beginning to its end; a slice of it stays in the
 * first cache while it is used for all places. Used by conv_panels.c and conv_panels_winograd.c. */
#pragma once
#include "runtime/layers/conv.h"

enum { PANEL = 2 * LANES };

int panels_of(int filters); // the last one may be half empty

// The rows of A are `next` numbers apart, those of W PANEL, those of sums `sums_next`. n ≤ PANEL filters, a
// multiple of LANES, begin with their bias, or with 0 if it is NULL.
typedef struct PanelProduct {
    int T, K, n;
    const real *A;
    ptrdiff_t next;
    const real *W, *bias;
    real *sums;
    ptrdiff_t sums_next;
} PanelProduct;
void panel_product(const PanelProduct *q);

// Some rows of one image, or several whole images.
typedef struct Strip { Range n, y; } Strip;

/* How a call is cut. A strip has at most so many images, or so many rows (an even number) of one. Of a call
 * in parts each has some rows, or (Share.maps) some panels. */
typedef struct PanelCut { int images, rows; } PanelCut;
typedef void PanelWork(void *ctx, Strip strip, Range panels);
void panel_strips(const Step *s, PanelCut cut, PanelWork *visit, void *ctx);

// Filters k·PANEL … of F: how many, and their bias.
int panel_filters(int k, int F);
const real *panel_bias(const Step *s, int k);

// Rows `rows` of image n with the channels of each place side by side: where they lie if they do, or turned
// round, to `room`.
const real *panel_pixels(Tensor src, int n, Range rows, real *room);
