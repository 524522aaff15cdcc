/* overview_edges.c — who reads whom: gray edges between channels, arcs over shortcuts, and the weights
 * of the marked channel. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "viz/view/overview_parts.h"

// Where an edge leaves channel c of a box, or arrives.
static Point end_of(const Overview *o, int box, int c, bool right) {
    if (box == 0) return overview_picture_end(o);
    const Pillar *p = &o->p[box];
    if (pillar_is_bar(p)) {
        const Rect r = pillar_bar(p);
        return (Point){right ? r.x + r.w : r.x, r.y + r.h * (c + 0.5) / p->shape.c};
    }
    if (p->vector) {
        const double pitch = p->at.h / p->shown;
        return (Point){right ? p->at.x + p->at.w : p->at.x, p->at.y + (c - p->first + 0.5) * pitch};
    }
    const int rows = (p->shown + p->across - 1) / p->across, row = (c - p->first) / p->across;
    const double y = p->at.y + (row + 0.5) * p->at.h / rows;
    return (Point){right ? p->at.x + p->at.w : p->at.x, y};
}

// ---- edges -----------------------------------------------------------------------------------------

static void draw_edge(Overview *o, Point from, Point to, ShapeStyle style) {
    Point p[17];
    for (int i = 0; i <= 16; i++) {
        const double u = i / 16.0, smooth = u * u * (3 - 2 * u);
        p[i] = (Point){from.x + u * (to.x - from.x), from.y + smooth * (to.y - from.y)};
    }
    draw_path(o->s->d, p, 17, style);
}

// Channels of which edges are drawn: those shown, of a long vector a few.
static int ends_of(const Overview *o, int box, int *c) {
    enum { FEW = 5 };
    const Pillar *p = &o->p[box];
    int n = 0;
    if (box == 0) return c[0] = 0, 1;
    const bool bar = pillar_is_bar(p);
    for (int i = 0; i < (bar ? FEW : p->shown); i++)
        c[n++] = bar ? (int)((i + 0.5) * p->shape.c / FEW) : p->first + i;
    return n;
}

enum { MOST_ENDS = 2 * MOST_MAPS + MOST_NUMBERS };

static bool shows(const Overview *o, int box, int c) {
    const Pillar *p = &o->p[box];
    return box == 0 || pillar_is_bar(p) || (c >= p->first && c < p->first + p->shown);
}

// The channel of box b that is made of channel c of box a alone: its own, that behind the paths before it
// (concat), or the middle of its numbers (flatten).
static int successor(const Overview *o, int a, int b, int c, int before) {
    const int from = a > 0 ? o->p[a].shape.c : 1, to = o->p[b].shape.c;
    return before > 0 || to % from || !o->p[b].vector ? c + before : (int)((c + 0.5) * to / from);
}

static void draw_gray_edges(Overview *o, int a, int b, int before) {
    int from[MOST_ENDS], to[MOST_ENDS];
    const int n = ends_of(o, a, from), m = ends_of(o, b, to);
    const bool all = a == 0 || pillar_mixes(o, b) || o->l.box[b].n > 3;
    const bool narrow = a > 0 && end_of(o, b, to[0], false).x - end_of(o, a, from[0], true).x < 26;
    const ShapeStyle thin = {.line = TONE_LINE, .width = 1};
    for (int i = 0; i < n && all; i++)
        for (int k = 0; k < m; k++)
            if (!narrow || abs(i - k) < 2)
                draw_edge(o, end_of(o, a, from[i], true), end_of(o, b, to[k], false), thin);
    for (int i = 0; i < n && !all; i++) {
        const int c = successor(o, a, b, from[i], before);
        if (shows(o, b, c)) draw_edge(o, end_of(o, a, from[i], true), end_of(o, b, c, false), thin);
    }
}

// The top of a box's first map or number.
static double top_of(const Pillar *p) {
    if (p->vector) return p->at.y - 3;
    return map_fit(pillar_map(p, 0), p->shape.h, p->shape.w).y - 3;
}

static void draw_over(Overview *o, Point from, Point to, double top, double width) {
    const double bend = 8;
    const Point way[] = {from, {from.x, top + bend}, {from.x + bend, top}, {to.x - bend, top},
                         {to.x, top + bend}, to};
    draw_arrow(o->s->d, way, 6,
               (ShapeStyle){.line = o->back ? TONE_BACKWARD : TONE_FORWARD, .width = width, .radius = 6});
}

static void draw_arc(Overview *o, int a, int b) {
    const Pillar *from = &o->p[a], *to = &o->p[b];
    const Point left = a ? (Point){from->at.x + 0.85 * from->at.w, top_of(from)} : end_of(o, 0, 0, true);
    draw_over(o, left, (Point){to->at.x + 0.3 * to->at.w, top_of(to)}, to->at.y - ARC + 6, 3);
}

// A shortcut within a box: a small arc over it.
static void draw_loop(Overview *o, const Pillar *p) {
    const double foot = top_of(p);
    draw_over(o, (Point){p->at.x - 6, foot + 8}, (Point){p->at.x + 0.6 * p->at.w, foot}, foot - ARC + 14, 2);
}

// ---- the marked channel's edges ----------------------------------------------------------------------

// The layer of a box that reads the one before with weights of its own, or NULL.
static const Node *reader(const Overview *o, int box, int *from) {
    for (int i = o->l.box[box].first; i <= o->l.box[box].last; i++) {
        const Node *n = &o->l.g->node[i];
        if (o->l.of[i] != box || weight_param(n) < 0) continue;
        *from = o->l.of[n->src[0]];
        return *from != box ? n : NULL;
    }
    return NULL;
}

static double weight_sum(Tensor w, int f, int c) {
    double sum = 0;
    for (int i = 0; f < w.n && c < w.c && i < w.h * w.w; i++) sum += (double)*at(w, f, c, i / w.w, i % w.w);
    return sum;
}

static void draw_weight_edges(Overview *o, const Node *node, int a, int b, int f) {
    const int index = (int)(node - o->l.g->node), first = params_of_node(o->s->v->t.s->params, index);
    const Tensor w = trace_param(&o->s->v->t, first + weight_param(node), PARAM_BEFORE);
    const bool bar = a > 0 && pillar_is_bar(&o->p[a]), groups = a > 0 && w.c != o->p[a].shape.c;
    double max = 1e-12;
    if (!w.v || groups) return;
    for (int c = 0; c < w.c; c++) max = fmax(max, fabs(weight_sum(w, f, c)));
    for (int c = 0; c < w.c; c++) {
        const double v = weight_sum(w, f, c), share = fabs(v) / max;
        if (!shows(o, a, c) || (bar && share < 0.75)) continue;
        if (a == 0 && c > 0) break;
        draw_edge(o, end_of(o, a, c, true), end_of(o, b, f, false),
                  (ShapeStyle){.line = v < 0 ? TONE_NEG : TONE_POS, .dashed = v < 0, .width = 1 + 4 * share});
    }
}

static void draw_marks(Overview *o, int box, int c) {
    const Pillar *p = &o->p[box];
    if (box == 0 || !shows(o, box, c) || pillar_is_bar(p)) return;
    const double pitch = p->at.h / p->shown;
    Rect r = {p->at.x, p->at.y + (c - p->first) * pitch, p->at.w, pitch};
    if (!p->vector) r = map_fit(pillar_map(p, c - p->first), p->shape.h, p->shape.w);
    draw_mark(o->s, r);
}

// Along the layers that only hand the channel on: forwards from the marked box, and back to the weights.
// Draws edges first, marks later, so that no line runs over a mark.
static void follow(Overview *o, bool marks) {
    const ShapeStyle black = {.line = TONE_INK, .width = 3};
    const int c = o->channel;
    int box = o->focus, from = -1;
    if (marks) draw_marks(o, box, c);
    for (const Node *n; box > 0; box = from) {
        n = reader(o, box, &from);
        if (n && !marks && shows(o, box, c)) draw_weight_edges(o, n, from, box, c);
        const Node *first = &o->l.g->node[o->l.box[box].first];
        if (n || first->n_src != 1 || pillar_mixes(o, box)) break;
        from = o->l.of[first->src[0]];
        if (from == 0 || o->p[from].shape.c != o->p[box].shape.c) break;
        const bool both = shows(o, from, c) && shows(o, box, c);
        if (!marks && both) draw_edge(o, end_of(o, from, c, true), end_of(o, box, c, false), black);
        if (marks) draw_marks(o, from, c);
    }
    for (box = o->focus; box + 1 < o->l.n_boxes; box++) {
        const Node *first = &o->l.g->node[o->l.box[box + 1].first];
        const bool on = o->p[box + 1].shape.c == o->p[box].shape.c && first->n_src == 1
            && o->l.of[first->src[0]] == box;
        if (!on || pillar_mixes(o, box + 1) || !shows(o, box + 1, c) || !shows(o, box, c)) break;
        if (!marks) draw_edge(o, end_of(o, box, c, true), end_of(o, box + 1, c, false), black);
        if (marks) draw_marks(o, box + 1, c);
    }
}

// How many channels of a concat come before those of its source k.
static int channels_before(const Node *n, int k, const Graph *g) {
    int before = 0;
    for (int i = 0; i < k
         && strcmp(n->use.kind->name, "concat") == 0; i++) before += g->node[n->src[i]].shape.c;
    return before;
}

void overview_edges(Overview *o) {
    const OverLayout *l = &o->l;
    for (int i = 1; i < l->n_nodes; i++)
        for (int k = 0; k < l->g->node[i].n_src; k++) {
            const int a = l->of[l->g->node[i].src[k]], b = l->of[i];
            if (a != b && overview_skips(l, a, b)) draw_arc(o, a, b);
            else if (a != b) draw_gray_edges(o, a, b, channels_before(&l->g->node[i], k, l->g));
        }
    for (int i = 1; i < l->n_boxes; i++)
        if (l->box[i].loops) draw_loop(o, &o->p[i]);
    follow(o, false);
}


void overview_marks(Overview *o) { follow(o, true); }
