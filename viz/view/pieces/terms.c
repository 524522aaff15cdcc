/* terms.c — the terms of a sum as rows with bars: the largest first, or in order.
 *
 *     src[0,9,10] 0.57 · weights[1,0,0,0] 0.46          ▐███████        0.26 */
#include <math.h>
#include <stdlib.h>

#include "viz/view/pieces/pieces.h"

enum { ROW = 34 };

static int by_size(const void *a, const void *b) {
    const Term *s = *(const Term *const *)a, *t = *(const Term *const *)b;
    const double d = fabs(t->value) - fabs(s->value);
    return d > 0 ? 1 : d < 0 ? -1 : s < t ? -1 : s > t;
}

// The n rows that are shown; the number of the first one if they stand in order.
static const Term **choose(Screen *s, const Answer *x, int n) {
    const Term **row = arena_array(s->a, const Term *, (size_t)x->kept + 1);
    for (int i = 0; i < x->kept; i++) row[i] = &x->term[i];
    if (s->v->at.level != LEVEL_TERM) {
        qsort(row, (size_t)x->kept, sizeof *row, by_size);
        return row;
    }
    int from = s->v->at.term - x->first - n / 2;
    if (from > x->kept - n) from = x->kept - n;
    return row + (from > 0 ? from : 0);
}

static const char *row_text(Screen *s, const Term *t) {
    const char *text = t->label ? arena_print(s->a, "%s  ", t->label) : "";
    for (int f = 0; f < t->n_factors; f++) {
        const Operand *o = &t->factor[f];
        text = arena_print(s->a, "%s%s%s %s", text, f ? " · " : "", operand_text(s->a, o),
                           number_figures(o->v, 3).s);
    }
    return text;
}

static void draw_row(Screen *s, Rect r, const Term *t, double max, bool current) {
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2, .tabular = true};
    const TextStyle value = {current ? FONT_BOLD : FONT_REGULAR, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const double value_w = 96, bar_w = fmin(120, r.w * 0.22);
    if (current) draw_rect(s->d, (Rect){r.x - 8, r.y, r.w + 16, r.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
    draw_fitted(s->d, (Rect){r.x, r.y, r.w - value_w - bar_w - 16, r.h}, words, row_text(s, t));
    draw_bar(s, (Rect){r.x + r.w - value_w - bar_w, r.y + 9, bar_w, r.h - 18}, t->value, max, true);
    draw_fitted(s->d, (Rect){r.x + r.w - value_w, r.y, value_w, r.h}, value,
                number_figures(t->value, 3).s);
}

static double draw_helpers(Screen *s, Rect r, const Answer *x) {
    const TextStyle style = {.size = SIZE_LABEL, .tone = TONE_INK2, .tabular = true};
    double y = r.y;
    for (int i = 0; i < x->n_helpers && y + 26 < r.y + r.h / 2; i++, y += 26) {
        const Operand *o = &x->helper[i];
        const char *note = o->of == OF_NOTHING && o->note ? o->note : "";
        draw_fitted(s->d, (Rect){r.x, y, r.w, 24}, style,
                    arena_print(s->a, "%s = %s%s%s", o->name, number_figures(o->v, 4).s,
                                *note ? "   " : "", note));
    }
    return y - r.y;
}

void draw_terms(Screen *s, Rect r, const Answer *x) {
    if (!x->known) {
        const TextStyle style = {.size = SIZE_LABEL, .tone = TONE_INK3};
        draw_prose(s, (Point){r.x, r.y + 20}, r.w, style, "This number is not taken apart.");
        return;
    }
    const double used = draw_helpers(s, r, x);
    r.y += used, r.h -= used;
    const int room = (int)(r.h / ROW), n = x->kept < room ? x->kept : room;
    const Term **row = choose(s, x, n);
    double max = 1e-12;
    for (int i = 0; i < x->kept; i++) max = fmax(max, fabs(x->term[i].value));
    for (int i = 0; i < n; i++) {
        const bool current = s->v->at.level == LEVEL_TERM &&
                             row[i] == &x->term[s->v->at.term - x->first];
        draw_row(s, (Rect){r.x, r.y + i * ROW, r.w, ROW}, row[i], max, current);
    }
}
