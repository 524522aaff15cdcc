/* any_forward.c — a layer of any kind: what goes in, what comes out, and the sum one number is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "viz/view/frame.h"
#include "viz/view/panels/layers.h"

Tensor layer_src(const Screen *s, int k) { return trace_value(&s->v->t, s->node->src[k]); }

bool layer_has_bias(const Screen *s) {
    for (int k = 0; k < s->node->n_params; k++)
        if (s->node->param[k].role == PARAM_BIAS) return true;
    return false;
}

static bool is_vector(Tensor t) { return t.h * t.w == 1; }

// ---- level Stage ---------------------------------------------------------------------------------

static void draw_inputs(Screen *s, Rect r) {
    const int n = s->node->n_src;
    for (int k = 0; k < n; k++) {
        const Rect part = {r.x, r.y + k * (r.h + CARD_GAP) / n, r.w, (r.h + CARD_GAP) / n - CARD_GAP};
        const Tensor v = layer_src(s, k);
        const Rect in = draw_titled(s, part, n > 1 ? arena_print(s->a, "Input %d", k + 1) : "Input x",
                                    tensor_shape(s->a, v));
        draw_thumbnails(s, in, v, -1);
    }
}

enum { MOST_COUNTED = 50000 };

static int count_zeros(Tensor t) {
    int n = 0;
    for (int c = 0; c < t.c; c++) n += map_zeros(t, c);
    return n;
}

static void draw_facts(Screen *s, Rect r) {
    const Node *node = s->node;
    const Tensor v = s->here.v;
    const int n = v.c * v.h * v.w;
    int64_t weights = 0;
    for (int k = 0; k < node->n_params; k++) weights += (int64_t)param_len(&node->param[k]);
    const char *const fact[][2] = {
        {"parameters", weights ? arena_print(s->a, "%s", number_short(weights).s) : "none"},
        {"multiply-adds", node->macs ? arena_print(s->a, "%s", number_short(node->macs).s) : "none"},
        {"numbers out", arena_print(s->a, "%s", number_short(n).s)},
        {"zeros", arena_print(s->a, "%.0f %%", 100.0 * count_zeros(v) / n)},
    };
    const Rect in = draw_titled(s, r, "What it does", "");
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    double y = in.y + 6;
    const TextStyle mono = {.font = FONT_MONO, .size = SIZE_LABEL, .tone = TONE_INK};
    y += draw_prose(s, (Point){in.x, y + 12}, in.w, mono, use_text(s->a, &node->use)) + 4;
    if (node->note && *node->note) {
        const bool side = strchr(node->note, '=') && !strstr(node->note, "channel") && !is_vector(v);
        y += draw_prose(s, (Point){in.x, y + 12}, in.w, words,
                        arena_print(s->a, "%s%s", side ? "side: " : "", signs_text(s->a, node->note)));
    }
    for (int i = 0; i < 4; i++, y += 34)
        draw_fact(s, (Rect){in.x, y, in.w, 30}, fact[i][0], fact[i][1]);

    const int step = n / MOST_COUNTED + 1; // of very many numbers some say the same as all
    float *all = arena_array(s->a, float, (size_t)(n / step) + 1);
    double lo = INFINITY, hi = -INFINITY;
    int counted = 0;
    for (int i = 0; i < n; i += step) {
        const double here = (double)*at(v, 0, i / (v.h * v.w), i / v.w % v.h, i % v.w);
        all[counted++] = (float)here;
        lo = fmin(lo, here), hi = fmax(hi, here);
    }
    const Rect chart = {in.x, y + 34, in.w, in.y + in.h - y - 34};
    if (chart.h < 90 || !(hi > lo)) return;
    draw_text(s->d, (Point){in.x, y + 24}, words, "how often numbers occur");
    draw_histogram(s, chart, all, counted, lo, hi, TONE_POS);
}

static void draw_stage(Screen *s) {
    Rect room = s->area;
    const Rect middle_w = {0, 0, 300, 0};
    const double side = (room.w - middle_w.w - 2 * CARD_GAP) / 2;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    draw_inputs(s, left);
    draw_facts(s, room);
    const Rect in = draw_titled(s, right, "Output y", tensor_shape(s->a, s->here.v));
    draw_thumbnails(s, in, s->here.v, 0);
}

// ---- level Channel -------------------------------------------------------------------------------

static void draw_channel(Screen *s) {
    if (is_vector(s->here.v)) draw_number(s, "Input x", layer_src(s, 0), OF_SRC, "Output y");
    else draw_channel_page(s, s->area, 0);
}

// ---- levels Pixel and Multiply -------------------------------------------------------------------

// The smallest window that holds c and one more cell.
static Cells around(Cells c, int y, int x) {
    const int y0 = y < c.y ? y : c.y, x0 = x < c.x ? x : c.x;
    const int y1 = y >= c.y + c.h ? y + 1 : c.y + c.h, x1 = x >= c.x + c.w ? x + 1 : c.x + c.w;
    return (Cells){c.channel, y0, x0, y1 - y0, x1 - x0};
}

// Does a number lie in that tensor, or was it worked out from one that does?
static bool lies_in(const Operand *o, OperandOf of, int k) {
    return o->k == k && (o->of == of || (o->of == OF_NOTHING && o->from == of));
}

Cells operand_cells(Screen *s, const Answer *x, OperandOf of, int k) {
    Cells c = {0};
    const Term *own = NULL;
    const bool one = s->v->at.level == LEVEL_TERM;
    for (int i = 0; i < x->kept; i++) {
        const bool current = one ? x->first + i == s->v->at.term
                                 : !own || fabs(x->term[i].value) > fabs(own->value);
        for (int f = 0; f < x->term[i].n_factors && current; f++)
            if (lies_in(&x->term[i].factor[f], of, k)) own = &x->term[i];
    }
    bool any = false;
    for (int i = 0; own && i < x->kept; i++)
        for (int f = 0; f < x->term[i].n_factors; f++) {
            const Operand *o = &x->term[i].factor[f];
            if (!lies_in(o, of, k) || o->n != 0) continue;
            if (one && &x->term[i] != own) continue;
            if (!any) c = (Cells){o->c, o->y, o->x, 1, 1}, any = true;
            for (int g = 0; g < own->n_factors; g++)
                if (lies_in(&own->factor[g], of, k)) c.channel = own->factor[g].c;
            c = around(c, o->y, o->x);
        }
    return c;
}

// A vector's only marked place is the number of the current term.
static Rect marked_place(Rect r, const Map *m, Cells c) {
    if (m->vector) return map_cells(r, m, c.channel / m->columns, c.channel % m->columns, 1, 1);
    return map_cells(r, m, c.y, c.x, c.h, c.w);
}

void draw_map_card(Screen *s, Rect r, const char *title, Tensor v, int target, Cells marked, int done) {
    const bool vector = is_vector(v);
    const char *helper = vector || v.c == 1 ? tensor_shape(s->a, v)
                                            : arena_print(s->a, "channel %d", marked.channel);
    const Rect in = draw_titled(s, r, title, helper);
    Map m = map_of(s, v, 0, marked.channel < v.c ? marked.channel : 0, target);
    if (done >= 0) m = map_until(m, done);
    Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m.rows, m.columns);
    if (vector && m.columns == 1) place = map_column((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m.rows);
    const bool numbers = m.rows * m.columns <= 49 || (vector && m.columns == 1);
    if (numbers) draw_grid(s, place, &m, power_of(m.max), SIZE_BODY);
    else draw_map(s, place, &m);
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, &m, NULL);
    if (marked.h > 0) draw_mark(s, marked_place(place, &m, marked));
}

void draw_result_card(Screen *s, Rect r, const char *title) {
    const Target *t = &s->here;
    const Place *at = &s->v->at;
    const Spot spot = target_spot(t, at->channel, at->pixel);
    if (!t->param) {
        const bool vector = is_vector(t->v);
        draw_map_card(s, r, title, t->v, at->target, (Cells){spot.c, spot.y, spot.x, 1, 1},
                      vector ? at->channel + 1 : at->level < LEVEL_PIXEL ? -1 : at->pixel + 1);
        return;
    }
    const Rect in = draw_titled(s, r, title, t->pixels > 1 ? arena_print(s->a, "%s %d", t->unit, at->channel)
                                                     : arena_print(s->a, "one for each %s", t->unit));
    Map m = map_of_target(s, t, at->channel, at->target);
    const bool alone = m.vector; // a bias: all filters' numbers are one map
    m = map_until(m, alone ? at->channel + 1 : at->pixel + 1);
    const int cell = alone ? at->channel : at->pixel;
    Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m.rows, m.columns);
    if (m.columns == 1) place = map_column((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m.rows);
    if (m.rows * m.columns <= 49) draw_grid(s, place, &m, power_of(m.max), SIZE_BODY);
    else draw_map(s, place, &m);
    draw_mark(s, map_cells(place, &m, cell / m.columns, cell % m.columns, 1, 1));
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, &m, NULL);
}

void draw_sides(Screen *s, Rect *room, const Sides *w) {
    const bool maps = !is_vector(s->here.v) && s->here.channels > 1;
    if (maps) draw_channels(s, cut_right(room, STRIP_W), s->v->at.target, true);
    const double side = fmin(w->share * room->w, room->h - 40);
    const Rect left = cut_left(room, side), right = cut_right(room, side);
    if (w->v.v) draw_map_card(s, left, w->from, w->v, -1, w->marked, -1);
    else draw_hatch(s->d, draw_titled(s, left, w->from, "no channel of it"), TONE_LINE, 12);
    draw_result_card(s, right, w->to);
}

Screen told_screen(const Telling *t) {
    const Stage *stage = &t->v->t.stage[t->v->at.stage];
    return (Screen){.a = t->a, .v = t->v, .stage = stage, .node = stage_node(&t->v->t, stage)};
}

// A long sum is written with its largest terms first, as they stand above it; step by step it is in order.
enum { IN_ORDER = 12 };

static bool sorts(const Screen *s, const Answer *x) {
    return s->v->at.level != LEVEL_TERM && (x->largest || (x->kept == x->n && x->n > IN_ORDER));
}

static int by_size(const void *a, const void *b) {
    const double s = fabs(((const Term *)a)->value), t = fabs(((const Term *)b)->value);
    return s < t ? 1 : s > t ? -1 : 0;
}

static Answer sorted(Screen *s, const Answer *x) {
    Answer out = *x;
    out.term = arena_array(s->a, Term, (size_t)x->kept + 1);
    memcpy(out.term, x->term, sizeof *x->term * (size_t)x->kept);
    qsort(out.term, (size_t)x->kept, sizeof *out.term, by_size);
    return out;
}

// "51 terms, 20 of them 0", or what the sum is only a part of.
const char *terms_note(Screen *s, const Answer *x) {
    if (!x->known) return NULL;
    if (s->here.shared) {
        const double all = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
        return arena_print(s->a, "of all readers together: %s", number_figures(all, 4).s);
    }
    int zeros = 0;
    for (int i = 0; i < x->kept; i++) zeros += x->term[i].value == 0;
    const char *n = arena_print(s->a, "%s term%s", number_count(x->n).s, x->n == 1 ? "" : "s");
    return zeros && x->kept == x->n ? arena_print(s->a, "%s, %d of them 0", n, zeros) : n;
}

// Several inputs, one below the other, each with what this number takes from it.
static void draw_sources(Screen *s, Rect r, const Answer *x) {
    const int n = s->node->n_src < 3 ? s->node->n_src : 3;
    for (int k = 0; k < n; k++) {
        const Rect part = {r.x, r.y + k * (r.h + CARD_GAP) / n, r.w, (r.h + CARD_GAP) / n - CARD_GAP};
        draw_map_card(s, part, arena_print(s->a, "Input %d", k + 1), layer_src(s, k), -1,
                      operand_cells(s, x, OF_SRC, k), -1);
    }
}

void draw_sum_card(Screen *s, Rect r, const Answer *x) {
    const char *order = s->v->at.level == LEVEL_TERM ? "in order" : "the largest first";
    if (!x->known || x->n == 1) order = "";
    const char *helper = arena_print(s->a, "%s  %s", order, terms_power(s, x).text);
    const char *title = x->n > 1 ? "This number is a sum" : "Where this number comes from";
    draw_terms(s, draw_titled(s, r, title, helper), x);
}

void draw_number(Screen *s, const char *from_title, Tensor from, OperandOf of, const char *to_title) {
    const Answer x = answer_largest(s->a, s->v);
    const Target *t = &s->here;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, ARITHMETIC_H);
    const bool strip = !t->param && !is_vector(t->v) && t->channels > 1;
    if (strip) draw_channels(s, cut_right(&room, STRIP_W), s->v->at.target, s->v->at.level >= LEVEL_PIXEL);
    const double side = fmin(0.27 * room.w, room.h);
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    if (of == OF_SRC && s->node->n_src > 1) draw_sources(s, left, &x);
    else if (from.v) draw_map_card(s, left, from_title, from, -1, operand_cells(s, &x, of, 0), -1);
    draw_sum_card(s, room, &x);
    draw_result_card(s, right, to_title);
    const Answer written = sorts(s, &x) ? sorted(s, &x) : x;
    draw_arithmetic(s, card, &written, NULL, terms_note(s, &x));
}

static void draw_pixel(Screen *s) {
    draw_number(s, "Input x", layer_src(s, 0), OF_SRC, "Output y");
}

const Panel any_forward_panel = {
    .kind = STAGE_FORWARD, .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel},
};
