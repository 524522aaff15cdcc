/* chart.c — bars and histograms. */
#include <math.h>

#include "viz/view/pieces/pieces.h"

void draw_bar(Screen *s, Rect r, double v, double max, bool is_signed) {
    const double share = max > 0 && isfinite(v) ? fmax(-1, fmin(1, v / max)) : 0;
    const ShapeStyle fill = {.fill = share < 0 ? TONE_NEG : TONE_POS};
    if (!is_signed) {
        draw_rect(s->d, r, (ShapeStyle){.fill = TONE_SUNKEN});
        draw_rect(s->d, (Rect){r.x, r.y, fmax(2, fabs(share) * r.w), r.h}, fill);
        return;
    }
    const double zero = r.x + r.w / 2, w = fabs(share) * r.w / 2;
    draw_rect(s->d, (Rect){share < 0 ? zero - w : zero, r.y, w, r.h}, fill);
    draw_line(s->d, (Point){zero, r.y - 3}, (Point){zero, r.y + r.h + 3},
              (ShapeStyle){.line = TONE_INK3});
}

enum { BINS = 40 };

void draw_histogram(Screen *s, Rect r, const float *v, int n, double lo, double hi, Tone tone) {
    int count[BINS] = {0}, most = 1;
    const double axis = r.y + r.h - 22, full = r.h - 26, w = r.w / BINS;
    if (!isfinite(lo) || !isfinite(hi) || !(hi > lo)) return;
    for (int i = 0; i < n; i++) {
        if (!isfinite(v[i])) continue;
        int bin = (int)(((double)v[i] - lo) / (hi - lo) * BINS);
        bin = bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
        if (++count[bin] > most) most = count[bin];
    }
    for (int i = 0; i < BINS; i++) {
        const double h = full * count[i] / most;
        if (count[i]) draw_rect(s->d, (Rect){r.x + i * w + 0.5, axis - fmax(h, 1), w - 1, fmax(h, 1)},
                                (ShapeStyle){.fill = tone});
    }
    draw_line(s->d, (Point){r.x, axis}, (Point){r.x + r.w, axis}, (ShapeStyle){.line = TONE_INK3});
    TextStyle style = {.size = SIZE_AXIS, .tone = TONE_INK2, .tabular = true};
    draw_text(s->d, (Point){r.x, axis + 18}, style, number_figures(lo, 3).s);
    style.align = ALIGN_RIGHT;
    draw_text(s->d, (Point){r.x + r.w, axis + 18}, style, number_figures(hi, 3).s);
    if (lo >= 0 || hi <= 0 || -lo / (hi - lo) < 0.15 || hi / (hi - lo) < 0.15) return;
    style.align = ALIGN_CENTRE;
    draw_text(s->d, (Point){r.x + r.w * -lo / (hi - lo), axis + 18}, style, "0");
}
