/* optim.c — every optimiser and every schedule: steps worked out by hand, and five steps with the
 * gradient 1 against the sum of what each step must be. */
#include "runtime/optim.h"

#include <math.h>

#include "runtime/schedule.h"
#include "tests/unit/model.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

// ---- two steps by hand (NaN: only one) ----------------------------------------------------------

typedef struct Answer { const char *optimizer; double decay, g[2], w[3]; } Answer;

static const Answer answers[] = {
    {"sgd lr=0.5",                          0,   {1, -3}, {2, 1.5, 3}},
    /* g + ½·w: 1 + 1, then −3 + ½·1. */
    {"sgd lr=0.5",                          0.5, {1, -3}, {2, 1, 2.25}},
    /* v = 1, then ½ − 3. */
    {"sgd lr=0.5 momentum=0.5",             0,   {1, -3}, {2, 1.5, 2.75}},
    /* 1 + ½·1, then −3 + ½·(−2½). */
    {"sgd lr=0.5 momentum=0.5 nesterov=yes", 0,  {1, -3}, {2, 1.25, 3.375}},
    /* m = 0.1 and v = 0.001, corrected 1 and 1; then m = 0.09 − 0.1 over 0.19, v̂ = 1. */
    {"adam lr=0.1",                         0,   {1, -1}, {2, 1.9, 1.9 + 0.1 * 0.01 / 0.19}},
    /* The gradient is 1 + ½·2 = 2 = m̂ = √v̂: a step of 0.1·2/(2 + ½). */
    {"adam lr=0.1 eps=0.5",                 0.5, {1, NAN}, {2, 1.92, NAN}},
    /* 2·(1 − 0.1·½) − 0.1; then times 0.95 again. */
    {"adamw lr=0.1",                        0.5, {1, -1}, {2, 1.8, 1.71 + 0.1 * 0.01 / 0.19}},
    /* s = ¼·4 = 1, a step of ½·2/(1 + ½). */
    {"rmsprop lr=0.5 rho=0.75 eps=0.5",     0,   {2, NAN}, {2, 2 - 0.5 * 2 / 1.5, NAN}},
    /* u = 2/1 = 2, b = 2; then s = ¾ + ¼·1 = 1, u = 1, b = ½·2 + 1. */
    {"rmsprop lr=0.5 rho=0.75 momentum=0.5", 0,  {2, 1}, {2, 1, 0}},
    /* √9 = 3: a step of lr; then √25 = 5: 4/5 of it. */
    {"adagrad lr=0.5",                      0,   {3, 4}, {2, 1.5, 1.1}},
};

enum { LEN = 37 }; // no multiple of a vector

static const double TOLERANCE = sizeof(real) == sizeof(float) ? 4e-7 : 4e-8; // eps is 1e-8

typedef struct Bench {
    Model m;
    const OptimKind *kind;
    real w[LEN + 1], g[LEN], slot[MAX_SLOTS][LEN];
} Bench;

static bool bench_open(Bench *b, const char *optimizer) {
    char text[200];
    snprintf(text, sizeof text, "dense 10; softmax\nloss crossentropy\noptimizer %s\ntrain",
             optimizer);
    *b = (Bench){.m = model_make(text, (Shape){1, 2, 2}, 10)};
    b->kind = b->m.x ? (const OptimKind *)b->m.x->optimizer.kind : NULL;
    return b->kind != NULL;
}

static void bench_step(Bench *b, double lr, double decay, uint64_t t) {
    UpdateStep u = {.cfg = b->m.x->optimizer.cfg, .lr = lr, .decay = decay, .t = t, .n = LEN,
                    .w = b->w, .g = b->g};
    for (int k = 0; k < b->kind->n_slots(u.cfg); k++)
        u.slot[k] = b->slot[k];
    b->kind->update(&u);
}

static double rate_of(const Bench *b) { return ((const OptimOptions *)b->m.x->optimizer.cfg)->lr; }

static void fill(real *v, int n, double x) {
    for (int i = 0; i < n; i++)
        v[i] = (real)x;
}

static void test_answer(const Answer *a) {
    Bench b;
    if (bench_open(&b, a->optimizer)) {
        fill(b.w, LEN + 1, a->w[0]);
        for (int t = 0; t < 2 && !isnan(a->g[t]); t++) {
            fill(b.g, LEN, a->g[t]);
            bench_step(&b, rate_of(&b), a->decay, (uint64_t)t + 1);
            for (int i = 0; i < LEN; i++)
                if (!CHECK_NEAR(b.w[i], a->w[t + 1], TOLERANCE)) printf("    %s\n", a->optimizer);
            CHECK(b.w[LEN] == (real)a->w[0]); // not ours
        }
    }
    model_free(&b.m);
}

// ---- five steps with the gradient 1, from 0: minus the sum of these -----------------------------

static double one(int t) { return (void)t, 1; }
static double momentum(int t) { return (1 - pow(0.9, t)) / (1 - 0.9); }
static double nesterov(int t) { return 1 + 0.9 * momentum(t); }
static double rmsprop(int t) { return 1 / sqrt(1 - pow(0.99, t)); }
static double adagrad(int t) { return 1 / sqrt(t); }

static const struct { const char *optimizer; double (*step)(int t); } sums[] = {
    {"sgd lr=0.01",                           one},
    {"sgd lr=0.01 momentum=0.9",              momentum},
    {"sgd lr=0.01 momentum=0.9 nesterov=yes", nesterov},
    {"adam lr=0.01",                          one},
    {"adamw lr=0.01 decay=0",                 one},
    {"rmsprop lr=0.01",                       rmsprop},
    {"adagrad lr=0.01",                       adagrad},
};

static void test_sum(const char *optimizer, double (*step)(int t)) {
    Bench b;
    double w = 0;
    if (bench_open(&b, optimizer)) {
        fill(b.g, LEN, 1);
        for (int t = 1; t <= 5; t++) {
            bench_step(&b, 0.01, 0, (uint64_t)t);
            w -= 0.01 * step(t);
            if (!CHECK_NEAR(b.w[LEN - 1], w, TOLERANCE)) printf("    %s\n", optimizer);
        }
    }
    model_free(&b.m);
}

// ---- options ------------------------------------------------------------------------------------

static const struct { const char *optimizer; double lr, decay; int n_slots; } defaults[] = {
    {"sgd lr=0.1",             0.1,   0,    0}, {"sgd lr=0.1 momentum=0.9", 0.1,  0, 1},
    {"adam",                   0.001, 0,    2}, {"adamw",                  0.001, 0.01, 2},
    {"rmsprop",                0.01,  0,    1}, {"rmsprop momentum=0.5",   0.01,  0, 2},
    {"adagrad",                0.01,  0,    1}, {"adagrad lr=1 decay=0.5", 1,     0.5, 1},
};

static void test_default(const char *optimizer, double lr, double decay, int n_slots) {
    Bench b;
    if (bench_open(&b, optimizer)) {
        const OptimOptions *o = b.m.x->optimizer.cfg;
        CHECK(o->lr == lr && o->decay == decay && !o->decay_all);
        CHECK(b.kind->n_slots(o) == n_slots);
        for (int k = 0; k < n_slots; k++)
            CHECK(b.kind->slot[k] != NULL);
    }
    model_free(&b.m);
}

static void test_refused(const char *optimizer, Code code) {
    char text[200];
    snprintf(text, sizeof text, "dense 10; softmax\nloss crossentropy\noptimizer %s", optimizer);
    Model m = model_try(text, (Shape){1, 2, 2}, 10);
    if (!CHECK(diags_count(m.diags) == 1 && diags_get(m.diags, 0)->code == code)) {
        printf("    %s\n", optimizer);
        diags_render(m.diags, stdout);
    }
    model_free(&m);
}

static void test_complete(const char *optimizer) {
    const size_t len = strlen(optimizer);
    bool found = false;
    for (size_t i = 0; i < COUNT(answers); i++) {
        const char *row = answers[i].optimizer;
        found |= strncmp(row, optimizer, len) == 0 && row[len] == ' ';
    }
    if (!CHECK(found)) printf("    %s has no steps worked out by hand\n", optimizer);
}

// ---- schedules: lr 1 over 10 epochs of two steps ------------------------------------------------

static const struct { const char *options; double epoch, rate; } rates[] = {
    {"schedule=constant",                      7.5, 1},
    {"schedule=step every=3 factor=0.5",       0,   1},
    {"schedule=step every=3 factor=0.5",       2.9, 1},
    {"schedule=step every=3 factor=0.5",       3,   0.5},
    {"schedule=step every=3 factor=0.5",       9.9, 0.125},
    {"schedule=cosine",                        0,   1},
    {"schedule=cosine",                        5,   0.5},
    {"schedule=cosine",                        10,  0},
    {"schedule=cosine min=0.1",                2.5, 0.1 + 0.45 * (1 + 0.70710678118654752)},
    {"schedule=cosine min=0.1",                10,  0.1},
    {"schedule=exponential factor=0.5",        0.9, 1},
    {"schedule=exponential factor=0.5",        3.2, 0.125},
    {"schedule=plateau",                       8,   1},
    {"warmup=2",                               0,   0.25}, // the first step: ½ / 2
    {"warmup=2",                               0.5, 0.5},
    {"warmup=2",                               1.5, 1},
    {"warmup=2",                               2,   1},
    {"schedule=exponential factor=0.5 warmup=4", 2, 0.15625}, // ¼ · 2½/4
};

static Model train_model(const char *options) {
    char text[200];
    snprintf(text, sizeof text, "dense 10; softmax\nloss crossentropy\noptimizer sgd lr=1\n"
             "train epochs=10 %s", options);
    return model_make(text, (Shape){1, 2, 2}, 10);
}

static void test_rate(const char *options, double epoch, double rate) {
    Model m = train_model(options);
    const ScheduleState start = schedule_start();
    const SchedulePlace p = {.lr = 1, .epoch = epoch, .epochs = 10, .step = 0.5};
    if (m.x && !CHECK_NEAR(schedule_rate(m.x->action[0].use.cfg, &p, &start), rate, 1e-15))
        printf("    %s at epoch %g\n", options, epoch);
    model_free(&m);
}

// Losses of eight epochs and the rate after each: two epochs without a better one cut it by ten.
static void test_plateau(void) {
    static const double loss[] = {5, 4, 4.5, 4, 3.9, 4, 4, NAN};
    static const double rate[] = {1, 1, 1, 0.1, 0.1, 0.1, 0.05, 0.05};
    Model m = train_model("schedule=plateau every=2 factor=0.1 min=0.05");
    const TrainOptions *o = m.x ? m.x->action[0].use.cfg : NULL;
    const SchedulePlace p = {.lr = 1, .epoch = 1, .epochs = 10};
    ScheduleState s = schedule_start();
    for (size_t i = 0; o && i < COUNT(loss); i++) {
        ((const ScheduleKind *)o->schedule.kind)->epoch_end(o->schedule.cfg, loss[i], &s);
        CHECK_NEAR(schedule_rate(o, &p, &s), rate[i], 1e-15);
    }
    model_free(&m);
}

int main(void) {
    for (size_t i = 0; i < COUNT(answers); i++)
        test_answer(&answers[i]);
    for (size_t i = 0; i < COUNT(sums); i++)
        test_sum(sums[i].optimizer, sums[i].step);
    for (size_t i = 0; i < COUNT(defaults); i++)
        test_default(defaults[i].optimizer, defaults[i].lr, defaults[i].decay, defaults[i].n_slots);
    test_refused("sgd", W_MISSING);
    test_refused("sgd lr=0", W_RANGE);
    test_refused("sgd lr=0.1 nesterov=yes", W_TOGETHER);
    test_refused("adam beta1=1", W_RANGE);
    for (size_t i = 0; i < COUNT(rates); i++)
        test_rate(rates[i].options, rates[i].epoch, rates[i].rate);
    test_plateau();
    for (const KindSpec *const *k = runtime_vocabulary.kinds[GROUP_OPTIMIZER]; *k; k++)
        test_complete((*k)->name);
    return test_end("optim");
}
