/* row.c — see row.h.
 *
 *     ┌──┐      ▌ 0      y[0]  y[1]  y[2]  …
 *     └──┘  →   ▌ y[12]  y[13] …
 *     ┌──┐      ▐ 24     y[24] …                 one map, one colour, one block of lines */
#include "viz/view/panels/row.h"

#include <math.h>

enum { MOST_COLUMNS = 28, LEAST_LINE = 15, MOST_LINE = 44, LEAST_BLOCK = 44, MOST_BLOCK = 240,
       MOST_THUMB = 150, GAP = 12, BETWEEN = 48, BAR = 6, NAME_W = 62, WAY_W = 44 };

// How the lines of a block lie, and the blocks: one below the other, then beside each other.
typedef struct Block { int columns, lines, shown, beside; double line, cell, w, h, thumb; } Block;

static const Tone group[] = {TONE_GROUP1, TONE_GROUP2, TONE_GROUP3, TONE_GROUP4};
enum { GROUPS_SHOWN = sizeof group / sizeof *group };

// A line holds whole rows of a map, as many as can be read, or a part of one that is longer.
static Block block_of(Rect r, Tensor maps) {
    const int W = maps.w, all = maps.h * maps.w;
    Block b = {.columns = all <= MOST_COLUMNS ? all : W <= MOST_COLUMNS ? MOST_COLUMNS / W * W : W};
    b.lines = (all + b.columns - 1) / b.columns;
    for (b.beside = 1;; b.beside++) {
        const int below = (maps.c + b.beside - 1) / b.beside, least = LEAST_LINE * b.lines;
        const double fit = (r.h + GAP) / below - GAP, room = (r.w + BETWEEN) / b.beside - BETWEEN;
        b.h = fmin(r.h, fmax(fmin(fit, MOST_BLOCK), least > LEAST_BLOCK ? least : LEAST_BLOCK));
        b.line = fmax(LEAST_LINE, fmin(MOST_LINE, b.h / b.lines));
        b.shown = b.lines * b.line > b.h + 1 ? (int)(b.h / b.line) : b.lines;
        b.thumb = fmin(b.h, MOST_THUMB);
        b.cell = fmin((room - b.thumb - WAY_W - BAR - NAME_W) / b.columns, 1.8 * b.line);
        b.w = b.thumb + WAY_W + BAR + NAME_W + b.columns * b.cell;
        if (fit >= LEAST_BLOCK || 2 * b.w + BETWEEN > room) return b;
    }
}

static int first_of(int at, int n, int shown) {
    const int first = at - shown / 2;
    return first < 0 || n <= shown ? 0 : first > n - shown ? n - shown : first;
}

// Numbers first … first + n − 1 of the row.
static Map line_of(const Row *row, const Map *all, int first, int n) {
    Map m = *all;
    m.v = all->v + first;
    m.rows = 1, m.columns = n, m.step = n, m.left = first, m.vector = true;
    m.done = !row->filling || row->at >= first + n ? n : row->at < first ? 0 : row->at - first + 1;
    return m;
}

static void draw_lines(Screen *s, Rect r, const Row *row, const Map *all, const Block *b, int c) {
    const TextStyle name = {FONT_REGULAR, SIZE_AXIS, TONE_INK2, ALIGN_RIGHT, true};
    const int len = row->maps.h * row->maps.w, own = row->at >= 0 && row->at / len == c;
    const int top = first_of(own ? row->at % len / b->columns : 0, b->lines, b->shown);
    r.y += (r.h - b->shown * b->line) / 2;
    for (int l = top; l < top + b->shown; l++) {
        const int first = c * len + l * b->columns, left = len - l * b->columns;
        const int n = left < b->columns ? left : b->columns;
        const Map m = line_of(row, all, first, n);
        const Rect place = {r.x + NAME_W, r.y + (l - top) * b->line, n * b->cell, b->line - 3};
        draw_fitted(s->d, (Rect){r.x, place.y, NAME_W - 8, place.h}, name, arena_print(s->a, "%d", first));
        draw_grid(s, place, &m, power_of(m.max), SIZE_LABEL);
        if (row->at >= first && row->at < first + n) draw_mark(s, map_cells(place, &m, 0, row->at, 1, 1));
    }
}

static void draw_thumb(Screen *s, Rect r, const Row *row, int c) {
    Map m = map_of(s, row->maps, 0, c, row->maps_target);
    const int len = m.rows * m.columns;
    const bool own = row->at >= 0 && row->at / len == c;
    if (row->filling && row->back) m = map_until(m, own ? row->at % len + 1 : row->at / len > c ? len : 0);
    const Rect place = map_fit(r, m.rows, m.columns);
    draw_map(s, place, &m);
    if (own) draw_mark(s, map_cells(place, &m, row->at % len / m.columns, row->at % m.columns, 1, 1));
}

static void draw_block(Screen *s, Rect r, const Row *row, const Map *all, const Block *b, int c) {
    const double middle = r.y + r.h / 2, from = r.x + b->thumb + 6, to = r.x + b->thumb + WAY_W - 6;
    const TextStyle number = {FONT_BOLD, SIZE_LABEL, TONE_INK, ALIGN_CENTRE, true};
    draw_thumb(s, (Rect){r.x, r.y, b->thumb, r.h}, row, c);
    draw_arrow(s->d, (Point[]){{row->back ? to : from, middle}, {row->back ? from : to, middle}}, 2,
               (ShapeStyle){.line = row->way, .width = 3});
    draw_text(s->d, (Point){(from + to) / 2, middle - 9}, number, arena_print(s->a, "%d", c));
    r.x += b->thumb + WAY_W, r.w -= b->thumb + WAY_W;
    draw_rect(s->d, (Rect){r.x, r.y, BAR, r.h}, (ShapeStyle){.fill = group[c % GROUPS_SHOWN], .radius = 2});
    draw_lines(s, (Rect){r.x + BAR, r.y, r.w - BAR, r.h}, row, all, b, c);
}

void draw_row(Screen *s, Rect r, const Row *row) {
    if (!row->row.v || !row->maps.v) return;
    const int C = row->maps.c, len = row->maps.h * row->maps.w;
    const Map all = map_of(s, row->row, 0, 0, row->row_target);
    const Rect room = {r.x, r.y, r.w, r.h - LEGEND_H - 8};
    const Block b = block_of(room, row->maps);
    const int below = (int)((room.h + GAP + 1) / (b.h + GAP)), most = below * b.beside;
    const int n = C < most ? C : most;
    const int first = first_of(row->at >= 0 ? row->at / len : 0, C, n);
    for (int i = 0; i < n; i++)
        draw_block(s, (Rect){room.x + i / below * (b.w + BETWEEN), room.y + i % below * (b.h + GAP), b.w,
                             b.h}, row, &all, &b, first + i);
    draw_legend(s, (Rect){r.x, r.y + r.h - LEGEND_H + 4, r.w, LEGEND_H}, &all,
                n == C ? NULL : arena_print(s->a, "channels %d to %d of %d", first, first + n - 1, C));
}
