/* curves.c — loss and accuracy while training: tiles with the last numbers above two plots.
 *
 * A run may have a row per epoch or per step. What is drawn thick has at most SMOOTH points: more
 * rows are cut into that many equal parts and each point is the mean of one. The rows themselves
 * are then a thin line behind it. */
#include "viz/charts/charts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/charts/plot.h"
#include "viz/draw/number.h"

enum { SMOOTH = 120, RAW = 2000, MAX_DOTS = 40 };

enum { END = 100 }; // width of what stands right of a plot

// ---- columns of the results --------------------------------------------------------------------

typedef struct Series { const char *name; size_t column; Tone tone; bool dots; } Series;

enum { TRAINING, VALIDATION, N_SERIES };

// One plot: what is measured in training, and the same in validation.
typedef struct Panel {
    const char *title, *helper;
    Series series[N_SERIES];
    double factor;   // of the written numbers
    int decimals;    // of the labels at the end of the lines
    double lo, hi;   // what the axis must contain; NAN: as the data are
} Panel;

static const Panel panels[] = {
    {"Loss", "the smaller the better",
     {{"training", offsetof(HistoryRow, loss), TONE_INK, false},
      {"validation", offsetof(HistoryRow, valid_loss), TONE_POS, true}},
     1, 3, 0, NAN},
    {"Accuracy, %", "share of pictures named rightly",
     {{"training", offsetof(HistoryRow, accuracy), TONE_INK, false},
      {"validation", offsetof(HistoryRow, valid_accuracy), TONE_POS, true}},
     100, 1, NAN, 1},
};

enum { N_PANELS = sizeof panels / sizeof *panels };

static double value(const History *r, int row, size_t column) {
    double v;
    memcpy(&v, (const char *)&r->row[row] + column, sizeof v);
    return v;
}

// The column as at most `most` points (step, mean); returns how many.
static int points(const History *r, size_t column, int most, Point *out) {
    const int parts = r->n < most ? r->n : most;
    int n = 0;
    for (int part = 0; part < parts; part++) {
        const int lo = (int)((int64_t)r->n * part / parts);
        const int hi = (int)((int64_t)r->n * (part + 1) / parts);
        double step = 0, sum = 0;
        int measured = 0;
        for (int i = lo; i < hi; i++) {
            const double v = value(r, i, column);
            if (isnan(v)) continue;
            step += (double)r->row[i].step;
            sum += v;
            measured++;
        }
        if (measured) out[n++] = (Point){step / measured, sum / measured};
    }
    return n;
}

// Where the thick line of a column ends, or NAN.
static double last(const History *r, size_t column) {
    Point p[SMOOTH];
    const int n = points(r, column, SMOOTH, p);
    return n ? p[n - 1].y : NAN;
}

static bool has(const History *r, const Panel *p) {
    return !isnan(last(r, p->series[TRAINING].column)) ||
           !isnan(last(r, p->series[VALIDATION].column));
}

// ---- one plot ----------------------------------------------------------------------------------

// As many numbers as have room below the x axis, at most ten.
static int x_intervals(const DrawList *d, double w, int64_t last_step) {
    const TextStyle s = {.size = SIZE_LABEL, .tabular = true};
    const double width = fonts_width(d->fonts, &s, number_count(last_step).s) + 30;
    return (int)fmin(10, fmax(1, w / width - 1));
}

static Plot make_plot(const DrawList *d, const History *r, const Panel *panel, Rect at) {
    Point p[SMOOTH];
    double lo = panel->lo, hi = panel->hi;
    for (int s = 0; s < N_SERIES; s++) {
        const int n = points(r, panel->series[s].column, SMOOTH, p);
        for (int i = 0; i < n; i++) lo = fmin(lo, p[i].y), hi = fmax(hi, p[i].y);
    }
    const int64_t last_step = r->row[r->n - 1].step;
    const int x_most = x_intervals(d, at.w, last_step), y_most = at.h < 240 ? 5 : 8;
    Plot plot = {at, axis_make(0, (double)last_step, x_most, true), axis_make(lo, hi, y_most, false)};
    if (last_step > 0) plot.x.hi = (double)last_step; // the line ends where the plot ends
    return plot;
}

static void draw_curve(DrawList *d, const Plot *plot, Point *p, int n, ShapeStyle s) {
    for (int i = 0; i < n; i++) p[i] = plot_point(plot, p[i].x, p[i].y);
    draw_path(d, p, n, s);
}

static void draw_raw(DrawList *d, const Plot *plot, const History *r, const Series *s) {
    if (r->n <= SMOOTH) return;
    Point p[RAW];
    draw_curve(d, plot, p, points(r, s->column, RAW, p), (ShapeStyle){.line = TONE_LINE});
}

static void draw_series(DrawList *d, const Plot *plot, const History *r, const Series *s) {
    Point p[SMOOTH];
    const int n = points(r, s->column, SMOOTH, p);
    if (n == 0) return;
    draw_curve(d, plot, p, n, (ShapeStyle){.line = s->tone, .width = 3});

    const ShapeStyle dot = {.fill = s->tone, .line = TONE_SURFACE, .width = 2};
    const int every = (n + MAX_DOTS - 1) / MAX_DOTS;
    for (int i = n - 1; i >= 0 && (s->dots || n < 3); i -= every) draw_dot(d, p[i], 6, dot);
}

// The last numbers stand where the lines end, kept apart and above the numbers of the x axis.
static void end_labels(DrawList *d, const Plot *plot, const History *r, const Panel *panel) {
    const double apart = 1.1 * SIZE_BODY, lowest = plot->at.y + plot->at.h - 0.3 * SIZE_BODY;
    double y[N_SERIES], v[N_SERIES];
    for (int s = 0; s < N_SERIES; s++) {
        v[s] = last(r, panel->series[s].column);
        y[s] = plot_point(plot, 0, v[s]).y;
        y[s] = fmin(y[s], lowest);
    }
    if (!isnan(v[0]) && !isnan(v[1]) && fabs(y[0] - y[1]) < apart) {
        const double middle = fmin((y[0] + y[1]) / 2, lowest - apart / 2);
        const double half = y[0] <= y[1] ? apart / 2 : -apart / 2;
        y[0] = middle - half, y[1] = middle + half;
    }
    for (int s = 0; s < N_SERIES; s++) {
        if (isnan(v[s])) continue;
        const TextStyle style = {FONT_BOLD, SIZE_BODY, panel->series[s].tone, ALIGN_LEFT, true};
        const Rect at = {plot->at.x + plot->at.w + 14, y[s] - apart / 2, END - 24, apart};
        draw_fitted(d, at, style, number_fixed(v[s] * panel->factor, panel->decimals).s);
    }
}

// From right to left at the top of the card: a piece of line and its name.
static void legend(DrawList *d, Point right, const History *r, const Panel *panel) {
    const TextStyle style = {.size = SIZE_LABEL, .tone = TONE_INK, .align = ALIGN_RIGHT};
    for (int i = N_SERIES - 1; i >= 0; i--) {
        const Series *s = &panel->series[i];
        if (isnan(last(r, s->column))) continue;
        right.x -= draw_text(d, right, style, s->name) + 8;
        const double y = right.y - FONT_CAPITAL * SIZE_LABEL / 2;
        draw_line(d, (Point){right.x - 28, y}, (Point){right.x, y},
                  (ShapeStyle){.line = s->tone, .width = 3});
        if (s->dots)
            draw_dot(d, (Point){right.x - 14, y}, 6,
                     (ShapeStyle){.fill = s->tone, .line = TONE_SURFACE, .width = 2});
        right.x -= 28 + 20;
    }
}

// A dashed line where another `train` of the file begins.
static void draw_phases(DrawList *d, const Plot *plot, const History *r) {
    const TextStyle style = {.size = SIZE_AXIS, .tone = TONE_INK3};
    double line_from = plot->at.x, name_from = plot->at.x; // where there is room for the next one
    int train = 1;
    for (int i = 1; i < r->n; i++) {
        if (r->row[i].phase == r->row[i - 1].phase) continue;
        train++;
        const double x = plot_point(plot, (double)r->row[i - 1].step, 0).x;
        if (x < line_from) continue;
        line_from = x + 4;
        const Point top = {x, plot->at.y - 6}, bottom = {x, plot->at.y + plot->at.h};
        draw_line(d, top, bottom, (ShapeStyle){.line = TONE_INK3, .dashed = true});
        if (x < name_from || x + 80 > plot->at.x + plot->at.w) continue;
        name_from = x + 80;
        draw_print(d, (Point){x + 6, plot->at.y - 2}, style, "train %d", train);
    }
}

static void draw_panel(DrawList *d, Rect card, const History *r, const Panel *panel) {
    draw_card(d, card);
    const double baseline = card.y + 28, right = card.x + card.w - CARD_PADDING;
    draw_heading(d, (Point){card.x + CARD_PADDING, baseline}, panel->title, panel->helper);
    legend(d, (Point){right, baseline}, r, panel);

    const Rect at = {card.x + 80, card.y + 56, card.w - 80 - END, card.h - 56 - 36};
    const Plot plot = make_plot(d, r, panel, at);
    plot_axes(d, &plot, panel->factor);
    const Rect room = {at.x - 8, at.y - 8, at.w + 16, at.h + 16};
    draw_clip(d, room);
    for (int s = 0; s < N_SERIES; s++) draw_raw(d, &plot, r, &panel->series[s]);
    for (int s = 0; s < N_SERIES; s++) draw_series(d, &plot, r, &panel->series[s]);
    draw_unclip(d);
    draw_phases(d, &plot, r);
    end_labels(d, &plot, r, panel);
    draw_text(d, (Point){right, at.y + at.h + 22},
              (TextStyle){.size = SIZE_LABEL, .tone = TONE_INK3, .align = ALIGN_RIGHT}, "step");
}

// ---- tiles -------------------------------------------------------------------------------------

typedef struct Tile { const char *caption; Digits number; const char *unit; } Tile;

enum { MAX_TILES = 5 };

static double best(const History *r, size_t column) {
    double most = NAN;
    for (int i = 0; i < r->n; i++) most = fmax(most, value(r, i, column));
    return most;
}

// The clock starts anew with every `train` and every resumed run.
static double total_seconds(const History *r) {
    double sum = 0, before = 0;
    for (int i = 0; i < r->n; i++) {
        const double now = r->row[i].seconds;
        if (isnan(now)) continue;
        const bool goes_on = i > 0 && r->row[i].phase == r->row[i - 1].phase && now >= before;
        sum += goes_on ? now - before : now;
        before = now;
    }
    return sum;
}

static Digits duration(double seconds) {
    Digits t;
    const int64_t s = (int64_t)(seconds + 0.5);
    if (seconds < 59.95) snprintf(t.s, sizeof t.s, "%.1f s", seconds);
    else if (s < 3600) snprintf(t.s, sizeof t.s, "%d min %d s", (int)(s / 60), (int)(s % 60));
    else snprintf(t.s, sizeof t.s, "%lld h %d min", (long long)(s / 3600), (int)(s / 60 % 60));
    return t;
}

static void add_tile(Tile *tile, int *n, const char *caption, double v, int decimals,
                     const char *unit) {
    if (isnan(v) || *n == MAX_TILES) return;
    tile[(*n)++] = (Tile){caption, number_fixed(v, decimals), unit};
}

static int fill_tiles(const History *r, Tile *tile) {
    const double best_valid = best(r, offsetof(HistoryRow, valid_accuracy));
    int n = 0;
    tile[n++] = (Tile){"training steps", number_count(r->row[r->n - 1].step), ""};
    add_tile(tile, &n, "training loss", last(r, offsetof(HistoryRow, loss)), 3, "");
    add_tile(tile, &n, "training accuracy", 100 * last(r, offsetof(HistoryRow, accuracy)), 1, " %");
    if (isnan(best_valid))
        add_tile(tile, &n, "validation loss", last(r, offsetof(HistoryRow, valid_loss)), 3, "");
    add_tile(tile, &n, "best validation accuracy", 100 * best_valid, 1, " %");
    if (total_seconds(r) > 0 && n < MAX_TILES)
        tile[n++] = (Tile){"training time", duration(total_seconds(r)), ""};
    return n;
}

static void draw_tiles(DrawList *d, Rect row, const History *r) {
    Tile tile[MAX_TILES];
    const int n = fill_tiles(r, tile);
    const double w = (row.w - (n - 1) * CARD_GAP) / n;
    for (int i = 0; i < n; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s%s", tile[i].number.s, tile[i].unit);
        draw_tile(d, (Rect){row.x + i * (w + CARD_GAP), row.y, w, row.h}, tile[i].caption, text);
    }
}

// ---- the slide ---------------------------------------------------------------------------------

static void draw_headline(DrawList *d, Rect area, const History *r) {
    const HistoryRow *end = &r->row[r->n - 1];
    char sentence[128];
    int n = snprintf(sentence, sizeof sentence, "epoch %d, step %s", end->epoch,
                     number_count(end->step).s);
    if (!isnan(end->lr))
        snprintf(sentence + n, sizeof sentence - (size_t)n, " · learning rate %s",
                 number_figures(end->lr, 3).s);
    draw_title(d, (Point){area.x, area.y + 24}, area.x + area.w, "Training", sentence);
}

void draw_curves(DrawList *d, Rect slide, const History *r) {
    const Rect area = rect_inset(slide, MARGIN);
    const double tiles_y = area.y + 44, tiles_h = 78;
    double y = tiles_y + tiles_h + CARD_GAP;
    int n = 0;
    for (int i = 0; i < N_PANELS; i++) n += has(r, &panels[i]);
    const double h = (area.y + area.h - y - (n - 1) * CARD_GAP) / (n ? n : 1);

    draw_headline(d, area, r);
    draw_tiles(d, (Rect){area.x, tiles_y, area.w, tiles_h}, r);
    for (int i = 0; i < N_PANELS; i++) {
        if (!has(r, &panels[i])) continue;
        draw_panel(d, (Rect){area.x, y, area.w, h}, r, &panels[i]);
        y += h + CARD_GAP;
    }
}
