/* pool_backward.c — max pooling, backward: the winner of each window gets the whole gradient. What is
 * walked over first is the arriving gradient, window by window. */
#include <math.h>

#include "viz/view/panels/pool.h"

static int terms(const View *v) { return v->at.target > 0 ? answer_count(v) : 1; }

static Rect draw_part(Screen *s, Rect r, const char *title, const char *helper, const Map *m, double size) {
    const Rect in = draw_titled(s, r, title, helper);
    const Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m->rows, m->columns);
    draw_grid(s, place, m, power_of(m->max), size);
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, m, NULL);
    return place;
}

static const char *const place_names[] = {"first", "second", "third", "fourth", "fifth", "sixth", "seventh",
                                          "eighth", "ninth"};

static void draw_pixel(Screen *s) {
    const Tensor src = layer_src(s, 0), dx = trace_diff(&s->v->t, s->node->src[0]);
    if (s->v->at.target > 0 || !dx.v) {
        draw_gradient_number(s);
        return;
    }
    const Spot here = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Pools p = pools_around(s, here.c, here.y, here.x);
    const Map delta = map_of_channel(s, s->here.v, here.c, 0), kept = map_of_channel(s, src, here.c, -1);
    const Map leaves = map_of_channel(s, dx, here.c, 1);
    const Cells c = p.covers;
    const Map a = map_part(s, &delta, p.top, p.left, p.rows, p.columns);
    const Map b = map_part(s, &kept, c.y, c.x, c.h, c.w);
    Map l = map_part(s, &leaves, c.y, c.x, c.h, c.w);
    l.no_zeros = true;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    const Rect first = draw_part(s, left, "∂L/∂y arrives", arena_print(s->a, "channel %d", here.c), &a,
                                 SIZE_BODY);
    draw_mark(s, map_cells(first, &a, here.y, here.x, 1, 1));
    const Rect second = draw_part(s, room, "x kept from forward", "winners outlined", &b, SIZE_LABEL);
    draw_pool_windows(s, second, &b, &p, TONE_BACKWARD, false);
    const Rect third = draw_part(s, right, "∂L/∂x leaves", "hatched: nothing", &l, SIZE_LABEL);
    draw_pool_windows(s, third, &l, &p, TONE_BACKWARD, true);
    for (int i = 0; i < 2; i++) {
        const double x = i ? right.x : room.x, y = room.y + room.h / 2;
        draw_arrow(s->d, (Point[]){{x - CARD_GAP - 12, y}, {x + 12, y}}, 2,
                   (ShapeStyle){.line = TONE_BACKWARD, .width = 4});
    }
    const double g = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    const char *which = p.winner < 9 ? place_names[p.winner] : "largest";
    draw_sentence(s, card, arena_print(s->a, "%s was the %s one: it gets all of", pool_text(s, &p), which),
                  figures(s, g, 3), "the others get 0");
}

static void draw_channel(Screen *s) {
    if (s->v->at.target == 0 && s->here.v.h * s->here.v.w == 1) draw_pixel(s);
    else draw_gradient_channel(s);
}

const Panel pool_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "maxpool", .target = walk_arriving, .terms = terms,
    .sentence = "only the winner of each window receives the gradient",
    .formula = "∂L/∂x[winner] += ∂L/∂y",
    .draw = {[LEVEL_CHANNEL] = draw_channel, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
