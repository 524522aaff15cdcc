/* terms.c — the terms of a sum as rows with bars: the largest first, or in order.
 *
 *     src[0,9,10] 0.57 · weights[1,0,0,0] 0.46          ▐███████        0.26 */
#include <math.h>
#include <stdlib.h>

#include "viz/view/pieces/pieces.h"

enum { ROW = 34, ROOMY = 68 };

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

// A term on two lines, where there are only a few: what it is above, how much below.
static void draw_roomy_row(Screen *s, Rect r, const Term *t, double max, bool current) {
    const Font font = current ? FONT_BOLD : FONT_REGULAR;
    const TextStyle product = {font, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
    const TextStyle value = {font, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const Power p = power_of(max);
    const double value_w = 84, bar_w = 0.3 * r.w;
    if (current) draw_rect(s->d, (Rect){r.x - 8, r.y, r.w + 16, r.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
    draw_fitted(s->d, (Rect){r.x, r.y + 4, r.w, 26}, words, row_text(s, t));
    r.y += 30, r.h = ROW;
    draw_fitted(s->d, (Rect){r.x, r.y, r.w - value_w - bar_w - 10, r.h}, product, term_text(s->a, t));
    draw_bar(s, (Rect){r.x + r.w - value_w - bar_w, r.y + 9, bar_w, r.h - 18}, t->value, max, true);
    draw_fitted(s->d, (Rect){r.x + r.w - value_w, r.y, value_w, r.h}, value,
                number_fixed(t->value * p.factor, decimals_of(max * p.factor)).s);
}

static void draw_row(Screen *s, Rect r, const Term *t, double max, bool current, double product_w) {
    const Font font = current ? FONT_BOLD : FONT_REGULAR;
    const TextStyle product = {font, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
    const TextStyle value = {font, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const TextStyle words = {.size = SIZE_AXIS, .tone = current ? TONE_INK2 : TONE_INK3};
    const Power p = power_of(max);
    const double value_w = 76, bar_w = 0.2 * r.w;
    const double words_w = r.w - value_w - bar_w - product_w - 20;
    if (current) draw_rect(s->d, (Rect){r.x - 8, r.y, r.w + 16, r.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
    draw_fitted(s->d, (Rect){r.x, r.y, product_w, r.h}, product, term_text(s->a, t));
    if (words_w > 60) draw_fitted(s->d, (Rect){r.x + product_w + 8, r.y, words_w, r.h}, words,
                                  row_text(s, t));
    draw_bar(s, (Rect){r.x + r.w - value_w - bar_w, r.y + 9, bar_w, r.h - 18}, t->value, max, true);
    draw_fitted(s->d, (Rect){r.x + r.w - value_w, r.y, value_w, r.h}, value,
                number_fixed(t->value * p.factor, decimals_of(max * p.factor)).s);
}

static double draw_helpers(Screen *s, Rect r, const Answer *x) {
    const TextStyle style = {.size = SIZE_LABEL, .tone = TONE_INK2, .tabular = true};
    double y = r.y;
    for (int i = 0; i < x->n_helpers && y + 26 < r.y + 0.7 * r.h; i++, y += 26)
        draw_fitted(s->d, (Rect){r.x, y, r.w, 24}, style,
                    helper_text(s->a, s->node, &s->v->t.s->x->graph, &x->helper[i], 4));
    return y - r.y;
}

// The width all products need, at most `most`.
static double products_width(Screen *s, const Term *const *row, int n, double most) {
    const TextStyle product = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
    double w = 0;
    for (int i = 0; i < n; i++) w = fmax(w, fonts_width(s->d->fonts, &product, term_text(s->a, row[i])));
    return fmin(w + 4, most);
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
    const double max = terms_max(x);
    const bool roomy = n * ROOMY <= r.h;
    const double products = products_width(s, row, n, 0.5 * r.w);
    for (int i = 0; i < n; i++) {
        const bool current = s->v->at.level == LEVEL_TERM &&
                             row[i] == &x->term[s->v->at.term - x->first];
        const Rect place = {r.x, r.y + i * (roomy ? ROOMY : ROW), r.w, roomy ? ROOMY : ROW};
        if (roomy) draw_roomy_row(s, place, row[i], max, current);
        else draw_row(s, place, row[i], max, current, products);
    }
}
