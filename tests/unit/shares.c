/* shares.c — few images, long calls: done in parts by several threads, they give what the definitions
 * give, and the same bits on any number of threads, in training and in inference. */
#include <stdlib.h>

#include "runtime/plan_private.h"
#include "tests/unit/filled.h"
#include "tests/unit/model.h"

// Networks whose layers take every way that a call can be cut; images are 3×20×20.
static const struct { const char *what, *net; } nets[] = {
    {"rows", "conv 16 5x5 pad=2; relu; maxpool 2; conv 32 3x3; elu; conv 8 3x3 pad=1; flatten; dense 260; "
             "tanh; dense 3; softmax"},
    {"tiles", "conv 40 3x3 pad=1; relu; conv 48 3x3 pad=1; batchnorm; relu; conv 40 3x3; globalavgpool; "
              "dense 3; softmax"},
    {"columns", "conv 48 3x3 stride=2 pad=1; leakyrelu; conv 80 1x1; silu; conv 80 3x3 groups=2; avgpool 2; "
                "conv 40 3x3; dense 3; softmax"},
    {"skip", "conv 32 3x3 pad=1 as a; batchnorm; relu; conv 32 3x3 pad=1; add a; gelu; maxpool 3 stride=2; "
             "conv 96 3x3; conv 64 3x3 stride=2; sigmoid; dense 3; softmax"},
};
static const int batches[] = {1, 2, 16}; // whole images, and sixteen side by side
enum { N_NETS = sizeof nets / sizeof *nets, N_BATCHES = sizeof batches / sizeof *batches, MOST = 16 };

typedef struct Case { Model m; Params *params; int n; } Case;

// One step on all images; what it leaves behind: gradients, loss, then the answers of inference.
typedef struct Result { real *grad, out[MOST * 3]; double loss; int shared; } Result;

static Plan *plan_of(const Case *c, Threads *t, bool training, bool ref) {
    const PlanOptions o = {.batch = c->n, .training = training, .unseen = true, .ref = ref};
    Error e;
    Plan *p = plan_make(c->m.x, c->params, t, &o, &e);
    if (!CHECK(p != NULL)) printf("%s\n", e.text);
    plan_fill(p, c->n, 0);
    return p;
}

static Result run(const Case *c, int n_threads, bool ref) {
    Threads *t = threads_make(n_threads);
    Result r = {.grad = malloc((c->params->len + 1) * sizeof *r.grad)};
    params_init(c->params, c->m.x, 1);
    Plan *p = plan_of(c, t, true, ref);
    r.loss = plan_train(p, c->n, 0);
    memcpy(r.grad, c->params->grad, c->params->len * sizeof *r.grad);
    for (int i = 1; i < c->m.g->n_nodes; i++) r.shared += p->node[i].shares > 1;
    plan_free(p);
    p = plan_of(c, t, false, ref);
    plan_infer(p, c->n);
    const Tensor out = plan_value(p, c->m.g->output, c->n);
    for (int k = 0; k < c->n; k++)
        for (int j = 0; j < 3; j++) r.out[3 * k + j] = *at(out, k, j, 0, 0);
    plan_free(p);
    threads_free(t);
    return r;
}

static double largest(const real *v, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)v[i]) <= most)) most = fabs((double)v[i]);
    return most;
}

static void check_near(const real *got, const real *want, size_t n) {
    const double tolerance = sizeof(real) == 4 ? 2e-4 : 1e-11;
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = fabs((double)got[i] - (double)want[i]);
        if (!(d <= worst)) worst = d;
    }
    CHECK_NEAR(worst, 0, tolerance * largest(want, n));
}

static void check_net(int i, int n) {
    char text[600];
    snprintf(text, sizeof text, "%s\nloss crossentropy\noptimizer sgd lr=0.1\ntrain epochs=1 batch=8",
             nets[i].net);
    Case c = {.m = model_make(text, (Shape){3, 20, 20}, 3), .n = n};
    Error e;
    c.params = c.m.x ? params_make(c.m.g, &c.m.x->optimizer, &e) : NULL;
    if (!CHECK(c.params != NULL)) return;
    const size_t len = c.params->len;
    Result one = run(&c, 1, false), ref = run(&c, 1, true);
    CHECK(n == 2 || one.shared >= 1); // two images may be two groups
    CHECK(ref.shared == 0);
    CHECK_NEAR(one.loss, ref.loss, sizeof(real) == 4 ? 1e-4 : 1e-11);
    check_near(one.grad, ref.grad, len);
    check_near(one.out, ref.out, 3 * (size_t)n);
    for (int k = 2; k <= 3; k++) {
        Result many = run(&c, k, false);
        CHECK(memcmp(one.grad, many.grad, len * sizeof *one.grad) == 0);
        CHECK(memcmp(one.out, many.out, sizeof one.out) == 0);
        CHECK(one.loss == many.loss);
        free(many.grad);
    }
    free(one.grad), free(ref.grad);
    params_free(c.params);
    model_free(&c.m);
}

// The weights are prepared once, and anew when they are said to have changed.
static void check_fixed(void) {
    Case c = {.m = model_make("conv 40 3x3 pad=1; conv 40 3x3 pad=1; globalavgpool; dense 3; softmax",
                              (Shape){3, 20, 20}, 3), .n = 1};
    Error e;
    c.params = c.m.x ? params_make(c.m.g, NULL, &e) : NULL;
    if (!CHECK(c.params != NULL)) return;
    params_init(c.params, c.m.x, 1);
    const PlanOptions o = {.batch = 1, .weights_fixed = true};
    Plan *p = plan_make(c.m.x, c.params, NULL, &o, &e), *fresh;
    real out[3][3];
    for (int k = 0; k < 3; k++) {
        if (k == 1) params_init(c.params, c.m.x, 2);
        if (k == 2) plan_weights_changed(p);
        plan_fill(p, 1, 0);
        plan_infer(p, 1);
        memcpy(out[k], plan_value(p, c.m.g->output, 1).v, sizeof out[k]);
    }
    fresh = plan_make(c.m.x, c.params, NULL, &o, &e);
    plan_fill(fresh, 1, 0);
    plan_infer(fresh, 1);
    CHECK(memcmp(out[2], plan_value(fresh, c.m.g->output, 1).v, sizeof out[2]) == 0);
    CHECK(memcmp(out[0], out[2], sizeof out[2]) != 0);
    plan_free(p), plan_free(fresh);
    params_free(c.params);
    model_free(&c.m);
}

int main(void) {
    for (int i = 0; i < N_NETS; i++)
        for (int k = 0; k < N_BATCHES; k++) {
            const int before = tests_failed;
            check_net(i, batches[k]);
            if (tests_failed > before) printf("in the network '%s', %d images\n", nets[i].what, batches[k]);
        }
    check_fixed();
    return test_end(sizeof(real) == 4 ? "shares" : "shares-f64");
}
