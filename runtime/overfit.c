/* overfit.c — can a network learn a few pictures by heart? */
#include "runtime/overfit.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/batch.h"
#include "runtime/judge.h"
#include "runtime/loss.h"
#include "runtime/pace.h"

typedef struct Few {
    Session *s;
    Plan *plan;
    Batcher batcher;
    int *order, *label;
    const TrainOptions *train;
} Few;

static const TrainOptions *first_train(const Experiment *x) {
    for (int i = 0; i < x->n_actions; i++)
        if (x->action[i].kind == ACTION_TRAIN) return x->action[i].use.cfg;
    return NULL;
}

static bool prepare(Few *f, const Overfit *o, Error *e) {
    const Dataset *d = &f->s->data;
    const PlanOptions options = {.batch = o->n, .training = true, .ref = f->s->o.ref,
                                 .no_winograd = f->s->o.no_winograd, .seed = f->s->seed};
    f->order = calloc((size_t)d->part[PART_TRAIN].n, sizeof *f->order);
    f->label = calloc((size_t)o->n, sizeof *f->label);
    if (!f->order || !f->label) return error_set(e, "there is no memory left");
    dataset_order(d, PART_TRAIN, f->s->seed, 0, f->order);
    if (!params_learn(f->s->params, &f->s->x->optimizer, e)) return false;
    f->plan = plan_make(f->s->x, f->s->params, f->s->threads, &options, e);
    return f->plan && batcher_open(&f->batcher, d, f->s->threads, e) &&
           batcher_fill(&f->batcher, PART_TRAIN, f->order, o->n, NULL, plan_input(f->plan, o->n), f->label,
                        e);
}

static void judge(const Few *f, Overfit *o) {
    plan_forward(f->plan, o->n, 0, false, false);
    o->loss = plan_judge(f->plan, o->n);
    o->right = judge_hits(plan_value(f->plan, f->s->x->graph.output, o->n), f->label, 1);
    const bool close = o->loss <= OVERFIT_SHARE * o->first || o->loss <= OVERFIT_NOTHING;
    o->learnt = o->right == o->n && close;
}

static void learn(const Few *f, Overfit *o) {
    Params *p = f->s->params;
    const double loss = plan_train(f->plan, o->n, (uint64_t)o->step);
    if (o->step == 0) o->first = loss;
    params_update(p, &f->s->x->optimizer, o->rate, pace_clip(f->train, params_norm(p, f->s->threads)),
                  f->s->threads);
    o->step++;
}

// 1, 2, 5, 10, 20, 50, 100 …
static bool worth_a_line(int step) {
    while (step >= 10 && step % 10 == 0) step /= 10;
    return step <= 2 || step == 5;
}

static void run(const Few *f, bool (*each)(void *ctx, const Overfit *o), void *ctx, Overfit *o) {
    judge(f, o);
    bool go_on = each(ctx, o);
    while (go_on && !o->learnt && isfinite(o->loss) && o->step < OVERFIT_STEPS) {
        learn(f, o);
        judge(f, o);
        if (o->step == OVERFIT_STEPS / 2) o->half = o->loss;
        const bool last = o->learnt || !isfinite(o->loss) || o->step == OVERFIT_STEPS;
        if (last || worth_a_line(o->step)) go_on = each(ctx, o);
    }
}

bool overfit_run(Session *s, int n, bool (*each)(void *ctx, const Overfit *o), void *ctx, Overfit *o,
                 Error *e) {
    Few f = {.s = s, .train = first_train(s->x)};
    const int most = s->data.part[PART_TRAIN].n;
    *o = (Overfit){.n = n < most ? n : most};
    if (!f.train) return error_set(e, "the model has no `train` line: there is no training to try");
    if (most == 0) return error_set(e, "there are no pictures to train on");
    o->rate = pace_make(s, f.train, most).lr;
    const bool fine = prepare(&f, o, e);
    if (fine) {
        loss_target(f.label, plan_target(f.plan, o->n), 0);
        run(&f, each, ctx, o);
    }
    batcher_close(&f.batcher);
    plan_free(f.plan);
    free(f.order), free(f.label);
    return fine;
}
