/* any_step.c — an image step: the picture before and after, its numbers, and where they lie. */
#include <math.h>

#include "viz/view/panels/steps.h"

Tensor step_src(const Screen *s) { return trace_picture(&s->v->t, s->v->at.stage - 1); }
Tensor step_dst(const Screen *s) { return trace_picture(&s->v->t, s->v->at.stage); }

double step_value(const Screen *s) {
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    return (double)*at(step_src(s), 0, p.c, p.y, p.x);
}

// A step that leaves the channels what they are can be looked at one channel after the other.
static bool one_channel(const Screen *s, Tensor v) {
    const bool alike = step_src(s).c == step_dst(s).c;
    return s->v->at.level == LEVEL_CHANNEL && v.c > 1 && alike && s->v->at.channel < v.c;
}

Map step_map(Screen *s, Tensor v, int target) {
    if (one_channel(s, v)) return map_of_plane(s, v, s->v->at.channel, target);
    return map_of_picture(s, v, target);
}

const char *step_words(Screen *s, Tensor v) {
    static const char *const colours[] = {", red", ", green", ", blue"};
    const int c = s->v->at.channel;
    if (!one_channel(s, v)) return tensor_shape(s->a, v);
    return arena_print(s->a, "channel %d%s", c, v.c == 3 ? colours[c] : "");
}

static void draw_one(Screen *s, Rect r, const char *title, Tensor v, int target, Cells marked) {
    const Rect in = draw_titled(s, r, title, step_words(s, v));
    const Map m = step_map(s, v, target);
    const Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 6}, m.rows, m.columns);
    draw_map(s, place, &m);
    draw_legend(s, (Rect){place.x, in.y + in.h - LEGEND_H + 4, place.w, LEGEND_H}, &m, NULL);
    if (marked.h > 0) draw_mark(s, map_cells(place, &m, marked.y, marked.x, marked.h, marked.w));
}

void draw_before_after(Screen *s, Rect *room, double share) {
    const double side = fmin(share * room->w, room->h);
    const Rect before = cut_left(room, side), after = cut_right(room, side);
    const Tensor src = step_src(s), dst = step_dst(s);
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const bool marked = s->v->at.level >= LEVEL_PIXEL, same = src.h == dst.h && src.w == dst.w;
    const Cells none = {0}, here = {p.c, p.y, p.x, 1, 1};
    draw_one(s, before, "Before", src, -1, marked && same ? here : none);
    draw_one(s, after, "After", dst, 0, marked ? here : none);
}

// ---- where the numbers lie -----------------------------------------------------------------------

typedef struct Spread { float *v; int n; double lo, hi, mean, deviation; } Spread;

static Spread spread_of(Screen *s, Tensor t) {
    const bool one = one_channel(s, t);
    const int first = one ? s->v->at.channel : 0;
    Spread d = {.n = (one ? 1 : t.c) * t.h * t.w, .lo = INFINITY, .hi = -INFINITY};
    double sum = 0, squares = 0;
    d.v = arena_array(s->a, float, (size_t)d.n + 1);
    for (int i = 0; i < d.n; i++) {
        const double v = (double)*at(t, 0, first + i / (t.h * t.w), i / t.w % t.h, i % t.w);
        d.v[i] = (float)v;
        d.lo = fmin(d.lo, v), d.hi = fmax(d.hi, v);
        sum += v, squares += v * v;
    }
    d.mean = sum / d.n;
    d.deviation = sqrt(fmax(0, squares / d.n - d.mean * d.mean));
    if (fabs(d.mean) < 1e-5 * d.deviation) d.mean = 0; // rounding
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

void draw_step_spreads(Screen *s, Rect r) {
    const double h = r.h / 2 - 8;
    draw_spread(s, (Rect){r.x, r.y, r.w, h}, "before", step_src(s), TONE_INK3);
    draw_spread(s, (Rect){r.x, r.y + r.h / 2 + 8, r.w, h}, "after", step_dst(s), TONE_POS);
}

static void draw_stage(Screen *s) {
    Rect room = s->area;
    if (!step_src(s).v || !step_dst(s).v) return;
    draw_before_after(s, &room, 0.32);
    draw_step_spreads(s, draw_titled(s, room, "Its numbers", "how often each occurs"));
}

// ---- one pixel -----------------------------------------------------------------------------------

void draw_step_number(Screen *s, void (*middle)(Screen *s, Rect r, const Answer *x)) {
    Rect room = s->area;
    if (!step_src(s).v || !step_dst(s).v) return;
    const Answer x = answer_here(s->a, s->v);
    const Rect card = cut_bottom(&room, ARITHMETIC_H);
    const double side = fmin(0.31 * room.w, room.h);
    const Rect before = cut_left(&room, side), after = cut_right(&room, side);
    draw_one(s, before, "Before", step_src(s), -1, operand_cells(s, &x, OF_SRC, 0));
    middle(s, room, &x);
    const Spot at = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    draw_one(s, after, "After", step_dst(s), 0, (Cells){at.c, at.y, at.x, 1, 1});
    draw_arithmetic(s, card, &x, NULL, terms_note(s, &x));
}

void draw_step_pixel(Screen *s) { draw_step_number(s, draw_sum_card); }

const Panel any_step_panel = {
    .kind = STAGE_STEP, .draw = {draw_stage, draw_stage, draw_step_pixel, draw_step_pixel},
};
