/* concat_backward.c — joined channels, backward: every path gets the gradients of its own channels. */
#include <math.h>

#include "viz/view/panels/join.h"

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

static void draw_stage(Screen *s) {
    const int n = s->node->n_src;
    Rect room = s->area;
    const Rect left = cut_left(&room, (room.w - 60) / 2);
    room.x += 48, room.w -= 48;
    for (int k = 0; k < n; k++) {
        const int first = path_first(s, k), count = path_channels(s, k);
        const Tensor part = channels_of(s, arriving(s), first, count);
        const Rect a = path_row(left, k, n), b = path_row(room, k, n);
        draw_path_maps(s, draw_titled(s, a, "δ arrives", channels_text(s, first, count)), part, n);
        const Rect in = draw_titled(s, b, arena_print(s->a, "To path %d", k + 1), path_words(s, k));
        draw_path_maps(s, in, part, n);
        draw_way(s, a, b, TONE_BACKWARD);
    }
}

static void draw_pixel(Screen *s) {
    if (!s->here.v.v) {
        draw_gradient_number(s);
        return;
    }
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const int k = s->here.k, c = path_first(s, k) + p.c;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const bool maps = s->here.v.h * s->here.v.w > 1;
    if (maps && s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W), s->v->at.target, true);
    const Rect left = cut_left(&room, (room.w - 60) / 2);
    room.x += 48, room.w -= 48;
    draw_map_card(s, left, "δ arrives", arriving(s), -1, (Cells){c, p.y, p.x, 1, 1}, -1);
    draw_result_card(s, room, arena_print(s->a, "∂L/∂x, to path %d", k + 1));
    draw_way(s, left, room, TONE_BACKWARD);
    const double v = (double)*at(arriving(s), 0, c, p.y, p.x);
    const double all = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    const char *behind = s->here.shared
        ? arena_print(s->a, "with all readers together: %s", number_figures(all, 3).s)
                                        : path_words(s, k);
    draw_sentence(s, card,
                  arena_print(s->a, "channel %d of δ goes to channel %d of path %d  =", c, p.c, k + 1),
                  figures(s, v, 4), behind);
}

static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w <= 1) draw_pixel(s);
    else draw_gradient_channel(s);
}

const Panel concat_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "concat", .sentence = "every path gets the gradients of its own channels",
    .formula = "", .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel},
};
