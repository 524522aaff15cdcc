/* activation_forward.c — a function of one number: before, the curve with the point, after.
 *
 * The curve is drawn through the numbers of this picture, so it is right for any such function. */
#include <math.h>
#include <stdlib.h>

#include "viz/view/panels/layers.h"

typedef struct Pair { double x, y; } Pair;

static int by_x(const void *a, const void *b) {
    const Pair *p = a, *q = b;
    return p->x > q->x ? 1 : p->x < q->x ? -1 : 0;
}

static double number(Tensor t, int i) {
    return (double)*at(t, 0, i / (t.h * t.w), i / t.w % t.h, i % t.w);
}

// Input and output of every number of the picture, in order of the input.
static Pair *pairs_of(Screen *s, Tensor src, Tensor dst, int *n) {
    *n = src.c * src.h * src.w;
    Pair *p = arena_array(s->a, Pair, (size_t)*n + 1);
    for (int i = 0; i < *n; i++) p[i] = (Pair){number(src, i), number(dst, i)};
    qsort(p, (size_t)*n, sizeof *p, by_x);
    return p;
}

// ---- the curve -----------------------------------------------------------------------------------

enum { POINTS = 200 };

static void draw_axes(Screen *s, Rect r, Point zero, double size) {
    const TextStyle words = {.size = SIZE_AXIS, .tone = TONE_INK2, .tabular = true};
    draw_rule(s, (Point){r.x, zero.y}, (Point){r.x + r.w, zero.y}, TONE_INK3);
    draw_rule(s, (Point){zero.x, r.y}, (Point){zero.x, r.y + r.h}, TONE_INK3);
    const TextStyle centre = {FONT_REGULAR, SIZE_AXIS, TONE_INK2, ALIGN_CENTRE, true};
    draw_text(s->d, (Point){r.x + 18, zero.y + 18}, centre, number_figures(-size, 2).s);
    draw_text(s->d, (Point){r.x + r.w - 18, zero.y + 18}, centre, number_figures(size, 2).s);
    draw_text(s->d, (Point){zero.x + 6, r.y + 12}, words, "y");
    draw_text(s->d, (Point){r.x + r.w - 9, zero.y - 6}, words, "x");
}

static void draw_curve(Screen *s, Rect r, const Pair *p, int n, Pair here) {
    double x_size = 1e-6, y_lo = 0, y_hi = 1e-6;
    for (int i = 0; i < n; i++)
        x_size = fmax(x_size, fabs(p[i].x)), y_lo = fmin(y_lo, p[i].y), y_hi = fmax(y_hi, p[i].y);
    if (!isfinite(x_size) || !isfinite(y_lo) || !isfinite(y_hi)) return;
    const double y_scale = (r.h - 44) / (y_hi - y_lo), x_scale = (r.w - 36) / (2 * x_size);
    const Point zero = {r.x + r.w / 2, r.y + 18 + y_hi * y_scale};
    Point curve[POINTS];
    int m = 0;
    draw_axes(s, r, zero, x_size);
    for (int i = 0; i < POINTS && n > 1; i++) {
        const Pair *q = &p[(int)((double)i * (n - 1) / (POINTS - 1))];
        curve[m++] = (Point){zero.x + q->x * x_scale, zero.y - q->y * y_scale};
    }
    draw_path(s->d, curve, m, (ShapeStyle){.line = TONE_INK, .width = 3});
    const Point at_here = {zero.x + here.x * x_scale, zero.y - here.y * y_scale};
    draw_line(s->d, (Point){at_here.x, zero.y}, at_here,
              (ShapeStyle){.line = TONE_INK2, .width = 1.5, .dashed = true});
    draw_dot(s->d, at_here, 9, (ShapeStyle){.fill = TONE_INK});
    draw_dot(s->d, at_here, 6, (ShapeStyle){.fill = TONE_FOCUS});
}

// ---- what is counted -----------------------------------------------------------------------------

static int zeros_of(Tensor t, int c) {
    int n = 0;
    for (int i = 0; i < t.h * t.w; i++) n += *at(t, 0, c, i / t.w, i % t.w) == 0;
    return n;
}

static void draw_counts(Screen *s, Rect r, Tensor dst) {
    int zeros = 0, silent = 0;
    for (int c = 0; c < dst.c; c++) {
        const int n = zeros_of(dst, c);
        zeros += n;
        silent += n == dst.h * dst.w;
    }
    const bool vector = dst.h * dst.w == 1;
    draw_fact(s, (Rect){r.x, r.y, r.w, 28}, "zeros",
              arena_print(s->a, "%.0f %%", 100.0 * zeros / (dst.c * dst.h * dst.w)));
    draw_fact(s, (Rect){r.x, r.y + 30, r.w, 28}, vector ? "silent neurons" : "silent channels",
              arena_print(s->a, "%d of %d", silent, dst.c));
}

// ---- together ------------------------------------------------------------------------------------

static void draw_pixel(Screen *s) {
    const Tensor src = layer_src(s, 0), dst = s->here.v;
    const Place *place = &s->v->at;
    const Spot spot = target_spot(&s->here, place->channel, place->pixel);
    const bool vector = dst.h * dst.w == 1;
    int n;
    const Pair *p = pairs_of(s, src, dst, &n);
    const Pair here = {(double)*at(src, 0, spot.c, spot.y, spot.x),
                       (double)*at(dst, 0, spot.c, spot.y, spot.x)};
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (!vector && dst.c > 1) draw_channels(s, cut_right(&room, STRIP_W), 0, true);
    const double side = fmin(0.33 * room.w, room.h - 40);
    const Cells cell = {spot.c, spot.y, spot.x, 1, 1};
    draw_map_card(s, cut_left(&room, side), "Before x", src, -1, cell, -1);
    draw_result_card(s, cut_right(&room, side), "After y");
    const Rect in = draw_titled(s, room, "Each number for itself", "");
    draw_curve(s, (Rect){in.x, in.y + 8, in.w, in.h - 90}, p, n, here);
    draw_counts(s, (Rect){in.x, in.y + in.h - 62, in.w, 60}, dst);
    const char *note = here.y == 0 && here.x < 0 ? "it is negative: nothing is passed on" : "";
    draw_sentence(s, card, arena_print(s->a, "x = %s   gives   y =", figures(s, here.x, 4)),
                  figures(s, here.y, 4), note);
}

const Panel activation_forward_panel = {
    .kind = STAGE_FORWARD, .of = "relu leakyrelu elu gelu silu sigmoid tanh",
    .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
