/* patch.c — see patch.h. */
#include "viz/view/panels/patch.h"

#include <math.h>

static int clamped(int v, int lo, int hi) { return v < lo || hi < lo ? lo : v > hi ? hi : v; }

// Rows or columns around lo … lo + n − 1 of `all`, at most `most`.
static int start_of(int lo, int n, int all, int most) {
    const int side = most < all ? most : all;
    return n >= side ? lo : clamped(lo + n / 2 - side / 2, 0, all - side);
}

static Map part_around(Screen *s, const Patch *p) {
    const Map *m = &p->map;
    if (m->vector) return *m;
    const int rows = p->cells.h > p->most ? p->cells.h : p->most, columns = p->cells.w > p->most ? p->cells.w
        : p->most;
    return map_part(s, m, start_of(p->cells.y, p->cells.h, m->rows, rows),
                    start_of(p->cells.x, p->cells.w, m->columns, columns), rows, columns);
}

static bool inside(const Cells *c, int y, int x) {
    return y >= c->y && y < c->y + c->h && x >= c->x && x < c->x + c->w;
}

void draw_patch(Screen *s, Rect r, const Patch *p) {
    const Map m = part_around(s, p);
    const Rect in = draw_titled(s, r, p->title, p->helper);
    Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 8}, m.rows, m.columns);
    if (m.columns == 1) place = map_column((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 8}, m.rows);
    if (m.rows * m.columns <= 200) draw_grid(s, place, &m, power_of(m.max), SIZE_BODY);
    else draw_map(s, place, &m);
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, &m, NULL);
    for (int i = 0; i < m.rows * m.columns && p->hatched; i++) {
        const int y = m.top + i / m.columns, x = m.left + i % m.columns;
        const Rect cell = map_cells(place, &m, y, x, 1, 1);
        if (inside(&p->cells, y, x)) continue;
        draw_rect(s->d, cell, (ShapeStyle){.fill = TONE_SUNKEN, .line = TONE_LINE});
    }
    const int i = p->cells.channel;
    const Rect marked = m.vector ? map_cells(place, &m, i / m.columns, i % m.columns, 1, 1)
                                 : map_cells(place, &m, p->cells.y, p->cells.x, p->cells.h, p->cells.w);
    draw_mark(s, marked);
}

typedef struct Box { Cells c; int n; } Box;

static void grow(void *ctx, const Term *t) {
    Box *b = ctx;
    for (int f = 0; f < t->n_factors; f++) {
        const Operand *o = &t->factor[f];
        if (o->of != OF_SRC) continue;
        if (b->n++ == 0) b->c = (Cells){o->c, o->y, o->x, 1, 1};
        const int y1 = b->c.y + b->c.h > o->y + 1 ? b->c.y + b->c.h : o->y + 1;
        const int x1 = b->c.x + b->c.w > o->x + 1 ? b->c.x + b->c.w : o->x + 1;
        if (o->y < b->c.y) b->c.y = o->y;
        if (o->x < b->c.x) b->c.x = o->x;
        b->c.h = y1 - b->c.y, b->c.w = x1 - b->c.x;
    }
}

Cells window_below(Screen *s, Spot at, int *n) {
    Box b = {{at.c, at.y, at.x, 1, 1}, 0};
    answer_each(s->v, s->stage->index, ASKED_DST, 0, at, grow, &b);
    *n = b.n > 0 ? b.n : 1;
    return b.c;
}

void draw_way_into(Screen *s, Rect card, Tone tone) {
    const double y = card.y + card.h / 2;
    draw_arrow(s->d, (Point[]){{card.x - CARD_GAP - 12, y}, {card.x + 12, y}}, 2,
               (ShapeStyle){.line = tone, .width = 4});
}
