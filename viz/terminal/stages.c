/* stages.c — all stages of a step in two tables. */
#include "viz/terminal/stages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "viz/terminal/describe.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/stage.h"

typedef struct Table {
    Arena *a;
    Grid *g;
    const Trace *t;
    bool mean; // a column of means, too
} Table;

// ---- what stands in a row -----------------------------------------------------------------------

// "12", or "base.cnn:12" in another file than the model itself.
const char *stage_line(Arena *a, const Experiment *x, const Use *u) {
    const Source *s = diags_source_of(x->places, u->at);
    if (!s) return "";
    const int line = diags_line(x->places, u->at);
    if (strcmp(s->name, x->file) == 0) return arena_print(a, "%d", line);
    return arena_print(a, "%s:%d", s->name, line);
}

Tensor stage_output(const Trace *t, int stage) {
    const Stage *s = &t->stage[stage];
    switch (s->kind) {
    case STAGE_LOAD:
    case STAGE_AUGMENT:
    case STAGE_STEP:     return trace_picture(t, stage);
    case STAGE_FORWARD:  return tensor_part(trace_value(t, s->index), 0, 1);
    case STAGE_LOSS:     return tensor_part(trace_diff(t, t->score), 0, 1);
    case STAGE_BACKWARD: return tensor_part(trace_diff(t, s->index), 0, 1);
    case STAGE_UPDATE:   break;
    }
    return (Tensor){0};
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void number_cells(const Table *b, Summary s) {
    Grid *g = b->g;
    if (s.n == 0) {
        for (int i = b->mean ? 0 : 1; i < 4; i++) grid_cell(g, "");
        return;
    }
    if (b->mean) grid_cell(g, value_text(s.mean).s);
    grid_cell(g, value_text(s.least).s);
    grid_cell(g, value_text(s.most).s);
    grid_cell(g, arena_print(b->a, "%.1f %%", 100 * (double)s.zeros / (double)s.n));
}

static void begin_row(const Table *b, int number) {
    const Stage *s = &b->t->stage[number];
    grid_cell(b->g, arena_print(b->a, "%d", number + 1));
    grid_cell(b->g, s->kind == STAGE_BACKWARD ? b->t->s->x->graph.node[s->index].name : s->name);
    grid_cell(b->g, written_text(b->a, b->t->s->x, s->use));
}

static void end_row(const Table *b, const Stage *s) {
    const Experiment *x = b->t->s->x;
    grid_cell(b->g, was_written(x, s->use) ? stage_line(b->a, x, s->use) : "");
    grid_cell(b->g, file_name(s->source));
}

// ---- the way there ------------------------------------------------------------------------------

static const char *tensor_text(Arena *a, Tensor t) { return size_text(a, (Shape){t.c, t.h, t.w}); }

static void forward_row(const Table *b, int number) {
    const Stage *s = &b->t->stage[number];
    const Tensor v = stage_output(b->t, number);
    begin_row(b, number);
    if (s->kind == STAGE_LOSS) {
        grid_cell(b->g, "1");
        grid_cell(b->g, value_text(trace_losses(b->t)[0]).s);
        for (int i = 0; i < 3; i++) grid_cell(b->g, "");
    } else {
        grid_cell(b->g, tensor_text(b->a, v));
        number_cells(b, summary_of(v));
    }
    end_row(b, s);
}

void stages_forward(const Terminal *to, Arena *a, const Trace *t) {
    static const Column columns[] = {
        {.title = "no.", .right = true},
        {.title = "name"},
        {.title = "what", .elastic = true},
        {.title = "output", .right = true},
        {.title = "mean", .right = true},
        {.title = "min", .right = true},
        {.title = "max", .right = true},
        {.title = "zeros", .right = true},
        {.title = "line", .right = true},
        {.title = "file", .elastic = true},
    };
    const Table b = {a, grid_make(a, 10, columns), t, true};
    for (int i = 0; i < t->n_stages && t->stage[i].kind <= STAGE_LOSS; i++) forward_row(&b, i);
    fprintf(to->out, "%sforward%s: what comes out of each stage\n", terminal_bold(to), terminal_normal(to));
    grid_print(b.g, to);
}

// ---- the way back -------------------------------------------------------------------------------

// The length of the gradient of a layer's parameters; −1: it has none.
static double gradient_norm(const Trace *t, int node) {
    const int first = params_of_node(t->s->params, node);
    double sum = 0;
    bool any = false;
    for (int k = 0; k < t->s->x->graph.node[node].n_params; k++) {
        const Tensor g = trace_param(t, first + k, PARAM_GRAD);
        const double norm = summary_of(g).norm;
        sum += norm * norm;
        any |= g.v != NULL;
    }
    return any ? sqrt(sum) : -1;
}

static void backward_row(const Table *b, int number) {
    const Stage *s = &b->t->stage[number];
    const Tensor v = stage_output(b->t, number);
    const double norm = s->kind == STAGE_BACKWARD ? gradient_norm(b->t, s->index) : -1;
    begin_row(b, number);
    grid_cell(b->g, v.v ? tensor_text(b->a, v) : "");
    number_cells(b, summary_of(v));
    grid_cell(b->g, norm >= 0 ? value_text(norm).s : "");
    end_row(b, s);
}

void stages_backward(const Terminal *to, Arena *a, const Trace *t) {
    static const Column columns[] = {
        {.title = "no.", .right = true},
        {.title = "name"},
        {.title = "what", .elastic = true},
        {.title = "gradient δ", .right = true},
        {.title = "min", .right = true},
        {.title = "max", .right = true},
        {.title = "zeros", .right = true},
        {.title = "‖∂w‖", .right = true},
        {.title = "line", .right = true},
        {.title = "file", .elastic = true},
    };
    const Table b = {a, grid_make(a, 10, columns), t, false};
    for (int i = 0; i < t->n_stages; i++)
        if (t->stage[i].kind >= STAGE_LOSS) backward_row(&b, i);
    fprintf(to->out,
            "%sbackward%s: the gradient δ that arrives at each stage, that is how the loss of the batch\n"
            "would change with each of its outputs; ‖∂w‖ is the length of the gradient of its parameters\n",
            terminal_bold(to), terminal_normal(to));
    grid_print(b.g, to);
}
