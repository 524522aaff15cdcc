/* pace.c — how a `train` line goes on. */
#include "runtime/pace.h"

#include "runtime/optim.h"

static uint64_t divide_up(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

static double written_rate(const Session *s, const TrainOptions *o) {
    if (s->o.lr > 0) return s->o.lr;
    return o->lr > 0 ? o->lr : ((const OptimOptions *)s->x->optimizer.cfg)->lr;
}

Pace pace_make(const Session *s, const TrainOptions *o, int n) {
    Pace p = {.o = o, .n = n, .lr = written_rate(s, o),
              .batch_asked = s->o.batch > 0 ? s->o.batch : o->batch};
    p.batch = p.batch_asked < n ? p.batch_asked : n;
    p.steps_per_pass = divide_up((uint64_t)n, (uint64_t)p.batch);
    p.steps_per_epoch = o->steps > 0 ? (uint64_t)o->steps : p.steps_per_pass;
    const uint64_t epochs = (uint64_t)(s->o.epochs > 0 ? s->o.epochs : o->epochs);
    const bool by_iterations = o->iterations > 0 && s->o.epochs <= 0;
    p.steps = by_iterations ? (uint64_t)o->iterations : epochs * p.steps_per_epoch;
    return p;
}

double pace_rate(const Pace *p, uint64_t step, const ScheduleState *s) {
    const double per_epoch = (double)p->steps_per_epoch;
    const SchedulePlace at = {.lr = p->lr, .epoch = (double)step / per_epoch,
                              .epochs = (double)p->steps / per_epoch, .step = 1 / per_epoch};
    return schedule_rate(p->o, &at, s);
}

// Source: Pascanu, Mikolov & Bengio, "On the Difficulty of Training Recurrent Neural Networks",
// 2013; 1e-6 as in PyTorch.
double pace_clip(const TrainOptions *o, double norm) {
    const double scale = o->clip > 0 ? o->clip / (norm + 1e-6) : 1;
    return scale < 1 ? scale : 1;
}
