/* any_loss.c — the loss: what was said, what was wanted, how surprised one must be, and what flows
 * back. */
#include <math.h>

#include "viz/view/panels/scores.h"

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

static void draw_value(Screen *s, Rect r, const Verdict *d) {
    const TextStyle words = {.size = SIZE_RESULT, .tone = TONE_INK2, .tabular = true};
    const TextStyle small = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const double *losses = trace_losses(&s->v->t), loss = losses ? losses[0] : NAN;
    const bool plain = d->surprise && d->label >= 0 && d->target.v &&
                       *at(d->target, 0, d->label, 0, 0) == 1;
    const Rect in = draw_titled(s, r, "The loss of this picture", NULL);
    double y = in.y + 30;
    if (plain) {
        const double p = (double)*at(d->out, 0, d->label, 0, 0);
        draw_fitted(s->d, (Rect){in.x, y - 18, in.w, 18}, words,
                    arena_print(s->a, "L = −ln p[%s]", s->v->t.s->data.class_name[d->label]));
        draw_text(s->d, (Point){in.x, y + 34}, words, arena_print(s->a, "= −ln %s", number_figures(p, 4).s));
        draw_text(s->d, (Point){in.x, y + 84}, words, "=");
        draw_result(s, (Point){in.x + 24, y + 90}, SIZE_HERO, number_figures(loss, 3).s);
        const Rect chart = {in.x + 24, y + 136, in.w - 36, in.y + in.h - y - 136 - 114};
        if (chart.h > 60) draw_curve(s, chart, p, loss);
    } else {
        draw_result(s, (Point){in.x, y + 26}, SIZE_HERO, number_figures(loss, 3).s);
    }
    draw_prose(s, (Point){in.x, in.y + in.h - 66}, in.w, small,
               arena_print(s->a, "The batch of %d has the mean loss %s. "
                                 "Divided by %d, the last column is what flows back.",
                           s->v->t.n, number_figures(s->v->t.loss, 4).s, s->v->t.n));
}

static void draw(Screen *s) {
    const Verdict d = verdict_of(s->v, true);
    Rect room = s->area;
    const Rect side = cut_right(&room, 360);
    draw_score_table(s, room, &d);
    draw_value(s, side, &d);
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
    .draw = {draw, draw, draw, draw}, .tell = tell_loss,
};
