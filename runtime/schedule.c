/* schedule.c — rules for the learning rate, as a function of the place in a phase of training.
 *
 *     constant      lr
 *     step          lr · factor^⌊epoch/every⌋
 *     cosine        min + (lr − min)/2 · (1 + cos(π·epoch/epochs))      for every step anew
 *     exponential   lr · factor^⌊epoch⌋
 *     plateau       lr · factor^k, at least min; k goes up when the loss has not become better for
 *                   `every` epochs
 *
 * `epoch` is the number of epochs done, with fractions. Source of cosine: Loshchilov & Hutter,
 * "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, eq. 5. */
#include "runtime/schedule.h"

#include <math.h>

#include "runtime/exact.h"

// ---- the rules ----------------------------------------------------------------------------------

static double constant(const void *cfg, const SchedulePlace *p, const ScheduleState *s) {
    (void)cfg, (void)s;
    return p->lr;
}

typedef struct Steps { int every; double factor; } Steps;

static const AttrSpec step_attrs[] = {
    INT_ATTR(Steps, every, 30, 1, 1000000, "epochs from one cut to the next",
             .synonyms = "step_size period"),
    REAL_ATTR(Steps, factor, 0.1, 0, 1, "what a cut multiplies the rate by", .open = true,
              .synonyms = "gamma"),
    {0},
};

static double step(const void *cfg, const SchedulePlace *p, const ScheduleState *s) {
    (void)s;
    const Steps *o = cfg;
    return p->lr * exact_power(o->factor, (uint64_t)(p->epoch / o->every));
}

typedef struct Cosine { double min; } Cosine;

static const AttrSpec cosine_attrs[] = {
    REAL_ATTR(Cosine, min, 0, 0, 1000, "rate at the end", .synonyms = "eta_min min_lr"),
    {0},
};

static double cosine(const void *cfg, const SchedulePlace *p, const ScheduleState *s) {
    (void)s;
    const double min = ((const Cosine *)cfg)->min;
    const double done = p->epoch < p->epochs ? p->epoch / p->epochs : 1;
    return min + (p->lr - min) / 2 * (1 + exact_cos_pi(done));
}

typedef struct Exponential { double factor; } Exponential;

static const AttrSpec exponential_attrs[] = {
    REAL_ATTR(Exponential, factor, 0.95, 0, 1, "what every epoch multiplies the rate by",
              .open = true, .synonyms = "gamma decay_rate"),
    {0},
};

static double exponential(const void *cfg, const SchedulePlace *p, const ScheduleState *s) {
    (void)s;
    return p->lr * exact_power(((const Exponential *)cfg)->factor, (uint64_t)p->epoch);
}

typedef struct Plateau { int every; double factor, min; } Plateau;

static const AttrSpec plateau_attrs[] = {
    INT_ATTR(Plateau, every, 10, 1, 1000000, "epochs without a better loss before a cut"),
    REAL_ATTR(Plateau, factor, 0.1, 0, 1, "what a cut multiplies the rate by", .open = true),
    REAL_ATTR(Plateau, min, 0, 0, 1000, "the rate is never lower", .synonyms = "min_lr"),
    {0},
};

static double plateau(const void *cfg, const SchedulePlace *p, const ScheduleState *s) {
    const double rate = p->lr * s->factor, min = ((const Plateau *)cfg)->min;
    return rate > min ? rate : min;
}

static void plateau_end(const void *cfg, double loss, ScheduleState *s) {
    const Plateau *o = cfg;
    if (loss < s->best) {
        s->best = loss;
        s->bad = 0;
    } else if (++s->bad >= o->every) {
        s->factor *= o->factor;
        s->bad = 0;
    }
}

// ---- for training -------------------------------------------------------------------------------

ScheduleState schedule_start(void) { return (ScheduleState){.factor = 1, .best = INFINITY}; }

double schedule_rate(const TrainOptions *o, const SchedulePlace *p, const ScheduleState *s) {
    const ScheduleKind *kind = (const ScheduleKind *)o->schedule.kind;
    const double rate = kind->rate(o->schedule.cfg, p, s);
    const double warm = p->epoch + p->step;
    return warm < o->warmup ? rate * warm / o->warmup : rate;
}

static const char source[] = "runtime/schedule.c";

const ScheduleKind constant_schedule = {
    .spec = {.name = "constant", .summary = "the same rate all the time", .formula = "rate = lr",
             .example = "schedule=constant", .synonyms = "none fixed", .source = source},
    .rate = constant,
};
const ScheduleKind step_schedule = {
    .spec = {.name = "step", .summary = "cut the rate every so many epochs",
             .formula = "rate = lr·factor^⌊epoch/every⌋",
             .example = "schedule=step every=30 factor=0.1", .synonyms = "StepLR steps multistep",
             .source = source, .cfg_size = sizeof(Steps), .attrs = step_attrs},
    .rate = step,
};
const ScheduleKind cosine_schedule = {
    .spec = {.name = "cosine", .summary = "from the first rate down to min along half a wave",
             .formula = "rate = min + (lr − min)/2·(1 + cos(π·epoch/epochs))",
             .example = "schedule=cosine min=0.001",
             .synonyms = "CosineAnnealingLR CosineDecay cosine_decay annealing", .source = source,
             .cfg_size = sizeof(Cosine), .attrs = cosine_attrs},
    .rate = cosine,
};
const ScheduleKind exponential_schedule = {
    .spec = {.name = "exponential", .summary = "the same factor after every epoch",
             .formula = "rate = lr·factor^⌊epoch⌋", .example = "schedule=exponential factor=0.95",
             .synonyms = "ExponentialLR ExponentialDecay exp exponential_decay", .source = source,
             .cfg_size = sizeof(Exponential), .attrs = exponential_attrs},
    .rate = exponential,
};
const ScheduleKind plateau_schedule = {
    .spec = {.name = "plateau", .summary = "cut the rate when the loss stops falling",
             .formula = "rate = lr·factor^cuts", .example = "schedule=plateau every=10 factor=0.1",
             .synonyms = "ReduceLROnPlateau reduce_on_plateau", .source = source,
             .cfg_size = sizeof(Plateau), .attrs = plateau_attrs},
    .rate      = plateau,
    .epoch_end = plateau_end,
};
