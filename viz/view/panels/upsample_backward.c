/* upsample_backward.c — an enlargement, backward: a number gets the sum of the gradients of its square. */
#include "viz/view/panels/patch.h"

static void draw_pixel(Screen *s) {
    const Answer x = answer_here(s->a, s->v);
    if (!s->here.v.v || !x.known) {
        draw_gradient_number(s);
        return;
    }
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Tensor delta = trace_diff(&s->v->t, s->stage->index);
    const int S = delta.h / s->here.v.h;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, ARITHMETIC_H);
    if (s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W), s->v->at.target, true);
    const Rect left = cut_left(&room, (room.w - CARD_GAP) / 2);
    const char *channel = arena_print(s->a, "channel %d", p.c);
    const Patch from = {.title = "δ arrives", .helper = channel, .map = map_of(s, delta, 0, p.c, -1),
                        .most = S + 4,
                        .cells = {p.c, p.y * S, p.x * S, S, S}};
    const Patch to = {.title = "∂L/∂x leaves", .helper = channel, .most = 5, .cells = {p.c, p.y, p.x, 1, 1},
                      .map = map_until(map_of_channel(s, s->here.v, p.c, s->v->at.target),
                                       s->v->at.pixel + 1)};
    draw_patch(s, left, &from);
    draw_patch(s, room, &to);
    draw_way_into(s, room, TONE_BACKWARD);
    draw_arithmetic(s, card, &x, NULL, terms_note(s, &x));
}

const Panel upsample_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "upsample",
        .sentence = "a number gets the sum of the gradients of its square",
    .formula = "∂L/∂x = Σ δ of its square", .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
