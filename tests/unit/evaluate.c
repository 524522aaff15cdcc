/* evaluate.c — judging: counts and ratios worked out by hand, for a network whose answers are known.
 *
 * A picture is four pixels, one for each class, and the network says the class of the brightest. */
#include "runtime/report.h"
#include "runtime/train.h"
#include "runtime/vocabulary.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

enum { N = 8, C = 4 };

// cat, dog, eel, fox; there are no eels. One fox is nearly recognised, the other is the third guess.
static const struct { int class; uint8_t pixel[C]; } pictures[N] = {
    {0, {255, 0, 0, 0}},   {0, {200, 100, 0, 0}}, {0, {255, 51, 0, 51}}, {0, {102, 204, 0, 0}},
    {1, {0, 255, 0, 0}},   {1, {153, 102, 0, 0}}, {3, {204, 153, 0, 51}}, {3, {0, 0, 255, 204}},
};
static const char names[] = "cat\ndog, small\neel\nfo\"x";

/* Answers: cat cat cat dog · dog cat · cat eel. So "cat" is said 5 times and right 3 times, "dog" twice
 * and right once, "eel" once. Scores are 10 · pixel / 255. */
static const int confusion[C][C] = {{3, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 0, 0}, {1, 0, 1, 0}};
static const ClassScore score[C] = {
    {4, 5, 3, 3. / 5, 3. / 4, 6. / 9}, {2, 2, 1, 1. / 2, 1. / 2, 2. / 4},
    {0, 1, 0, 0, NAN, 0},              {2, 0, 0, NAN, 0, 0},
};
static const double mean[3] = {(0.6 + 0.5 + 0) / 3, (0.75 + 0.5 + 0) / 3, (6. / 9 + 0.5 + 0) / 3};

// The mistakes by loss, −ln p of the right class; of equals the first would come first.
static const struct { int picture, said; } worst[4] = {{6, 0}, {3, 1}, {5, 0}, {7, 2}};
static const int right_within[C + 1] = {0, 4, 7, 8, 8};

// ---- a session with that network ---------------------------------------------------------------------

static void put_set(Folder *f) {
    uint8_t v[16 + N * C] = {0, 0, 8, 3, 0, 0, 0, N, 0, 0, 0, 1, 0, 0, 0, C};
    uint8_t l[8 + N] = {0, 0, 8, 1, 0, 0, 0, N};
    for (int i = 0; i < N; i++) {
        memcpy(v + 16 + i * C, pictures[i].pixel, C);
        l[8 + i] = (uint8_t)pictures[i].class;
    }
    folder_put(f, "train-images-idx3-ubyte", v, sizeof v);
    folder_put(f, "train-labels-idx1-ubyte", l, sizeof l);
    folder_put(f, "t10k-images-idx3-ubyte", v, sizeof v);
    folder_put(f, "t10k-labels-idx1-ubyte", l, sizeof l);
}

typedef struct Case { Arena *arena; Session s; bool ok; } Case;

static Case open_case(const Folder *f, const char *lines) {
    Case c = {.arena = arena_make()};
    Diags *d = diags_make(c.arena);
    const RunOptions o = {.threads = 2};
    const char *text = arena_print(c.arena, "data \"%s\" classes=%d\n%s\n", f->path, C, lines);
    const Experiment *x = experiment_parse(c.arena, d, &runtime_vocabulary, "t.cnn", text, strlen(text));
    Error e;
    if (!CHECK(x != NULL)) diags_render(d, stdout);
    c.ok = x && CHECK(session_open(&c.s, x, &o, true, &e));
    if (c.ok) CHECK(dataset_classes_take(&c.s.data, names, &e));
    if (!c.ok) return c;
    const Tensor weights = params_tensor(c.s.params, 0, c.s.params->value);
    tensor_zero(weights);
    for (int k = 0; k < C; k++) *at(weights, k, k, 0, 0) = 10;
    return c;
}

static void close_case(Case *c) {
    if (c->ok) session_close(&c->s);
    arena_free(c->arena);
}

// ---- checks --------------------------------------------------------------------------------------------

static bool near(double got, double want) { return isnan(want) ? isnan(got) : fabs(got - want) < 1e-6; }

static double loss_of(int picture) {
    double sum = 0;
    for (int c = 0; c < C; c++) sum += exp(10 * pictures[picture].pixel[c] / 255.);
    return log(sum) - 10 * pictures[picture].pixel[pictures[picture].class] / 255.;
}

static void check_scores(const Evaluation *v) {
    CHECK(v->n == N && v->hits == 4 && near(v->accuracy, 0.5));
    CHECK(memcmp(v->confusion, confusion, sizeof confusion) == 0);
    for (int k = 0; k < C; k++) {
        const ClassScore *got = &v->score[k], *want = &score[k];
        CHECK(got->images == want->images && got->answers == want->answers && got->right == want->right);
        CHECK(near(got->precision, want->precision) && near(got->recall, want->recall));
        CHECK(near(got->f1, want->f1));
    }
    CHECK(v->mean.classes == 3 && near(v->mean.precision, mean[0]));
    CHECK(near(v->mean.recall, mean[1]) && near(v->mean.f1, mean[2]));
}

static void check_worst(const Evaluation *v, int wanted) {
    CHECK(v->n_worst == (wanted < 4 ? wanted : 4));
    for (int i = 0; i < v->n_worst; i++) {
        const WrongAnswer *w = &v->worst[i];
        CHECK(w->picture == worst[i].picture && w->said == worst[i].said);
        CHECK(w->wanted == pictures[w->picture].class && w->file == NULL);
        CHECK_NEAR(w->loss, loss_of(w->picture), 1e-5);
        CHECK(w->share > 0.25 && w->share < 1);
    }
}

static void check_evaluation(Session *s) {
    double loss = 0;
    for (int i = 0; i < N; i++) loss += loss_of(i) / N;
    for (int k = 0; k <= C; k++) {
        Evaluation v;
        Error e;
        if (!CHECK(evaluate_part(s, PART_TEST, k, 2 * k, &v, &e))) continue;
        CHECK(v.top == (k ? k : 1) && near(v.top_accuracy, right_within[v.top] / (double)N));
        CHECK_NEAR(v.loss, loss, 1e-5);
        check_scores(&v);
        check_worst(&v, 2 * k);
        evaluation_free(&v);
    }
}

// ---- some pictures, one by one -------------------------------------------------------------------------

typedef struct Told { int n, end; WrongAnswer a[8]; } Told;

static bool each_answer(void *ctx, const WrongAnswer *a) {
    Told *t = ctx;
    t->a[t->n++] = *a;
    return t->n != t->end;
}

// Those of a list are told of in its order, as the whole part would tell of them, until somebody has enough.
static void check_pictures(Session *s) {
    static const int list[] = {6, 0, 3, 6};
    for (int end = 0; end <= 2; end++) {
        Told t = {.end = end};
        Error e = {{0}};
        CHECK(evaluate_pictures(s, PART_TEST, list, 4, each_answer, &t, &e) == (end == 0) && !e.text[0]);
        CHECK(t.n == (end ? end : 4));
        for (int i = 0; i < t.n; i++) {
            CHECK(t.a[i].picture == list[i] && t.a[i].wanted == pictures[list[i]].class);
            CHECK_NEAR(t.a[i].loss, loss_of(list[i]), 1e-5);
        }
        for (int i = 0; i < t.n; i++)
            for (int k = 0; k < 4; k++)
                if (worst[k].picture == list[i]) CHECK(t.a[i].said == worst[k].said);
    }
}

// ---- tables --------------------------------------------------------------------------------------------

static const struct { const char *file, *text; } tables[] = {
    {"classes.csv", "class,images,answers,right,precision,recall,f1\n"
                    "cat,4,5,3,0.6,0.75,0.666667\n"
                    "\"dog, small\",2,2,1,0.5,0.5,0.5\n"
                    "eel,0,1,0,0,,0\n"
                    "\"fo\"\"x\",2,0,0,,0,0\n"},
    {"confusion.csv", "class,cat,\"dog, small\",eel,\"fo\"\"x\"\n"
                      "cat,3,1,0,0\n\"dog, small\",1,1,0,0\neel,0,0,0,0\n\"fo\"\"x\",1,0,1,0\n"},
};

static bool begins(Folder *f, const char *file, const char *text, bool whole) {
    size_t len;
    Error e;
    char *got = io_read(folder_file(f, file), 1 << 16, &len, &e);
    const bool ok = got && (whole ? strcmp(got, text) == 0 : strncmp(got, text, strlen(text)) == 0);
    if (!ok) printf("%s holds\n%s", file, got ? got : "nothing");
    free(got);
    return ok;
}

static void check_tables(Folder *f, Session *s) {
    Evaluation v;
    Error e;
    if (!CHECK(evaluate_part(s, PART_TEST, 2, 1, &v, &e))) return;
    CHECK(report_save(f->path, &v, &e));
    for (int i = 0; i < 2; i++) CHECK(begins(f, tables[i].file, tables[i].text, true));
    CHECK(begins(f, "evaluation.csv", "part,images,right,accuracy,loss,top,top_accuracy,balanced_accuracy,"
                 "precision,recall,f1\ntest,8,4,0.5,", false));
    CHECK(begins(f, "worst.csv", "part,picture,file,class,answer,probability,loss\n"
                 "test,6,,\"fo\"\"x\",cat,0.8", false));
    CHECK(!report_save(folder_file(f, "nowhere"), &v, &e) && strstr(e.text, "evaluation.csv") != NULL);
    evaluation_free(&v);
}

// A model without a loss can be judged, too: there is no loss then, and nobody to say which is worst.
static void check_no_loss(Session *s) {
    Evaluation v;
    Error e;
    if (!CHECK(evaluate_part(s, PART_TEST, 2, 8, &v, &e))) return;
    CHECK(isnan(v.loss) && v.n_worst == 4 && isnan(v.worst[0].loss) && v.worst[0].picture == 3);
    check_scores(&v);
    evaluation_free(&v);
}

// Without any classes there is nothing to take a mean of.
static void check_empty(void) {
    ClassScore none[2] = {{0}, {0}};
    const MeanScore m = scores_fill(none, 2);
    CHECK(m.classes == 0 && isnan(m.precision) && isnan(m.recall) && isnan(m.f1));
}

int main(void) {
    Folder f = folder_make();
    put_set(&f);
    Case c = open_case(&f, "dense classes bias=no; softmax\nloss crossentropy");
    if (c.ok) {
        check_evaluation(&c.s);
        check_pictures(&c.s);
        check_tables(&f, &c.s);
    }
    close_case(&c);
    c = open_case(&f, "dense classes bias=no; softmax");
    if (c.ok) check_no_loss(&c.s);
    close_case(&c);
    check_empty();
    folder_remove(&f);
    return test_end("evaluate");
}
