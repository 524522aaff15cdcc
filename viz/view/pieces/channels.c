/* channels.c — many maps at once: thumbnails, pages of them, and the strip at the side. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "viz/view/pieces/pieces.h"

enum { THUMB_GAP = 6, PAGE_COLUMNS = 16, PAGE_ROWS = 8, THUMB_CELLS = 64 };

// ---- one thumbnail -------------------------------------------------------------------------------

// The number of a block that is farthest from zero.
static float strongest(const Map *m, int y, int x, int k) {
    float v = 0;
    for (int i = y; i < y + k && i < m->rows; i++)
        for (int j = x; j < x + k && j < m->columns; j++)
            if (!(fabsf(m->v[i * m->columns + j]) <= fabsf(v))) v = m->v[i * m->columns + j];
    return v;
}

// How many cells side by side are seen in a place: no more than it has dp.
static int cells_in(Rect place) { return (int)fmin(THUMB_CELLS, fmax(1, fmax(place.w, place.h))); }

// A filter with at most `cells` rows and columns: of what is larger the strongest numbers are shown, since
// positive and negative ones would cancel in a mean.
static Map shrunk(Screen *s, const Map *m, int cells) {
    const int side = m->rows > m->columns ? m->rows : m->columns, k = (side + cells - 1) / cells;
    if (k <= 1) return *m;
    Map t = *m;
    t.rows = (m->rows + k - 1) / k, t.columns = (m->columns + k - 1) / k;
    float *v = arena_array(s->a, float, (size_t)(t.rows * t.columns));
    for (int y = 0; y < t.rows; y++)
        for (int x = 0; x < t.columns; x++) v[y * t.columns + x] = strongest(m, y * k, x * k, k);
    t.v = v;
    t.done = m->done >= m->rows * m->columns ? t.rows * t.columns
                                             : m->done / m->columns / k * t.columns;
    return t;
}

// A row of a dense layer's parameter, which may have thousands of numbers: shrunk once in a step.
static Map row_shrunk(Screen *s, const Target *t, int channel, int target, int cells) {
    const int columns = vector_columns(t->v.c), rows = (t->v.c + columns - 1) / columns;
    const int k = ((rows > columns ? rows : columns) + cells - 1) / cells;
    const SmallOf of = {at(t->v, channel, 0, 0, 0), rows, columns, k};
    float *v = arena_array(s->a, float, (size_t)(SMALL_SIDE * SMALL_SIDE));
    if (!known_small(s->v, &of, v)) {
        const Map whole = map_of_target(s, t, channel, target), m = shrunk(s, &whole, cells);
        known_keep_small(s->v, t->v.v, &of, m.v);
        return m;
    }
    Map m = {.v = v, .rows = (rows + k - 1) / k, .columns = (columns + k - 1) / k, .step = columns,
             .target = target, .channel = channel};
    m.done = t->v.c == rows * columns ? m.rows * m.columns : t->v.c / columns / k * m.columns;
    m.scale = tensor_measured(s, in_one(t->v)).negative ? SCALE_SIGNED : SCALE_UNSIGNED;
    m.max = scale_max(s, in_one(t->v), &m);
    return m;
}

// The map of a target's channel for a place, of its first `done` numbers.
static Map thumbnail(Screen *s, const Target *t, int channel, int target, Rect place, int done) {
    const int cells = cells_in(place);
    const bool row = t->param && t->v.h * t->v.w == 1 && t->v.c > SMALL_SIDE * SMALL_SIDE;
    if (row && done >= t->v.c) return row_shrunk(s, t, channel, target, cells);
    if (t->param || t->v.h * t->v.w == 1) {
        const Map whole = t->param ? map_of_target(s, t, channel, target)
                                   : map_of_channel(s, t->v, channel, target);
        const Map part = map_until(whole, done);
        return shrunk(s, &part, cells);
    }
    const Map m = map_shrunk(s, t->v, channel, cells, target);
    const int k = (t->v.h + m.rows - 1) / m.rows;
    if (k == 1) return map_until(m, done);
    return done >= t->pixels ? m : map_until(m, done / t->v.w / k * m.columns);
}

static void draw_thumb(Screen *s, Rect room, const Map *m, int channel) {
    const Rect r = map_fit(room, m->rows, m->columns);
    draw_map(s, r, m);
    if (m->target >= 0)
        hits_add(s->hits, (Hit){.kind = HIT_CHANNEL, .rect = r, .to = channel, .target = m->target});
}

// ---- a card full of them -------------------------------------------------------------------------

// The grid of n thumbnails that makes them largest.
static int best_columns(Rect r, int n, double aspect) {
    int best = 1;
    double most = 0;
    for (int columns = 1; columns <= n; columns++) {
        const int rows = (n + columns - 1) / columns;
        const double w = (r.w + THUMB_GAP) / columns - THUMB_GAP;
        const double h = (r.h + THUMB_GAP) / rows - THUMB_GAP, side = fmin(w, h / aspect);
        if (side > most) most = side, best = columns;
    }
    return best;
}

static void draw_vector(Screen *s, Rect r, Tensor t, int target) {
    Map m = map_of(s, t, 0, 0, target);
    const Rect room = {r.x, r.y, r.w, r.h - LEGEND_H - 8};
    const Rect place = m.columns == 1 ? map_column(room, m.rows) : map_fit(room, m.rows, m.columns);
    if (t.c <= 40) draw_grid(s, place, &m, power_of(m.max), SIZE_BODY);
    else draw_map(s, place, &m);
    draw_legend(s, (Rect){r.x, r.y + r.h - LEGEND_H, r.w, LEGEND_H}, &m, NULL);
}

void draw_thumbnails(Screen *s, Rect r, Tensor t, int target) {
    if (!t.v) return;
    if (t.h * t.w == 1) {
        draw_vector(s, r, t, target);
        return;
    }
    const int most = 64, n = t.c < most ? t.c : most;
    const Rect room = {r.x, r.y, r.w, r.h - LEGEND_H - 8};
    const int columns = best_columns(room, n, (double)t.h / t.w), rows = (n + columns - 1) / columns;
    const double w = (room.w + THUMB_GAP) / columns, h = (room.h + THUMB_GAP) / rows;
    const bool by_all = s->v->scale_by == BY_ALL;
    const double max = tensor_size(s, t);
    Map m = {0};
    for (int c = 0; c < n; c++) {
        const Rect place = {room.x + c % columns * w, room.y + c / columns * h, w - THUMB_GAP, h - THUMB_GAP};
        m = map_shrunk(s, t, c, cells_in(place), target);
        if (!by_all) m.max = max;
        draw_thumb(s, place, &m, c);
    }
    const char *by = by_all ? "all stages" : "all maps";
    const char *note = t.c > n ? arena_print(s->a, "first %d of %d, %s", n, t.c, by) : by;
    draw_legend(s, (Rect){r.x, r.y + r.h - LEGEND_H, r.w, LEGEND_H}, &m, n > 1 ? note : NULL);
}

// ---- the strip at the side -----------------------------------------------------------------------

// The channels from `first` on that fit, the current one among them.
static int first_shown(int current, int n, int room) {
    int first = current - room / 2;
    if (first > n - room) first = n - room;
    return first > 0 ? first : 0;
}

void draw_channels(Screen *s, Rect r, int target, bool partly) {
    const Target *t = &s->here;
    const double top = r.y + 36, side = 44, pitch = side + THUMB_GAP;
    const int room = (int)((r.h - 46 + THUMB_GAP) / pitch), current = s->v->at.channel;
    const int n = t->channels < room ? t->channels : room;
    const int first = first_shown(current, t->channels, n);
    const double max = tensor_size(s, t->param ? in_one(t->v) : t->v);
    const TextStyle head = {FONT_BOLD, SIZE_LABEL, TONE_INK, ALIGN_CENTRE, false};

    draw_card(s->d, r);
    draw_fitted(s->d, (Rect){r.x + 4, r.y + 13, r.w - 8, 12}, head, arena_print(s->a, "%ss", t->unit));
    for (int i = 0; i < n; i++) {
        const int c = first + i;
        const Rect place = {r.x + r.w - side - 12, top + i * pitch, side, side};
        const int done = !partly || c < current ? INT_MAX : c > current ? 0 : s->v->at.pixel + 1;
        Map m = thumbnail(s, t, c, target, place, done);
        m.max = s->v->scale_by == BY_MAP && t->param ? m.max : max;
        const TextStyle number = {c == current ? FONT_BOLD : FONT_REGULAR, SIZE_AXIS, TONE_INK2,
                                  ALIGN_RIGHT, true};
        draw_thumb(s, place, &m, c);
        if (c == current) draw_mark(s, map_fit(place, m.rows, m.columns));
        draw_print(s->d, (Point){place.x - 8, place.y + side / 2 + 5}, number, "%d", c);
    }
}

// ---- a page of thumbnails ------------------------------------------------------------------------

typedef struct Rank { int channel; double size; } Rank;

static int by_size(const void *a, const void *b) {
    const Rank *s = a, *t = b;
    return s->size < t->size ? 1 : s->size > t->size ? -1 : s->channel - t->channel;
}

static double strength(const Target *t, int c) {
    double sum = 0;
    for (int i = 0; i < t->pixels; i++) sum += fabs(target_value(t, c, i));
    return sum;
}

static Rank *ranks(Screen *s, const Target *t) {
    Rank *r = arena_array(s->a, Rank, (size_t)t->channels);
    for (int c = 0; c < t->channels; c++) {
        const double size = s->v->order == ORDER_INDEX ? 0 : strength(t, c);
        r[c] = (Rank){c, s->v->order == ORDER_SILENT ? -size : size};
    }
    qsort(r, (size_t)t->channels, sizeof *r, by_size);
    return r;
}

static int rank_of(const Rank *r, int n, int channel) {
    for (int i = 0; i < n; i++)
        if (r[i].channel == channel) return i;
    return 0;
}

static const char *capital_unit(Screen *s, const Target *t) {
    return arena_print(s->a, "%c%s", t->unit[0] - 'a' + 'A', t->unit + 1);
}

static void draw_page(Screen *s, Rect r, int target, const Rank *rank) {
    static const char *const orders[] = {"by index", "strongest first", "silent first"};
    const Target *t = &s->here;
    const int per_page = PAGE_COLUMNS * PAGE_ROWS, n = t->channels;
    const int page = rank_of(rank, n, s->v->at.channel) / per_page, lo = page * per_page;
    const int shown = n - lo < per_page ? n - lo : per_page;
    const char *helper = n > per_page
        ? arena_print(s->a, "page %d of %d", page + 1, (n + per_page - 1) / per_page)
        : arena_print(s->a, "%d of them, one scale", n);
    const bool gradient = t->param && s->stage->kind == STAGE_BACKWARD;
    const char *title = arena_print(s->a, "%ss of %s%s", capital_unit(s, t), gradient ? "∂L/∂" : "", t->name);
    const Rect in = draw_titled(s, r, title, helper);
    draw_choice(s, (Point){r.x + r.w - 324, r.y + 10}, 28, orders, N_ORDERS, (int)s->v->order, HIT_ORDER);

    const Rect room = {in.x, in.y + 12, in.w, in.h - 12};
    const Map first = map_of_target(s, t, rank[lo].channel, target);
    const int columns = n > per_page ? PAGE_COLUMNS
                                     : best_columns(room, shown, (double)first.rows / first.columns);
    const int rows = n > per_page ? PAGE_ROWS : (shown + columns - 1) / columns;
    const double w = (room.w + THUMB_GAP) / columns, h = (room.h + THUMB_GAP) / rows;
    const double max = tensor_size(s, t->param ? in_one(t->v) : t->v);
    for (int i = 0; i < shown; i++) {
        const int c = rank[lo + i].channel;
        const Rect place = {room.x + i % columns * w, room.y + i / columns * h, w - THUMB_GAP,
                            h - THUMB_GAP};
        Map m = thumbnail(s, t, c, target, place, INT_MAX);
        m.max = max;
        draw_thumb(s, place, &m, c);
        if (c == s->v->at.channel) draw_mark(s, map_fit(place, m.rows, m.columns));
    }
}

typedef struct Facts { double mean, max, min; int zeros; } Facts;

static Facts facts_of(const Target *t, int c) {
    Facts f = {.max = -INFINITY, .min = INFINITY};
    for (int i = 0; i < t->pixels; i++) {
        const double v = target_value(t, c, i);
        f.mean += v / t->pixels, f.max = fmax(f.max, v), f.min = fmin(f.min, v);
        f.zeros += v == 0;
    }
    return f;
}

static void draw_one(Screen *s, Rect r, int target, int rank) {
    const Target *t = &s->here;
    const int c = s->v->at.channel;
    const bool ranked = s->v->order != ORDER_INDEX;
    const char *helper = ranked ? arena_print(s->a, "rank %d of %d", rank + 1, t->channels)
                                : arena_print(s->a, "of %d", t->channels);
    const Rect in = draw_titled(s, r, arena_print(s->a, "%s %d", capital_unit(s, t), c), helper);
    const Map m = map_of_target(s, t, c, target);
    const Rect room = {in.x, in.y, in.w, fmin(in.w, in.h - 190)}, place = map_fit(room, m.rows, m.columns);
    if (m.rows * m.columns <= 25) draw_grid(s, place, &m, power_of(m.max), SIZE_BODY);
    else draw_map(s, place, &m);
    draw_legend(s, (Rect){in.x, room.y + room.h + 10, in.w, LEGEND_H}, &m, NULL);

    const Facts f = facts_of(t, c);
    const char *const fact[][2] = {
        {"mean", figures(s, f.mean, 3)},
        {"largest", figures(s, f.max, 3)},
        {"smallest", figures(s, f.min, 3)},
        {"zeros", arena_print(s->a, "%.0f %%", 100.0 * f.zeros / t->pixels)},
    };
    double y = room.y + room.h + 10 + LEGEND_H + 10;
    for (int i = 0; i < 4 && y + 30 <= r.y + r.h; i++, y += 32)
        draw_fact(s, (Rect){in.x, y, in.w, 28}, fact[i][0], fact[i][1]);
}

void draw_channel_page(Screen *s, Rect r, int target) {
    const Rank *rank = ranks(s, &s->here);
    const Rect side = cut_right(&r, 300);
    draw_page(s, r, target, rank);
    draw_one(s, side, target, rank_of(rank, s->here.channels, s->v->at.channel));
}
