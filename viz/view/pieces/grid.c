/* grid.c — numbers written into coloured cells; they shrink before they touch their neighbours. */
#include <math.h>

#include "viz/view/pieces/pieces.h"

enum { LEAST_SIZE = 11, BESIDE = 10 }; // dp: of a number; free beside it

Power power_of(double max) {
    static const char *const text[] = {"", "×10⁻³", "×10⁻⁶", "×10⁻⁹", "×10⁻¹²", "×10⁻¹⁵"};
    Power p = {1, text[0]};
    for (int i = 1; i < 6 && max * p.factor < 0.1 && max > 1e-11; i++)
        p = (Power){p.factor * 1000, text[i]};
    return p;
}

int decimals_of(double max) {
    return max >= 100 ? 0 : max >= 10 ? 1 : max >= 1 ? 2 : 3;
}

// The largest size at which every number leaves some room in a cell w × h.
static double fitting_size(Screen *s, const Map *m, Power p, int decimals, double w, double h,
                           double size) {
    TextStyle style = {.size = size, .tabular = true};
    double widest = 0;
    for (int i = 0; i < m->done; i++) {
        const Digits t = number_fixed((double)m->v[i] * p.factor, decimals);
        widest = fmax(widest, fonts_width(s->d->fonts, &style, t.s));
    }
    if (widest > w - BESIDE) size *= (w - BESIDE) / widest;
    return fmin(size, 0.72 * h);
}

static bool all_whole(const float *v, int n) {
    for (int i = 0; i < n; i++)
        if (isfinite(v[i]) && v[i] != roundf(v[i])) return false;
    return true;
}

void draw_grid(Screen *s, Rect r, const Map *m, Power p, double size) {
    const double w = r.w / m->columns, h = r.h / m->rows;
    const bool whole = all_whole(m->v, m->done) && p.factor == 1;
    int decimals = whole ? 0 : decimals_of(map_size(m->v, m->done) * p.factor) + m->more;
    double fits = fitting_size(s, m, p, decimals, w, h, size);
    while (fits < SIZE_AXIS && decimals > 1) fits = fitting_size(s, m, p, --decimals, w, h, size);

    Map ruled = *m;
    ruled.ruled = true;
    draw_map(s, r, &ruled);
    for (int i = 0; i < m->done && fits >= LEAST_SIZE; i++) {
        if (m->no_zeros && m->v[i] == 0) continue;
        const Rect cell = map_cells(r, m, m->top + i / m->columns, m->left + i % m->columns, 1, 1);
        const TextStyle style = {.size = fits, .tabular = true, .align = ALIGN_CENTRE,
                                 .tone = scale_ink(s->v->palette, m->scale, (double)m->v[i] / m->max)};
        const Point at = {cell.x + w / 2, cell.y + h / 2 + FONT_CAPITAL * fits / 2};
        draw_text(s->d, at, style, number_fixed((double)m->v[i] * p.factor, decimals).s);
    }
}
