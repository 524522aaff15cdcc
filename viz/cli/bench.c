/* bench.c — `cnnrun bench`: how fast is this machine, and how fast is a model on it? */
#include "runtime/bench.h"

#include <string.h>

#include "runtime/kernels/kernels.h"
#include "viz/cli/commands.h"
#include "viz/cli/json_out.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/terminal.h"
#include "viz/terminal/text.h"

typedef struct Place {
    Arena *arena;
    Threads *threads;
    Terminal to;
    double peak; // FLOP per second
} Place;

static bool open_place(Place *p, const CommandLine *c) {
    *p = (Place){.arena = arena_make(), .threads = threads_make(c->run.threads), .to = terminal_of(stdout)};
    if (p->arena && p->threads) p->peak = bench_peak(p->threads);
    return p->arena && p->threads;
}

static void close_place(Place *p) {
    if (p->arena) arena_free(p->arena);
    threads_free(p->threads);
}

static double giga(double x) { return x / 1e9; }

static void cell_giga(Grid *g, Arena *a, double rate) { grid_cell(g, arena_print(a, "%.1f", giga(rate))); }

static void cell_share(Grid *g, const Place *p, double rate, double of) {
    grid_cell(g, arena_print(p->arena, "%.0f %%", 100 * rate / of));
}

static void put_machine(JsonOut *j, const Place *p) {
    json_put_text(j, "kernels", kernels_chosen()->name);
    json_put_int(j, "threads", threads_count(p->threads));
    json_put_real(j, "peak_gflops", giga(p->peak));
}

// ---- a model ---------------------------------------------------------------------------------------

static const double MODEL_SECONDS = 1;

static void model_json(const Place *p, const Model *m, const ModelSpeed *v, bool infer) {
    JsonOut j = {.out = stdout};
    const double rate = v->flop / v->step.median;
    json_open(&j, NULL, '{');
    json_put_text(&j, "program", "cnnrun");
    json_put_text(&j, "model", m->x->name);
    json_put_text(&j, "mode", infer ? "infer" : "train");
    json_put_int(&j, "batch", v->batch);
    put_machine(&j, p);
    json_put_real(&j, "images_per_second", v->batch / v->step.median);
    json_put_real(&j, "images_per_second_best", v->batch / v->step.best);
    json_put_real(&j, "step_us", v->step.median * 1e6);
    json_put_real(&j, "mflop_step", v->flop / 1e6);
    json_put_real(&j, "gflops", giga(rate));
    json_put_real(&j, "percent_of_peak", 100 * rate / p->peak);
    json_put_uint(&j, "memory_bytes", v->memory);
    json_close(&j);
    fputs("\n", stdout);
}

static void model_text(const Place *p, const Model *m, const ModelSpeed *v, bool infer) {
    const double rate = v->flop / v->step.median;
    text_print(p->to.out, m->x->file);
    fprintf(p->to.out, ": %s, %d image%s at a time, %d thread%s, kernels %s\n\n",
            infer ? "inference" : "training steps", v->batch, v->batch == 1 ? "" : "s",
            threads_count(p->threads), threads_count(p->threads) == 1 ? "" : "s", kernels_chosen()->name);
    fprintf(p->to.out, "  images/s     %s\n", count_text((uint64_t)(v->batch / v->step.median)).s);
    fprintf(p->to.out, "  µs per step  %.1f   (the best of the blocks: %.1f)\n", v->step.median * 1e6,
            v->step.best * 1e6);
    fprintf(p->to.out, "  GFLOP/s      %.1f   %.0f %% of the %.0f that these cores can do at most\n",
            giga(rate), 100 * rate / p->peak, giga(p->peak));
    fprintf(p->to.out, "  memory       %s\n", bytes_text((double)v->memory).s);
}

int command_bench_model(const CommandLine *c, const Model *m) {
    const bool infer = c->mode && strcmp(c->mode, "infer") == 0;
    const BenchOptions o = {.infer = infer, .ref = c->run.ref, .no_winograd = c->run.no_winograd,
                            .batch = c->run.batch,
                            .seconds = MODEL_SECONDS};
    Place p;
    Error e;
    ModelSpeed v;
    int status = STATUS_DONE;
    if (!open_place(&p, c)) status = complain("there is no memory left");
    else if (!bench_model(m->x, p.threads, &o, &v, &e)) status = complain("%s", e.text);
    else (c->json ? model_json : model_text)(&p, m, &v, infer);
    close_place(&p);
    return status;
}

// ---- the machine -----------------------------------------------------------------------------------

static const int product_sizes[] = {64, 128, 256, 512, 768, 1024};

enum { N_PRODUCTS = sizeof product_sizes / sizeof *product_sizes };

static const char *const direction_name[N_DIRECTIONS] = {
    [FORWARD] = "forward", [WEIGHT_GRADIENT] = "weights", [INPUT_GRADIENT] = "input"};

static bool products_text(const Place *p, Error *e) {
    static const Column columns[] = {{.title = "matrix product, 1 thread"},
                                     {.title = "definition", .right = true},
                                     {.title = "fast", .right = true}, {.title = "of peak", .right = true}};
    Grid *const g = grid_make(p->arena, 4, columns);
    for (int i = 0; i < N_PRODUCTS; i++) {
        ProductSpeed v;
        if (!bench_product(product_sizes[i], &v, e)) return false;
        grid_cell(g, arena_print(p->arena, "%dx%d", v.n, v.n));
        cell_giga(g, p->arena, v.ref), cell_giga(g, p->arena, v.fast);
        cell_share(g, p, v.fast, v.peak);
    }
    grid_print(g, &p->to);
    return true;
}

static bool convs_text(const Place *p, Error *e) {
    static const Column columns[] = {
        {.title = "of the model"}, {.title = "convolution"}, {.title = "of an image"},
        {.title = "direction"}, {.title = "definition", .right = true},
        {.title = "fast", .right = true}, {.title = "of peak", .right = true}};
    Grid *const g = grid_make(p->arena, 7, columns);
    for (const ConvShape *s = bench_conv_shapes; s->model; s++) {
        ConvSpeed v;
        if (!bench_conv(s, p->threads, &v, e)) return false;
        for (int d = 0; d < N_DIRECTIONS; d++) {
            if (!bench_conv_counts(s, (Direction)d)) continue;
            grid_cell(g, d ? "" : s->model), grid_cell(g, d ? "" : s->text);
            grid_cell(g, d ? "" : arena_print(p->arena, "%dx%dx%d", s->src.h, s->src.w, s->src.c));
            grid_cell(g, direction_name[d]);
            cell_giga(g, p->arena, v.ref[d]), cell_giga(g, p->arena, v.fast[d]);
            cell_share(g, p, v.fast[d], v.peak);
        }
    }
    grid_print(g, &p->to);
    return true;
}

static bool machine_text(const Place *p, double peak_one, Error *e) {
    const int n = threads_count(p->threads);
    fprintf(p->to.out, "kernels %s; numbers of type %s; figures are GFLOP/s\n\n", kernels_chosen()->name,
            REAL_NAME);
    fprintf(p->to.out, "multiply and add, 1 thread    %8.1f\n", giga(peak_one));
    if (n > 1) fprintf(p->to.out, "multiply and add, %d threads   %8.1f\n", n, giga(p->peak));
    fprintf(p->to.out, "memory, GB/s read and written %8.1f\n\n", giga(bench_bandwidth(p->threads)));
    if (!products_text(p, e)) return false;
    fprintf(p->to.out, "\nThe definition runs on one thread, the fast code on %d.\n\n", n);
    if (!convs_text(p, e)) return false;
    fputs("\nWhat is counted are the multiplications and additions of the definition. Winograd's way of 3x3\n"
          "convolutions needs fewer, so it can be above 100 % of the peak. Nobody asks a first layer for\n"
          "the gradient of its input: that direction is left out.\n", p->to.out);
    return true;
}

static bool products_json(JsonOut *j, Error *e) {
    json_open(j, "products", '[');
    for (int i = 0; i < N_PRODUCTS; i++) {
        ProductSpeed v;
        if (!bench_product(product_sizes[i], &v, e)) return false;
        json_open(j, NULL, '{');
        json_put_int(j, "n", v.n);
        json_put_real(j, "definition_gflops", giga(v.ref));
        json_put_real(j, "gflops", giga(v.fast));
        json_put_real(j, "percent_of_peak", 100 * v.fast / v.peak);
        json_close(j);
    }
    json_close(j);
    return true;
}

static void conv_json(JsonOut *j, const ConvShape *s, const ConvSpeed *v, int d) {
    json_open(j, NULL, '{');
    json_put_text(j, "model", s->model);
    json_put_text(j, "layer", s->text);
    json_put_text(j, "direction", direction_name[d]);
    json_put_int(j, "batch", s->batch);
    json_put_real(j, "definition_gflops", giga(v->ref[d]));
    json_put_real(j, "gflops", giga(v->fast[d]));
    json_put_real(j, "percent_of_peak", 100 * v->fast[d] / v->peak);
    json_close(j);
}

static bool convs_json(JsonOut *j, const Place *p, Error *e) {
    json_open(j, "convolutions", '[');
    for (const ConvShape *s = bench_conv_shapes; s->model; s++) {
        ConvSpeed v;
        if (!bench_conv(s, p->threads, &v, e)) return false;
        for (int d = 0; d < N_DIRECTIONS; d++)
            if (bench_conv_counts(s, (Direction)d)) conv_json(j, s, &v, d);
    }
    json_close(j);
    return true;
}

static bool machine_json(const Place *p, double peak_one, Error *e) {
    JsonOut j = {.out = stdout};
    json_open(&j, NULL, '{');
    put_machine(&j, p);
    json_put_real(&j, "peak_gflops_1_thread", giga(peak_one));
    json_put_real(&j, "memory_gbytes_per_second", giga(bench_bandwidth(p->threads)));
    if (!products_json(&j, e) || !convs_json(&j, p, e)) return false;
    json_close(&j);
    fputs("\n", stdout);
    return true;
}

int command_bench(const CommandLine *c) {
    Place p;
    Error e;
    int status = STATUS_DONE;
    if (!open_place(&p, c)) status = complain("there is no memory left");
    else if (!(c->json ? machine_json : machine_text)(&p, bench_peak(NULL), &e))
        status = complain("%s", e.text);
    close_place(&p);
    return status;
}
