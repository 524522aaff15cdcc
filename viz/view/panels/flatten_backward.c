/* flatten_backward.c — the row of gradients becomes maps again: each goes back to where its number was. */
#include <math.h>

#include "viz/view/panels/row.h"

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

static Row row_of(const Screen *s, int at) {
    return (Row){.row = arriving(s), .maps = s->here.v, .row_target = -1, .maps_target = s->v->at.target,
                 .at = at, .filling = at >= 0, .way = TONE_BACKWARD, .back = true};
}

static void draw_stage(Screen *s) {
    const Row row = row_of(s, -1);
    const Rect in = draw_titled(s, s->area, "Map after map, row after row",
                                "the gradients, in the order of the numbers they belong to");
    draw_row(s, in, &row);
}

static void draw_pixel(Screen *s) {
    const Tensor dx = s->here.v;
    if (!dx.v || dx.h * dx.w == 1) {
        draw_gradient_number(s);
        return;
    }
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const int H = dx.h, W = dx.w, i = p.c * H * W + p.y * W + p.x;
    const Row row = row_of(s, i);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92), right = cut_right(&room, 300);
    const Rect in = draw_titled(s, right, "Where it goes back to", "");
    draw_row(s, draw_titled(s, room, "∂L/∂y arrives, ∂L/∂x leaves", "map after map, row after row"), &row);
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
    draw_sentence(s, card, arena_print(s->a, "∂L/∂x[%d,%d,%d]  =  δ[%d]  =", p.c, p.y, p.x, i),
                  figures(s, target_value(&s->here, s->v->at.channel, s->v->at.pixel), 4), "");
}

static void draw_level(Screen *s) {
    if (!s->here.v.v) draw_gradient_number(s);
    else if (s->here.v.h * s->here.v.w == 1) draw_gradient_channel(s);
    else draw_stage(s);
}

const Panel flatten_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "flatten", .sentence = "the row is folded into maps again",
    .formula = "∂L/∂x[c,y,x] = δ[c·H·W + y·W + x]",
    .draw = {draw_level, draw_level, draw_pixel, draw_pixel},
};
