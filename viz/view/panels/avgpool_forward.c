/* avgpool_forward.c — the mean of each window, or of a whole map. */
#include <math.h>

#include "viz/view/panels/patch.h"

static void draw_pixel(Screen *s) {
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Tensor src = layer_src(s, 0);
    int n;
    const Cells c = window_below(s, p, &n);
    const Answer x = answer_here(s->a, s->v);
    const double mean = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    const bool whole = c.h == src.h && c.w == src.w, maps = s->here.v.h * s->here.v.w > 1;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, s->v->at.level == LEVEL_TERM ? ARITHMETIC_H : 92);
    if (maps && s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W), 0, true);
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    const Map in = map_of(s, src, 0, p.c, -1);
    draw_map_card(s, left, "Input x", src, -1, c, -1);
    const Patch window = {.title = whole ? "The whole map" : "The window", .map = in, .cells = c,
                          .most = whole ? src.h : c.h + 2,
                          .helper = arena_print(s->a, "mean of %s numbers", number_count(n).s)};
    draw_patch(s, room, &window);
    draw_result_card(s, right, maps ? "Output y" : "Output y, one number per map");
    draw_way_into(s, room, TONE_FORWARD);
    draw_way_into(s, right, TONE_FORWARD);
    if (s->v->at.level == LEVEL_TERM) {
        draw_arithmetic(s, card, &x, NULL, terms_note(s, &x));
        return;
    }
    const char *sum = arena_print(s->a, "(sum of %s numbers)  %s / %s  =", number_count(n).s,
                                  figures(s, mean * n, 4),
                                  number_count(n).s);
    draw_sentence(s, card, sum, figures(s, mean, 4), "each has the same share");
}

static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w == 1) draw_pixel(s);
    else draw_channel_page(s, s->area, 0);
}

const Panel avgpool_forward_panel = {
    .kind = STAGE_FORWARD, .of = "avgpool globalavgpool",
    .draw = {[LEVEL_CHANNEL] = draw_channel, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
