/* pool_forward.c — max pooling: a few windows large, the winner of each outlined, and what it becomes. */
#include <math.h>

#include "viz/view/panels/pool.h"

static void draw_pixel(Screen *s) {
    const Tensor src = layer_src(s, 0);
    const Spot at_dst = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Pools p = pools_around(s, at_dst.c, at_dst.y, at_dst.x);
    const Map whole = map_of_channel(s, src, at_dst.c, -1), out = map_of_channel(s, s->here.v, at_dst.c, 0);
    const Map part = map_part(s, &whole, p.covers.y, p.covers.x, p.covers.h, p.covers.w);
    const Map maxima = map_part(s, &out, p.top, p.left, p.rows, p.columns);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const bool maps = s->here.v.h * s->here.v.w > 1;
    if (maps && s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W), 0, true);
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    draw_map_card(s, left, "Input x", src, -1, p.covers, -1);

    Rect in = draw_titled(s, room, "Enlarged", "the winner of each window outlined");
    Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, part.rows, part.columns);
    draw_grid(s, place, &part, power_of(part.max), SIZE_LABEL);
    draw_pool_windows(s, place, &part, &p, TONE_FORWARD, false);
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, &part, NULL);

    in = maps ? draw_titled(s, right, "Output y", arena_print(s->a, "%d×%d of %d×%d", p.rows, p.columns,
                                                              s->here.v.h, s->here.v.w))
              : draw_titled(s, right, "Output y, one number per map", "");
    place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, maxima.rows, maxima.columns);
    draw_grid(s, place, &maxima, power_of(maxima.max), SIZE_BODY);
    draw_mark(s, map_cells(place, &maxima, at_dst.y, at_dst.x, 1, 1));
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, &maxima, NULL);
    const double value = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    draw_sentence(s, card, arena_print(s->a, "%s  =", pool_text(s, &p)), number_fixed(value, 2).s, "");
}

static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w == 1) draw_pixel(s);
    else draw_channel_page(s, s->area, 0);
}

const Panel pool_forward_panel = {
    .kind = STAGE_FORWARD, .of = "maxpool",
    .draw = {[LEVEL_CHANNEL] = draw_channel, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
