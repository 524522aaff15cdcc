/* bench_model.c — steps of a whole model on synthetic images that are in memory already. */
#include "runtime/bench.h"
#include "runtime/loss.h"
#include "runtime/params.h"
#include "runtime/plan.h"
#include "runtime/rng.h"

enum { USUAL_BATCH = 64 };

typedef struct Steps {
    const Experiment *x;
    Threads *threads;
    Params *params;
    Plan *plan;
    int n;
    double lr;
    uint64_t step;
} Steps;

// Images of normal numbers; of each class the same part.
static void fill(Steps *s, bool with_target) {
    const Rng rng = rng_make(1, "bench");
    const Tensor in = plan_input(s->plan, s->n);
    uint64_t i = 0;
    for (int n = 0; n < in.n; n++)
    for (int c = 0; c < in.c; c++)
    for (int y = 0; y < in.h; y++)
    for (int x = 0; x < in.w; x++)
        *at(in, n, c, y, x) = R(rng_normal(rng, i++));
    if (!with_target) return;
    const Tensor target = plan_target(s->plan, s->n);
    for (int n = 0; n < target.n; n++) {
        const int label = n % (target.c == 1 ? 2 : target.c);
        loss_target(&label, tensor_part(target, n, n + 1), 0);
    }
}

static void train_step(void *ctx) {
    Steps *s = ctx;
    const Update u = {&s->x->optimizer, s->lr, 1};
    plan_learn(s->plan, s->n, s->step++, &u);
}

static void infer_step(void *ctx) {
    const Steps *s = ctx;
    plan_infer(s->plan, s->n);
}

// FLOP of one image. A gradient of its input is wanted of a layer that has weights before it.
static double flop_of_image(const Graph *g, bool infer, bool *learns) {
    double flop = 0;
    for (int i = 1; i < g->n_nodes; i++) {
        const Node *n = &g->node[i];
        bool before = false;
        for (int k = 0; k < n->n_src; k++) before |= learns[n->src[k]];
        learns[i] = before || n->n_params > 0;
        flop += 2 * (double)n->macs * (infer ? 1 : before ? 3 : 2);
    }
    return flop;
}

static int batch_of(const Experiment *x) {
    for (int i = 0; i < x->n_actions; i++)
        if (x->action[i].kind == ACTION_TRAIN) return ((const TrainOptions *)x->action[i].use.cfg)->batch;
    return USUAL_BATCH;
}

static bool prepare(Steps *s, const BenchOptions *o, Error *e) {
    const Use *optimizer = &s->x->optimizer;
    if (!o->infer && (!s->x->loss.kind || !optimizer->kind))
        return error_set(e, "%s has no %s, so there is nothing to train; try --mode infer", s->x->file,
                         s->x->loss.kind ? "optimizer" : "loss");
    s->params = params_make(&s->x->graph, o->infer ? NULL : optimizer, e);
    if (!s->params) return false;
    params_init(s->params, s->x, s->x->seed);
    if (!o->infer) s->lr = ((const OptimOptions *)optimizer->cfg)->lr / 1000; // nothing is to grow
    const PlanOptions plan = {.batch = s->n, .training = !o->infer, .weights_fixed = o->infer,
                              .unseen = true, .ref = o->ref, .no_winograd = o->no_winograd, .seed = s->x->seed};
    s->plan = plan_make(s->x, s->params, s->threads, &plan, e);
    return s->plan != NULL;
}

bool bench_model(const Experiment *x, Threads *t, const BenchOptions *o, ModelSpeed *out, Error *e) {
    Steps s = {.x = x, .threads = t, .n = o->batch > 0 ? o->batch : batch_of(x)};
    bool learns[MAX_NODES] = {false};
    const bool ready = prepare(&s, o, e);
    if (ready) {
        const PlanOptions size = {.batch = s.n, .training = !o->infer, .unseen = true, .ref = o->ref,
                                  .no_winograd = o->no_winograd};
        fill(&s, !o->infer);
        *out = (ModelSpeed){.batch = s.n,
                            .step = bench_time(o->infer ? infer_step : train_step, &s, o->seconds),
                            .flop = s.n * flop_of_image(&x->graph, o->infer, learns),
                            .memory = plan_size(x, &size, threads_count(t)).total};
    }
    plan_free(s.plan);
    params_free(s.params);
    return ready;
}
