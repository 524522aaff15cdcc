/* flatten_backward.c — the row of gradients becomes maps again: each goes back to where its number was. */
#include <math.h>

#include "viz/view/panels/patch.h"

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

static void draw_pixel(Screen *s) {
    const Tensor dx = s->here.v, delta = arriving(s);
    if (!dx.v || dx.h * dx.w == 1) {
        draw_gradient_number(s);
        return;
    }
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const int H = dx.h, W = dx.w, i = p.c * H * W + p.y * W + p.x;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (dx.c > 1) draw_channels(s, cut_right(&room, STRIP_W), s->v->at.target, true);
    const double side = fmin(0.36 * room.w, room.h);
    draw_map_card(s, cut_left(&room, side), "∂L/∂y arrives", delta, -1, (Cells){i, 0, 0, 1, 1}, -1);
    const Rect right = cut_right(&room, side);
    draw_result_card(s, right, "∂L/∂x leaves");
    const Rect in = draw_titled(s, room, "Where it goes back to", "");
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK, .tabular = true};
    const TextStyle small = {.size = SIZE_LABEL, .tone = TONE_INK2};
    draw_fitted(s->d, (Rect){in.x, in.y + 6, in.w, 26}, words, arena_print(s->a, "number %d", i));
    draw_fitted(s->d, (Rect){in.x, in.y + 40, in.w, 26}, words,
                arena_print(s->a, "= %d·%d + %d·%d + %d", p.c, H * W, p.y, W, p.x));
    const char *const line[] = {arena_print(s->a, "channel %d", p.c), arena_print(s->a, "row %d", p.y),
                                arena_print(s->a, "column %d", p.x)};
    for (int k = 0; k < 3; k++) draw_text(s->d, (Point){in.x, in.y + 112 + 34 * k}, words, line[k]);
    draw_prose(s, (Point){in.x, in.y + 230}, in.w, small,
               "Forward, no number changed; so each gradient only goes back to its place.");
    draw_way_into(s, room, TONE_BACKWARD);
    draw_way_into(s, right, TONE_BACKWARD);
    draw_sentence(s, card, arena_print(s->a, "∂L/∂x[%d,%d,%d]  =  δ[%d]  =", p.c, p.y, p.x, i),
                  figures(s, target_value(&s->here, s->v->at.channel, s->v->at.pixel), 4), "");
}

const Panel flatten_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "flatten", .sentence = "the row is folded into maps again",
    .formula = "∂L/∂x[c,y,x] = δ[c·H·W + y·W + x]",
    .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
