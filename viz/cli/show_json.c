/* show_json.c — `--show --json`: everything that is known about a model, for other programs.
 *
 * Shapes are lists channels, height, width; parameters have the shapes they are saved with. An
 * option whose default is worked out later (the optimizer's learning rate, all pictures) is null. */
#include <string.h>

#include "runtime/version.h"
#include "viz/cli/commands.h"
#include "viz/cli/json_out.h"
#include "viz/cli/training.h"

static void put_ints(JsonOut *j, const char *key, int n, const int *v) {
    json_open(j, key, '[');
    for (int i = 0; i < n; i++) json_put_int(j, NULL, v[i]);
    json_close(j);
}

static void put_shape(JsonOut *j, const char *key, Shape s) {
    put_ints(j, key, 3, (const int[]){s.c, s.h, s.w});
}

// Where something was written; a file that is not the model itself is named.
static void put_place(JsonOut *j, const Experiment *x, Span at) {
    const Source *s = diags_source_of(x->places, at);
    if (!s) return;
    if (strcmp(s->name, x->file) != 0) json_put_text(j, "file", s->name);
    json_put_int(j, "line", diags_line(x->places, at));
}

// ---- options -----------------------------------------------------------------------------------

static void put_options(JsonOut *j, const Use *u);

static const char *word_for(const AttrSpec *a, int value) {
    for (const Word *w = a->words; w && w->name; w++)
        if (w->value == value) return w->name;
    return NULL;
}

static void put_text(JsonOut *j, const char *key, const char *text) {
    if (text) json_put_text(j, key, text);
    else json_put_null(j, key);
}

static void put_choice(JsonOut *j, const char *key, const Use *u) {
    if (!u->kind) return json_put_null(j, key);
    json_open(j, key, '{');
    json_put_text(j, "name", u->kind->name);
    put_options(j, u);
    json_close(j);
}

static void put_reals(JsonOut *j, const char *key, const Reals *list) {
    json_open(j, key, '[');
    for (int i = 0; i < list->n; i++) json_put_real(j, NULL, list->v[i]);
    json_close(j);
}

static void put_names(JsonOut *j, const char *key, const Names *list) {
    json_open(j, key, '[');
    for (int i = 0; i < list->n; i++) json_put_text(j, NULL, list->name[i]);
    json_close(j);
}

static void put_value(JsonOut *j, const AttrSpec *a, const void *field) {
    const char *key = a->name;
    switch (a->type) {
    case ATTR_INT:
        if (!word_for(a, *(const int *)field)) return json_put_int(j, key, *(const int *)field);
        return json_put_text(j, key, word_for(a, *(const int *)field));
    case ATTR_WORD:   return put_text(j, key, word_for(a, *(const int *)field));
    case ATTR_REAL:   return json_put_real(j, key, *(const double *)field);
    case ATTR_BOOL:
    case ATTR_FLAG:   return json_put_bool(j, key, *(const bool *)field);
    case ATTR_SIZE:
    case ATTR_WINDOW: return put_ints(j, key, 2, (const int[]){((const Size *)field)->h,
                                                               ((const Size *)field)->w});
    case ATTR_TEXT:   return put_text(j, key, *(const char *const *)field);
    case ATTR_CHOICE: return put_choice(j, key, field);
    case ATTR_REALS:  return put_reals(j, key, field);
    case ATTR_NAMES:  return put_names(j, key, field);
    }
}

// True if the default is a value that could be written, not one that stands for "not written".
static bool is_value(const AttrSpec *a) {
    const bool number = a->type == ATTR_INT || a->type == ATTR_REAL;
    return number && a->def >= a->lo && a->def <= a->hi && !(a->open && a->def <= 0);
}

static void put_options(JsonOut *j, const Use *u) {
    json_open(j, "options", '{');
    const AttrSpec *a = u->kind->attrs;
    for (int i = 0; a && a[i].name; i++) {
        const bool written = u->attr_at && u->attr_at[i].hi > 0;
        if (!written && a[i].def_text && !is_value(&a[i])) json_put_null(j, a[i].name);
        else put_value(j, &a[i], (const char *)u->cfg + a[i].at);
    }
    json_close(j);
}

// One statement or step: kind, options, line.
static void put_use(JsonOut *j, const char *key, const Experiment *x, const Use *u) {
    if (!u->kind) return json_put_null(j, key);
    json_open(j, key, '{');
    json_put_text(j, "kind", u->kind->name);
    put_options(j, u);
    put_place(j, x, u->at);
    json_close(j);
}

static void put_uses(JsonOut *j, const char *key, const Experiment *x, int n, const Use *u) {
    json_open(j, key, '[');
    for (int i = 0; i < n; i++) put_use(j, NULL, x, &u[i]);
    json_close(j);
}

// ---- the network -------------------------------------------------------------------------------

static void put_parameter(JsonOut *j, Arena *a, const Node *n, const ParamSpec *p) {
    static const char *const roles[] = {
        [PARAM_WEIGHT] = "weight", [PARAM_BIAS] = "bias", [PARAM_SCALE] = "scale",
        [PARAM_SHIFT] = "shift", [PARAM_STATISTIC] = "statistic",
    };
    json_open(j, NULL, '{');
    json_put_text(j, "name", arena_print(a, "%s.%s", n->name, p->name));
    json_put_text(j, "role", roles[p->role]);
    put_ints(j, "shape", p->rank, p->dim);
    json_close(j);
}

static void put_node(JsonOut *j, Arena *a, const Experiment *x, const Node *n, bool frozen) {
    const Graph *g = &x->graph;
    json_open(j, NULL, '{');
    json_put_text(j, "name", n->name);
    json_put_text(j, "kind", n->use.kind->name);
    put_options(j, &n->use);
    json_open(j, "inputs", '[');
    for (int i = 0; i < n->n_src; i++) json_put_text(j, NULL, g->node[n->src[i]].name);
    json_close(j);
    put_shape(j, "shape", n->shape);
    json_open(j, "parameters", '[');
    for (int i = 0; i < n->n_params; i++) put_parameter(j, a, n, &n->param[i]);
    json_close(j);
    json_put_bool(j, "frozen", frozen);
    json_put_int(j, "macs", n->macs);
    json_put_text(j, "section", g->section[n->section].name);
    json_put_bool(j, "inserted", n->inserted);
    put_place(j, x, n->use.at);
    json_close(j);
}

static void put_section(JsonOut *j, const Experiment *x, const Section *s) {
    json_open(j, NULL, '{');
    json_put_text(j, "name", s->name);
    json_put_text(j, "parent", x->graph.section[s->parent].name);
    put_place(j, x, s->at);
    json_close(j);
}

// What is frozen is that at the first `train` line.
static void put_network(JsonOut *j, Arena *a, const Experiment *x) {
    const Graph *g = &x->graph;
    Training t = training_start(a, x);
    training_next(&t);
    json_open(j, "nodes", '[');
    for (int i = 0; i < g->n_nodes; i++) put_node(j, a, x, &g->node[i], t.frozen[i]);
    json_close(j);
    json_put_text(j, "output", g->node[g->output].name);
    json_open(j, "sections", '[');
    for (int i = 1; i < g->n_sections; i++) put_section(j, x, &g->section[i]);
    json_close(j);
    json_open(j, "totals", '{');
    json_put_int(j, "layers", g->n_nodes - 1);
    json_put_int(j, "parameters", g->n_weights);
    json_put_int(j, "trained", t.weights);
    json_put_int(j, "macs", g->macs);
    json_close(j);
}

// Every `train` line, with the parameters it changes and the layers it leaves as they are.
static void put_phases(JsonOut *j, Arena *a, const Experiment *x) {
    Training t = training_start(a, x);
    json_open(j, "phases", '[');
    while (training_next(&t) && t.train) {
        json_open(j, NULL, '{');
        json_put_int(j, "line", diags_line(x->places, t.train->use.at));
        json_put_int(j, "trained", t.weights);
        json_open(j, "frozen", '[');
        for (int i = 0; i < x->graph.n_nodes; i++)
            if (t.frozen[i]) json_put_text(j, NULL, x->graph.node[i].name);
        json_close(j);
        json_close(j);
    }
    json_close(j);
}

// ---- what stands around it ---------------------------------------------------------------------

static void put_data(JsonOut *j, const Experiment *x) {
    const DataOptions *o = x->data.cfg;
    json_open(j, "data", '{');
    json_put_text(j, "name", o->set.kind ? o->set.kind->name : o->path);
    json_put_bool(j, "known", o->set.kind != NULL);
    put_shape(j, "image", x->image);
    json_put_int(j, "classes", x->classes);
    put_options(j, &x->data);
    put_place(j, x, x->data.at);
    json_close(j);
}

static void put_default(void *ctx, const char *where, const char *option, const char *value) {
    JsonOut *j = ctx;
    json_open(j, NULL, '{');
    json_put_text(j, "where", where);
    json_put_text(j, "option", option);
    json_put_text(j, "value", value);
    json_close(j);
}

static void put_program(JsonOut *j, const Experiment *x) {
    json_open(j, "program", '[');
    for (int i = 0; i < x->n_actions; i++) put_use(j, NULL, x, &x->action[i].use);
    json_close(j);
    json_open(j, "defaults", '[');
    experiment_defaults(x, put_default, j);
    json_close(j);
}

void show_json(FILE *out, Arena *a, const Experiment *x) {
    JsonOut j = {.out = out};
    json_open(&j, NULL, '{');
    json_put_text(&j, "cnnrun", CNNRUN_VERSION);
    json_put_text(&j, "model", x->name);
    json_put_text(&j, "file", x->file);
    json_put_uint(&j, "seed", x->seed);
    put_data(&j, x);
    put_uses(&j, "steps", x, x->n_steps, x->step);
    put_uses(&j, "augment", x, x->n_augments, x->augment);
    put_network(&j, a, x);
    put_use(&j, "init", x, &x->init);
    put_use(&j, "loss", x, &x->loss);
    put_use(&j, "optimizer", x, &x->optimizer);
    put_program(&j, x);
    put_phases(&j, a, x);
    json_close(&j);
}
