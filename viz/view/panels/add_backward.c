/* add_backward.c — a sum, backward: the gradient is copied, every path gets all of it.
 *
 *     ∂L/∂x = δ        ∂L/∂F = δ
 *
 * So the shortcut carries the gradient past the layers of the other path, undiminished. */
#include <math.h>

#include "viz/view/panels/join.h"

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

static bool shared(const Screen *s, int k) { return s->v->t.s->x->graph.node[s->node->src[k]].n_uses > 1; }

static const char *path_helper(Screen *s, int k) {
    return arena_print(s->a, "%s%s", path_words(s, k), trace_diff(&s->v->t, s->node->src[k]).v ? ""
                       : " · nobody asks");
}

static void draw_copies(Screen *s, Rect r) {
    const Rect in = draw_titled(s, r, "A copy for each path", "");
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    const TextStyle rule = {FONT_BOLD, SIZE_RESULT, TONE_BACKWARD, ALIGN_LEFT, false};
    const char *why = "y = x + F(x): if x grows by 0.1, so does y. The slope is 1, for both, and the "
                      "gradient passes the layers of the other path undiminished.";
    draw_text(s->d, (Point){in.x, in.y + 34}, rule, "∂L/∂x = δ");
    draw_prose(s, (Point){in.x, in.y + 76}, in.w - 30, words, why);
}

static void draw_stage(Screen *s) {
    Rect room = s->area;
    const int n = s->node->n_src;
    const double side = (room.w - 280 - 2 * CARD_GAP) / 2;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    draw_thumbnails(s, draw_titled(s, left, "δ arrives", tensor_shape(s->a, arriving(s))), arriving(s), -1);
    draw_copies(s, room);
    for (int k = 0; k < n; k++) {
        const Rect row = path_row(right, k, n);
        const Rect in = draw_titled(s, row, arena_print(s->a, "To path %d", k + 1), path_helper(s, k));
        draw_thumbnails(s, in, arriving(s), -1);
        draw_way(s, (Rect){room.x, row.y, room.w - 30, row.h}, row, TONE_BACKWARD);
    }
}

// ---- one number ------------------------------------------------------------------------------------

static void draw_copy(Screen *s, Rect r, const char *title, const char *helper, const Map *m, int cell) {
    const Rect in = draw_titled(s, r, title, helper);
    const Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m->rows, m->columns);
    draw_map(s, place, m);
    draw_mark(s, map_cells(place, m, cell / m->columns, cell % m->columns, 1, 1));
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, m, NULL);
}

static void draw_pixel(Screen *s) {
    if (!s->here.v.v) {
        draw_gradient_number(s);
        return;
    }
    const Tensor delta = arriving(s);
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const int n = s->node->n_src, own = s->here.k;
    const Map m = map_of(s, delta, 0, p.c, -1);
    const int cell = m.vector ? p.c : p.y * m.columns + p.x;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (delta.h * delta.w > 1 && s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W),
                                                                     s->v->at.target, true);
    const Rect left = cut_left(&room, (room.w - 60) / 2);
    room.x += 48, room.w -= 48;
    draw_copy(s, left, "δ arrives", delta.h * delta.w == 1 ? tensor_shape(s->a, delta)
              : delta.c > 1 ? arena_print(s->a, "channel %d", p.c) : "", &m, cell);
    for (int k = 0; k < n; k++) {
        const Rect row = path_row(room, k, n);
        Map copy = m;
        copy.target = k == own ? s->v->at.target : -1;
        draw_copy(s, row, arena_print(s->a, "To path %d", k + 1), path_helper(s, k), &copy, cell);
        draw_way(s, (Rect){left.x, row.y, left.w, row.h}, row, TONE_BACKWARD);
    }
    const double d = (double)*at(delta, 0, p.c, p.y, p.x);
    const double all = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    const int stage = stage_of(&s->v->t, STAGE_FORWARD, s->node->src[own]);
    const char *name = stage >= 0 ? stage_chip(s->a, &s->v->t, stage) : "the picture";
    const char *behind = !shared(s, own) ? "all of it, to every path"
        : arena_print(s->a, "with all readers of %s together: %s", name, number_figures(all, 3).s);
    draw_sentence(s, card, arena_print(s->a, "to path %d goes a copy of δ  =", own + 1), figures(s, d, 4),
                  behind);
}

static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w <= 1) draw_pixel(s);
    else draw_gradient_channel(s);
}

const Panel add_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "add", .sentence = "the gradient is copied: every path gets all of it",
    .formula = "∂L/∂x = δ     ∂L/∂F = δ", .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel},
};
