/* terms.c — the terms of a sum as rows with bars: the largest first, or in order.
 *
 *     src[0,9,10] 0.57 · weights[1,0,0,0] 0.46          ▐███████        0.26 */
#include <math.h>
#include <stdlib.h>

#include "viz/view/pieces/pieces.h"

enum { ROW = 34, HELPER = 24, ROOMY = 68, FEW = 5, LEAST_BAR = 36 };

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

// What the factors are called: "x[0,9,10] · weight[1,0,2,2]", or what the term is.
static const char *row_text(Screen *s, const Term *t) {
    if (t->label) return t->label;
    const char *text = "";
    for (int f = 0; f < t->n_factors; f++)
        text = arena_print(s->a, "%s%s%s", text, f ? " · " : "",
                           operand_text(s->a, s->node, &s->v->t.s->x->graph, &t->factor[f]));
    return text;
}

// What all rows have in common: of many terms the values share a power of ten.
typedef struct Rows { const Answer *x; bool shared; double max, product_w, words_w, value_w; } Rows;

static bool is_shared(const Screen *s, const Answer *x) {
    return s->v->at.level != LEVEL_TERM && x->n > FEW;
}

Power terms_power(const Screen *s, const Answer *x) {
    return is_shared(s, x) ? power_of(terms_max(x)) : (Power){1, ""};
}

static Digits value_digits(const Rows *rows, double v) {
    const Power p = power_of(rows->max);
    return rows->shared ? number_fixed(v * p.factor, decimals_of(rows->max * p.factor))
                        : number_figures(v, 3);
}

static void tint(Screen *s, Rect r) {
    draw_rect(s->d, (Rect){r.x - 8, r.y, r.w + 16, r.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
}

// A term on two lines, where there are only a few: what it is above, how much below.
static void draw_roomy_row(Screen *s, Rect r, const Rows *rows, const Term *t, bool current) {
    const Font font = current ? FONT_BOLD : FONT_REGULAR;
    const TextStyle product = {font, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
    const TextStyle value = {font, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const double value_w = fmax(84, rows->value_w), bar_w = 0.25 * r.w;
    if (current) tint(s, r);
    draw_fitted(s->d, (Rect){r.x, r.y + 4, r.w, 26}, words, row_text(s, t));
    r.y += 30, r.h = ROW;
    draw_fitted(s->d, (Rect){r.x, r.y, r.w - value_w - bar_w - 20, r.h}, product,
                term_text(s->a, rows->x, t));
    draw_bar(s, (Rect){r.x + r.w - value_w - bar_w - 10, r.y + 9, bar_w, r.h - 18}, t->value, rows->max,
             true);
    draw_fitted(s->d, (Rect){r.x + r.w - value_w, r.y, value_w, r.h}, value,
                value_digits(rows, t->value).s);
}

static void draw_row(Screen *s, Rect r, const Rows *rows, const Term *t, bool current) {
    const Font font = current ? FONT_BOLD : FONT_REGULAR;
    const TextStyle product = {font, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
    const TextStyle value = {font, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const TextStyle words = {.size = SIZE_AXIS, .tone = current ? TONE_INK2 : TONE_INK3};
    const double value_w = rows->value_w, bar_x = rows->product_w + rows->words_w + 26;
    const double bar_w = fmin(0.25 * r.w, r.w - bar_x - value_w - 10), left = r.x + r.w - value_w - 10;
    if (current) tint(s, r);
    draw_fitted(s->d, (Rect){r.x, r.y, rows->product_w, r.h}, product, term_text(s->a, rows->x, t));
    if (rows->words_w > 0)
        draw_fitted(s->d, (Rect){r.x + rows->product_w + 12, r.y, rows->words_w, r.h}, words, row_text(s, t));
    if (bar_w >= LEAST_BAR)
        draw_bar(s, (Rect){left - bar_w, r.y + 9, bar_w, r.h - 18}, t->value, rows->max, true);
    draw_fitted(s->d, (Rect){r.x + r.w - value_w, r.y, value_w, r.h}, value,
                value_digits(rows, t->value).s);
}

static double draw_helpers(Screen *s, Rect r, const Answer *x) {
    const TextStyle style = {.size = SIZE_LABEL, .tone = TONE_INK2, .tabular = true};
    double y = r.y;
    for (int i = 0; i < x->n_helpers && y + HELPER < r.y + 0.7 * r.h; i++, y += HELPER)
        draw_fitted(s->d, (Rect){r.x, y, r.w, HELPER}, style,
                    helper_text(s->a, s->node, &s->v->t.s->x->graph, &x->helper[i], 4));
    return y - r.y;
}

// The widths all rows need. Bars have what is left; where that is too little there are none, and where
// not even the names have room, these are left away.
static Rows rows_of(Screen *s, const Answer *x, const Term *const *row, int n, double w) {
    const TextStyle bold = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
    const TextStyle words = {.size = SIZE_AXIS};
    Rows r = {.x = x, .shared = is_shared(s, x), .max = terms_max(x)};
    for (int i = 0; i < n; i++) {
        r.product_w = fmax(r.product_w, fonts_width(s->d->fonts, &bold, term_text(s->a, x, row[i])) + 4);
        r.words_w = fmax(r.words_w, fonts_width(s->d->fonts, &words, row_text(s, row[i])) + 2);
        r.value_w = fmax(r.value_w, fonts_width(s->d->fonts, &bold, value_digits(&r, row[i]->value).s) + 4);
    }
    r.product_w = fmin(r.product_w, 0.6 * w);
    if (r.product_w + r.words_w + r.value_w + 34 > w) r.words_w = 0;
    return r;
}

double terms_max(const Answer *x) {
    double max = 1e-12;
    for (int i = 0; i < x->kept; i++) max = fmax(max, fabs(x->term[i].value));
    return max;
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
    const Rows rows = rows_of(s, x, row, n, r.w);
    const bool roomy = n * ROOMY <= r.h;
    for (int i = 0; i < n; i++) {
        const bool current = s->v->at.level == LEVEL_TERM &&
                             row[i] == &x->term[s->v->at.term - x->first];
        const Rect place = {r.x, r.y + i * (roomy ? ROOMY : ROW), r.w, roomy ? ROOMY : ROW};
        if (roomy) draw_roomy_row(s, place, &rows, row[i], current);
        else draw_row(s, place, &rows, row[i], current);
    }
}
