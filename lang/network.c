/* network.c — layers become nodes; names as Python libraries give them.
 *
 * A layer's full name is SECTION.….LEAF: LEAF is the `as` name, or the layer's position in its
 * nearest section, where every written layer and every section counts once. What is inserted (the
 * flatten before a dense, the joint behind a residual) has a name that says so, and no position. */
#include <string.h>

#include "lang/check.h"

const KindSpec input_kind = {
    .name = "input", .summary = "one image, after all steps of preprocess",
    .source = "lang/network.c",
};

// ---- names -------------------------------------------------------------------------------------

static const char *full_name(Check *c, int section, const char *leaf) {
    const char *part = c->part[section].section.name;
    return *part ? arena_print(c->arena, "%s.%s", part, leaf) : leaf;
}

static const char *next_leaf(Check *c) {
    return arena_print(c->arena, "%d", c->part[c->section].next++);
}

int part_named(const Check *c, const char *name) {
    int i = c->n_parts - 1;
    while (i > 0 && strcmp(c->part[i].section.name, name) != 0) i--;
    return i > 0 ? i : LOST;
}

static Span place_of_name(const Check *c, const char *name) {
    const int part = part_named(c, name);
    if (part != LOST) return c->part[part].section.at;
    for (int i = 0; i < c->n_nodes; i++)
        if (strcmp(c->node[i].name, name) == 0) return c->node[i].use.at;
    return (Span){0};
}

bool name_known(Check *c, const char *name) { return place_of_name(c, name).hi > 0; }

static bool name_free(Check *c, const char *name, Span at) {
    const Span before = place_of_name(c, name);
    if (before.hi == 0) return true;
    diag_error(c->diags, at, N_TWICE, "the name '%s' has already been given, in line %d", name,
               diags_line(c->diags, before));
    diag_label(c->diags, "choose another name for one of the two");
    return false;
}

// What follows `as`, where that may be.
static const char *name_as(Check *c, const Label *label) {
    if (strchr(label->name, '.')) {
        diag_error(c->diags, label->at, N_FORM, "a name cannot contain a dot");
        return NULL;
    }
    if (c->repeated == c->section) {
        diag_error(c->diags, label->at, N_AS, "this name would be given each time the block or "
                   "repeat is carried out");
        diag_label(c->diags, "put section { … } around what stands in the braces");
        return NULL;
    }
    const char *name = full_name(c, c->section, label->name);
    return name_free(c, name, label->at) ? name : NULL;
}

// ---- sections ----------------------------------------------------------------------------------

bool section_open(Check *c, const char *name, Span at, int *outer) {
    const char *leaf = next_leaf(c);
    const char *full = full_name(c, c->section, name ? name : leaf);
    if (name && !name_free(c, full, at)) return false;
    if (c->n_parts > MAX_NODES) {
        c->stopped = true;
        return diag_error(c->diags, at, S_NODES, "there are more than %d sections", MAX_NODES);
    }
    c->part = grow(c->arena, c->part, c->n_parts, &c->room_parts, sizeof *c->part);
    c->part[c->n_parts] = (Part){.section = {.name = full, .parent = c->section, .at = at}};
    *outer = c->section;
    c->section = c->n_parts++;
    return true;
}

void section_close(Check *c, int outer) {
    c->part[c->section].output = c->here;
    c->part[c->section].closed = true;
    c->section = outer;
}

// ---- nodes -------------------------------------------------------------------------------------

static int lose(Check *c) {
    c->lost = true;
    return c->here = LOST;
}

static bool param_fits(Check *c, const Use *use, const ParamSpec *p, int64_t *count) {
    double numbers = 1;
    *count = 1;
    for (int i = 0; i < p->rank; i++) {
        numbers *= p->dim[i];
        if (numbers <= (double)MAX_ELEMENTS) *count *= p->dim[i];
    }
    if (numbers <= (double)MAX_ELEMENTS) return true;
    diag_error(c->diags, use->at, S_LARGE, "the weights of this layer would take %.1f GB, the "
               "limit is %.1f GB", 4e-9 * numbers, 4e-9 * (double)MAX_ELEMENTS);
    diag_label(c->diags, "make what arrives here smaller, or this layer");
    return false;
}

static bool node_params(Check *c, Node *n, const Shape *in) {
    ParamSpec p[MAX_PARAMS] = {{0}};
    n->n_params = n->use.kind->params ? n->use.kind->params(n->use.cfg, in, p) : 0;
    ParamSpec *kept = arena_array(c->arena, ParamSpec, n->n_params);
    for (int i = 0; i < n->n_params; i++) {
        int64_t count;
        if (!param_fits(c, &n->use, &p[i], &count)) {
            shape_story(c, n->src[0]);
            return false;
        }
        if (p[i].role != PARAM_STATISTIC) c->x->graph.n_weights += count;
        if (!p[i].init || !p[i].init->kind) {
            p[i].init = c->init;
            c->init_taken |= p[i].role == PARAM_WEIGHT;
        }
        kept[i] = p[i];
    }
    n->param = kept;
    return true;
}

static bool room_for_node(Check *c, Span at) {
    if (c->n_nodes < MAX_NODES) {
        c->node = grow(c->arena, c->node, c->n_nodes, &c->room_nodes, sizeof *c->node);
        return true;
    }
    c->stopped = true;
    diag_error(c->diags, at, S_NODES, "the network has more than %d layers, with all blocks and "
               "repeats written out", MAX_NODES);
    diag_label(c->diags, "repeat less often");
    return false;
}

int node_make(Check *c, const Use *use, const int *src, int n_src, const char *name) {
    if (!room_for_node(c, use->at)) return lose(c);
    Node n = {.name = name, .use = *use, .n_src = n_src, .section = c->section};
    Shape in[MAX_SRC];
    n.src = arena_array(c->arena, int, n_src);
    for (int k = 0; k < n_src; k++) {
        n.src[k] = src[k];
        in[k] = c->node[src[k]].shape;
    }
    if (!shape_ask(c, use, src, n_src, &n.shape, &n.note)) return lose(c);
    if (!node_params(c, &n, in)) return lose(c);
    if (use->kind->macs) n.macs = use->kind->macs(use->cfg, in, n.shape);
    c->x->graph.macs += n.macs;
    for (int k = 0; k < n_src; k++) c->node[src[k]].n_uses++;
    c->node[c->n_nodes] = n;
    return c->here = c->n_nodes++;
}

// A layer nobody wrote, with all its defaults.
static int insert(Check *c, const char *kind_name, Span at, Span whole, const int *src, int n_src,
                  const char *name) {
    const KindSpec *kind = kind_named(c->words, GROUP_LAYER, kind_name);
    Use use;
    if (!kind) {
        diag_error(c->diags, at, W_WORD, "this needs the layer '%s', which this program has not",
                   kind_name);
        return lose(c);
    }
    if (!bind_defaults(c, kind, at, &use)) return lose(c);
    use.whole = whole;
    if (!name_free(c, name, at)) return lose(c);
    const int i = node_make(c, &use, src, n_src, name);
    if (i != LOST) c->node[i].inserted = true;
    return i;
}

int join_make(Check *c, const char *kind, Span at, Span whole, const int *src, int n_src) {
    const char *last = c->node[c->n_nodes - 1].name;
    return insert(c, kind, at, whole, src, n_src, arena_print(c->arena, "%s_after_%s", kind, last));
}

static void flatten_before(Check *c, const Use *use, const char *name) {
    const Shape s = c->node[c->here].shape;
    if (s.h == 1 && s.w == 1) return;
    insert(c, "flatten", use->at, use->whole, &c->here, 1,
           arena_print(c->arena, "flatten_before_%s", name));
}

// ---- layers as written -------------------------------------------------------------------------

// The node of that name, or the last one of that section; LOST after a message.
static int node_named(Check *c, const char *name, Span at) {
    for (int i = 0; i < c->n_nodes; i++)
        if (strcmp(c->node[i].name, name) == 0) return i;
    const int part = part_named(c, name);
    if (part != LOST && c->part[part].closed) return c->part[part].output;
    if (c->lost || was_broken(c, name)) return LOST;
    Guess g = {.word = name};
    for (int i = 0; i < c->n_nodes; i++) guess_offer(&g, c->node[i].name, NULL);
    for (int i = 1; i < c->n_parts; i++) guess_offer(&g, c->part[i].section.name, NULL);
    diag_error(c->diags, at, N_UNKNOWN, "no layer or section above is called '%s'", name);
    diag_label(c->diags, "a layer gets a name with `as`");
    say_guess(c, at, &g);
    return LOST;
}

// The inputs of a layer that names them: the running value and the named ones. 0 after a message.
static int named_inputs(Check *c, const Stmt *s, const KindSpec *kind, int *src) {
    int n = 1;
    src[0] = c->here;
    for (const Arg *a = s->first; a; a = a->next)
        for (const Expr *e = a->first; e && !a->name; e = e->next) {
            if (n == kind->max_src || n == MAX_SRC)
                return diag_error(c->diags, e->at, W_MANY, "%s joins at most %d values",
                                  kind->name, n);
            src[n] = node_named(c, diags_text(c->diags, e->at), e->at);
            if (src[n++] == LOST) return 0;
        }
    if (n >= kind->min_src) return n;
    diag_error(c->diags, s->word_at, W_MISSING, "the names of the layers to join are missing");
    diag_label(c->diags, "written like this: %s", kind->example);
    return 0;
}

static const Arg *without_names(Check *c, const Stmt *s) {
    struct { Arg *first, *last; } rest = {0};
    for (const Arg *a = s->first; a; a = a->next) {
        if (!a->name) continue;
        Arg *copy = arena_new(c->arena, Arg);
        *copy = *a;
        copy->next = NULL;
        if (rest.last) rest.last->next = copy;
        else rest.first = copy;
        rest.last = copy;
    }
    return rest.first;
}

void layer_written(Check *c, const Stmt *s, const KindSpec *kind) {
    const bool joins = kind->min_src > 1;
    const Arg *values = joins ? without_names(c, s) : s->first;
    const char *name = full_name(c, c->section, next_leaf(c));
    int src[MAX_SRC], n_src = 1;
    Use use;
    if (s->name) name = name_as(c, s->name);
    bool good = check_braces(c, s, 0, 0) && name;
    good &= bind_use(c, kind, values, s->word_at, stmt_whole(s), &use);
    if (!network_start(c, s->word_at) || c->here == LOST) return;
    if (joins) n_src = named_inputs(c, s, kind, src);
    if (!good || n_src == 0) lose(c);
    else if (kind->wants_vector) flatten_before(c, &use, name);
    if (c->here == LOST) return;
    src[0] = c->here;
    node_make(c, &use, src, n_src, name);
}
