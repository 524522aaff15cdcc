/* any_loss.c — the loss: what was said, what was wanted, and what flows back.
 *
 *     class   score z   z − max   e^(z − max)   probability p   wanted y   p − y
 *
 * For cross-entropy behind a softmax each column follows from the one before; for any other loss
 * only score, output, wanted and gradient are shown. The gradient is that of this one picture: the
 * batch's mean divides it by the number of pictures. */
#include <math.h>
#include <string.h>

#include "runtime/judge.h"
#include "viz/view/panel.h"
#include "viz/view/pieces/pieces.h"

enum { ROWS = 10 };

typedef struct Verdict {
    Tensor score, diff, out, target;
    int classes, label;
    bool softmax, surprise;   // the last layer; the loss is −ln p
    double max, sum;          // of the scores; of the exponentials
    int row[ROWS], n_rows;    // the classes that are shown
} Verdict;

static bool is_shown(const Verdict *d, int c) {
    for (int i = 0; i < d->n_rows; i++)
        if (d->row[i] == c) return true;
    return false;
}

// All classes if there is room, else the label and those with the largest scores, in order.
static void choose_rows(Verdict *d, int current) {
    if (d->classes <= ROWS) {
        for (int c = 0; c < d->classes; c++) d->row[d->n_rows++] = c;
        return;
    }
    if (d->label >= 0) d->row[d->n_rows++] = d->label;
    if (!is_shown(d, current)) d->row[d->n_rows++] = current;
    while (d->n_rows < ROWS) {
        int best = -1;
        for (int c = 0; c < d->classes; c++)
            if (!is_shown(d, c) && (best < 0 || *at(d->score, 0, c, 0, 0) > *at(d->score, 0, best, 0, 0)))
                best = c;
        d->row[d->n_rows++] = best;
    }
    for (int i = 1; i < ROWS; i++)
        for (int k = i; k > 0 && d->row[k] < d->row[k - 1]; k--) {
            const int c = d->row[k];
            d->row[k] = d->row[k - 1], d->row[k - 1] = c;
        }
}

static Verdict verdict_of(const View *v) {
    const Trace *t = &v->t;
    const Experiment *x = t->s->x;
    Verdict d = {.score = trace_value(t, t->score), .diff = trace_diff(t, t->score),
                 .out = trace_value(t, x->graph.output), .target = trace_target(t),
                 .label = t->label[0], .max = -INFINITY};
    d.classes = d.score.c;
    d.softmax = strcmp(x->graph.node[x->graph.output].use.kind->name, "softmax") == 0;
    d.surprise = d.softmax && strcmp(x->loss.kind->name, "crossentropy") == 0;
    for (int c = 0; c < d.classes; c++) d.max = fmax(d.max, (double)*at(d.score, 0, c, 0, 0));
    for (int c = 0; c < d.classes; c++) d.sum += exp((double)*at(d.score, 0, c, 0, 0) - d.max);
    choose_rows(&d, v->at.channel < d.classes ? v->at.channel : 0);
    return d;
}

// ---- the table -----------------------------------------------------------------------------------

typedef enum TableColumn {
    COLUMN_CLASS, COLUMN_SCORE, COLUMN_LESS, COLUMN_POWER, COLUMN_SHARE, COLUMN_WANTED, COLUMN_DIFF, N_COLUMNS
} TableColumn;

static const struct { const char *head; double from, to; bool softmax_only; } columns[N_COLUMNS] = {
    [COLUMN_CLASS]  = {"class",         0.00, 0.10, false},
    [COLUMN_SCORE]  = {"score z",       0.10, 0.27, false},
    [COLUMN_LESS]   = {"z − max",       0.27, 0.38, true},
    [COLUMN_POWER]  = {"e^(z − max)",   0.38, 0.53, true},
    [COLUMN_SHARE]  = {"p",             0.55, 0.78, false},
    [COLUMN_WANTED] = {"wanted y",      0.78, 0.88, false},
    [COLUMN_DIFF]   = {"p − y",         0.88, 1.00, false},
};

static Rect column_place(Rect row, TableColumn i) {
    return (Rect){row.x + columns[i].from * row.w, row.y, (columns[i].to - columns[i].from) * row.w, row.h};
}

static const char *head_of(const Verdict *d, TableColumn i) {
    if (i == COLUMN_DIFF && !d->surprise) return "∂L/∂z";
    if (i == COLUMN_SHARE && !d->softmax) return "output";
    return columns[i].head;
}

static void draw_heads(Screen *s, Rect row, const Verdict *d) {
    for (TableColumn i = 0; i < N_COLUMNS; i++) {
        if (columns[i].softmax_only && !d->softmax) continue;
        const Tone tone = i == COLUMN_DIFF ? TONE_BACKWARD : TONE_INK;
        const Align align = i == COLUMN_CLASS ? ALIGN_LEFT : ALIGN_RIGHT;
        const TextStyle style = {FONT_BOLD, SIZE_LABEL, tone, align, false};
        draw_fitted(s->d, column_place(row, i), style, head_of(d, i));
    }
}

static double diff_of(const Screen *s, const Verdict *d, int c) {
    return d->diff.v ? (double)*at(d->diff, 0, c, 0, 0) * s->v->t.n : 0;
}

static void draw_row(Screen *s, Rect row, const Verdict *d, int c, double max) {
    const double z = (double)*at(d->score, 0, c, 0, 0), less = z - d->max;
    const double p = c < d->out.c ? (double)*at(d->out, 0, c, 0, 0) : 0;
    const double y = d->target.v ? (double)*at(d->target, 0, c, 0, 0) : 0;
    const bool said = judge_class(d->out, 0) == c;
    const TextStyle name = {said ? FONT_BOLD : FONT_REGULAR, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
    TextStyle number = {FONT_REGULAR, SIZE_BODY, TONE_INK2, ALIGN_RIGHT, true};
    if (c == d->label)
        draw_rect(s->d, (Rect){row.x - 15, row.y, row.w + 30, row.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
    else draw_line(s->d, (Point){row.x, row.y + row.h}, (Point){row.x + row.w, row.y + row.h},
                   (ShapeStyle){.line = TONE_SUNKEN});
    draw_fitted(s->d, column_place(row, COLUMN_CLASS), name, s->v->t.s->data.class_name[c]);

    Rect place = column_place(row, COLUMN_SCORE);
    draw_bar(s, (Rect){place.x, row.y + 9, place.w - 82, row.h - 18}, z, max, true);
    draw_fitted(s->d, (Rect){place.x + place.w - 78, row.y, 78, row.h}, number, number_fixed(z, 2).s);
    if (d->softmax) {
        draw_fitted(s->d, column_place(row, COLUMN_LESS), number, number_fixed(less, 2).s);
        draw_fitted(s->d, column_place(row, COLUMN_POWER), number, number_fixed(exp(less), 4).s);
    }
    place = column_place(row, COLUMN_SHARE);
    const bool probable = judge_probable(&s->v->t.s->x->graph);
    if (probable) draw_bar(s, (Rect){place.x, row.y + 9, place.w - 92, row.h - 18}, p, 1, false);
    number.tone = TONE_INK, number.font = said ? FONT_BOLD : FONT_REGULAR;
    draw_fitted(s->d, (Rect){place.x + place.w - 88, row.y, 88, row.h}, number,
                probable ? arena_print(s->a, "%.2f %%", 100 * p) : number_fixed(p, 3).s);
    number.font = FONT_REGULAR;
    draw_fitted(s->d, column_place(row, COLUMN_WANTED), number, y == 1 ? "1" : number_figures(y, 2).s);
    const double g = diff_of(s, d, c);
    draw_fitted(s->d, column_place(row, COLUMN_DIFF), number,
                arena_print(s->a, "%s%s", g > 0 ? "+" : "", number_fixed(g, 4).s));
}

static void draw_sums(Screen *s, Rect row, const Verdict *d) {
    const TextStyle style = {FONT_REGULAR, SIZE_LABEL, TONE_INK2, ALIGN_RIGHT, true};
    double sum = 0;
    for (int c = 0; c < d->classes; c++) sum += diff_of(s, d, c);
    draw_rule(s, (Point){row.x, row.y + 2}, (Point){row.x + row.w, row.y + 2}, TONE_LINE);
    if (d->softmax) {
        draw_fitted(s->d, column_place(row, COLUMN_SCORE), style,
                    arena_print(s->a, "max %s", number_fixed(d->max, 2).s));
        draw_fitted(s->d, column_place(row, COLUMN_POWER), style,
                    arena_print(s->a, "Σ = %s", number_fixed(d->sum, 4).s));
        draw_fitted(s->d, column_place(row, COLUMN_SHARE), style, "Σ = 1");
    }
    draw_fitted(s->d, column_place(row, COLUMN_DIFF), style, arena_print(s->a, "Σ = %s", number_fixed(sum, 3).s));
}

static void draw_table(Screen *s, Rect r, const Verdict *d) {
    draw_card(s->d, r);
    const Rect in = {r.x + 20, r.y + 10, r.w - 40, r.h - 20};
    const double head = 36, foot = 36, h = fmin(46, (in.h - head - foot) / d->n_rows);
    double max = 1e-12;
    for (int c = 0; c < d->classes; c++) max = fmax(max, fabs((double)*at(d->score, 0, c, 0, 0)));
    draw_heads(s, (Rect){in.x, in.y, in.w, head}, d);
    for (int i = 0; i < d->n_rows; i++) {
        const Rect row = {in.x, in.y + head + i * h, in.w, h};
        draw_row(s, row, d, d->row[i], max);
        if (s->v->at.level > LEVEL_STAGE && d->row[i] == s->v->at.channel)
            draw_mark(s, (Rect){row.x - 6, row.y + 3, row.w + 12, row.h - 6});
    }
    draw_sums(s, (Rect){in.x, in.y + head + d->n_rows * h, in.w, foot}, d);
}

// ---- the number at the side ----------------------------------------------------------------------

// The loss as a function of the probability given to the true class, and where we are on it.
static void draw_curve(Screen *s, Rect r, double p, double loss) {
    enum { POINTS = 100, TOP = 4 };
    Point curve[POINTS];
    const TextStyle right = {FONT_REGULAR, SIZE_AXIS, TONE_INK2, ALIGN_RIGHT, true};
    const TextStyle centre = {FONT_REGULAR, SIZE_AXIS, TONE_INK2, ALIGN_CENTRE, true};
    for (int k = 0; k <= TOP; k++) {
        const double y = r.y + r.h - r.h * k / TOP;
        draw_rule(s, (Point){r.x, y}, (Point){r.x + r.w, y}, k ? TONE_LINE : TONE_INK3);
        draw_text(s->d, (Point){r.x - 8, y + 5}, right, arena_print(s->a, "%d", k));
    }
    for (int i = 0; i < POINTS; i++) {
        const double q = exp(-TOP * (1 - i / (POINTS - 1.0)));
        curve[i] = (Point){r.x + r.w * q, r.y + r.h + r.h * log(q) / TOP};
    }
    draw_path(s->d, curve, POINTS, (ShapeStyle){.line = TONE_INK, .width = 3});
    const Point here = {r.x + r.w * p, r.y + r.h - r.h * fmin(loss, TOP) / TOP};
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
    const Verdict d = verdict_of(s->v);
    Rect room = s->area;
    const Rect side = cut_right(&room, 360);
    draw_table(s, room, &d);
    draw_value(s, side, &d);
}

static void tell_loss(Telling *t) {
    const View *v = t->v;
    const Verdict d = verdict_of(v);
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
