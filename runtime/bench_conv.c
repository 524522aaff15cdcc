/* bench_conv.c — the convolutions of the models, each as a network of one layer. */
#include <string.h>

#include "runtime/bench.h"
#include "runtime/params.h"
#include "runtime/plan.h"
#include "runtime/vocabulary.h"

const ConvShape bench_conv_shapes[] = {
    {"lenet5",    "conv 6 5x5 pad=2",           {1, 28, 28},  64, true},
    {"lenet5",    "conv 16 5x5",                {6, 14, 14},  64, false},
    {"mnist_cnn", "conv 32 3x3",                {1, 28, 28},  64, true},
    {"mnist_cnn", "conv 64 3x3",                {32, 26, 26}, 64, false},
    {"resnet20",  "conv 16 3x3 pad=1",          {16, 32, 32}, 64, false},
    {"resnet20",  "conv 32 3x3 stride=2 pad=1", {16, 32, 32}, 64, false},
    {"resnet20",  "conv 32 1x1 stride=2",       {16, 32, 32}, 64, false},
    {"resnet20",  "conv 64 3x3 pad=1",          {64, 8, 8},   64, false},
    {"vgg_small", "conv 128 3x3 pad=1",         {64, 16, 16}, 32, false},
    {"vgg_small", "conv 512 3x3 pad=1",         {512, 4, 4},  32, false},
    {"cats_dogs", "conv 32 3x3",                {3, 64, 64},  32, true},
    {"resnet18",  "conv 128 3x3 pad=1",         {128, 28, 28}, 1, false},
    {0},
};

enum { REF_IMAGES = 1 };

// ---- the network -----------------------------------------------------------------------------------

static const Experiment *layer_alone(Arena *a, const ConvShape *shape) {
    DataSpec *const set = arena_new(a, DataSpec);
    const KindSpec **const sets = arena_array(a, const KindSpec *, 2);
    Vocabulary *const words = arena_new(a, Vocabulary);
    *set = (DataSpec){.kind = {.name = "images", .summary = "numbers", .example = "data images"},
                      .image = shape->src, .classes = 2};
    sets[0] = &set->kind;
    *words = runtime_vocabulary;
    words->kinds[GROUP_DATA] = sets;
    const char *text = arena_print(a, "data images\n%s\noptimizer sgd lr=0.1\n", shape->text);
    return experiment_parse(a, diags_make(a), words, "bench.cnn", text, strlen(text));
}

typedef struct Run { Plan *plan; Params *params; int n; double flop; } Run;

static void fill(Tensor t) {
    for (int n = 0; n < t.n; n++)
    for (int c = 0; c < t.c; c++)
    for (int y = 0; y < t.h; y++)
    for (int x = 0; x < t.w; x++)
        *at(t, n, c, y, x) = R((n + 3 * c + 5 * y + 7 * x) % 11 - 5);
}

// Ready for `direction`: only what it asks for is computed.
static bool open_run(Run *r, const Experiment *x, Threads *t, Direction direction, bool ref, int batch,
                     Error *e) {
    const PlanOptions o = {.batch = batch, .training = direction != FORWARD, .ref = ref,
                           .input_diff = direction == INPUT_GRADIENT};
    *r = (Run){.n = batch, .flop = 2.0 * (double)x->graph.macs * batch};
    r->params = params_make(&x->graph, &x->optimizer, e);
    if (!r->params) return false;
    params_init(r->params, x, 1);
    if (direction == INPUT_GRADIENT) params_freeze(r->params, "all", true);
    r->plan = plan_make(x, r->params, t, &o, e);
    if (!r->plan) return false;
    fill(plan_input(r->plan, batch));
    if (direction == FORWARD) return true;
    plan_forward(r->plan, batch, 0, true, false);
    fill(plan_seed(r->plan, batch));
    return true;
}

static void close_run(Run *r) {
    plan_free(r->plan);
    params_free(r->params);
}

// ---- timing it -------------------------------------------------------------------------------------

static void forward(void *ctx) {
    const Run *r = ctx;
    plan_infer(r->plan, r->n);
}

static void backward(void *ctx) {
    const Run *r = ctx;
    plan_backward(r->plan, r->n);
}

static bool measure(const Experiment *x, Threads *t, Direction direction, bool ref, int batch, double *rate,
                    Error *e) {
    Run r;
    const bool ready = open_run(&r, x, t, direction, ref, batch, e);
    void (*const work)(void *ctx) = direction == FORWARD ? forward : backward;
    if (ready) *rate = r.flop / bench_time(work, &r, ref ? 0.05 : 0.2).median;
    close_run(&r);
    return ready;
}

bool bench_conv_counts(const ConvShape *shape, Direction d) { return d != INPUT_GRADIENT || !shape->first; }

// The definition runs on one thread and one image: it is as slow on each.
bool bench_conv(const ConvShape *shape, Threads *t, ConvSpeed *out, Error *e) {
    Arena *const a = arena_make();
    const Experiment *x = a ? layer_alone(a, shape) : NULL;
    bool fine = x != NULL || error_set(e, "there is no memory left");
    for (int d = 0; fine && d < N_DIRECTIONS; d++)
        if (bench_conv_counts(shape, (Direction)d))
            fine = measure(x, t, (Direction)d, false, shape->batch, &out->fast[d], e) &&
                   measure(x, NULL, (Direction)d, true, REF_IMAGES, &out->ref[d], e);
    if (fine) out->peak = bench_peak(t);
    if (a) arena_free(a);
    return fine;
}
