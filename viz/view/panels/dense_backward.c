/* dense_backward.c — a dense layer, backward. Forward, y = W·x + b; every weight joins one input to one
 * output, and the blame takes the same wires:
 *
 *     ∂L/∂W[o,i] = δ[o] · x[i]
 *     ∂L/∂x[i]   = Σ δ[o] · W[o,i]     each input gathers the blame of all outputs
 *     ∂L/∂b[o]   = δ[o]
 *
 * The gradients of W and b are summed over the pictures of the batch; δ, x and ∂L/∂x are those of the
 * inspected one. */
#include <math.h>

#include "viz/view/panels/layers.h"

enum { STRIP = 20, BESIDE = 8 }; // height of a row of numbers, and the gap beside a table

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

// Image 0 of a vector as one row of a table that is as wide as the others, or as one column.
static Map line_of(Screen *s, Tensor t, bool column) {
    real *v = arena_array(s->a, real, (size_t)t.c + 1);
    for (int c = 0; c < t.c; c++) v[c] = *at(t, 0, c, 0, 0);
    return map_of(s, matrix_shrunk(s, v, column ? t.c : 1, column ? 1 : t.c), 0, 0, -1);
}

// A table of O × I, or as much of it as is shown, with the outputs' blame at its left, and the numbers of
// the inputs above or below it.
typedef struct Table {
    const char *title, *helper, *rule, *line_name, *matrix_name;
    Tensor matrix, line;
    bool above;          // the line is what is multiplied; below, it is the sum
    int target;          // what a click on it goes to
} Table;

static void draw_table(Screen *s, Rect r, const Table *t) {
    const TextStyle rule = {FONT_BOLD, SIZE_BODY, TONE_BACKWARD, ALIGN_RIGHT, false};
    const TextStyle words = {.size = SIZE_AXIS, .tone = TONE_INK2};
    const Map m = map_of(s, t->matrix, 0, 0, -1);
    const Map delta = line_of(s, arriving(s), true), line = line_of(s, t->line, false);
    const Rect in = draw_titled(s, r, t->title, t->helper);
    const double left = in.x + 36 + BESIDE, w = in.w - 36 - BESIDE, names = 22;
    const double h = in.h - LEGEND_H - 8 - STRIP - BESIDE - names;
    const double line_y = t->above ? in.y + names : in.y + h + BESIDE + names;
    const Rect table = {left, t->above ? line_y + STRIP + BESIDE : in.y + names, w, h};
    draw_text(s->d, (Point){r.x + r.w - 16, r.y + 25}, rule, t->rule);
    draw_text(s->d, (Point){in.x, in.y + 15}, words, "δ");
    draw_text(s->d, (Point){left, in.y + 15}, words, t->above ? t->line_name : t->matrix_name);
    if (!t->above) draw_text(s->d, (Point){in.x, line_y + 15}, words, t->line_name);
    draw_map(s, (Rect){in.x, table.y, 36, table.h}, &delta);
    draw_map(s, table, &m);
    draw_map(s, (Rect){left, line_y, w, STRIP}, &line);
    draw_legend(s, (Rect){left, in.y + in.h - LEGEND_H + 4, w, LEGEND_H}, &m, t->matrix_name);
    hits_add(s->hits, (Hit){.kind = HIT_CHANNEL, .rect = r, .to = 0, .target = t->target});
}

static Tensor param(const Screen *s, int k, ParamTime when) {
    return trace_param(&s->v->t, params_of_node(s->v->t.s->params, s->stage->index) + k, when);
}

static void draw_stage(Screen *s) {
    const Tensor weight = param(s, 0, PARAM_BEFORE), grad = param(s, 0, PARAM_GRAD), src = layer_src(s, 0);
    const Tensor dx = trace_diff(&s->v->t, s->node->src[0]), delta = arriving(s);
    const char *batch = arena_print(s->a, "%d×%d, sum of %s", weight.n, weight.c,
                                    pictures_text(s, s->v->t.n));
    Rect room = s->area;
    const Rect left = cut_left(&room, 220);
    const double half = (left.h - CARD_GAP) / 2;
    if (s->node->n_params > 1) {
        const Tensor bias = param(s, 1, PARAM_GRAD);
        const Rect lower = {left.x, left.y + half + CARD_GAP, left.w, half};
        const Rect in = draw_titled(s, lower, "∂L/∂b = Σ δ", pictures_text(s, s->v->t.n));
        if (bias.v) draw_thumbnails(s, in, (Tensor){bias.v, 1, bias.n, 1, 1, LAYOUT_PLAIN}, -1);
        hits_add(s->hits, (Hit){.kind = HIT_CHANNEL, .rect = lower, .to = 0, .target = (dx.v != NULL) + 1});
    }
    const Rect upper = {left.x, left.y, left.w, s->node->n_params > 1 ? half : left.h};
    draw_thumbnails(s, draw_titled(s, upper, "∂L/∂y arrives", tensor_shape(s->a, delta)), delta, -1);
    const Rect first = dx.v ? cut_top(&room, (room.h - CARD_GAP) / 2) : room;
    if (grad.v)
        draw_table(s, first, &(Table){"1  How should the weights change?", batch, "∂L/∂W[o,i] = δ[o] · x[i]",
                                      "x of the forward pass", "∂L/∂W",
                                      matrix_shrunk(s, grad.v, grad.n, grad.c), src, true, dx.v != NULL});
    else draw_titled(s, first, "The weights are frozen", "no gradient is found for them");
    int of;
    const Tensor shown = matrix_sampled(s, weight.v, weight.n, weight.c, &of);
    const char *weights = arena_print(s->a, of > 1 ? "%d×%d weights, one of %d shown" : "%d×%d weights",
                                      weight.n, weight.c, of);
    if (dx.v)
        draw_table(s, room, &(Table){"2  How should the input change?", weights, "∂L/∂x[i] = Σ δ[o] · W[o,i]",
                                     "∂L/∂x", "W", shown, dx, false, 0});
}

static const char *formula_of(Screen *s) {
    return layer_has_bias(s) ? "∂L/∂W = δ·x     ∂L/∂x = Σ δ·W     ∂L/∂b = δ"
                             : "∂L/∂W = δ·x     ∂L/∂x = Σ δ·W";
}

const Panel dense_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "dense", .sentence = "the blame takes the wires back",
    .formula_of = formula_of, .draw = {draw_stage},
};
