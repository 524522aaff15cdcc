/* equal_step.c — every shade about equally often: a number becomes the share of pixels that are darker.
 *
 *     share │            ___
 *           │        __/      the curve N(x)/P: steep where there are many pixels, so that these
 *           │  ____/          shades are pulled apart
 *           └────────────── x */
#include <math.h>
#include <stdlib.h>

#include "viz/view/panels/steps.h"

enum { POINTS = 120 };

static int by_value(const void *a, const void *b) {
    const float p = *(const float *)a, q = *(const float *)b;
    return p > q ? 1 : p < q ? -1 : 0;
}

static void draw_axes(Screen *s, Rect r, double lo, double hi) {
    TextStyle words = {.size = SIZE_AXIS, .tone = TONE_INK2, .tabular = true};
    draw_rule(s, (Point){r.x, r.y + r.h}, (Point){r.x + r.w, r.y + r.h}, TONE_INK3);
    draw_rule(s, (Point){r.x, r.y}, (Point){r.x, r.y + r.h}, TONE_INK3);
    draw_text(s->d, (Point){r.x, r.y + r.h + 18}, words, number_figures(lo, 3).s);
    words.align = ALIGN_RIGHT;
    draw_text(s->d, (Point){r.x + r.w, r.y + r.h + 18}, words, number_figures(hi, 3).s);
}

// The share of darker pixels over x, and the current pixel on it.
static void draw_curve(Screen *s, Rect r, Tensor src, Spot p) {
    const int n = src.h * src.w;
    float *v = arena_array(s->a, float, (size_t)n + 1);
    for (int i = 0; i < n; i++) v[i] = (float)*at(src, 0, p.c, i / src.w, i % src.w);
    const double x = (double)v[p.y * src.w + p.x];
    qsort(v, (size_t)n, sizeof *v, by_value);
    const double lo = (double)v[0], hi = (double)v[n - 1], scale = hi > lo ? r.w / (hi - lo) : 0;
    Point curve[POINTS];
    int upto = 0;
    draw_axes(s, r, lo, hi);
    for (int i = 0, k = 0; i < POINTS; i++) {
        const double at_x = lo + (hi - lo) * i / (POINTS - 1);
        while (k < n && (double)v[k] <= at_x) k++;
        curve[i] = (Point){r.x + (at_x - lo) * scale, r.y + r.h * (1 - (double)k / n)};
    }
    while (upto < n && (double)v[upto] <= x) upto++;
    draw_path(s->d, curve, POINTS, (ShapeStyle){.line = TONE_INK, .width = 3});
    const Point here = {r.x + (x - lo) * scale, r.y + r.h * (1 - (double)upto / n)};
    const ShapeStyle dashed = {.line = TONE_INK2, .width = 1.5, .dashed = true};
    draw_line(s->d, (Point){here.x, r.y + r.h}, here, dashed);
    draw_line(s->d, here, (Point){r.x, here.y}, dashed);
    draw_dot(s->d, here, 9, (ShapeStyle){.fill = TONE_INK});
    draw_dot(s->d, here, 6, (ShapeStyle){.fill = TONE_FOCUS});
}

static void draw_pixel(Screen *s) {
    const Tensor src = step_src(s), dst = step_dst(s);
    if (!src.v || !dst.v) return;
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Answer x = answer_here(s->a, s->v);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    draw_before_after(s, &room, 0.32);
    const Rect in = draw_titled(s, room, "How many are darker?", "share of the pixels");
    draw_curve(s, (Rect){in.x, in.y + 4, in.w, in.h - 110}, src, p);
    static const char *const names[] = {NULL, "as dark or darker", "of them the darkest"};
    for (int i = 1; i < x.n_helpers && i < 3; i++)
        draw_fact(s, (Rect){in.x, in.y + in.h - 104 + 34 * i, in.w, 30}, names[i],
                  number_count((int64_t)(x.helper[i].v + 0.5)).s);
    if (x.n_helpers < 3 || x.kept < 1 || x.term[0].n_factors < 3) {
        draw_arithmetic(s, card, &x, NULL, NULL); // of one shade only
        return;
    }
    const char *lowest = arena_print(s->a, "%s", number_count((int64_t)(x.helper[2].v + 0.5)).s);
    const char *upto = arena_print(s->a, "%s", number_count((int64_t)(x.helper[1].v + 0.5)).s);
    const char *sum = arena_print(s->a, "%s · (%s − %s) / (%s − %s)  =", figures(s, x.term[0].factor[0].v, 3),
                                  upto, lowest, number_count((int64_t)src.h * src.w).s, lowest);
    draw_sentence(s, card, sum, figures(s, target_value(&s->here, s->v->at.channel, s->v->at.pixel), 4), "");
}

const Panel equal_step_panel = {
    .kind = STAGE_STEP, .of = "equalize", .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
