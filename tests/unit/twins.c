/* twins.c — two ways to write one network: residual { } and named sums, parallel { } and named joins,
 * blocks, repeats and what they stand for. Both must be the same to the bit: outputs, gradients and
 * parameters after two steps of training. */
#include <stdlib.h>

#include "runtime/plan.h"
#include "tests/unit/model.h"

static const struct { const char *name, *one, *other; } twins[] = {
    {"residual", "conv 4 3x3 pad=1 as a; relu; residual { conv 4 3x3 pad=1 as b; batchnorm as n }",
     "conv 4 3x3 pad=1 as a; relu as x; conv 4 3x3 pad=1 as b; batchnorm as n; add x"},
    {"residual within residual",
     "residual { conv 2 1x1 as a; residual { tanh; conv 2 3x3 pad=1 as b }; relu }",
     "conv 2 1x1 as a; tanh as t; conv 2 3x3 pad=1 as b; add a; relu; add input"},
    {"shortcut without layers", "residual { conv 2 3x3 pad=1 as a } shortcut { }",
     "residual { conv 2 3x3 pad=1 as a }"},
    {"two named values", "tanh as x; conv 2 3x3 pad=1 as a; relu as y; conv 2 3x3 pad=1 as b; add y x",
     "tanh as x; conv 2 3x3 pad=1 as a; relu as y; conv 2 3x3 pad=1 as b; add y; add x"},
    {"parallel with an empty path", "tanh; parallel { conv 3 3x3 pad=1 as a; relu } { }",
     "tanh as x; conv 3 3x3 pad=1 as a; relu; concat x"},
    {"paths of paths",
     "parallel { parallel { conv 1 1x1 as a } { conv 2 3x3 pad=same as b } } { conv 3 1x1 as c }",
     "parallel { conv 1 1x1 as a } { conv 2 3x3 pad=same as b } { conv 3 1x1 as c }"},
    {"a section is joined like a layer", "section s { conv 2 3x3 pad=1; relu }; tanh; add s",
     "section s { conv 2 3x3 pad=1; relu }; tanh; add s.1"},
    {"repeat", "repeat 3 { conv 3 3x3 pad=1; relu }", "conv 3 3x3 pad=1; relu; conv 3 3x3 pad=1; relu; "
     "conv 3 3x3 pad=1; relu"},
    {"block", "block b f k { conv 2*f k; relu }; b 2 3x3; b 4/2 1x1", "conv 4 3x3; relu; conv 4 1x1; relu"},
    {"let", "let k = 3x3; let f = 3; conv 2*f k pad=same", "conv 6 3x3 pad=same"},
    {"init", "init xavier; conv 2 3x3; init uniform; conv 2 3x3",
     "conv 2 3x3 init=xavier; conv 2 3x3 init=uniform; init uniform"},
    {"depthwise", "conv 2 3x3 groups=2 as a", "conv 2 3x3 groups=2 stride=1 dilation=1 pad=valid as a"},
};

enum { IMAGES = 5, STEPS = 2, MOST = 4096 };

// What a network ends with: parameters and statistics, gradients and outputs.
typedef struct End { size_t n; real v[MOST]; } End;

static void keep(End *end, const real *v, size_t n) {
    if (!CHECK(end->n + n <= MOST)) exit(1);
    memcpy(end->v + end->n, v, n * sizeof *v);
    end->n += n;
}

// Pictures and labels: any, but the same for both.
static void fill(Plan *p, int classes) {
    const Tensor in = plan_input(p, IMAGES), target = plan_target(p, IMAGES);
    for (size_t i = 0; i < tensor_len(in); i++) in.v[i] = R((int)(i * 37 % 101) - 50) / 50;
    tensor_zero(target);
    for (int n = 0; n < IMAGES; n++) *at(target, n, n % classes, 0, 0) = 1;
}

static void train(const Model *m, End *end) {
    Error e;
    const PlanOptions o = {.batch = IMAGES, .training = true, .seed = 1};
    Params *params = params_make(m->g, &m->x->optimizer, &e);
    if (!CHECK(params != NULL)) exit(1);
    params_init(params, m->x, 1);
    Plan *plan = plan_make(m->x, params, NULL, &o, &e);
    if (!CHECK(plan != NULL)) exit(1);
    for (int step = 0; step < STEPS; step++) {
        fill(plan, 3);
        const double loss = plan_train(plan, IMAGES, (uint64_t)step);
        CHECK(isfinite(loss));
        params_update(params, &m->x->optimizer, 0.1, 1, NULL);
    }
    const Tensor out = plan_value(plan, m->g->output, IMAGES);
    keep(end, out.v, tensor_len(out));
    keep(end, params->value, params->len);
    keep(end, params->grad, params->len);
    plan_free(plan);
    params_free(params);
}

static void end_of(const char *net, End *end) {
    char text[600];
    end->n = 0;
    snprintf(text, sizeof text, "%s\ndense classes as out; softmax\nloss crossentropy\n"
             "optimizer sgd lr=0.1 momentum=0.9\n", net);
    Model m = model_make(text, (Shape){2, 6, 5}, 3);
    if (m.x) train(&m, end);
    model_free(&m);
}

int main(void) {
    static End one, other;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        end_of(twins[i].one, &one);
        end_of(twins[i].other, &other);
        const bool same = one.n > 0 && one.n == other.n && !memcmp(one.v, other.v, one.n * sizeof(real));
        if (!CHECK(same)) printf("%s: %zu and %zu numbers\n", twins[i].name, one.n, other.n);
    }
    return test_end("twins");
}
