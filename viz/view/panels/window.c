/* window.c — see window.h. */
#include "viz/view/panels/window.h"

#include <math.h>

// The operand of a term that lies in such a tensor, or NULL.
static const Operand *operand(const Term *t, OperandOf of) {
    for (int f = 0; f < t->n_factors; f++)
        if (t->factor[f].of == of) return &t->factor[f];
    return NULL;
}

Window window_of(Screen *s, const Answer *x, Tensor kernel, int c) {
    const int cells = kernel.h * kernel.w;
    Window w = {.rows = kernel.h, .columns = kernel.w, .channel = c};
    w.x = arena_array(s->a, float, (size_t)cells), w.w = arena_array(s->a, float, (size_t)cells);
    w.product = arena_array(s->a, float, (size_t)cells);
    w.term = arena_array(s->a, int, (size_t)cells);
    for (int i = 0; i < cells; i++) w.term[i] = -1;
    for (int i = 0; i < x->kept; i++) {
        const Term *t = &x->term[i];
        const Operand *src = operand(t, OF_SRC), *weight = operand(t, OF_PARAM);
        if (!src && weight) w.bias = t->value, w.has_bias = true;
        if (!src || !weight || src->c != c) continue;
        const int cell = weight->y * kernel.w + weight->x;
        w.x[cell] = (float)src->v, w.w[cell] = (float)weight->v;
        w.product[cell] = (float)t->value;
        w.term[cell] = x->first + i;
    }
    return w;
}

double window_sum(const Answer *x, int channel) {
    double sum = 0;
    for (int i = 0; i < x->kept; i++) {
        const Operand *src = operand(&x->term[i], OF_SRC);
        if (src && src->c == channel) sum += x->term[i].value;
    }
    return sum;
}

Cells window_cells(const Answer *x, int channel) {
    int y0 = 0, x0 = 0, y1 = -1, x1 = -1;
    for (int i = 0; i < x->kept; i++) {
        const Operand *src = operand(&x->term[i], OF_SRC);
        if (!src || src->c != channel) continue;
        const bool first = y1 < 0;
        y0 = first || src->y < y0 ? src->y : y0, x0 = first || src->x < x0 ? src->x : x0;
        y1 = src->y > y1 ? src->y : y1, x1 = src->x > x1 ? src->x : x1;
    }
    return (Cells){channel, y0, x0, y1 - y0 + 1, x1 - x0 + 1};
}

int window_channel(const Screen *s, const Answer *x) {
    const int i = s->v->at.term - x->first;
    if (s->v->at.level == LEVEL_TERM && i >= 0 && i < x->kept) {
        const Operand *src = operand(&x->term[i], OF_SRC);
        if (src) return src->c;
    }
    int best = 0, last = -1;
    double most = -1;
    for (int k = 0; k < x->kept; k++) {
        const Operand *src = operand(&x->term[k], OF_SRC);
        if (!src || src->c == last) continue;
        last = src->c;
        const double sum = fabs(window_sum(x, last));
        if (sum > most) most = sum, best = last;
    }
    return best;
}

// ---- one grid ------------------------------------------------------------------------------------

enum { HEAD = 26, SIGN = 40 };

static void cover(Screen *s, Rect r, bool outside) {
    draw_rect(s->d, r, (ShapeStyle){.fill = TONE_SUNKEN, .line = TONE_LINE});
    if (!outside) draw_hatch(s->d, r, TONE_LINE, 8);
}

Rect draw_window_grid(Screen *s, Rect r, const Grid *g) {
    const TextStyle bold = {.font = FONT_BOLD, .size = SIZE_LABEL, .tone = TONE_INK};
    const TextStyle sign = {FONT_BOLD, SIZE_TITLE, TONE_INK, ALIGN_CENTRE, false};
    const double cell = fmin(84, (r.w - 2 * SIGN) / g->columns), w = cell * g->columns;
    const Rect in = {r.x + (r.w - w) / 2, r.y + HEAD, w, r.h - HEAD - 8};
    const Map m = {.v = g->v, .rows = g->rows, .columns = g->columns, .scale = g->scale,
                   .max = g->max, .done = g->rows * g->columns, .target = -1, .step = g->columns};
    draw_fitted(s->d, (Rect){in.x, r.y + 4, r.x + r.w - in.x, 14}, bold, g->title);
    draw_fitted(s->d, (Rect){in.x - SIGN, in.y, SIGN - 6, in.h}, sign, g->sign);
    draw_grid(s, in, &m, power_of(g->max), SIZE_BODY);
    for (int i = 0; i < g->rows * g->columns; i++) {
        const Rect place = map_cells(in, &m, i / g->columns, i % g->columns, 1, 1);
        const bool outside = g->term && g->term[i] < 0;
        if (outside || i >= g->done) cover(s, place, outside);
    }
    if (g->framed) draw_marker(s->d, in);
    const int row = g->current / g->columns, column = g->current % g->columns;
    if (g->current >= 0) draw_mark(s, map_cells(in, &m, row, column, 1, 1));
    return in;
}
