/* avgpool_backward.c — a mean, backward: its gradient is shared out equally. What is walked over first is
 * the arriving gradient; behind it come the numbers of the finished one. */
#include <math.h>

#include "viz/view/panels/patch.h"

static int terms(const View *v) { return v->at.target > 0 ? answer_count(v) : 1; }

static void draw_pixel(Screen *s) {
    const Tensor dx = trace_diff(&s->v->t, s->node->src[0]);
    if (s->v->at.target > 0 || !dx.v) {
        draw_gradient_number(s);
        return;
    }
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    int n;
    const Cells c = window_below(s, p, &n);
    const double delta = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    const bool maps = s->here.v.h * s->here.v.w > 1;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (maps && s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W), 0, false);
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    const Patch arrives = {.title = "δ arrives", .helper = maps ? arena_print(s->a, "channel %d", p.c)
                           : "one per map",
                           .map = map_of_target(s, &s->here, p.c, 0), .most = 5,
                           .cells = {p.c, p.y, p.x, 1, 1}};
    draw_patch(s, left, &arrives);

    Map own = map_of(s, dx, 0, p.c, -1);
    float *share = arena_array(s->a, float, (size_t)(own.rows * own.columns) + 1);
    for (int i = 0; i < own.rows * own.columns; i++) share[i] = (float)(delta / n);
    own.v = share, own.max = fmax(fabs(delta / n), 1e-12), own.scale = SCALE_SIGNED;
    const Patch shares = {.title = "its share for each",
                          .helper = arena_print(s->a, "δ / %s", number_count(n).s), .map = own,
                          .cells = c, .most = c.h + 2, .hatched = true};
    draw_patch(s, room, &shares);
    draw_map_card(s, right, "∂L/∂x leaves", dx, 1, c, -1);
    draw_way_into(s, room, TONE_BACKWARD);
    draw_way_into(s, right, TONE_BACKWARD);
    draw_sentence(s, card, arena_print(s->a, "%s / %s  =", figures(s, delta, 4), number_count(n).s),
                  figures(s, delta / n, 4),
                      arena_print(s->a, "is added to each of the %s", number_count(n).s));
}

static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w <= 1) draw_pixel(s);
    else draw_gradient_channel(s);
}

const Panel avgpool_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "avgpool globalavgpool", .target = walk_arriving, .terms = terms,
    .sentence = "the gradient is shared out equally", .formula = "∂L/∂x += δ / n",
    .draw = {[LEVEL_CHANNEL] = draw_channel, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
