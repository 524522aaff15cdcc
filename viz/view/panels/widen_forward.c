/* widen_forward.c — more channels: those that arrive come to lie in the middle, the new ones are zero. */
#include <math.h>

#include "viz/view/panels/widen.h"

static void draw_stage(Screen *s) {
    Rect room = s->area;
    const Tensor src = layer_src(s, 0);
    const Rect left = cut_left(&room, 0.42 * room.w);
    room.x += 48, room.w -= 48;
    const Rect middle = draw_bands(s, room, s->here.v, false), from = {left.x, middle.y, left.w, middle.h};
    draw_thumbnails(s, draw_titled(s, from, "Input x", tensor_shape(s->a, src)), src, -1);
    draw_way(s, from, middle, TONE_FORWARD);
}

static void draw_pixel(Screen *s) {
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Bands b = bands_of(s);
    const int own = band_of(&b, p.c), c = p.c - b.first[ARRIVING];
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const Tensor none = {0};
    const Sides sides = {0.33, "Input x", own == ARRIVING ? layer_src(s, 0) : none, {c, p.y, p.x, 1, 1},
                         "Output y"};
    draw_sides(s, &room, &sides);
    draw_band_list(s, room, own, false);
    const char *from = own == ARRIVING ? arena_print(s->a, "channel %d of y is channel %d of x  =", p.c, c)
                                       : arena_print(s->a, "channel %d of y is new  =", p.c);
    draw_sentence(s, card, from, figures(s, target_value(&s->here, s->v->at.channel, s->v->at.pixel), 4),
                  own == ARRIVING ? "a copy" : "always");
}

const Panel widen_forward_panel = {
    .kind = STAGE_FORWARD, .of = "widen", .sentence = "new channels above and below, all of them zero",
    .draw = {[LEVEL_STAGE] = draw_stage, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
    .tell = tell_bands,
};
