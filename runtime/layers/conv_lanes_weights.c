/* conv_lanes_weights.c — the gradient of a convolution's weights, sixteen images side by side (conv_lanes.c).
 *
 *     diff_weights[f,c,i,j] = Σ diff_dst[n,f,y,x] · src[n, c, y·S − T + i·D, x·S − L + j·D]
 *                            n,y,x
 *
 * In two ways. In the plain one a sum is a vector: for each number of the window one over all places, image
 * by image; the images are added up at the end. Few products for each number of diff_dst, or few filters: it
 * is the better one.
 *
 * In the other one diff_dst is turned, some rows at a time, so that sixteen filters lie side by side. Each
 * number of src then meets all filters of its image, and a sum is a single number: a tile has sixteen times
 * as many of them, and stays in registers while it passes over places and images. What it reads is in the
 * first cache: the turned rows, and few numbers of src. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/conv_lanes.h"
#include "runtime/layers/cut.h"

enum {
    BAND = 6144,            // numbers of diff_dst that stay in the first cache, plain …
    TURNED = 8192,          // … and turned
    SECOND_CACHE = 1 << 18, // numbers of channels that all filters look at, one tile of them after the other
    WORTH_TURNING = 48,     // so many products for each number of diff_dst are more work than turning it
};

static int count(Range r) { return r.hi - r.lo; }

static int window_of(const Slides *w) { return w->src.C * w->KH * w->KW; }

// Depends on shapes alone: the two ways round differently.
static bool turns(const Slides *w) {
    return w->D == 1 && w->dst.C % (LANES_MAX_V * LANES) == 0 && window_of(w) >= WORTH_TURNING;
}

// Rows of diff_dst that are turned at a time, for so many filters.
static int turned_rows(const Slides *w, int filters) {
    return lanes_part(w->dst.H, larger(1, TURNED / (w->dst.W * LANES * filters)));
}

size_t lanes_weights_work(const Slides *w) {
    const size_t window = (size_t)window_of(w), most = LANES_MAX_V * LANES;
    const size_t row = (size_t)w->dst.W * LANES * most, turned = row > TURNED ? row : TURNED;
    return turns(w) ? most * window + turned : window * (size_t)LANES_MAX_F * LANES;
}

// Some of the places in a rectangle in which all windows see the same.
typedef struct Places { Run y, x; } Places;

// The first number of a map that the windows at these places see.
static const real *seen_src(const LanesBlock *b, Places p, int c, int i, int j) {
    const Slides *w = b->w;
    const int y = p.y.lo * w->S - w->top + i * w->D, x = p.x.lo * w->S - w->left + j * w->D;
    return b->src + c * maps_map(w->src) + y * maps_row(w->src) + x * LANES;
}

typedef struct Part Part;

// The sums of some filters: where they are, and how those of a rectangle are found.
struct Part {
    const LanesBlock *b;
    const LanesKernels *k;
    Range channels, filters;
    real *sums;
    void (*add)(const Part *, Places);
    const real *turned; // filters side by side, `room` of them, the first row being that of place `top`
    int room, top;
};

static void each_rectangle(const Part *t, int top, int bottom) {
    const Slides *w = t->b->w;
    for (Run y = lanes_run(w->rows, top, bottom); y.lo < bottom; y = lanes_run(w->rows, y.hi, bottom))
        for (Run x = lanes_run(w->columns, 0, w->dst.W); x.lo < w->dst.W;
             x = lanes_run(w->columns, x.hi, w->dst.W))
            if (count(y.window) && count(x.window)) t->add(t, (Places){y, x});
}

// ---- image by image ------------------------------------------------------------------------------------

static GradTile plain_tile(const Part *t, Places p) {
    const Slides *w = t->b->w;
    const ptrdiff_t row = maps_row(w->src), diff_row = maps_row(w->dst), map = maps_map(w->dst);
    return (GradTile){.H = p.y.hi - p.y.lo, .W = p.x.hi - p.x.lo, .src_y = w->S * row, .src_x = w->S * LANES,
                      .src_j = w->D * LANES, .src_i = w->D * row,
                      .diff = t->b->diff_dst + t->filters.lo * map + p.y.lo * diff_row + p.x.lo * LANES,
                      .diff_f = map, .diff_y = diff_row, .diff_x = LANES,
                      .sums_f = (ptrdiff_t)count(t->channels) * w->KH * w->KW * LANES};
}

// A window of a single number: channels stand in the place of its columns.
static void add_single(const Part *t, Places p) {
    const int C = count(t->channels), ct = lanes_part(C, LANES_MAX_WIDE_J);
    GradTile tile = plain_tile(t, p);
    tile.src_j = maps_map(t->b->w->src);
    for (int c = 0; c < C; c += ct) {
        tile.src = seen_src(t->b, p, t->channels.lo + c, 0, 0);
        tile.sums = t->sums + c * LANES;
        t->k->grad[count(t->filters)][smaller(ct, C - c)](&tile);
    }
}

static bool squares(const Slides *w, const LanesKernels *k) {
    return w->KH == 3 && w->KW == 3 && k->square_f > 0;
}

static void add_plain(const Part *t, Places p) {
    const Slides *w = t->b->w;
    const Range i = p.y.window, j = p.x.window;
    const int jt = lanes_part(w->KW, LANES_MAX_J), F = count(t->filters);
    const bool square = squares(w, t->k) && count(i) == 3 && count(j) == 3;
    GradTile tile = plain_tile(t, p);
    for (int c = 0; c < count(t->channels); c++)
    for (int row = i.lo; row < i.hi; row += square ? 3 : 1)
    for (int column = j.lo; column < j.hi; column += square ? 3 : jt) {
        tile.src = seen_src(t->b, p, t->channels.lo + c, row, column);
        tile.sums = t->sums + ((ptrdiff_t)(c * w->KH + row) * w->KW + column) * LANES;
        if (square) t->k->square[F](&tile);
        else t->k->grad[F][smaller(jt, j.hi - column)](&tile);
    }
}

// The bias's share of rows [y, end): they are in the first cache.
static void add_bias(const Part *t, real *diff_bias, int y, int end) {
    const Maps dst = t->b->w->dst;
    const real *const diff = t->b->diff_dst + y * maps_row(dst);
    for (int f = t->filters.lo; f < t->filters.hi; f++)
        diff_bias[f] += conv_sum(diff + f * maps_map(dst), (end - y) * maps_row(dst));
}

static void plain_part(const Part *t, int rows, real *diff_bias) {
    const Slides *w = t->b->w;
    const int F = count(t->filters), M = count(t->channels) * w->KH * w->KW;
    memset(t->sums, 0, (size_t)F * (size_t)M * LANES * sizeof *t->sums);
    for (int y = 0; y < w->dst.H; y += rows) {
        const int end = smaller(y + rows, w->dst.H);
        each_rectangle(t, y, end);
        if (diff_bias && t->channels.lo == 0) add_bias(t, diff_bias, y, end);
    }
    for (int i = 0; i < F; i++) {
        const int f = t->b->f + t->filters.lo + i;
        real *const diff = at(t->b->s->diff_param[0], f, t->channels.lo, 0, 0);
        t->k->total(t->sums + (ptrdiff_t)i * M * LANES, M, diff);
    }
}

/* As many channels at a time as stay in the second cache while all filters look at them. How many rows at a
 * time must not depend on the filters asked for: the bias is summed by them. */
static void plain(const LanesBlock *b, const LanesKernels *k, Range filters, real *diff_bias) {
    const Slides *w = b->w;
    const bool single = w->KH * w->KW == 1;
    const int columns = single ? LANES_MAX_WIDE_J : lanes_part(w->KW, LANES_MAX_J);
    const int most = squares(w, k) ? k->square_f : k->grad_f[columns];
    const int ft = lanes_part(count(filters), most), C = w->src.C;
    const int rows = lanes_part(w->dst.H, larger(1, BAND / (most * w->dst.W * LANES)));
    const ptrdiff_t map = maps_map(w->src);
    const int ct = lanes_part(C, map < SECOND_CACHE ? (int)(SECOND_CACHE / map) : 1);

    for (int c = 0; c < C; c += ct)
        for (int f = filters.lo; f < filters.hi; f += ft) {
            const Part t = {.b = b, .k = k, .channels = {c, smaller(c + ct, C)},
                            .filters = {f, smaller(f + ft, filters.hi)}, .sums = b->s->work,
                            .add = single ? add_single : add_plain};
            plain_part(&t, rows, diff_bias);
        }
}

// ---- filters side by side ------------------------------------------------------------------------------

// The widest part of `columns` that there is a tile for.
static int columns_part(const LanesKernels *k, int v, int columns) {
    int most = LANES_MAX_J;
    while (!k->turned_r[v][most]) most--;
    return lanes_part(columns, most);
}

// Sums of all columns of `rows` window rows, or channels, that begin with row i of channel c.
static void turned_tiles(const Part *t, Places p, int c, int i, int rows, ptrdiff_t src_r, ptrdiff_t sums_r) {
    const Slides *w = t->b->w;
    const Range j = p.x.window;
    const ptrdiff_t place = LANES * t->room;
    for (int f = 0; f < t->room; f += t->k->turned_v * t->k->vector) {
        const int v = smaller(t->k->turned_v, (t->room - f) / t->k->vector);
        const int jt = columns_part(t->k, v, count(j)), rt = lanes_part(rows, t->k->turned_r[v][jt]);
        for (int column = j.lo; column < j.hi; column += jt)
        for (int r = 0; r < rows; r += rt) {
            const ptrdiff_t m = (ptrdiff_t)(c * w->KH + i) * w->KW + column;
            const TurnedTile tile = {
                .H = p.y.hi - p.y.lo, .W = p.x.hi - p.x.lo,
                .src = seen_src(t->b, p, c, i, column) + r * src_r,
                .src_y = w->S * maps_row(w->src), .src_x = w->S * LANES, .src_r = src_r,
                .diff = t->turned + ((ptrdiff_t)(p.y.lo - t->top) * w->dst.W + p.x.lo) * place + f,
                .diff_y = w->dst.W * place, .diff_n = t->room,
                .sums = t->sums + m * t->room + r * sums_r + f, .sums_r = sums_r, .sums_j = t->room};
            t->k->turned[v][smaller(rt, rows - r)][smaller(jt, j.hi - column)](&tile);
        }
    }
}

// Few channels: tiles of window rows. Many: tiles of channels, one window row after the other.
static void add_turned(const Part *t, Places p) {
    const Slides *w = t->b->w;
    const Range i = p.y.window;
    const ptrdiff_t K = (ptrdiff_t)w->KH * w->KW * t->room;
    if (w->src.C >= LANES_MAX_R) {
        for (int row = i.lo; row < i.hi; row++)
            turned_tiles(t, p, 0, row, w->src.C, maps_map(w->src), K);
    } else {
        for (int c = 0; c < w->src.C; c++)
            turned_tiles(t, p, c, i.lo, count(i), maps_row(w->src), (ptrdiff_t)w->KW * t->room);
    }
}

static void turn_rows(const LanesBlock *b, const LanesKernels *k, Range filters, int top, int rows,
                      real *turned, int room) {
    const Maps dst = b->w->dst;
    const real *const diff = b->diff_dst + filters.lo * maps_map(dst) + top * maps_row(dst);
    for (int p = 0; p < rows * dst.W; p++)
        k->turn(diff + p * LANES, maps_map(dst), count(filters), turned + (ptrdiff_t)p * LANES * room, room);
}

// The gradient of the weights of so many filters as have room side by side.
static void turned_part(const LanesBlock *b, const LanesKernels *k, Range filters) {
    const Slides *w = b->w;
    const int M = window_of(w), F = count(filters), room = (F + LANES - 1) / LANES * LANES;
    const int rows = turned_rows(w, room);
    real *const sums = b->s->work, *const turned = sums + (ptrdiff_t)M * room;
    memset(sums, 0, (size_t)M * (size_t)room * sizeof *sums);
    if (F < room) memset(turned, 0, (size_t)rows * (size_t)(w->dst.W * LANES * room) * sizeof *turned);
    for (int y = 0; y < w->dst.H; y += rows) {
        const int end = smaller(y + rows, w->dst.H);
        const Part t = {.b = b, .k = k, .filters = filters, .sums = sums, .add = add_turned,
                        .turned = turned, .room = room, .top = y};
        turn_rows(b, k, filters, y, end - y, turned, room);
        each_rectangle(&t, y, end);
    }
    for (int f = 0; f < F; f++) {
        real *const diff = at(b->s->diff_param[0], b->f + filters.lo + f, 0, 0, 0);
        for (int m = 0; m < M; m++) diff[m] += sums[(ptrdiff_t)m * room + f];
    }
}

static void bias_alone(const LanesBlock *b, Range filters, real *diff_bias) {
    const ptrdiff_t map = maps_map(b->w->dst);
    for (int f = filters.lo; f < filters.hi && diff_bias; f++)
        diff_bias[f] += conv_sum(b->diff_dst + f * map, map);
}

void lanes_diff_params(const LanesBlock *b, Range filters) {
    const LanesKernels *const k = kernels_chosen()->lanes;
    real *const all = b->w->cfg->bias ? b->s->diff_param[1].v : NULL;
    real *const diff_bias = all ? all + b->f : NULL;
    const bool wanted = b->s->diff_param[0].v != NULL;
    if (wanted && !turns(b->w)) {
        plain(b, k, filters, diff_bias);
        return;
    }
    enum { MOST = LANES_MAX_V * LANES };
    for (int f = filters.lo; f < filters.hi && wanted; f += MOST)
        turned_part(b, k, (Range){f, smaller(f + MOST, filters.hi)});
    bias_alone(b, filters, diff_bias);
}
