/* show.c — a model as a table: what every layer puts out, what it costs, and which options nobody
 * wrote. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "runtime/plan.h"
#include "viz/cli/commands.h"
#include "viz/cli/training.h"
#include "viz/terminal/describe.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/text.h"

// ---- layers ------------------------------------------------------------------------------------

static double value_bytes(Shape s) {
    return (double)s.c * (double)s.h * (double)s.w * (double)sizeof(real);
}

static void count_cell(Grid *g, int64_t n) {
    grid_cell(g, n > 0 ? count_text((uint64_t)n).s : "");
}

static void layer_row(Grid *g, Arena *a, const Node *n, bool image) {
    const char *text = image ? "image" : use_text(a, &n->use);
    grid_cell(g, n->inserted ? arena_print(a, "%s (inserted)", text) : text);
    grid_cell(g, image ? "" : n->name);
    grid_cell(g, size_text(a, n->shape));
    count_cell(g, layer_weights(n));
    count_cell(g, n->macs);
    grid_cell(g, bytes_text(value_bytes(n->shape)).s);
}

// `t` is the state at the first `train` line. The column that marks what is frozen then is there only
// where something is.
static void print_layers(const Terminal *to, Arena *a, const Graph *graph, const Training *t) {
    static const Column columns[] = {
        {.title = "layer", .elastic = true},
        {.title = "name", .elastic = true, .keep_end = true},
        {.title = "output", .right = true},
        {.title = "parameters", .right = true},
        {.title = "multiply-adds", .right = true},
        {.title = "memory", .right = true},
        {.title = ""},
    };
    const bool some_frozen = t->weights < graph->n_weights;
    Grid *g = grid_make(a, some_frozen ? 7 : 6, columns);
    double bytes = 0;
    for (int i = 0; i < graph->n_nodes; i++) {
        layer_row(g, a, &graph->node[i], i == 0);
        if (some_frozen) grid_cell(g, t->frozen[i] ? "frozen" : "");
        bytes += value_bytes(graph->node[i].shape);
    }
    grid_rule(g);
    const int layers = graph->n_nodes - 1;
    const char *plural = layers == 1 ? "" : "s";
    grid_cell(g, arena_print(a, "%s layer%s", count_text((uint64_t)layers).s, plural));
    grid_cell(g, "");
    grid_cell(g, "per image");
    grid_cell(g, count_text((uint64_t)graph->n_weights).s);
    grid_cell(g, count_text((uint64_t)graph->macs).s);
    grid_cell(g, bytes_text(bytes).s);
    if (some_frozen) grid_cell(g, "");
    grid_print(g, to);
}

// How many parameters each `train` line changes, where that is not all of them.
static void print_trained(const Terminal *to, const Experiment *x, Training t) {
    const int64_t all = x->graph.n_weights;
    int64_t before = all;
    bool said = false;
    do {
        if (t.weights == before) continue;
        fputs(said ? "" : "\n", to->out);
        said = true;
        before = t.weights;
        if (t.train) fprintf(to->out, "the training in line %d", diags_line(x->places, t.train->use.at));
        else fputs("a training", to->out);
        if (before == all) fputs(" changes all parameters\n", to->out);
        else fprintf(to->out, " changes %s of the %s parameters; the other %s are frozen\n",
                     count_text((uint64_t)before).s, count_text((uint64_t)all).s,
                     count_text((uint64_t)(all - before)).s);
    } while (training_next(&t));
}

// ---- memory ------------------------------------------------------------------------------------

static int largest_batch(const Experiment *x, const RunOptions *o) {
    int batch = o->batch;
    for (int i = 0; i < x->n_actions && o->batch == 0; i++) {
        if (x->action[i].kind != ACTION_TRAIN) continue;
        const TrainOptions *train = x->action[i].use.cfg;
        if (train->batch > batch) batch = train->batch;
    }
    return batch;
}

static void print_memory(const Terminal *to, const Experiment *x, const RunOptions *o) {
    const int batch = largest_batch(x, o);
    if (batch == 0) return;
    const PlanOptions plan = {.batch = batch, .training = true};
    const PlanSize size = plan_size(x, &plan, (int)sysconf(_SC_NPROCESSORS_ONLN));
    fprintf(to->out, "\ntraining with batch=%d takes %s: parameters %s, values %s, scratch %s\n",
            batch, bytes_text((double)size.total).s, bytes_text((double)size.params).s,
            bytes_text((double)size.values).s, bytes_text((double)size.work).s);
}

// ---- the rest of the file ----------------------------------------------------------------------

static void line(Grid *g, const char *text, const char *remark) {
    grid_cell(g, text);
    grid_cell(g, remark);
}

static void step_lines(Grid *g, Arena *a, const Experiment *x, const char *statement, int n,
                       const Use *use) {
    for (int i = 0; i < n; i++) {
        const bool inserted = !was_written(x, &use[i]);
        line(g, arena_print(a, "%s { %s }", statement, written_text(a, x, &use[i])),
             inserted ? "inserted" : "");
    }
}

static void print_experiment(const Terminal *to, Arena *a, const Experiment *x) {
    static const Column columns[] = {{.title = "experiment", .elastic = true}, {.title = ""}};
    Grid *g = grid_make(a, 2, columns);
    line(g, arena_print(a, "seed %" PRIu64, x->seed), x->seed_written ? "" : "default");
    line(g, use_text(a, &x->data),
         arena_print(a, "%s, %d classes", size_text(a, x->image), x->classes));
    step_lines(g, a, x, "preprocess", x->n_steps, x->step);
    step_lines(g, a, x, "augment", x->n_augments, x->augment);
    if (x->loss.kind) line(g, arena_print(a, "loss %s", use_text(a, &x->loss)), "");
    if (x->optimizer.kind) line(g, arena_print(a, "optimizer %s", use_text(a, &x->optimizer)), "");
    for (int i = 0; i < x->n_actions; i++) line(g, use_text(a, &x->action[i].use), "");
    fputs("\n", to->out);
    grid_print(g, to);
}

// ---- defaults ----------------------------------------------------------------------------------

enum { DEFAULTS_WIDTH = 76 };

// The options of one use, gathered until another one follows or the line is full.
typedef struct Defaults {
    Arena *arena;
    Grid *grid;
    const char *where, *options; // options NULL: the line is empty
    const char *told;            // all options of this use so far
    bool continued;
} Defaults;

static void end_line(Defaults *d) {
    if (d->options) line(d->grid, d->continued ? "" : d->where, d->options);
    d->continued = d->options != NULL;
    d->options = NULL;
}

static void add_default(void *ctx, const char *where, const char *option, const char *value) {
    Defaults *d = ctx;
    const char *text = arena_print(d->arena, "%s=%s", option, value);
    const bool same = d->where && strcmp(d->where, where) == 0;
    if (same && strstr(d->told, arena_print(d->arena, " %s ", text))) return; // of a second `train`
    const int columns = d->options ? text_columns(d->options) + text_columns(text) : 0;
    if (!same || columns > DEFAULTS_WIDTH) end_line(d);
    if (!same) {
        d->where = arena_text(d->arena, where, strlen(where));
        d->told = " ";
        d->continued = false;
    }
    d->told = arena_print(d->arena, "%s%s ", d->told, text);
    d->options = d->options ? arena_print(d->arena, "%s  %s", d->options, text) : text;
}

static void print_defaults(const Terminal *to, Arena *a, const Experiment *x) {
    static const Column columns[] = {{.title = "not written", .elastic = true},
                                     {.title = "so it has the default"}};
    Defaults d = {.arena = a, .grid = grid_make(a, 2, columns)};
    experiment_defaults(x, add_default, &d);
    if (!d.where) return;
    end_line(&d);
    fputs("\n", to->out);
    grid_print(d.grid, to);
}

// ---- all of it ---------------------------------------------------------------------------------

static void print_hint(const Terminal *to, const CommandLine *c, const Experiment *x) {
    for (int i = 0; i < x->n_actions; i++) {
        if (x->action[i].kind != ACTION_TRAIN) continue;
        fputs("\ntrain it: cnnrun ", to->out);
        text_print(to->out, c->model);
        fputs(" --train\n", to->out);
        return;
    }
    fprintf(to->out, "\nit has no `train` line, so it cannot be trained yet (cnnrun help train)\n");
}

int command_show(const CommandLine *c, const Model *m) {
    if (c->json) {
        show_json(stdout, m->arena, m->x);
        return STATUS_DONE;
    }
    const Terminal to = terminal_of(stdout);
    Training t = training_start(m->arena, m->x);
    training_next(&t);
    print_layers(&to, m->arena, &m->x->graph, &t);
    print_trained(&to, m->x, t);
    print_memory(&to, m->x, &c->run);
    print_experiment(&to, m->arena, m->x);
    print_defaults(&to, m->arena, m->x);
    print_hint(&to, c, m->x);
    return STATUS_DONE;
}
