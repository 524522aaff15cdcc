/* init.c — rules for first values of weights.
 *
 *     he         normal, deviation √(2/fan_in)       keeps the size of numbers behind a relu
 *     xavier     uniform ±√(6/(fan_in + fan_out))    keeps it behind tanh and sigmoid
 *     lecun      normal, deviation √(1/fan_in)       keeps it where nothing bends
 *     normal     normal, a deviation of your own
 *     uniform    uniform within ± a limit of your own
 *     zeros      all equal: then all neurons of a layer stay equal, and nothing is learned
 *
 * fan_in is the number of products that one output sums, fan_out of those that one input feeds.
 * Source: He et al., "Delving Deep into Rectifiers", 2015, §2.2; Glorot & Bengio, "Understanding
 * the Difficulty of Training Deep Feedforward Neural Networks", 2010, §4.2; LeCun et al.,
 * "Efficient BackProp", 1998, §4.6. */
#include "runtime/init.h"

#include <math.h>

static double he(const void *cfg, const ParamSpec *p, Rng r, uint64_t i) {
    (void)cfg;
    return sqrt(2.0 / p->fan_in) * rng_normal(r, i);
}

static double xavier(const void *cfg, const ParamSpec *p, Rng r, uint64_t i) {
    (void)cfg;
    return sqrt(6 / ((double)p->fan_in + p->fan_out)) * (2 * rng_uniform(r, i) - 1);
}

static double lecun(const void *cfg, const ParamSpec *p, Rng r, uint64_t i) {
    (void)cfg;
    return sqrt(1.0 / p->fan_in) * rng_normal(r, i);
}

typedef struct Normal { double deviation; } Normal;

static const AttrSpec normal_attrs[] = {
    REAL_ATTR(Normal, deviation, 0.01, 0, 1000, "standard deviation", .main = true, .open = true,
              .synonyms = "std stddev sigma scale"),
    {0},
};

static double normal(const void *cfg, const ParamSpec *p, Rng r, uint64_t i) {
    (void)p;
    return ((const Normal *)cfg)->deviation * rng_normal(r, i);
}

typedef struct Uniform { double limit; } Uniform;

static const AttrSpec uniform_attrs[] = {
    REAL_ATTR(Uniform, limit, 0.05, 0, 1000, "largest size of a value", .main = true,
              .open = true, .synonyms = "range max maxval a bound"),
    {0},
};

static double uniform(const void *cfg, const ParamSpec *p, Rng r, uint64_t i) {
    (void)p;
    return ((const Uniform *)cfg)->limit * (2 * rng_uniform(r, i) - 1);
}

static double zeros(const void *cfg, const ParamSpec *p, Rng r, uint64_t i) {
    (void)cfg, (void)p, (void)r, (void)i;
    return 0;
}

void init_fill(const Use *rule, const ParamSpec *p, Rng r, real *v, size_t n) {
    const InitKind *kind = (const InitKind *)rule->kind;
    for (size_t i = 0; i < n; i++)
        v[i] = (real)(p->role == PARAM_WEIGHT ? kind->draw(rule->cfg, p, r, i) : p->first);
}

static const char source[] = "runtime/init.c";

const InitKind he_init = {
    .spec = {.name = "he", .summary = "normal, as wide as relu needs it",
             .formula = "deviation = √(2/fan_in)", .example = "he", .source = source,
             .synonyms = "kaiming he_normal kaiming_normal HeNormal kaiming_normal_ msra"},
    .draw = he,
};
const InitKind xavier_init = {
    .spec = {.name = "xavier", .summary = "uniform, as wide as tanh and sigmoid need it",
             .formula = "limit = √(6/(fan_in + fan_out))", .example = "xavier", .source = source,
             .synonyms = "glorot glorot_uniform xavier_uniform GlorotUniform xavier_uniform_"},
    .draw = xavier,
};
const InitKind lecun_init = {
    .spec = {.name = "lecun", .summary = "normal, for layers that nothing bends",
             .formula = "deviation = √(1/fan_in)", .example = "lecun", .source = source,
             .synonyms = "lecun_normal LecunNormal"},
    .draw = lecun,
};
const InitKind normal_init = {
    .spec = {.name = "normal", .summary = "normal, with a deviation of your own",
             .formula = "deviation as written", .example = "normal 0.01", .source = source,
             .synonyms = "gaussian random_normal RandomNormal normal_", .attrs = normal_attrs,
             .cfg_size = sizeof(Normal)},
    .draw = normal,
};
const InitKind uniform_init = {
    .spec = {.name = "uniform", .summary = "uniform, with a limit of your own",
             .formula = "−limit … limit", .example = "uniform 0.05", .source = source,
             .synonyms = "random_uniform RandomUniform uniform_", .attrs = uniform_attrs,
             .cfg_size = sizeof(Uniform)},
    .draw = uniform,
};
const InitKind zeros_init = {
    .spec = {.name = "zeros", .summary = "all zero: shows why first values must differ",
             .formula = "w = 0", .example = "zeros", .source = source,
             .synonyms = "zero Zeros zeros_ constant"},
    .draw = zeros,
};
