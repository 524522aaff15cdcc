/* conv_tiles.h — maps cut into tiles of 2×2 outputs, for Winograd's convolution (conv_winograd.c).
 *
 * A chunk of tiles is transformed at a time, so that what becomes of it stays in the second cache: some
 * rows of tiles, or some tiles of one row. The transforms are those of kernels/winograd.h, of whole maps:
 * place p of map c and tile t lies at p·plane + c·pitch + t (of sixteen images side by side, t·LANES). */
#pragma once
#include "runtime/layer.h"

typedef struct Sides { int H, W; } Sides;

// Inputs and outputs of a slide, and how its tiles are cut into chunks.
typedef struct Tiling {
    Layout layout;
    int blocks;          // images, or blocks of sixteen
    int in, out;         // maps
    Sides from, to;      // of their maps
    int top, left;       // padding
    int down, across;    // rows of tiles, of all blocks; tiles in a row
    int rows, columns;   // tiles of a chunk, at most
    ptrdiff_t pitch;     // from one row of V or M to the next
} Tiling;

typedef struct Chunk { int y, x, rows, columns; } Chunk; // tiles

// A chunk has at most so many numbers of each map and place (at least LANES).
Tiling tiling_of(Layout layout, int images, int in, Sides from, int out, Sides to, int top, int left,
                 int numbers);

// Reals of one place of `maps` maps, of all sixteen places, and of the room that a transform works in.
ptrdiff_t tiling_plane(int maps, ptrdiff_t pitch);
size_t tiling_planes(int maps, ptrdiff_t pitch);
size_t tiling_work(const Tiling *w);
ptrdiff_t tiling_pitch(int n); // of a row of n numbers

// Chunks are counted row by row.
int tiling_chunks(const Tiling *w);
void tiling_each(const Tiling *w, Range chunks, void (*visit)(void *ctx, const Tiling *w, Chunk k),
                 void *ctx);
int tiling_numbers(const Tiling *w, Chunk k); // of a map in one place of the chunk's tiles
int tiling_tile(const Tiling *w);             // of one tile: LANES, or 1

// V = Bᵀ·d·B of all inputs, which begin at `maps`.
void tiling_see(const Tiling *w, Chunk k, const real *maps, real *V, real *work);
/* A·δ·Aᵀ of the outputs of a part, turned: sums over tiles want outputs side by side. Place p of output
 * part.lo + i and number t (of a tile, or of an image in a tile; of tiling_numbers(w, k) = T) lies at
 * p·plane + (i/LANES·T + t)·LANES + i%LANES; behind the last output are zeros up to a multiple of LANES. */
void tiling_spread(const Tiling *w, Chunk k, const real *maps, Range part, real *M, ptrdiff_t plane,
                   real *work);
// Outputs f.lo … f.hi of tiles t.lo … t.hi of the chunk, from M whose first number is that of the first of
// them: map (+)= Aᵀ·M·A + bias, which may be NULL.
typedef struct Gather {
    const real *M;
    ptrdiff_t plane, pitch; // of M
    Range f, t;
    const real *bias;
    bool add;
    real *maps;
} Gather;
void tiling_gather(const Tiling *w, Chunk k, const Gather *g, real *work);
