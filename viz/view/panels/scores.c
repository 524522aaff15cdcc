/* scores.c — see scores.h. */
#include "viz/view/panels/scores.h"

#include <math.h>
#include <string.h>

#include "runtime/judge.h"

static bool is_shown(const Verdict *d, int c) {
    for (int i = 0; i < d->n_rows; i++)
        if (d->row[i] == c) return true;
    return false;
}

// All classes if there is room, else the label and those with the largest scores, in order.
static void choose_rows(Verdict *d, int current) {
    if (d->classes <= SCORE_ROWS) {
        for (int c = 0; c < d->classes; c++) d->row[d->n_rows++] = c;
        return;
    }
    if (d->label >= 0) d->row[d->n_rows++] = d->label;
    if (!is_shown(d, current)) d->row[d->n_rows++] = current;
    while (d->n_rows < SCORE_ROWS) {
        int best = -1;
        for (int c = 0; c < d->classes; c++)
            if (!is_shown(d, c) && (best < 0 || *at(d->score, 0, c, 0, 0) > *at(d->score, 0, best, 0, 0)))
                best = c;
        d->row[d->n_rows++] = best;
    }
    for (int i = 1; i < SCORE_ROWS; i++)
        for (int k = i; k > 0 && d->row[k] < d->row[k - 1]; k--) {
            const int c = d->row[k];
            d->row[k] = d->row[k - 1], d->row[k - 1] = c;
        }
}

Verdict verdict_of(const View *v, bool judged) {
    const Trace *t = &v->t;
    const Experiment *x = t->s->x;
    const Node *last = &x->graph.node[x->graph.output];
    const bool softmax = strcmp(last->use.kind->name, "softmax") == 0;
    // Behind a softmax z is what went into it, whatever the loss looks at.
    const int score = softmax || !t->judged ? last->src[0] : t->score;
    Verdict d = {.score = trace_value(t, score), .diff = trace_diff(t, t->score), .softmax = softmax,
                 .out = trace_value(t, x->graph.output), .target = trace_target(t),
                 .label = t->label[0], .judged = judged, .max = -INFINITY};
    d.classes = d.score.c;
    d.surprise = x->loss.kind && strcmp(x->loss.kind->name, "crossentropy") == 0;
    for (int c = 0; c < d.classes; c++) d.max = fmax(d.max, (double)*at(d.score, 0, c, 0, 0));
    for (int c = 0; c < d.classes; c++) d.sum += exp((double)*at(d.score, 0, c, 0, 0) - d.max);
    choose_rows(&d, v->at.channel < d.classes ? v->at.channel : 0);
    return d;
}

double score_share(Tensor out, int c) {
    const double y = (double)*at(out, 0, out.c == 1 ? 0 : c, 0, 0);
    return out.c == 1 && c == 0 ? 1 - y : y;
}

// ---- the table -----------------------------------------------------------------------------------

typedef enum TableColumn {
    COLUMN_CLASS, COLUMN_SCORE, COLUMN_LESS, COLUMN_POWER, COLUMN_SHARE, COLUMN_WANTED, COLUMN_DIFF, N_COLUMNS
} TableColumn;

static const struct { const char *head; double from, to; bool softmax_only; } columns[N_COLUMNS] = {
    [COLUMN_CLASS]  = {"class",         0.00, 0.13, false},
    [COLUMN_SCORE]  = {"score z",       0.13, 0.29, false},
    [COLUMN_LESS]   = {"z − max",       0.29, 0.39, true},
    [COLUMN_POWER]  = {"e^(z − max)",   0.39, 0.53, true},
    [COLUMN_SHARE]  = {"p",             0.55, 0.77, false},
    [COLUMN_WANTED] = {"wanted y",      0.77, 0.88, false},
    [COLUMN_DIFF]   = {"p − y",         0.88, 1.00, false},
};

// Without the last two columns the others have all the room.
static Rect column_place(const Verdict *d, Rect row, TableColumn i) {
    const double w = d->judged ? row.w : row.w / columns[COLUMN_SHARE].to;
    return (Rect){row.x + columns[i].from * w, row.y, (columns[i].to - columns[i].from) * w, row.h};
}

static const char *head_of(const Verdict *d, TableColumn i) {
    if (i == COLUMN_DIFF && !d->surprise) return "∂L/∂y";
    if (i == COLUMN_SHARE && !d->surprise) return d->softmax ? "p = y" : "output y";
    if (i == COLUMN_WANTED && !d->surprise) return "wanted t";
    return columns[i].head;
}

static void draw_heads(Screen *s, Rect row, const Verdict *d) {
    for (TableColumn i = 0; i < N_COLUMNS; i++) {
        if (columns[i].softmax_only && !d->softmax) continue;
        if (i >= COLUMN_WANTED && !d->judged) continue;
        const Tone tone = i == COLUMN_DIFF ? TONE_BACKWARD : TONE_INK;
        const Align align = i == COLUMN_CLASS ? ALIGN_LEFT : ALIGN_RIGHT;
        const TextStyle style = {FONT_BOLD, SIZE_LABEL, tone, align, false};
        draw_fitted(s->d, column_place(d, row, i), style, head_of(d, i));
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
    draw_fitted(s->d, column_place(d, row, COLUMN_CLASS), name, s->v->t.s->data.class_name[c]);

    Rect place = column_place(d, row, COLUMN_SCORE);
    const double thick = fmin(32, row.h - 18), middle = row.y + row.h / 2;
    draw_bar(s, (Rect){place.x, middle - thick / 2, place.w - 82, thick}, z, max, true);
    draw_fitted(s->d, (Rect){place.x + place.w - 78, row.y, 78, row.h}, number, number_fixed(z, 2).s);
    if (d->softmax) {
        draw_fitted(s->d, column_place(d, row, COLUMN_LESS), number, number_fixed(less, 2).s);
        draw_fitted(s->d, column_place(d, row, COLUMN_POWER), number, number_fixed(exp(less), 4).s);
    }
    place = column_place(d, row, COLUMN_SHARE);
    const bool probable = judge_probable(&s->v->t.s->x->graph);
    if (probable) draw_bar(s, (Rect){place.x, middle - thick / 2, place.w - 92, thick}, p, 1, false);
    number.tone = TONE_INK, number.font = said ? FONT_BOLD : FONT_REGULAR;
    draw_fitted(s->d, (Rect){place.x + place.w - 88, row.y, 88, row.h}, number,
                probable ? arena_print(s->a, "%.2f %%", 100 * p) : number_fixed(p, 3).s);
    number.font = FONT_REGULAR;
    if (!d->judged) return;
    draw_fitted(s->d, column_place(d, row, COLUMN_WANTED), number, y == 1 ? "1" : number_figures(y, 2).s);
    const double g = diff_of(s, d, c);
    draw_fitted(s->d, column_place(d, row, COLUMN_DIFF), number,
                arena_print(s->a, "%s%s", g > 0 ? "+" : "", number_fixed(g, 4).s));
}

static void draw_sums(Screen *s, Rect row, const Verdict *d) {
    const TextStyle style = {FONT_REGULAR, SIZE_LABEL, TONE_INK2, ALIGN_RIGHT, true};
    double sum = 0;
    for (int c = 0; c < d->classes; c++) sum += diff_of(s, d, c);
    draw_rule(s, (Point){row.x, row.y + 2}, (Point){row.x + row.w, row.y + 2}, TONE_LINE);
    if (d->softmax) {
        draw_fitted(s->d, column_place(d, row, COLUMN_SCORE), style,
                    arena_print(s->a, "max %s", number_fixed(d->max, 2).s));
        draw_fitted(s->d, column_place(d, row, COLUMN_POWER), style,
                    arena_print(s->a, "Σ = %s", number_fixed(d->sum, 4).s));
        draw_fitted(s->d, column_place(d, row, COLUMN_SHARE), style, "Σ = 1");
    }
    if (d->judged) draw_fitted(s->d, column_place(d, row, COLUMN_DIFF), style,
                               arena_print(s->a, "Σ = %s", number_fixed(sum, 3).s));
}

void draw_score_table(Screen *s, Rect r, const Verdict *d) {
    draw_card(s->d, r);
    const Rect in = {r.x + 20, r.y + 10, r.w - 40, r.h - 20};
    const double head = 36, foot = 36, h = fmin(84, (in.h - head - foot) / d->n_rows);
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
