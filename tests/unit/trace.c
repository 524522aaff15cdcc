/* trace.c — a traced step is the step that training does, bit for bit, and can be looked at. */
#include "runtime/trace.h"

#include "runtime/batch.h"
#include "runtime/loss.h"
#include "runtime/pace.h"
#include "tests/unit/session.h"

enum { N = SET_PICTURES, SIDE = SET_SIDE, CLASSES = SET_CLASSES, STEPS = 3 };

// Networks and trainings that differ in what a step has to keep, and in how the numbers of the batch
// lie: 18 images one after the other, 16 or 28 side by side.
static const struct { const char *net, *training; } cases[] = {
    {"conv 2 3x3; relu; maxpool 2; dense 5; tanh; dense 3; softmax",
     "optimizer sgd lr=0.1\ntrain iterations=9 batch=18"},
    {"conv 4 3x3 pad=1 as a; batchnorm; relu as b; conv 4 3x3 pad=1; add b; relu; concat a b; "
     "maxpool 2; dense 3; softmax",
     "optimizer sgd lr=0.1 momentum=0.9 decay=0.01\n"
     "train iterations=9 batch=28 schedule=cosine warmup=1 clip=0.5"},
    {"dropout 20%; dense 20; leakyrelu; dropout 50%; dense 3; softmax",
     "optimizer adam lr=0.01\ntrain epochs=2 batch=16 lr=0.02 schedule=exponential"},
    {"conv 6 3x3 pad=1; instancenorm; elu; upsample 2; lrn 3; maxpool 2; layernorm; gelu; "
     "dense 70; batchnorm; silu; dense 3; sigmoid",
     "optimizer rmsprop lr=0.01 momentum=0.5\ntrain epochs=1 batch=18"},
    {"section base { conv 4 3x3; batchnorm; relu }; dense 3; softmax",
     "optimizer adagrad lr=0.01\nfreeze base\ntrain epochs=1 batch=28"},
};
enum { N_CASES = sizeof cases / sizeof cases[0] };

// ---- sessions and steps -------------------------------------------------------------------------

static Case case_open(const Folder *f, const char *net, const char *loss, const char *training, int threads) {
    char text[1024];
    snprintf(text, sizeof text, "preprocess { rescale 1/255; normalize }\n%s\n%s\n%s", net, loss, training);
    return case_make(f, text, (RunOptions){.threads = threads});
}

static Case case_number(const Folder *f, int i, int threads) {
    return case_open(f, cases[i].net, "loss crossentropy smoothing=5%", cases[i].training, threads);
}

static const TraceOptions by_training = {.part = PART_TRAIN, .first = -1};

static bool open_trace(Trace *t, Case *c, TraceOptions o) {
    Error e = {{0}};
    const bool ok = c->open && trace_open(t, &c->s, &o, &e);
    if (!CHECK(ok)) printf("%s\n", e.text);
    return ok;
}

static bool step(Trace *t, bool update) {
    Error e = {{0}};
    const bool ok = trace_step(t, update, &e);
    if (!CHECK(ok)) printf("%s\n", e.text);
    return ok;
}

// ---- comparing ----------------------------------------------------------------------------------

static bool same_image(Tensor a, Tensor b, int n) {
    for (int c = 0; c < a.c; c++)
        for (int y = 0; y < a.h; y++)
            for (int x = 0; x < a.w; x++)
                if (memcmp(at(a, n, c, y, x), at(b, n, c, y, x), sizeof(real)) != 0) return false;
    return true;
}

// The same numbers; how they lie does not matter.
static bool same_tensor(Tensor a, Tensor b) {
    if (!a.v || !b.v) return a.v == b.v;
    bool same = a.n == b.n && a.c == b.c && a.h == b.h && a.w == b.w;
    for (int n = 0; same && n < a.n; n++) same = same_image(a, b, n);
    return same;
}

static bool same_slab(const Params *p, const real *a, const real *b) {
    return memcmp(a, b, p->len * sizeof *a) == 0;
}

// ---- the same as training -----------------------------------------------------------------------

typedef struct Plain { Plan *plan; Batcher b; const TrainOptions *o; Pace pace; } Plain;

static Plain plain_open(Case *c) {
    Plain p = {0};
    Error e;
    const Experiment *x = c->s.x;
    for (int i = 0; i < x->n_actions && !p.o; i++) {
        if (x->action[i].kind == ACTION_FREEZE) params_freeze(c->s.params, "base", true);
        if (x->action[i].kind == ACTION_TRAIN) p.o = x->action[i].use.cfg;
    }
    CHECK(params_learn(c->s.params, &x->optimizer, &e));
    p.pace = pace_make(&c->s, p.o, N);
    const PlanOptions o = {.batch = p.pace.batch, .training = true, .no_winograd = true, .seed = c->s.seed};
    p.plan = plan_make(x, c->s.params, c->s.threads, &o, &e);
    CHECK(p.plan && batcher_open(&p.b, &c->s.data, c->s.threads, &e));
    return p;
}

static double plain_step(Plain *p, const int *index, int k) {
    const int n = p->pace.batch;
    int label[N];
    Error e;
    CHECK(batcher_fill(&p->b, PART_TRAIN, index, n, NULL, plan_input(p->plan, n), label, &e));
    loss_target(label, plan_target(p->plan, n), 0.05);
    return plan_train(p->plan, n, (uint64_t)k);
}

static void plain_update(Plain *p, Case *c, int k) {
    const ScheduleState start = schedule_start();
    const double clip = p->o->clip, norm = params_norm(c->s.params, NULL) + 1e-6;
    params_update(c->s.params, &c->s.x->optimizer, pace_rate(&p->pace, (uint64_t)k, &start),
                  clip > 0 && clip < norm ? clip / norm : 1, NULL);
}

static void same_numbers(const Trace *t, const Plain *p, const Case *c) {
    for (int i = 0; i < c->s.x->graph.n_nodes; i++) {
        CHECK(same_tensor(trace_value(t, i), plan_value(p->plan, i, t->n)));
        CHECK(same_tensor(trace_diff(t, i), plan_diff(p->plan, i, t->n)));
    }
    for (int i = 0; i < c->s.params->n; i++) {
        const Tensor g = trace_param(t, i, PARAM_GRAD);
        CHECK(!g.v || same_tensor(g, params_tensor(c->s.params, i, c->s.params->grad)));
    }
}

static void is_the_step_of_training(const Folder *f, int i, int threads) {
    Case a = case_number(f, i, threads), b = case_number(f, i, 1);
    Trace t;
    if (!open_trace(&t, &a, by_training)) return;
    int order[N];
    dataset_order(&b.s.data, PART_TRAIN, b.s.seed, 0, order);
    Plain p = plain_open(&b);
    CHECK(t.n == p.pace.batch && memcmp(t.picture, order, sizeof *order * (size_t)t.n) == 0);
    for (int k = 0; k < STEPS; k++) {
        step(&t, true);
        const double loss = plain_step(&p, order, k);
        CHECK(t.loss == loss && t.steps == k + 1);
        same_numbers(&t, &p, &b);
        plain_update(&p, &b, k);
        CHECK(same_slab(b.s.params, a.s.params->value, b.s.params->value));
        for (int slot = 0; slot < b.s.params->n_slots; slot++)
            CHECK(same_slab(b.s.params, a.s.params->slot[slot], b.s.params->slot[slot]));
    }
    plan_free(p.plan);
    batcher_close(&p.b);
    trace_close(&t);
    case_close(&a), case_close(&b);
}

// ---- before and after ---------------------------------------------------------------------------

static void looks_keep_what_was(const Folder *f, int i) {
    Case c = case_number(f, i, 1);
    Trace t;
    if (!open_trace(&t, &c, by_training)) return;
    Params *p = c.s.params;
    real *before = malloc(p->len * sizeof *before);
    memcpy(before, p->value, p->len * sizeof *before);

    step(&t, false);
    const double loss = t.loss, again = trace_again(&t, NULL);
    CHECK(t.steps == 0 && same_slab(p, p->value, before));
    CHECK(again == loss);
    step(&t, true);
    CHECK(t.loss == loss && !same_slab(p, p->value, before));
    for (int k = 0; k < p->n; k++) {
        const Tensor was = params_tensor(p, k, before), g = trace_param(&t, k, PARAM_GRAD);
        const Tensor used = trace_param(&t, k, PARAM_USED), now = trace_param(&t, k, PARAM_AFTER);
        CHECK(same_tensor(trace_param(&t, k, PARAM_BEFORE), was));
        CHECK(same_tensor(now, params_tensor(p, k, p->value)));
        CHECK((g.v == NULL) == p->param[k].frozen && (used.v == NULL) == (g.v == NULL));
        if (g.v) CHECK_NEAR(used.v[0], g.v[0] * t.scale, 1e-6);
        if (p->param[k].frozen && p->param[k].spec->role != PARAM_STATISTIC) CHECK(same_tensor(now, was));
        for (int s = 0; s < p->n_slots && g.v; s++) CHECK(trace_slot(&t, k, s, false).v[0] == 0);
    }
    free(before);
    trace_close(&t);
    case_close(&c);
}

// What trace_again says is what the next step finds; and it draws what the step drew.
static void again_is_the_next_step(const Folder *f, int i, bool random) {
    Case c = case_number(f, i, 2);
    Trace t;
    if (!open_trace(&t, &c, by_training)) return;
    real out[CLASSES], *before = malloc(c.s.params->len * sizeof *before);
    CHECK(isnan(trace_again(&t, out)));
    step(&t, true);
    memcpy(before, c.s.params->value, c.s.params->len * sizeof *before);
    const double again = trace_again(&t, out);
    CHECK(same_slab(c.s.params, c.s.params->value, before));
    CHECK(again == trace_again(&t, NULL));
    step(&t, true);
    if (!random) CHECK(t.loss == again);
    const Tensor y = trace_value(&t, c.s.x->graph.output);
    for (int k = 0; !random && k < CLASSES; k++) CHECK(*at(y, 0, k, 0, 0) == out[k]);
    free(before);
    trace_close(&t);
    case_close(&c);
}

// ---- pictures -----------------------------------------------------------------------------------

static void pictures_are_chosen(const Folder *f) {
    Case c = case_number(f, 0, 1);
    Trace t;
    Error e = {{0}};
    if (!open_trace(&t, &c, (TraceOptions){.part = PART_TRAIN, .first = 7, .batch = 5})) return;
    CHECK(t.n == 5 && t.picture[0] == 7 && t.label[0] == c.s.data.part[PART_TRAIN].label[7]);
    step(&t, true);
    CHECK(trace_choose(&t, &(TraceOptions){.part = PART_TRAIN, .first = N - 1, .batch = N + 9}, &e));
    CHECK(t.n == N && t.picture[0] == N - 1 && t.steps == 1);
    bool seen[N] = {0};
    for (int i = 0; i < N; i++) {
        CHECK(!seen[t.picture[i]]);
        seen[t.picture[i]] = true;
    }
    step(&t, true);
    CHECK(!trace_choose(&t, &(TraceOptions){.part = PART_TRAIN, .first = N}, &e));
    CHECK(strstr(e.text, "40") != NULL);
    CHECK(!trace_choose(&t, &(TraceOptions){.part = PART_VALID}, &e));
    CHECK(t.n == N && step(&t, true) && t.steps == 3);
    trace_close(&t);
    case_close(&c);
}

// The inspected picture comes out of its stages as what the network read.
static void picture_is_watched(const Trace *t) {
    int last = -1;
    for (int i = 0; i < t->n_stages; i++)
        if (trace_picture(t, i).v) last = i;
    CHECK(last == 2 && t->stage[last].kind == STAGE_STEP);
    const Tensor in = trace_value(t, 0);
    CHECK(same_tensor(trace_picture(t, last), tensor_part(in, 0, 1)));
    CHECK(trace_picture(t, last + 1).v == NULL && trace_picture(t, -1).v == NULL);
    CHECK(trace_drawn(t, 0, 0, NULL, NULL) == 0);
}

// The same bytes give the same numbers, wherever they come from.
static void elsewhere_is_the_same(const Folder *f, int batch) {
    Case c = case_number(f, 1, 1);
    Trace t, u;
    if (!c.open) return;
    const ImageList *part = &c.s.data.part[PART_TRAIN];
    const Picture p = {SIDE, SIDE, 1, (uint8_t *)part->pixel[3]};
    const TraceOptions there = {.part = PART_TRAIN, .picture = &p, .label = part->label[3],
                                .batch = batch};
    if (!open_trace(&t, &c, (TraceOptions){.part = PART_TRAIN, .first = 3, .batch = 1}) ||
        !open_trace(&u, &c, there))
        return;
    step(&t, false), step(&u, false);
    picture_is_watched(&t), picture_is_watched(&u);
    CHECK(u.picture[0] == -1 && u.label[0] == t.label[0] && u.n == batch && u.judged);
    CHECK(same_tensor(tensor_part(trace_value(&u, 0), 0, 1), trace_value(&t, 0)));

    const TraceOptions unknown = {.part = PART_TRAIN, .picture = &p, .label = -1};
    Error e;
    CHECK(trace_choose(&u, &unknown, &e) && !u.judged && u.n == 1);
    step(&u, true);
    CHECK(u.steps == 0 && trace_diff(&u, 1).v == NULL && trace_losses(&u) == NULL);
    CHECK(trace_stage(&u, "loss") < 0 && trace_stage(&u, "update") < 0 && isnan(trace_again(&u, NULL)));
    real out[CLASSES];
    CHECK(predict(&c.s, &p, 1, out, &e));
    CHECK(memcmp(out, trace_value(&u, c.s.x->graph.output).v, sizeof out) == 0);
    real answer[CLASSES];
    CHECK(trace_answer(&t, answer) && memcmp(out, answer, sizeof out) == 0);
    CHECK(!trace_choose(&u, &(TraceOptions){.picture = &p, .label = CLASSES}, &e));
    trace_close(&t), trace_close(&u);
    case_close(&c);
}

static void wrong_one_is_found(const Folder *f) {
    Case c = case_number(f, 0, 1);
    Evaluation v;
    Error e;
    int wrong, first = N;
    if (!c.open || !CHECK(trace_find_wrong(&c.s, PART_TRAIN, N, &wrong, &e))) return;
    CHECK(evaluate_part(&c.s, PART_TRAIN, 1, N, &v, &e));
    for (int i = 0; i < v.n_worst; i++)
        if (v.worst[i].picture < first) first = v.worst[i].picture;
    CHECK(first < N && wrong == first);
    CHECK(trace_find_wrong(&c.s, PART_TRAIN, first, &wrong, &e) && wrong == -1);
    evaluation_free(&v);
    case_close(&c);
}

// ---- stages -------------------------------------------------------------------------------------

static void stages_are_in_order(const Folder *f) {
    static const char *const want[] = {
        "load", "rescale", "normalize.2", "normalize", "loss", "flatten_before_update", "update", "3",
        "loss.2", "update.backward", "flatten_before_update.backward", "loss.backward",
        "normalize.backward", "update.2"};
    enum { N_WANT = sizeof want / sizeof want[0] };
    Case c = case_open(f, "conv 2 3x3 as normalize; relu as loss; dense 3 as update; softmax",
                       "loss crossentropy", "optimizer sgd lr=0.1", 1);
    Trace t;
    if (!open_trace(&t, &c, by_training)) return;
    CHECK(t.n == 1 && t.n_stages == N_WANT);
    for (int i = 0; i < t.n_stages && i < N_WANT; i++) {
        CHECK_TEXT(t.stage[i].name, want[i]);
        CHECK(trace_stage(&t, t.stage[i].name) == i && t.stage[i].use && t.stage[i].formula);
    }
    CHECK(trace_stage(&t, "nothing") == -1);
    step(&t, true);
    CHECK(t.rate == 0.1 && t.scale == 1 && t.norm > 0);
    trace_close(&t);
    case_close(&c);
}

static void names_are_unique(const Folder *f, int i) {
    Case c = case_number(f, i, 1);
    Trace t;
    if (!open_trace(&t, &c, by_training)) return;
    for (int k = 0; k < t.n_stages; k++) {
        CHECK(trace_stage(&t, t.stage[k].name) == k);
        if (t.stage[k].kind == STAGE_BACKWARD) CHECK(trace_diff(&t, t.stage[k].index).v != NULL);
    }
    trace_close(&t);
    case_close(&c);
}

// A network that cannot be trained can be looked at, and so can one without a `train` line.
static void without_training(const Folder *f) {
    Case c = case_open(f, "conv 2 3x3; relu", "", "", 1);
    Trace t;
    if (!open_trace(&t, &c, (TraceOptions){.part = PART_TRAIN, .first = 2, .batch = 3})) return;
    step(&t, true);
    CHECK(!t.judged && t.steps == 0 && t.n_stages == 5 && t.n == 3);
    CHECK(tensor_bad(trace_value(&t, 2)) == -1 && trace_param(&t, 0, PARAM_GRAD).v == NULL);
    trace_close(&t);
    case_close(&c);
}

// ---- one number taken apart ---------------------------------------------------------------------

typedef struct Sum { double v; int n; } Sum;

static void add_term(void *ctx, const Term *t) {
    Sum *s = ctx;
    s->v += t->value;
    s->n++;
}

static bool explain(const Trace *t, int node, Asked asked, int k, int c, int y, int x, double *sum) {
    Sum s = {0};
    Question q = {.asked = asked, .k = k, .c = c, .y = y, .x = x, .ctx = &s, .term = add_term};
    const bool ok = trace_explain(t, node, &q);
    *sum = s.v;
    return ok;
}

static double explained_loss(const Trace *t, Asked asked, int n, int c) {
    Sum s = {0};
    Question q = {.asked = asked, .n = n, .c = c, .ctx = &s, .term = add_term};
    return CHECK(trace_explain_loss(t, &q)) ? s.v : NAN;
}

static double explained_update(const Trace *t, int param, int c) {
    Sum s = {0};
    Question q = {.asked = ASKED_WEIGHT, .c = c, .ctx = &s, .term = add_term};
    return CHECK(trace_explain_update(t, param, &q)) ? s.v : NAN;
}

// The loss and its gradient, and the weights after the update, are the sums of their terms.
static void explains_loss_and_update(const Trace *t, double eps) {
    const Tensor diff = trace_diff(t, t->score);
    Question q = {.asked = ASKED_LOSS, .n = t->n, .term = add_term};
    for (int n = 0; n < t->n; n++) {
        CHECK_NEAR(explained_loss(t, ASKED_LOSS, n, 0), trace_losses(t)[n], eps);
        for (int c = 0; c < diff.c; c++)
            CHECK_NEAR(explained_loss(t, ASKED_DIFF_SCORE, n, c), (double)*at(diff, n, c, 0, 0), eps);
    }
    CHECK(!trace_explain_loss(t, &q));
    for (int p = 0; p < t->s->params->n; p++) {
        const Tensor after = trace_param(t, p, PARAM_AFTER);
        q = (Question){.asked = ASKED_WEIGHT, .term = add_term};
        if (!trace_param(t, p, PARAM_USED).v) CHECK(!trace_explain_update(t, p, &q));
        else CHECK_NEAR(explained_update(t, p, after.c - 1), (double)*at(after, 0, after.c - 1, 0, 0), eps);
    }
}

// Numbers that are not there are refused; those that are there are the sums of their terms, with the
// weights that the step was done with.
static void explains_what_was(const Folder *f, int i) {
    Case c = case_number(f, i, 1);
    Trace t;
    double sum;
    const double eps = sizeof(real) == 4 ? 1e-4 : 1e-9;
    if (!open_trace(&t, &c, by_training)) return;
    CHECK(!explain(&t, 1, ASKED_DST, 0, 0, 0, 0, &sum));
    step(&t, true);
    for (int node = 0; node < c.s.x->graph.n_nodes; node++) {
        const Tensor v = trace_value(&t, node), d = trace_diff(&t, node);
        CHECK(!explain(&t, node, ASKED_DST, 0, v.c, 0, 0, &sum));
        CHECK(!explain(&t, node, ASKED_DST, 0, 0, -1, 0, &sum));
        CHECK(!explain(&t, node, ASKED_DIFF_PARAM, MAX_PARAMS, 0, 0, 0, &sum));
        if (!d.v) CHECK(!explain(&t, node, ASKED_DIFF_SRC, 0, 0, 0, 0, &sum));
        if (explain(&t, node, ASKED_DST, 0, v.c - 1, v.h - 1, v.w - 1, &sum))
            CHECK_NEAR(sum, (double)*at(v, 0, v.c - 1, v.h - 1, v.w - 1), eps);
    }
    for (int p = 0; p < c.s.params->n; p++) {
        const Param *q = &c.s.params->param[p];
        const Tensor g = trace_param(&t, p, PARAM_GRAD);
        const int k = p - params_of_node(c.s.params, q->node);
        if (!g.v) CHECK(!explain(&t, q->node, ASKED_DIFF_PARAM, k, 0, 0, 0, &sum));
        else if (explain(&t, q->node, ASKED_DIFF_PARAM, k, 0, 0, 0, &sum))
            CHECK_NEAR(sum, (double)g.v[0], eps);
    }
    explains_loss_and_update(&t, eps);
    step(&t, false);
    Question q = {.asked = ASKED_WEIGHT, .ctx = &(Sum){0}, .term = add_term};
    CHECK(!trace_explain_update(&t, 0, &q));
    trace_close(&t);
    case_close(&c);
}

int main(void) {
    Folder f = folder_make();
    set_put(&f);
    for (int i = 0; i < N_CASES; i++) {
        const int before = tests_failed;
        for (int threads = 1; threads <= 3; threads++) is_the_step_of_training(&f, i, threads);
        looks_keep_what_was(&f, i);
        again_is_the_next_step(&f, i, strstr(cases[i].net, "dropout") != NULL);
        names_are_unique(&f, i);
        explains_what_was(&f, i);
        if (tests_failed > before) printf("in the network '%s'\n", cases[i].net);
    }
    pictures_are_chosen(&f);
    elsewhere_is_the_same(&f, 6), elsewhere_is_the_same(&f, 31);
    wrong_one_is_found(&f);
    stages_are_in_order(&f);
    without_training(&f);
    folder_remove(&f);
    return test_end(sizeof(real) == 4 ? "trace" : "trace-f64");
}
