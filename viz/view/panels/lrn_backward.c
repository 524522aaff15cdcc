/* lrn_backward.c — local response normalisation, backward. A number had two effects: it became an output
 * of its own, and it damped the outputs at its place in the neighbouring channels.
 *
 *     ∂L/∂x = δ · 1/s^β  −  2·α·β/S · x · Σ δ'·y'/s'      over the outputs it damps, its own among them */
#include <math.h>

#include "viz/view/panels/layers.h"

enum { ROW = 38 };

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

typedef struct Blame { const char *name; double v; bool current, result; } Blame;

static void draw_part(Screen *s, Rect r, const Blame *p, double max) {
    const Font font = p->current || p->result ? FONT_BOLD : FONT_REGULAR;
    const TextStyle name = {font, SIZE_BODY, p->result ? TONE_BACKWARD : TONE_INK, ALIGN_LEFT, true};
    const TextStyle value = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const Rect wide = {r.x - 8, r.y, r.w + 16, r.h};
    if (p->current) draw_rect(s->d, wide, (ShapeStyle){.fill = TONE_FOCUS_TINT});
    draw_fitted(s->d, (Rect){r.x, r.y, 0.48 * r.w, r.h}, name, p->name);
    draw_bar(s, (Rect){r.x + 0.5 * r.w, r.y + 10, 0.2 * r.w, r.h - 20}, p->v, max, true);
    draw_fitted(s->d, (Rect){r.x + 0.72 * r.w, r.y, 0.28 * r.w, r.h}, value, number_figures(p->v, 3).s);
}

static int channel_of(const Term *t) {
    for (int f = 0; f < t->n_factors; f++)
        if (t->factor[f].of == OF_DIFF_DST) return t->factor[f].c;
    return 0;
}

static void draw_parts(Screen *s, Rect in, const Answer *x) {
    const double max = fmax(terms_max(x), fabs(x->sum));
    const int room = (int)((in.h - 150) / ROW) - 1, n = x->kept < room ? x->kept : room;
    const int current = s->v->at.level == LEVEL_TERM ? s->v->at.term : -1;
    const int first = current < n ? 0 : current - n + 1; // the own output stands first
    for (int i = 0; i < n; i++) {
        const Term *t = &x->term[first + i];
        const char *name = first + i == 0 ? "own output: δ · 1/s^β"
                         : arena_print(s->a, "damping of channel %d", channel_of(t));
        draw_part(s, (Rect){in.x, in.y + i * ROW, in.w, ROW},
                  &(Blame){name, t->value, first + i == current, false}, max);
    }
    const double y = in.y + n * ROW;
    draw_rule(s, (Point){in.x, y}, (Point){in.x + in.w, y}, TONE_INK3);
    draw_part(s, (Rect){in.x, y + 2, in.w, ROW}, &(Blame){"∂L/∂x", x->sum, false, true}, max);
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const Term *own = &x->term[0];
    if (own->n_factors > 1)
        draw_fact(s, (Rect){in.x, in.y + in.h - 104, in.w, 30}, "1/s^β",
                  number_figures(own->factor[1].v, 6).s);
    draw_prose(s, (Point){in.x, in.y + in.h - 52}, in.w, words,
               "A larger x damps its neighbours more: what they lose is taken off. "
               "α is small, so it is little.");
}

static void draw_pixel(Screen *s) {
    const Answer x = answer_here(s->a, s->v);
    if (!s->here.v.v || !x.known || x.kept < 1 || x.first > 0) {
        draw_gradient_number(s);
        return;
    }
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, ARITHMETIC_H);
    if (s->here.v.h * s->here.v.w > 1 && s->here.channels > 1)
        draw_channels(s, cut_right(&room, STRIP_W), s->v->at.target, true);
    const double side = fmin(0.28 * room.w, room.h - 40);
    draw_map_card(s, cut_left(&room, side), "∂L/∂y arrives", arriving(s), -1,
                  (Cells){p.c, p.y, p.x, 1, 1}, -1);
    draw_result_card(s, cut_right(&room, side), "∂L/∂x leaves");
    draw_parts(s, draw_titled(s, room, "What this number did", "and what it is blamed for"), &x);
    draw_arithmetic(s, card, &x, NULL, terms_note(s, &x));
}

static void draw_channel(Screen *s) {
    if (!s->here.v.v || s->here.v.h * s->here.v.w > 1) draw_gradient_channel(s);
    else draw_pixel(s);
}

const Panel lrn_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "lrn", .sentence = "its own blame, less what it took from others",
    .formula = "∂L/∂x = δ/s^β − 2αβ/S · x · Σ δ·y/s",
    .draw = {[LEVEL_CHANNEL] = draw_channel, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
