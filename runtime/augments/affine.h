/* affine.h — where every pixel of a picture comes from, when a picture is moved, turned or stretched.
 *
 *     y' = yy·y + yx·x + y0
 *     x' = xy·y + xx·x + x0
 *
 * says that the pixel at row y, column x of the picture that comes out is seen at the point (y', x')
 * of the picture that goes in. Centres of pixels have whole coordinates; the middle of an axis of n
 * pixels is (n − 1)/2.
 *
 * Two steps one after the other are one step, whose matrix is the product of theirs: a picture that
 * is flipped, turned and zoomed is resampled once, and so is blurred once at most. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "lang/kind.h"
#include "runtime/tensor.h"

typedef struct Affine { double yy, yx, y0, xy, xx, x0; } Affine;

// What is seen outside of the picture.
typedef enum Outside {
    OUTSIDE_NEVER, // nothing is: the step stays within (flip)
    OUTSIDE_EDGE,  // the nearest pixel of the edge
    OUTSIDE_BLACK  // 0
} Outside;

Affine affine_identity(void);

// First `a`, then `b`.
Affine affine_then(Affine a, Affine b);

// The same map around the middle of the picture: (y, x) are seen from the middle of dst, (y', x')
// from that of src; y0 and x0 of m are added to them.
Affine affine_centred(Affine m, int src_h, int src_w, int dst_h, int dst_w);

// True if pixels only change their places: whole-pixel moves and mirrors along the axes.
bool affine_moves(const Affine *m);

// The definition: dst[c,y,x] is interpolated between the four pixels of src around (y', x'),
//
//     dst = (1 − v)·((1 − u)·src[i,j] + u·src[i,j+1]) + v·((1 − u)·src[i+1,j] + u·src[i+1,j+1])
//
// i = ⌊y'⌋, v = y' − i, j = ⌊x'⌋, u = x' − j. Points outside are first put onto the nearest edge.
// Both tensors are one plain picture, and are not the same place.
void affine_resample_ref(const Affine *m, Tensor src, Tensor dst);

// The same, row by row; `row` has room for AFFINE_ROW numbers per column of dst.
enum { AFFINE_ROW = 3 };
void affine_resample(const Affine *m, Tensor src, Tensor dst, real *row);

// For maps that only move pixels. The definition, for numbers of one plain picture:
//
//     dst[c,y,x] = src[c,y',x']          outside: the nearest pixel of the edge, or 0
//
// and the same for bytes, channels side by side. Two places each.
void affine_move_ref(const Affine *m, Outside outside, Tensor src, Tensor dst);
void affine_move(const Affine *m, Outside outside, const uint8_t *src, Shape from, uint8_t *dst,
                 Shape to);
