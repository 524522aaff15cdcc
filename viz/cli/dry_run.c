/* dry_run.c — tries one step of training and says whether all is in order: data, network, memory,
 * loss, gradients, speed. Nothing is saved. */
#include <math.h>
#include <string.h>

#include "runtime/clock.h"
#include "runtime/io.h"
#include "runtime/memory.h"
#include "runtime/order.h"
#include "runtime/pace.h"
#include "viz/cli/look.h"
#include "viz/terminal/describe.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/progress.h"
#include "viz/terminal/terminal.h"
#include "viz/terminal/text.h"

enum { TIMED_STEPS = 5 };

typedef struct Try {
    const CommandLine *c;
    Look l;
    Arena *arena;
    double seconds;  // of a step
    bool failed;
} Try;

// What is wrong is said under the line that found it.
static void wrong(Try *y, const char *text) {
    printf("           WRONG: %s\n", text);
    y->failed = true;
}

// ---- before the step ----------------------------------------------------------------------------

static void print_classes(Try *y, const Dataset *d) {
    const ImageList *train = &d->part[PART_TRAIN];
    int *count = arena_array(y->arena, int, d->classes), least = 0, most = 0;
    for (int i = 0; i < train->n; i++) count[train->label[i]]++;
    for (int k = 1; k < d->classes; k++) {
        if (count[k] < count[least]) least = k;
        if (count[k] > count[most]) most = k;
    }
    const Session *s = &y->l.s;
    printf("classes    %d", d->classes);
    if (count[most] == count[least])
        printf(", each with %s training pictures\n", count_text((uint64_t)count[most]).s);
    else
        printf(": most training pictures are of %s (%s), fewest of %s (%s)\n", look_class(s, most).s,
               count_text((uint64_t)count[most]).s, look_class(s, least).s,
               count_text((uint64_t)count[least]).s);
    if (count[least] == 0) wrong(y, "a class without pictures cannot be learnt");
    else if (count[most] > 5 * count[least])
        printf("           a rare class is learnt badly; `balance=` on the train line evens that out\n");
}

static void print_data(Try *y) {
    const Dataset *d = &y->l.s.data;
    printf("data       %s training, %s validation and %s test pictures from ",
           count_text((uint64_t)d->part[PART_TRAIN].n).s, count_text((uint64_t)d->part[PART_VALID].n).s,
           count_text((uint64_t)d->part[PART_TEST].n).s);
    text_print(stdout, d->from);
    fputs("\n", stdout);
    print_classes(y, d);
}

static void print_network(Try *y, const Experiment *x) {
    const Params *p = y->l.s.params;
    size_t all = 0, frozen = 0;
    for (int i = 0; i < p->n; i++) {
        if (p->param[i].spec->role == PARAM_STATISTIC) continue;
        all += p->param[i].len;
        if (p->param[i].frozen) frozen += p->param[i].len;
    }
    printf("network    %s layers, %s parameters", count_text((uint64_t)x->graph.n_nodes - 1).s,
           count_text(all).s);
    if (frozen > 0) printf(", %s of them frozen", count_text(frozen).s);
    fputs("\n", stdout);
    if (all == 0) wrong(y, "no layer has weights: there is nothing to learn");
    else if (frozen == all) wrong(y, "everything is frozen: the first `train` line changes nothing");
}

static void print_memory(const Try *y, const Experiment *x) {
    const PlanOptions o = {.batch = y->l.t.n, .training = true};
    const PlanSize size = plan_size(x, &o, threads_count(y->l.s.threads));
    printf("memory     %s of this machine's %s, with batch=%d\n", bytes_text((double)size.total).s,
           bytes_text(memory_bytes()).s, y->l.t.n);
}

static void try_files(Try *y, const Experiment *x) {
    for (int i = 0; i < x->n_actions; i++) {
        const FileOptions *o = x->action[i].use.cfg;
        Error e;
        if (x->action[i].kind != ACTION_SAVE) continue;
        const bool fine = io_writable(o->file, &e);
        fputs("files      ", stdout);
        text_print(stdout, o->file);
        printf(fine ? " can be written\n" : " cannot be written\n");
        if (!fine) wrong(y, e.text);
    }
}

// ---- the step -----------------------------------------------------------------------------------

static void print_input(const Try *y) {
    const Tensor in = trace_value(&y->l.t, 0);
    const Summary s = summary_of(in);
    printf("pictures   %d×%d×%d numbers each, from %s to %s, mean %s\n", in.h, in.w, in.c,
           value_text(s.least).s, value_text(s.most).s, value_text(s.mean).s);
}

// The loss of a network that gives every class the same probability; 0 if the loss has no such value.
static double chance(const Try *y, const Experiment *x, int *classes) {
    const KindSpec *last = x->graph.node[x->graph.output].use.kind;
    *classes = strcmp(last->name, "softmax") == 0 ? y->l.s.data.classes : 2;
    return strcmp(x->loss.kind->name, "crossentropy") == 0 ? log(*classes) : 0;
}

static void print_loss(Try *y, const Experiment *x, double loss) {
    int classes;
    const double guess = chance(y, x, &classes);
    printf("loss       %s", value_text(loss).s);
    if (guess > 0)
        printf("; without knowing anything it would be ln %d = %s", classes, value_text(guess).s);
    fputs("\n", stdout);
    if (!isfinite(loss)) wrong(y, "the loss is not a finite number");
    else if (guess > 0 && !y->l.weights && loss > 1.5 * guess)
        printf("           its first scores are far apart: it is sure of itself before it knows anything,\n"
               "           and the first steps will go into unlearning that. This is no mistake\n");
}

// The first node whose values or gradients are not all finite; −1: none.
static int first_bad(const Trace *t, bool *in_gradient) {
    const Graph *g = &t->s->x->graph;
    for (int way = 0; way < 2; way++)
        for (int k = 0; k < g->n_nodes; k++) {
            const int i = way == 0 ? k : g->n_nodes - 1 - k;
            const Tensor v = way == 0 ? trace_value(t, i) : trace_diff(t, i);
            *in_gradient = way == 1;
            if (v.v && tensor_bad(v) >= 0) return i;
        }
    return -1;
}

static void print_finite(Try *y, const Experiment *x) {
    bool in_gradient;
    const int bad = first_bad(&y->l.t, &in_gradient);
    printf("gradient   norm %s%s\n", value_text(y->l.t.norm).s,
           bad < 0 ? ", all numbers are finite" : "");
    if (bad < 0) return;
    const Node *n = &x->graph.node[bad];
    wrong(y, arena_print(y->arena, "the first number that is not finite is in the %s of %s (%s, line %d)",
                         in_gradient ? "gradient" : "output", n->name, n->use.kind->name,
                         diags_line(x->places, n->use.at)));
}

// ---- gradients of the layers --------------------------------------------------------------------

typedef struct Norms { double weights, gradient, change; bool frozen; } Norms;

static void add_param(const Trace *t, int i, Norms *s) {
    const Tensor was = trace_param(t, i, PARAM_BEFORE), g = trace_param(t, i, PARAM_GRAD);
    const Tensor is = trace_param(t, i, PARAM_AFTER);
    for (size_t k = 0; g.v && k < tensor_len(g); k++) {
        const double w = (double)was.v[k], change = (double)is.v[k] - w;
        s->weights += w * w;
        s->gradient += (double)g.v[k] * (double)g.v[k];
        s->change += change * change;
    }
    if (g.v) s->frozen = false;
}

static Norms norms_of(const Trace *t, int node) {
    const int first = params_of_node(t->s->params, node);
    Norms s = {.frozen = true};
    for (int k = 0; k < t->s->x->graph.node[node].n_params; k++) add_param(t, first + k, &s);
    return (Norms){sqrt(s.weights), sqrt(s.gradient), sqrt(s.change), s.frozen};
}

static void norm_row(Try *y, Grid *g, const Node *n, Norms s) {
    grid_cell(g, n->name);
    grid_cell(g, use_text(y->arena, &n->use));
    if (s.frozen) {
        grid_cell(g, ""), grid_cell(g, "frozen"), grid_cell(g, "");
        return;
    }
    grid_cell(g, value_text(s.weights).s);
    grid_cell(g, value_text(s.gradient).s);
    grid_cell(g, s.weights > 0 ? value_text(s.change / s.weights).s : "");
}

static void print_layers(Try *y, const Experiment *x) {
    static const Column columns[] = {
        {.title = "layer", .elastic = true, .keep_end = true},
        {.title = "", .elastic = true},
        {.title = "weights", .right = true},
        {.title = "gradient", .right = true},
        {.title = "step ÷ weights", .right = true},
    };
    const Terminal to = terminal_of(stdout);
    Grid *g = grid_make(y->arena, 5, columns);
    int silent = -1;
    for (int i = 1; i < x->graph.n_nodes; i++) {
        const Node *n = &x->graph.node[i];
        if (n->n_params == 0) continue;
        const Norms s = norms_of(&y->l.t, i);
        norm_row(y, g, n, s);
        if (silent < 0 && !s.frozen && s.gradient == 0) silent = i;
    }
    puts("\nlengths (norms) of the parameters of each layer, of their gradient, and of this step beside\n"
         "the parameters (often about 0.001):");
    grid_print(g, &to);
    if (silent >= 0)
        wrong(y, arena_print(y->arena, "no gradient at all reaches %s: it learns nothing",
                             x->graph.node[silent].name));
}

// ---- further steps ------------------------------------------------------------------------------

// Further steps, for the clock. The first one is left out: it finds its memory cold.
static bool time_steps(Try *y, Error *e) {
    const double began = clock_now();
    int k = 0;
    for (; k < TIMED_STEPS && (k == 0 || clock_now() - began < 2); k++)
        if (!trace_step(&y->l.t, true, e)) return false;
    y->seconds = (clock_now() - began) / k;
    return true;
}

// Steps on the same pictures again and again can only make their loss smaller, unless they jump too far.
static void print_progress(Try *y, double first) {
    const double now = trace_again(&y->l.t, NULL);
    const bool grew = !isfinite(now) || now > 2 * first;
    const char *way = now < first ? "falls" : now > first ? "rises" : "goes";
    printf("\nsteps      after %d steps on these pictures the loss %s from %s to %s\n", y->l.t.steps, way,
           value_text(first).s, value_text(now).s);
    if (grew && isfinite(first))
        wrong(y, arena_print(y->arena, "the steps are too long; try --lr %.3g", y->l.t.rate / 10));
}

// Pictures of a pass: balancing may show some more often, or not at all.
static int pass_length(const Session *s, const TrainOptions *train, Error *e) {
    Order order;
    if (!order_open(&order, &s->data, train->balance, s->seed, e)) return 0;
    const int n = order.n;
    order_close(&order);
    return n;
}

static bool print_time(const Try *y, const Experiment *x, Error *e) {
    const Session *s = &y->l.s;
    double images = 0;
    uint64_t steps = 0;
    for (int i = 0; i < x->n_actions; i++) {
        if (x->action[i].kind != ACTION_TRAIN) continue;
        const TrainOptions *train = x->action[i].use.cfg;
        const int n = pass_length(s, train, e);
        if (n == 0) return false;
        const Pace p = pace_make(s, train, n);
        steps += p.steps;
        images += (double)p.steps * p.batch;
    }
    printf("speed      %.3g ms for a step of %d pictures, %s steps: training takes about %s\n",
           1000 * y->seconds, y->l.t.n, count_text(steps).s,
           time_text(images * y->seconds / y->l.t.n).s);
    return true;
}

// ---- all of it ----------------------------------------------------------------------------------

static bool try_all(Try *y, const Experiment *x, Error *e) {
    print_data(y);
    print_network(y, x);
    print_memory(y, x);
    try_files(y, x);
    if (!trace_step(&y->l.t, true, e)) return false;
    const double first = y->l.t.loss;
    print_input(y);
    print_loss(y, x, first);
    print_finite(y, x);
    print_layers(y, x);
    if (!time_steps(y, e)) return false;
    print_progress(y, first);
    if (!print_time(y, x, e)) return false;
    puts(y->failed ? "\nFAIL: what is marked WRONG has to be put right before training."
                   : "\nPASS: training can begin. Nothing was saved.");
    return true;
}

static bool has_training(const Experiment *x) {
    for (int i = 0; i < x->n_actions; i++)
        if (x->action[i].kind == ACTION_TRAIN) return true;
    return false;
}

int command_dry_run(const CommandLine *c, const Model *m) {
    Error e;
    Try y = {.c = c, .arena = m->arena};
    if (!look_open(&y.l, c, m, (LookWish){.as_training = true}, &e)) return complain("%s", e.text);
    look_print_weights(stdout, &y.l);
    bool fine = y.l.t.judged && has_training(m->x);
    if (!fine) error_set(&e, "the model has no `train` line: there is no training to try");
    fine = fine && try_all(&y, m->x, &e);
    look_close(&y.l);
    if (!fine) return complain("%s", e.text);
    return y.failed ? STATUS_FAILED : STATUS_DONE;
}
