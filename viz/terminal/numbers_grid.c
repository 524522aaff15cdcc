/* numbers_grid.c — a part of a map or of a vector as rows and columns of numbers. */
#include "viz/terminal/numbers_grid.h"

#include <math.h>
#include <stdlib.h>

#include "viz/terminal/describe.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/numbers.h"

enum { ROWS = 9, COLUMNS = 9, VECTOR_ROW = 10, VECTOR_ROWS = 20, CHANNELS = 16 };

// A rectangle of numbers: of a map, or of a vector in rows of VECTOR_ROW.
typedef struct View {
    Tensor t;
    bool vector;
    int c, height, width;     // of the whole
    int top, left, rows, columns;
    int y, x;                 // the chosen number
} View;

static int least(int a, int b) { return a < b ? a : b; }

// The beginning of `room` places of `all` with `at` in the middle if possible.
static int begin(int at, int room, int all) {
    const int first = at - room / 2;
    if (first + room > all) return all > room ? all - room : 0;
    return first > 0 ? first : 0;
}

static View view_of(Tensor t, int c, int y, int x) {
    View v = {.t = t, .vector = t.h == 1 && t.w == 1, .c = c, .height = t.h, .width = t.w, .y = y, .x = x};
    if (v.vector) {
        v.height = (t.c + VECTOR_ROW - 1) / VECTOR_ROW;
        v.width = least(t.c, VECTOR_ROW);
        v.y = c / VECTOR_ROW, v.x = c % VECTOR_ROW;
    }
    v.rows = least(v.height, v.vector ? VECTOR_ROWS : ROWS);
    v.columns = least(v.width, v.vector ? VECTOR_ROW : COLUMNS);
    v.top = begin(v.y, v.rows, v.height);
    v.left = begin(v.x, v.columns, v.width);
    return v;
}

static bool number_at(const View *v, int row, int column, double *out) {
    const int y = v->top + row, x = v->left + column;
    if (v->vector && y * VECTOR_ROW + x >= v->t.c) return false;
    *out = (double)(v->vector ? *at(v->t, 0, y * VECTOR_ROW + x, 0, 0) : *at(v->t, 0, v->c, y, x));
    return true;
}

// How the numbers of a view are written: divided by 10^power, with so many decimals.
typedef struct Writing { int power, decimals; } Writing;

static Writing writing_of(const View *v) {
    double most = 0, n;
    bool whole = true;
    for (int i = 0; i < v->rows; i++)
        for (int j = 0; j < v->columns; j++) {
            if (!number_at(v, i, j, &n) || !isfinite(n)) continue;
            most = fmax(most, fabs(n));
            whole &= n == floor(n);
        }
    if (most == 0 || (whole && most < 1e6)) return (Writing){0, 0};
    const int power = (int)floor(log10(most));
    if (power < -2 || power > 4) return (Writing){power, 3};
    return (Writing){0, power < 0 ? 4 : power < 3 ? 3 - power : 1};
}

static const char *written(Arena *a, double n, Writing w, bool chosen) {
    if (!isfinite(n)) return value_text(n).s[0] == 'N' ? "NaN" : n < 0 ? "−∞" : "∞";
    const double size = fabs(n) / pow(10, w.power);
    const bool rounds_to_0 = size < 0.5 / pow(10, w.decimals);
    const char *text = n == 0 ? "0" : arena_print(a, "%s%.*f", n < 0 && !rounds_to_0 ? "−" : "",
                                                  w.decimals, size);
    return chosen ? arena_print(a, "[%s]", text) : text;
}

static void print_title(const Terminal *to, const View *v, Writing w) {
    if (v->vector)
        fprintf(to->out, "\nnumbers %d to %d of %d", v->top * VECTOR_ROW,
                least((v->top + v->rows) * VECTOR_ROW, v->t.c) - 1, v->t.c);
    else
        fprintf(to->out, "\nchannel %d, rows %d to %d of 0 to %d, columns %d to %d of 0 to %d", v->c, v->top,
                v->top + v->rows - 1, v->height - 1, v->left, v->left + v->columns - 1, v->width - 1);
    if (w.power) fprintf(to->out, ", as multiples of %s", power_text(w.power).s);
    fputs("\n", to->out);
}

void numbers_grid(const Terminal *to, Arena *a, Tensor t, int c, int y, int x) {
    const View v = view_of(t, c, y, x);
    const Writing w = writing_of(&v);
    print_title(to, &v, w);
    Column *column = arena_array(a, Column, v.columns + 1);
    column[0] = (Column){.title = "", .right = true};
    for (int j = 0; j < v.columns; j++)
        column[j + 1] = (Column){.title = arena_print(a, v.vector ? "+%d" : "%d", v.left + j), .right = true};
    Grid *g = grid_make(a, v.columns + 1, column);
    for (int i = 0; i < v.rows; i++) {
        grid_cell(g, arena_print(a, "%d", (v.top + i) * (v.vector ? VECTOR_ROW : 1)));
        for (int j = 0; j < v.columns; j++) {
            double n = 0;
            const bool there = number_at(&v, i, j, &n);
            grid_cell(g, there ? written(a, n, w, v.top + i == v.y && v.left + j == v.x) : "");
        }
    }
    grid_print(g, to);
}

void channels_grid(const Terminal *to, Arena *a, Tensor t, int chosen) {
    static const Column columns[] = {
        {.title = "channel", .right = true}, {.title = "mean", .right = true},
        {.title = "smallest", .right = true}, {.title = "largest", .right = true},
        {.title = "zeros", .right = true},
    };
    if (t.c == 1 || (t.h == 1 && t.w == 1)) return;
    Grid *g = grid_make(a, 5, columns);
    const int shown = least(t.c, CHANNELS), first = begin(chosen, shown, t.c);
    for (int c = first; c < first + shown; c++) {
        Tensor one = {.v = arena_array(a, real, tensor_image(t) / (size_t)t.c), .n = 1, .c = 1, .h = t.h,
                      .w = t.w};
        for (int y = 0; y < t.h; y++)
            for (int x = 0; x < t.w; x++) *at(one, 0, 0, y, x) = *at(t, 0, c, y, x);
        const Summary s = summary_of(one);
        grid_cell(g, arena_print(a, c == chosen ? "[%d]" : "%d", c));
        grid_cell(g, value_text(s.mean).s);
        grid_cell(g, value_text(s.least).s);
        grid_cell(g, value_text(s.most).s);
        grid_cell(g, arena_print(a, "%.1f %%", 100 * (double)s.zeros / (double)s.n));
    }
    fputs("\n", to->out);
    grid_print(g, to);
    if (shown < t.c) fprintf(to->out, "and %d more channels\n", t.c - shown);
}
