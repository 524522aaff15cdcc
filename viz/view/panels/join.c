/* join.c — see join.h. */
#include "viz/view/panels/join.h"

#include <math.h>

// ---- paths -----------------------------------------------------------------------------------------

enum { LONGEST = 64 };

// A path backwards: its layers, the nearest first, along the first input of each.
typedef struct Chain { int node[LONGEST], n; } Chain;

static Chain chain_of(const Graph *g, int node) {
    Chain c = {.n = 0};
    for (int i = node; c.n < LONGEST; i = g->node[i].src[0]) {
        c.node[c.n++] = i;
        if (g->node[i].n_src == 0) break;
    }
    return c;
}

static bool holds(const Chain *c, int node) {
    for (int i = 0; i < c->n; i++)
        if (c->node[i] == node) return true;
    return false;
}

// Where all paths of a node part, or −1.
static int fork_of(const Graph *g, const Node *node) {
    const Chain first = chain_of(g, node->src[0]);
    for (int i = 0; i < first.n; i++) {
        bool all = true;
        for (int k = 1; k < node->n_src && all; k++) {
            const Chain other = chain_of(g, node->src[k]);
            all = holds(&other, first.node[i]);
        }
        if (all) return first.node[i];
    }
    return -1;
}

static const char *name_of(Screen *s, int node) {
    const int stage = stage_of(&s->v->t, STAGE_FORWARD, node);
    return stage >= 0 ? stage_chip(s->a, &s->v->t, stage) : "the picture";
}

const char *path_words(Screen *s, int k) {
    const Graph *g = &s->v->t.s->x->graph;
    const int fork = fork_of(g, s->node);
    const Chain c = chain_of(g, s->node->src[k]);
    const char *text = "";
    int n = 0;
    while (n < c.n && c.node[n] != fork) n++;
    if (n == 0) return arena_print(s->a, "straight from %s", name_of(s, s->node->src[k]));
    for (int i = n - 1; i >= 0; i--) {
        if (n > 4 && i == n - 3) text = arena_print(s->a, "%s → …", text);
        if (n > 4 && i <= n - 3 && i > 0) continue;
        text = arena_print(s->a, "%s%s%s", text, *text ? " → " : "", name_of(s, c.node[i]));
    }
    return text;
}

// ---- channels --------------------------------------------------------------------------------------

Tensor channels_of(Screen *s, Tensor t, int lo, int n) {
    Tensor part = {.n = 1, .c = n, .h = t.h, .w = t.w, .layout = LAYOUT_PLAIN};
    if (!t.v) return part;
    part.v = arena_array(s->a, real, (size_t)(n * t.h * t.w) + 1);
    for (int i = 0; i < n * t.h * t.w; i++)
        part.v[i] = *at(t, 0, lo + i / (t.h * t.w), i / t.w % t.h, i % t.w);
    return part;
}

int path_channels(const Screen *s, int k) {
    return s->v->t.s->x->graph.node[s->node->src[k]].shape.c;
}

int path_first(const Screen *s, int k) {
    int first = 0;
    for (int i = 0; i < k; i++) first += path_channels(s, i);
    return first;
}

const char *channels_text(Screen *s, int first, int n) {
    return n == 1 ? arena_print(s->a, "channel %d", first)
                  : arena_print(s->a, "channels %d to %d", first, first + n - 1);
}

// ---- layout ----------------------------------------------------------------------------------------

Rect path_row(Rect r, int k, int n) {
    const double h = (r.h - (n - 1) * CARD_GAP) / n;
    return (Rect){r.x, r.y + k * (h + CARD_GAP), r.w, h};
}

void draw_path_maps(Screen *s, Rect r, Tensor t, int n) {
    enum { GAP = 6, ROOMY = 2 };
    const double side = t.h > 0 ? r.h * t.w / t.h : 0;
    const int fit = side > 0 ? (int)((r.w + GAP) / (side + GAP)) : 0, shown = fit < t.c ? fit : t.c;
    if (n <= ROOMY || !t.v || t.h * t.w == 1 || shown < 1) {
        draw_thumbnails(s, r, t, -1);
        return;
    }
    double max = 1e-12;
    Map *m = arena_array(s->a, Map, (size_t)shown);
    for (int c = 0; c < shown; c++) {
        m[c] = map_of(s, t, 0, c, -1);
        max = fmax(max, map_size(m[c].v, t.h * t.w));
    }
    for (int c = 0; c < shown; c++) {
        m[c].max = max;
        draw_map(s, (Rect){r.x + c * (side + GAP), r.y, side, r.h}, &m[c]);
    }
}

void draw_way(Screen *s, Rect from, Rect to, Tone tone) {
    const Point a = {from.x + from.w + 4, from.y + from.h / 2}, b = {to.x - 6, to.y + to.h / 2};
    draw_arrow(s->d, (Point[]){a, b}, 2, (ShapeStyle){.line = tone, .width = 4});
}
