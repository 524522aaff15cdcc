/* mask.c — see mask.h. */
#include "viz/view/panels/mask.h"

#include <math.h>

#include "viz/view/panels/patch.h"

// ---- asking ----------------------------------------------------------------------------------------

typedef struct Kept { double keep, scale; bool learning; } Kept;

// In training a number is x · keep · 1/(1 − p).
static void take(void *ctx, const Term *t) {
    Kept *k = ctx;
    k->learning = t->n_factors == 3;
    k->keep = k->learning ? t->factor[1].v : 1;
    k->scale = k->learning ? t->factor[2].v : 1;
}

Mask mask_of(Screen *s) {
    const Shape d = s->node->shape;
    const int n = d.c * d.h * d.w;
    Mask m = {.keep = {.n = 1, .c = d.c, .h = d.h, .w = d.w, .layout = LAYOUT_PLAIN}, .scale = 1, .n = n};
    m.keep.v = arena_array(s->a, real, (size_t)n + 1);
    for (int i = 0; i < n; i++) {
        Kept k = {1, 1, false};
        const Spot at = {0, i / (d.h * d.w), i / d.w % d.h, i % d.w};
        answer_each(s->v, s->stage->index, ASKED_DST, 0, at, take, &k);
        m.keep.v[i] = (real)k.keep;
        m.kept += k.keep > 0;
        m.scale = k.scale, m.learning = k.learning;
    }
    return m;
}

// ---- drawing ---------------------------------------------------------------------------------------

static void hatch_off(Screen *s, Rect r, const Map *m, int done) {
    enum { FEW = 1600 };
    for (int i = 0; i < done && i < m->done && m->done <= FEW; i++)
        if (m->v[i] == 0) {
            const Rect cell = map_cells(r, m, i / m->columns, i % m->columns, 1, 1);
            draw_rect(s->d, cell, (ShapeStyle){.fill = TONE_SUNKEN, .line = TONE_LINE});
            draw_hatch(s->d, cell, TONE_INK3, fmax(5, fmin(9, cell.w / 3)));
        }
}

// A short vector stands in wide cells, with room for its numbers.
static Rect place_in(Rect r, const Map *m) {
    if (m->vector && m->columns == 1) return map_column(r, m->rows);
    return map_fit(r, m->rows, m->columns);
}

// One channel of the mask, or a vector: what was switched off is hatched.
static void draw_mask_map(Screen *s, Rect r, const Mask *mask, int c, int cell) {
    Map m = map_of(s, mask->keep, 0, c, -1);
    m.max = 1, m.ruled = m.rows * m.columns <= 400, m.scale = SCALE_UNSIGNED;
    const Rect place = place_in(r, &m);
    float *pale = arena_array(s->a, float, (size_t)(m.rows * m.columns));
    for (int i = 0; i < m.rows * m.columns; i++) pale[i] = 0.3f * m.v[i]; // so that the mark stands out
    Map shown = m;
    shown.v = pale;
    draw_map(s, place, &shown);
    hatch_off(s, place, &m, m.done);
    if (cell >= 0) draw_mark(s, map_cells(place, &m, cell / m.columns, cell % m.columns, 1, 1));
}

static const char *kept_text(Screen *s, const Mask *m) {
    return m->learning ? arena_print(s->a, "%s of %s kept", number_count(m->kept).s, number_count(m->n).s)
        : "all are kept";
}

enum { FACTS_H = 76 };

static void draw_mask_card(Screen *s, Rect r, const Mask *m, int c, int cell) {
    const Rect in = draw_titled(s, r, "Drawn by lot", kept_text(s, m));
    const Rect facts = {in.x, in.y + in.h - FACTS_H, in.w, FACTS_H};
    draw_mask_map(s, (Rect){in.x, in.y, in.w, in.h - FACTS_H - 8}, m, c, cell);
    draw_fact(s, (Rect){facts.x, facts.y, facts.w, 32}, "switched off, hatched",
              arena_print(s->a, "%.0f %%", 100.0 * (m->n - m->kept) / m->n));
    draw_fact(s, (Rect){facts.x, facts.y + 38, facts.w, 32}, "the others grow",
              arena_print(s->a, "× %s", number_figures(m->scale, 3).s));
}

// `off` (or NULL) are the numbers of which those that are 0 are hatched.
typedef struct Side { const char *title; Map map, *off; int cell, done; } Side;

static void draw_side(Screen *s, Rect r, const Side *side) {
    const Rect in = draw_titled(s, r, side->title, "");
    const Map m = map_until(side->map, side->done);
    const Rect place = place_in((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 8}, &m);
    if (m.rows * m.columns <= 64) draw_grid(s, place, &m, power_of(m.max), SIZE_LABEL);
    else draw_map(s, place, &m);
    if (side->off) hatch_off(s, place, side->off, side->done);
    if (side->cell >= 0)
        draw_mark(s, map_cells(place, &m, side->cell / m.columns, side->cell % m.columns, 1, 1));
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, &m, NULL);
}

void draw_mask_stage(Screen *s, const MaskView *v) {
    const Mask m = mask_of(s);
    const bool maps = m.keep.h * m.keep.w > 1;
    Rect room = s->area;
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    if (maps) {
        draw_thumbnails(s, draw_titled(s, left, v->before, tensor_shape(s->a, v->from)), v->from, -1);
        draw_thumbnails(s, draw_titled(s, right, v->after, tensor_shape(s->a, s->here.v)), s->here.v,
                        s->v->at.target);
    } else {
        Map off = map_of(s, m.keep, 0, 0, -1);
        draw_side(s, left, &(Side){v->before, map_of(s, v->from, 0, 0, -1), NULL, -1, m.n});
        draw_side(s, right, &(Side){v->after, map_of(s, s->here.v, 0, 0, s->v->at.target), &off, -1, m.n});
    }
    draw_mask_card(s, room, &m, maps ? s->v->at.channel : 0, -1);
    draw_way_into(s, room, v->tone);
    draw_way_into(s, right, v->tone);
}

static const char *factor(Screen *s, double v) {
    return arena_print(s->a, v < 0 ? "(%s)" : "%s", number_figures(v, 4).s);
}

void draw_mask_number(Screen *s, const MaskView *v) {
    const Mask m = mask_of(s);
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const bool maps = m.keep.h * m.keep.w > 1;
    const int cell = maps ? s->v->at.pixel : p.c;
    const double before = (double)*at(v->from, 0, p.c, p.y, p.x),
        keep = (double)*at(m.keep, 0, p.c, p.y, p.x);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (maps && s->here.channels > 1) draw_channels(s, cut_right(&room, STRIP_W), s->v->at.target, true);
    const double side = (room.w - 2 * CARD_GAP) / 3;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    Map off = map_of(s, m.keep, 0, p.c, -1);
    draw_side(s, left, &(Side){v->before, map_of(s, v->from, 0, p.c, -1), NULL, cell, m.n});
    draw_side(s, right, &(Side){v->after, map_of_target(s, &s->here, p.c, s->v->at.target), &off, cell,
                                cell + 1});
    draw_mask_card(s, room, &m, p.c, cell);
    draw_way_into(s, room, v->tone);
    draw_way_into(s, right, v->tone);
    const char *sum = m.learning
        ? arena_print(s->a, "%s · %.0f · %s  =", factor(s, before), keep, figures(s, m.scale, 3))
                                 : arena_print(s->a, "%s  =", factor(s, before));
    const char *note = !m.learning ? "nothing is learnt: all are kept"
                     : keep > 0 ? v->kept_note : "switched off in this step";
    draw_sentence(s, card, sum, figures(s, target_value(&s->here, s->v->at.channel, s->v->at.pixel), 4),
                  note);
}
