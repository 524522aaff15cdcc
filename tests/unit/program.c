/* program.c — the lines of a program, carried out: clip, decay, phases, freeze and unfreeze do to the
 * parameters what language.md says, and what the command line replaces is replaced in every phase. */
#include <stdlib.h>
#include <unistd.h>

#include "runtime/train.h"
#include "runtime/vocabulary.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

// 64 pictures and batches of 64: each step sees all of them, whatever their order.
#define NET \
    "data digits limit=64\n" \
    "section a { conv 4 3x3 as c; batchnorm as n }\nrelu; maxpool 2\n" \
    "dense 8 as d; relu; dense classes as e; softmax\nloss crossentropy\n"

typedef struct Trained {
    Arena *arena;
    Session s;
    real *before; // the parameters' first values
} Trained;

// ---- a whole run ---------------------------------------------------------------------------------

static void silent_message(void *ctx, const char *text) { (void)ctx, (void)text; }
static void silent_progress(void *ctx, const Progress *p) { (void)ctx, (void)p; }
static void silent_epoch(void *ctx, const EpochResult *r) { (void)ctx, (void)r; }
static bool never(void *ctx) { return (void)ctx, false; }
static void silent_evaluation(void *ctx, const EvaluateOptions *o, const Evaluation *v) {
    (void)ctx, (void)o, (void)v;
}

static const Reporter silent = {.message = silent_message, .progress = silent_progress,
                                .epoch = silent_epoch, .evaluation = silent_evaluation, .stop = never};

// NET with `program` below it, trained with the options of a command line.
static Trained train_with(const char *program, const RunOptions *o) {
    Trained t = {.arena = arena_make()};
    Diags *d = diags_make(t.arena);
    Error e;
    const char *text = arena_print(t.arena, NET "%s\n", program);
    const Experiment *x = experiment_parse(t.arena, d, &runtime_vocabulary, "net.cnn", text, strlen(text));
    if (!CHECK(x != NULL)) diags_render(d, stdout), exit(1);
    if (!CHECK(session_open(&t.s, x, o, true, &e))) printf("%s\n", e.text), exit(1);
    const size_t bytes = t.s.params->len * sizeof(real);
    t.before = memcpy(arena_alloc(t.arena, bytes), t.s.params->value, bytes);
    if (!CHECK(train_run(&t.s, &silent, &e) == RUN_DONE)) printf("%s: %s\n", program, e.text);
    return t;
}

static Trained train(const char *program) { return train_with(program, &(RunOptions){.threads = 1}); }

static void forget(Trained *t) {
    session_close(&t->s);
    arena_free(t->arena);
}

static const Param *param(const Trained *t, const char *name) {
    for (int i = 0; i < t->s.params->n; i++)
        if (strcmp(t->s.params->param[i].name, name) == 0) return &t->s.params->param[i];
    printf("no parameter %s\n", name);
    exit(1);
}

// Has the parameter (or statistic) other values than at first?
static bool changed(const Trained *t, const char *name) {
    const Param *p = param(t, name);
    return memcmp(t->before + p->offset, t->s.params->value + p->offset, p->len * sizeof(real)) != 0;
}

// Do both runs end with the same parameters and statistics, to the bit?
static bool same_end(const Trained *a, const Trained *b) {
    return memcmp(a->s.params->value, b->s.params->value, a->s.params->len * sizeof(real)) == 0;
}

// ---- clip ----------------------------------------------------------------------------------------

// The length of the step that all parameters took together; statistics take none.
static double step_length(const Trained *t) {
    double sum = 0;
    for (int i = 0; i < t->s.params->n; i++) {
        const Param *p = &t->s.params->param[i];
        for (size_t k = p->offset; p->spec->role != PARAM_STATISTIC && k < p->offset + p->len; k++) {
            const double step = (double)t->s.params->value[k] - (double)t->before[k];
            sum += step * step;
        }
    }
    return sqrt(sum);
}

static const struct { const char *program; double length; } clipped[] = {
    {"optimizer sgd lr=1\ntrain iterations=1 batch=64 clip=0.01",              0.01},
    {"optimizer sgd lr=0.5\ntrain iterations=1 batch=64 clip=0.1",             0.05},
    {"optimizer sgd lr=1\nfreeze a d\ntrain iterations=1 batch=64 clip=0.01",  0.01},
};

static void check_clip(void) {
    for (size_t i = 0; i < sizeof clipped / sizeof *clipped; i++) {
        Trained t = train(clipped[i].program);
        if (!CHECK_NEAR(step_length(&t), clipped[i].length, 1e-4 * clipped[i].length))
            printf("%s\n", clipped[i].program);
        forget(&t);
    }
    Trained free = train("optimizer sgd lr=1\ntrain iterations=2 batch=64");
    Trained wide = train("optimizer sgd lr=1\ntrain iterations=2 batch=64 clip=1000");
    CHECK(same_end(&free, &wide));
    forget(&free), forget(&wide);
}

// ---- decay ---------------------------------------------------------------------------------------

// How much further towards zero than without decay: the same part of every number.
static void check_pull(const Trained *with, const Trained *without, const char *name, double pull) {
    const Param *p = param(with, name);
    for (size_t k = p->offset; k < p->offset + p->len; k++) {
        const double more = (double)without->s.params->value[k] - (double)with->s.params->value[k];
        if (!CHECK_NEAR(more, pull * (double)with->before[k], 1e-6)) printf("%s\n", name);
    }
}

static void check_decay(void) {
    Trained none = train("optimizer sgd lr=0.5\ntrain iterations=1 batch=64");
    Trained some = train("optimizer sgd lr=0.5 decay=0.25\ntrain iterations=1 batch=64");
    Trained all = train("optimizer sgd lr=0.5 decay=0.25 decay_all=yes\ntrain iterations=1 batch=64");
    static const struct { const char *name; bool weight; } rows[] = {
        {"a.c.weight", true}, {"d.weight", true}, {"e.weight", true}, {"a.c.bias", false},
        {"a.n.weight", false}, {"a.n.bias", false}, {"e.bias", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_pull(&some, &none, rows[i].name, rows[i].weight ? 0.125 : 0);
        check_pull(&all, &none, rows[i].name, 0.125);
    }
    forget(&none), forget(&some), forget(&all);
}

// ---- freeze --------------------------------------------------------------------------------------

static const struct { const char *program, *same, *other; } frozen[] = {
    {"train iterations=2 batch=64", "",
     "a.c.weight a.c.bias a.n.weight a.n.bias a.n.running_mean a.n.running_var d.weight e.bias"},
    {"freeze a\ntrain iterations=2 batch=64",
     "a.c.weight a.c.bias a.n.weight a.n.bias a.n.running_mean a.n.running_var", "d.weight e.bias"},
    {"freeze a.n\ntrain iterations=2 batch=64",   // the gradient goes through to what is before it
     "a.n.weight a.n.bias a.n.running_mean a.n.running_var", "a.c.weight d.weight"},
    {"freeze all\nunfreeze e\ntrain iterations=2 batch=64",
     "a.c.weight a.n.running_mean a.n.running_var d.weight d.bias", "e.weight e.bias"},
    {"freeze all\ntrain iterations=2 batch=64", "a.n.running_var e.weight e.bias", ""},
    {"freeze d\ntrain iterations=1 batch=64\nfreeze e\nunfreeze d", "d.weight", "e.weight a.c.weight"},
};

static void check_names(const Trained *t, const char *names, bool want, const char *program) {
    char *copy = strdup(names), *rest = NULL;
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        if (!CHECK(changed(t, name) == want)) printf("%s: %s\n", program, name);
    free(copy);
}

static void check_freeze(void) {
    for (size_t i = 0; i < sizeof frozen / sizeof *frozen; i++) {
        char program[300];
        snprintf(program, sizeof program, "optimizer adam lr=0.01 decay=0.1\n%s", frozen[i].program);
        Trained t = train(program);
        check_names(&t, frozen[i].same, false, program);
        check_names(&t, frozen[i].other, true, program);
        forget(&t);
    }
}

// ---- phases --------------------------------------------------------------------------------------

// Two programs that must end with the same parameters.
static const struct { const char *a, *b; RunOptions with; } twins[] = {
    {"optimizer sgd lr=0.1 momentum=0.9\ntrain iterations=5 batch=64",
     "optimizer sgd lr=0.1 momentum=0.9\ntrain iterations=2 batch=64\ntrain iterations=3 batch=64", {0}},
    {"optimizer adam\ntrain iterations=4 batch=64",
     "optimizer adam\ntrain epochs=1 batch=64\nevaluate\nsave \"w\"\ntrain epochs=3 batch=64", {0}},
    {"optimizer sgd lr=0.2\ntrain epochs=2 batch=64",
     "optimizer sgd lr=7\ntrain epochs=1 batch=64 lr=0.2\ntrain epochs=1 batch=64 lr=0.2", {0}},
    {"optimizer sgd lr=0.2\ntrain epochs=2 batch=64",
     "optimizer sgd lr=7\ntrain iterations=9 batch=3\ntrain epochs=8 batch=5 lr=6",
     {.epochs = 1, .batch = 64, .lr = 0.2}},
    {"optimizer adam\nfreeze e\ntrain epochs=2 batch=64",
     "optimizer adam\nfreeze e\nfreeze e\ntrain batch=64\nunfreeze a\ntrain batch=64", {0}},
    {"optimizer adam\ntrain batch=64\nsave \"w\"\ntrain batch=64",
     "optimizer adam\ntrain batch=64\nload \"w\"\ntrain batch=64", {0}},
};

static void check_phases(void) {
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        RunOptions o = twins[i].with;
        o.threads = 1;
        Trained a = train(twins[i].a), b = train_with(twins[i].b, &o);
        if (!CHECK(same_end(&a, &b))) printf("%s\n%s\n", twins[i].a, twins[i].b);
        CHECK(changed(&a, "d.weight"));
        forget(&a), forget(&b);
    }
}

// What was unfrozen begins anew, the others go on: adam counts its steps.
static void check_unfrozen(void) {
    Trained t = train("optimizer adam\nfreeze a\ntrain iterations=3 batch=64\nunfreeze a\n"
                      "train iterations=2 batch=64");
    CHECK(param(&t, "a.c.weight")->updates == 2 && param(&t, "a.n.bias")->updates == 2);
    CHECK(param(&t, "d.weight")->updates == 5 && param(&t, "e.bias")->updates == 5);
    forget(&t);

    Trained once = train("optimizer sgd lr=0.1 momentum=0.9\ntrain iterations=1 batch=64\nfreeze a\n"
                         "unfreeze a\ntrain iterations=1 batch=64");
    Trained through = train("optimizer sgd lr=0.1 momentum=0.9\ntrain iterations=2 batch=64");
    const Param *p = param(&once, "a.c.weight");
    CHECK(memcmp(once.s.params->value + p->offset, through.s.params->value + p->offset,
                 p->len * sizeof(real)) != 0); // its speed is forgotten
    forget(&once), forget(&through);
}

int main(void) {
    Folder f = folder_make();
    if (chdir(f.path) != 0) return 1;
    check_clip();
    check_decay();
    check_freeze();
    check_phases();
    check_unfrozen();
    folder_remove(&f);
    return test_end("program");
}
