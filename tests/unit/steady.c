/* steady.c — once it runs, a training asks for no memory, hashes no name and handles no text: all that
 * was done when the plan was made.
 *
 * The linker puts a counter before each function of `counted` (--wrap=NAME in the Makefile): calls of
 * NAME come to __wrap_NAME, which knows the real one as __real_NAME. Whoever calls, on whatever thread,
 * is counted. */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "runtime/kernels/kernels.h"
#include "runtime/loss.h"
#include "tests/unit/model.h"
#include "tests/unit/session.h"

// ---- counting ---------------------------------------------------------------------------------------

enum { MEMORY, HASHES, TEXTS, N_COUNTED };
static const char *const counted[N_COUNTED] = {
    [MEMORY] = "malloc, calloc, realloc, aligned_alloc, free",
    [HASHES] = "rng_make, rng_named",
    [TEXTS] = "strlen, strcmp, strncmp, snprintf, vsnprintf"};
static atomic_long calls[N_COUNTED];

#define WRAP(kind, type, name, params, args)                                                           \
    type __real_##name params;                                                                         \
    type __wrap_##name params;                                                                         \
    type __wrap_##name params {                                                                        \
        atomic_fetch_add(&calls[kind], 1);                                                             \
        return __real_##name args;                                                                     \
    }

WRAP(MEMORY, void *, malloc, (size_t n), (n))
WRAP(MEMORY, void *, calloc, (size_t n, size_t size), (n, size))
WRAP(MEMORY, void *, realloc, (void *p, size_t n), (p, n))
WRAP(MEMORY, void *, aligned_alloc, (size_t to, size_t n), (to, n))
WRAP(MEMORY, void, free, (void *p), (p))
WRAP(HASHES, Rng, rng_make, (uint64_t seed, const char *purpose), (seed, purpose))
WRAP(HASHES, Rng, rng_named, (Rng r, const char *name), (r, name))
WRAP(TEXTS, size_t, strlen, (const char *s), (s))
WRAP(TEXTS, int, strcmp, (const char *a, const char *b), (a, b))
WRAP(TEXTS, int, strncmp, (const char *a, const char *b, size_t n), (a, b, n))
WRAP(TEXTS, int, vsnprintf, (char *to, size_t n, const char *fmt, va_list v), (to, n, fmt, v))

int __wrap_snprintf(char *to, size_t n, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int __wrap_snprintf(char *to, size_t n, const char *fmt, ...) {
    va_list v;
    va_start(v, fmt);
    const int len = __wrap_vsnprintf(to, n, fmt, v);
    va_end(v);
    return len;
}

typedef struct Counts { long of[N_COUNTED]; } Counts;

static Counts counts_now(void) {
    Counts c;
    for (int k = 0; k < N_COUNTED; k++) c.of[k] = atomic_load(&calls[k]);
    return c;
}

// Has nothing been called since?
static bool check_quiet(const Counts *before, const char *model, const char *what) {
    bool quiet = true;
    for (int k = 0; k < N_COUNTED; k++) {
        const long n = atomic_load(&calls[k]) - before->of[k];
        if (n) printf("%s: %s: %ld calls of %s\n", model, what, n, counted[k]);
        quiet = quiet && n == 0;
    }
    return CHECK(quiet);
}

// A counter that counts nothing would make every test here pass.
static void counters_count(void) {
    char text[8];
    const Counts before = counts_now();
    void *volatile p = malloc(8);
    free(p);
    CHECK(rng_named(rng_make(1, "a"), "b").key != 0);
    CHECK(snprintf(text, sizeof text, "%d", (int)before.of[MEMORY] % 2) == 1);
    for (int k = 0; k < N_COUNTED; k++) CHECK(atomic_load(&calls[k]) > before.of[k]);
}

// ---- steps of a plan --------------------------------------------------------------------------------

static const struct { const char *net, *optimizer; } models[] = {
    {"conv 4 3x3; relu; maxpool 2; dense 9; tanh; dense 3; softmax", "sgd lr=0.01 momentum=0.9"},
    {"conv 20 3x3 pad=1 as a; batchnorm; relu; conv 20 3x3 pad=1; add a; relu; globalavgpool; dense 3; "
     "softmax", "adam lr=0.001"},
    {"conv 6 3x3 pad=1; instancenorm; elu; upsample 2; lrn 3; avgpool 2; layernorm; gelu; dense 140; "
     "silu; dropout 20%; dense 3; softmax", "rmsprop lr=0.001"},
    {"dropout 10%; dense 150; sigmoid; dense 3; softmax", "adagrad lr=0.01 decay=0.001"},
};
enum { N_MODELS = sizeof models / sizeof *models, BATCH = 24, STEPS = 3 };

static void check_plan(const char *net, const Experiment *x, Threads *t, bool training) {
    Error e;
    Params *params = params_make(&x->graph, &x->optimizer, &e);
    if (params) params_init(params, x, 1);
    const PlanOptions o = {.batch = BATCH, .training = training};
    Plan *p = params ? plan_make(x, params, t, &o, &e) : NULL;
    if (!CHECK(p != NULL)) return;
    int label[BATCH];
    for (int k = 0; k < BATCH; k++) label[k] = k % 3;
    tensor_zero(plan_input(p, BATCH));

    const Counts before = counts_now();
    for (int k = 0; k < STEPS; k++) {
        const int n = k ? BATCH : BATCH / 2 + 1; // a short batch, too
        loss_target(label, plan_target(p, n), 0);
        if (training) plan_train(p, n, (uint64_t)k);
        else plan_infer(p, n), plan_judge(p, n);
        if (training) params_update(params, &x->optimizer, 0.01, 0.5, t);
        if (training) params_norm(params, t);
    }
    check_quiet(&before, net, training ? "steps" : "inference");
    plan_free(p);
    params_free(params);
}

static void check_model(int i, Threads *t) {
    char text[600];
    snprintf(text, sizeof text, "%s\nloss crossentropy\noptimizer %s\ntrain epochs=1 batch=8",
             models[i].net, models[i].optimizer);
    Model m = model_make(text, (Shape){2, 8, 8}, 3);
    if (m.x) check_plan(models[i].net, m.x, t, true);
    if (m.x) check_plan(models[i].net, m.x, t, false);
    model_free(&m);
}

// ---- a whole training -------------------------------------------------------------------------------

/* Each pass of 40 pictures has 10 steps. The results get a line after every second step, so what was
 * called between an odd step and the next even one belongs to the step alone: choosing and preparing its
 * pictures, which may begin a pass, and everything the threads did meanwhile. */
static const char *const trainings[] = {
    "dense 8; relu; dense 3; softmax",
    "augment { flip horizontal; shift 1; rotate 10; noise 2% }\nconv 4 3x3; relu; dropout 20%; dense 3; "
    "softmax",
};
enum { N_TRAININGS = sizeof trainings / sizeof *trainings, TRAIN_STEPS = 80 };

typedef struct Watch { const char *model; Counts before; int looked; } Watch;

static void on_progress(void *ctx, const Progress *p) {
    Watch *w = ctx;
    if (p->step % 2 == 0) {
        check_quiet(&w->before, w->model, "a step of a training");
        w->looked++;
    }
    w->before = counts_now();
}

static void on_message(void *ctx, const char *text) { (void)ctx, (void)text; }
static void on_epoch(void *ctx, const EpochResult *r) { (void)ctx, (void)r; }
static bool on_stop(void *ctx) { return ctx == NULL; }

static void check_training(const Folder *f, const char *model, int threads) {
    Error e;
    char lines[400], run[300];
    snprintf(lines, sizeof lines, "preprocess { normalize }\n%s\nloss crossentropy\n"
             "optimizer adam lr=0.001\ntrain iterations=%d batch=4 clip=1", model, TRAIN_STEPS);
    snprintf(run, sizeof run, "%s/run%d", f->path, threads);
    Case c = case_make(f, lines, (RunOptions){.threads = threads, .run = run});
    Watch w = {.model = model};
    const Reporter r = {.ctx = &w, .message = on_message, .progress = on_progress, .epoch = on_epoch,
                        .stop = on_stop};
    if (c.open && !CHECK(train_run(&c.s, &r, &e) == RUN_DONE)) printf("%s\n", e.text);
    CHECK(w.looked == TRAIN_STEPS / 2);
    case_close(&c);
}

int main(void) {
    Error e;
    CHECK(kernels_choose(getenv("CNNRUN_KERNELS"), &e)); // as a program does, before anything else
    counters_count();
    for (int n = 1; n <= 3; n += 2) {
        Threads *t = threads_make(n);
        for (int i = 0; i < N_MODELS; i++) check_model(i, t);
        threads_free(t);
        for (int i = 0; i < N_TRAININGS; i++) {
            Folder f = folder_make();
            set_put(&f);
            check_training(&f, trainings[i], n);
            folder_remove(&f);
        }
    }
    return test_end("steady");
}
