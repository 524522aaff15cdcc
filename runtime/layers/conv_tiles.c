/* conv_tiles.c — from maps to the tiles of Winograd's convolution and back (conv_tiles.h).
 *
 * Row i of the 4×4 numbers under tile y, x of a map is its row 2·y − top + i, column j its column
 * 2·x − left + j; the outputs of the tile are rows 2·y, 2·y + 1 and columns 2·x, 2·x + 1.
 *
 *     LAYOUT_LANES    a number is a vector of sixteen images: rows are read where they lie
 *     LAYOUT_PLAIN    a vector is sixteen tiles of a row: rows are copied, with zeros beside the map
 *
 * A row of tiles that is not a multiple of a vector is written as if it were; the next row then writes
 * over what is too much, and behind the last row there is a gap. */
#include "runtime/layers/conv_tiles.h"

#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/wide.h"
#include "runtime/layers/cut.h"

enum { GAP = LANES }; // reals between two rows, or two places: what lies a power of two apart shares a few
                      // lines of the cache

ptrdiff_t tiling_pitch(int n) { return (n + LANES - 1) / LANES * LANES + GAP; }
ptrdiff_t tiling_plane(int maps, ptrdiff_t pitch) { return maps * pitch + GAP; }
size_t tiling_planes(int maps, ptrdiff_t pitch) { return WINOGRAD * (size_t)tiling_plane(maps, pitch); }

// ---- chunks --------------------------------------------------------------------------------------

static bool in_lanes(const Tiling *w) { return w->layout == LAYOUT_LANES; }
int tiling_tile(const Tiling *w) { return in_lanes(w) ? LANES : 1; }

Tiling tiling_of(Layout layout, int images, int in, Sides from, int out, Sides to, int top, int left,
                 int numbers) {
    Tiling w = {.layout = layout, .blocks = images, .in = in, .out = out, .from = from, .to = to, .top = top,
                .left = left, .across = (to.W + 1) / 2};
    const int most = numbers / tiling_tile(&w);
    if (in_lanes(&w)) w.blocks = (images + LANES - 1) / LANES;
    w.down = (to.H + 1) / 2 * w.blocks;
    w.columns = equal_part(w.across, most);
    const int rows = larger(1, most / w.across);
    w.rows = equal_part(w.down, rows);
    w.pitch = tiling_pitch(smaller(w.down, rows) * w.columns * tiling_tile(&w));
    return w;
}

static int chunks_in_row(const Tiling *w) { return (w->across + w->columns - 1) / w->columns; }

int tiling_chunks(const Tiling *w) { return (w->down + w->rows - 1) / w->rows * chunks_in_row(w); }

void tiling_each(const Tiling *w, Range chunks, void (*visit)(void *ctx, const Tiling *w, Chunk k),
                 void *ctx) {
    for (int i = chunks.lo; i < chunks.hi; i++) {
        const int y = i / chunks_in_row(w) * w->rows, x = i % chunks_in_row(w) * w->columns;
        visit(ctx, w, (Chunk){y, x, smaller(w->rows, w->down - y), smaller(w->columns, w->across - x)});
    }
}

int tiling_numbers(const Tiling *w, Chunk k) { return k.rows * k.columns * tiling_tile(w); }

// ---- sixteen images side by side -----------------------------------------------------------------

// Row `row` of a map; NULL beside it.
static const real *row_of(const real *map, Sides s, int row) {
    return row >= 0 && row < s.H ? map + (ptrdiff_t)row * s.W * LANES : NULL;
}

static void see_lanes(const Tiling *w, Chunk k, const real *map, int y, real *V) {
    WinogradRows d = {.W = w->from.W, .x = 2 * k.x - w->left};
    for (int i = 0; i < 4; i++) d.row[i] = row_of(map, w->from, 2 * y - w->top + i);
    kernels_chosen()->winograd->see(&d, k.columns, V, tiling_plane(w->in, w->pitch));
}

static void gather_lanes(const Tiling *w, const Gather *g, const real *M, int n, real bias, int y, int x,
                         real *map) {
    real *const to = map + ((ptrdiff_t)2 * y * w->to.W + 2 * x) * LANES;
    real *const rows[2] = {to, 2 * y + 1 < w->to.H ? to + (ptrdiff_t)w->to.W * LANES : NULL};
    kernels_chosen()->winograd->gather(M, g->plane, n, bias, g->add, rows, w->to.W - 2 * x);
}

// ---- one image after the other -------------------------------------------------------------------

// A copied row has room for its tiles, two numbers more, and two vectors.
static ptrdiff_t row_room(const Tiling *w) { return tiling_pitch(2 * w->columns + 3 * LANES); }

// Row `row` of a map from column `first` on; zeros beside the map.
static void copy_row(const real *map, Sides s, int row, int first, real *dst, ptrdiff_t len) {
    const bool there = row >= 0 && row < s.H;
    const ptrdiff_t left = first < 0 ? -first : 0, end = there && s.W > first ? s.W - first : 0;
    const ptrdiff_t lo = left < end ? left : 0, hi = left < end ? (end < len ? end : len) : 0;
    memset(dst, 0, (size_t)lo * sizeof *dst);
    if (hi > lo) memcpy(dst + lo, map + (ptrdiff_t)row * s.W + first + lo, (size_t)(hi - lo) * sizeof *dst);
    memset(dst + hi, 0, (size_t)(len - hi) * sizeof *dst);
}

// The tile row above has copied the first two rows, if there is one in this chunk and map.
static void see_plain(const Tiling *w, Chunk k, const real *map, int y, bool first, real *V, real *work) {
    const ptrdiff_t len = row_room(w);
    const real *rows[4];
    for (int i = 0; i < 4; i++) {
        real *const to = work + (2 * y + i) % 4 * len;
        if (first || i >= 2) copy_row(map, w->from, 2 * y - w->top + i, 2 * k.x - w->left, to, len);
        rows[i] = to;
    }
    kernels_chosen()->winograd->see_plain(rows, k.columns, V, tiling_plane(w->in, w->pitch));
}

// dst (+)= src + bias.
WIDE static void put_row(const real *restrict src, int n, real bias, bool add, real *restrict dst) {
    if (add)
        for (int x = 0; x < n; x++) dst[x] += src[x];
    else
        for (int x = 0; x < n; x++) dst[x] = src[x] + bias;
}

static void gather_plain(const Tiling *w, const Gather *g, const real *M, int n, real bias, int y, int x,
                         real *map, real *work) {
    real *const rows[2] = {work, work + row_room(w)};
    kernels_chosen()->winograd->gather_plain(M, g->plane, n, rows);
    for (int i = 0; i < 2 && 2 * y + i < w->to.H; i++)
        put_row(rows[i], smaller(2 * n, w->to.W - 2 * x), bias, g->add,
                map + (ptrdiff_t)(2 * y + i) * w->to.W + 2 * x);
}

// ---- turned --------------------------------------------------------------------------------------

/* Of LANES outputs the two rows under some tiles become rows whose numbers are LANES outputs side by side:
 * one for each image of a block. Turning them is a quarter of the work that turning M would be. Of sixteen
 * images a few tiles at a time stay in the first cache. */
enum { TURNED_TILES = 4 };

static int turned_tiles(const Tiling *w) {
    return in_lanes(w) ? smaller(w->columns, TURNED_TILES) : w->columns;
}

static ptrdiff_t turned_row(const Tiling *w) {
    return (ptrdiff_t)(2 * turned_tiles(w) + (in_lanes(w) ? 0 : LANES)) * LANES;
}
static ptrdiff_t turned_room(const Tiling *w) { return 2 * tiling_tile(w) * turned_row(w); }

// Of row `row` of n maps from column x on: image l begins at dst + l·turned_row.
static void turn_row(const Tiling *w, const real *maps, int n, int row, int x, real *dst) {
    const WinogradKernels *const k = kernels_chosen()->winograd;
    const ptrdiff_t map = (ptrdiff_t)w->to.H * w->to.W * tiling_tile(w);
    const int places = smaller(2 * turned_tiles(w), w->to.W - x), at_once = in_lanes(w) ? 1 : LANES;
    const real *src = maps + ((ptrdiff_t)row * w->to.W + x) * tiling_tile(w);
    for (int i = 0; i < places; i += at_once)
        k->turn(src + i * tiling_tile(w), map, n, in_lanes(w) ? LANES : places - i, dst + i * LANES,
                in_lanes(w) ? turned_row(w) : LANES);
}

// Tiles of n outputs, from tile y, x of their maps on.
static void spread_tiles(const Tiling *w, const real *maps, int n, int y, int x, int tiles, real *M,
                         ptrdiff_t plane, real *work) {
    const ptrdiff_t tile = tiling_tile(w) * LANES;
    WinogradRows d = {.W = w->to.W - 2 * x};
    real *const rows[2] = {work, work + tiling_tile(w) * turned_row(w)};
    for (int i = 0; i < 2 && 2 * y + i < w->to.H; i++) turn_row(w, maps, n, 2 * y + i, 2 * x, rows[i]);
    for (int l = 0; l < tiling_tile(w); l++) {
        for (int i = 0; i < 2; i++) d.row[i] = 2 * y + i < w->to.H ? rows[i] + l * turned_row(w) : NULL;
        kernels_chosen()->winograd->spread(&d, tiles, M + l * LANES, plane, tile);
    }
}

size_t tiling_work(const Tiling *w) {
    const size_t copied = in_lanes(w) ? 0 : 4 * (size_t)row_room(w), turned = (size_t)turned_room(w);
    return copied > turned ? copied : turned;
}

// ---- all maps of a chunk -------------------------------------------------------------------------

static ptrdiff_t map_len(const Tiling *w, Sides s) { return (ptrdiff_t)s.H * s.W * tiling_tile(w); }

// Where row y of all blocks' tiles lies: the block's first map, and the row among its own.
typedef struct Spot { ptrdiff_t maps; int y; } Spot;

static Spot spot_of(const Tiling *w, int y, int maps, Sides s) {
    const int down = (w->to.H + 1) / 2;
    if (y < down) return (Spot){0, y};
    return (Spot){y / down * (maps * map_len(w, s)), y % down};
}

static ptrdiff_t row_len(const Tiling *w, Chunk k) { return k.columns * tiling_tile(w); }

void tiling_see(const Tiling *w, Chunk k, const real *maps, real *V, real *work) {
    for (int c = 0; c < w->in; c++)
    for (int y = 0; y < k.rows; y++) {
        const Spot s = spot_of(w, k.y + y, w->in, w->from);
        const real *const map = maps + s.maps + c * map_len(w, w->from);
        real *const to = V + c * w->pitch + y * row_len(w, k);
        if (in_lanes(w)) see_lanes(w, k, map, s.y, to);
        else see_plain(w, k, map, s.y, y == 0 || s.y == 0, to, work);
    }
}

void tiling_spread(const Tiling *w, Chunk k, const real *maps, Range part, real *M, ptrdiff_t plane,
                   real *work) {
    const ptrdiff_t block = (ptrdiff_t)tiling_numbers(w, k) * LANES;
    const int most = turned_tiles(w);
    for (int f = part.lo; f < part.hi; f += LANES, M += block)
    for (int y = 0; y < k.rows; y++)
    for (int x = 0; x < k.columns; x += most) {
        const Spot s = spot_of(w, k.y + y, w->out, w->to);
        spread_tiles(w, maps + s.maps + f * map_len(w, w->to), smaller(LANES, part.hi - f), s.y, k.x + x,
                     smaller(most, k.columns - x), M + (y * row_len(w, k) + x * tiling_tile(w)) * LANES,
                     plane, work);
    }
}

void tiling_gather(const Tiling *w, Chunk k, const Gather *g, real *work) {
    for (int t = g->t.lo, n; t < g->t.hi; t += n) {
        const int x = t % k.columns;
        const Spot s = spot_of(w, k.y + t / k.columns, w->out, w->to);
        n = smaller(k.columns - x, g->t.hi - t);
        for (int f = g->f.lo; f < g->f.hi; f++) {
            real *const map = g->maps + s.maps + f * map_len(w, w->to);
            const real *const M = g->M + (f - g->f.lo) * g->pitch + (t - g->t.lo) * tiling_tile(w);
            const real bias = g->bias ? g->bias[f] : 0;
            if (in_lanes(w)) gather_lanes(w, g, M, n, bias, s.y, k.x + x, map);
            else gather_plain(w, g, M, n, bias, s.y, k.x + x, map, work);
        }
    }
}
