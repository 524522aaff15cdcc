/* any_loss.c — the loss: what was said, what was wanted, how surprised one must be, and what flows
 * back. */
#include <math.h>

#include "runtime/judge.h"
#include "viz/view/panels/chain.h"
#include "viz/view/panels/scores.h"

// ---- one score for two classes -------------------------------------------------------------------

static void draw_share(Screen *s, Rect r, const Verdict *d, int c) {
    const bool said = judge_class(d->out, 0) == c, label = c == d->label;
    const TextStyle name = {said ? FONT_BOLD : FONT_REGULAR, SIZE_BODY, TONE_INK, ALIGN_LEFT, false};
    const TextStyle number = {name.font, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const double p = score_share(d->out, c);
    if (label)
        draw_rect(s->d, (Rect){r.x - 12, r.y, r.w + 24, r.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
    draw_fitted(s->d, (Rect){r.x, r.y, 0.3 * r.w, r.h}, name, s->v->t.s->data.class_name[c]);
    draw_bar(s, (Rect){r.x + 0.34 * r.w, r.y + 12, 0.44 * r.w, r.h - 24}, p, 1, false);
    draw_fitted(s->d, (Rect){r.x + 0.8 * r.w, r.y, 0.2 * r.w, r.h}, number,
                arena_print(s->a, "%.2f %%", 100 * p));
}

// z, what the sigmoid makes of it, and how far that is from what was wanted.
static void draw_single(Screen *s, Rect r, const Verdict *d) {
    enum { ROW = 56 };
    const double z = (double)*at(d->score, 0, 0, 0, 0), p = (double)*at(d->out, 0, 0, 0, 0);
    const double y = d->target.v ? (double)*at(d->target, 0, 0, 0, 0) : 0;
    const char *const *name = s->v->t.s->data.class_name;
    const ChainRow row[] = {{"", "score z", 0, z, fmax(1, fabs(z))}, {"", "p = σ(z)", 0, p, 1},
                            {"− y", "p − y", y, p - y, 1}};
    const TextStyle head = {.font = FONT_BOLD, .size = SIZE_LABEL, .tone = TONE_INK};
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    const Rect in = draw_titled(s, r, "One score for two classes", "p = σ(z) = 1 / (1 + e^(−z))");
    draw_chain(s, (Rect){in.x, in.y, in.w, 3 * ROW}, row, 3, -1);
    double at_y = in.y + 3 * ROW + 30;
    draw_rule(s, (Point){in.x, at_y - 18}, (Point){in.x + in.w, at_y - 18}, TONE_LINE);
    draw_text(s->d, (Point){in.x, at_y + 14}, head, "What it says");
    for (int c = 0; c < 2; c++) draw_share(s, (Rect){in.x, at_y + 28 + c * ROW, in.w, ROW - 4}, d, c);
    draw_prose(s, (Point){in.x, at_y + 28 + 2 * ROW + 40}, in.w, words,
               arena_print(s->a, "p is the probability of %s, 1 − p that of %s. For %s y is 1, for %s it is "
                                 "0; p − y is what flows back.", name[1], name[0], name[1], name[0]));
}

// ---- the number at the side ----------------------------------------------------------------------

// The loss as a function of the probability given to the true class, and where we are on it.
static void draw_curve(Screen *s, Rect r, double p, double loss) {
    enum { POINTS = 100, LINES = 4 };
    const double top = LINES * fmax(1, ceil(fmin(loss, 1000) / LINES)); // a worse loss has its place, too
    Point curve[POINTS];
    const TextStyle right = {FONT_REGULAR, SIZE_AXIS, TONE_INK2, ALIGN_RIGHT, true};
    const TextStyle centre = {FONT_REGULAR, SIZE_AXIS, TONE_INK2, ALIGN_CENTRE, true};
    for (int k = 0; k <= LINES; k++) {
        const double y = r.y + r.h - r.h * k / LINES;
        draw_rule(s, (Point){r.x, y}, (Point){r.x + r.w, y}, k ? TONE_LINE : TONE_INK3);
        draw_text(s->d, (Point){r.x - 14, y + 5}, right, arena_print(s->a, "%.0f", k * top / LINES));
    }
    for (int i = 0; i < POINTS; i++) {
        const double q = exp(-top * (1 - i / (POINTS - 1.0)));
        curve[i] = (Point){r.x + r.w * q, r.y + r.h + r.h * log(q) / top};
    }
    draw_path(s->d, curve, POINTS, (ShapeStyle){.line = TONE_INK, .width = 3});
    const Point here = {r.x + r.w * p, r.y + r.h - r.h * fmin(loss, top) / top};
    draw_line(s->d, here, (Point){here.x, r.y + r.h},
              (ShapeStyle){.line = TONE_INK2, .width = 1.5, .dashed = true});
    draw_dot(s->d, here, 9, (ShapeStyle){.fill = TONE_INK});
    draw_dot(s->d, here, 6, (ShapeStyle){.fill = TONE_FOCUS});
    draw_text(s->d, (Point){r.x, r.y + r.h + 20}, centre, "0");
    draw_text(s->d, (Point){r.x + r.w, r.y + r.h + 20}, centre, "1");
    draw_text(s->d, (Point){r.x + r.w / 2, r.y + r.h + 20}, centre, "probability of the true class");
}

// Is the loss −ln of one probability? With smoothing=, and without a label, it is not.
static bool is_plain(const Verdict *d) {
    if (!d->surprise || d->label < 0 || !d->target.v) return false;
    if (d->out.c == 1) return *at(d->target, 0, 0, 0, 0) == (real)d->label;
    return *at(d->target, 0, d->label, 0, 0) == 1;
}

static void draw_value(Screen *s, Rect r, const Verdict *d) {
    const TextStyle words = {.size = SIZE_RESULT, .tone = TONE_INK2, .tabular = true};
    const TextStyle small = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const double *losses = trace_losses(&s->v->t), loss = losses ? losses[0] : NAN;
    const Rect in = draw_titled(s, r, "The loss of this picture", NULL);
    double y = in.y + 30;
    if (is_plain(d)) {
        const double p = score_share(d->out, d->label);
        const char *name = s->v->t.s->data.class_name[d->label];
        const char *of = d->out.c > 1 ? arena_print(s->a, "p[%s]", name) : d->label == 0 ? "(1 − p)" : "p";
        draw_fitted(s->d, (Rect){in.x, y - 18, in.w, 18}, words, arena_print(s->a, "L = −ln %s", of));
        draw_text(s->d, (Point){in.x, y + 34}, words, arena_print(s->a, "= −ln %s", number_figures(p, 4).s));
        draw_text(s->d, (Point){in.x, y + 84}, words, "=");
        draw_result(s, (Point){in.x + 24, y + 90}, SIZE_HERO, number_figures(loss, 3).s);
        const Rect chart = {in.x + 24, y + 136, in.w - 36, in.y + in.h - y - 136 - 114};
        if (chart.h > 60) draw_curve(s, chart, p, loss);
    } else {
        Answer x = answer_loss(s->a, s->v);
        x.n_helpers = 0; // they stand in the table
        const TextStyle head = {.font = FONT_BOLD, .size = SIZE_LABEL, .tone = TONE_INK};
        draw_result(s, (Point){in.x, y + 26}, SIZE_HERO, number_figures(loss, 3).s);
        draw_text(s->d, (Point){in.x, y + 80}, head, x.n > 1 ? "It is the sum of" : "It is");
        draw_terms(s, (Rect){in.x, y + 92, in.w, in.y + in.h - y - 92 - 96}, &x);
    }
    draw_prose(s, (Point){in.x, in.y + in.h - 66}, in.w, small,
               arena_print(s->a, "The batch of %d has the mean loss %s. "
                                 "Divided by %d, %s is what flows back.",
                           s->v->t.n, number_figures(s->v->t.loss, 4).s, s->v->t.n,
                           d->surprise ? "p − y" : "the last column"));
}

static void draw(Screen *s) {
    const Verdict d = verdict_of(s->v, true);
    Rect room = s->area;
    const Rect side = cut_right(&room, 360);
    if (d.surprise && !d.softmax && d.out.c == 1 && s->v->t.s->data.classes == 2) draw_single(s, room, &d);
    else draw_score_table(s, room, &d);
    draw_value(s, side, &d);
}

// y is what is wanted, as in the table.
static const char *formula_of(Screen *s) {
    const Verdict d = verdict_of(s->v, true);
    if (!d.surprise) return s->stage->formula;
    return d.softmax ? "L = -Σ y · ln p" : "L = -y · ln p - (1 - y) · ln(1 - p)";
}

// Each term of the loss is visited, where they are shown.
static int terms_of_loss(const View *v) {
    const Verdict d = verdict_of(v, true);
    if (is_plain(&d)) return 0;
    Arena *a = arena_make();
    const int n = a && setjmp(*arena_guard(a)) == 0 ? answer_loss(a, v).n : 0;
    arena_free(a);
    return n;
}

static void tell_loss(Telling *t) {
    const View *v = t->v;
    const Verdict d = verdict_of(v, true);
    const double *losses = trace_losses(&v->t);
    for (int i = 0; i < d.n_rows; i++) {
        const int c = d.row[i];
        tell(t, "  class %s: score %s, output %s, wanted %s, gradient %s%s\n", v->t.s->data.class_name[c],
             number_figures((double)*at(d.score, 0, c, 0, 0), 6).s,
             number_figures((double)*at(d.out, 0, c, 0, 0), 6).s,
             number_figures(d.target.v ? (double)*at(d.target, 0, c, 0, 0) : 0, 6).s,
             number_figures(d.diff.v ? (double)*at(d.diff, 0, c, 0, 0) : 0, 6).s,
             c == d.label ? "  ← label" : "");
    }
    tell(t, "loss of this picture %s, of the batch of %d %s\n",
         number_figures(losses ? losses[0] : NAN, 6).s, v->t.n, number_figures(v->t.loss, 6).s);
}

const Panel any_loss_panel = {
    .kind = STAGE_LOSS, .chip = "Loss", .sentence = "how surprised is the network by the right answer?",
    .formula_of = formula_of, .terms = terms_of_loss,
    .draw = {draw, draw, draw, draw}, .tell = tell_loss,
};
