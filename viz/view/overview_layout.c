/* overview_layout.c — see overview_layout.h. */
#include "viz/view/overview_layout.h"

#include <string.h>

// ---- boxes -----------------------------------------------------------------------------------------

static bool changes_numbers_only(const Node *n) {
    static const char *const kinds[] = {"batchnorm", "instancenorm", "layernorm", "lrn", "dropout", "relu",
                                        "leakyrelu", "elu", "gelu", "silu", "sigmoid", "tanh"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(n->use.kind->name, kinds[i]) == 0) return true;
    return false;
}

static bool joins_before(const Graph *g, int i) {
    const Node *n = &g->node[i];
    return n->n_src == 1 && n->src[0] > 0 && g->node[n->src[0]].n_uses == 1 && changes_numbers_only(n);
}

static void make_boxes(OverLayout *l, bool joined) {
    l->n_boxes = 0;
    for (int i = 0; i < l->n_nodes; i++) {
        if (joined && i > 0 && joins_before(l->g, i)) {
            OverBox *b = &l->box[l->of[i] = l->of[l->g->node[i].src[0]]];
            b->last = i, b->n++;
            continue;
        }
        l->of[i] = l->n_boxes;
        l->box[l->n_boxes++] = (OverBox){.first = i, .last = i, .n = 1};
    }
}

// Calls for every value that goes from one box to another.
#define EACH_EDGE(l, i, k, a, b) \
    for (int i = 1; i < (l)->n_nodes; i++) \
        for (int k = 0, a, b = (l)->of[i]; k < (l)->g->node[i].n_src; k++) \
            if ((a = (l)->of[(l)->g->node[i].src[k]]) != b)

// Boxes lo … hi − 1 become part of box hi.
static void absorb(OverLayout *l, int lo, int hi) {
    OverBox *b = &l->box[hi];
    const int by = hi - lo;
    for (int i = hi - 1; i >= lo; i--) {
        b->n += l->box[i].n, b->loops += l->box[i].loops;
        if (l->box[i].first < b->first) b->first = l->box[i].first;
    }
    memmove(l->box + lo, l->box + hi, sizeof *l->box * (size_t)(l->n_boxes - hi));
    l->n_boxes -= by;
    for (int i = 0; i < l->n_nodes; i++)
        l->of[i] = l->of[i] >= hi ? l->of[i] - by : l->of[i] >= lo ? lo : l->of[i];
}

// ---- columns ---------------------------------------------------------------------------------------

// Only its value leads on: no other one goes past it.
static bool *find_cuts(Arena *a, const OverLayout *l) {
    bool *cut = arena_array(a, bool, (size_t)l->n_boxes);
    for (int j = 0; j < l->n_boxes; j++) cut[j] = true;
    EACH_EDGE(l, i, k, from, to)
        for (int j = from + 1; j < to; j++) cut[j] = false;
    return cut;
}

static int next_cut(const OverLayout *l, const bool *cut, int box) {
    int j = box + 1;
    while (j < l->n_boxes && !cut[j]) j++;
    return j;
}

// Boxes lo + 1 … hi − 1 run side by side: what hangs together is a lane. Returns the most columns.
static int place_lanes(OverLayout *l, int lo, int hi) {
    int depth = 0, lanes = 0;
    for (int j = lo + 1; j < hi; j++) l->box[j].lane = -1, l->box[j].column = l->box[lo].column + 1;
    EACH_EDGE(l, i, k, a, b) {
        if (b <= lo || b >= hi || a <= lo) continue;
        if (l->box[b].column <= l->box[a].column) l->box[b].column = l->box[a].column + 1;
        const int own = l->box[a].lane, other = l->box[b].lane;
        if (own < 0 && other < 0) l->box[a].lane = l->box[b].lane = lanes++;
        else if (own < 0) l->box[a].lane = other;
        else if (other < 0) l->box[b].lane = own;
        else for (int j = lo + 1; j < hi; j++)
            if (l->box[j].lane == other) l->box[j].lane = own;
    }
    for (int j = lo + 1; j < hi; j++) {
        if (l->box[j].lane < 0) l->box[j].lane = lanes++;
        if (l->box[j].column - l->box[lo].column > depth) depth = l->box[j].column - l->box[lo].column;
    }
    return depth;
}

// Lanes are numbered in the order of their first boxes, without gaps.
static void number_lanes(Arena *a, OverLayout *l, int lo, int hi) {
    int *lane = arena_array(a, int, (size_t)(hi - lo)), lanes = 0;
    for (int j = lo + 1; j < hi; j++) {
        int i = lo + 1;
        while (l->box[i].lane != l->box[j].lane) i++;
        lane[j - lo - 1] = i < j ? lane[i - lo - 1] : lanes++;
    }
    for (int j = lo + 1; j < hi; j++) l->box[j].lane = lane[j - lo - 1], l->box[j].lanes = lanes;
}

static void place(Arena *a, OverLayout *l) {
    const bool *cut = find_cuts(a, l);
    l->box[0].column = 0;
    for (int i = 0, j; i < l->n_boxes; i = j) {
        l->box[i].lane = 0, l->box[i].lanes = 1;
        l->n_columns = l->box[i].column;
        j = next_cut(l, cut, i);
        const int depth = place_lanes(l, i, j);
        number_lanes(a, l, i, j);
        if (j < l->n_boxes) l->box[j].column = l->box[i].column + depth + 1;
        else l->n_columns += depth;
    }
}

// ---- fitting ---------------------------------------------------------------------------------------

static bool reads(const OverLayout *l, int from, int to) {
    EACH_EDGE(l, i, k, a, b)
        if (a == from && b == to) return true;
    return false;
}

// Makes paths between two places and their joint one box, where the focus is not; or the last of all.
static bool fold_paths(Arena *a, OverLayout *l, int focus, bool keep_first) {
    const bool *cut = find_cuts(a, l);
    int kept = -1;
    for (int i = 0, j; i < l->n_boxes; i = j) {
        j = next_cut(l, cut, i);
        if (j == i + 1 || j >= l->n_boxes) continue;
        if (focus > i && focus <= j) kept = j;
        if (kept < 0 && keep_first && focus <= i) kept = j;
        if (kept == j && keep_first) continue;
        const bool loop = reads(l, i, j) || strcmp(l->g->node[l->box[j].first].use.kind->name, "add") == 0;
        absorb(l, i + 1, j);
        l->box[i + 1].loops += loop;
        return true;
    }
    return false;
}

static int cost(const OverLayout *l, int i, int j) {
    const Shape a = l->g->node[l->box[i].last].shape, b = l->g->node[l->box[j].last].shape;
    return l->box[i].n + l->box[j].n + (a.h != b.h ? 100 : 0);
}

// Joins the two neighbours that stand for the fewest layers of the same size.
static bool join_neighbours(Arena *a, OverLayout *l, int focus) {
    const bool *cut = find_cuts(a, l);
    int best = -1;
    for (int i = 1; i + 2 < l->n_boxes; i++) {
        if (!cut[i] || !cut[i + 1] || i == focus || i + 1 == focus) continue;
        if (best < 0 || cost(l, i, i + 1) < cost(l, best, best + 1)) best = i;
    }
    if (best > 0) absorb(l, best, best + 1);
    return best > 0;
}

OverLayout overview_layout(Arena *a, const Graph *g, int n_nodes, int focus, int most) {
    OverLayout l = {.g = g, .n_nodes = n_nodes};
    l.box = arena_array(a, OverBox, (size_t)n_nodes + 1);
    l.of = arena_array(a, int, (size_t)n_nodes + 1);
    make_boxes(&l, false);
    place(a, &l);
    if (l.n_columns > most) {
        make_boxes(&l, true);
        place(a, &l);
    }
    const int node = focus < n_nodes ? focus : n_nodes - 1;
    if (l.n_columns > most)
        while (fold_paths(a, &l, l.of[node], true)) continue;
    for (place(a, &l); l.n_columns > most; place(a, &l))
        if (!join_neighbours(a, &l, l.of[node]) && !fold_paths(a, &l, -1, false)) break;
    return l;
}

int overview_namesake(const OverLayout *l, int box) {
    for (int i = l->box[box].last; i > l->box[box].first; i--)
        if (l->of[i] == box && !changes_numbers_only(&l->g->node[i])) return i;
    return l->box[box].first;
}

bool overview_skips(const OverLayout *l, int a, int b) {
    const OverBox *from = &l->box[a], *to = &l->box[b];
    const bool lanes = from->lanes > 1 || to->lanes > 1;
    return to->column > from->column + 1 && (!lanes || (from->lanes == to->lanes && from->lane == to->lane));
}
