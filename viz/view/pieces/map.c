/* map.c — numbers as coloured cells, and the scale that says what a colour means. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "viz/view/pieces/pieces.h"

enum { VECTOR_ROW = 20, HATCH = 8 };

// ---- from tensors to maps ------------------------------------------------------------------------

// How far the numbers of one map lie apart.
static size_t apart(Tensor t) {
    return t.layout == LAYOUT_LANES ? LANES : t.layout == LAYOUT_LAST ? (size_t)t.c : 1;
}

int map_zeros(Tensor t, int c) {
    const real *v = at(t, 0, c, 0, 0);
    const size_t n = (size_t)t.h * (size_t)t.w, step = apart(t);
    int zeros = 0;
    if (step == 1)
        for (size_t i = 0; i < n; i++) zeros += v[i] == 0;
    else
        for (size_t i = 0; i < n; i++) zeros += v[i * step] == 0;
    return zeros;
}

enum { SIDE_BY_SIDE = 16 };

// Sign and size of n numbers, `step` apart: SIDE_BY_SIDE of them at a time, so that the machine's vectors do
// it. NaN and infinities do not count as sizes.
static void measure_numbers(Measured *m, const real *v, size_t n, size_t step) {
    real hi[SIDE_BY_SIDE] = {0}, lo[SIDE_BY_SIDE] = {0}, least[SIDE_BY_SIDE] = {0};
    for (size_t i = 0; i < n; i += SIDE_BY_SIDE) {
        real copy[SIDE_BY_SIDE] = {0};
        const size_t left = n - i < SIDE_BY_SIDE ? n - i : SIDE_BY_SIDE;
        const bool copied = step > 1 || left < SIDE_BY_SIDE;
        for (size_t j = 0; copied && j < left; j++) copy[j] = v[(i + j) * step];
        const real *from = copied ? copy : v + i;
        for (int j = 0; j < SIDE_BY_SIDE; j++) {
            const real x = from[j] - from[j] == 0 ? from[j] : 0;
            least[j] = from[j] < least[j] ? from[j] : least[j];
            lo[j] = x < lo[j] ? x : lo[j];
            hi[j] = x > hi[j] ? x : hi[j];
        }
    }
    for (int j = 0; j < SIDE_BY_SIDE; j++) {
        m->negative = m->negative || least[j] < 0;
        m->lo = fmin(m->lo, (double)lo[j]), m->hi = fmax(m->hi, (double)hi[j]);
    }
    m->size = fmax(m->size, fmax(-m->lo, m->hi));
}

// Of image 0, kept for the next map of the same tensor; for the next picture, too, if it is the step's.
static Measured measure_tensor(Screen *s, Tensor t) {
    const size_t len = tensor_image(t);
    const Measured *kept = known_measured(s->v, t.v, len);
    if (kept) return *kept;
    for (int i = 0; i < MEASURED_HERE; i++)
        if (s->measured[i].v == t.v && s->measured[i].len == len) return s->measured[i];
    Measured m = {.v = t.v, .len = len, .size = 1e-12};
    if (t.v) measure_numbers(&m, t.v, len, t.layout == LAYOUT_LANES ? LANES : 1);
    if (!known_keep(s->v, &m)) s->measured[s->n_measured++ % MEASURED_HERE] = m;
    return m;
}

double tensor_size(Screen *s, Tensor t) { return measure_tensor(s, t).size; }

Measured tensor_measured(Screen *s, Tensor t) { return measure_tensor(s, t); }

static Map map_make(Screen *s, int rows, int columns, int target, int channel) {
    return (Map){.v = arena_array(s->a, float, (size_t)rows * (size_t)columns + 1),
                 .rows = rows, .columns = columns, .done = rows * columns, .step = columns,
                 .target = target, .channel = channel, .max = 1};
}

static void measure(Screen *s, Map *m, Tensor t) {
    m->scale = measure_tensor(s, t).negative ? SCALE_SIGNED : SCALE_UNSIGNED;
    m->max = scale_max(s, t, m);
}

int vector_columns(int n) {
    int columns = n <= VECTOR_ROW ? 1 : (int)ceil(sqrt(n));
    while (columns > 1 && columns < VECTOR_ROW + 12 && n % columns) columns++;
    return columns;
}

// What is left over is zero.
static Map map_of_vector(Screen *s, Tensor t, int n, int target) {
    const int columns = vector_columns(t.c), rows = (t.c + columns - 1) / columns;
    Map m = map_make(s, rows, columns, target, 0);
    float *v = (float *)m.v;
    const real *from = at(t, n, 0, 0, 0);
    const size_t step = t.layout == LAYOUT_LANES ? LANES : 1;
    for (int c = 0; c < t.c; c++) v[c] = (float)from[(size_t)c * step];
    m.vector = true;
    m.done = t.c;
    return m;
}

Map map_of(Screen *s, Tensor t, int n, int c, int target) {
    Map m;
    if (t.h * t.w == 1) {
        m = map_of_vector(s, t, n, target);
    } else {
        m = map_make(s, t.h, t.w, target, c);
        float *v = (float *)m.v;
        const real *from = at(t, n, c, 0, 0);
        const size_t len = (size_t)t.h * (size_t)t.w, step = apart(t);
        for (size_t i = 0; i < len; i++) v[i] = (float)from[i * step];
    }
    measure(s, &m, t);
    return m;
}

Map map_of_channel(Screen *s, Tensor t, int c, int target) {
    const Map m = map_of(s, t, 0, c, target);
    if (!m.vector) return m;
    Map one = map_part(s, &m, c / m.columns, c % m.columns, 1, 1);
    one.top = one.left = 0, one.step = 1, one.channel = c, one.vector = false;
    return one;
}

// Of numbers x and y that which is farther from zero; NaN is farther than all.
static float farther(float x, float y) { return fabsf(x) <= fabsf(y) || y != y ? y : x; }

void strongest_columns(float *best, const real *v, size_t apart, int rows, int columns, int k) {
    for (int x = 0; x < columns; x++) best[x] = (float)v[(size_t)x * apart];
    for (int y = 1; y < rows; y++) {
        const real *row = v + (size_t)y * (size_t)columns * apart;
        if (apart == 1)
            for (int x = 0; x < columns; x++) best[x] = farther((float)row[x], best[x]);
        else
            for (int x = 0; x < columns; x++) best[x] = farther((float)row[(size_t)x * apart], best[x]);
    }
    for (int x = 0; k > 1 && x < columns; x++)
        best[x / k] = x % k ? farther(best[x], best[x / k]) : best[x];
}

Map map_shrunk(Screen *s, Tensor t, int c, int side, int target) {
    const int longer = t.h > t.w ? t.h : t.w, k = (longer + side - 1) / side;
    const size_t step = apart(t);
    const real *from = at(t, 0, c, 0, 0);
    Map m = map_make(s, (t.h + k - 1) / k, (t.w + k - 1) / k, target, c);
    float *v = (float *)m.v, *best = arena_array(s->a, float, (size_t)t.w);
    const SmallOf of = {from, t.h, t.w, k};
    const bool known = k > 1 && known_small(s->v, &of, v);
    for (int y = 0; y < m.rows && !known; y++) {
        const int rows = t.h - y * k < k ? t.h - y * k : k;
        strongest_columns(best, from + (size_t)(y * k * t.w) * step, step, rows, t.w, k);
        memcpy(v + y * m.columns, best, (size_t)m.columns * sizeof *v);
    }
    if (k > 1 && !known) known_keep_small(s->v, t.v, &of, v);
    measure(s, &m, t);
    return m;
}

Tensor in_one(Tensor t) { return (Tensor){t.v, 1, t.n * t.c, t.h, t.w, LAYOUT_PLAIN}; }

// Filters of several input channels stand side by side; those of a dense layer in rows.
Map map_of_target(Screen *s, const Target *t, int channel, int target) {
    if (!t->param) return map_of(s, t->v, 0, channel, target);
    if (t->v.c * t->v.h * t->v.w == 1) {
        Map m = map_of_vector(s, (Tensor){t->v.v, 1, t->v.n, 1, 1, LAYOUT_PLAIN}, 0, target);
        measure(s, &m, in_one(t->v));
        return m;
    }
    const bool dense = t->v.h * t->v.w == 1;
    Tensor row = t->v;
    if (dense) {
        row = (Tensor){at(t->v, channel, 0, 0, 0), 1, t->v.c, 1, 1, LAYOUT_PLAIN};
        Map m = map_of_vector(s, row, 0, target);
        measure(s, &m, in_one(t->v));
        m.channel = channel, m.vector = false;
        return m;
    }
    Map m = map_make(s, t->v.c * t->v.h, t->v.w, target, channel);
    float *v = (float *)m.v;
    for (int i = 0; i < t->pixels; i++) v[i] = (float)target_value(t, channel, i);
    measure(s, &m, in_one(t->v));
    return m;
}

// What is white in a picture whose largest number is `size`: 1, 255, or that number.
static double white_of(double size) {
    const bool bytes = size > 16 && size <= 255;
    return size <= 1 ? 1 : bytes ? 255 : size;
}

Map map_of_picture(Screen *s, Tensor t, int target) {
    if (t.c == 1) {
        Map m = map_of(s, t, 0, 0, target);
        const double size = map_size(m.v, m.rows * m.columns);
        if (m.scale != SCALE_SIGNED) m.scale = SCALE_GRAY, m.max = white_of(size);
        return m;
    }
    Map m = map_make(s, t.h, t.w, target, 0);
    float *v = arena_array(s->a, float, (size_t)(3 * t.h * t.w));
    double lo = 0, hi = 0;
    for (int i = 0; i < t.h * t.w; i++)
        for (int c = 0; c < 3; c++) {
            const double x = (double)*at(t, 0, c < t.c ? c : t.c - 1, i / t.w, i % t.w);
            v[3 * i + c] = (float)x;
            lo = fmin(lo, x), hi = fmax(hi, x);
        }
    // What has been centred around zero is stretched back to what can be seen.
    for (int i = 0; lo < 0 && i < 3 * t.h * t.w; i++) v[i] = (float)((v[i] - lo) / (hi - lo));
    m.v = v;
    m.scale = SCALE_RGB;
    m.max = lo < 0 ? 1 : white_of(hi);
    return m;
}

Map map_of_plane(Screen *s, Tensor t, int channel, int target) {
    Map m = map_of(s, t, 0, channel, target);
    if (m.scale != SCALE_SIGNED) m.scale = SCALE_GRAY, m.max = white_of(measure_tensor(s, t).size);
    return m;
}

Map map_part(Screen *s, const Map *m, int top, int left, int rows, int columns) {
    const int y0 = top > 0 ? top : 0, x0 = left > 0 ? left : 0;
    const int y1 = top + rows < m->rows ? top + rows : m->rows;
    const int x1 = left + columns < m->columns ? left + columns : m->columns;
    Map part = *m;
    part.rows = y1 > y0 ? y1 - y0 : 0, part.columns = x1 > x0 ? x1 - x0 : 0;
    float *v = arena_array(s->a, float, (size_t)(part.rows * part.columns) + 1);
    for (int y = 0; y < part.rows; y++)
        for (int x = 0; x < part.columns; x++)
            v[y * part.columns + x] = m->v[(y0 + y) * m->columns + x0 + x];
    part.v = v;
    part.top = y0, part.left = x0, part.step = m->columns;
    part.done = part.rows * part.columns;
    return part;
}

Map map_until(Map m, int done) {
    m.done = done < m.done ? done : m.done;
    return m;
}

// ---- places --------------------------------------------------------------------------------------

Rect map_fit(Rect room, int rows, int columns) {
    const double cell = fmin(room.w / columns, room.h / rows);
    const double w = cell * columns, h = cell * rows;
    return (Rect){room.x + (room.w - w) / 2, room.y + (room.h - h) / 2, w, h};
}

Rect map_column(Rect room, int rows) {
    const double w = fmin(120, room.w), h = fmin(room.h, 56 * rows);
    return (Rect){room.x + (room.w - w) / 2, room.y + (room.h - h) / 2, w, h};
}

Rect map_cells(Rect r, const Map *m, int row, int column, int rows, int columns) {
    const double w = r.w / m->columns, h = r.h / m->rows;
    return (Rect){r.x + (column - m->left) * w, r.y + (row - m->top) * h, columns * w, rows * h};
}

// ---- drawing -------------------------------------------------------------------------------------

static void hatch(Screen *s, Rect r) {
    if (r.w <= 0 || r.h <= 0) return;
    draw_rect(s->d, r, (ShapeStyle){.fill = TONE_SUNKEN});
    draw_hatch(s->d, r, TONE_LINE, HATCH);
}

// What is not done: the rest of the current row, and the rows below.
static void hatch_rest(Screen *s, Rect r, const Map *m) {
    if (m->done >= m->rows * m->columns) return;
    const double w = r.w / m->columns, h = r.h / m->rows;
    const int row = m->done / m->columns, column = m->done % m->columns;
    const double below = r.y + (column ? row + 1 : row) * h;
    const double rest = fmax(0, r.y + r.h - below), overlap = fmin(1, rest); // no seam between the two
    if (column) hatch(s, (Rect){r.x + column * w, r.y + row * h, r.w - column * w, h + overlap});
    hatch(s, (Rect){r.x, below, r.w, rest});
}

void draw_map(Screen *s, Rect r, const Map *m) {
    const CellStyle cells = {.scale = m->scale, .palette = s->v->palette, .max = m->max, .width = 1,
                             .line = m->ruled ? TONE_LINE : TONE_NONE};
    if (m->rows < 1 || m->columns < 1) return;
    if (m->done > 0) draw_cells(s->d, r, m->rows, m->columns, m->v, cells);
    hatch_rest(s, r, m);
    draw_rect(s->d, r, (ShapeStyle){.line = TONE_LINE});
    hits_add(s->hits, (Hit){.kind = HIT_CELLS, .rect = r, .target = m->target, .channel = m->channel,
                            .vector = m->vector, .rows = m->rows, .columns = m->columns,
                            .top = m->top, .left = m->left, .step = m->step,
                            .v = m->scale == SCALE_RGB ? NULL : m->v, .done = m->done});
}

// Three frames as draw_marker() has them, thinner where the marked place is small.
void draw_mark(Screen *s, Rect r) {
    const double side = fmin(r.w, r.h), width = side < 16 ? 2 : 3;
    if (side >= 30) {
        draw_marker(s->d, r);
        return;
    }
    const ShapeStyle ink = {.line = TONE_ON_FOCUS, .width = 1};
    draw_rect(s->d, rect_inset(r, -width - 0.5), ink);
    draw_rect(s->d, rect_inset(r, -width / 2), (ShapeStyle){.line = TONE_FOCUS, .width = width});
    if (side > 8) draw_rect(s->d, rect_inset(r, 0.5), ink);
}

// ---- scales --------------------------------------------------------------------------------------

double map_size(const float *v, int n) {
    float most[SIDE_BY_SIDE] = {0};
    for (int i = 0; i < n; i += SIDE_BY_SIDE) {
        float copy[SIDE_BY_SIDE] = {0};
        if (n - i < SIDE_BY_SIDE) memcpy(copy, v + i, (size_t)(n - i) * sizeof *v);
        const float *from = n - i < SIDE_BY_SIDE ? copy : v + i;
        for (int j = 0; j < SIDE_BY_SIDE; j++) {
            const float size = fabsf(from[j]), finite = size <= FLT_MAX ? size : 0;
            most[j] = finite > most[j] ? finite : most[j];
        }
    }
    double max = 1e-12;
    for (int j = 0; j < SIDE_BY_SIDE; j++) max = fmax(max, (double)most[j]);
    return max;
}

// The largest number of any layer's output, or of any gradient.
static double largest_of_all(Screen *s) {
    const Graph *g = &s->v->t.s->x->graph;
    const bool back = s->stage->kind == STAGE_BACKWARD;
    double max = 1e-12;
    for (int i = 1; i < g->n_nodes; i++) {
        const Tensor t = back ? trace_diff(&s->v->t, i) : trace_value(&s->v->t, i);
        if (t.v) max = fmax(max, measure_tensor(s, t).size);
    }
    return max;
}

double scale_max(Screen *s, Tensor t, const Map *m) {
    switch (s->v->scale_by) {
    case BY_STAGE: return measure_tensor(s, t).size;
    case BY_ALL:   return largest_of_all(s);
    default:       return map_size(m->v, m->rows * m->columns);
    }
}

// ---- the legend ----------------------------------------------------------------------------------

enum { STEPS = 128, LEGEND_BAR = 10 };

static void legend_bar(Screen *s, Rect r, const Map *m) {
    float v[STEPS];
    const bool is_signed = m->scale == SCALE_SIGNED;
    for (int i = 0; i < STEPS; i++) {
        const float u = (float)i / (STEPS - 1);
        v[i] = is_signed ? 2 * u - 1 : u;
    }
    draw_cells(s->d, r, 1, STEPS, v, (CellStyle){.scale = m->scale, .palette = s->v->palette, .max = 1});
    draw_rect(s->d, r, (ShapeStyle){.line = TONE_LINE});
}

void draw_legend(Screen *s, Rect r, const Map *m, const char *note) {
    if (m->scale == SCALE_RGB) return;
    const Power p = power_of(m->scale == SCALE_GRAY ? 1 : m->max);
    const char *const high = m->max > 1e-12 ? figures(s, m->max * p.factor, 3) : "0";
    const double below = r.y + LEGEND_BAR + 17;
    const char *by = note ? note : s->v->scale_by == BY_STAGE ? "this stage"
                                 : s->v->scale_by == BY_ALL ? "all stages" : "this map";
    TextStyle style = {.size = SIZE_AXIS, .tone = TONE_INK2, .tabular = true};
    const double w = fmax(fonts_width(s->d->fonts, &style, p.text), fonts_width(s->d->fonts, &style, by));
    const Rect bar = {r.x, r.y, r.w - (w > 0 ? w + 12 : 0), LEGEND_BAR};
    const double middle = bar.x + bar.w / 2;

    legend_bar(s, bar, m);
    const double beside = bar.x + bar.w + 12; // the power of ten, and below it what is measured
    if (*p.text) draw_text(s->d, (Point){beside, r.y + 10}, style, p.text);
    if (*by) draw_text(s->d, (Point){beside, *p.text ? below : r.y + 10}, style, by);
    if (m->scale == SCALE_SIGNED) {
        const bool none = m->max <= 1e-12;
        if (!none) draw_print(s->d, (Point){bar.x, below}, style, "−%s", high);
        draw_line(s->d, (Point){middle, r.y}, (Point){middle, r.y + LEGEND_BAR + 3},
                  (ShapeStyle){.line = TONE_INK2});
        style.align = ALIGN_CENTRE;
        draw_text(s->d, (Point){middle, below}, style, "0");
        if (none) return;
    } else {
        draw_text(s->d, (Point){bar.x, below}, style, "0");
    }
    style.align = ALIGN_RIGHT;
    draw_print(s->d, (Point){bar.x + bar.w, below}, style, "%s%s",
               m->scale == SCALE_SIGNED ? "+" : "", high);
}
