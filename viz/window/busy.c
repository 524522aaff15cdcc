/* busy.c — see busy.h. */
#include "viz/window/busy.h"

#include <math.h>
#include <stdio.h>

#include "viz/draw/number.h"

// A node of the graph, or 0: they are written by other threads.
static int node_of(const Doing *d, const Graph *g) {
    const int i = atomic_load(&d->at);
    return g && i > 0 && i < g->n_nodes ? i : 0;
}

void busy_words(const Doing *d, const Graph *g, char *text, size_t room) {
    const int what = atomic_load(&d->what), at = atomic_load(&d->at), of = atomic_load(&d->of);
    const int node = node_of(d, g);
    if (what == DOING_PICTURES)
        snprintf(text, room, "reading pictures: %s of %s", number_count(at).s, number_count(of).s);
    else if ((what == DOING_FORWARD || what == DOING_BACKWARD) && node > 0)
        snprintf(text, room, "computing %.100s, %s: %d of %d", g->node[node].name,
                 what == DOING_FORWARD ? "forward" : "backward", node, g->n_nodes - 1);
    else snprintf(text, room, what == DOING_OPENING ? "opening the network…" : "computing…");
}

double busy_share(const Doing *d, const Graph *g) {
    const int what = atomic_load(&d->what), at = atomic_load(&d->at), of = atomic_load(&d->of);
    const int node = node_of(d, g);
    if (what == DOING_PICTURES) return of > 0 ? fmin(1, (double)at / of) : -1;
    if (node == 0 || what < DOING_FORWARD) return -1;
    const double share = (double)node / g->n_nodes;
    return what == DOING_FORWARD ? share / 2 : 1 - share / 2;
}

DrawList *busy_draw(const Fonts *f, const Doing *d, const Graph *g, Error *e) {
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK, .align = ALIGN_CENTRE, .tabular = true};
    const double share = busy_share(d, g);
    char text[200];
    DrawList *list = draw_make(f, BUSY_W, BUSY_H);
    if (!list) {
        error_set(e, "no memory for the picture");
        return NULL;
    }
    busy_words(d, g, text, sizeof text);
    const Rect bar = {CARD_PADDING, BUSY_H - 24, BUSY_W - 2 * CARD_PADDING, 8};
    draw_rect(list, (Rect){1, 1, BUSY_W - 2, BUSY_H - 2}, (ShapeStyle){TONE_SURFACE, TONE_INK2, 2, 0, false});
    draw_fitted(list, (Rect){bar.x, 8, bar.w, BUSY_H - 40}, words, text);
    draw_rect(list, bar, (ShapeStyle){.fill = TONE_SUNKEN, .radius = 4});
    if (share > 0)
        draw_rect(list, (Rect){bar.x, bar.y, share * bar.w, bar.h},
                  (ShapeStyle){.fill = TONE_FORWARD, .radius = 4});
    return list;
}
