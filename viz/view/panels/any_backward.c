/* any_backward.c — a layer of any kind, backward: the gradient that arrives, those that leave, and
 * the sum one of their numbers is. */
#include <math.h>

#include "viz/view/panels/layers.h"

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

static int count_targets(const Screen *s) {
    Target t;
    int n = 0;
    while (walk_gradient(s->v, s->stage, n, &t)) n++;
    return n;
}

// ---- level Stage ---------------------------------------------------------------------------------

static const char *target_title(Screen *s, const Target *t) {
    return t->param ? arena_print(s->a, "∂L/∂%s", t->name) : "∂L/∂x leaves";
}

Tensor matrix_sampled(Screen *s, const real *v, int rows, int columns, int *of) {
    const int a = (rows + SHRUNK_SIDE - 1) / SHRUNK_SIDE, b = (columns + SHRUNK_SIDE - 1) / SHRUNK_SIDE;
    *of = a * b;
    Tensor out = {NULL, 1, 1, (rows + a - 1) / a, (columns + b - 1) / b, LAYOUT_PLAIN};
    out.v = arena_array(s->a, real, tensor_len(out) + 1);
    for (int y = 0; y < out.h; y++)
        for (int x = 0; x < out.w; x++)
            *at(out, 0, 0, y, x) = v[(size_t)(y * a) * (size_t)columns + (size_t)(x * b)];
    return out;
}

Tensor matrix_shrunk(Screen *s, const real *v, int rows, int columns) {
    const int a = (rows + SHRUNK_SIDE - 1) / SHRUNK_SIDE, b = (columns + SHRUNK_SIDE - 1) / SHRUNK_SIDE;
    const int h = (rows + a - 1) / a, w = (columns + b - 1) / b;
    Tensor out = {arena_array(s->a, real, (size_t)h * (size_t)w), 1, 1, h, w, LAYOUT_PLAIN};
    if (known_shrunk(s->v, v, rows, columns, out)) return out;
    float *best = arena_array(s->a, float, (size_t)columns);
    for (int y = 0; y < h; y++) {
        const int left = rows - y * a;
        strongest_columns(best, v + (size_t)(y * a) * (size_t)columns, 1, left < a ? left : a, columns, b);
        for (int x = 0; x < w; x++) out.v[y * w + x] = best[x];
    }
    known_keep_shrunk(s->v, v, rows, columns, out);
    return out;
}

enum { SHOWN_FILTERS = 64 };

// The kernels of each filter in a square, with a blank line between them, so that a filter with hundreds
// of inputs can be seen, too. 1 × filters × side × side.
static Tensor kernels_squared(Screen *s, Tensor v) {
    const int n = v.n < SHOWN_FILTERS ? v.n : SHOWN_FILTERS, across = (int)ceil(sqrt(v.c));
    const int apart = v.h * v.w > 1, h = v.h + apart, w = v.w + apart;
    Tensor out = {NULL, 1, n, (v.c + across - 1) / across * h - apart, across * w - apart, LAYOUT_PLAIN};
    out.v = arena_array(s->a, real, tensor_len(out) + 1);
    for (int o = 0; o < n; o++)
        for (int c = 0; c < v.c; c++)
            for (int i = 0; i < v.h * v.w; i++)
                *at(out, 0, o, c / across * h + i / v.w, c % across * w + i % v.w) =
                    *at(v, o, c, i / v.w, i % v.w);
    return out;
}

// All filters of a parameter's gradient as thumbnails, or a vector. A click anywhere goes to its numbers.
static void draw_param(Screen *s, Rect r, const Target *t, int target) {
    const Tensor v = t->v;
    if (v.c * v.h * v.w == 1) {
        draw_thumbnails(s, r, (Tensor){v.v, 1, v.n, 1, 1, LAYOUT_PLAIN}, -1);
    } else if (v.h * v.w == 1) {
        draw_thumbnails(s, r, matrix_shrunk(s, v.v, v.n, v.c), -1);
    } else {
        draw_thumbnails(s, r, kernels_squared(s, v), -1);
    }
    hits_add(s->hits, (Hit){.kind = HIT_CHANNEL, .rect = r, .to = 0, .target = target});
}

static void draw_stage(Screen *s) {
    Rect room = s->area;
    const int n = count_targets(s);
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, n > 0 ? side : room.w);
    const Rect in = draw_titled(s, left, "∂L/∂y arrives", tensor_shape(s->a, arriving(s)));
    draw_thumbnails(s, in, arriving(s), -1);

    // A panel that walks over δ first has the gradients behind it.
    Target walked = {0};
    walk_target(s->v, s->v->at.stage, 0, &walked);
    const int behind = walked.v.v == arriving(s).v;

    // What leaves to the left neighbour has a column of its own beside the parameters' gradients.
    Target first = {0};
    walk_gradient(s->v, s->stage, 0, &first);
    const bool leaves = n > 0 && !first.param;
    const Rect right = leaves && n > 1 ? cut_right(&room, side) : room;
    for (int i = 0; i < n; i++) {
        Target t;
        walk_gradient(s->v, s->stage, i, &t);
        const int row = leaves ? i - 1 : i, rows = leaves ? n - 1 : n;
        Rect r = right;
        if (!leaves || i > 0)
            r = (Rect){room.x, room.y + row * (room.h + CARD_GAP) / rows, room.w,
                       (room.h + CARD_GAP) / rows - CARD_GAP};
        const bool part = t.param && t.rank == 4 && t.v.n > SHOWN_FILTERS;
        const char *helper = part ? arena_print(s->a, "%d of %d filters", SHOWN_FILTERS, t.v.n) : "";
        const char *words = t.param ? helper : tensor_shape(s->a, t.v);
        const Rect inside = draw_titled(s, r, target_title(s, &t), words);
        if (t.param) draw_param(s, inside, &t, i + behind);
        else draw_thumbnails(s, inside, t.v, i + behind);
    }
}

// ---- finer ---------------------------------------------------------------------------------------

void draw_gradient_number(Screen *s) {
    draw_number(s, "∂L/∂y arrives", arriving(s), OF_DIFF_DST, target_title(s, &s->here));
}

void draw_gradient_channel(Screen *s) {
    const bool single = s->here.param ? s->here.pixels == 1 : s->here.v.h * s->here.v.w == 1;
    if (single || !s->here.v.v) draw_gradient_number(s);
    else draw_channel_page(s, s->area, s->v->at.target);
}

const Panel any_backward_panel = {
    .kind = STAGE_BACKWARD, .sentence = "the blame δ = ∂L/∂y is passed on to what caused it",
    .formula = "", .draw = {draw_stage, draw_gradient_channel, draw_gradient_number, draw_gradient_number},
};
