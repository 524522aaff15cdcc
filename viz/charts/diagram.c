/* diagram.c — boxes into rows, arcs into lanes, and a size at which all of it fits. */
#include "viz/charts/diagram.h"

#include <math.h>
#include <stdlib.h>

enum {
    MAX_LANES = 24,   // lanes of one gutter or margin; further arcs share the last one
    MAX_TRIES = 60    // each a tenth smaller than the one before: down to 1/500
};

// From roomy to dense. What does not fit into the last one shrinks with it.
static const Style styles[] = {
    {5, 1, .max_w = 220, .gap = 36, .name_size = 24, .text_size = 20, .picture = 100},
    {7, 2, .max_w = 160, .gap = 28, .name_size = 20, .text_size = 16, .picture = 60},
    {7, 2, .max_w = 160, .gap = 28, .name_size = 20, .text_size = 16, .stacked = true},
    {9, 2, .max_w = 124, .gap = 24, .name_size = 16, .text_size = 14, .stacked = true},
};

enum { N_STYLES = sizeof styles / sizeof *styles };

// ---- sections ----------------------------------------------------------------------------------

static int depth_of(const Graph *g, int section) {
    int depth = 0;
    for (; section > 0; section = g->section[section].parent) depth++;
    return depth;
}

int diagram_section(const Graph *g, int node, int depth) {
    int section = g->node[node].section, above = depth_of(g, section) - depth;
    if (above < 0) return 0;
    while (above-- > 0) section = g->section[section].parent;
    return section;
}

double diagram_frame_head(const Style *s) {
    return 1.5 * s->text_size;
}

double diagram_frame_pad(const Style *s) {
    return 0.2 * s->gap;
}

// ---- boxes -------------------------------------------------------------------------------------

// May node i stand in the box of the node before it? It reads nothing else, nobody else reads that,
// and it only changes its numbers.
static bool joins(const Graph *g, int i) {
    const Node *n = &g->node[i], *before = &g->node[i - 1];
    const bool same_shape = n->shape.c == before->shape.c && n->shape.h == before->shape.h &&
                            n->shape.w == before->shape.w;
    return i > 1 && n->n_src == 1 && n->src[0] == i - 1 && before->n_uses == 1 && same_shape &&
           n->macs == 0 && n->section == before->section;
}

static void make_boxes(Diagram *m) {
    m->n_boxes = 0;
    for (int i = 0; i < m->g->n_nodes; i++) {
        if (i > 0 && m->style.stacked && joins(m->g, i)) m->box[m->n_boxes - 1].n++;
        else m->box[m->n_boxes++] = (Box){.first = i, .n = 1};
        m->box_of[i] = m->n_boxes - 1;
    }
}

// The number of boxes from b on that lie in the same top-level section.
static int section_boxes(const Diagram *m, int b) {
    const int section = diagram_section(m->g, m->box[b].first, 1);
    int n = 0;
    while (b + n < m->n_boxes && diagram_section(m->g, m->box[b + n].first, 1) == section) n++;
    return n;
}

// Does a section begin at b that would be torn, but fits into a row of its own?
static bool better_in_next_row(const Diagram *m, int b, int column, int columns) {
    if (b == 0 || column == 0) return false;
    const int here = diagram_section(m->g, m->box[b].first, 1);
    if (here == 0 || here == diagram_section(m->g, m->box[b - 1].first, 1)) return false;
    const int n = section_boxes(m, b);
    return column + n > columns && n <= columns;
}

// Gives every box its row. Without sections all rows get the same number.
static void make_rows(Diagram *m, bool keep_sections) {
    const int rows = (m->n_boxes + m->style.columns - 1) / m->style.columns;
    if (m->depth == 0) m->style.columns = (m->n_boxes + rows - 1) / rows;
    int row = 0, column = 0;
    for (int b = 0; b < m->n_boxes; b++) {
        if (column == m->style.columns ||
            (keep_sections && better_in_next_row(m, b, column, m->style.columns))) {
            row++;
            column = 0;
        }
        m->box[b].row = row;
        column++;
    }
    m->n_rows = row + 1;
}

// Lines of a box: options, further layers, shape, parameters.
static int box_lines(const Diagram *m, const Box *b) {
    return m->style.option_lines + b->n - 1 + 2;
}

// The height of the largest box: the name, its lines, the picture, and half a line on both ends.
static double box_height(const Diagram *m) {
    const Style *s = &m->style;
    int most = 0;
    for (int b = 0; b < m->n_boxes; b++)
        if (box_lines(m, &m->box[b]) > most) most = box_lines(m, &m->box[b]);
    return DIAGRAM_LEADING * (s->name_size + s->text_size * most) + 1.1 * s->picture + s->text_size;
}

static void place_boxes(Diagram *m) {
    const Style *s = &m->style;
    const double side = s->gap, right = side + m->n_margins * s->gap / 3;
    const double room = m->area.w - side - right;
    const double w = fmin(s->max_w, (room + s->gap) / s->columns - s->gap);
    const double left = m->area.x + side + (room - s->columns * (w + s->gap) + s->gap) / 2;
    int column = 0;

    for (int b = 0; b < m->n_boxes; b++) {
        column = b > 0 && m->box[b].row == m->box[b - 1].row ? column + 1 : 0;
        m->box[b].at = (Rect){.x = left + column * (w + s->gap), .w = w};
    }
    m->box_h = box_height(m);
}

// ---- arcs --------------------------------------------------------------------------------------

static int by_source(const void *a, const void *b) {
    const Arc *p = a, *q = b;
    if (p->from != q->from) return p->from < q->from ? -1 : 1;
    return (p->to > q->to) - (p->to < q->to);
}

// All arcs, each once, in the order of their sources.
static void find_arcs(Diagram *m) {
    int n = 0;
    for (int i = 0; i < m->g->n_nodes; i++)
    for (int k = 0; k < m->g->node[i].n_src; k++) {
        const int from = m->box_of[m->g->node[i].src[k]], to = m->box_of[i];
        const bool wrap = to == from + 1 && m->box[to].row > m->box[from].row;
        if (from == to || (to == from + 1 && !wrap)) continue;
        m->arc[n++] = (Arc){.from = from, .to = to, .wrap = wrap};
    }
    qsort(m->arc, (size_t)n, sizeof *m->arc, by_source);
    m->n_arcs = 0;
    for (int i = 0; i < n; i++)
        if (i == 0 || by_source(&m->arc[i], &m->arc[i - 1])) m->arc[m->n_arcs++] = m->arc[i];
}

static int add_run(Diagram *m, int gutter) {
    m->run[m->n_runs] = (Run){.gutter = gutter, .lo = INFINITY, .hi = -INFINITY};
    return m->n_runs++;
}

// The runs of the arcs first … end − 1, which have one source.
static void route_value(Diagram *m, int first, int end) {
    const int row = m->box[m->arc[first].from].row;
    int leave = -1, arrive = -1;
    for (int i = first; i < end; i++) {
        Arc *a = &m->arc[i];
        const int to = m->box[a->to].row;
        if (a->wrap) {
            a->leave = a->arrive = add_run(m, to);
            continue;
        }
        if (to > row && (leave < 0 || m->run[leave].gutter == row)) leave = add_run(m, row + 1);
        if (to == row && leave < 0) leave = add_run(m, row);
        if (to > row + 1 && (arrive < 0 || m->run[arrive].gutter != to)) arrive = add_run(m, to);
        a->leave = leave;
        a->arrive = to > row + 1 ? arrive : leave;
    }
}

// Takes the first lane that is free from lo on, and keeps it until hi.
static int take_lane(double *end, int *n, double lo, double hi) {
    int lane = 0;
    while (lane < *n && end[lane] >= lo) lane++;
    if (lane == MAX_LANES) lane--;
    if (lane == *n) end[(*n)++] = hi;
    end[lane] = fmax(end[lane], hi);
    return lane;
}

// One lane in the margin per value that skips rows.
static void route_margin(Diagram *m, int first, int end, double *lane_end) {
    const int lo = m->box[m->arc[first].from].row + 1, hi = m->box[m->arc[end - 1].to].row;
    if (hi <= lo) return;
    const int lane = take_lane(lane_end, &m->n_margins, lo, hi);
    for (int i = first; i < end; i++) m->arc[i].margin = lane;
}

static void route(Diagram *m) {
    double lane_end[MAX_LANES];
    m->n_runs = m->n_margins = 0;
    for (int i = 0, end; i < m->n_arcs; i = end) {
        for (end = i; end < m->n_arcs && m->arc[end].from == m->arc[i].from; end++) continue;
        route_value(m, i, end);
        route_margin(m, i, end, lane_end);
    }
}

double diagram_margin_x(const Diagram *m, int lane) {
    const double first = m->area.x + m->area.w - m->n_margins * m->style.gap / 3;
    return first + lane * m->style.gap / 3;
}

static void extend(Run *r, double x) {
    r->lo = fmin(r->lo, x);
    r->hi = fmax(r->hi, x);
}

// Arcs leave right of a box's middle and arrive left of it, side by side.
static void place_ports(Diagram *m, int *arrived, const int *arrivals) {
    for (int i = 0; i < m->n_arcs; i++) {
        Arc *a = &m->arc[i];
        const Rect from = m->box[a->from].at, to = m->box[a->to].at;
        const double half = m->style.gap / 2;
        if (a->wrap) {
            a->from_x = from.x + from.w + half;
            a->to_x = to.x - half;
        } else {
            a->from_x = from.x + 0.75 * from.w;
            a->to_x = to.x + to.w * (0.1 + 0.45 * (arrived[a->to]++ + 0.5) / arrivals[a->to]);
        }
        extend(&m->run[a->leave], a->from_x);
        extend(&m->run[a->arrive], a->to_x);
        if (a->leave == a->arrive) continue;
        extend(&m->run[a->leave], diagram_margin_x(m, a->margin));
        extend(&m->run[a->arrive], diagram_margin_x(m, a->margin));
    }
}

// ---- gutters -----------------------------------------------------------------------------------

static int by_place(const void *a, const void *b) {
    const Run *p = *(const Run *const *)a, *q = *(const Run *const *)b;
    if (p->gutter != q->gutter) return p->gutter < q->gutter ? -1 : 1;
    return (p->lo > q->lo) - (p->lo < q->lo);
}

// Gives every run its lane and every gutter its height.
static void make_gutters(Diagram *m, Run **sorted) {
    const double pitch = m->style.gap / 3;
    for (int i = 0; i < m->n_runs; i++) sorted[i] = &m->run[i];
    qsort(sorted, (size_t)m->n_runs, sizeof *sorted, by_place);

    int i = 0;
    for (int row = 0; row < m->n_rows; row++) {
        double lane_end[MAX_LANES];
        int lanes = 0;
        for (; i < m->n_runs && sorted[i]->gutter == row; i++)
            sorted[i]->lane = take_lane(lane_end, &lanes, sorted[i]->lo - pitch, sorted[i]->hi);
        m->gutter[row] = lanes ? (lanes + 1) * pitch + pitch / 2 : row > 0 ? m->style.gap / 2 : 0;
    }
}

static double row_height(const Diagram *m) {
    const double around = diagram_frame_head(&m->style) + diagram_frame_pad(&m->style);
    return m->box_h + m->depth * around;
}

// The y of everything, with what height is left shared out between the rows.
static void place_rows(Diagram *m) {
    const double left = fmax(0, m->area.h - m->height);
    const double more = fmin(m->style.gap, left / (m->n_rows + 1));
    double y = m->area.y + (left - (m->n_rows - 1) * more) / 2;
    int b = 0;
    for (int row = 0; row < m->n_rows; row++) {
        if (row > 0) y += more / 2;
        for (int i = 0; i < m->n_runs; i++) {
            Run *r = &m->run[i];
            if (r->gutter == row) r->y = y + m->gutter[row] - (r->lane + 1) * m->style.gap / 3;
        }
        if (row > 0) y += more / 2;
        y += m->gutter[row];
        for (; b < m->n_boxes && m->box[b].row == row; b++) {
            m->box[b].at.y = y + m->depth * diagram_frame_head(&m->style);
            m->box[b].at.h = m->box_h;
        }
        y += row_height(m);
    }
}

// ---- the whole ---------------------------------------------------------------------------------

// Height that is left goes into the pictures, as long as they fit between the sides of a box.
static void grow_pictures(Diagram *m) {
    if (m->style.picture == 0) return;
    const double left = 0.7 * (m->area.h - m->height) / m->n_rows;
    const double most = fmax(m->style.picture, 0.7 * m->box[0].at.w);
    m->style.picture = fmin(m->style.picture + left / 1.1, most);
    m->height -= m->n_rows * row_height(m);
    m->box_h = box_height(m);
    m->height += m->n_rows * row_height(m);
}

// Memory that every try uses again.
typedef struct Scratch { int *arrivals, *arrived; Run **sorted; } Scratch;

static bool fits(Diagram *m, const Scratch *s, bool keep_sections) {
    make_boxes(m);
    make_rows(m, keep_sections);
    find_arcs(m);
    route(m);
    place_boxes(m);
    for (int b = 0; b < m->n_boxes; b++) s->arrivals[b] = s->arrived[b] = 0;
    for (int i = 0; i < m->n_arcs; i++) s->arrivals[m->arc[i].to] += !m->arc[i].wrap;
    place_ports(m, s->arrived, s->arrivals);
    make_gutters(m, s->sorted);
    m->height = m->n_rows * row_height(m);
    for (int row = 0; row < m->n_rows; row++) m->height += m->gutter[row];
    return m->height <= m->area.h;
}

static Style shrunk(Style s, double unit) {
    s.columns = (int)(s.columns / unit);
    s.max_w *= unit, s.gap *= unit;
    s.name_size *= unit, s.text_size *= unit;
    return s;
}

static Scratch make_scratch(Diagram *m, Arena *a) {
    const int n = m->g->n_nodes;
    size_t arcs = 1;
    for (int i = 0; i < n; i++) arcs += (size_t)m->g->node[i].n_src;
    m->box = arena_array(a, Box, n);
    m->box_of = arena_array(a, int, n);
    m->gutter = arena_array(a, double, n);
    m->arc = arena_array(a, Arc, arcs);
    m->run = arena_array(a, Run, 2 * arcs);
    return (Scratch){
        .arrivals = arena_array(a, int, n),
        .arrived = arena_array(a, int, n),
        .sorted = arena_array(a, Run *, 2 * arcs),
    };
}

// With sections kept together if that fits, else torn.
static bool try_style(Diagram *m, const Scratch *s, Style style) {
    m->style = style;
    if (fits(m, s, true)) return true;
    m->style = style;
    return fits(m, s, false);
}

static bool try_styles(Diagram *m, const Scratch *s) {
    for (int i = 0; i < N_STYLES; i++)
        if (try_style(m, s, styles[i])) return true;
    return false;
}

void diagram_make(Diagram *m, Arena *a, const Graph *g, Rect area) {
    *m = (Diagram){.g = g, .area = area};
    for (int i = 0; i < g->n_nodes; i++) {
        const int depth = depth_of(g, g->node[i].section);
        if (depth > m->depth) m->depth = depth < FRAME_DEPTH ? depth : FRAME_DEPTH;
    }
    const Scratch s = make_scratch(m, a);
    double unit = 1;
    bool done = try_styles(m, &s);
    for (int i = 0; i < MAX_TRIES && !done; i++) {
        unit *= 0.9;
        done = try_style(m, &s, shrunk(styles[N_STYLES - 1], unit));
    }
    grow_pictures(m);
    place_rows(m);
}
