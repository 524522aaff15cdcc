/* vocabulary.c — all tables of the runtime, as the language wants to see them. */
#include "runtime/vocabulary.h"

#include "runtime/augments/augment.h"
#include "runtime/data/dataset.h"
#include "runtime/init.h"
#include "runtime/layer.h"
#include "runtime/loss.h"
#include "runtime/optim.h"
#include "runtime/schedule.h"

static const KindSpec *const layers[] = {
#define LAYER(name) &name##_layer.spec,
#include "runtime/layers/layers.def"
#undef LAYER
    NULL,
};

static const KindSpec *const losses[] = {
#define LOSS(name) &name##_loss.spec,
#include "runtime/losses/losses.def"
#undef LOSS
    NULL,
};

static const KindSpec *const optimizers[] = {
#define OPTIM(name) &name##_optim.spec,
#include "runtime/optimisers/optimisers.def"
#undef OPTIM
    NULL,
};

static const KindSpec *const schedules[] = {
#define SCHEDULE(name) &name##_schedule.spec,
#include "runtime/schedules.def"
#undef SCHEDULE
    NULL,
};

static const KindSpec *const inits[] = {
#define INIT(name) &name##_init.spec,
#include "runtime/inits.def"
#undef INIT
    NULL,
};

static const KindSpec *const steps[] = {
#define STEP(name) &name##_step.spec,
#include "runtime/data/steps.def"
#undef STEP
    NULL,
};

static const KindSpec *const augments[] = {
#define AUGMENT(name) &name##_augment.spec,
#include "runtime/augments/augments.def"
#undef AUGMENT
    NULL,
};

static const KindSpec *const sets[] = {
#define KNOWN_SET(name) &name##_set.spec.kind,
#include "runtime/data/sets.def"
#undef KNOWN_SET
    NULL,
};

static const KindSpec *const none[] = {NULL};

const Vocabulary runtime_vocabulary = {
    .kinds = {
        [GROUP_LAYER]     = layers,
        [GROUP_LOSS]      = losses,
        [GROUP_OPTIMIZER] = optimizers,
        [GROUP_SCHEDULE]  = schedules,
        [GROUP_INIT]      = inits,
        [GROUP_STEP]      = steps,
        [GROUP_AUGMENT]   = augments,
        [GROUP_DATA]      = sets,
        [GROUP_STATEMENT] = none,
    },
    .probe = data_probe,
};
