/* chains.c — neighbours that are done together for a few maps at a time (plan_chain.c): which they are, that
 * what passes between them is nowhere, and that nothing comes out differently. */
#include <stdlib.h>

#include "runtime/plan_private.h"
#include "tests/unit/filled.h"
#include "tests/unit/model.h"

// Networks for images of 3×40×40; how many operations of forward and of backward are in chains, and how many
// values and gradients lie in scratch, in training.
static const struct { const char *what, *net; int forward, backward, values, diffs; bool frozen; } nets[] = {
    {"relu behind the pool", "conv 16 3x3; relu; maxpool 2", 3, 3, 1, 1, false},
    {"windows overlap", "conv 16 5x5 pad=2; relu; maxpool 3 stride=2 pad=1", 3, 3, 1, 1, false},
    {"a gate that is looked at", "conv 16 3x3 bias=no; gelu; avgpool 2", 3, 3, 0, 2, false},
    {"in place", "conv 20 3x3; sigmoid; globalavgpool", 3, 3, 0, 1, false},
    {"wanted by others", "conv 16 3x3 as a; elu; conv 16 3x3 pad=1; add a; maxpool 4", 2, 2, 0, 0, false},
    {"the source learns", "conv 3 1x1; conv 16 3x3; leakyrelu; maxpool 2", 3, 0, 0, 0, false},
    {"the whole batch", "conv 16 3x3; batchnorm; relu; maxpool 2", 0, 0, 0, 0, false},
    {"two groups of channels", "conv 15 3x3 groups=3; relu; maxpool 2", 0, 0, 0, 0, false},
    {"small maps", "conv 16 3x3 stride=2; relu; maxpool 2", 0, 0, 0, 0, false},
    {"frozen", "conv 16 3x3; relu; maxpool 2", 3, 0, 1, 0, true},
};
static const int batches[] = {16, 40, 65}; // one group, a few, and enough for all threads
enum { N_NETS = sizeof nets / sizeof *nets, N_BATCHES = sizeof batches / sizeof *batches, MOST = 65 };

typedef struct Case { Model m; Params *params; int n; } Case;

static Plan *plan_of(const Case *c, Threads *t, PlanOptions o) {
    o.batch = c->n;
    Error e;
    Plan *p = plan_make(c->m.x, c->params, t, &o, &e);
    if (!CHECK(p != NULL)) printf("%s\n", e.text);
    plan_fill(p, c->n, 0);
    return p;
}

// ---- what a plan does ------------------------------------------------------------------------------

typedef struct Counts { int forward, backward, values, diffs; } Counts;

static Counts counts_of(const Plan *p) {
    Counts a = {0};
    for (int k = 0; k < p->n_op; k++) *(k < p->n_forward ? &a.forward : &a.backward) += p->op[k].maps > 0;
    for (int i = 0; i < p->g->n_nodes; i++) {
        a.values += p->node[i].value_home == OF_CHAIN;
        a.diffs += p->node[i].diff_home == OF_CHAIN;
    }
    return a;
}

static void check_counts(const Case *c, int i) {
    Plan *p = plan_of(c, NULL, (PlanOptions){.training = true, .unseen = true});
    const Counts a = counts_of(p);
    CHECK(a.forward == nets[i].forward && a.backward == nets[i].backward);
    CHECK(a.values == nets[i].values && a.diffs == nets[i].diffs);
    for (int k = 0; k < c->m.g->n_nodes; k++)
        if (p->node[k].value_home == OF_CHAIN) CHECK(plan_value(p, k, c->n).v == NULL);
    plan_free(p);
    p = plan_of(c, NULL, (PlanOptions){.training = true}); // somebody looks
    CHECK(counts_of(p).forward == 0);
    plan_free(p);
}

// ---- what comes out --------------------------------------------------------------------------------

typedef struct Result { real *grad, out[MOST * 3]; double loss; } Result;

static Result run(const Case *c, int n_threads, bool unseen, bool ref) {
    Threads *t = threads_make(n_threads);
    Result r = {.grad = malloc((c->params->len + 1) * sizeof *r.grad)};
    params_init(c->params, c->m.x, 1);
    Plan *p = plan_of(c, t, (PlanOptions){.training = true, .unseen = unseen, .ref = ref});
    plan_train(p, c->n, 0);
    r.loss = plan_train(p, c->n, 0); // the same: what the first left is written over
    memcpy(r.grad, c->params->grad, c->params->len * sizeof *r.grad);
    plan_free(p);
    p = plan_of(c, t, (PlanOptions){.unseen = unseen, .keep = !unseen, .ref = ref});
    plan_infer(p, c->n);
    const Tensor out = plan_value(p, c->m.g->output, c->n);
    for (int k = 0; k < c->n; k++)
        for (int j = 0; j < 3; j++) r.out[3 * k + j] = *at(out, k, j, 0, 0);
    plan_free(p);
    threads_free(t);
    return r;
}

static void check_near(const real *got, const real *want, size_t n) {
    const double tolerance = sizeof(real) == 4 ? 2e-4 : 1e-11;
    double worst = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = fabs((double)got[i] - (double)want[i]);
        if (!(d <= worst)) worst = d;
        if (fabs((double)want[i]) > most) most = fabs((double)want[i]);
    }
    CHECK_NEAR(worst, 0, tolerance * most);
}

// The sums of forward are those of a plan without chains; those of the gradients may be in another order.
static void check_results(const Case *c, bool ref) {
    Result one = run(c, 1, true, false), seen = run(c, 1, false, false);
    CHECK(one.loss == seen.loss);
    CHECK(memcmp(one.out, seen.out, 3 * (size_t)c->n * sizeof *one.out) == 0);
    check_near(one.grad, seen.grad, c->params->len);
    for (int k = test_slow() ? 3 : 2; k <= 3; k++) {
        Result many = run(c, k, true, false);
        CHECK(many.loss == one.loss);
        CHECK(memcmp(one.grad, many.grad, c->params->len * sizeof *one.grad) == 0);
        CHECK(memcmp(one.out, many.out, 3 * (size_t)c->n * sizeof *one.out) == 0);
        free(many.grad);
    }
    if (ref) {
        Result r = run(c, 2, true, true);
        CHECK_NEAR(one.loss, r.loss, sizeof(real) == 4 ? 1e-4 : 1e-11);
        check_near(one.grad, r.grad, c->params->len);
        check_near(one.out, r.out, 3 * (size_t)c->n);
        free(r.grad);
    }
    free(one.grad), free(seen.grad);
}

static void check_net(int i) {
    char text[400];
    snprintf(text, sizeof text, "%s; dense 3; softmax\nloss crossentropy\noptimizer sgd lr=0.1\n"
             "train epochs=1 batch=16", nets[i].net);
    Case c = {.m = model_make(text, (Shape){3, 40, 40}, 3)};
    Error e;
    c.params = c.m.x ? params_make(c.m.g, &c.m.x->optimizer, &e) : NULL;
    if (!CHECK(c.params != NULL)) return;
    for (int k = 0; k < 2; k++) c.params->param[k].frozen = nets[i].frozen;
    for (int k = 0; k < N_BATCHES - test_slow(); k++) {
        c.n = batches[k];
        check_counts(&c, i);
        check_results(&c, k == 0);
    }
    params_free(c.params);
    model_free(&c.m);
}

int main(void) {
    for (int i = 0; i < N_NETS; i++) {
        const int before = tests_failed;
        check_net(i);
        if (tests_failed > before) printf("in the network '%s'\n", nets[i].what);
    }
    return test_end(sizeof(real) == 4 ? "chains" : "chains-f64");
}
