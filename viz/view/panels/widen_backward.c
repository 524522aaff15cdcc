/* widen_backward.c — more channels, backward: only the gradients of those that arrived go back. */
#include <math.h>

#include "viz/view/panels/widen.h"

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

static void draw_stage(Screen *s) {
    const Tensor dx = s->here.v;
    Rect room = s->area;
    const Rect right = cut_right(&room, 0.42 * room.w);
    room.w -= 48;
    const Rect middle = draw_bands(s, room, arriving(s), true), to = {right.x, middle.y, right.w, middle.h};
    draw_thumbnails(s, draw_titled(s, to, "∂L/∂x leaves", tensor_shape(s->a, dx)), dx, 0);
    draw_way(s, middle, to, TONE_BACKWARD);
}

static void draw_pixel(Screen *s) {
    if (!s->here.v.v) {
        draw_gradient_number(s);
        return;
    }
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Bands b = bands_of(s);
    const int c = p.c + b.first[ARRIVING];
    const double v = (double)*at(arriving(s), 0, c, p.y, p.x);
    const double all = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const Sides sides = {0.33, "δ arrives", arriving(s), {c, p.y, p.x, 1, 1}, "∂L/∂x leaves"};
    draw_sides(s, &room, &sides);
    draw_band_list(s, room, ARRIVING, true);
    const char *shared = arena_print(s->a, "with all readers together: %s", number_figures(all, 3).s);
    draw_sentence(s, card, arena_print(s->a, "channel %d of δ goes to channel %d of x  =", c, p.c),
                  figures(s, v, 4), s->here.shared ? shared : "");
}

const Panel widen_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "widen",
    .sentence = "only the gradients of the channels that arrived go back",
    .formula = "∂L/∂x[c] = δ[c + (F−C)/2]",
    .draw = {[LEVEL_STAGE] = draw_stage, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
    .tell = tell_bands,
};
