/* any_step.c — an image step: the picture before and after, its numbers, and where they lie. */
#include <math.h>

#include "viz/view/panels/steps.h"

Tensor step_src(const Screen *s) { return trace_picture(&s->v->t, s->v->at.stage - 1); }
Tensor step_dst(const Screen *s) { return trace_picture(&s->v->t, s->v->at.stage); }

static bool same_shape(Tensor a, Tensor b) { return a.c == b.c && a.h == b.h && a.w == b.w; }

static void draw_one(Screen *s, Rect r, const char *title, Tensor v, int target, bool marked) {
    const Rect in = draw_titled(s, r, title, tensor_shape(s->a, v));
    const Map m = map_of_picture(s, v, target);
    const Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 6}, m.rows, m.columns);
    draw_map(s, place, &m);
    draw_legend(s, (Rect){place.x, in.y + in.h - LEGEND_H + 4, place.w, LEGEND_H}, &m, NULL);
    if (!marked) return;
    const Spot at = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    draw_mark(s, map_cells(place, &m, at.y, at.x, 1, 1));
}

void draw_before_after(Screen *s, Rect before, Rect after) {
    const Tensor src = step_src(s), dst = step_dst(s);
    const bool pixel = s->v->at.level >= LEVEL_PIXEL;
    draw_one(s, before, "Before", src, -1, pixel && same_shape(src, dst));
    draw_one(s, after, "After", dst, 0, pixel);
}

// ---- where the numbers lie -----------------------------------------------------------------------

typedef struct Spread { float *v; int n; double lo, hi, mean, deviation; } Spread;

static Spread spread_of(Screen *s, Tensor t) {
    Spread d = {.n = t.c * t.h * t.w, .lo = INFINITY, .hi = -INFINITY};
    double sum = 0, squares = 0;
    d.v = arena_array(s->a, float, (size_t)d.n + 1);
    for (int i = 0; i < d.n; i++) {
        const double v = (double)*at(t, 0, i / (t.h * t.w), i / t.w % t.h, i % t.w);
        d.v[i] = (float)v;
        d.lo = fmin(d.lo, v), d.hi = fmax(d.hi, v);
        sum += v, squares += v * v;
    }
    d.mean = sum / d.n;
    d.deviation = sqrt(fmax(0, squares / d.n - d.mean * d.mean));
    if (!(d.hi > d.lo)) d.hi = d.lo + 1;
    return d;
}

static void draw_spread(Screen *s, Rect r, const char *title, Tensor t, Tone tone) {
    const Spread d = spread_of(s, t);
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2, .tabular = true};
    draw_fitted(s->d, (Rect){r.x, r.y, r.w, 20}, words,
                arena_print(s->a, "%s: mean µ = %s, deviation σ = %s", title, number_figures(d.mean, 3).s,
                            number_figures(d.deviation, 3).s));
    draw_histogram(s, (Rect){r.x, r.y + 26, r.w, r.h - 26}, d.v, d.n, d.lo, d.hi, tone);
}

static void draw_stage(Screen *s) {
    Rect room = s->area;
    if (!step_src(s).v || !step_dst(s).v) return;
    const double side = fmin(0.32 * room.w, room.h);
    const Rect before = cut_left(&room, side), after = cut_right(&room, side);
    const Rect in = draw_titled(s, room, "Its numbers", "how often each occurs");
    draw_before_after(s, before, after);
    draw_spread(s, (Rect){in.x, in.y, in.w, in.h / 2 - 8}, "before", step_src(s), TONE_INK3);
    draw_spread(s, (Rect){in.x, in.y + in.h / 2 + 8, in.w, in.h / 2 - 8}, "after", step_dst(s), TONE_POS);
}

// ---- one pixel -----------------------------------------------------------------------------------

enum { AROUND = 3 };

static void draw_window(Screen *s, Rect r, Tensor v, const Spot *p) {
    const Map m = map_of(s, v, 0, p->c, -1);
    const Map part = map_part(s, &m, p->y - AROUND / 2, p->x - AROUND / 2, AROUND, AROUND);
    draw_grid(s, r, &part, (Power){1, ""}, SIZE_BODY);
    draw_mark(s, map_cells(r, &part, p->y, p->x, 1, 1));
}

static void draw_pixel(Screen *s) {
    Rect room = s->area;
    const Tensor src = step_src(s), dst = step_dst(s);
    if (!src.v || !dst.v) return;
    const Rect card = cut_bottom(&room, 92);
    const double side = fmin(0.34 * room.w, room.h);
    const Rect before = cut_left(&room, side), after = cut_right(&room, side);
    const Spot at_dst = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const bool same = same_shape(src, dst);
    const Rect in = draw_titled(s, room, "Around the pixel", same ? "before and after" : "after");
    draw_before_after(s, before, after);
    const double h = fmin((in.h - 60) / 2, in.w * 0.6), w = fmin(in.w, 1.6 * h), x = in.x + (in.w - w) / 2;
    if (same) draw_window(s, (Rect){x, in.y + 8, w, h}, src, &at_dst);
    const Point way[] = {{in.x + in.w / 2, in.y + h + 14}, {in.x + in.w / 2, in.y + h + 46}};
    if (same) draw_arrow(s->d, way, 2, (ShapeStyle){.line = TONE_INK2, .width = 3});
    draw_window(s, (Rect){x, in.y + h + 54, w, h}, dst, &at_dst);

    const double now = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    const double old = same ? (double)*at(src, 0, at_dst.c, at_dst.y, at_dst.x) : 0;
    const char *was = same ? arena_print(s->a, "%s  becomes", figures(s, old, 4))
                           : "the number at this place is";
    draw_sentence(s, card, was, number_figures(now, 4).s, "");
}

const Panel any_step_panel = {
    .kind = STAGE_STEP, .draw = {draw_stage, draw_stage, draw_pixel, draw_pixel},
};
