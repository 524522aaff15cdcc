/* activation_backward.c — a function of one number, backward: the arriving gradient times the slope
 * at the place where the number was. Where the slope is 0 the gradient is blocked. */
#include <math.h>

#include "viz/view/panels/layers.h"

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

// Hatching over the cells whose gradient is blocked: something arrived, or could have, and 0 leaves.
static void draw_blocked(Screen *s, Rect r, const Map *m, const Map *src) {
    for (int i = 0; i < m->rows * m->columns; i++) {
        const Rect cell = map_cells(r, m, i / m->columns, i % m->columns, 1, 1);
        if (i < m->done && m->v[i] == 0 && src->v[i] <= 0) draw_hatch(s->d, cell, TONE_INK3, 6);
    }
}

static void draw_card_of(Screen *s, Rect r, const char *title, const char *helper, const Map *m,
                         const Map *src,
                         int cell) {
    const Rect in = draw_titled(s, r, title, helper);
    Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m->rows, m->columns);
    if (m->columns == 1) place = (Rect){in.x + in.w / 2 - 60, in.y, 120, in.h - LEGEND_H - 4};
    if (m->rows * m->columns <= 49) draw_grid(s, place, m, power_of(m->max), SIZE_BODY);
    else draw_map(s, place, m);
    if (src) draw_blocked(s, place, m, src);
    draw_mark(s, map_cells(place, m, cell / m->columns, cell % m->columns, 1, 1));
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, m, NULL);
}

// The share of the numbers of this map through which nothing goes.
static int blocked_share(const Map *dx, const Map *x) {
    int n = 0;
    for (int i = 0; i < dx->rows * dx->columns; i++) n += dx->v[i] == 0 && x->v[i] <= 0;
    return (int)(100.0 * n / (dx->rows * dx->columns) + 0.5);
}

static void draw_pixel(Screen *s) {
    const Tensor delta = arriving(s), src = layer_src(s, 0);
    const Place *place = &s->v->at;
    if (!s->here.v.v || s->here.param) {
        draw_gradient_number(s);
        return;
    }
    const Answer x = answer_here(s->a, s->v);
    const int c = place->channel;
    const Map arrives = map_of(s, delta, 0, c, -1), kept = map_of(s, src, 0, c, -1);
    const Map leaves = map_of_target(s, &s->here, c, place->target);
    const int cell = leaves.vector ? c : place->pixel;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (!leaves.vector && s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W),
                                                              place->target, true);
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    draw_card_of(s, left, "∂L/∂y arrives", "", &arrives, NULL, cell);
    draw_card_of(s, room, "x of the forward pass",
                 arena_print(s->a, "%d %% blocked", blocked_share(&leaves, &kept)),
                 &kept, NULL, cell);
    draw_card_of(s, right, "∂L/∂x leaves", "hatched: blocked", &leaves, &kept, cell);
    const double middle = room.y + room.h / 2;
    for (int i = 0; i < 2; i++) {
        const double at_x = i ? right.x : room.x;
        draw_arrow(s->d, (Point[]){{at_x - CARD_GAP - 12, middle}, {at_x + 12, middle}}, 2,
                   (ShapeStyle){.line = TONE_BACKWARD, .width = 4});
    }
    const double value = target_value(&s->here, c, place->pixel);
    const double before = (double)*at(delta, 0, c, s->here.v.h > 1 ? place->pixel / delta.w : 0,
                                      place->pixel % delta.w);
    const double here = (double)kept.v[cell];
    const char *slope = before != 0 ? arena_print(s->a, "the slope at x = %s is %s", figures(s, here, 3),
                                                  number_figures(value / before, 3).s)
                                    : arena_print(s->a, "at x = %s nothing arrives", figures(s, here, 3));
    (void)x;
    draw_sentence(s, card, arena_print(s->a, "%s · slope  =", figures(s, before, 3)),
                  figures(s, value, 3), slope);
}

const Panel activation_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "relu leakyrelu elu gelu silu sigmoid tanh",
    .formula = "∂L/∂x = δ · slope at x", .sentence = "the gradient times the slope of the curve",
    .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
