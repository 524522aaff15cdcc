/* conv_backward.c — a convolution, backward, one arriving gradient after the other.
 *
 *     δ arrives │ 1  How should the kernel change?   window of x · δ → added to ∂L/∂w
 *               │ 2  How should the input change?    kernel w · δ    → added to ∂L/∂x
 *               │ 3  How should the bias change?     δ               → added to ∂L/∂b
 *
 * Forward, each product x·w went into one output; backward, the δ of that output goes to both. What
 * is walked over first is δ; behind it come the numbers of the finished gradients. */
#include <math.h>

#include "viz/view/panels/window.h"

static Spot delta_spot(const View *v) {
    const Target t = walk_here(v);
    return target_spot(&t, v->at.channel, v->at.pixel);
}

static const Operand *operand(const Term *t, OperandOf of) {
    for (int f = 0; f < t->n_factors; f++)
        if (t->factor[f].of == of) return &t->factor[f];
    return NULL;
}

static void count_products(void *ctx, const Term *t) { *(int *)ctx += operand(t, OF_SRC) != NULL; }

// At level Multiply each product of the forward pass is visited; the bias has none.
static int terms(const View *v) {
    int n = 0;
    if (v->at.target > 0) return answer_count(v);
    answer_each(v, v->t.stage[v->at.stage].index, ASKED_DST, 0, delta_spot(v), count_products, &n);
    return n;
}

// ---- sums so far ---------------------------------------------------------------------------------

// What the pixels of δ's channel up to the current one have added, for one input channel.
typedef struct Sums {
    int channel;         // of the input
    double delta;        // of the pixel that is being added
    float *w, *x;        // one kernel; one map of the input
    int kernel_w, src_w;
    double bias;
    bool whole;          // too much work: all pixels of all pictures, as the runtime summed them
} Sums;

static void add_product(void *ctx, const Term *t) {
    Sums *s = ctx;
    const Operand *src = operand(t, OF_SRC), *weight = operand(t, OF_PARAM);
    if (!src || !weight || src->c != s->channel) return;
    s->w[weight->y * s->kernel_w + weight->x] += (float)(s->delta * src->v);
    s->x[src->y * s->src_w + src->x] += (float)(s->delta * weight->v);
}

static void take_whole(Screen *s, Sums *sums, Tensor kernel, Tensor src, int f, int c) {
    const int first = params_of_node(s->v->t.s->params, s->stage->index);
    const Tensor grad = trace_param(&s->v->t, first, PARAM_GRAD), dx = trace_diff(&s->v->t, s->node->src[0]);
    const int part = src.c / kernel.c; // groups
    sums->whole = true;
    for (int i = 0; grad.v && i < kernel.h * kernel.w; i++)
        sums->w[i] = (float)*at(grad, f, part > 1 ? c % kernel.c : c, i / kernel.w, i % kernel.w);
    for (int i = 0; dx.v && i < src.h * src.w; i++) sums->x[i] = (float)*at(dx, 0, c, i / src.w, i % src.w);
}

static Sums sums_until(Screen *s, Tensor kernel, Tensor src, int channel) {
    const View *v = s->v;
    const double most = 2e5; // products: more of them take longer than a picture may
    Sums sums = {.channel = channel, .kernel_w = kernel.w, .src_w = src.w};
    sums.w = arena_array(s->a, float, (size_t)(kernel.h * kernel.w));
    sums.x = arena_array(s->a, float, (size_t)(src.h * src.w));
    int busy = 0;
    for (int i = 0; i <= v->at.pixel; i++) {
        const double delta = target_value(&s->here, v->at.channel, i);
        busy += delta != 0;
        sums.bias += delta;
    }
    if ((double)busy * kernel.c * kernel.h * kernel.w > most) {
        take_whole(s, &sums, kernel, src, v->at.channel, channel);
        return sums;
    }
    for (int i = 0; i <= v->at.pixel; i++) {
        sums.delta = target_value(&s->here, v->at.channel, i);
        if (sums.delta != 0)
            answer_each(v, s->stage->index, ASKED_DST, 0, target_spot(&s->here, v->at.channel, i),
                        add_product, &sums);
    }
    return sums;
}

// ---- what arrives --------------------------------------------------------------------------------

static void draw_delta(Screen *s, Rect r, double delta) {
    const Spot spot = delta_spot(s->v);
    const Map m = map_of_channel(s, s->here.v, s->v->at.channel, 0);
    const Power p = power_of(m.max);
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    const Rect in = draw_titled(s, r, "δ arrives", arena_print(s->a, "∂L/∂y, channel %d", spot.c));
    const Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 56}, m.rows, m.columns);
    const double y = r.y + r.h - 22;
    draw_map(s, place, &m);
    draw_mark(s, map_cells(place, &m, spot.y, spot.x, 1, 1));
    draw_legend(s, (Rect){in.x, place.y + place.h + 10, in.w, LEGEND_H}, &m, NULL);
    double x = in.x + draw_text(s->d, (Point){in.x, y}, words, "here  δ = ") + 4;
    x = draw_result(s, (Point){x, y}, SIZE_RESULT, number_fixed(delta * p.factor, 2).s);
    draw_text(s->d, (Point){x + 8, y}, words, p.text);
}

// ---- the questions -------------------------------------------------------------------------------

typedef struct Question3 {
    const char *head, *rule, *left, *right;
    const float *factor, *share, *sum;
    double factor_max;
} Question3;

// Below a grid; where that is narrow, in the middle of the column it stands in.
static void caption(Screen *s, Rect column, Rect grid, const char *text) {
    const bool narrow = grid.w < 0.7 * column.w;
    const TextStyle words = {.size = SIZE_AXIS, .tone = TONE_INK2,
                             .align = narrow ? ALIGN_CENTRE : ALIGN_LEFT};
    const double x = narrow ? column.x - 30 : grid.x, w = narrow ? column.w + 60 : grid.w + 60;
    draw_fitted(s->d, (Rect){x, grid.y + grid.h + 4, w, 18}, words, text);
}

static Rect draw_cells_of(Screen *s, Rect r, const Window *w, const float *v, double max, int current) {
    const Map m = {.v = v, .rows = w->rows, .columns = w->columns, .scale = SCALE_SIGNED, .max = max,
                   .done = w->rows * w->columns, .target = -1, .step = w->columns};
    const double cell = fmin(84, r.w / w->columns), wide = cell * w->columns;
    const Rect in = {r.x + (r.w - wide) / 2, r.y, wide, r.h};
    draw_grid(s, in, &m, power_of(max), SIZE_BODY);
    for (int i = 0; i < m.done; i++)
        if (w->term[i] < 0)
            draw_rect(s->d, map_cells(in, &m, i / w->columns, i % w->columns, 1, 1),
                      (ShapeStyle){.fill = TONE_SUNKEN, .line = TONE_LINE});
    if (current >= 0) draw_mark(s, map_cells(in, &m, current / w->columns, current % w->columns, 1, 1));
    return in;
}

// Where the right third of a question begins, and its height.
static Rect draw_question(Screen *s, Rect r, const Question3 *q, const Window *w, int current) {
    const TextStyle head = {.font = FONT_BOLD, .size = SIZE_LABEL, .tone = TONE_INK};
    const TextStyle rule = {.font = FONT_BOLD, .size = SIZE_BODY, .tone = TONE_BACKWARD};
    const TextStyle sign = {FONT_BOLD, SIZE_RESULT, TONE_INK, ALIGN_CENTRE, false};
    const TextStyle add = {FONT_BOLD, SIZE_LABEL, TONE_BACKWARD, ALIGN_CENTRE, false};
    const int cells = w->rows * w->columns;
    const double share_max = map_size(q->share, cells), gap = 84, x0 = r.x + 20, y = r.y + 36;
    const double wide = (r.w - 40 - 2 * gap) / 3, h = r.h - 36 - 26, middle = y + h / 2;
    draw_card(s->d, r);
    const double x = x0 + draw_text(s->d, (Point){x0, r.y + 25}, head, q->head) + 26;
    draw_text(s->d, (Point){x, r.y + 26}, rule, q->rule);
    const Rect first = {x0, y, wide, h}, second = {x0 + wide + gap, y, wide, h};
    caption(s, first, draw_cells_of(s, first, w, q->factor, q->factor_max, current), q->left);
    draw_fitted(s->d, (Rect){x0 + wide, middle - 14, gap, 28}, sign, "· δ  =");
    caption(s, second, draw_cells_of(s, second, w, q->share, share_max, current),
            arena_print(s->a, "share of this pixel  %s", power_of(share_max).text));
    const double x3 = x0 + 2 * (wide + gap);
    draw_fitted(s->d, (Rect){x3 - gap, middle - 34, gap, 20}, add, "add to");
    draw_arrow(s->d, (Point[]){{x3 - gap + 12, middle}, {x3 - 12, middle}}, 2,
               (ShapeStyle){.line = TONE_BACKWARD, .width = 3});
    return (Rect){x3, y, wide, h};
}

// NULL where the kernel is frozen.
static Tensor kernel_grad(const Screen *s) {
    return trace_param(&s->v->t, params_of_node(s->v->t.s->params, s->stage->index), PARAM_GRAD);
}

static void draw_kernel_question(Screen *s, Rect r, const Window *w, const Sums *sums, int current) {
    const int cells = w->rows * w->columns;
    float *share = arena_array(s->a, float, (size_t)cells);
    const double delta = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    for (int i = 0; i < cells; i++) share[i] = (float)(delta * (double)w->x[i]);
    const char *power = power_of(map_size(w->x, cells)).text;
    const char *rule = kernel_grad(s).v ? "∂L/∂w += δ · x" : "it is frozen, and stays as it is";
    const Question3 q = {.head = "1  How should the kernel change?", .rule = rule,
                         .left = *power ? arena_print(s->a, "window of x, as it was  %s", power)
                                        : "window of x, kept from the forward pass",
                         .factor = w->x, .factor_max = map_size(w->x, cells), .share = share};
    const Rect place = draw_question(s, r, &q, w, current);
    const double max = map_size(sums->w, cells);
    Window all = *w;
    all.term = arena_array(s->a, int, (size_t)cells); // every weight has a gradient
    const Rect in = draw_cells_of(s, place, &all, sums->w, max, current);
    const char *when = sums->whole ? "of the batch" : "so far";
    caption(s, place, in, arena_print(s->a, "∂L/∂w %s  %s", when, power_of(max).text));
}

static void draw_input_question(Screen *s, Rect r, const Window *w, const Sums *sums, Tensor src,
                                const Answer *x, int current) {
    const int cells = w->rows * w->columns;
    float *share = arena_array(s->a, float, (size_t)cells);
    const double delta = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    for (int i = 0; i < cells; i++) share[i] = (float)(delta * (double)w->w[i]);
    const Question3 q = {.head = "2  How should the input change?", .rule = "∂L/∂x += δ · w",
                         .left = arena_print(s->a, "kernel w  %s", power_of(map_size(w->w, cells)).text),
                         .factor = w->w, .factor_max = map_size(w->w, cells),
                         .share = share};
    const Rect place = draw_question(s, r, &q, w, current);
    const Map m = {.v = sums->x, .rows = src.h, .columns = src.w, .scale = SCALE_SIGNED,
                   .max = map_size(sums->x, src.h * src.w), .done = src.h * src.w, .target = -1,
                   .step = src.w};
    const Rect in = map_fit((Rect){place.x, r.y + 14, place.w, place.y + place.h - r.y - 14}, m.rows,
                            m.columns);
    Cells c = operand_cells(s, x, OF_SRC, 0);
    if (s->v->at.level == LEVEL_TERM && w->term[current] >= 0) {
        const Operand *o = operand(&x->term[w->term[current]], OF_SRC);
        c = (Cells){o->c, o->y, o->x, 1, 1};
    }
    draw_map(s, in, &m);
    if (c.h > 0) draw_mark(s, map_cells(in, &m, c.y, c.x, c.h, c.w));
    caption(s, place, (Rect){place.x, in.y, place.w, place.y + place.h - in.y},
            arena_print(s->a, "∂L/∂x %s, channel %d", sums->whole ? "of all pixels" : "so far",
                        sums->channel));
}

static void draw_bias_question(Screen *s, Rect r, double sum, bool bias) {
    const TextStyle head = {.font = FONT_BOLD, .size = SIZE_LABEL, .tone = TONE_INK};
    const TextStyle rule = {.font = FONT_BOLD, .size = SIZE_BODY, .tone = TONE_BACKWARD};
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2, .align = ALIGN_RIGHT, .tabular = true};
    const double middle = r.y + r.h / 2 + 7;
    draw_card(s->d, r);
    const double x = r.x + 46 + draw_text(s->d, (Point){r.x + 20, middle}, head,
                                          "3  How should the bias change?");
    draw_text(s->d, (Point){x, middle}, rule, bias ? "∂L/∂b += δ" : "it has none");
    if (bias) draw_text(s->d, (Point){r.x + r.w - 20, middle}, words,
                        arena_print(s->a, "∂L/∂b so far  %s", number_figures(sum, 3).s));
}

// ---- the sum at the bottom -----------------------------------------------------------------------

// A number behind a sign: negative ones in brackets.
static const char *factor(Screen *s, double v) {
    return arena_print(s->a, v < 0 ? "(%s)" : "%s", number_figures(v, 3).s);
}

static void draw_step(Screen *s, Rect r, const Window *w, const Sums *sums, int cell, double delta) {
    const double share = delta * (double)w->x[cell], after = (double)sums->w[cell];
    const double rest = after - share, was = fabs(rest) < 1e-6 * fabs(share) ? 0 : rest; // not rounding
    const int i = cell / w->columns, j = cell % w->columns;
    const Tensor grad = kernel_grad(s);
    const char *const x = factor(s, (double)w->x[cell]), *const d = factor(s, delta);
    const char *before = arena_print(s->a, "∂L/∂w[%d,%d]  ←  %s  +  %s · %s  =", i, j,
                                     figures(s, was, 3), d, x);
    if (sums->whole) before = arena_print(s->a, "to ∂L/∂w[%d,%d] goes  %s · %s  =", i, j, d, x);
    const char *whole = "frozen weights: left out";
    if (grad.v) {
        const double all = (double)*at(grad, s->v->at.channel, w->channel % grad.c, i, j);
        whole = arena_print(s->a, "the whole batch of %d: %s", s->v->t.n, number_figures(all, 3).s);
    }
    draw_sentence(s, r, before, figures(s, sums->whole ? share : after, 3), whole);
}

// The cell of the current product, or the one that gets the largest share.
static int chosen_cell(const Screen *s, const Window *w) {
    int best = 0, product = -1;
    for (int i = 0; i < w->rows * w->columns; i++) {
        if (w->term[i] < 0) continue;
        if (fabs((double)w->x[i]) > fabs((double)w->x[best]) || w->term[best] < 0) best = i;
        if (w->term[i] == s->v->at.term + w->has_bias) product = i;
    }
    return s->v->at.level == LEVEL_TERM && product >= 0 ? product : best;
}

// The input channel of the current product, or the first one.
static int chosen_channel(const Screen *s, const Answer *x, bool bias) {
    const int i = s->v->at.term + bias - x->first;
    if (s->v->at.level != LEVEL_TERM || i < 0 || i >= x->kept) return window_channel(s, x);
    const Operand *src = operand(&x->term[i], OF_SRC);
    return src ? src->c : 0;
}

static void draw_pixel(Screen *s) {
    if (s->v->at.target > 0) {
        draw_gradient_number(s);
        return;
    }
    const int first_param = params_of_node(s->v->t.s->params, s->stage->index);
    const Tensor kernel = trace_param(&s->v->t, first_param, PARAM_BEFORE);
    const Tensor src = layer_src(s, 0);
    const Answer x = answer_about(s->a, s->v, s->stage->index, ASKED_DST, 0, delta_spot(s->v), 0);
    if (!x.known || !kernel.v) {
        draw_gradient_number(s);
        return;
    }
    const bool bias = s->node->n_params > 1;
    const Window w = window_of(s, &x, kernel, chosen_channel(s, &x, bias));
    const Sums sums = sums_until(s, kernel, src, w.channel);
    const int cell = chosen_cell(s, &w);
    const double delta = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const double side = fmin(room.h - 36 - 40 - 62, 320) + 32;
    const Rect left = cut_left(&room, side);
    room.x += 8, room.w -= 8;
    const Rect third = cut_bottom(&room, 56), second = cut_bottom(&room, (room.h - CARD_GAP) / 2);
    draw_delta(s, left, delta);
    draw_kernel_question(s, room, &w, &sums, cell);
    draw_input_question(s, second, &w, &sums, src, &x, cell);
    draw_bias_question(s, third, sums.bias, bias);
    const double rows[] = {room.y + room.h / 2, second.y + second.h / 2, third.y + third.h / 2};
    for (int i = 0; i < 3; i++)
        draw_arrow(s->d, (Point[]){{left.x + left.w - 8, rows[i]}, {room.x + 14, rows[i]}}, 2,
                   (ShapeStyle){.line = TONE_BACKWARD, .width = 4});
    draw_step(s, card, &w, &sums, cell, delta);
}

// ---- level Channel: one filter, and its gradient ---------------------------------------------------

static Tensor filter_of(Tensor t, int f) {
    return (Tensor){t.v ? at(t, f, 0, 0, 0) : NULL, 1, t.c, t.h, t.w, LAYOUT_PLAIN};
}

static void draw_channel(Screen *s) {
    if (s->v->at.target > 0) {
        draw_gradient_channel(s);
        return;
    }
    const int f = s->v->at.channel, first = params_of_node(s->v->t.s->params, s->stage->index);
    Rect room = s->area;
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    const Rect upper = cut_top(&room, (room.h - CARD_GAP) / 2);
    draw_map_card(s, left, "δ arrives", s->here.v, 0, (Cells){.channel = f}, -1);
    draw_thumbnails(s, draw_titled(s, upper, arena_print(s->a, "Filter %d", f), "its weights w"),
                    filter_of(trace_param(&s->v->t, first, PARAM_BEFORE), f), -1);
    const Tensor grad = kernel_grad(s);
    if (grad.v)
        draw_thumbnails(s, draw_titled(s, room, "∂L/∂w", arena_print(s->a, "of the batch of %d", s->v->t.n)),
                        filter_of(grad, f), -1);
    else draw_hatch(s->d, draw_titled(s, room, "∂L/∂w", "the weights are frozen"), TONE_LINE, 12);
    const Tensor dx = trace_diff(&s->v->t, s->node->src[0]);
    const Rect in = draw_titled(s, right, "∂L/∂x leaves",
                                dx.v ? "sum over all filters" : "nobody asks for it");
    draw_thumbnails(s, in, dx, -1);
}

static const char *formula_of(Screen *s) {
    if (!kernel_grad(s).v) return "∂L/∂x = Σ δ·w";
    return layer_has_bias(s) ? "∂L/∂w = Σ δ·x,   ∂L/∂x = Σ δ·w,   ∂L/∂b = Σ δ"
                             : "∂L/∂w = Σ δ·x,   ∂L/∂x = Σ δ·w";
}

const Panel conv_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "conv", .target = walk_arriving, .terms = terms,
    .formula_of = formula_of,
    .sentence = "the blame δ = ∂L/∂y travels back along the same wires",
    .draw = {[LEVEL_CHANNEL] = draw_channel, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
