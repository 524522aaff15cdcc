/* train_curves.c — loss and accuracy while the network trains.
 *
 * The thin line are the batches (or, of a long training, means of a few). The thick one is their moving
 * mean: point i is the mean of points i − k … i + k, k a fortieth of the line, less at its ends. */
#include <math.h>

#include "viz/charts/plot.h"
#include "viz/view/train_parts.h"

enum { SMOOTH_SHARE = 40, LEFT = 56, HEAD = 50, FOOT = 34, RIGHT = 22 };

static double value(const RecordPoint *p, bool loss) { return loss ? p->loss : p->accuracy; }

static double mean_around(const Record *r, int i, bool loss) {
    int k = r->n_points / SMOOTH_SHARE;
    if (i < k) k = i;
    if (r->n_points - 1 - i < k) k = r->n_points - 1 - i;
    double sum = 0;
    for (int j = i - k; j <= i + k; j++) sum += value(&r->point[j], loss);
    return sum / (2 * k + 1);
}

// A loss that grows beyond measure leaves the plot at its top: four times the first one can be seen.
static double highest(const Record *r, bool loss) {
    const double first = r->n_tests ? r->test[0].loss : r->n_points ? r->point[0].loss : 1;
    return loss ? 4 * fmax(isfinite(first) ? first : 1, 1e-3) : 1;
}

static Plot make_plot(const Record *r, Rect at, bool loss) {
    const double last = r->n_points ? r->point[r->n_points - 1].step : 1;
    double lo = loss ? 0 : 1, hi = loss ? 1e-3 : 1;
    for (int i = 0; i < r->n_points; i++) {
        const double v = mean_around(r, i, loss);
        if (isfinite(v)) lo = fmin(lo, v), hi = fmax(hi, v);
    }
    for (int i = 0; i < r->n_tests; i++) {
        const double v = value(&r->test[i], loss);
        if (isfinite(v)) lo = fmin(lo, v), hi = fmax(hi, v);
    }
    hi = fmin(hi, highest(r, loss));
    Plot p = {at, axis_make(0, fmax(1, last), 4, true), axis_make(lo, hi, 6, false)};
    p.x.hi = fmax(1, last);
    return p;
}

static void draw_batches(Screen *s, const Plot *p, const Record *r, bool loss, bool smooth) {
    Point *at = arena_array(s->a, Point, r->n_points + 1);
    int n = 0;
    for (int i = 0; i < r->n_points; i++) {
        const double v = smooth ? mean_around(r, i, loss) : value(&r->point[i], loss);
        if (isfinite(v)) at[n++] = plot_point(p, r->point[i].step, v);
    }
    draw_path(s->d, at, n, smooth ? (ShapeStyle){.line = TONE_INK, .width = 3}
                                  : (ShapeStyle){.line = TONE_LINE, .width = 1});
}

static void draw_tests(Screen *s, const Plot *p, const Record *r, bool loss) {
    Point *at = arena_array(s->a, Point, r->n_tests + 1);
    int n = 0;
    for (int i = 0; i < r->n_tests; i++) {
        const double v = value(&r->test[i], loss);
        if (isfinite(v)) at[n++] = plot_point(p, r->test[i].step, v);
    }
    draw_path(s->d, at, n, (ShapeStyle){.line = TONE_POS, .width = 3});
    const int every = 1 + n / 26;
    for (int i = n - 1; i >= 0; i -= every)
        draw_dot(s->d, at[i], 5.5, (ShapeStyle){.fill = TONE_POS, .line = TONE_SURFACE, .width = 2});
}

static void draw_legend_of(Screen *s, Rect card) {
    static const struct { const char *name; Tone tone; } lines[] = {{"test", TONE_POS}, {"batch", TONE_INK}};
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK, .align = ALIGN_RIGHT};
    double x = card.x + card.w - 16;
    for (int i = 0; i < 2; i++) {
        x -= draw_text(s->d, (Point){x, card.y + 25}, words, lines[i].name) + 8;
        const Point middle = {x - 13, card.y + 19};
        draw_line(s->d, (Point){x - 26, middle.y}, (Point){x, middle.y},
                  (ShapeStyle){.line = lines[i].tone, .width = 3});
        if (i == 0)
            draw_dot(s->d, middle, 5.5, (ShapeStyle){.fill = TONE_POS, .line = TONE_SURFACE, .width = 2});
        x -= 26 + 16;
    }
}

void draw_learning(Screen *s, Rect card, const Record *r, bool loss) {
    draw_titled(s, card, loss ? "Loss" : "Accuracy, %", NULL);
    draw_legend_of(s, card);
    if (r->n_points + r->n_tests == 0) return; // nothing to be measured by
    const Rect at = {card.x + LEFT, card.y + HEAD, card.w - LEFT - RIGHT, card.h - HEAD - FOOT};
    const Plot p = make_plot(r, at, loss);
    plot_axes(s->d, &p, loss ? 1 : 100);
    draw_clip(s->d, (Rect){at.x - 7, at.y - 7, at.w + 14, at.h + 14});
    draw_batches(s, &p, r, loss, false);
    draw_batches(s, &p, r, loss, true);
    draw_tests(s, &p, r, loss);
    draw_unclip(s->d);
}
