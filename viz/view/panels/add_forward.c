/* add_forward.c — two paths come together: their maps are added number by number.
 *
 *     x                   straight on (the shortcut)
 *     F(x)                what the layers of the other path made of it
 *     y = x + F(x)        so those layers need only find the difference */
#include <math.h>

#include "viz/view/panels/join.h"

enum { SIGN = 44 };

static void draw_sign(Screen *s, Point middle, const char *sign) {
    const Rect r = {middle.x - SIGN / 2.0, middle.y - SIGN / 2.0, SIGN, SIGN};
    const TextStyle bold = {FONT_BOLD, SIZE_TITLE, TONE_INK, ALIGN_CENTRE, false};
    draw_rect(s->d, r, (ShapeStyle){.fill = TONE_SURFACE, .line = TONE_INK3, .radius = SIGN / 2.0});
    draw_fitted(s->d, r, bold, sign);
}

static const char *path_title(Screen *s, int k) { return arena_print(s->a, "Path %d", k + 1); }

// ---- level Stage -----------------------------------------------------------------------------------

static double mean_size(Tensor t) {
    const size_t n = tensor_image(t), apart = t.layout == LAYOUT_LANES ? LANES : 1;
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += fabs((double)t.v[i * apart]);
    return sum / (double)n;
}

// How much each path brings.
static void draw_shares(Screen *s, Rect r) {
    const int n = s->node->n_src;
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    const TextStyle value = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const Rect in = draw_titled(s, r, "How much each brings", "");
    double max = 0, *size = arena_array(s->a, double, (size_t)n + 1);
    for (int k = 0; k <= n; k++) {
        size[k] = mean_size(k < n ? layer_src(s, k) : s->here.v);
        max = fmax(max, size[k]);
    }
    for (int k = 0; k <= n; k++) {
        const double v = size[k], y = in.y + 10 + 76 * k;
        if (y + 64 > in.y + in.h) break;
        draw_fitted(s->d, (Rect){in.x, y, in.w - 90, 24}, words,
                    arena_print(s->a, "%s, mean |%s|", k < n ? path_title(s, k) : "sum", k < n ? "x" : "y"));
        draw_fitted(s->d, (Rect){in.x + in.w - 90, y, 90, 24}, value, number_figures(v, 3).s);
        draw_bar(s, (Rect){in.x, y + 32, in.w, 18}, v, max, false);
    }
    const double y = in.y + 10 + 76 * (n + 1) + 20;
    if (y + 110 < in.y + in.h)
        draw_prose(s, (Point){in.x, y}, in.w, words, "A path of layers need only find what is to be changed; "
                                                     "the rest comes straight on.");
}

static void draw_stage(Screen *s) {
    Rect room = s->area;
    const int n = s->node->n_src;
    const Rect middle = {0, 0, 260, 0};
    const double side = (room.w - middle.w - 2 * CARD_GAP) / 2;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    for (int k = 0; k < n; k++) {
        const Rect in = draw_titled(s, path_row(left, k, n), path_title(s, k), path_words(s, k));
        draw_thumbnails(s, in, layer_src(s, k), -1);
    }
    draw_shares(s, room);
    draw_thumbnails(s, draw_titled(s, right, "Sum y", tensor_shape(s->a, s->here.v)), s->here.v, 0);
    for (int k = 1; k < n; k++) {
        const Rect row = path_row(left, k, n);
        draw_sign(s, (Point){row.x + 0.86 * row.w, row.y - CARD_GAP / 2.0}, "+");
    }
}

// ---- one number ------------------------------------------------------------------------------------

// A path's map with the current place; the paths are measured by one scale, so that they compare.
static void draw_path_map(Screen *s, Rect r, const char *title, const char *helper, Map m, const Spot *p,
                          bool legend) {
    const Rect in = draw_titled(s, r, title, helper);
    const double below = legend ? LEGEND_H + 4 : 0;
    const Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - below}, m.rows, m.columns);
    const int cell = m.vector ? p->c : p->y * m.columns + p->x;
    draw_map(s, place, &m);
    draw_mark(s, map_cells(place, &m, cell / m.columns, cell % m.columns, 1, 1));
    if (legend) draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, &m, NULL);
}

// The numbers themselves, one below the other as on paper.
static void draw_sum(Screen *s, Rect r, const Answer *x) {
    const Rect in = draw_titled(s, r, "Number by number", "");
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const TextStyle value = {FONT_BOLD, SIZE_TILE, TONE_INK, ALIGN_RIGHT, true};
    const TextStyle sign = {FONT_BOLD, SIZE_TILE, TONE_INK2, ALIGN_LEFT, false};
    const bool hidden = s->v->predict && !s->v->revealed;
    const double pitch = fmin(86, in.h / (x->kept + 1));
    double max = fabs(x->sum);
    for (int i = 0; i < x->kept; i++) max = fmax(max, fabs(x->term[i].value));
    for (int i = 0; i <= x->kept && pitch > 30; i++) {
        const bool last = i == x->kept;
        const double y = in.y + i * pitch + (last ? 8 : 0), v = last ? x->sum : x->term[i].value;
        if (s->v->at.level == LEVEL_TERM && i == s->v->at.term)
            draw_rect(s->d, (Rect){in.x - 8, y, in.w + 16, pitch - 2}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
        draw_fitted(s->d, (Rect){in.x, y + 2, 30, 44}, sign, last ? "=" : i ? "+" : "");
        draw_fitted(s->d, (Rect){in.x + 30, y + 2, in.w - 30, 44}, value,
                    last && hidden ? "?" : number_fixed(v, decimals_of(max)).s);
        if (pitch > 70)
            draw_fitted(s->d, (Rect){in.x, y + 48, in.w, 20}, words, last ? "y" : path_title(s, i));
        if (last) draw_rule(s, (Point){in.x, y - 4}, (Point){in.x + in.w, y - 4}, TONE_INK);
    }
}

static void draw_pixel(Screen *s) {
    const Answer x = answer_here(s->a, s->v);
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const int n = s->node->n_src;
    const bool maps = s->here.v.h * s->here.v.w > 1;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (maps && s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W), 0, true);
    const Rect sum = cut_right(&room, 210),
        right = cut_right(&room, fmin(room.h - 40, (room.w - CARD_GAP) / 2));
    Map *m = arena_array(s->a, Map, (size_t)n);
    Map out = map_until(map_of(s, s->here.v, 0, p.c, 0), maps ? s->v->at.pixel + 1 : p.c + 1);
    double max = out.max;
    for (int k = 0; k < n; k++) {
        m[k] = map_of(s, layer_src(s, k), 0, p.c, -1);
        max = fmax(max, m[k].max);
    }
    for (int k = 0; k < n; k++) {
        m[k].max = max;
        draw_path_map(s, path_row(room, k, n), path_title(s, k), path_words(s, k), m[k], &p, false);
    }
    for (int k = 1; k < n; k++) {
        const Rect row = path_row(room, k, n);
        draw_sign(s, (Point){row.x + 0.86 * row.w, row.y - CARD_GAP / 2.0}, "+");
    }
    out.max = max;
    draw_path_map(s, right, "Sum y", maps ? arena_print(s->a, "channel %d, one scale for all", p.c) : "",
                  out, &p, true);
    if (x.known) draw_sum(s, sum, &x);
    draw_sign(s, (Point){right.x - CARD_GAP / 2.0, right.y + right.h / 2}, "=");
    draw_arithmetic(s, card, &x, NULL, NULL);
}

static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w == 1) draw_pixel(s);
    else draw_channel_page(s, s->area, 0);
}

static void tell_paths(Telling *t) {
    Screen s = told_screen(t);
    for (int k = 0; k < s.node->n_src; k++) tell(t, "path %d: %s\n", k + 1, path_words(&s, k));
    tell_answer(t);
}

const Panel add_forward_panel = {
    .kind = STAGE_FORWARD, .of = "add",
        .sentence = "the paths come together: number by number, they are added",
    .formula = "y = x + F(x)", .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel}, .tell = tell_paths,
};
