/* norm_forward.c — a normalisation: one value step by step, and where all numbers of its set lie before
 * and after.
 *
 *     x  →  x − μ  →  x̂ = (x − μ)/σ  →  γ·x̂  →  y = γ·x̂ + β
 *
 * γ and β are the layer's weight and bias; μ and σ are those of the batch while it learns, the stored
 * ones when it is only used. */
#include <math.h>

#include "viz/view/panels/chain.h"
#include "viz/view/panels/norm.h"

static NormFacts facts_here(Screen *s, Spot *spot) {
    *spot = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    return norm_facts(s, spot->c, spot->y, spot->x);
}

static const char *statistics_text(const NormFacts *f) {
    return f->stored ? "µ and σ as they were stored while it learnt"
         : f->batch ? "While it learns, µ and σ are those of the batch; when it is used, stored ones."
                    : "µ and σ are those of this picture, always.";
}

// ---- level Stage: every channel's mean and deviation -----------------------------------------------

enum { LEAST_ROW = 30, MOST_ROW = 68, NUMBER_W = 44 };

// μ − σ … μ + σ as a thick line with a dot at μ.
static void draw_range(Screen *s, Rect r, double y, double mean, double deviation, double size, Tone tone) {
    const double middle = r.x + r.w / 2, scale = r.w / (2 * size);
    const double lo = fmax(r.x, middle + (mean - deviation) * scale);
    const double hi = fmin(r.x + r.w, middle + (mean + deviation) * scale);
    draw_rect(s->d, (Rect){lo, y - 3, fmax(hi - lo, 2), 6}, (ShapeStyle){.fill = tone, .radius = 2});
    draw_dot(s->d, (Point){middle + mean * scale, y}, 5, (ShapeStyle){.fill = tone});
}

static void draw_axis(Screen *s, Rect r, double size) {
    TextStyle words = {.size = SIZE_AXIS, .tone = TONE_INK2, .tabular = true};
    const double y = r.y + r.h + 16, middle = r.x + r.w / 2;
    draw_line(s->d, (Point){middle, r.y}, (Point){middle, r.y + r.h}, (ShapeStyle){.line = TONE_INK3});
    draw_text(s->d, (Point){r.x, y}, words, number_figures(-size, 2).s);
    words.align = ALIGN_CENTRE;
    draw_text(s->d, (Point){middle, y}, words, "0");
    words.align = ALIGN_RIGHT;
    draw_text(s->d, (Point){r.x + r.w, y}, words, number_figures(size, 2).s);
}

static void draw_key(Screen *s, Point at, int shown, int all) {
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    static const struct { const char *text; Tone tone; } key[] = {{"before", TONE_INK3}, {"after", TONE_POS}};
    for (int i = 0; i < 2; i++) {
        draw_rect(s->d, (Rect){at.x, at.y - 8, 28, 6}, (ShapeStyle){.fill = key[i].tone, .radius = 2});
        at.x += 36 + draw_text(s->d, (Point){at.x + 36, at.y}, words, key[i].text) + 20;
    }
    at.x += draw_text(s->d, at, words, "µ − σ  to  µ + σ") + 20;
    if (shown < all) draw_print(s->d, at, words, "%d of %d", shown, all);
}

static void draw_ranges(Screen *s, Rect in) {
    const int most = (int)((in.h - 56) / LEAST_ROW), n = s->here.channels < most ? s->here.channels : most;
    const double row = fmin(MOST_ROW, (in.h - 56) / n), apart = row / 5;
    NormFacts *f = arena_array(s->a, NormFacts, (size_t)n + 1);
    double size = 1e-6;
    for (int c = 0; c < n; c++) {
        f[c] = norm_facts(s, c, 0, 0);
        size = fmax(size, fmax(fabs(f[c].mean) + f[c].deviation, fabs(f[c].beta) + fabs(f[c].gamma)));
    }
    const TextStyle number = {FONT_REGULAR, SIZE_LABEL, TONE_INK2, ALIGN_LEFT, true};
    const Rect chart = {in.x + NUMBER_W, in.y + 30, in.w - NUMBER_W, n * row};
    draw_key(s, (Point){in.x, in.y + 14}, n, s->here.channels);
    draw_axis(s, chart, size);
    for (int c = 0; c < n; c++) {
        const double y = chart.y + (c + 0.5) * row;
        draw_print(s->d, (Point){in.x, y + 6}, number, "%d", c);
        draw_range(s, chart, y - apart, f[c].mean, f[c].deviation, size, TONE_INK3);
        draw_range(s, chart, y + apart, f[c].beta, fabs(f[c].gamma), size, TONE_POS);
    }
}

static void draw_spreads(Screen *s, Rect in, const NormFacts *f, const Spot *spot, bool marked) {
    const Tensor src = layer_src(s, 0), dst = s->here.v;
    NormPair p = {.x = NAN, .y = NAN};
    p.before = norm_numbers(s, src, f, spot->c, &p.n), p.after = norm_numbers(s, dst, f, spot->c, &p.n);
    if (marked) p.x = (double)*at(src, 0, spot->c, spot->y, spot->x);
    if (marked) p.y = (double)*at(dst, 0, spot->c, spot->y, spot->x);
    draw_norm_spreads(s, in, &p);
}

static void draw_stage(Screen *s) {
    Rect room = s->area;
    Spot spot;
    const NormFacts f = facts_here(s, &spot);
    const double side = (room.w - 420 - 2 * CARD_GAP) / 2;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    draw_thumbnails(s, draw_titled(s, left, "Before x", tensor_shape(s->a, layer_src(s, 0))),
                    layer_src(s, 0), -1);
    draw_thumbnails(s, draw_titled(s, right, "After y", tensor_shape(s->a, s->here.v)), s->here.v, 0);
    Rect in = draw_titled(s, room, f.whole ? "The whole picture" : "Every channel",
                          norm_set_text(s, &f));
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    draw_prose(s, (Point){in.x, in.y + in.h - 24}, in.w, words, statistics_text(&f));
    in.h -= 56;
    if (!f.known) return;
    if (f.whole) draw_spreads(s, in, &f, &spot, false);
    else draw_ranges(s, in);
}

// ---- one value -------------------------------------------------------------------------------------

static void draw_way_through(Screen *s, Rect r, const NormFacts *f, double x) {
    const double off = x - f->mean, hat = off / f->deviation, scaled = f->gamma * hat;
    const ChainRow row[] = {
        {"", "x", 0, x, 0}, {"− µ", "x − µ", f->mean, off, 0}, {"÷ σ", "x̂", f->deviation, hat, 0},
        {"· γ", "γ · x̂", f->gamma, scaled, 0}, {"+ β", "y", f->beta, scaled + f->beta, 0},
    };
    draw_chain(s, r, row, 5, s->v->at.level == LEVEL_TERM ? 3 + s->v->at.term : -1);
}

static const char *set_note(Screen *s, const NormFacts *f) {
    return f->stored ? "stored µ and σ" : norm_set_text(s, f);
}

static const char *operand(Screen *s, double v) {
    return arena_print(s->a, v < 0 ? "(%s)" : "%s", number_figures(v, 4).s);
}

// "(3.13 − 0.0207) / 1.22 · 1.00 + 0 = 2.54"
static void draw_whole(Screen *s, Rect r, const NormFacts *f, const Spot *p) {
    const double x = (double)*at(layer_src(s, 0), 0, p->c, p->y, p->x),
        y = (double)*at(s->here.v, 0, p->c, p->y, p->x);
    const char *sum = arena_print(s->a, "(%s − %s) / %s · %s + %s  =", figures(s, x, 4), operand(s, f->mean),
                                  figures(s, f->deviation, 4), operand(s, f->gamma), operand(s, f->beta));
    draw_sentence(s, r, sum, figures(s, y, 4), f->stored ? "with stored µ and σ" : "");
}

static void draw_pixel(Screen *s) {
    Spot spot;
    const NormFacts f = facts_here(s, &spot);
    const Answer x = answer_here(s->a, s->v);
    const Tensor src = layer_src(s, 0);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const Sides sides = {0.27, "Before x", src, {spot.c, spot.y, spot.x, 1, 1}, "After y"};
    draw_sides(s, &room, &sides);
    const Rect in = draw_titled(s, room, "One value", set_note(s, &f));
    if (s->v->at.level == LEVEL_TERM || !f.known) draw_arithmetic(s, card, &x, NULL, NULL);
    else draw_whole(s, card, &f, &spot);
    if (!f.known) return;
    const double chain = fmin(190, 0.52 * in.h);
    draw_way_through(s, (Rect){in.x, in.y, in.w, chain}, &f, (double)*at(src, 0, spot.c, spot.y, spot.x));
    draw_rule(s, (Point){in.x, in.y + chain + 8}, (Point){in.x + in.w, in.y + chain + 8}, TONE_LINE);
    draw_spreads(s, (Rect){in.x, in.y + chain + 14, in.w, in.h - chain - 14}, &f, &spot, true);
}

// ---- level Channel ---------------------------------------------------------------------------------

static void draw_facts(Screen *s, Rect r, const NormFacts *f) {
    const char *const fact[][2] = {
        {"mean µ", figures(s, f->mean, 3)}, {"deviation σ", figures(s, f->deviation, 3)},
        {"weight γ", figures(s, f->gamma, 3)}, {"bias β", figures(s, f->beta, 3)},
    };
    const double w = (r.w - 40) / 2;
    for (int i = 0; i < 4; i++)
        draw_fact(s, (Rect){r.x + i % 2 * (w + 40), r.y + i / 2 * 32, w, 28}, fact[i / 2 + i % 2 * 2][0],
                  fact[i / 2 + i % 2 * 2][1]);
}

static void draw_channel(Screen *s) {
    Spot spot;
    const NormFacts f = facts_here(s, &spot);
    const Tensor src = layer_src(s, 0), dst = s->here.v;
    if (dst.h * dst.w == 1 || !f.known) {
        draw_pixel(s);
        return;
    }
    Rect room = s->area;
    if (dst.c > 1) draw_channels(s, cut_right(&room, STRIP_W), 0, false);
    const double side = fmin(0.3 * room.w, room.h - 40);
    const Cells none = {.channel = spot.c};
    draw_map_card(s, cut_left(&room, side), "Before x", src, -1, none, -1);
    draw_map_card(s, cut_right(&room, side), "After y", dst, 0, none, -1);
    const Rect in = draw_titled(s, room, f.whole ? "The picture" : arena_print(s->a, "Channel %d", spot.c),
                                norm_set_text(s, &f));
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    draw_facts(s, (Rect){in.x, in.y, in.w, 64}, &f);
    draw_spreads(s, (Rect){in.x, in.y + 76, in.w, in.h - 76 - 50}, &f, &spot, false);
    draw_prose(s, (Point){in.x, in.y + in.h - 20}, in.w, words, statistics_text(&f));
}

// ---- as text ---------------------------------------------------------------------------------------

static void tell_norm(Telling *t) {
    const View *v = t->v;
    const Target here = walk_here(v);
    const Spot p = target_spot(&here, v->at.channel, v->at.pixel);
    const Answer a = answer_about(t->a, v, v->t.stage[v->at.stage].index, ASKED_DST, 0, p, 0);
    for (int i = 0; i < a.n_helpers; i++)
        tell(t, "%s = %s, %s\n", a.helper[i].name, number_figures(a.helper[i].v, 6).s,
             a.helper[i].note ? a.helper[i].note : "");
    tell_answer(t);
}

const Panel norm_forward_panel = {
    .kind = STAGE_FORWARD, .of = "batchnorm instancenorm layernorm",
    .formula = "y = γ·(x − µ)/σ + β",
    .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel}, .tell = tell_norm,
};
