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

static void make_boxes(Diagram *l) {
    l->n_boxes = 0;
    for (int i = 0; i < l->g->n_nodes; i++) {
        if (i > 0 && l->style.stacked && joins(l->g, i)) l->box[l->n_boxes - 1].n++;
        else l->box[l->n_boxes++] = (Box){.first = i, .n = 1};
        l->box_of[i] = l->n_boxes - 1;
    }
}

// The number of boxes from b on that lie in the same top-level section.
static int section_boxes(const Diagram *l, int b) {
    const int section = diagram_section(l->g, l->box[b].first, 1);
    int n = 0;
    while (b + n < l->n_boxes && diagram_section(l->g, l->box[b + n].first, 1) == section) n++;
    return n;
}

// Does a section begin at b that would be torn, but fits into a row of its own?
static bool better_in_next_row(const Diagram *l, int b, int column, int columns) {
    if (b == 0 || column == 0) return false;
    const int here = diagram_section(l->g, l->box[b].first, 1);
    if (here == 0 || here == diagram_section(l->g, l->box[b - 1].first, 1)) return false;
    const int n = section_boxes(l, b);
    return column + n > columns && n <= columns;
}

// Gives every box its row. Without sections all rows get the same number.
static void make_rows(Diagram *l, bool keep_sections) {
    const int rows = (l->n_boxes + l->style.columns - 1) / l->style.columns;
    if (l->depth == 0) l->style.columns = (l->n_boxes + rows - 1) / rows;
    int row = 0, column = 0;
    for (int b = 0; b < l->n_boxes; b++) {
        if (column == l->style.columns ||
            (keep_sections && better_in_next_row(l, b, column, l->style.columns))) {
            row++;
            column = 0;
        }
        l->box[b].row = row;
        column++;
    }
    l->n_rows = row + 1;
}

// Lines of a box: options, further layers, shape, parameters.
static int box_lines(const Diagram *l, const Box *b) {
    return l->style.option_lines + b->n - 1 + 2;
}

// The height of the largest box: the name, its lines, the picture, and half a line on both ends.
static double box_height(const Diagram *l) {
    const Style *s = &l->style;
    int most = 0;
    for (int b = 0; b < l->n_boxes; b++)
        if (box_lines(l, &l->box[b]) > most) most = box_lines(l, &l->box[b]);
    return DIAGRAM_LEADING * (s->name_size + s->text_size * most) + 1.1 * s->picture + s->text_size;
}

static void place_boxes(Diagram *l) {
    const Style *s = &l->style;
    const double side = s->gap, right = side + l->n_margins * s->gap / 3;
    const double room = l->area.w - side - right;
    const double w = fmin(s->max_w, (room + s->gap) / s->columns - s->gap);
    const double left = l->area.x + side + (room - s->columns * (w + s->gap) + s->gap) / 2;
    int column = 0;

    for (int b = 0; b < l->n_boxes; b++) {
        column = b > 0 && l->box[b].row == l->box[b - 1].row ? column + 1 : 0;
        l->box[b].at = (Rect){.x = left + column * (w + s->gap), .w = w};
    }
    l->box_h = box_height(l);
}

// ---- arcs --------------------------------------------------------------------------------------

static int by_source(const void *a, const void *b) {
    const Arc *p = a, *q = b;
    if (p->from != q->from) return p->from < q->from ? -1 : 1;
    return (p->to > q->to) - (p->to < q->to);
}

// All arcs, each once, in the order of their sources.
static void find_arcs(Diagram *l) {
    int n = 0;
    for (int i = 0; i < l->g->n_nodes; i++)
    for (int k = 0; k < l->g->node[i].n_src; k++) {
        const int from = l->box_of[l->g->node[i].src[k]], to = l->box_of[i];
        const bool wrap = to == from + 1 && l->box[to].row > l->box[from].row;
        if (from == to || (to == from + 1 && !wrap)) continue;
        l->arc[n++] = (Arc){.from = from, .to = to, .wrap = wrap};
    }
    qsort(l->arc, (size_t)n, sizeof *l->arc, by_source);
    l->n_arcs = 0;
    for (int i = 0; i < n; i++)
        if (i == 0 || by_source(&l->arc[i], &l->arc[i - 1])) l->arc[l->n_arcs++] = l->arc[i];
}

static int add_run(Diagram *l, int gutter) {
    l->run[l->n_runs] = (Run){.gutter = gutter, .lo = INFINITY, .hi = -INFINITY};
    return l->n_runs++;
}

// The runs of the arcs first … end − 1, which have one source.
static void route_value(Diagram *l, int first, int end) {
    const int row = l->box[l->arc[first].from].row;
    int leave = -1, arrive = -1;
    for (int i = first; i < end; i++) {
        Arc *a = &l->arc[i];
        const int to = l->box[a->to].row;
        if (a->wrap) {
            a->leave = a->arrive = add_run(l, to);
            continue;
        }
        if (to > row && (leave < 0 || l->run[leave].gutter == row)) leave = add_run(l, row + 1);
        if (to == row && leave < 0) leave = add_run(l, row);
        if (to > row + 1 && (arrive < 0 || l->run[arrive].gutter != to)) arrive = add_run(l, to);
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
static void route_margin(Diagram *l, int first, int end, double *lane_end) {
    const int lo = l->box[l->arc[first].from].row + 1, hi = l->box[l->arc[end - 1].to].row;
    if (hi <= lo) return;
    const int lane = take_lane(lane_end, &l->n_margins, lo, hi);
    for (int i = first; i < end; i++) l->arc[i].margin = lane;
}

static void route(Diagram *l) {
    double lane_end[MAX_LANES];
    l->n_runs = l->n_margins = 0;
    for (int i = 0, end; i < l->n_arcs; i = end) {
        for (end = i; end < l->n_arcs && l->arc[end].from == l->arc[i].from; end++) continue;
        route_value(l, i, end);
        route_margin(l, i, end, lane_end);
    }
}

double diagram_margin_x(const Diagram *l, int lane) {
    const double first = l->area.x + l->area.w - l->n_margins * l->style.gap / 3;
    return first + lane * l->style.gap / 3;
}

static void extend(Run *r, double x) {
    r->lo = fmin(r->lo, x);
    r->hi = fmax(r->hi, x);
}

// Arcs leave right of a box's middle and arrive left of it, side by side.
static void place_ports(Diagram *l, int *arrived, const int *arrivals) {
    for (int i = 0; i < l->n_arcs; i++) {
        Arc *a = &l->arc[i];
        const Rect from = l->box[a->from].at, to = l->box[a->to].at;
        const double half = l->style.gap / 2;
        if (a->wrap) {
            a->from_x = from.x + from.w + half;
            a->to_x = to.x - half;
        } else {
            a->from_x = from.x + 0.75 * from.w;
            a->to_x = to.x + to.w * (0.1 + 0.45 * (arrived[a->to]++ + 0.5) / arrivals[a->to]);
        }
        extend(&l->run[a->leave], a->from_x);
        extend(&l->run[a->arrive], a->to_x);
        if (a->leave == a->arrive) continue;
        extend(&l->run[a->leave], diagram_margin_x(l, a->margin));
        extend(&l->run[a->arrive], diagram_margin_x(l, a->margin));
    }
}

// ---- gutters -----------------------------------------------------------------------------------

static int by_place(const void *a, const void *b) {
    const Run *p = *(const Run *const *)a, *q = *(const Run *const *)b;
    if (p->gutter != q->gutter) return p->gutter < q->gutter ? -1 : 1;
    return (p->lo > q->lo) - (p->lo < q->lo);
}

// Gives every run its lane and every gutter its height.
static void make_gutters(Diagram *l, Run **sorted) {
    const double pitch = l->style.gap / 3;
    for (int i = 0; i < l->n_runs; i++) sorted[i] = &l->run[i];
    qsort(sorted, (size_t)l->n_runs, sizeof *sorted, by_place);

    int i = 0;
    for (int row = 0; row < l->n_rows; row++) {
        double lane_end[MAX_LANES];
        int lanes = 0;
        for (; i < l->n_runs && sorted[i]->gutter == row; i++)
            sorted[i]->lane = take_lane(lane_end, &lanes, sorted[i]->lo - pitch, sorted[i]->hi);
        l->gutter[row] = lanes ? (lanes + 1) * pitch + pitch / 2 : row > 0 ? l->style.gap / 2 : 0;
    }
}

static double row_height(const Diagram *l) {
    const double around = diagram_frame_head(&l->style) + diagram_frame_pad(&l->style);
    return l->box_h + l->depth * around;
}

// The y of everything, with what height is left shared out between the rows.
static void place_rows(Diagram *l) {
    const double left = fmax(0, l->area.h - l->height);
    const double more = fmin(l->style.gap, left / (l->n_rows + 1));
    double y = l->area.y + (left - (l->n_rows - 1) * more) / 2;
    int b = 0;
    for (int row = 0; row < l->n_rows; row++) {
        if (row > 0) y += more / 2;
        for (int i = 0; i < l->n_runs; i++) {
            Run *r = &l->run[i];
            if (r->gutter == row) r->y = y + l->gutter[row] - (r->lane + 1) * l->style.gap / 3;
        }
        if (row > 0) y += more / 2;
        y += l->gutter[row];
        for (; b < l->n_boxes && l->box[b].row == row; b++) {
            l->box[b].at.y = y + l->depth * diagram_frame_head(&l->style);
            l->box[b].at.h = l->box_h;
        }
        y += row_height(l);
    }
}

// ---- the whole ---------------------------------------------------------------------------------

// Memory that every try uses again.
typedef struct Scratch { int *arrivals, *arrived; Run **sorted; } Scratch;

static bool fits(Diagram *l, const Scratch *s, bool keep_sections) {
    make_boxes(l);
    make_rows(l, keep_sections);
    find_arcs(l);
    route(l);
    place_boxes(l);
    for (int b = 0; b < l->n_boxes; b++) s->arrivals[b] = s->arrived[b] = 0;
    for (int i = 0; i < l->n_arcs; i++) s->arrivals[l->arc[i].to] += !l->arc[i].wrap;
    place_ports(l, s->arrived, s->arrivals);
    make_gutters(l, s->sorted);
    l->height = l->n_rows * row_height(l);
    for (int row = 0; row < l->n_rows; row++) l->height += l->gutter[row];
    return l->height <= l->area.h;
}

static Style shrunk(Style s, double unit) {
    s.columns = (int)(s.columns / unit);
    s.max_w *= unit, s.gap *= unit;
    s.name_size *= unit, s.text_size *= unit;
    return s;
}

static Scratch make_scratch(Diagram *l, Arena *a) {
    const int n = l->g->n_nodes;
    size_t arcs = 1;
    for (int i = 0; i < n; i++) arcs += (size_t)l->g->node[i].n_src;
    l->box = arena_array(a, Box, n);
    l->box_of = arena_array(a, int, n);
    l->gutter = arena_array(a, double, n);
    l->arc = arena_array(a, Arc, arcs);
    l->run = arena_array(a, Run, 2 * arcs);
    return (Scratch){arena_array(a, int, n), arena_array(a, int, n), arena_array(a, Run *, 2 * arcs)};
}

static bool try_styles(Diagram *l, const Scratch *s) {
    for (int i = 0; i < N_STYLES; i++) {
        for (int keep_sections = 1; keep_sections >= 0; keep_sections--) {
            l->style = styles[i];
            if (fits(l, s, keep_sections)) return true;
        }
    }
    return false;
}

void diagram_make(Diagram *l, Arena *a, const Graph *g, Rect area) {
    *l = (Diagram){.g = g, .area = area};
    for (int i = 0; i < g->n_nodes; i++) {
        const int depth = depth_of(g, g->node[i].section);
        if (depth > l->depth) l->depth = depth < FRAME_DEPTH ? depth : FRAME_DEPTH;
    }
    const Scratch s = make_scratch(l, a);
    double unit = 1;
    bool done = try_styles(l, &s);
    for (int i = 0; i < MAX_TRIES && !done; i++) {
        unit *= 0.9;
        l->style = shrunk(styles[N_STYLES - 1], unit);
        done = fits(l, &s, true);
        if (done) break;
        l->style = shrunk(styles[N_STYLES - 1], unit);
        done = fits(l, &s, false);
    }
    place_rows(l);
}
