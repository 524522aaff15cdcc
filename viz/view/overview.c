/* overview.c — the whole network in one picture: what every layer puts out, or its gradient.
 *
 * Columns and lanes come from the graph (overview_layout.h); in each box the first channels stand below
 * one another. Gray edges run from every channel to those that read it. The marked channel's edges show
 * its weights: as thick as they are large, solid blue or dashed orange; black where a layer only hands
 * on. A shortcut is an arc above what it passes. */
#include <math.h>
#include <string.h>

#include "runtime/judge.h"
#include "viz/view/overview_parts.h"
#include "viz/view/scenes.h"

// ---- what is looked at -----------------------------------------------------------------------------

static const Graph *graph_of(const Screen *s) { return &s->v->t.s->x->graph; }

int weight_param(const Node *n) {
    for (int k = 0; k < n->n_params; k++)
        if (n->param[k].role == PARAM_WEIGHT) return k;
    return -1;
}

// The node of the current stage, or else the last layer with windows, or the first layer.
static int focus_node(const Screen *s) {
    const Graph *g = graph_of(s);
    if (s->node && s->node != &g->node[0]) return s->stage->index;
    int node = 1;
    for (int i = 1; i < g->n_nodes; i++)
        if (weight_param(&g->node[i]) >= 0 && g->node[i].shape.h * g->node[i].shape.w > 1) node = i;
    return node;
}

// A softmax over the classes is shown by the table at the right end.
static int nodes_shown(const Screen *s) {
    const Graph *g = graph_of(s);
    return judge_probable(g) && g->n_nodes > 2 && g->output == g->n_nodes - 1 ? g->n_nodes - 1 : g->n_nodes;
}

static void choose_maps(Overview *o, Pillar *p, bool focus) {
    const int c = p->shape.c, across = o->pitch > 112 && c > MOST_MAPS && p->box->lanes == 1 ? 2 : 1;
    const int most = p->vector ? MOST_NUMBERS : across * MOST_MAPS;
    p->across = across;
    p->shown = c <= most ? c : p->vector ? 1 : most;
    if (focus && p->shown > 1 && o->channel >= p->shown) p->first = o->channel - p->shown + 1;
    if (p->first > c - p->shown) p->first = c - p->shown;
}

static void fill_pillars(Overview *o) {
    const Trace *t = &o->s->v->t;
    for (int i = 1; i < o->l.n_boxes; i++) {
        Pillar *p = &o->p[i];
        const int last = o->l.box[i].last;
        p->box = &o->l.box[i], p->node = &o->l.g->node[last];
        p->stage = stage_of(t, STAGE_FORWARD, last);
        p->v = o->back ? trace_diff(t, last) : trace_value(t, last);
        p->shape = p->node->shape, p->vector = p->shape.h * p->shape.w == 1;
        choose_maps(o, p, i == o->focus);
    }
}

// ---- where things lie ------------------------------------------------------------------------------

bool pillar_mixes(const Overview *o, int box) {
    for (int i = o->l.box[box].first; i <= o->l.box[box].last; i++)
        if (o->l.of[i] == box && weight_param(&o->l.g->node[i]) >= 0) return true;
    return false;
}

// Edges need room in front of a column whose channels read all those before.
static double *column_gaps(Overview *o, double *sum) {
    double *gap = arena_array(o->s->a, double, (size_t)o->l.n_columns + 2);
    for (int c = 0; c <= o->l.n_columns; c++) gap[c] = 1;
    for (int i = 1; i < o->l.n_boxes; i++)
        if (pillar_mixes(o, i)) gap[o->l.box[i].column] = 2;
    *sum = 0;
    const double roomy = o->pitch > 80 ? 2 : 1.4;
    for (int c = 1; c <= o->l.n_columns; c++) *sum += gap[c] = gap[c] > 1 ? roomy : 1;
    return gap;
}

static void place_pillars(Overview *o, Rect in) {
    double sum;
    const double *gap = column_gaps(o, &sum);
    const int n = o->l.n_columns;
    const double least = 10, widest = o->pitch > 112 ? 108 : 58;
    const double w = fmin(widest, (in.w - least * sum) / n), unit = fmin(70, (in.w - n * w) / sum);
    const double spare = in.w - n * w - unit * sum, head = o->head;
    double *x = arena_array(o->s->a, double, (size_t)n + 1);
    x[0] = in.x - w;
    for (int c = 1; c <= n; c++) x[c] = x[c - 1] + w + gap[c] * unit + spare / n;
    for (int i = 1; i < o->l.n_boxes; i++) {
        Pillar *p = &o->p[i];
        const int lanes = p->box->lanes;
        const double h = (in.h - head + 8) / lanes, top = in.y + head + p->box->lane * h;
        p->at = (Rect){x[p->box->column], lanes > 1 ? top + LANE_HEAD : top, w,
                       h - (lanes > 1 ? LANE_HEAD : 0) - 8};
        const int c = p->box->column;
        p->head_w = fmin(c < n ? x[c + 1] - x[c] : o->pitch, c > 1 ? x[c] - x[c - 1] : o->pitch + 20) - 4;
        if (p->vector && p->shown > 1 && w > 64) p->at.x += (w - 64) / 2, p->at.w = 64;
        const int rows = (int)((p->at.h + 6) / (fmin(w / p->across, 56) + 6));
        if (!p->vector && p->shown > rows * p->across) p->shown = rows > 0 ? rows * p->across : 1;
        if (p->vector && lanes > 1 && p->shown > p->at.h / 20) p->shown = 1;
        const double most = CELL_H * p->shown;
        if (p->vector && !pillar_is_bar(p) && p->at.h > most) p->at.y += (p->at.h - most) / 2, p->at.h = most;
    }
}

// The place of the i-th shown channel.
Rect pillar_map(const Pillar *p, int i) {
    const int rows = (p->shown + p->across - 1) / p->across;
    const double pitch = p->at.h / rows, wide = p->at.w / p->across,
        side = fmin(wide - (p->across > 1 ? 4 : 0), pitch - 6);
    return (Rect){p->at.x + (i % p->across + 0.5) * wide - side / 2,
                  p->at.y + (i / p->across + 0.5) * pitch - side / 2,
                  side, side};
}

bool pillar_is_bar(const Pillar *p) { return p->vector && p->shown < p->shape.c; }

Rect pillar_bar(const Pillar *p) { return (Rect){p->at.x + p->at.w / 2 - 9, p->at.y, 18, p->at.h}; }

// ---- columns -----------------------------------------------------------------------------------------

static const char *short_shape(Screen *s, Shape v, bool narrow) {
    if (v.h * v.w == 1) return arena_print(s->a, "%d", v.c);
    if (narrow && v.h == v.w) return arena_print(s->a, "%d×%d²", v.c, v.h);
    return shape_words(s->a, v);
}

// Numbers that are written have one power of ten in common, which then stands in place of the shape.
static const char *below_name(Screen *s, const Pillar *p, bool narrow) {
    const char *shape = short_shape(s, p->shape, narrow);
    if (!p->v.v || !p->vector || pillar_is_bar(p)) return shape;
    const Power power = power_of(map_of(s, p->v, 0, 0, -1).max);
    return *power.text ? power.text : shape;
}

static void draw_head(Overview *o, const Pillar *p, double top) {
    Screen *s = o->s;
    // Above a narrow column words may become a little smaller than anywhere else, rather than be cut.
    const double w = fmin(p->head_w, 120), size = w < 70 ? SIZE_AXIS - 0.5 : SIZE_AXIS;
    const TextStyle bold = {FONT_BOLD, size, TONE_INK, ALIGN_CENTRE, false};
    const TextStyle plain = {FONT_REGULAR, size, TONE_INK3, ALIGN_CENTRE, false};
    const double x = p->at.x + p->at.w / 2 - w / 2;
    draw_fitted(s->d, (Rect){x, p->box->lanes > 1 ? p->at.y - 21 : top, w, 18}, bold,
                stage_chip(s->a, &s->v->t,
                           stage_of(&s->v->t, STAGE_FORWARD, overview_namesake(&o->l, (int)(p - o->p)))));
    if (p->box->lanes > 1) return;
    draw_fitted(s->d, (Rect){x, top + 20, w, 18}, plain, below_name(s, p, w < 84));
    if (p->box->n > 1)
        draw_fitted(s->d, (Rect){x, top + 40, w, 18}, plain, arena_print(s->a, "%d layers", p->box->n));
}

static void draw_pillar(Overview *o, const Pillar *p) {
    Screen *s = o->s;
    const Hit to = {.kind = HIT_STAGE, .rect = p->at, .to = p->stage};
    draw_head(o, p, s->area.y + 10);
    if (!p->v.v) {
        draw_rect(s->d, p->at, (ShapeStyle){.fill = TONE_SUNKEN, .line = TONE_LINE});
        draw_hatch(s->d, p->at, TONE_LINE, 8);
    } else if (p->vector) {
        Map m = map_of(s, p->v, 0, 0, -1);
        m.rows = p->v.c, m.columns = 1, m.done = p->v.c;
        if (pillar_is_bar(p)) draw_map(s, pillar_bar(p), &m);
        else draw_grid(s, p->at, &m, power_of(m.max), SIZE_LABEL);
    } else {
        const int cells = (int)fmin(SMALL_SIDE, fmax(1, pillar_map(p, 0).w)); // no more than the place has dp
        double max = 1e-12;
        Map *m = arena_array(s->a, Map, (size_t)p->shown + 1);
        for (int i = 0; i < p->shown; i++) {
            m[i] = map_shrunk(s, p->v, p->first + i, cells, -1);
            max = fmax(max, map_size(m[i].v, m[i].rows * m[i].columns));
        }
        for (int i = 0; i < p->shown; i++) {
            m[i].max = max;
            draw_map(s, map_fit(pillar_map(p, i), m[i].rows, m[i].columns), &m[i]);
        }
    }
    hits_add(s->hits, to);
}

// ---- together ----------------------------------------------------------------------------------------

static void draw_key(Screen *s) {
    const TextStyle words = {.size = SIZE_AXIS, .tone = TONE_INK2};
    TextStyle right = words;
    right.align = ALIGN_RIGHT;
    const double x = s->w - MARGIN - 500, y = TITLE_TOP + 20;
    const Map m = {.scale = SCALE_SIGNED, .max = 1};
    draw_text(s->d, (Point){x - 14, y - 3}, right, "each column is scaled");
    draw_text(s->d, (Point){x - 14, y + 17}, right, "to its own maximum");
    draw_legend(s, (Rect){x, TITLE_TOP + 6, 180, LEGEND_H}, &m, "");
    draw_text(s->d, (Point){x + 210, y - 3}, words, "edges: weights of the marked channel");
    draw_line(s->d, (Point){x + 210, y + 14}, (Point){x + 246, y + 14},
              (ShapeStyle){.line = TONE_POS, .width = 3});
    draw_text(s->d, (Point){x + 252, y + 19}, words, "positive");
    draw_line(s->d, (Point){x + 330, y + 14}, (Point){x + 366, y + 14},
              (ShapeStyle){.line = TONE_NEG, .width = 3, .dashed = true});
    draw_text(s->d, (Point){x + 372, y + 19}, words, "negative");
}

static Overview overview_of(Screen *s) {
    Overview o = {.s = s, .back = s->v->gradients};
    const int node = focus_node(s), n = nodes_shown(s);
    o.l = overview_layout(s->a, graph_of(s), n, node, MOST_COLUMNS);
    o.p = arena_array(s->a, Pillar, (size_t)o.l.n_boxes);
    memset(o.p, 0, sizeof *o.p * (size_t)o.l.n_boxes);
    o.focus = o.l.of[node < n ? node : n - 1];
    const int c = s->node ? s->v->at.channel : 1, channels = o.l.g->node[o.l.box[o.focus].last].shape.c;
    o.channel = c < channels ? c : 0;
    bool several = false;
    for (int i = 1; i < o.l.n_boxes; i++) {
        o.arcs = o.arcs || o.l.box[i].loops;
        several = several || o.l.box[i].n > 1;
    }
    for (int i = 1; i < o.l.n_nodes; i++)
        for (int k = 0; k < o.l.g->node[i].n_src; k++)
            o.arcs = o.arcs || overview_skips(&o.l, o.l.of[o.l.g->node[i].src[k]], o.l.of[i]);
    o.head = HEAD + (several ? HEAD_LINE : 0) + (o.arcs ? ARC : 0);
    return o;
}

static void draw_overview(Screen *s) {
    Overview o = overview_of(s);
    const Rect in = {s->area.x + 20, s->area.y + 10, s->area.w - 40, s->area.h - 24};
    const Rect columns = {in.x + LEFT_W, in.y, in.w - LEFT_W - RIGHT_W, in.h};
    o.pitch = columns.w / (o.l.n_columns > 0 ? o.l.n_columns : 1);
    draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, s->w - 700, o.back ? "Overview, gradients" : "Overview",
               o.back ? "who is to blame?" : "one picture, every layer");
    draw_key(s);
    draw_card(s->d, s->area);
    fill_pillars(&o);
    place_pillars(&o, columns);
    overview_edges(&o);
    overview_picture(&o);
    for (int i = 1; i < o.l.n_boxes; i++) draw_pillar(&o, &o.p[i]);
    overview_marks(&o);
    overview_classes(&o,
                 (Rect){in.x + in.w - RIGHT_W + 28, in.y + o.head, RIGHT_W - 28, in.h - o.head});
}

static void tell_overview(Telling *t) {
    const Graph *g = &t->v->t.s->x->graph;
    for (int i = 1; i < g->n_nodes; i++) {
        const Tensor v = t->v->gradients ? trace_diff(&t->v->t, i) : trace_value(&t->v->t, i);
        double size = 0;
        for (int k = 0; v.v && k < v.c * v.h * v.w; k++)
            size = fmax(size, fabs((double)*at(v, 0, k / (v.h * v.w), k / v.w % v.h, k % v.w)));
        tell(t, "%s %s: %s, largest %s\n", g->node[i].use.kind->name, g->node[i].name,
             shape_words(t->a, g->node[i].shape), v.v ? number_figures(size, 6).s : "no gradient");
    }
}

const SceneSpec overview_scene = {
    .name = "overview", .footer = "G shows values or gradients · → goes to the stages",
    .draw = draw_overview, .tell = tell_overview,
};
