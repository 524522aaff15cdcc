/* chain.c — see chain.h. */
#include "viz/view/panels/chain.h"

#include <math.h>

static void draw_row(Screen *s, Rect r, const ChainRow *row, double max, bool hidden) {
    const TextStyle step = {FONT_REGULAR, SIZE_BODY, TONE_INK2, ALIGN_LEFT, true};
    const TextStyle name = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
    const TextStyle value = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const double w = r.w, thick = fmin(22, r.h - 12);
    if (*row->step)
        draw_fitted(s->d, (Rect){r.x, r.y, 0.32 * w, r.h}, step,
                    arena_print(s->a, "%s  %s", row->step, number_figures(row->operand, 3).s));
    draw_fitted(s->d, (Rect){r.x + 0.34 * w, r.y, 0.17 * w, r.h}, name, row->result);
    if (!hidden) draw_bar(s, (Rect){r.x + 0.52 * w, r.y + (r.h - thick) / 2, 0.26 * w, thick}, row->v, max,
                          true);
    draw_fitted(s->d, (Rect){r.x + 0.8 * w, r.y, 0.2 * w, r.h}, value, hidden ? "?"
                : number_figures(row->v, 3).s);
}

void draw_chain(Screen *s, Rect r, const ChainRow *row, int n, int current) {
    const bool predict = s->v->predict && !s->v->revealed;
    double max = 1e-12;
    for (int i = 0; i < n; i++) max = fmax(max, fabs(row[i].v));
    for (int i = 0; i < n; i++) {
        const Rect place = {r.x, r.y + i * r.h / n, r.w, r.h / n};
        if (i == current)
            draw_rect(s->d, (Rect){r.x - 8, place.y, r.w + 16, place.h},
                      (ShapeStyle){.fill = TONE_FOCUS_TINT});
        draw_row(s, place, &row[i], row[i].max > 0 ? row[i].max : max, predict && i + 1 == n);
    }
}
