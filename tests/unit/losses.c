/* losses.c — every loss: values and gradients worked out by hand, gradients against finite
 * differences, targets, and what a last layer that does not fit is told. */
#include "runtime/loss.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/layer.h"
#include "tests/unit/model.h"

enum { ROOM = 4 };

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LN2 0.69314718055994531
#define LN3 1.0986122886681098

typedef struct Answer {
    const char *net;
    int classes, n, c;
    real score[ROOM], target[ROOM];
    double loss[2];
    real diff[ROOM]; // of the mean: share 1/n
} Answer;

static const Answer answers[] = {
    /* p = ¼ ¼ ½: the right one costs −ln ½; p − t. */
    {"dense 3; softmax\nloss crossentropy", 3, 1, 3, {0, 0, R(LN2)}, {0, 0, 1}, {LN2},
     {0.25, 0.25, -0.5}},
    /* Two images: ln 4 for the wrong of 3 : 1, ln 2 for 1 : 1; half of p − t each. */
    {"dense 2; softmax\nloss crossentropy", 2, 2, 2, {R(LN3), 0, 5, 5}, {0, 1, 1, 0},
     {2 * LN2, LN2}, {0.375, -0.375, -0.25, 0.25}},
    /* Soft targets: −2·⅛·ln ¼ − ¾·ln ½ = (½ + ¾)·ln 2. */
    {"dense 3; softmax\nloss crossentropy", 3, 1, 3, {0, 0, R(LN2)}, {0.125, 0.125, 0.75},
     {1.25 * LN2}, {0.125, 0.125, -0.25}},
    /* A score 1000 above the right one: no overflow, a loss of 1000. */
    {"dense 2; softmax\nloss crossentropy", 2, 1, 2, {1000, 0}, {0, 1}, {1000}, {1, -1}},
    /* p = ¾: −ln ¾ and −ln ¼; half of p − t each. */
    {"dense 1; sigmoid\nloss crossentropy", 2, 2, 1, {R(LN3), R(LN3)}, {1, 0},
     {2 * LN2 - LN3, 2 * LN2}, {-0.125, 0.375}},
    {"dense 1; sigmoid\nloss crossentropy", 2, 2, 1, {1000, -1000}, {0, 1}, {1000, 1000},
     {0.5, -0.5}},
    /* The mean over two outputs: (ln 2 + ln 2)/2; (½ − t)/2. */
    {"dense 2; sigmoid\nloss crossentropy", 2, 1, 2, {0, 0}, {0, 1}, {LN2}, {0.25, -0.25}},
    /* (1² + 2²)/2; 2/2·(1, 2). */
    {"dense 2; tanh\nloss mse", 2, 1, 2, {1, 3}, {0, 1}, {2.5}, {1, 2}},
    /* Class 1 leads class 0 by 2, class 2 by ½: half of 1 is lacking, and a third of it counts. */
    {"dense 3\nloss hinge", 3, 1, 3, {0, 2, 1.5}, {0, 1, 0}, {0.5 / 3},
     {0, R(-1.0 / 3), R(1.0 / 3)}},
    /* Equal: 1 is lacking. A lead of exactly 1 lacks nothing. */
    {"dense 2\nloss hinge", 2, 2, 2, {4, 4, 3, 2}, {0, 1, 1, 0}, {0.5, 0},
     {0.25, -0.25, 0, 0}},
    /* Soft targets: ¾·(1 − 3)⁺ + ¼·(1 + 3), halved. */
    {"dense 2\nloss hinge", 2, 1, 2, {3, 0}, {0.75, 0.25}, {0.5}, {0.125, -0.125}},
    {"dense 1\nloss mse", 2, 2, 1, {3, -1}, {1, 1}, {4, 4}, {2, -2}},
};

static const struct { real weight[ROOM]; Answer a; } weighted[] = {
    /* t becomes ¼ ½ ¾, 1½ together: 2·¼ + 2·½ + ¾ times ln 2; 1½·p − t. */
    {{2, 4, 1}, {"dense 3; softmax\nloss crossentropy", 3, 1, 3, {0, 0, R(LN2)},
                 {0.125, 0.125, 0.75}, {2.25 * LN2}, {0.125, -0.125, 0}}},
    /* p = ¾; 4·½ is for it, 2·½ against it: −2·ln ¾ − ln ¼; 3·¾ − 2. */
    {{2, 4}, {"dense 1; sigmoid\nloss crossentropy", 2, 1, 1, {R(LN3)}, {0.5},
              {6 * LN2 - 2 * LN3}, {0.25}}},
    /* An image of class 1 counts four times, one of class 0 twice. */
    {{2, 4}, {"dense 2; sigmoid\nloss crossentropy", 2, 1, 2, {0, 0}, {0, 1}, {4 * LN2}, {1, -1}}},
    {{2, 4}, {"dense 2; tanh\nloss mse", 2, 1, 2, {1, 3}, {0, 1}, {10}, {4, 8}}},
    {{2, 4}, {"dense 1\nloss mse", 2, 2, 1, {3, -1}, {1, 0}, {16, 2}, {8, -2}}},
    {{2, 4}, {"dense 2\nloss hinge", 2, 2, 2, {4, 4, 4, 4}, {0, 1, 1, 0}, {2, 1},
              {1, -1, -0.5, 0.5}}},
};

// The code of the first message, or N_CODES if there is none.
static const struct { const char *net; int classes; Code code; } fits[] = {
    {"dense 10; softmax\nloss crossentropy", 10, N_CODES},
    {"globalavgpool; softmax\nloss crossentropy", 3, N_CODES},
    {"dense 1; sigmoid\nloss crossentropy",  2,  N_CODES},
    {"dense 10; sigmoid\nloss crossentropy", 10, N_CODES},
    {"dense 10\nloss mse",                   10, N_CODES},
    {"dense 1; sigmoid\nloss mse",           2,  N_CODES},
    {"dense 10\nloss hinge",                 10, N_CODES},
    {"dense 2; tanh\nloss hinge",            2,  N_CODES},
    {"dense 10; relu\nloss crossentropy",    10, E_LAST},
    {"dense 10\nloss crossentropy",          10, E_LAST},
    {"dense 1; softmax\nloss crossentropy",  2,  E_LAST},
    {"dense 7; softmax\nloss crossentropy",  10, E_CLASSES},
    {"dense 1; sigmoid\nloss crossentropy",  10, E_CLASSES},
    {"softmax\nloss crossentropy",           3,  E_CLASSES},
    {"dense 7\nloss mse",                    10, E_CLASSES},
    {"relu\nloss mse",                       3,  E_CLASSES},
    {"dense 1\nloss hinge",                  2,  E_LAST},
    {"dense 7\nloss hinge",                  10, E_CLASSES},
    {"relu\nloss hinge",                     3,  E_CLASSES},
};

static const struct { const char *net; int c; } gradients[] = {
    {"dense 5; softmax\nloss crossentropy", 5}, {"dense 1; sigmoid\nloss crossentropy", 1},
    {"dense 4; sigmoid\nloss crossentropy", 4}, {"dense 5\nloss mse", 5}, {"dense 1\nloss mse", 1},
    {"dense 5\nloss hinge", 5},
};

static const double EPSILON = sizeof(real) == sizeof(float) ? 0x1p-23 : 0x1p-52;

// ---- answers ------------------------------------------------------------------------------------

static Tensor block(real *v, int n, int c) {
    return (Tensor){.v = v, .n = n, .c = c, .h = 1, .w = 1};
}

static void judge(const Experiment *x, Tensor score, Tensor target, const real *class_weight,
                  Tensor diff, double *loss) {
    const LossStep s = {.cfg = x->loss.cfg, .last = x->graph.node[x->graph.output].use.kind,
                        .score = score, .diff = diff, .target = target,
                        .class_weight = class_weight, .share = R(1) / R(score.n),
                        .loss = loss};
    ((const LossKind *)x->loss.kind)->judge(&s);
}

static void test_answer(Answer a, const real *weight) {
    Model m = model_make(a.net, (Shape){3, 4, 4}, a.classes);
    real diff[ROOM] = {1, 1, 1, 1}; // the gradient is added to what is there
    double loss[2];
    if (m.x) {
        const Tensor score = block(a.score, a.n, a.c), target = block(a.target, a.n, a.c);
        judge(m.x, score, target, weight, block(diff, a.n, a.c), loss);
        for (int n = 0; n < a.n; n++)
            CHECK_NEAR(loss[n], a.loss[n], 4 * EPSILON * (1 + a.loss[n]));
        for (int i = 0; i < a.n * a.c; i++)
            CHECK_NEAR(diff[i], 1 + (double)a.diff[i], 8 * EPSILON);
        judge(m.x, score, target, weight, (Tensor){0}, loss);
        CHECK_NEAR(loss[0], a.loss[0], 4 * EPSILON * (1 + a.loss[0]));
    }
    model_free(&m);
}

// ---- gradients ----------------------------------------------------------------------------------

static double mean_loss(const Experiment *x, Tensor score, Tensor target, const real *weight) {
    double loss[ROOM], sum = 0;
    judge(x, score, target, weight, (Tensor){0}, loss);
    for (int n = 0; n < score.n; n++)
        sum += loss[n] / score.n;
    return sum;
}

static void test_gradient(const char *net, int c, const real *weight) {
    enum { N = 3, MOST = 5 };
    Model m = model_make(net, (Shape){3, 4, 4}, c == 1 ? 2 : c);
    real score[N * MOST], target[N * MOST], diff[N * MOST] = {0};
    const int label[N] = {0, 1, 1};
    const Tensor s = block(score, N, c), t = block(target, N, c);
    double loss[ROOM];
    for (int i = 0; i < N * c; i++)
        score[i] = (real)(2 * rng_normal(rng_make(1, "test"), (uint64_t)i));
    loss_target(label, t, 0.2);
    if (m.x) judge(m.x, s, t, weight, block(diff, N, c), loss);
    for (int i = 0; m.x && i < N * c; i++) {
        const double h = 1e-5;
        const real v = score[i];
        score[i] = (real)(v + h);
        const double up = mean_loss(m.x, s, t, weight);
        score[i] = (real)(v - h);
        const double down = mean_loss(m.x, s, t, weight);
        score[i] = v;
        CHECK_NEAR((up - down) / (2 * h), diff[i], 1e-9);
    }
    model_free(&m);
}

// ---- images side by side ------------------------------------------------------------------------

// Sixteen images side by side are judged by the same sums: the same bits.
static void test_lanes(const char *net, int c, const real *weight) {
    enum { N = LANES + 3, MOST = 5, ALL = 2 * LANES * MOST };
    Model m = model_make(net, (Shape){3, 4, 4}, c == 1 ? 2 : c);
    real score[ALL] = {0}, plain[ALL], target[ALL], diff[ALL], plain_diff[ALL];
    double loss[N], plain_loss[N];
    int label[N];
    const Tensor s = {.v = score, .n = N, .c = c, .h = 1, .w = 1, .layout = LAYOUT_LANES};
    Tensor d = s;
    d.v = diff;
    for (int n = 0; n < N; n++) label[n] = n % (c == 1 ? 2 : c);
    loss_target(label, block(target, N, c), 0.2);
    for (int i = 0; i < ALL; i++) diff[i] = plain_diff[i] = 1;
    for (int i = 0; i < N * c; i++)
        *at(s, i / c, i % c, 0, 0) = (real)(5 * rng_normal(rng_make(1, "test"), (uint64_t)i));
    tensor_copy(block(plain, N, c), s);
    if (m.x) {
        judge(m.x, s, block(target, N, c), weight, d, loss);
        judge(m.x, block(plain, N, c), block(target, N, c), weight, block(plain_diff, N, c), plain_loss);
        CHECK(memcmp(loss, plain_loss, sizeof loss) == 0);
        for (int i = 0; i < N * c; i++) CHECK_NEAR(*at(d, i / c, i % c, 0, 0), plain_diff[i], 0);
        judge(m.x, s, block(target, N, c), weight, (Tensor){0}, loss);
        CHECK(memcmp(loss, plain_loss, sizeof loss) == 0);
    }
    model_free(&m);
}

// ---- targets ------------------------------------------------------------------------------------

static void test_target(void) {
    static const real wanted[] = {R(0.025), R(0.025), R(0.925), R(0.025),
                                  R(0.925), R(0.025), R(0.025), R(0.025)};
    real v[8];
    loss_target((const int[]){2, 0}, block(v, 2, 4), 0.1);
    for (int i = 0; i < 8; i++)
        CHECK_NEAR(v[i], wanted[i], EPSILON);
    loss_target((const int[]){0, 1}, block(v, 2, 1), 0);
    CHECK(v[0] == 0 && v[1] == 1);
    loss_target((const int[]){0, 1}, block(v, 2, 1), 0.2);
    CHECK_NEAR(v[0], 0.1, EPSILON);
    CHECK_NEAR(v[1], 0.9, EPSILON);
}

static void test_score(void) {
    Model a = model_make("dense 3; softmax\nloss crossentropy smoothing=10%", (Shape){3, 4, 4}, 3);
    Model b = model_make("dense 3; softmax\nloss mse", (Shape){3, 4, 4}, 3);
    if (a.x) {
        CHECK(loss_score(a.g, &a.x->loss) == a.g->output - 1);
        CHECK_NEAR(((const LossOptions *)a.x->loss.cfg)->smoothing, 0.1, 1e-12);
    }
    if (b.x) CHECK(loss_score(b.g, &b.x->loss) == b.g->output);
    model_free(&a);
    model_free(&b);
}

// ---- last layers --------------------------------------------------------------------------------

static void test_fit(const char *net, int classes, Code code) {
    Model m = model_try(net, (Shape){3, 4, 4}, classes);
    const bool right = code == N_CODES
        ? m.x != NULL : diags_count(m.diags) == 1 && diags_get(m.diags, 0)->code == code;
    if (!CHECK(right)) {
        printf("    %s, %d classes\n", net, classes);
        diags_render(m.diags, stdout);
    }
    model_free(&m);
}

static void test_complete(const char *loss) {
    bool found = false;
    for (size_t i = 0; i < COUNT(answers); i++)
        found |= strcmp(strstr(answers[i].net, "loss ") + 5, loss) == 0;
    if (!CHECK(found)) printf("    %s has no answer worked out by hand\n", loss);
}

int main(void) {
    for (size_t i = 0; i < COUNT(answers); i++)
        test_answer(answers[i], NULL);
    for (size_t i = 0; i < COUNT(weighted); i++)
        test_answer(weighted[i].a, weighted[i].weight);
    for (size_t i = 0; sizeof(real) == sizeof(double) && i < COUNT(gradients); i++) {
        test_gradient(gradients[i].net, gradients[i].c, NULL);
        test_gradient(gradients[i].net, gradients[i].c, (const real[]){0.5, 2, 3, 1, 0.25});
    }
    for (size_t i = 0; i < COUNT(gradients); i++) {
        test_lanes(gradients[i].net, gradients[i].c, NULL);
        test_lanes(gradients[i].net, gradients[i].c, (const real[]){0.5, 2, 3, 1, 0.25});
    }
    test_target();
    test_score();
    for (size_t i = 0; i < COUNT(fits); i++)
        test_fit(fits[i].net, fits[i].classes, fits[i].code);
    for (const KindSpec *const *k = runtime_vocabulary.kinds[GROUP_LOSS]; *k; k++)
        test_complete((*k)->name);
    return test_end("losses");
}
