/* plot.c — axes. */
#include "viz/charts/plot.h"

#include <math.h>

#include "viz/draw/number.h"

// The smallest of 1, 2, 5 times a power of ten that is at least v.
static double round_up(double v) {
    static const double firsts[] = {1, 2, 5, 10};
    const double power = pow(10, floor(log10(v)));
    int i = 0;
    while (firsts[i] * power < v * (1 - 1e-9)) i++;
    return firsts[i] * power;
}

Axis axis_make(double lo, double hi, int most, bool whole) {
    const double least = fmax(1e-30, 1e-9 * fmax(fabs(lo), fabs(hi))); // what a tick can tell apart
    if (!(hi - lo > least)) hi = lo + (whole ? 1 : fmax(fabs(lo), 1) * 0.1);
    double step = round_up((hi - lo) / most);
    if (whole && step < 1) step = 1;
    // Rounding outwards can add an interval: then the next larger step is tried.
    while (ceil(hi / step - 1e-9) - floor(lo / step + 1e-9) > most) step = round_up(1.1 * step);

    const double decimals = ceil(-log10(step) - 1e-9);
    return (Axis){
        .lo = floor(lo / step + 1e-9) * step,
        .hi = ceil(hi / step - 1e-9) * step,
        .step = step,
        .decimals = decimals > 0 ? (int)decimals : 0,
    };
}

static double share(const Axis *a, double v) {
    return (v - a->lo) / (a->hi - a->lo);
}

static int ticks(const Axis *a) {
    return (int)((a->hi - a->lo) / a->step + 1e-6);
}

Point plot_point(const Plot *p, double x, double y) {
    return (Point){p->at.x + share(&p->x, x) * p->at.w, p->at.y + (1 - share(&p->y, y)) * p->at.h};
}

static const TextStyle tick_style = {.size = SIZE_LABEL, .tone = TONE_INK2, .tabular = true};

static void y_axis(DrawList *d, const Plot *p, double factor) {
    TextStyle s = tick_style;
    s.align = ALIGN_RIGHT;
    const int lost = (int)(log10(factor) + 0.5); // decimals that the factor takes away
    const int decimals = p->y.decimals > lost ? p->y.decimals - lost : 0;

    for (int i = 0; i <= ticks(&p->y); i++) {
        const double v = p->y.lo + i * p->y.step;
        const Point at = plot_point(p, p->x.lo, v);
        const Tone tone = i == 0 ? TONE_INK3 : TONE_LINE;
        draw_line(d, at, (Point){p->at.x + p->at.w, at.y}, (ShapeStyle){.line = tone});
        draw_text(d, (Point){at.x - 10, at.y + FONT_CAPITAL * s.size / 2}, s,
                  number_fixed(v * factor, decimals).s);
    }
}

static void x_axis(DrawList *d, const Plot *p) {
    TextStyle s = tick_style;
    s.align = ALIGN_CENTRE;
    for (int i = 0; i <= ticks(&p->x); i++) {
        const double v = p->x.lo + i * p->x.step;
        const Point at = plot_point(p, v, p->y.lo);
        draw_line(d, at, (Point){at.x, at.y + 5}, (ShapeStyle){.line = TONE_INK3});
        draw_text(d, (Point){at.x, at.y + 22}, s, number_count((int64_t)(v + 0.5)).s);
    }
}

void plot_axes(DrawList *d, const Plot *p, double factor) {
    y_axis(d, p, factor);
    x_axis(d, p);
}
