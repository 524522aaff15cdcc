/* norm_forward.c — a normalisation: how the numbers lie before and after, and one of them on its way
 * through (x − µ)/σ · γ + β.
 *
 * What µ and σ are taken of differs: a channel of the whole batch, a channel of the picture, or all
 * numbers of the picture. */
#include <math.h>
#include <string.h>

#include "viz/view/panels/layers.h"

// Which numbers share one µ and σ with the current one.
typedef struct Crowd { float *v; int n; double lo, hi; } Crowd;

static bool is_kind(const Screen *s, const char *name) { return strcmp(s->node->use.kind->name, name) == 0; }

static Crowd crowd_of(Screen *s, Tensor t, int channel) {
    const bool batch = is_kind(s, "batchnorm"), all = is_kind(s, "layernorm");
    const int N = batch ? t.n : 1, C = all ? t.c : 1, place = t.h * t.w;
    Crowd d = {.lo = INFINITY, .hi = -INFINITY};
    d.v = arena_array(s->a, float, (size_t)N * (size_t)C * (size_t)place + 1);
    for (int n = 0; n < N; n++)
        for (int c = 0; c < C; c++)
            for (int i = 0; i < place; i++) {
                const double v = (double)*at(t, n, all ? c : channel, i / t.w, i % t.w);
                d.v[d.n++] = (float)v;
                d.lo = fmin(d.lo, v), d.hi = fmax(d.hi, v);
            }
    if (!(d.hi > d.lo)) d.hi = d.lo + 1;
    return d;
}

static const char *crowd_name(const Screen *s) {
    if (is_kind(s, "batchnorm")) return "this channel, whole batch";
    return is_kind(s, "layernorm") ? "all numbers of this picture" : "this channel of this picture";
}

// ---- the two charts ------------------------------------------------------------------------------

// A dashed line in a histogram's place at v, with its name above.
static void draw_mean(Screen *s, Rect r, const Crowd *d, double v, const char *name, bool here) {
    const double x = r.x + (v - d->lo) / (d->hi - d->lo) * r.w;
    if (x < r.x - 1 || x > r.x + r.w + 1) return;
    const ShapeStyle dashed = {.line = here ? TONE_NEG : TONE_INK, .width = 2, .dashed = !here};
    const TextStyle words = {FONT_BOLD, SIZE_AXIS, here ? TONE_NEG : TONE_INK, ALIGN_CENTRE, false};
    draw_line(s->d, (Point){x, r.y + (here ? 22 : 8)}, (Point){x, r.y + r.h - 22}, dashed);
    const double left = fmin(fmax(x, r.x + 12), r.x + r.w - 12);
    draw_text(s->d, (Point){left, r.y + (here ? 16 : 0)}, words, name);
}

// Where the number and the mean lie among the others, and what they are called there.
typedef struct Landmarks { double here, mean; const char *here_name, *mean_name; } Landmarks;

static void draw_chart(Screen *s, Rect r, const char *title, Tensor t, int channel, Landmarks m) {
    const Crowd d = crowd_of(s, t, channel);
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const Rect chart = {r.x, r.y + 40, r.w, r.h - 40};
    draw_text(s->d, (Point){r.x, r.y + 14}, words, title);
    draw_histogram(s, chart, d.v, d.n, d.lo, d.hi, TONE_POS_TINT);
    const bool apart = fabs(m.here - m.mean) > 0.06 * (d.hi - d.lo);
    if (apart) draw_mean(s, chart, &d, m.mean, m.mean_name, false);
    draw_mean(s, chart, &d, m.here, m.here_name, true);
}

// ---- one number ----------------------------------------------------------------------------------

typedef struct Ways { double x, mean, deviation, gamma, beta, y; } Ways;

// From the sum's helpers and factors; what is not told is neutral.
static Ways ways_of(const Screen *s, const Answer *a, Tensor src, Spot p) {
    Ways w = {.deviation = 1, .gamma = 1, .y = target_value(&s->here, s->v->at.channel, s->v->at.pixel)};
    w.x = (double)*at(src, 0, p.c, p.y, p.x);
    if (a->n_helpers > 0) w.mean = a->helper[0].v;
    if (a->n_helpers > 1) w.deviation = a->helper[1].v;
    for (int i = 0; i < a->kept; i++)
        for (int f = 0; f < a->term[i].n_factors; f++) {
            const Operand *o = &a->term[i].factor[f];
            if (o->of == OF_PARAM && a->term[i].n_factors > 1) w.gamma = o->v;
            if (o->of == OF_PARAM && a->term[i].n_factors == 1) w.beta = o->v;
        }
    return w;
}

static const char *signed_number(Screen *s, double v) {
    return arena_print(s->a, v < 0 ? "(%s)" : "%s", figures(s, v, 3));
}

static void draw_pixel(Screen *s) {
    const Tensor src = layer_src(s, 0), dst = s->here.v;
    const Answer a = answer_here(s->a, s->v);
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Ways w = ways_of(s, &a, src, p);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (dst.h * dst.w > 1 && dst.c > 1) draw_channels(s, cut_right(&room, STRIP_W), 0, true);
    const double side = fmin(0.31 * room.w, room.h - 40);
    draw_map_card(s, cut_left(&room, side), "Before x", src, -1, (Cells){p.c, p.y, p.x, 1, 1}, -1);
    draw_result_card(s, cut_right(&room, side), "After y");
    const Rect in = draw_titled(s, room, "How the numbers lie", crowd_name(s));
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2, .tabular = true};
    const double h = (in.h - 34) / 2;
    draw_chart(s, (Rect){in.x, in.y, in.w, h}, "before", src, p.c, (Landmarks){w.x, w.mean, "x", "µ"});
    draw_fitted(s->d, (Rect){in.x, in.y + h + 6, in.w, 20}, words,
                arena_print(s->a, "µ = %s   σ = %s   γ = %s   β = %s", figures(s, w.mean, 3),
                            figures(s, w.deviation, 3), figures(s, w.gamma, 3), figures(s, w.beta, 3)));
    draw_chart(s, (Rect){in.x, in.y + h + 34, in.w, h}, "after", dst, p.c,
               (Landmarks){w.y, w.beta, "y", "β"});
    draw_sentence(s, card, arena_print(s->a, "(%s − %s) / %s · %s + %s  =", figures(s, w.x, 4),
                                       signed_number(s, w.mean), figures(s, w.deviation, 4),
                                       signed_number(s, w.gamma), signed_number(s, w.beta)),
                  figures(s, w.y, 4), "");
}

const Panel norm_forward_panel = {
    .kind = STAGE_FORWARD, .of = "batchnorm instancenorm layernorm", .formula = "y = (x − µ)/σ · γ + β",
    .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
