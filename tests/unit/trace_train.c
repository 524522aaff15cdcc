/* trace_train.c — a trace beside a whole training, a traced step on disk, and learning by heart. */
#include "runtime/overfit.h"
#include "runtime/trace_file.h"
#include "tests/unit/session.h"


// A batch of 28 fills enough of 32 lanes to lie in lanes; one of 18 lies image after image.
static const struct { int batch; const char *model; } cases[] = {
    {28, "preprocess { normalize }\n"
         "conv 4 3x3 pad=1; batchnorm; relu; maxpool 2; dense 9; tanh; dropout 30%; dense 3; softmax\n"
         "loss crossentropy smoothing=10%\noptimizer sgd lr=0.1 momentum=0.9 decay=0.01\n"
         "train iterations=1 batch=28 schedule=cosine warmup=2 clip=0.5"},
    {18, "augment { flip horizontal; rotate 20; noise 5% }\n"
         "section base { conv 4 3x3; batchnorm; relu }; dense 30; relu; dense 3; softmax\n"
         "loss mse\noptimizer adam lr=0.01\nfreeze base\ntrain iterations=1 batch=18 lr=0.02"},
    {16, "dense 9; relu; dense 3; softmax\nloss crossentropy\noptimizer sgd lr=0.1\n"
         "train iterations=1 batch=16 balance=weights"},
    {43, "augment { shift 2; brightness 20% }\ndense 9; relu; dense 3; softmax\nloss crossentropy\n"
         "optimizer sgd lr=0.1\ntrain iterations=1 batch=43 balance=oversample"},
    {9, "dense 9; relu; dense 3; softmax\nloss hinge\noptimizer sgd lr=0.1\n"
        "train iterations=1 batch=9 balance=undersample"},
};
enum { N_CASES = sizeof cases / sizeof cases[0] };

static bool open_trace(Trace *t, Case *c, TraceOptions o) {
    Error e = {{0}};
    const bool ok = c->open && trace_open(t, &c->s, &o, &e);
    if (!CHECK(ok)) printf("%s\n", e.text);
    return ok;
}

static const TraceOptions by_training = {.part = PART_TRAIN, .first = -1, .random = true};

// ---- the first step of a training ---------------------------------------------------------------

static void ignore_text(void *ctx, const char *text) { (void)ctx, (void)text; }
static void ignore_progress(void *ctx, const Progress *p) { *(double *)ctx = p->loss; }
static void ignore_epoch(void *ctx, const EpochResult *r) { (void)ctx, (void)r; }
static void ignore_evaluation(void *ctx, const EvaluateOptions *o, const Evaluation *v) {
    (void)ctx, (void)o, (void)v;
}
static bool never_stop(void *ctx) { (void)ctx; return false; }

static void is_the_first_step(const Folder *f, int k) {
    const char *model = cases[k].model;
    char run[256];
    double loss = 0;
    Error e = {{0}};
    snprintf(run, sizeof run, "%s/run%d", f->path, k);
    Case a = case_make(f, model, (RunOptions){.threads = 2});
    Case b = case_make(f, model, (RunOptions){.run = run});
    Trace t;
    if (!open_trace(&t, &a, by_training) || !b.open) return;
    const Reporter r = {.ctx = &loss, .message = ignore_text, .progress = ignore_progress,
                        .epoch = ignore_epoch, .evaluation = ignore_evaluation, .stop = never_stop};
    CHECK(trace_step(&t, true, &e) && t.n == cases[k].batch);
    if (!CHECK(train_run(&b.s, &r, &e) == RUN_DONE)) printf("%s\n", e.text);
    const size_t bytes = b.s.params->len * sizeof(real);
    CHECK(t.loss == loss);
    CHECK(memcmp(a.s.params->value, b.s.params->value, bytes) == 0);
    for (int s = 0; s < b.s.params->n_slots; s++)
        CHECK(memcmp(a.s.params->slot[s], b.s.params->slot[s], bytes) == 0);
    trace_close(&t);
    case_close(&a), case_close(&b);
}

// ---- any step of a training -----------------------------------------------------------------------

enum { STEPS = 7, STOP = 4 };

// What a training was before step number STOP, and after it.
typedef struct Halt {
    Session *s;
    NextStep next;
    Progress done;
    double loss;
    real *before, *slots[MAX_SLOTS], *after;
    uint64_t updates[64];
} Halt;

static real *copy_of(const Params *p, const real *from) {
    real *copy = malloc(p->len * sizeof *copy);
    memcpy(copy, from, p->len * sizeof *copy);
    return copy;
}

static bool halt_before(void *ctx, const NextStep *next, const Progress *p) {
    Halt *h = ctx;
    const Params *all = h->s->params;
    CHECK(next->total <= STEPS && p->step == next->step);
    if (next->total == STOP) {
        h->next = *next, h->done = *p;
        h->before = copy_of(all, all->value);
        for (int k = 0; k < all->n_slots; k++) h->slots[k] = copy_of(all, all->slot[k]);
        for (int i = 0; i < all->n; i++) h->updates[i] = all->param[i].updates;
    }
    if (next->total == STOP + 1) h->after = copy_of(all, all->value);
    return next->total <= STOP;
}

static void halt_progress(void *ctx, const Progress *p) { ((Halt *)ctx)->loss = p->batch_loss; }

// The models of above train on, over the end of a pass; all of them have a batch of their own size.
static const char *longer(char *text, size_t room, const char *model) {
    const char *at = strstr(model, "iterations=1");
    const char *behind = at + strlen("iterations=1");
    snprintf(text, room, "%.*siterations=%d%s", (int)(at - model), model, STEPS, behind);
    return text;
}

// A step that is followed is that of the training, bit by bit, whichever it is.
static void is_the_step_that_comes_next(const Folder *f, int k) {
    char text[1024];
    const char *model = longer(text, sizeof text, cases[k].model);
    Error e = {{0}};
    Case a = case_make(f, model, (RunOptions){.threads = 2});
    Case b = case_make(f, model, (RunOptions){.keeps_nothing = true});
    Halt h = {.s = &b.s};
    Trace t;
    if (!open_trace(&t, &a, by_training) || !b.open) return;
    const Reporter r = {.ctx = &h, .message = ignore_text, .progress = halt_progress, .epoch = ignore_epoch,
                        .evaluation = ignore_evaluation, .stop = never_stop, .before = halt_before};
    CHECK(train_run(&b.s, &r, &e) == RUN_STOPPED);
    if (!CHECK(h.before && h.after && h.done.step == STOP)) return;

    Params *p = a.s.params;
    CHECK(trace_step(&t, true, &e) && trace_step(&t, true, &e)); // steps of one's own before leave no trace
    memcpy(p->value, h.before, p->len * sizeof(real));
    for (int s = 0; s < p->n_slots; s++) memcpy(p->slot[s], h.slots[s], p->len * sizeof(real));
    for (int i = 0; i < p->n; i++) p->param[i].updates = h.updates[i];
    TraceOptions o = by_training;
    o.step = h.next.step;
    CHECK(trace_follow(&t, &h.next, &o, &e) && t.steps == 0);
    CHECK(trace_step(&t, true, &e));
    if (!CHECK(memcmp(p->value, h.after, p->len * sizeof(real)) == 0)) printf("  case %d\n", k);
    CHECK(t.loss == h.loss);
    o.first = 1 << 20; // a picture that is not there: all stays as it was
    const double rate = t.rate;
    CHECK(!trace_follow(&t, &(NextStep){.train = h.next.train}, &o, &e) && t.steps == 1);
    o.first = -1;
    CHECK(trace_choose(&t, &o, &e) && trace_step(&t, false, &e) && t.rate <= rate);
    trace_close(&t);
    free(h.before), free(h.after);
    for (int s = 0; s < MAX_SLOTS; s++) free(h.slots[s]);
    case_close(&a), case_close(&b);
}

// To know the gradient of the picture, too, changes no other number.
static void input_gradient_changes_nothing(const Folder *f, const char *model) {
    Case a = case_make(f, model, (RunOptions){0}), b = case_make(f, model, (RunOptions){0});
    TraceOptions with = by_training;
    Trace t, u;
    Error e;
    with.input_diff = true;
    if (!open_trace(&t, &a, by_training) || !open_trace(&u, &b, with)) return;
    CHECK(trace_step(&t, true, &e) && trace_step(&u, true, &e) && t.loss == u.loss);
    CHECK(trace_diff(&t, 0).v == NULL && trace_diff(&u, 0).v != NULL && tensor_bad(trace_diff(&u, 0)) < 0);
    CHECK(memcmp(a.s.params->value, b.s.params->value, a.s.params->len * sizeof(real)) == 0);
    trace_close(&t), trace_close(&u);
    case_close(&a), case_close(&b);
}

// ---- random image steps -------------------------------------------------------------------------

static bool same(Tensor a, Tensor b) {
    bool ok = a.v && b.v && a.c == b.c && a.h == b.h && a.w == b.w;
    for (int c = 0; ok && c < a.c; c++)
        for (int y = 0; y < a.h; y++)
            for (int x = 0; x < a.w; x++) ok &= *at(a, 0, c, y, x) == *at(b, 0, c, y, x);
    return ok;
}

static void random_steps_are_stages(const Folder *f) {
    Case c = case_make(f, cases[1].model, (RunOptions){0});
    Trace t;
    Error e;
    const char *name = NULL;
    double degrees = 100;
    if (!open_trace(&t, &c, by_training)) return;
    CHECK(trace_step(&t, true, &e));
    const int rotate = trace_stage(&t, "rotate");
    CHECK(rotate == 2 && t.stage[rotate].kind == STAGE_AUGMENT && t.stage[rotate].index == 1);
    CHECK(trace_drawn(&t, rotate, 0, &name, &degrees) == 1);
    CHECK(name && fabs(degrees) <= 20);
    CHECK(same(trace_picture(&t, trace_stage(&t, "rescale")), trace_value(&t, 0)));
    TraceOptions plain = by_training;
    plain.random = false;
    CHECK(trace_choose(&t, &plain, &e) && trace_step(&t, true, &e));
    CHECK(trace_stage(&t, "rotate") == -1 && t.stage[1].kind == STAGE_STEP);
    trace_close(&t);
    case_close(&c);
}

typedef struct Sum { double v; } Sum;

static void add_term(void *ctx, const Term *t) { ((Sum *)ctx)->v += t->value; }

static void image_steps_are_explained(const Folder *f) {
    Case c = case_make(f, cases[0].model, (RunOptions){0});
    Trace t;
    Error e;
    if (!open_trace(&t, &c, by_training)) return;
    Sum sum = {0};
    StepQuestion q = {.y = 2, .x = 5, .ctx = &sum, .term = add_term};
    CHECK(!trace_explain_picture(&t, 1, &q));
    CHECK(trace_step(&t, true, &e));
    for (int i = 1; t.stage[i].kind == STAGE_STEP; i++) {
        sum.v = 0;
        CHECK(trace_explain_picture(&t, i, &q));
        CHECK_NEAR(sum.v, (double)*at(trace_picture(&t, i), 0, 0, 2, 5), 1e-5);
    }
    CHECK(!trace_explain_picture(&t, 0, &q));
    q.y = SET_SIDE;
    CHECK(!trace_explain_picture(&t, 1, &q));
    trace_close(&t);
    case_close(&c);
}

// ---- on disk ------------------------------------------------------------------------------------

static bool holds(const StFile *f, const char *name, const void *v, size_t bytes) {
    const StTensor *t = st_find(f, name);
    const bool ok = t && t->len * st_dtype_size(t->dtype) == bytes && memcmp(t->v, v, bytes) == 0;
    if (!ok) printf("%s is %s\n", name, t ? "other numbers" : "not there");
    return ok;
}

static bool holds_value(const StFile *f, const char *name, Tensor v) {
    Tensor plain = {.n = v.n, .c = v.c, .h = v.h, .w = v.w};
    const size_t bytes = tensor_len(plain) * sizeof(real);
    plain.v = malloc(bytes);
    if (!plain.v) return false;
    tensor_copy(plain, v);
    const bool ok = holds(f, name, plain.v, bytes);
    free(plain.v);
    return ok;
}

static void file_has_everything(const Folder *f) {
    Case c = case_make(f, cases[0].model, (RunOptions){0});
    Trace t;
    TraceFile file = {0};
    StFile st;
    Error e = {{0}};
    char path[256];
    snprintf(path, sizeof path, "%s/trace.safetensors", f->path);
    if (!open_trace(&t, &c, by_training)) return;
    const double expected = trace_file_size(&t, 2);
    for (int k = 0; k < 2; k++) CHECK(trace_step(&t, true, &e) && trace_file_add(&file, &t, &e));
    CHECK(file.bytes > 0.5 * expected && file.bytes < 1.2 * expected);
    if (!CHECK(trace_file_save(&file, path, &c.s, &e) && st_open(&st, path, &e))) return;
    CHECK(trace_value(&t, 3).layout == LAYOUT_LANES);
    CHECK(holds_value(&st, "act/2@1", trace_value(&t, 3)));
    CHECK(holds_value(&st, "actgrad/2@1", trace_diff(&t, 3)));
    CHECK(holds_value(&st, "input@1", trace_value(&t, 0)));
    CHECK(holds(&st, "loss@1", &t.loss, sizeof t.loss) && holds(&st, "lr@1", &t.rate, sizeof t.rate));
    for (int i = 0; i < c.s.params->n; i++) {
        const Param *q = &c.s.params->param[i];
        char name[128];
        if (q->frozen) continue;
        snprintf(name, sizeof name, "param/%s@2", q->name);
        CHECK(holds(&st, name, c.s.params->value + q->offset, q->len * sizeof(real)));
        snprintf(name, sizeof name, "grad/%s@1", q->name);
        CHECK(holds(&st, name, c.s.params->grad + q->offset, q->len * sizeof(real)));
        snprintf(name, sizeof name, "opt/%s.momentum_buffer@2", q->name);
        CHECK(holds(&st, name, c.s.params->slot[0] + q->offset, q->len * sizeof(real)));
    }
    CHECK(st_find(&st, "buf/1.mean@0") && st_find(&st, "buf/1.var@2") && !st_find(&st, "label@2"));
    CHECK(st_meta(&st, "model") != NULL);
    st_close(&st);
    trace_file_free(&file);
    trace_close(&t);
    case_close(&c);
}

// ---- learning by heart --------------------------------------------------------------------------

static bool count_call(void *ctx, const Overfit *o) {
    (void)o;
    ++*(int *)ctx;
    return true;
}

static bool stop_at_two(void *ctx, const Overfit *o) {
    (void)ctx;
    return o->step < 2;
}

static void learns_by_heart(const Folder *f) {
    static const char net[] = "dense 30; relu; dense 3; softmax\nloss crossentropy\n";
    char good[256], slow[256];
    snprintf(good, sizeof good, "%soptimizer adam lr=0.01\ntrain epochs=1 batch=9", net);
    snprintf(slow, sizeof slow, "%soptimizer sgd lr=0.000001\ntrain epochs=1 batch=9", net);
    Case a = case_make(f, good, (RunOptions){0}), b = case_make(f, slow, (RunOptions){0});
    Overfit o;
    Error e;
    int calls = 0;
    CHECK(overfit_run(&a.s, 20, count_call, &calls, &o, &e));
    CHECK(o.learnt && o.right == 20 && o.loss <= OVERFIT_SHARE * o.first && o.step < 500);
    CHECK(calls > 4 && o.rate == 0.01);
    CHECK(overfit_run(&b.s, 1000, count_call, &calls, &o, &e));
    CHECK(!o.learnt && o.n == SET_PICTURES && o.step == OVERFIT_STEPS);
    CHECK(overfit_run(&b.s, 20, stop_at_two, NULL, &o, &e) && o.step == 2);
    case_close(&a), case_close(&b);
}

int main(void) {
    Folder f = folder_make();
    set_put(&f);
    for (int k = 0; k < N_CASES; k++) {
        const int before = tests_failed;
        is_the_first_step(&f, k);
        is_the_step_that_comes_next(&f, k);
        input_gradient_changes_nothing(&f, cases[k].model);
        if (tests_failed > before) printf("with the model %s\n", cases[k].model);
    }
    random_steps_are_stages(&f);
    image_steps_are_explained(&f);
    file_has_everything(&f);
    learns_by_heart(&f);
    folder_remove(&f);
    return test_end(sizeof(real) == 4 ? "trace_train" : "trace_train-f64");
}
