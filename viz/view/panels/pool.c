/* pool.c — see pool.h. */
#include "viz/view/panels/pool.h"

#include <math.h>

// ---- asking one window ---------------------------------------------------------------------------

static Cells grown(Cells c, int y, int x) {
    if (c.h == 0) return (Cells){c.channel, y, x, 1, 1};
    const int y0 = y < c.y ? y : c.y, x0 = x < c.x ? x : c.x;
    const int y1 = y >= c.y + c.h ? y + 1 : c.y + c.h, x1 = x >= c.x + c.w ? x + 1 : c.x + c.w;
    return (Cells){c.channel, y0, x0, y1 - y0, x1 - x0};
}

// What was looked at is told by helpers, the winner by the only term.
static PoolWindow ask(Screen *s, Pools *p, int y, int x, bool numbers) {
    const Answer a = answer_about(s->a, s->v, s->stage->index, ASKED_DST, 0,
                                  (Spot){0, p->channel, y, x}, 0);
    PoolWindow w = {.y = y, .x = x};
    if (a.kept > 0 && a.term[0].n_factors > 0) {
        w.winner_y = a.term[0].factor[0].y, w.winner_x = a.term[0].factor[0].x;
        w.covers = grown(w.covers, w.winner_y, w.winner_x);
    }
    for (int i = 0; i < a.n_helpers; i++) {
        const Operand *o = &a.helper[i];
        w.covers = grown(w.covers, o->y, o->x);
        if (!numbers || p->n_numbers >= 64) continue;
        if (o->y == w.winner_y && o->x == w.winner_x) p->winner = p->n_numbers;
        p->number[p->n_numbers++] = o->v;
    }
    return w;
}

static int clamped(int v, int n, int side) {
    const int lo = v - side / 2;
    return lo > n - side ? (n > side ? n - side : 0) : lo < 0 ? 0 : lo;
}

Pools pools_around(Screen *s, int c, int y, int x) {
    const Shape out = s->node->shape;
    Pools p = {.channel = c, .top = clamped(y, out.h, POOL_SIDE), .left = clamped(x, out.w, POOL_SIDE)};
    p.covers.channel = c;
    p.rows = out.h < POOL_SIDE ? out.h : POOL_SIDE, p.columns = out.w < POOL_SIDE ? out.w : POOL_SIDE;
    for (int i = 0; i < p.rows * p.columns; i++) {
        const int row = p.top + i / p.columns, column = p.left + i % p.columns;
        const bool current = row == y && column == x;
        if (current) p.current = i;
        p.window[i] = ask(s, &p, row, column, current);
        const Cells w = p.window[i].covers;
        p.covers = grown(p.covers, w.y, w.x);
        p.covers = grown(p.covers, w.y + w.h - 1, w.x + w.w - 1);
    }
    return p;
}

// ---- drawing -------------------------------------------------------------------------------------

static bool wins(const Pools *p, int y, int x) {
    for (int i = 0; i < p->rows * p->columns; i++)
        if (p->window[i].winner_y == y && p->window[i].winner_x == x) return true;
    return false;
}

void draw_pool_windows(Screen *s, Rect r, const Map *m, const Pools *p, Tone tone, bool others_hatched) {
    for (int y = m->top; y < m->top + m->rows && others_hatched; y++)
        for (int x = m->left; x < m->left + m->columns; x++)
            if (!wins(p, y, x) && m->v[(y - m->top) * m->columns + x - m->left] == 0) // nor elsewhere
                draw_hatch(s->d, rect_inset(map_cells(r, m, y, x, 1, 1), 1), TONE_INK3, 7);
    for (int i = 0; i < p->rows * p->columns; i++) {
        const PoolWindow *w = &p->window[i];
        draw_rect(s->d, map_cells(r, m, w->covers.y, w->covers.x, w->covers.h, w->covers.w),
                  (ShapeStyle){.line = TONE_INK3, .width = 1.5});
        const Rect winner = map_cells(r, m, w->winner_y, w->winner_x, 1, 1);
        if (others_hatched) continue;
        draw_rect(s->d, rect_inset(winner, 2.5), (ShapeStyle){.line = TONE_SURFACE, .width = 4.5}); // on dark
        draw_rect(s->d, rect_inset(winner, 2), (ShapeStyle){.line = tone, .width = 2.5});
    }
    const Cells c = p->window[p->current].covers;
    draw_mark(s, map_cells(r, m, c.y, c.x, c.h, c.w));
}

const char *pool_text(Screen *s, const Pools *p) {
    const char *text = "max(";
    const int most = p->n_numbers <= 9 ? 9 : 4; // of a large window a few stand for all
    for (int i = 0; i < p->n_numbers && i < most; i++)
        text = arena_print(s->a, "%s%s%s", text, i ? ", " : "", number_fixed(p->number[i], 2).s);
    return arena_print(s->a, "%s%s)", text, p->n_numbers > most ? ", …" : "");
}
