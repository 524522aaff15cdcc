/* activation_backward.c — a function of one number, backward: the arriving gradient times the slope
 * at the place where the number was. Where the slope is 0 the gradient is blocked. */
#include <math.h>
#include <string.h>

#include "viz/view/panels/patch.h"

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

// Of these functions only the rectifier has a slope of 0, so that nothing goes through.
static bool blocks(const Screen *s) { return strcmp(stage_of_name(s->stage), "relu") == 0; }

// Something arrived, or could have, and 0 leaves.
static bool blocked(const Map *m, const Map *src, int i) {
    return i < m->done && m->v[i] == 0 && src->v[i] <= 0;
}

// Hatching over the cells whose gradient is blocked, those side by side at once.
static void draw_blocked(Screen *s, Rect r, const Map *m, const Map *src) {
    for (int y = 0; y < m->rows; y++)
        for (int x = 0, n; x < m->columns; x += n + 1) {
            const int i = y * m->columns + x;
            for (n = 0; x + n < m->columns && blocked(m, src, i + n);) n++;
            if (n > 0) draw_hatch(s->d, map_cells(r, m, y, x, 1, n), TONE_INK3, 6);
        }
}

static void draw_card_of(Screen *s, Rect r, const char *title, const char *helper, const Map *m,
                         const Map *src,
                         int cell) {
    const Rect in = draw_titled(s, r, title, helper);
    Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m->rows, m->columns);
    if (m->columns == 1) place = map_column((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m->rows);
    if (m->rows * m->columns <= 49) draw_grid(s, place, m, power_of(m->max), SIZE_BODY);
    else draw_map(s, place, m);
    if (src && blocks(s)) draw_blocked(s, place, m, src);
    draw_mark(s, map_cells(place, m, cell / m->columns, cell % m->columns, 1, 1));
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, m, NULL);
}

// The share of the numbers of this map through which nothing goes.
static int blocked_share(const Map *dx, const Map *x) {
    int n = 0;
    for (int i = 0; i < dx->rows * dx->columns; i++) n += dx->v[i] == 0 && x->v[i] <= 0;
    return (int)(100.0 * n / (dx->rows * dx->columns) + 0.5);
}

static int zeros_of(Tensor t) {
    int n = 0;
    for (int c = 0; c < t.c; c++) n += map_zeros(t, c);
    return n;
}

// "δ · slope = (−0.0134) · 1 = −0.0134": the only term's factors are the gradient and the slope.
static void draw_product(Screen *s, Rect card, const Answer *x, double here) {
    const Term *t = x->kept > 0 ? &x->term[0] : NULL;
    const char *product = t ? term_text(s->a, x, t) : "";
    const bool shut = t && t->n_factors > 1 && t->factor[1].v == 0;
    const char *note = arena_print(s->a, shut ? "x = %s: shut, nothing goes through" : "the slope at x = %s",
                                   figures(s, here, 4));
    draw_sentence(s, card, arena_print(s->a, "δ · slope  =  %s  =", product), figures(s, x->sum, 4), note);
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
    Map leaves = map_of_target(s, &s->here, c, place->target);
    leaves.no_zeros = blocks(s); // what is hatched has no number
    const int cell = leaves.vector ? c : place->pixel;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (!leaves.vector && s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W),
                                                              place->target, true);
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    draw_card_of(s, left, "∂L/∂y arrives", leaves.vector ? "" : arena_print(s->a, "channel %d", c), &arrives,
                 NULL, cell);
    const char *gate = !blocks(s) ? "it sets the slope"
                     : arena_print(s->a, "%d %% blocked", blocked_share(&leaves, &kept));
    draw_card_of(s, room, "x of the forward pass", gate, &kept, NULL, cell);
    const char *left_over = blocks(s) ? "hatched: blocked" : "δ · slope";
    draw_card_of(s, right, "∂L/∂x leaves", left_over, &leaves, &kept, cell);
    for (int i = 0; i < 2; i++) draw_way_into(s, i ? right : room, TONE_BACKWARD);
    draw_product(s, card, &x, (double)kept.v[cell]);
}

// Level Stage: all that arrives, what was there forward, and what is left.
static void draw_stage(Screen *s) {
    const Tensor delta = arriving(s), src = layer_src(s, 0), dx = trace_diff(&s->v->t, s->node->src[0]);
    Rect room = s->area;
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    const char *blocked = "nobody asks for it";
    const int n = dx.c * dx.h * dx.w;
    if (dx.v) blocked = arena_print(s->a, "%.0f %% of them 0", 100.0 * zeros_of(dx) / n);
    draw_thumbnails(s, draw_titled(s, left, "∂L/∂y arrives", tensor_shape(s->a, delta)), delta, -1);
    draw_thumbnails(s, draw_titled(s, room, "x of the forward pass",
                                   blocks(s) ? "it opens or shuts" : "it sets the slope"), src, -1);
    draw_thumbnails(s, draw_titled(s, right, "∂L/∂x leaves", blocked), dx, 0);
    for (int i = 0; i < 2; i++) draw_way_into(s, i ? right : room, TONE_BACKWARD);
}

static void draw_channel(Screen *s) {
    if (!s->here.v.v || s->here.v.h * s->here.v.w > 1) draw_gradient_channel(s);
    else draw_pixel(s);
}

const Panel activation_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "relu leakyrelu elu gelu silu sigmoid tanh",
    .formula = "∂L/∂x = δ · slope at x", .sentence = "the gradient times the slope of the curve",
    .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel},
};
