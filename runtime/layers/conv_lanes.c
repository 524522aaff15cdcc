/* conv_lanes.c — convolution of sixteen images side by side: the sums of conv.c, sooner.
 *
 * In LAYOUT_LANES a number of a map is a vector of sixteen images, so the definition's own loops
 * fill the machine: a tile of filters and places stays in registers while c, i and j run
 * (kernels/lanes.h). Nothing is copied:
 *
 *     forward           src seen through the window
 *     diff_src          diff_dst seen through the window turned round, which adds over filters what
 *                       forward added over channels. With stride S every S-th number meets the same
 *                       pixels of the window: S·S slides, each with its part of them
 *     diff_weights      conv_lanes_weights.c
 *
 * Near the rim a window sees less. Places are therefore visited rectangle by rectangle, in each of which
 * all windows see the same of their rows and columns: the inner places, and each row and column of
 * places at the rim. No zero is added, and padding costs nothing.
 *
 * Source of the layout: Georganas et al., "Anatomy of High-Performance Deep Learning Convolutions on
 * SIMD Architectures", 2018, with images in the place of channels. */
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/conv.h"
#include "runtime/layers/conv_lanes.h"
#include "runtime/layers/cut.h"

enum {
    SEEN = 6144,  // numbers that the windows of a tile see: they stay in the first cache
    PAGE = 1024,  // numbers; those of maps so far apart, or a multiple, get in each other's way there,
    TOGETHER = 6, // and of more maps than this they do so, if the windows have more rows than one
};

int lanes_part(int total, int limit) {
    const int parts = (total + limit - 1) / limit;
    return (total + parts - 1) / parts;
}

static Slides slides_of(const Conv *o, Shape src, Shape dst) {
    const int G = o->groups, D = o->dilation, S = o->stride, KH = o->kernel.h, KW = o->kernel.w;
    const int top = conv_axis(o, src.h, KH).before, left = conv_axis(o, src.w, KW).before;
    return (Slides){.cfg = o, .src = {src.c / G, src.h, src.w}, .dst = {dst.c / G, dst.h, dst.w},
                    .KH = KH, .KW = KW, .S = S, .D = D, .top = top, .left = left,
                    .rows = {-top, S, D, src.h, KH}, .columns = {-left, S, D, src.w, KW}};
}

// ---- what windows see ----------------------------------------------------------------------------------

// Of the window at place p those numbers that see something. The others are beside the map.
static Range seen(View v, int p) {
    const int from = v.first + p * v.step;
    const int lo = from < 0 ? (-from + v.apart - 1) / v.apart : 0;
    const int hi = from < v.n ? smaller(v.K, (v.n - from + v.apart - 1) / v.apart) : 0;
    return lo < hi ? (Range){lo, hi} : (Range){0, 0};
}

Run lanes_run(View v, int p, int end) {
    const Range window = seen(v, p);
    int hi = p + 1;
    if (v.K == 0) hi = end;
    else if (window.lo == 0 && window.hi == v.K) hi = (v.n - 1 - v.first - (v.K - 1) * v.apart) / v.step + 1;
    return (Run){p, smaller(hi, end), window};
}

// ---- tiles of outputs ----------------------------------------------------------------------------------

// F × H × W outputs; src_y and dst_y lie between their rows. Number 0, 0 of the window at place 0, 0 would
// lie `corner` reals before first.src.
typedef struct Outputs {
    int F;
    View rows, columns;
    ptrdiff_t corner, src_y, dst_y;
    ConvTile first;
} Outputs;

// Places one behind the other whose windows see the same: of each of `lines` lines `places`.
typedef struct Field {
    int lines, places;
    ptrdiff_t src_line, dst_line;
    ConvTile first;
    int of_window;      // numbers of a channel that one window sees
    int step;           // so many more with the next place
} Field;

// The innermost loop is to be a long one: in windows of one column it runs over the rows, in those of a
// single number over the channels. The sums and their order are the same.
static void lengthen(ConvTile *t) {
    if (t->KW == 1) t->KW = t->KH, t->src_j = t->src_i, t->weights_j = t->weights_i, t->KH = 1;
    if (t->KW == 1) t->KW = t->C, t->src_j = t->src_c, t->weights_j = t->weights_c, t->C = 1;
}

// `more` + 1 tiles of ft × xt, channels [c.lo, c.hi) of their sums; the first of them begin the sums.
static void tiles(const ConvTile *first, const LanesKernels *k, Range c, int f, int ft, int x, int xt,
                  int more) {
    ConvTile t = *first;
    t.C = c.hi - c.lo;
    t.add |= c.lo > 0;
    t.more = more;
    t.src += x * t.src_x + c.lo * t.src_c;
    t.dst += f * t.dst_f + x * t.dst_x;
    t.weights += f * t.weights_f + c.lo * t.weights_c;
    if (t.bias) t.bias += f;
    lengthen(&t);
    k->conv[ft][xt](&t);
}

/* All filters at all places of a field. With several tiles of filters, what the windows of some places see
 * stays in the first cache while all filters look at it: if all channels do not fit, some of them. */
static void all_tiles(const Field *a, int F) {
    const LanesKernels *const k = kernels_chosen()->lanes;
    const int ft = lanes_part(F, k->conv_f), xt = smaller(a->places, k->conv_x), C = a->first.C;
    const int tile = larger(1, (a->of_window + (xt - 1) * a->step) * LANES);
    const bool meet = a->first.src_c % PAGE == 0 && a->first.KH > 2 && a->first.KW > 2;
    const int most = meet ? smaller(TOGETHER, SEEN / tile) : SEEN / tile;
    const int ct = F > ft ? lanes_part(C, larger(1, most)) : C;
    const int fit = F > ft ? larger(1, SEEN / (ct * tile)) : a->places; // tiles in a row

    for (int line = 0; line < a->lines; line++) {
        ConvTile t = a->first;
        t.src += line * a->src_line;
        t.dst += line * a->dst_line;
        for (int x = 0; x < a->places; x += fit * xt) {
            const int n = smaller(fit * xt, a->places - x), whole = n / xt, rest = n % xt;
            for (int c = 0; c < C; c += ct)
            for (int f = 0; f < F; f += ft) {
                const Range channels = {c, smaller(c + ct, C)};
                const int some = smaller(ft, F - f);
                tiles(&t, k, channels, f, some, x, xt, whole - 1);
                if (rest) tiles(&t, k, channels, f, some, x + whole * xt, rest, 0);
            }
        }
    }
}

// The places of a rectangle lie side by side along its rows or, where it is a narrow one, its columns.
static void rectangle(const Outputs *o, Run y, Run x) {
    const Range i = y.window, j = x.window;
    const int h = y.hi - y.lo, w = x.hi - x.lo, KH = i.hi - i.lo, KW = j.hi - j.lo;
    const bool down = w < LANES_MAX_X && w < h;
    Field a = {.lines = down ? w : h, .places = down ? h : w,
               .src_line = down ? o->first.src_x : o->src_y, .dst_line = down ? o->first.dst_x : o->dst_y,
               .first = o->first, .of_window = KH * KW,
               .step = down ? o->rows.step * KW : o->columns.step * KH};
    ConvTile *const t = &a.first;
    t->KH = KH;
    t->KW = KW;
    if (KH && KW) {
        t->src += y.lo * o->src_y + x.lo * t->src_x + i.lo * t->src_i + j.lo * t->src_j - o->corner;
        t->weights += i.lo * t->weights_i + j.lo * t->weights_j;
    }
    t->dst += y.lo * o->dst_y + x.lo * t->dst_x;
    if (down) t->src_x = o->src_y, t->dst_x = o->dst_y;
    all_tiles(&a, o->F);
}

static void all_places(const Outputs *o, Range rows, int W) {
    for (Run y = lanes_run(o->rows, rows.lo, rows.hi); y.lo < rows.hi; y = lanes_run(o->rows, y.hi, rows.hi))
        for (Run x = lanes_run(o->columns, 0, W); x.lo < W; x = lanes_run(o->columns, x.hi, W))
            rectangle(o, y, x);
}

// ---- one block of sixteen images, one group ----------------------------------------------------------

static const real *weights_of(const LanesBlock *b) { return at(b->s->param[0], b->f, 0, 0, 0); }

static void forward_block(const LanesBlock *b) {
    const Slides *w = b->w;
    const int K = w->KH * w->KW;
    const Outputs o = {
        .F = w->dst.C, .rows = w->rows, .columns = w->columns,
        .corner = w->top * maps_row(w->src) + w->left * LANES,
        .src_y = w->S * maps_row(w->src), .dst_y = maps_row(w->dst),
        .first = {.C = w->src.C, .src = b->src, .src_c = maps_map(w->src), .src_i = w->D * maps_row(w->src),
                  .src_j = w->D * LANES, .src_x = w->S * LANES,
                  .weights = weights_of(b), .weights_f = w->src.C * K, .weights_c = K,
                  .weights_i = w->KW, .weights_j = 1, .bias = w->cfg->bias ? b->s->param[1].v + b->f : NULL,
                  .dst = b->dst, .dst_f = maps_map(w->dst), .dst_x = LANES}};
    all_places(&o, step_share(b->s, w->dst.H), w->dst.W);
}

static int common_divisor(int a, int b) { return b ? common_divisor(b, a % b) : a; }

// Along one side of diff_src: numbers first, first + S, … (`count` of them) lie under the pixels
// i, i + P, … (K of them) of the windows at stops q, q + 1, …; for the next pixel E stops earlier.
typedef struct Phase { int count, i, K, q, P, E; } Phase;

static Phase phase_of(const Slides *w, int side, int K, int before, int first) {
    const int common = common_divisor(w->S, w->D);
    Phase p = {.count = (side - first + w->S - 1) / w->S, .P = w->S / common, .E = w->D / common};
    for (int i = 0; i < p.P && i < K; i++) {
        const int way = first + before - i * w->D;
        if (way % w->S) continue;
        p.i = i, p.K = (K - 1 - i) / p.P + 1, p.q = way / w->S;
        break;
    }
    return p;
}

// The stops that a number of a phase sees, the last pixel's first.
static View view_of(Phase p, int stops) { return (View){p.q - (p.K - 1) * p.E, 1, p.E, stops, p.K}; }

static size_t weights_len(const Slides *w) {
    return (size_t)w->src.C * (size_t)w->dst.C * (size_t)w->KH * (size_t)w->KW;
}

// Weights of the group as diff_src reads them: turned[i,j,f,c], the channels side by side.
static void turn_weights(const LanesBlock *b) {
    const int C = b->w->src.C, F = b->w->dst.C, K = b->w->KH * b->w->KW;
    const real *weights = weights_of(b);
    for (int f = 0; f < F; f++)
        for (int c = 0; c < C; c++)
            for (int k = 0; k < K; k++) b->s->work[((ptrdiff_t)k * F + f) * C + c] = *weights++;
}

// Maps of diff_dst, `map` reals apart.
typedef struct Spaced { const real *v; ptrdiff_t map; } Spaced;

static bool meet(Maps m) { return maps_map(m) % (PAGE / 4) == 0; }

// Maps that would get in each other's way are copied with one number between them.
static Spaced spaced(const LanesBlock *b, real *to) {
    const Maps dst = b->w->dst;
    const ptrdiff_t map = maps_map(dst);
    if (!meet(dst)) return (Spaced){b->diff_dst, map};
    for (int f = 0; f < dst.C; f++)
        memcpy(to + f * (map + LANES), b->diff_dst + f * map, (size_t)map * sizeof *to);
    return (Spaced){to, map + LANES};
}

// The numbers of diff_src that lie under the same pixels of the window, the last of which comes first.
static void diff_src_phase(const LanesBlock *b, const Spaced *diff, Phase y, Phase x, ptrdiff_t first) {
    const Slides *w = b->w;
    const bool fresh = step_fresh(b->s, 0), any = y.K > 0 && x.K > 0;
    if (!any && !fresh) return;
    const int last = (y.i + (y.K - 1) * y.P) * w->KW + x.i + (x.K - 1) * x.P;
    const View rows = view_of(y, w->dst.H), columns = view_of(x, w->dst.W);
    const ptrdiff_t row = maps_row(w->dst), pixel = (ptrdiff_t)w->dst.C * w->src.C;
    const Outputs o = {
        .F = w->src.C, .rows = rows, .columns = columns, .corner = -rows.first * row - columns.first * LANES,
        .src_y = row, .dst_y = w->S * maps_row(w->src),
        .first = {.C = any ? w->dst.C : 1, .src = diff->v, .src_c = diff->map, .src_i = y.E * row,
                  .src_j = x.E * LANES, .src_x = LANES,
                  .weights = b->s->work + (any ? last * pixel : 0), .weights_f = 1, .weights_c = w->src.C,
                  .weights_i = -y.P * w->KW * pixel, .weights_j = -x.P * pixel,
                  .dst = b->diff_src + first * LANES,
                  .dst_f = maps_map(w->src), .dst_x = w->S * LANES, .add = !fresh}};
    all_places(&o, step_share(b->s, y.count), x.count); // of a call in parts each one does some rows
}

static void diff_src_block(const LanesBlock *b) {
    const Slides *w = b->w;
    const Spaced diff = spaced(b, b->s->work + weights_len(w));
    turn_weights(b);
    for (int y = 0; y < w->S && y < w->src.H; y++)
        for (int x = 0; x < w->S && x < w->src.W; x++)
            diff_src_phase(b, &diff, phase_of(w, w->src.H, w->KH, w->top, y),
                           phase_of(w, w->src.W, w->KW, w->left, x), (ptrdiff_t)y * w->src.W + x);
}

static size_t diff_src_work(const Slides *w) {
    const size_t maps = meet(w->dst) ? (size_t)w->dst.C * (size_t)(maps_map(w->dst) + LANES) : 0;
    return weights_len(w) + maps;
}

// ---- the whole call ------------------------------------------------------------------------------------

size_t conv_lanes_work(const Conv *o, Shape src, Shape dst) {
    const Slides w = slides_of(o, src, dst);
    const size_t weights = lanes_weights_work(&w), back = diff_src_work(&w);
    return weights > back ? weights : back;
}

static void each_block(const Step *s, void (*visit)(const LanesBlock *)) {
    const Conv *o = s->cfg;
    const Tensor src = s->src[0], dst = s->dst, diff_dst = s->diff_dst, diff_src = s->diff_src[0];
    const Slides w = slides_of(o, (Shape){src.c, src.h, src.w}, (Shape){dst.c, dst.h, dst.w});

    for (int n = 0; n < dst.n; n += LANES)
    for (int g = 0; g < o->groups; g++) {
        const int c = g * w.src.C, f = g * w.dst.C;
        const LanesBlock b = {.s = s, .w = &w, .src = at(src, n, c, 0, 0), .dst = at(dst, n, f, 0, 0),
                              .diff_dst = diff_dst.v ? at(diff_dst, n, f, 0, 0) : NULL,
                              .diff_src = diff_src.v ? at(diff_src, n, c, 0, 0) : NULL, .f = f};
        visit(&b);
    }
}

static void backward_block(const LanesBlock *b) {
    lanes_diff_params(b, (Range){0, b->w->dst.C});
    if (b->diff_src) diff_src_block(b);
}

static void backward_params_block(const LanesBlock *b) {
    const Range part = b->s->part;
    const int lo = part.lo > b->f ? part.lo - b->f : 0, hi = smaller(part.hi - b->f, b->w->dst.C);
    if (lo < hi) lanes_diff_params(b, (Range){lo, hi});
}

void conv_lanes_forward(const Step *s) { each_block(s, forward_block); }
void conv_lanes_backward(const Step *s) { each_block(s, backward_block); }
void conv_lanes_backward_params(const Step *s) { each_block(s, backward_params_block); }
