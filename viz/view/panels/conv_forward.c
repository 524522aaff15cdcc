/* conv_forward.c — a convolution at one place: the window of the input times the kernel, number by
 * number, and where their sum goes.
 *
 *     input with the window │ window × kernel = products │ (sums of all input channels) │ output
 *
 * Of several input channels the one that counts most is shown, or that of the current product. */
#include <math.h>

#include "viz/view/panels/window.h"

static const Operand *source(const Term *t) {
    for (int f = 0; f < t->n_factors; f++)
        if (t->factor[f].of == OF_SRC) return &t->factor[f];
    return NULL;
}

static Tensor kernel_of(const Screen *s) {
    return trace_param(&s->v->t, params_of_node(s->v->t.s->params, s->stage->index), PARAM_BEFORE);
}

// ---- the three grids -----------------------------------------------------------------------------

static int current_cell(const Screen *s, const Window *w) {
    for (int i = 0; i < w->rows * w->columns && s->v->at.level == LEVEL_TERM; i++)
        if (w->term[i] == s->v->at.term) return i;
    return -1;
}

// At level Multiply, the cells whose products are not there yet.
static int done_cells(const Screen *s, const Window *w) {
    const int cells = w->rows * w->columns;
    if (s->v->at.level != LEVEL_TERM) return cells;
    for (int i = 0; i < cells; i++)
        if (w->term[i] > s->v->at.term) return i;
    return cells;
}

// Returns where the first and the last grid lie.
static void draw_grids(Screen *s, Rect r, const Window *w, double x_max, Rect *first, Rect *last) {
    const int cells = w->rows * w->columns, current = current_cell(s, w);
    const bool several = layer_src(s, 0).c > 1;
    const double h = r.h / 3;
    const char *power = power_of(x_max).text;
    Grid g = {.title = several ? arena_print(s->a, "window of x, channel %d  %s", w->channel, power)
                               : arena_print(s->a, "window of x  %s", power),
              .sign = "", .v = w->x, .term = w->term, .rows = w->rows, .columns = w->columns,
              .current = current, .done = cells, .max = x_max, .framed = current < 0};
    *first = draw_window_grid(s, (Rect){r.x, r.y, r.w, h}, &g);
    g.title = arena_print(s->a, "kernel w  %s", power_of(map_size(w->w, cells)).text);
    g.sign = "×", g.v = w->w, g.max = map_size(w->w, cells), g.framed = false;
    draw_window_grid(s, (Rect){r.x, r.y + h, r.w, h}, &g);
    g.title = arena_print(s->a, "products  %s", power_of(map_size(w->product, cells)).text);
    g.sign = "=", g.v = w->product, g.max = map_size(w->product, cells), g.done = done_cells(s, w);
    *last = draw_window_grid(s, (Rect){r.x, r.y + 2 * h, r.w, h}, &g);
}

// ---- the sums of the input channels --------------------------------------------------------------

// With groups, not every channel is read.
static bool is_read(const Answer *x, int channel) {
    for (int i = 0; i < x->kept; i++) {
        const Operand *src = source(&x->term[i]);
        if (src && src->c == channel) return true;
    }
    return x->kept < x->n;
}

static bool on_bias(const Screen *s, const Answer *x) {
    const int i = s->v->at.term - x->first;
    return s->v->at.level == LEVEL_TERM && i >= 0 && i < x->kept && !source(&x->term[i]);
}

// Returns the place from where the sum goes on.
static Rect draw_sums(Screen *s, Rect r, const Answer *x, const Window *w, int channels) {
    const Rect in = draw_titled(s, r, "Σ of each", "");
    Rect from = {r.x, in.y, r.w, 30};
    const int room = (int)(in.h / 30) - 2, n = channels < room ? channels : room;
    const TextStyle number = {FONT_REGULAR, SIZE_AXIS, TONE_INK2, ALIGN_LEFT, true};
    double max = 1e-12;
    for (int c = 0; c < channels; c++) max = fmax(max, fabs(window_sum(x, c)));
    int first = w->channel - n / 2;
    first = first > channels - n ? channels - n : first;
    first = first < 0 ? 0 : first;
    for (int i = 0; i <= n; i++) {
        const bool bias = i == n;
        const int c = first + i;
        const Rect row = {in.x, in.y + 30 * i, in.w, 30};
        if (bias && !w->has_bias) break;
        const double v = bias ? w->bias : window_sum(x, c);
        from.y = row.y;
        const bool current = on_bias(s, x) ? bias : c == w->channel && !bias;
        const TextStyle value = {current ? FONT_BOLD : FONT_REGULAR, SIZE_LABEL, TONE_INK, ALIGN_RIGHT, true};
        if (current)
            draw_rect(s->d, (Rect){r.x + 1, row.y, r.w - 2, row.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
        draw_fitted(s->d, (Rect){row.x, row.y, 40, row.h}, number,
                    bias ? "bias" : arena_print(s->a, "%d", c));
        draw_fitted(s->d, (Rect){row.x + 40, row.y, row.w - 40, row.h}, value,
                    bias || is_read(x, c) ? number_fixed(v, decimals_of(max)).s : "not read");
    }
    const TextStyle note = {.size = SIZE_AXIS, .tone = TONE_INK3};
    if (n < channels)
        draw_fitted(s->d, (Rect){in.x, in.y + in.h - 18, in.w, 18}, note,
                    arena_print(s->a, "of %d channels", channels));
    return from;
}

// ---- the ways between the cards ------------------------------------------------------------------

static void draw_ways(Screen *s, Rect window, Rect first, Rect last, Rect cell) {
    const ShapeStyle thin = {.line = TONE_INK2, .width = 1.5};
    draw_line(s->d, (Point){window.x + window.w + 4, window.y - 4}, (Point){first.x - 5, first.y - 4}, thin);
    draw_line(s->d, (Point){window.x + window.w + 4, window.y + window.h + 4},
              (Point){first.x - 5, first.y + first.h + 4}, thin);
    const Point from = {last.x + last.w + 8, last.y + last.h / 2};
    const Point to = {cell.x - 6, cell.y + cell.h / 2};
    draw_arrow(s->d, (Point[]){from, to}, 2, (ShapeStyle){.line = TONE_INK2, .width = 2});
}

static Rect map_place(Rect in, const Map *m) {
    return map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m->rows, m->columns);
}

// With its numbers where they are few.
static void draw_few(Screen *s, Rect place, const Map *m) {
    if (m->rows * m->columns <= 49) draw_grid(s, place, m, power_of(m->max), SIZE_BODY);
    else draw_map(s, place, m);
}

// With dilation a window has gaps: dots on the cells that are read.
static void mark_cells(Screen *s, Rect place, const Answer *x, const Map *m) {
    for (int i = 0; i < x->kept; i++) {
        const Operand *src = source(&x->term[i]);
        if (!src || src->c != m->channel) continue;
        const Rect cell = map_cells(place, m, src->y, src->x, 1, 1);
        const Point middle = {cell.x + cell.w / 2, cell.y + cell.h / 2};
        draw_dot(s->d, middle, 0.3 * cell.w, (ShapeStyle){.fill = TONE_ON_FOCUS});
        draw_dot(s->d, middle, 0.2 * cell.w, (ShapeStyle){.fill = TONE_FOCUS});
    }
}

// `apart`: the window's cells lie apart.
static Rect draw_input(Screen *s, Rect r, const Answer *x, const Map *m, bool apart) {
    const Tensor src = layer_src(s, 0);
    const char *helper = src.c > 1 ? arena_print(s->a, "channel %d", m->channel) : tensor_shape(s->a, src);
    const Rect in = draw_titled(s, r, "Input x", helper), place = map_place(in, m);
    const Cells c = window_cells(x, m->channel);
    draw_few(s, place, m);
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, m, NULL);
    const Rect window = map_cells(place, m, c.y, c.x, c.h > 0 ? c.h : 1, c.w > 0 ? c.w : 1);
    if (c.h > 0) draw_mark(s, window);
    if (apart) mark_cells(s, place, x, m);
    return window;
}

static Rect draw_output(Screen *s, Rect r) {
    const Place *at = &s->v->at;
    const Spot spot = target_spot(&s->here, at->channel, at->pixel);
    const Map whole = map_of_channel(s, s->here.v, at->channel, 0), m = map_until(whole, at->pixel + 1);
    const Rect in = draw_titled(s, r, "Output y", arena_print(s->a, "channel %d", at->channel));
    const Rect place = map_place(in, &m), cell = map_cells(place, &m, spot.y, spot.x, 1, 1);
    draw_few(s, place, &m);
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, &m, NULL);
    draw_mark(s, cell);
    return cell;
}

// ---- together ------------------------------------------------------------------------------------

static void draw_pixel(Screen *s) {
    const Answer x = answer_here(s->a, s->v);
    const Tensor src = layer_src(s, 0), kernel = kernel_of(s);
    if (!x.known || !kernel.v) return;
    const Window w = window_of(s, &x, kernel, window_channel(s, &x));
    const Map m = map_of_channel(s, src, w.channel, -1);
    Rect room = s->area, first, last;
    const Rect card = cut_bottom(&room, ARITHMETIC_H);
    draw_channels(s, cut_right(&room, STRIP_W), 0, true);
    const double side = fmin(0.32 * room.w, room.h - 46);
    const Rect left = cut_left(&room, src.c > 1 ? 0.84 * side : side);
    const Rect right = cut_right(&room, src.c > 1 ? 0.84 * side : side);
    Rect sums = {0};
    if (src.c > 1) sums = draw_sums(s, cut_right(&room, 136), &x, &w, src.c);
    const Cells read = window_cells(&x, w.channel);
    const Rect window = draw_input(s, left, &x, &m, read.h > w.rows || read.w > w.columns);
    draw_card(s->d, room);
    draw_grids(s, (Rect){room.x, room.y + 8, room.w, room.h - 12}, &w, m.max, &first, &last);
    const Rect cell = draw_output(s, right);
    draw_ways(s, window, first, src.c > 1 ? sums : last, cell);
    draw_arithmetic(s, card, &x, NULL, terms_note(s, &x));
}

const Panel conv_forward_panel = {
    .kind = STAGE_FORWARD, .of = "conv", .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
