/* strip.c — see strip.h. */
#include "viz/view/strip.h"

#include <math.h>
#include <string.h>

// ---- one column per stage ------------------------------------------------------------------------

static const char *lower_text(Arena *a, const View *v, const Stage *s) {
    const Node *node = stage_node(&v->t, s);
    const int first = params_of_node(v->t.s->params, s->index);
    const char *text = "";
    for (int k = 0; k < node->n_params; k++) {
        const ParamRole role = node->param[k].role;
        const char *letter = role == PARAM_WEIGHT ? "∂W" : role == PARAM_SCALE ? "∂γ" : NULL;
        if (letter && trace_param(&v->t, first + k, PARAM_GRAD).v) text = letter;
    }
    bool on = false;
    for (int k = 0; k < node->n_src; k++) on = on || trace_diff(&v->t, node->src[k]).v;
    return arena_print(a, "%s%s%s", text, *text && on ? " " : "", on ? "∂x" : "");
}

// The last layer has no backward of its own where it and the loss are one formula.
static Column column_of(Arena *a, const View *v, int stage) {
    const Trace *t = &v->t;
    const Stage *s = &t->stage[stage];
    Column c = {.stage = stage, .back = -1, .last = stage, .last_back = -1, .n = 1,
                .name = stage_chip(a, t, stage)};
    const int loss = stage_of(t, STAGE_LOSS, -1);
    if (s->kind == STAGE_FORWARD) c.back = stage_of(t, STAGE_BACKWARD, s->index);
    if (c.back >= 0) c.lower = lower_text(a, v, s);
    else if (s->kind == STAGE_LOSS) c.back = stage, c.lower = "∂L = 1";
    else if (s->kind == STAGE_FORWARD && s->index == t->s->x->graph.output && loss >= 0)
        c.back = loss, c.lower = "p − y";
    c.last_back = c.back;
    return c;
}

static int all_columns(Arena *a, const View *v, Column *out) {
    int n = 0;
    for (int i = 0; i < v->t.n_stages; i++)
        if (v->t.stage[i].kind != STAGE_BACKWARD && v->t.stage[i].kind != STAGE_UPDATE)
            out[n++] = column_of(a, v, i);
    return n;
}

// ---- folding -------------------------------------------------------------------------------------

static int top_section(const Graph *g, int section) {
    while (section > 0 && g->section[section].parent > 0) section = g->section[section].parent;
    return section;
}

// Does a new group begin with column b, behind column a?
static bool begins(const View *v, const Column *a, const Column *b) {
    const Graph *g = &v->t.s->x->graph;
    const Stage *s = &v->t.stage[a->stage], *t = &v->t.stage[b->stage];
    if (s->kind != STAGE_FORWARD || t->kind != STAGE_FORWARD) return true;
    const Node *m = &g->node[s->index], *n = &g->node[t->index];
    const int of_m = top_section(g, m->section), of_n = top_section(g, n->section);
    if (of_m || of_n) return of_m != of_n;
    return m->n_src > 0 && m->shape.h < g->node[m->src[0]].shape.h;
}

static Column fold(Arena *a, const View *v, const Column *c, int n) {
    if (n == 1) return c[0];
    Column f = c[0];
    const Graph *g = &v->t.s->x->graph;
    const Stage *s = &v->t.stage[c[0].stage];
    const int section = s->kind == STAGE_FORWARD ? top_section(g, g->node[s->index].section) : 0;
    f.n = n;
    f.last = c[n - 1].stage, f.last_back = c[0].back;
    f.back = c[n - 1].back;
    f.name = arena_print(a, "%d stages", n);
    if (section) f.name = g->section[section].name;
    f.lower = f.back >= 0 ? "∂W ∂x" : NULL;
    return f;
}

// A part of a section does not bear its name.
static Column fold_rest(Arena *a, const View *v, const Column *c, int n) {
    Column f = fold(a, v, c, n);
    if (n > 1) f.name = arena_print(a, "%d stages", n);
    return f;
}

static bool holds(const View *v, const Column *c) {
    const int stage = v->at.stage;
    const bool forward = stage >= c->stage && stage <= c->last;
    const StageKind kind = v->t.stage[stage].kind;
    if (kind != STAGE_BACKWARD) return forward;
    return c->back >= 0 && stage >= c->back && stage <= c->last_back;
}

// A group: columns lo … hi − 1.
typedef struct Fold { int lo, hi; } Fold;

static int find_groups(Arena *a, const View *v, const Column *c, int n, Fold *out) {
    (void)a;
    int groups = 0;
    for (int i = 0; i < n; i++) {
        if (i == 0 || begins(v, &c[i - 1], &c[i])) out[groups++] = (Fold){i, i};
        out[groups - 1].hi = i + 1;
    }
    return groups;
}

// Joins the pair of neighbours that stands for the fewest columns and does not hold `current`.
static int join(Fold *g, int n, int current) {
    int best = -1;
    for (int i = 0; i + 1 < n; i++) {
        if (i == current || i + 1 == current) continue;
        if (best < 0 || g[i + 1].hi - g[i].lo < g[best + 1].hi - g[best].lo) best = i;
    }
    if (best < 0) return n;
    g[best].hi = g[best + 1].hi;
    memmove(g + best + 1, g + best + 2, sizeof *g * (size_t)(n - best - 2));
    return n - 1;
}

static int group_of(const View *v, const Column *c, const Fold *g, int n) {
    for (int i = 0; i < n; i++)
        for (int k = g[i].lo; k < g[i].hi; k++)
            if (holds(v, &c[k])) return i;
    return 0;
}

// Which columns of the current group are shown one by one: at most `room`, around the current one.
static Fold window(const View *v, const Column *c, Fold g, int room) {
    if (g.hi - g.lo <= room) return g;
    int at = g.lo;
    for (int k = g.lo; k < g.hi; k++)
        if (holds(v, &c[k])) at = k;
    int lo = at - (room - 2) / 2;
    if (lo > g.hi - (room - 2)) lo = g.hi - (room - 2);
    if (lo < g.lo) lo = g.lo;
    const int hi = lo + room - 2;
    return (Fold){lo, hi < g.hi ? hi : g.hi};
}

// Groups that can be shown column by column without making the strip too long: the nearest first.
static void unfold(const Fold *g, int n, int current, bool *open) {
    int shown = n - 1 + g[current].hi - g[current].lo;
    for (int d = 1; d < n; d++)
        for (int side = -1; side <= 1; side += 2) {
            const int i = current + side * d, more = i >= 0 && i < n ? g[i].hi - g[i].lo - 1 : 0;
            if (i < 0 || i >= n || shown + more > MAX_COLUMNS) continue;
            open[i] = true;
            shown += more;
        }
}

int strip_columns(Arena *a, const View *v, Column *out) {
    Column *c = arena_array(a, Column, (size_t)v->t.n_stages + 1);
    const int n = all_columns(a, v, c);
    if (n <= MAX_COLUMNS) {
        memcpy(out, c, sizeof *c * (size_t)n);
        return n;
    }
    Fold *g = arena_array(a, Fold, (size_t)n);
    int groups = find_groups(a, v, c, n, g), shown = 0;
    const int few = 10; // groups beside the current one
    for (int before = groups + 1; groups > few && groups < before;) {
        before = groups;
        groups = join(g, groups, group_of(v, c, g, groups));
    }
    const int current = group_of(v, c, g, groups);
    bool *open = arena_array(a, bool, (size_t)groups);
    unfold(g, groups, current, open);
    for (int i = 0; i < groups; i++) {
        for (int k = g[i].lo; i != current && open[i] && k < g[i].hi; k++) out[shown++] = c[k];
        if (i != current && open[i]) continue;
        if (i != current) {
            out[shown++] = fold(a, v, c + g[i].lo, g[i].hi - g[i].lo);
            continue;
        }
        const Fold w = window(v, c, g[i], MAX_COLUMNS - (groups - 1));
        if (w.lo > g[i].lo) out[shown++] = fold_rest(a, v, c + g[i].lo, w.lo - g[i].lo);
        for (int k = w.lo; k < w.hi; k++) out[shown++] = c[k];
        if (w.hi < g[i].hi) out[shown++] = fold_rest(a, v, c + w.hi, g[i].hi - w.hi);
    }
    return shown;
}

// ---- drawing -------------------------------------------------------------------------------------

typedef struct ChipStyle { Tone full, tint; double size; } ChipStyle;

static const ChipStyle forward_chip = {TONE_FORWARD, TONE_FORWARD_TINT, 15};
static const ChipStyle backward_chip = {TONE_BACKWARD, TONE_BACKWARD_TINT, SIZE_AXIS};
static const ChipStyle update_chip = {TONE_INK, TONE_SUNKEN, SIZE_AXIS};

static void draw_chip(Screen *s, Rect r, const char *text, ChipStyle style, bool current, bool done,
                      int to, int last) {
    const ShapeStyle shape = {.radius = CHIP_RADIUS,
                              .fill = current ? style.full : done ? style.tint : TONE_SURFACE,
                              .line = current || done ? TONE_NONE : TONE_LINE};
    const TextStyle words = {current ? FONT_BOLD : FONT_REGULAR, style.size,
                             current ? TONE_SURFACE : done ? TONE_INK : TONE_INK3, ALIGN_CENTRE, false};
    draw_rect(s->d, r, shape);
    draw_fitted(s->d, (Rect){r.x + 2, r.y, r.w - 4, r.h}, words, text);
    if (to >= 0) hits_add(s->hits, (Hit){.kind = HIT_STAGE, .rect = r, .to = to, .last = last});
}

// A small triangle in the gap beside a chip.
static void draw_way(Screen *s, double x, double middle, int direction) {
    const double w = 5 * direction;
    draw_path(s->d, (Point[]){{x, middle - 4}, {x + w, middle}, {x, middle + 4}}, 3,
              (ShapeStyle){.fill = TONE_INK3});
}

static void draw_column(Screen *s, const Column *c, double x, double w, bool last) {
    const View *v = s->v;
    const bool back = v->t.stage[v->at.stage].kind == STAGE_BACKWARD, shown = v->scene == SCENE_STAGES;
    const Rect upper = {x, STRIP_TOP, w, CHIP_H};
    const Rect lower = {x, STRIP_TOP + CHIP_H + LANE_GAP, w, LOWER_CHIP_H};
    draw_chip(s, upper, c->name, forward_chip, shown && !back && holds(v, c), walk_done(v, c->last),
              c->stage, c->last);
    if (!last) draw_way(s, x + w + 0.5, upper.y + CHIP_H / 2.0, 1);
    if (!c->lower) return;
    const bool current = shown && back && holds(v, c);
    const int loss = stage_of(&v->t, STAGE_LOSS, -1);
    const bool judged = v->scene == SCENE_OVERVIEW ? v->gradients : walk_done(v, loss);
    const bool done = c->back == loss ? judged : walk_done(v, c->last_back);
    draw_chip(s, lower, c->lower, backward_chip, current, done, c->back, c->last_back);
    draw_way(s, x - 0.5, lower.y + LOWER_CHIP_H / 2.0, -1);
}

// The room a column's words want, at the smallest size a name is written in.
static double wanted(Screen *s, const Column *c) {
    const TextStyle name = {.font = FONT_BOLD, .size = SIZE_AXIS};
    const double below = c->lower ? fonts_width(s->d->fonts, &name, c->lower) : 0;
    return fmax(fonts_width(s->d->fonts, &name, c->name), below) + 5 + CHIP_GAP;
}

static double sum_up_to(const double *w, int n, double most) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += fmin(w[i], most);
    return sum;
}

// All columns are equally wide if that is enough for every name. Otherwise each gets what it wants and
// an equal share of the rest; where there is no rest the longest names give way. x[0 … n]: the edges.
static void place_columns(Screen *s, const Column *c, int n, double *x) {
    const double all = s->w - 2 * MARGIN + CHIP_GAP;
    double *w = arena_array(s->a, double, (size_t)n + 1), most = 0;
    for (int i = 0; i < n; i++) most = fmax(most, w[i] = wanted(s, &c[i]));
    const bool equal = most * n <= all;
    while (!equal && most > 1 && sum_up_to(w, n, most) > all) most--;
    const double rest = equal ? 0 : (all - sum_up_to(w, n, most)) / n;
    x[0] = MARGIN;
    for (int i = 0; i < n; i++) x[i + 1] = x[i] + (equal ? all / n : fmin(w[i], most) + rest);
}

static void draw_update(Screen *s, double w) {
    const Trace *t = &s->v->t;
    const int stage = stage_of(t, STAGE_UPDATE, -1);
    if (stage < 0 || w < 60) return;
    const Rect r = {MARGIN, STRIP_TOP + CHIP_H + LANE_GAP, w, LOWER_CHIP_H};
    const char *text = w > 240 ? "Update   W ← W − α ∂W" : "Update";
    const bool current = s->v->scene == SCENE_STAGES && s->v->at.stage == stage;
    draw_chip(s, r, text, update_chip, current, s->v->scene == SCENE_TRAIN, stage, stage);
}

void draw_strip(Screen *s) {
    Column *c = arena_array(s->a, Column, MAX_COLUMNS + 2);
    const int n = strip_columns(s->a, s->v, c);
    double *x = arena_array(s->a, double, (size_t)n + 1);
    place_columns(s, c, n, x);
    int free_columns = 0;
    while (free_columns < n && !c[free_columns].lower) free_columns++;
    for (int i = 0; i < n; i++)
        draw_column(s, &c[i], x[i], x[i + 1] - x[i] - CHIP_GAP, i == n - 1);
    draw_update(s, x[free_columns] - MARGIN - CHIP_GAP);
}
