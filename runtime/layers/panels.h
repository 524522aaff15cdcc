/* panels.h — filters side by side: the matrix product for few places and many filters.
 *
 *     sums[t,f] = Σ A[t,k] · W[k,f]              t: a place, or a tile of places    k: what it sees
 *                 k
 *
 * A map of 7×7 numbers has few places for a vector, but enough filters. So a vector lane is a filter.
 * The weights lie in panels of PANEL filters, number k of all of them side by side; A has what one place sees
 * in a row, and each of its numbers is multiplied with a row of the panel. The sums are turned round at the
 * end: in the plain layout the places of a map lie side by side. Turning the weights takes as long as a few
 * pictures do, so this is for weights that stay (Step.fixed): conv_panels.c, conv_panels_winograd.c. */
#pragma once
#include "runtime/layer.h"

enum { PANEL = 2 * LANES };

int panels_of(int filters); // the last one may be filled up with zeros

// sums of T places and one panel, PANEL numbers a place, plus bias of each filter if it is not NULL. A row of
// A is `next` numbers long, one of W PANEL.
void panel_product(int T, int K, const real *A, ptrdiff_t next, const real *W, const real *bias, real *sums);

// Turns a matrix round: dst[j·dst_ld + i] = src[i·src_ld + j], i < rows, j < columns.
void panel_turn(int rows, int columns, const real *src, ptrdiff_t src_ld, real *dst, ptrdiff_t dst_ld);

// How a call in parts (Step.share) is cut: the strips of places, or the panels.
typedef struct PanelCut { Range strips, panels; } PanelCut;
PanelCut panel_cut(const Step *s, int strips, int panels);

// The bias of panel k, filled up with zeros, in `room` for PANEL numbers; NULL if there is none.
const real *panel_bias(const Step *s, int k, real *room);
