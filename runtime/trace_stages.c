/* trace_stages.c — the list of stages: what there is to look at, in order, and its names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/trace_private.h"

// ---- names --------------------------------------------------------------------------------------

static bool taken(const Choice *c, const char *name, const Stage *by_other_than) {
    for (int i = 0; i < c->n_stages; i++)
        if (&c->stage[i] != by_other_than && c->stage[i].name && strcmp(c->stage[i].name, name) == 0)
            return true;
    return false;
}

// Gives a stage the wanted name, or behind a stage of the same name "NAME.2", "NAME.3" …
static void name_stage(Choice *c, Stage *s, const char *wanted) {
    char *name = c->name + (size_t)(s - c->stage) * STAGE_NAME;
    snprintf(name, STAGE_NAME, "%s", wanted);
    for (int k = 2; taken(c, name, s); k++) snprintf(name, STAGE_NAME, "%.*s.%d", STAGE_NAME - 16, wanted, k);
    s->name = name;
}

static const char *wanted_name(const Stage *s, const Experiment *x, char *text) {
    switch (s->kind) {
    case STAGE_LOAD:    return "load";
    case STAGE_AUGMENT:
    case STAGE_STEP:    return s->use->kind->name;
    case STAGE_FORWARD: return x->graph.node[s->index].name;
    case STAGE_LOSS:    return "loss";
    case STAGE_UPDATE:  return "update";
    case STAGE_BACKWARD: break;
    }
    snprintf(text, STAGE_NAME, "%s.backward", x->graph.node[s->index].name);
    return text;
}

// Layers choose first: their names stand in files of weights.
static void name_all(Choice *c, const Experiment *x) {
    char text[STAGE_NAME];
    for (int layers = 1; layers >= 0; layers--)
        for (int i = 0; i < c->n_stages; i++)
            if ((c->stage[i].kind == STAGE_FORWARD) == (layers == 1))
                name_stage(c, &c->stage[i], wanted_name(&c->stage[i], x, text));
}

// ---- stages -------------------------------------------------------------------------------------

static const char *or_empty(const char *text) { return text ? text : ""; }

static void add(Choice *c, StageKind kind, int index, const Use *use) {
    c->stage[c->n_stages++] =
        (Stage){.kind = kind, .index = index, .use = use, .formula = or_empty(use->kind->formula),
                .source = or_empty(use->kind->source)};
}

static void add_picture_stages(Choice *c, const Experiment *x) {
    add(c, STAGE_LOAD, 0, &x->data);
    c->stage[0].source = "runtime/data/pictures.c"; // the word `data` is a statement's
    for (int i = 0; c->o.random && i < x->n_augments; i++) add(c, STAGE_AUGMENT, i, &x->augment[i]);
    for (int i = 0; i < x->n_steps; i++) add(c, STAGE_STEP, i, &x->step[i]);
    c->n_watched = c->n_stages;
}

bool stages_list(Choice *c, const Experiment *x, Error *e) {
    const Graph *g = &x->graph;
    const size_t most = (size_t)(1 + x->n_augments + x->n_steps + 2 * g->n_nodes + 2);
    c->stage = calloc(most, sizeof *c->stage);
    c->name = calloc(most, STAGE_NAME);
    if (!c->stage || !c->name) return error_set(e, "there is no memory left");

    add_picture_stages(c, x);
    for (int i = 1; i < g->n_nodes; i++) add(c, STAGE_FORWARD, i, &g->node[i].use);
    if (c->judged) {
        add(c, STAGE_LOSS, 0, &x->loss);
        for (int i = g->n_nodes - 1; i > 0; i--)
            if (plan_diff(c->plan, i, 1).v) add(c, STAGE_BACKWARD, i, &g->node[i].use);
        add(c, STAGE_UPDATE, 0, &x->optimizer);
    }
    name_all(c, x);
    return true;
}
