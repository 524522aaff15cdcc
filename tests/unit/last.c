/* last.c — inference of few images with the channels of a place side by side: the answers are those of the
 * definitions, the same bits on any number of threads, and it is done where it can be and nowhere else. */
#include <stdlib.h>

#include "runtime/kernels/kernels.h"
#include "runtime/plan_private.h"
#include "tests/unit/model.h"

// A network on images of C × H × W, and how each of its values lies: L last, . plain.
static const struct { const char *net; Shape image; const char *lies; } rows[] = {
    {"conv 16 3x3; relu; maxpool 2; conv 32 3x3; flatten; dense 3",               {3, 17, 18}, ".LLLL.."},
    {"conv 16 3x3 pad=1 bias=no; batchnorm; relu; conv 16 3x3 pad=1; batchnorm; globalavgpool; dense 3",
                                                                                   {1, 13, 32}, ".LLLLL.."},
    {"conv 32 5x5 pad=2; leakyrelu; conv 16 3x3; sigmoid; conv 48 3x3; tanh; flatten; dense 3",
                                                                                   {4, 11, 12}, ".LLLLLL.."},
    {"conv 64 3x3 stride=2 pad=1; gelu; conv 64 3x3 pad=same; dropout 20%; conv 32 1x1; globalavgpool",
                                                                                   {3, 31, 25}, ".LLLLL."},
    {"conv 16 3x3 pad=1 as a; batchnorm; relu; conv 16 3x3 pad=1; batchnorm; add a; relu; "
     "conv 32 3x3 stride=2 pad=1; silu; maxpool 3 stride=2 pad=1; conv 32 3x3 pad=2; elu; flatten; "
     "dense 3",
                                                                          {3, 16, 20}, ".LLLLLLLLLLLL.."},
    {"conv 16 4x3 stride=2; relu; conv 16 1x1 stride=3; relu; maxpool 2 stride=1; flatten; dense 3",
                                                                                   {16, 23, 24}, ".LLLLL.."},
    // many weights, in panels: whole images and rows, cut between filters and between rows
    {"conv 144 3x3 pad=1; relu; conv 128 3x3 pad=1; relu; conv 160 3x3 stride=2 pad=1; conv 144 3x3 pad=2; "
     "globalavgpool; dense 3",                                                     {3, 12, 13}, ".LLLLLL.."},
    {"avgpool 2; conv 528 3x3 pad=1; relu; conv 48 3x3 dilation=2 bias=no; globalavgpool; dense 3",
                                                                                   {32, 20, 19}, "..LLL.."},
    {"avgpool 2; conv 400 4x3 stride=2 pad=1; relu; conv 48 1x1; globalavgpool; dense 3",
                                                                                   {48, 22, 21}, "..LLL.."},
    {"conv 16 3x3 as a; conv 24 3x3; relu; conv 16 3x3; flatten; dense 3",         {3, 18, 18}, "....L.."},
    {"conv 16 3x3; relu; flatten; dense 3",                                        {3, 12, 12}, "....."},
    {"conv 16 3x3; avgpool 2; conv 16 3x3; relu; flatten; dense 3",                {3, 14, 14}, "...LL.."},
    {"conv 16 3x3 dilation=2; conv 32 3x3 groups=2; relu; conv 16 3x3",            {3, 14, 14}, "....."},
    {"conv 16 3x3; conv 16 10x10; relu; dense 3",                                  {3, 12, 12}, "....."},
    {"relu; conv 16 3x3; softmax",                                                 {3, 8, 8},   "...."},
};
static const int batches[] = {1, 3, 5};
enum { N_ROWS = sizeof rows / sizeof *rows, N_BATCHES = sizeof batches / sizeof *batches };

typedef struct Case { Model m; Params *params; int n; } Case;

// Numbers that make every layer do something: no mean 0, no variance 1.
static void fill_params(Params *p) {
    const Rng rng = rng_make(3, "params");
    for (size_t i = 0; i < p->len; i++) p->value[i] += R(0.2 * rng_uniform(rng, i));
}

static void fill(Plan *p, int n) {
    const Rng rng = rng_make(5, "images");
    const Tensor in = plan_input(p, n);
    for (size_t i = 0; i < tensor_len(in); i++) in.v[i] = R(rng_normal(rng, i));
}

static Plan *plan_of(const Case *c, Threads *t, PlanOptions o) {
    Error e;
    o.batch = c->n;
    Plan *p = plan_make(c->m.x, c->params, t, &o, &e);
    if (!CHECK(p != NULL)) printf("%s\n", e.text);
    return p;
}

// The answers of a plan, which is freed; twice, since weights are prepared in the first run only.
static real *answers(const Case *c, Plan *p, size_t *len) {
    fill(p, c->n), plan_infer(p, c->n);
    fill(p, c->n), plan_infer(p, c->n);
    const Tensor out = plan_value(p, c->m.g->output, c->n);
    *len = tensor_len(out);
    real *v = malloc(*len * sizeof *v);
    memcpy(v, out.v, *len * sizeof *v);
    plan_free(p);
    return v;
}

static const PlanOptions quick = {.weights_fixed = true, .unseen = true};

static void check_layouts(const Case *c, const char *lies) {
    static const PlanOptions others[] = {{.unseen = true}, {.weights_fixed = true},
        {.weights_fixed = true, .unseen = true, .keep = true},
        {.weights_fixed = true, .unseen = true, .no_winograd = true}};
    Plan *p = plan_of(c, NULL, quick);
    for (int i = 0; i < c->m.g->n_nodes; i++) {
        CHECK(lies[i] == (p->node[i].layout == LAYOUT_LAST ? 'L' : '.'));
        CHECK(lies[i] == '.' || plan_value(p, i, 1).v == NULL);
    }
    CHECK(c->m.g->n_nodes == (int)strlen(lies));
    plan_free(p);
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        p = plan_of(c, NULL, others[k]);
        for (int i = 0; i < c->m.g->n_nodes; i++) CHECK(p->node[i].layout == LAYOUT_PLAIN);
        plan_free(p);
    }
}

static void check_near(const real *got, const real *want, size_t n) {
    double most = 0, worst = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = fabs((double)got[i] - (double)want[i]);
        if (!(fabs((double)want[i]) <= most)) most = fabs((double)want[i]);
        if (!(d <= worst)) worst = d;
    }
    CHECK_NEAR(worst, 0, (sizeof(real) == 4 ? 1e-5 : 1e-14) * most);
}

static void check_answers(const Case *c) {
    size_t len = 0;
    real *const want = answers(c, plan_of(c, NULL, (PlanOptions){.ref = true}), &len), *one = NULL;
    for (int k = 1; k <= 3; k += 1 + test_slow()) {
        Threads *t = threads_make(k);
        real *const got = answers(c, plan_of(c, t, quick), &len);
        if (k == 1) check_near(got, want, len);
        if (one) CHECK(memcmp(one, got, len * sizeof *got) == 0);
        if (k == 1) one = got;
        else free(got);
        threads_free(t);
    }
    free(want), free(one);
}

// A value that somebody wants to see lies in the plain order, and so does what its readers need plain.
static void check_kept(void) {
    const char *net = "conv 16 3x3; relu; conv 16 3x3; relu; flatten; dense 3";
    Case c = {.m = model_make(net, (Shape){3, 12, 12}, 3), .n = 1};
    Error e;
    c.params = params_make(c.m.g, NULL, &e);
    params_init(c.params, c.m.x, 1);
    const bool kept[] = {false, false, true, false, false, false, false};
    Plan *p = plan_of(&c, NULL, (PlanOptions){.weights_fixed = true, .unseen = true, .kept = kept});
    fill(p, 1), plan_infer(p, 1);
    CHECK(plan_value(p, 2, 1).v != NULL && plan_value(p, 2, 1).layout == LAYOUT_PLAIN);
    CHECK(p->node[1].layout == LAYOUT_PLAIN && p->node[3].layout == LAYOUT_LAST);
    plan_free(p);
    params_free(c.params);
    model_free(&c.m);
}

static void check_row(int i, bool all) {
    Case c = {.m = model_make(rows[i].net, rows[i].image, 3)};
    Error e;
    c.params = c.m.x ? params_make(c.m.g, NULL, &e) : NULL;
    if (!CHECK(c.params != NULL)) return;
    params_init(c.params, c.m.x, 1);
    fill_params(c.params);
    for (int k = all ? 0 : N_BATCHES - 1; k < N_BATCHES; k++) {
        const int before = tests_failed;
        c.n = batches[k];
        check_layouts(&c, rows[i].lies);
        check_answers(&c);
        if (tests_failed > before) printf("in '%s', %d images\n", rows[i].net, c.n);
    }
    params_free(c.params);
    model_free(&c.m);
}

int main(void) {
    check_kept();
    bool all = !test_slow(); // batches, of the best kernels
    for (const Kernels *k = kernels_table; k->name; k++) {
        Error e;
        if (!k->usable()) continue;
        CHECK(kernels_choose(k->name, &e));
        for (int i = 0; i < N_ROWS; i++) check_row(i, all);
        all = false;
    }
    return test_end(sizeof(real) == 4 ? "last" : "last-f64");
}
