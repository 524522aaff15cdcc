/* network.c — the architecture drawing: every layer with what it is, what comes out of it and what
 * it learns, and the ways the values take. */
#include "viz/charts/charts.h"

#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "viz/charts/diagram.h"
#include "viz/draw/number.h"

typedef struct Drawing {
    DrawList *d;
    const Experiment *x;
    Arena *a;
    Diagram m;
    double largest, longest; // sides of the images and lengths of the vectors in the network
    const char *count_word;  // behind the number of parameters, as far as there is room
} Drawing;

// ---- what is written in a box ------------------------------------------------------------------

static int64_t parameters(const Node *n) {
    int64_t sum = 0;
    for (int i = 0; i < n->n_params; i++) {
        int64_t size = 1;
        for (int k = 0; k < n->param[i].rank; k++) size *= n->param[i].dim[k];
        if (n->param[i].role != PARAM_STATISTIC) sum += size;
    }
    return sum;
}

static int64_t box_parameters(const Graph *g, const Box *b) {
    int64_t sum = 0;
    for (int i = 0; i < b->n; i++) sum += parameters(&g->node[b->first + i]);
    return sum;
}

// The folder or the name of the set the pictures come from.
static const char *data_name(const Experiment *x) {
    const DataOptions *o = x->data.cfg;
    if (!o) return "";
    return o->set.kind ? o->set.kind->name : o->path ? o->path : "";
}

// A node's statement: its word, and behind the first blank its options ("" if there are none).
static const char *word_of(const Drawing *g, const Node *n, const char **options) {
    if (n == g->x->graph.node) {
        *options = data_name(g->x);
        return "input";
    }
    const char *text = use_text(g->a, &n->use), *blank = strchr(text, ' ');
    *options = blank ? blank + 1 : "";
    return blank ? arena_text(g->a, text, (size_t)(blank - text)) : text;
}

// ---- the little picture of a value -------------------------------------------------------------

static const ShapeStyle sheet = {.fill = TONE_SURFACE, .line = TONE_INK3, .radius = 2};

// An image: sheets one behind the other, one more for every doubling of the channels.
static void draw_sheets(const Drawing *g, Rect at, Shape s) {
    const int n = (int)fmin(6, 1 + floor(log2(s.c)));
    const double step = at.h * 0.06, most = at.h - 5 * step;
    const double side = fmax(0.12, sqrt(fmax(s.h, s.w) / g->largest)) * most;
    const double h = side * s.h / fmax(s.h, s.w), w = side * s.w / fmax(s.h, s.w);
    const double deep = (n - 1) * step;
    const double x = at.x + (at.w - w - deep) / 2, y = at.y + (at.h - h - deep) / 2;
    for (int i = n - 1; i >= 0; i--)
        draw_rect(g->d, (Rect){x + i * step, y + (n - 1 - i) * step, w, h}, sheet);
}

// A vector: a column of cells.
static void draw_column(const Drawing *g, Rect at, int length) {
    const int n = length < 10 ? length : 10;
    const double h = at.h * (0.3 + 0.7 * log(length + 1) / log(g->longest + 1));
    const double w = at.h * 0.11, y = at.y + (at.h - h) / 2;
    const Rect r = {at.x + (at.w - w) / 2, y, w, h};
    draw_rect(g->d, r, sheet);
    for (int i = 1; i < n; i++)
        draw_line(g->d, (Point){r.x, y + i * h / n}, (Point){r.x + w, y + i * h / n},
                  (ShapeStyle){.line = TONE_INK3});
}

static void draw_value(const Drawing *g, Rect at, Shape s) {
    if (s.h == 1 && s.w == 1) draw_column(g, at, s.c);
    else draw_sheets(g, at, s);
}

static void measure_values(Drawing *g) {
    g->largest = g->longest = 1;
    for (int i = 0; i < g->x->graph.n_nodes; i++) {
        const Shape s = g->x->graph.node[i].shape;
        if (s.h == 1 && s.w == 1) g->longest = fmax(g->longest, s.c);
        else g->largest = fmax(g->largest, fmax(s.h, s.w));
    }
}

// ---- boxes -------------------------------------------------------------------------------------

// Writes one line of a box at *y, which moves down by its height.
static void box_line(const Drawing *g, Rect box, double *y, TextStyle s, const char *text) {
    const double side = 0.3 * g->m.style.text_size, h = DIAGRAM_LEADING * s.size, room = box.w - 2 * side;
    s.align = ALIGN_CENTRE;
    s.size *= fmin(1, fmax(0.8, room / fonts_width(g->d->fonts, &s, text))); // rather small than cut
    draw_fitted(g->d, (Rect){box.x + side, *y, room, h}, s, text);
    *y += h;
}

// The part of a text of words that fits into `room` (or almost does: draw_fitted shrinks a little),
// up to a blank, and at least one word.
static size_t words_that_fit(const Drawing *g, const TextStyle *s, const char *text, double room) {
    size_t fits = strcspn(text, " ");
    for (size_t n = fits; text[n]; n += 1 + strcspn(text + n + 1, " ")) {
        if (fonts_width(g->d->fonts, s, arena_text(g->a, text, n)) > room) return fits;
        fits = n;
    }
    return fonts_width(g->d->fonts, s, text) > room ? fits : strlen(text);
}

// Options in as many lines as the style has for them; *y moves down by what is written.
static void box_options(const Drawing *g, Rect box, double *y, TextStyle s, const char *text) {
    const double room = 1.1 * (box.w - 0.6 * g->m.style.text_size);
    int lines = g->m.style.option_lines;
    for (; lines > 1 && *text; lines--) {
        const size_t n = words_that_fit(g, &s, text, room);
        box_line(g, box, y, s, arena_text(g->a, text, n));
        text += n + (text[n] == ' ');
    }
    if (*text) box_line(g, box, y, s, text);
}

static void draw_names(const Drawing *g, const Box *b, double *y) {
    const Style *s = &g->m.style;
    const TextStyle bold = {.font = FONT_BOLD, .size = s->name_size, .tone = TONE_INK};
    const TextStyle plain = {.size = s->text_size, .tone = TONE_INK2};
    const char *options;

    box_line(g, b->at, y, bold, word_of(g, &g->m.g->node[b->first], &options));
    box_options(g, b->at, y, plain, options);
    for (int i = 1; i < b->n; i++)
        box_line(g, b->at, y, plain, use_text(g->a, &g->m.g->node[b->first + i].use));
}

// The longest word for which there is room in every box.
static void choose_count_word(Drawing *g) {
    static const char *const words[] = {" parameters", " param.", ""};
    const TextStyle s = {.size = g->m.style.text_size};
    const double room = g->m.box[0].at.w - 0.6 * s.size;
    size_t i = 0;
    for (int b = 0; b < g->m.n_boxes; b++) {
        const Digits n = number_count(box_parameters(g->m.g, &g->m.box[b]));
        const double width = fonts_width(g->d->fonts, &s, n.s);
        while (words[i][0] && width + fonts_width(g->d->fonts, &s, words[i]) > room) i++;
    }
    g->count_word = words[i];
}

static void draw_box(const Drawing *g, const Box *b) {
    const Style *s = &g->m.style;
    const Node *first = &g->m.g->node[b->first], *last = first + b->n - 1;
    const int64_t n = box_parameters(g->m.g, b);
    const TextStyle shape = {.font = FONT_BOLD, .size = s->text_size, .tone = TONE_INK};
    const TextStyle learns = {.size = s->text_size, .tone = TONE_FORWARD};
    const double below = DIAGRAM_LEADING * (s->name_size + s->option_lines * s->text_size);
    double y = b->at.y + 0.5 * s->text_size;
    const Rect picture = {b->at.x, y + below + 0.05 * s->picture, b->at.w, s->picture};

    draw_rect(g->d, b->at, (ShapeStyle){
        .fill = n > 0 ? TONE_FORWARD_TINT : TONE_SURFACE,
        .line = n > 0 ? TONE_FORWARD : first->inserted ? TONE_INK3 : TONE_LINE,
        .dashed = first->inserted,
        .radius = 0.4 * s->text_size,
    });
    draw_names(g, b, &y);
    if (s->picture > 0)
        draw_value(g, picture, last->shape);
    y = b->at.y + b->at.h - (0.5 + 2 * DIAGRAM_LEADING) * s->text_size;
    box_line(g, b->at, &y, shape, size_text(g->a, last->shape));
    if (n == 0) return;
    box_line(g, b->at, &y, learns, arena_print(g->a, "%s%s", number_count(n).s, g->count_word));
}

// ---- sections ----------------------------------------------------------------------------------

// Neighbours in one row that lie in the same section at some depth.
typedef struct Frame { int section, depth; bool first; Rect at; Tone fill; } Frame;

static Frame make_frame(const Diagram *m, int first, int end, int depth, int section) {
    const Rect from = m->box[first].at, to = m->box[end - 1].at;
    const int inner = m->depth - depth + 1; // levels of frames from here inwards
    const double pad = diagram_frame_pad(&m->style) * inner;
    const double head = diagram_frame_head(&m->style) * inner;
    return (Frame){
        .section = section,
        .depth = depth,
        .first = first == 0 || diagram_section(m->g, m->box[first - 1].first, depth) != section,
        .at = {from.x - pad, from.y - head, to.x + to.w - from.x + 2 * pad, from.h + head + pad},
        .fill = depth == 1 ? TONE_SUNKEN : TONE_BG,
    };
}

// Does something with every frame, from the outermost inwards.
static void each_frame(const Drawing *g, void (*act)(const Drawing *g, const Frame *f)) {
    const Diagram *m = &g->m;
    for (int depth = 1; depth <= m->depth; depth++) {
        for (int b = 0, end; b < m->n_boxes; b = end) {
            const int section = diagram_section(m->g, m->box[b].first, depth);
            for (end = b + 1; end < m->n_boxes && m->box[end].row == m->box[b].row; end++)
                if (diagram_section(m->g, m->box[end].first, depth) != section) break;
            if (section == 0) continue;
            const Frame f = make_frame(m, b, end, depth, section);
            act(g, &f);
        }
    }
}

static void draw_frame(const Drawing *g, const Frame *f) {
    draw_rect(g->d, f->at, (ShapeStyle){.fill = f->fill, .line = TONE_LINE,
                                        .radius = 0.4 * g->m.style.text_size});
}

// The last part of the section's name, on its own ground: ways may run beneath it.
static void name_frame(const Drawing *g, const Frame *f) {
    const Style *style = &g->m.style;
    const TextStyle s = {FONT_BOLD, style->text_size, TONE_INK2, ALIGN_LEFT, false};
    const char *name = g->m.g->section[f->section].name, *dot = strrchr(name, '.');
    const char *text = arena_print(g->a, f->first ? "%s" : "%s …", dot ? dot + 1 : name);
    const double pad = 0.4 * style->text_size, most = f->at.w - 4 * pad;
    const Rect place = {f->at.x + 2 * pad, f->at.y + 0.1 * style->text_size,
                        fmin(most, fonts_width(g->d->fonts, &s, text) + 0.1),
                        diagram_frame_head(style) - 0.2 * style->text_size};
    draw_rect(g->d, (Rect){place.x - pad, place.y, place.w + 2 * pad, place.h},
              (ShapeStyle){.fill = f->fill});
    draw_fitted(g->d, place, s, text);
}

// ---- ways --------------------------------------------------------------------------------------

static ShapeStyle way_style(const Drawing *g, Tone tone) {
    const double text = g->m.style.text_size;
    return (ShapeStyle){.line = tone, .width = 0.11 * text, .radius = 0.4 * text};
}

// To the right neighbour.
static void draw_step(const Drawing *g, const Box *from, const Box *to) {
    const double y = from->at.y + from->at.h / 2;
    draw_arrow(g->d, (Point[]){{from->at.x + from->at.w, y}, {to->at.x, y}}, 2,
               way_style(g, TONE_INK2));
}

static bool reads(const Graph *g, const Box *from, const Box *to) {
    const int last = from->first + from->n - 1;
    const Node *n = &g->node[to->first];
    for (int i = 0; i < n->n_src; i++)
        if (n->src[i] == last) return true;
    return false;
}

// Round the end of a row to the beginning of the next one.
static void draw_wrap(const Drawing *g, const Arc *a) {
    const Rect from = g->m.box[a->from].at, to = g->m.box[a->to].at;
    const double y = g->m.run[a->leave].y;
    const double from_y = from.y + from.h / 2, to_y = to.y + to.h / 2;
    draw_arrow(g->d, (Point[]){{from.x + from.w, from_y}, {a->from_x, from_y}, {a->from_x, y},
                               {a->to_x, y}, {a->to_x, to_y}, {to.x, to_y}},
               6, way_style(g, TONE_INK2));
}

// Over the boxes between, down to a later row, or through the margin to a row far below.
static void draw_arc(const Drawing *g, const Arc *a) {
    const Box *from = &g->m.box[a->from], *to = &g->m.box[a->to];
    const double leave = g->m.run[a->leave].y, arrive = g->m.run[a->arrive].y;
    const double from_y = from->row == to->row ? from->at.y : from->at.y + from->at.h;
    const Point start = {a->from_x, from_y}, up = {a->from_x, leave};
    const Point down = {a->to_x, arrive}, end = {a->to_x, to->at.y};
    const ShapeStyle s = way_style(g, TONE_POS);

    if (a->leave == a->arrive) {
        draw_arrow(g->d, (Point[]){start, up, down, end}, 4, s);
        return;
    }
    const double x = diagram_margin_x(&g->m, a->margin);
    draw_arrow(g->d, (Point[]){start, up, {x, leave}, {x, arrive}, down, end}, 6, s);
}

static void draw_ways(const Drawing *g) {
    const Diagram *m = &g->m;
    for (int i = 0; i < m->n_arcs; i++)
        if (!m->arc[i].wrap) draw_arc(g, &m->arc[i]);
    for (int i = 0; i < m->n_arcs; i++)
        if (m->arc[i].wrap && reads(m->g, &m->box[m->arc[i].from], &m->box[m->arc[i].to]))
            draw_wrap(g, &m->arc[i]);
    for (int b = 1; b < m->n_boxes; b++)
        if (m->box[b].row == m->box[b - 1].row && reads(m->g, &m->box[b - 1], &m->box[b]))
            draw_step(g, &m->box[b - 1], &m->box[b]);
}

// ---- what stands around it ---------------------------------------------------------------------

static const TextStyle helper = {.size = SIZE_LABEL, .tone = TONE_INK2};

// One entry: a small box or line, and what it means. Returns where the next one begins.
static double legend_box(DrawList *d, Point at, ShapeStyle s, const char *meaning) {
    draw_rect(d, (Rect){at.x, at.y - 16, 28, 20}, s);
    return at.x + 36 + draw_text(d, (Point){at.x + 36, at.y}, helper, meaning) + 28;
}

static double legend_line(DrawList *d, Point at, Tone tone, const char *meaning) {
    draw_arrow(d, (Point[]){{at.x, at.y - 6}, {at.x + 36, at.y - 6}}, 2,
               (ShapeStyle){.line = tone, .width = 2});
    return at.x + 44 + draw_text(d, (Point){at.x + 44, at.y}, helper, meaning) + 28;
}

static bool any_inserted(const Graph *g) {
    for (int i = 0; i < g->n_nodes; i++)
        if (g->node[i].inserted) return true;
    return false;
}

static bool any_arc(const Diagram *m) {
    for (int i = 0; i < m->n_arcs; i++)
        if (!m->arc[i].wrap) return true;
    return false;
}

static double draw_legend(const Drawing *g, Point at) {
    at.x = legend_box(g->d, at, (ShapeStyle){TONE_FORWARD_TINT, TONE_FORWARD, 1, 4, false},
                      g->count_word[0] ? "learns" : "learns so many parameters");
    if (any_inserted(g->m.g))
        at.x = legend_box(g->d, at, (ShapeStyle){TONE_SURFACE, TONE_INK3, 1, 4, true},
                          "inserted, not written");
    if (any_arc(&g->m)) at.x = legend_line(g->d, at, TONE_POS, "read again further on");
    return at.x;
}

// What is done around the network: "steps: rescale · loss: crossentropy · sgd lr=0.1"; in brief, the steps
// without their options.
static const char *recipe(const Drawing *g, bool brief) {
    const Experiment *x = g->x;
    const char *text = "";
    for (int i = 0; i < x->n_steps; i++)
        text = arena_print(g->a, "%s%s%s", text, i ? ", " : "steps: ",
                           brief ? x->step[i].kind->name : use_text(g->a, &x->step[i]));
    if (x->loss.kind)
        text = arena_print(g->a, "%s%sloss: %s", text, *text ? " · " : "",
                           use_text(g->a, &x->loss));
    if (x->optimizer.kind)
        text = arena_print(g->a, "%s%s%s", text, *text ? " · " : "", use_text(g->a, &x->optimizer));
    return text;
}

static void draw_around(const Drawing *g, Rect area) {
    const Graph *n = &g->x->graph;
    const double bottom = area.y + area.h - 4, right = area.x + area.w;
    const TextStyle s = {.size = SIZE_LABEL, .tone = TONE_INK2, .align = ALIGN_RIGHT};
    draw_title(g->d, (Point){area.x, area.y + 24}, right, g->x->name,
               arena_print(g->a, "%s parameters · %s multiply-adds per picture · %d classes",
                           number_count(n->n_weights).s, number_short(n->macs).s, g->x->classes));
    const double x = draw_legend(g, (Point){area.x, bottom});
    const bool brief = 0.85 * fonts_width(g->d->fonts, &s, recipe(g, false)) > right - x;
    draw_fitted(g->d, (Rect){x, bottom - 16, right - x, 20}, s, recipe(g, brief));
}

static void draw_all(Drawing *g, Rect slide) {
    const Rect area = rect_inset(slide, MARGIN);
    measure_values(g);
    diagram_make(&g->m, g->a, &g->x->graph, (Rect){area.x, area.y + 52, area.w, area.h - 52 - 44});
    choose_count_word(g);
    each_frame(g, draw_frame);
    for (int b = 0; b < g->m.n_boxes; b++) draw_box(g, &g->m.box[b]);
    draw_ways(g);
    each_frame(g, name_frame);
    draw_around(g, area);
}

bool draw_network(DrawList *d, Rect slide, const Experiment *x, Error *e) {
    Drawing g = {.d = d, .x = x, .a = arena_make()};
    if (!g.a || setjmp(*arena_guard(g.a))) {
        arena_free(g.a);
        return error_set(e, "no memory for the drawing of %s", x->name);
    }
    draw_all(&g, slide);
    arena_free(g.a);
    return true;
}
