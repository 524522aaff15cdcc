/* upsample_forward.c — maps grow: every number becomes a square of equal ones. */
#include "viz/view/panels/patch.h"

static void draw_pixel(Screen *s) {
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Tensor src = layer_src(s, 0), dst = s->here.v;
    const int S = src.h > 0 ? dst.h / src.h : 1, y = p.y / S, x = p.x / S;
    const double v = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W), 0, true);
    const Rect left = cut_left(&room, (room.w - CARD_GAP) / 2);
    const char *channel = arena_print(s->a, "channel %d", p.c);
    const Patch from = {.title = "Input x", .helper = channel, .map = map_of(s, src, 0, p.c, -1), .most = 5,
                        .cells = {p.c, y, x, 1, 1}};
    const Patch to = {.title = "Output y", .helper = channel, .map = map_of_target(s, &s->here, p.c, 0),
                      .most = S + 4,
                      .cells = {p.c, y * S, x * S, S, S}};
    draw_patch(s, left, &from);
    draw_patch(s, room, &to);
    draw_way_into(s, room, TONE_FORWARD);
    draw_sentence(s, card, arena_print(s->a, "y[%d,%d]  =  x[%d,%d]  =", p.y, p.x, y, x), figures(s, v, 4),
                  arena_print(s->a, "%d times the same", S * S));
}

const Panel upsample_forward_panel = {
    .kind = STAGE_FORWARD, .of = "upsample", .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
