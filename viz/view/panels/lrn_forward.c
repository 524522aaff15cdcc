/* lrn_forward.c — a number is damped by those at its place in neighbouring channels.
 *
 *     s = k + α/S · Σ x²  over the window of channels        y = x / s^β */
#include <math.h>
#include <string.h>

#include "viz/view/panels/layers.h"

enum { ROW = 40 };

static void draw_row(Screen *s, Rect r, const char *name, double v, double max, bool own) {
    const TextStyle words = {own ? FONT_BOLD : FONT_REGULAR, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
    const TextStyle value = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    if (own) draw_rect(s->d, (Rect){r.x - 8, r.y, r.w + 16, r.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
    draw_fitted(s->d, (Rect){r.x, r.y, 0.36 * r.w, r.h}, words, name);
    draw_bar(s, (Rect){r.x + 0.38 * r.w, r.y + 10, 0.4 * r.w, r.h - 20}, v, max, true);
    draw_fitted(s->d, (Rect){r.x + 0.8 * r.w, r.y, 0.2 * r.w, r.h}, value, number_figures(v, 3).s);
}

// The neighbours, then s: all are told before the term (explain.h).
static void draw_neighbours(Screen *s, Rect in, const Answer *x, int channel) {
    double max = 1e-12, y = in.y;
    for (int i = 0; i < x->n_helpers; i++)
        if (x->helper[i].of == OF_SRC) max = fmax(max, fabs(x->helper[i].v));
    for (int i = 0; i < x->n_helpers && y + ROW < in.y + in.h - 90; i++) {
        const Operand *o = &x->helper[i];
        if (o->of != OF_SRC) continue;
        draw_row(s, (Rect){in.x, y, in.w, ROW}, arena_print(s->a, "channel %d", o->c), o->v, max,
                 o->c == channel);
        y += ROW;
    }
    for (int i = 0; i < x->n_helpers && y + 30 < in.y + in.h - 90; i++) {
        const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
        if (x->helper[i].of == OF_SRC || !x->helper[i].note) continue;
        draw_fitted(s->d, (Rect){in.x, y + 6, in.w, 24}, words,
                    arena_print(s->a, "s = %s", x->helper[i].note));
    }
    y = in.y + in.h - 78;
    draw_rule(s, (Point){in.x, y - 8}, (Point){in.x + in.w, y - 8}, TONE_LINE);
    for (int i = 0; i < x->n_helpers; i++) {
        if (x->helper[i].of == OF_SRC) continue;
        draw_fact(s, (Rect){in.x, y, in.w, 30}, "s = k + α/S · Σ x²", number_figures(x->helper[i].v, 6).s);
    }
    if (x->kept > 0 && x->term[0].n_factors > 1)
        draw_fact(s, (Rect){in.x, y + 36, in.w, 30}, "1/s^β", number_figures(x->term[0].factor[1].v, 6).s);
}

static void draw_pixel(Screen *s) {
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Answer x = answer_here(s->a, s->v);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const Sides sides = {0.3, "Before x", layer_src(s, 0), {p.c, p.y, p.x, 1, 1}, "After y"};
    draw_sides(s, &room, &sides);
    draw_neighbours(s, draw_titled(s, room, "The same place in the neighbouring channels", ""), &x, p.c);
    draw_arithmetic(s, card, &x, NULL, NULL);
}

const Panel lrn_forward_panel = {
    .kind = STAGE_FORWARD, .of = "lrn", .formula = "y = x / (k + α/S · Σ x²)^β",
    .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
