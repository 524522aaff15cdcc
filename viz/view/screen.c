/* screen.c — dividing rectangles, and what stages are called. */
#include "viz/view/screen.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "viz/view/panel.h"

Rect cut_left(Rect *room, double w) {
    const Rect r = {room->x, room->y, w, room->h};
    room->x += w + CARD_GAP, room->w -= w + CARD_GAP;
    return r;
}

Rect cut_right(Rect *room, double w) {
    const Rect r = {room->x + room->w - w, room->y, w, room->h};
    room->w -= w + CARD_GAP;
    return r;
}

Rect cut_top(Rect *room, double h) {
    const Rect r = {room->x, room->y, room->w, h};
    room->y += h + CARD_GAP, room->h -= h + CARD_GAP;
    return r;
}

Rect cut_bottom(Rect *room, double h) {
    const Rect r = {room->x, room->y + room->h - h, room->w, h};
    room->h -= h + CARD_GAP;
    return r;
}

// ---- words ---------------------------------------------------------------------------------------

const char *shape_words(Arena *a, Shape s) {
    if (s.h * s.w == 1) return arena_print(a, "%d", s.c);
    return arena_print(a, "%d×%d×%d", s.c, s.h, s.w);
}

const char *tensor_shape(Arena *a, Tensor t) { return shape_words(a, (Shape){t.c, t.h, t.w}); }

// How kinds are written for people, where that is more than a capital letter.
static const struct { const char *kind, *title, *chip; } names[] = {
    {"conv",          "Convolution",         "Conv"},
    {"maxpool",       "Max pool",            "Pool"},
    {"avgpool",       "Average pool",        "Avg pool"},
    {"globalavgpool", "Global average pool", "Mean"},
    {"relu",          "ReLU",                "ReLU"},
    {"leakyrelu",     "Leaky ReLU",          "Leaky"},
    {"elu",           "ELU",                 "ELU"},
    {"gelu",          "GELU",                "GELU"},
    {"silu",          "SiLU",                "SiLU"},
    {"lrn",           "Local response norm", "LRN"},
    {"batchnorm",     "Batch norm",          "Norm"},
    {"instancenorm",  "Instance norm",       "Inst norm"},
    {"layernorm",     "Layer norm",          "Layer norm"},
    {"grayscale",     "Grayscale",           "Gray"},
    {"crossentropy",  "Cross-entropy",       "Loss"},
    {"mse",           "Mean squared error",  "Loss"},
    {"hinge",         "Hinge loss",          "Loss"},
};

static const char *capital(Arena *a, const char *word) {
    char *text = arena_text(a, word, strlen(word));
    text[0] = (char)toupper((unsigned char)text[0]);
    return text;
}

static const char *kind_title(Arena *a, const char *kind, bool chip) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].kind, kind) == 0) return chip ? names[i].chip : names[i].title;
    return capital(a, kind);
}

static const char *leaf(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

// The how-manieth layer of its kind a node is, from 1; 0 if it is the only one.
static int ordinal(const Graph *g, int node) {
    int n = 0, own = 0;
    for (int i = 1; i < g->n_nodes; i++) {
        if (g->node[i].use.kind != g->node[node].use.kind) continue;
        n++;
        if (i == node) own = n;
    }
    return n > 1 ? own : 0;
}

static const char *layer_name(Arena *a, const Trace *t, int index, bool chip) {
    const Graph *g = &t->s->x->graph;
    const Node *node = &g->node[index];
    const bool given = !node->inserted && !isdigit((unsigned char)leaf(node->name)[0]);
    if (given && chip) return leaf(node->name);
    const char *title = kind_title(a, node->use.kind->name, chip);
    if (given) return arena_print(a, "%s %s", title, leaf(node->name));
    const int i = ordinal(g, index);
    return i ? arena_print(a, "%s %d", title, i) : title;
}

static const char *plain_name(Arena *a, const Stage *s, bool chip) {
    switch (s->kind) {
    case STAGE_LOAD:   return "Load";
    case STAGE_UPDATE: return "Update";
    case STAGE_LOSS:   return chip ? "Loss" : kind_title(a, stage_of_name(s), false);
    default:           return kind_title(a, stage_of_name(s), chip);
    }
}

static const char *name_of(Arena *a, const Trace *t, int stage, bool chip) {
    const Stage *s = &t->stage[stage];
    const Panel *p = panel_of(s);
    const bool layer = stage_node(t, s) != NULL;
    if (layer && s->index == 0) return "Input";
    if (!layer && (chip ? p->chip : p->title)) return chip ? p->chip : p->title;
    return layer ? layer_name(a, t, s->index, chip) : plain_name(a, s, chip);
}

const char *stage_chip(Arena *a, const Trace *t, int stage) { return name_of(a, t, stage, true); }

const char *stage_title(Arena *a, const Trace *t, int stage) {
    const char *name = name_of(a, t, stage, false);
    const bool back = t->stage[stage].kind == STAGE_BACKWARD;
    return back ? arena_print(a, "%s, backward", name) : name;
}

// The chip of its layer, and the letter it has in formulas.
static const char *own_words(Arena *a, const Trace *t, const Param *p) {
    static const char *const letter[] = {[PARAM_WEIGHT] = "W", [PARAM_BIAS] = "b", [PARAM_SCALE] = "γ",
                                         [PARAM_SHIFT] = "β", [PARAM_STATISTIC] = ""};
    for (int i = 0; i < t->n_stages; i++)
        if (t->stage[i].kind == STAGE_FORWARD && t->stage[i].index == p->node)
            return arena_print(a, "%s %s", stage_chip(a, t, i), letter[p->spec->role]);
    return p->name;
}

void param_words(const Trace *t, int param, char *text, size_t room) {
    const Param *p = &t->s->params->param[param];
    Arena *a = arena_make();
    if (a && setjmp(*arena_guard(a)) == 0) snprintf(text, room, "%s", own_words(a, t, p));
    else snprintf(text, room, "%s", p->name);
    arena_free(a);
}

void print_place(int rank, int n, int c, int y, int x, char *text, size_t room) {
    const int place[] = {n, c, y, x};
    for (int k = 0; k < rank; k++) {
        const size_t len = strlen(text);
        snprintf(text + len, room - len, "%s%d%s", k ? "," : "[", place[k], k + 1 == rank ? "]" : "");
    }
}
