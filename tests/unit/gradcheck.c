/* gradcheck.c — the gradient check finds what is wrong, clears what is right, and knows a kink. */
#include "runtime/gradcheck.h"

#include <stdlib.h>

#include "runtime/layer.h"
#include "tests/unit/model.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { IMAGES = 3, CLASSES = 3, SIDE = 8, ROOM = IMAGES * SIDE * SIDE };

// ---- layers with a mistake ----------------------------------------------------------------------

// A thousandth too much.
static void relu_backward(const Step *s) {
    relu_layer.backward_ref(s);
    for (size_t i = 0; i < tensor_len(s->diff_src[0]); i++)
        s->diff_src[0].v[i] *= R(1.001);
}

// The other way round.
static void tanh_backward(const Step *s) {
    for (size_t i = 0; i < tensor_len(s->diff_dst); i++)
        s->diff_src[0].v[i] -= s->diff_dst.v[i] * (1 - s->dst.v[i] * s->dst.v[i]);
}

// Overwrites instead of adding: wrong only where two layers read the same value.
static void sigmoid_backward(const Step *s) {
    tensor_zero(s->diff_src[0]);
    sigmoid_layer.backward_ref(s);
}

// One picture too few in the gradient of the weights.
static void dense_backward(const Step *s) {
    Tensor none[2] = {{0}};
    Step first = *s, all = *s;
    Tensor src = tensor_part(s->src[0], 1, s->src[0].n), no_src = {0};
    all.diff_param = none;
    dense_layer.backward_ref(&all);
    first.src = &src;
    first.diff_src = &no_src;
    first.diff_dst = tensor_part(s->diff_dst, 1, s->diff_dst.n);
    dense_layer.backward_ref(&first);
}

static LayerKind wrong[4];

// The same layers with these mistakes, called wrong_relu and so on.
static void make_wrong(void) {
    static const struct {
        const LayerKind *kind;
        const char *name;
        void (*backward)(const Step *);
    } rows[] = {
        {&relu_layer, "wrong_relu", relu_backward},
        {&tanh_layer, "wrong_tanh", tanh_backward},
        {&sigmoid_layer, "wrong_sigmoid", sigmoid_backward},
        {&dense_layer, "wrong_dense", dense_backward},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        wrong[i] = *rows[i].kind;
        wrong[i].spec.name = rows[i].name;
        wrong[i].spec.synonyms = "";
        wrong[i].backward_ref = rows[i].backward;
        wrong[i].backward = NULL;
        wrong[i].backward_params = NULL;
    }
}

static Model model_with_wrong(const char *text) {
    Model m = {.arena = arena_make()};
    Vocabulary *v = arena_new(m.arena, Vocabulary);
    size_t n = 0;
    model_words(m.arena, v, (Shape){1, SIDE, SIDE}, CLASSES);
    while (v->kinds[GROUP_LAYER][n]) n++;
    const KindSpec **kinds = arena_array(m.arena, const KindSpec *, n + COUNT(wrong) + 1);
    for (size_t i = 0; i < n; i++) kinds[i] = v->kinds[GROUP_LAYER][i];
    for (size_t i = 0; i < COUNT(wrong); i++) kinds[n + i] = &wrong[i].spec;
    v->kinds[GROUP_LAYER] = kinds;
    m.diags = diags_make(m.arena);
    const char *whole = arena_print(m.arena, "data input\n%s\n", text);
    m.x = experiment_parse(m.arena, m.diags, v, "test.cnn", whole, strlen(whole));
    m.g = m.x ? &m.x->graph : NULL;
    if (!CHECK(m.x != NULL)) diags_render(m.diags, stdout);
    return m;
}

// ---- running it ---------------------------------------------------------------------------------

// The parameters before and after, and the pictures: noise, or all 0.
typedef struct Run { Model m; Params *params; GradCheck r; real in[ROOM]; bool ran; Error e; } Run;

static void run_open(Run *r, const char *text, bool black) {
    const Rng rng = rng_make(5, "test");
    r->m = model_with_wrong(text);
    r->params = r->m.g ? params_make(r->m.g, NULL, &r->e) : NULL;
    r->ran = false;
    if (r->params) params_init(r->params, r->m.x, 1);
    for (int i = 0; i < ROOM; i++) r->in[i] = black ? 0 : R(rng_normal(rng, (uint64_t)i));
}

static void run(Run *r, GradOptions o) {
    static const int label[IMAGES] = {0, 2, 1};
    const Tensor input = {.v = r->in, .n = IMAGES, .c = 1, .h = SIDE, .w = SIDE};
    o.seed = 3;
    if (r->params) r->ran = gradcheck_run(r->m.x, r->params, NULL, &o, input, label, &r->r, &r->e);
}

static void run_close(Run *r) {
    if (r->ran) gradcheck_free(&r->r);
    params_free(r->params);
    model_free(&r->m);
}

static const GradOptions usual = {.samples = 6, .shake = 1e-3, .noise = 0.1};

// ---- what is right ------------------------------------------------------------------------------

static const char *const right[] = {
    "conv 2 3x3; relu; maxpool 2; dense 5; tanh; dense 3; softmax\nloss crossentropy\noptimizer sgd lr=1",
    "conv 4 3x3 pad=1 as a; batchnorm; relu as b; conv 4 3x3 pad=1; add b; leakyrelu; concat a b; "
    "avgpool 2; dense 3; sigmoid\nloss crossentropy smoothing=10%\noptimizer adam",
    "conv 6 3x3 pad=1; instancenorm; elu; upsample 2; lrn 3; maxpool 2; layernorm; gelu; dense 70; "
    "batchnorm; silu; dropout 30%; dense 3\nloss hinge",
    "conv 4 3x3 stride=2 groups=1 dilation=2 pad=2; gelu approximate=tanh; globalavgpool; flatten; "
    "dense 3; tanh\nloss mse",
};

static void test_right(const char *text, bool ref) {
    Run r;
    GradOptions o = usual;
    o.ref = ref;
    run_open(&r, text, false);
    run(&r, o);
    if (!CHECK(r.ran)) printf("    %s: %s\n", text, r.e.text);
    if (r.ran && !CHECK(r.r.right)) printf("    %s\n", text);
    for (int i = 0; r.ran && i < r.r.n; i++) {
        const GradTensor *t = &r.r.tensor[i];
        const int most = t->len < 6 ? (int)t->len : 6;
        CHECK(t->right && t->compared > 0 && t->compared + t->kinks == most);
        CHECK(t->error <= GRADCHECK_LIMIT);
    }
    run_close(&r);
}

// What was moved is put back, running statistics too; and a second check says the same.
static void test_restores(void) {
    Run r;
    run_open(&r, right[1], false);
    if (!r.params) return;
    const size_t len = r.params->len;
    real *before = malloc(len * sizeof *before);
    memcpy(before, r.params->value, len * sizeof *before);
    run(&r, usual);
    CHECK(r.ran && memcmp(before, r.params->value, len * sizeof *before) == 0);
    const double loss = r.ran ? r.r.loss : 0, error = r.ran ? r.r.tensor[1].error : 0;
    if (r.ran) gradcheck_free(&r.r);
    run(&r, usual);
    CHECK(r.ran && r.r.loss == loss && r.r.tensor[1].error == error);
    free(before);
    run_close(&r);
}

// ---- what is wrong ------------------------------------------------------------------------------

// The tensors whose gradients a mistake spoils, and one that it does not reach.
static const struct { const char *net, *bad, *good; } mistakes[] = {
    {"conv 2 3x3; wrong_relu; dense 3; softmax", "0.weight", "2.weight"},
    {"dense 9; wrong_tanh; dense 3; softmax", "0.bias", "2.weight"},
    {"dense 9 as a; tanh as b; wrong_sigmoid; add b; dense 3; softmax", "a.weight", "4.bias"},
    {"dense 9; relu; wrong_dense 3; softmax", "2.weight", "0.weight"},
};

static const GradTensor *named(const GradCheck *c, const char *name) {
    for (int i = 0; i < c->n; i++)
        if (strcmp(c->tensor[i].name, name) == 0) return &c->tensor[i];
    return NULL;
}

static void test_mistake(size_t i) {
    char text[256];
    Run r;
    snprintf(text, sizeof text, "%s\nloss crossentropy\noptimizer sgd lr=1", mistakes[i].net);
    run_open(&r, text, false);
    run(&r, usual);
    CHECK(r.ran && !r.r.right);
    for (int k = 0; r.ran && k < 2; k++) {
        const char *name = k ? mistakes[i].good : mistakes[i].bad;
        const GradTensor *t = named(&r.r, name);
        if (CHECK(t && t->right == (k == 1))) continue;
        printf("    %s: %s\n", text, name);
        for (int j = 0; j < r.r.n; j++)
            printf("    %s %s %g\n", r.r.tensor[j].name, r.r.tensor[j].right ? "right" : "wrong",
                   r.r.tensor[j].error);
    }
    run_close(&r);
}

// ---- kinks --------------------------------------------------------------------------------------

// On black pictures with biases of 0 every relu stands on its kink: nothing is judged, nothing wrong.
static void test_kinks(void) {
    static const char net[] = "conv 2 3x3; relu; dense 3; softmax\nloss crossentropy";
    Run r;
    run_open(&r, net, true);
    run(&r, (GradOptions){.samples = 6});
    const GradTensor *bias = r.ran ? named(&r.r, "0.bias") : NULL;
    CHECK(bias && bias->right && bias->compared == 0 && bias->kinks == 2);
    CHECK(r.ran && r.r.right);
    run_close(&r);

    run_open(&r, net, true);
    run(&r, usual); // moved a little they stand on both sides of it
    bias = r.ran ? named(&r.r, "0.bias") : NULL;
    CHECK(bias && bias->right && bias->compared == 2);
    run_close(&r);
}

// A mistake is not excused by a kink that is too small to cause it.
static void test_no_excuse(void) {
    Run r;
    run_open(&r, "conv 8 3x3; maxpool 2; wrong_tanh; dense 3; softmax\nloss crossentropy", true);
    run(&r, (GradOptions){.samples = 6, .noise = 1e-3});
    const GradTensor *bias = r.ran ? named(&r.r, "0.bias") : NULL;
    CHECK(bias && !bias->right);
    run_close(&r);
}

// ---- what cannot be done ------------------------------------------------------------------------

static void test_refused(const char *net, const char *words) {
    Run r;
    run_open(&r, net, false);
    run(&r, usual);
    CHECK(!r.ran && strstr(r.e.text, words) != NULL);
    run_close(&r);
}

int main(void) {
    make_wrong();
    if (sizeof(real) != sizeof(double)) {
        test_refused(right[0], "double precision");
        return test_end("gradcheck");
    }
    for (size_t i = 0; i < COUNT(right) * 2; i++)
        test_right(right[i / 2], i % 2);
    test_restores();
    for (size_t i = 0; i < COUNT(mistakes); i++)
        test_mistake(i);
    test_kinks();
    test_no_excuse();
    test_refused("dense 3; softmax", "no loss");
    return test_end("gradcheck");
}
