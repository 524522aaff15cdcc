/* chart.c — points put into a grid of characters. */
#include "viz/terminal/chart.h"

#include <math.h>
#include <string.h>

enum { ROWS = 12, MAX_COLUMNS = 72, LABEL = 12 };

typedef struct Frame {
    int columns;
    double x_lo, x_hi, y_lo, y_hi;
    char cell[ROWS][MAX_COLUMNS];
} Frame;

static void thin(Curve *c) {
    c->n /= 2;
    for (int i = 0; i < c->n; i++) c->x[i] = c->x[2 * i + 1], c->y[i] = c->y[2 * i + 1];
    c->stride *= 2;
}

void curve_add(Curve *c, double x, double y) {
    if (!isfinite(y)) return;
    if (c->stride == 0) c->stride = 1;
    if (++c->skipped < c->stride) return;
    c->skipped = 0;
    if (c->n == CURVE_POINTS) thin(c);
    c->x[c->n] = x;
    c->y[c->n] = y;
    c->n++;
}

static void include(Frame *f, const Curve *c) {
    for (int i = 0; i < c->n; i++) {
        f->x_lo = fmin(f->x_lo, c->x[i]);
        f->x_hi = fmax(f->x_hi, c->x[i]);
        f->y_lo = fmin(f->y_lo, c->y[i]);
        f->y_hi = fmax(f->y_hi, c->y[i]);
    }
}

// Where v lies between lo and hi, as one of n cells.
static int cell_of(double v, double lo, double hi, int n) {
    return hi > lo ? (int)((v - lo) / (hi - lo) * (n - 1) + 0.5) : 0;
}

static void plot(Frame *f, const Curve *c) {
    for (int i = 0; i < c->n; i++) {
        const int x = cell_of(c->x[i], f->x_lo, f->x_hi, f->columns);
        const int y = cell_of(c->y[i], f->y_lo, f->y_hi, ROWS);
        f->cell[ROWS - 1 - y][x] = c->mark;
    }
}

static void print_frame(FILE *out, const Frame *f) {
    for (int i = 0; i < ROWS; i++) {
        int last = f->columns;
        while (last > 0 && f->cell[i][last - 1] == ' ') last--;
        if (i == 0) fprintf(out, "%*.4g ┤", LABEL, f->y_hi);
        else if (i == ROWS - 1) fprintf(out, "%*.4g ┤", LABEL, f->y_lo);
        else fprintf(out, "%*s │", LABEL, "");
        fprintf(out, "%.*s\n", last, f->cell[i]);
    }
    fprintf(out, "%*s └", LABEL, "");
    for (int i = 0; i < f->columns; i++) fputs("─", out);
    fprintf(out, "\n%*s  %-*.0f%.0f\n", LABEL, "", f->columns - 6, f->x_lo, f->x_hi);
}

void chart_print(const Terminal *to, const char *title, int n, const Curve *const *curve) {
    Frame f = {.columns = terminal_width(to) - LABEL - 3, .x_lo = INFINITY, .x_hi = -INFINITY,
               .y_lo = INFINITY, .y_hi = -INFINITY};
    if (f.columns > MAX_COLUMNS) f.columns = MAX_COLUMNS;
    if (f.columns < 10) return;
    for (int i = 0; i < n; i++) include(&f, curve[i]);
    if (!(f.x_hi > f.x_lo)) return;

    memset(f.cell, ' ', sizeof f.cell);
    for (int i = 0; i < n; i++) plot(&f, curve[i]);
    fprintf(to->out, "%s%s%s", terminal_bold(to), title, terminal_normal(to));
    for (int i = 0; i < n; i++)
        if (curve[i]->n > 0) fprintf(to->out, "   %c %s", curve[i]->mark, curve[i]->name);
    fputs("\n", to->out);
    print_frame(to->out, &f);
}
