/* activation_forward.c — a function of one number: before, the curve with the point, after.
 *
 * The curve is what the layer's own definition makes of numbers from −x to x, so it is right for any such
 * function; its axes are as long as the numbers of this picture need. */
#include <math.h>
#include <string.h>

#include "runtime/layer.h"
#include "viz/view/panels/layers.h"

typedef struct Pair { double x, y; } Pair;

// The largest number that goes in, either sign; what comes out, at least.
typedef struct Extent { double x, lo, hi; } Extent;

static Extent extent_of(Screen *s, Tensor src, Tensor dst) {
    const Measured out = tensor_measured(s, dst);
    return (Extent){fmax(1e-6, tensor_size(s, src)), out.lo, fmax(1e-6, out.hi)};
}

// ---- the curve -----------------------------------------------------------------------------------

enum { POINTS = 201 }; // 0 is one of them

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

// What the layer makes of POINTS numbers from −size to size.
static void sample(const Screen *s, double size, Pair *out) {
    real in[POINTS], y[POINTS];
    for (int i = 0; i < POINTS; i++) in[i] = (real)(size * (2.0 * i / (POINTS - 1) - 1));
    const Tensor src = {in, 1, 1, 1, POINTS, LAYOUT_PLAIN}, dst = {y, 1, 1, 1, POINTS, LAYOUT_PLAIN};
    layer_of(s->node)->forward_ref(&(Step){.cfg = s->node->use.cfg, .n_src = 1, .src = &src, .dst = dst});
    for (int i = 0; i < POINTS; i++) out[i] = (Pair){(double)in[i], (double)y[i]};
}

// A curve that bends is shown as far as it does.
static double least_extent(const Screen *s) {
    const char *name = stage_of_name(s->stage);
    const bool straight = strcmp(name, "relu") == 0 || strcmp(name, "leakyrelu") == 0;
    return straight ? 1e-6 : 4;
}

static void draw_curve(Screen *s, Rect r, Extent e, Pair here) {
    e.x = fmax(e.x, least_extent(s));
    if (!isfinite(e.x) || !isfinite(e.lo) || !isfinite(e.hi)) return;
    Pair p[POINTS];
    Point curve[POINTS];
    sample(s, e.x, p);
    for (int i = 0; i < POINTS; i++) e.lo = fmin(e.lo, p[i].y), e.hi = fmax(e.hi, p[i].y);
    const double y_scale = (r.h - 44) / (e.hi - e.lo), x_scale = (r.w - 36) / (2 * e.x);
    const Point zero = {r.x + r.w / 2, r.y + 18 + e.hi * y_scale};
    draw_axes(s, r, zero, e.x);
    for (int i = 0; i < POINTS; i++)
        curve[i] = (Point){zero.x + p[i].x * x_scale, zero.y - p[i].y * y_scale};
    draw_path(s->d, curve, POINTS, (ShapeStyle){.line = TONE_INK, .width = 3});
    const Point at_here = {zero.x + here.x * x_scale, zero.y - here.y * y_scale};
    draw_line(s->d, (Point){at_here.x, zero.y}, at_here,
              (ShapeStyle){.line = TONE_INK2, .width = 1.5, .dashed = true});
    draw_dot(s->d, at_here, 9, (ShapeStyle){.fill = TONE_INK});
    draw_dot(s->d, at_here, 6, (ShapeStyle){.fill = TONE_FOCUS});
}

// ---- what is counted -----------------------------------------------------------------------------

static void draw_counts(Screen *s, Rect r, Tensor dst) {
    int zeros = 0, silent = 0;
    for (int c = 0; c < dst.c; c++) {
        const int n = map_zeros(dst, c);
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
    const Pair here = {(double)*at(src, 0, spot.c, spot.y, spot.x),
                       (double)*at(dst, 0, spot.c, spot.y, spot.x)};
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const Sides sides = {0.33, "Before x", src, {spot.c, spot.y, spot.x, 1, 1}, "After y"};
    draw_sides(s, &room, &sides);
    const Rect in = draw_titled(s, room, "Each number for itself", "");
    draw_curve(s, (Rect){in.x, in.y + 8, in.w, in.h - 90}, extent_of(s, src, dst), here);
    draw_counts(s, (Rect){in.x, in.y + in.h - 62, in.w, 60}, dst);
    const char *note = here.y == 0 && here.x < 0 ? "it is negative: nothing is passed on" : "";
    draw_sentence(s, card, arena_print(s->a, "x = %s   gives   y =", figures(s, here.x, 4)),
                  figures(s, here.y, 4), note);
}

// A vector has no channels to choose from: its numbers are walked over at once.
static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w == 1) draw_pixel(s);
    else draw_channel_page(s, s->area, 0);
}

const Panel activation_forward_panel = {
    .kind = STAGE_FORWARD, .of = "relu leakyrelu elu gelu silu sigmoid tanh",
    .draw = {[LEVEL_CHANNEL] = draw_channel, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
