/* overview.c — the whole network in one picture: what every stage puts out, or its gradient.
 *
 * One column per stage, its channels below one another; edges run from each channel of a column to
 * those of the next that read it. The current channel's edges are drawn by the sign and size of
 * its weights: solid blue, dashed orange. */
#include <math.h>
#include <string.h>

#include "runtime/judge.h"
#include "viz/view/pieces/pieces.h"
#include "viz/view/scenes.h"
#include "viz/view/strip.h"

enum { MAX_STAGES = 12, MAX_MAPS = 8, HEAD = 54, BAR = 18, BAR_ENDS = 5 };

typedef struct Pillar {
    const Node *node;
    int index, stage;
    Tensor v;
    int shown;           // maps or numbers drawn
    Rect at;
} Pillar;

// The layers that are shown: all, or as many as fit, the last ones always among them.
static int pillars(Screen *s, Pillar *p) {
    const Trace *t = &s->v->t;
    const Graph *g = &t->s->x->graph;
    const int n = g->n_nodes - 1, shown = n < MAX_STAGES ? n : MAX_STAGES;
    for (int i = 0; i < shown; i++) {
        const int k = 1 + (int)((double)i * (n - 1) / (shown > 1 ? shown - 1 : 1) + 0.5);
        p[i] = (Pillar){.node = &g->node[k], .index = k, .stage = stage_of(t, STAGE_FORWARD, k),
                        .v = s->v->gradients ? trace_diff(t, k) : trace_value(t, k)};
        const int c = g->node[k].shape.c;
        const bool vector = g->node[k].shape.h * g->node[k].shape.w == 1;
        p[i].shown = vector ? (c <= 10 ? c : 1) : c < MAX_MAPS ? c : MAX_MAPS;
    }
    return shown;
}

static Rect map_place(const Pillar *p, int i) {
    const double pitch = p->at.h / p->shown, side = fmin(p->at.w, pitch - 6);
    return (Rect){p->at.x + (p->at.w - side) / 2, p->at.y + (i + 0.5) * pitch - side / 2, side, side};
}

static bool is_vector(const Pillar *p) { return p->node->shape.h * p->node->shape.w == 1; }

// ---- edges ---------------------------------------------------------------------------------------

static void draw_edge(Screen *s, Point from, Point to, ShapeStyle style) {
    Point p[13];
    for (int i = 0; i <= 12; i++) {
        const double u = i / 12.0, smooth = u * u * (3 - 2 * u);
        p[i] = (Point){from.x + u * (to.x - from.x), from.y + smooth * (to.y - from.y)};
    }
    draw_path(s->d, p, 13, style);
}

// Where edges end: at each map or number; a long vector is touched at a few places.
static int ends_of(const Pillar *p) { return is_vector(p) && p->shown == 1 ? BAR_ENDS : p->shown; }

static Point end_of(const Pillar *p, int i, bool right) {
    const double middle = p->at.x + p->at.w / 2;
    if (is_vector(p)) {
        const double half = p->shown == 1 ? BAR / 2.0 : p->at.w / 2;
        return (Point){middle + (right ? half : -half), p->at.y + (i + 0.5) * p->at.h / ends_of(p)};
    }
    const Rect r = map_place(p, i);
    return (Point){right ? r.x + r.w : r.x, r.y + r.h / 2};
}

static Point right_of(const Pillar *p, int i) { return end_of(p, i, true); }
static Point left_of(const Pillar *p, int i)  { return end_of(p, i, false); }

// The sum of the weights from channel c of a conv's input to its filter f; 0 for other kinds.
static double weight_between(Screen *s, const Pillar *p, int f, int c) {
    if (p->node->n_params < 1 || p->node->param[0].role != PARAM_WEIGHT) return 0;
    const Tensor w = trace_param(&s->v->t, params_of_node(s->v->t.s->params, p->index), PARAM_BEFORE);
    double sum = 0;
    for (int i = 0; f < w.n && c < w.c && i < w.h * w.w; i++) sum += (double)*at(w, f, c, i / w.w, i % w.w);
    return sum;
}

// Layers without weights read number by number, the others everything.
static void draw_edges(Screen *s, const Pillar *a, const Pillar *b) {
    const int m = ends_of(a), n = ends_of(b);
    const bool each = m == n && b->node->n_params == 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < m; k++)
            if (!each || i == k)
                draw_edge(s, right_of(a, k), left_of(b, i), (ShapeStyle){.line = TONE_LINE, .width = 0.7});
}

static void draw_first_edges(Screen *s, Point from, const Pillar *b) {
    for (int i = 0; i < ends_of(b); i++)
        draw_edge(s, from, left_of(b, i), (ShapeStyle){.line = TONE_LINE, .width = 1});
}

static void draw_own_edges(Screen *s, const Pillar *a, const Pillar *b) {
    const int f = s->v->at.channel < b->shown ? s->v->at.channel : 0;
    if (is_vector(a) || is_vector(b) || b->node->n_params == 0) return;
    for (int c = 0; c < a->shown; c++) {
        const double w = weight_between(s, b, f, c);
        const ShapeStyle style = {.line = w < 0 ? TONE_NEG : TONE_POS, .dashed = w < 0,
                                  .width = 1 + 3 * fmin(1, fabs(w))};
        draw_edge(s, right_of(a, c), left_of(b, f), style);
    }
}

// ---- columns -------------------------------------------------------------------------------------

static void draw_maps(Screen *s, const Pillar *p, double max) {
    for (int i = 0; i < p->shown; i++) {
        Map m = map_of(s, p->v, 0, i, -1);
        m.max = max;
        const Rect r = map_fit(map_place(p, i), m.rows, m.columns);
        draw_map(s, r, &m);
        hits_add(s->hits, (Hit){.kind = HIT_STAGE, .rect = r, .to = p->stage});
    }
}

// A long vector is one narrow bar, a short one a column of numbers.
static void draw_numbers(Screen *s, const Pillar *p) {
    Map m = map_of(s, p->v, 0, 0, -1);
    m.rows = p->v.c, m.columns = 1, m.done = p->v.c;
    const Rect bar = {p->at.x + (p->at.w - BAR) / 2, p->at.y, BAR, p->at.h};
    if (p->shown == 1) draw_map(s, bar, &m);
    else draw_grid(s, p->at, &m, power_of(m.max), SIZE_LABEL);
    hits_add(s->hits, (Hit){.kind = HIT_STAGE, .rect = p->at, .to = p->stage});
}

// The shape, or the power of ten of numbers that are written out.
static const char *below_head(Screen *s, const Pillar *p) {
    if (is_vector(p) && p->shown > 1 && p->v.v) {
        const Map m = map_of(s, p->v, 0, 0, -1);
        if (*power_of(m.max).text) return power_of(m.max).text;
    }
    return shape_words(s->a, p->node->shape);
}

static void draw_pillar(Screen *s, const Pillar *p) {
    const TextStyle bold = {FONT_BOLD, SIZE_AXIS, TONE_INK, ALIGN_CENTRE, false};
    const TextStyle plain = {FONT_REGULAR, SIZE_AXIS, TONE_INK3, ALIGN_CENTRE, false};
    const Rect head = {p->at.x - 6, p->at.y - 44, p->at.w + 12, 16};
    draw_fitted(s->d, head, bold, stage_chip(s->a, &s->v->t, p->stage));
    draw_fitted(s->d, (Rect){head.x, head.y + 20, head.w, 16}, plain, below_head(s, p));
    if (!p->v.v) {
        const TextStyle none = {.size = SIZE_AXIS, .tone = TONE_INK3, .align = ALIGN_CENTRE};
        draw_hatch(s->d, p->at, TONE_LINE, 8);
        draw_fitted(s->d, (Rect){p->at.x, p->at.y + p->at.h - 30, p->at.w, 20}, none, "");
        return;
    }
    if (is_vector(p)) {
        draw_numbers(s, p);
        return;
    }
    double max = 1e-12;
    for (int i = 0; i < p->shown; i++) {
        const Map m = map_of(s, p->v, 0, i, -1);
        max = fmax(max, map_size(m.v, m.rows * m.columns));
    }
    draw_maps(s, p, max);
}

// ---- the picture and what the network says -------------------------------------------------------

static void draw_input(Screen *s, Rect r) {
    const TextStyle bold = {FONT_BOLD, SIZE_AXIS, TONE_INK, ALIGN_CENTRE, false};
    const Tensor picture = trace_picture(&s->v->t, 0);
    draw_fitted(s->d, (Rect){r.x - 6, r.y - 44, r.w + 12, 16}, bold, "Picture");
    if (!picture.v) return;
    const Map m = map_of_picture(s, picture, -1);
    const Rect place = map_fit((Rect){r.x, r.y + r.h / 2 - r.w / 2, r.w, r.w}, m.rows, m.columns);
    draw_map(s, place, &m);
    hits_add(s->hits, (Hit){.kind = HIT_STAGE, .rect = place, .to = 0});
}

static void draw_classes(Screen *s, Rect r) {
    const Trace *t = &s->v->t;
    const Tensor out = trace_value(t, t->s->x->graph.output);
    const int n = out.c < 10 ? out.c : 10, said = judge_class(out, 0);
    const double pitch = r.h / n;
    const TextStyle bold = {FONT_BOLD, SIZE_AXIS, TONE_INK, ALIGN_LEFT, false};
    draw_fitted(s->d, (Rect){r.x, r.y - 44, r.w, 16}, bold, "says");
    for (int i = 0; i < n; i++) {
        const double y = r.y + (i + 0.5) * pitch, v = (double)*at(out, 0, i, 0, 0);
        const Font font = i == said ? FONT_BOLD : FONT_REGULAR;
        const TextStyle words = {font, SIZE_LABEL, TONE_INK, ALIGN_LEFT, true};
        TextStyle number = words;
        number.align = ALIGN_RIGHT;
        const Rect name = {r.x, y - 11, 54, 22};
        if (i == t->label[0]) draw_rect(s->d, (Rect){r.x - 4, y - 13, 58, 26},
                                        (ShapeStyle){.fill = TONE_FOCUS_TINT, .radius = 5});
        draw_fitted(s->d, name, words, t->s->data.class_name[i]);
        draw_fitted(s->d, (Rect){r.x + r.w - 62, y - 11, 62, 22}, number,
                    judge_probable(&t->s->x->graph)
                        ? arena_print(s->a, "%.1f %%", 100 * v)
                        : figures(s, v, 3));
    }
}

static void draw_key(Screen *s) {
    const TextStyle words = {.size = SIZE_AXIS, .tone = TONE_INK2};
    const double x = s->w - MARGIN - 440, y = TITLE_TOP + 20;
    const Map m = {.scale = SCALE_SIGNED, .max = 1};
    draw_legend(s, (Rect){x, TITLE_TOP + 6, 170, LEGEND_H}, &m, "");
    draw_text(s->d, (Point){x + 190, y - 3}, words, "each column to its own maximum");
    draw_line(s->d, (Point){x + 190, y + 14}, (Point){x + 220, y + 14},
              (ShapeStyle){.line = TONE_POS, .width = 3});
    draw_text(s->d, (Point){x + 226, y + 19}, words, "weight +");
    draw_line(s->d, (Point){x + 300, y + 14}, (Point){x + 330, y + 14},
              (ShapeStyle){.line = TONE_NEG, .width = 3, .dashed = true});
    draw_text(s->d, (Point){x + 336, y + 19}, words, "weight −");
}

static void draw_overview(Screen *s) {
    Pillar *p = arena_array(s->a, Pillar, MAX_STAGES);
    const int n = pillars(s, p);
    const double says = 130, first = 78, w = 58;
    Rect in = s->area;
    const bool back = s->v->gradients;
    draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, s->w - 480,
               back ? "Overview, gradients" : "Overview",
               back ? "who is to blame?" : "one picture, every layer");
    draw_key(s);
    draw_card(s->d, in);
    in = (Rect){in.x + 20, in.y + HEAD, in.w - 40, in.h - HEAD - 14};
    const double room = in.w - first - says - 24, pitch = room / n;
    for (int i = 0; i < n; i++)
        p[i].at = (Rect){in.x + first + 24 + i * pitch + (pitch - w) / 2, in.y, w, in.h};
    draw_first_edges(s, (Point){in.x + first, in.y + in.h / 2}, &p[0]);
    for (int i = 1; i < n; i++) draw_edges(s, &p[i - 1], &p[i]);
    for (int i = 1; i < n; i++) draw_own_edges(s, &p[i - 1], &p[i]);
    draw_input(s, (Rect){in.x, in.y, first, in.h});
    for (int i = 0; i < n; i++) draw_pillar(s, &p[i]);
    draw_classes(s, (Rect){in.x + in.w - says, in.y, says, in.h});
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
