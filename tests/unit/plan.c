/* plan.c — a plan computes what the definitions compute, in whatever memory and on however many
 * threads it runs, and its gradients are those of the loss. */
#include "runtime/plan.h"

#include <stdlib.h>

#include "runtime/init.h"
#include "runtime/loss.h"
#include "tests/unit/filled.h"
#include "tests/unit/model.h"

// Networks whose plans differ: large and small gradients, skips, batch statistics, odd sizes.
static const struct { const char *what, *net; } nets[] = {
    {"small", "conv 2 3x3; relu; maxpool 2; dense 5; tanh; dense 3; softmax"},
    {"wide", "dense 130; relu; dense 90; sigmoid; dense 3; softmax"},
    {"deep", "conv 8 3x3 pad=1; relu; conv 40 3x3 pad=1; relu; conv 40 3x3; relu; globalavgpool; "
             "dense 3; softmax"},
    {"norm", "conv 6 3x3 pad=1 as a; batchnorm; relu; conv 6 3x3 pad=1; batchnorm; relu; avgpool 2; "
             "dense 3; softmax"},
    {"skip", "conv 4 3x3 pad=1 as a; relu as b; conv 4 3x3 pad=1; add b; relu; concat a b; maxpool 2; "
             "dense 3; softmax"},
    {"each", "conv 6 3x3 pad=1; instancenorm; elu; upsample 2; lrn 3; maxpool 2; layernorm; gelu; "
             "dense 70; batchnorm; silu; dense 3; softmax"},
    {"pool", "conv 4 3x3 pad=1; relu; maxpool 3 stride=1; conv 4 3x3 pad=1; relu as a; "
             "maxpool 3 stride=1 pad=1; add a; dense 3; softmax"},
    {"chain", "conv 6 3x3 pad=1; batchnorm; relu as a; conv 6 3x3 pad=1; batchnorm; relu; "
              "conv 6 3x3 pad=1 as b; batchnorm; add a; relu; conv 6 1x1; relu; add b as c; add c; relu; "
              "maxpool 2; dense 9; batchnorm; relu; dense 3; relu; softmax"},
    {"drop", "dropout 20%; dense 20; leakyrelu; dropout 50%; dense 3; softmax"},
};
enum { N_NETS = sizeof nets / sizeof nets[0] };

typedef struct Case { Model m; const Experiment *x; Params *params; } Case;

static Case case_open(const char *net) {
    char text[1024];
    snprintf(text, sizeof text, "%s\nloss crossentropy\noptimizer adam lr=0.01\n"
             "train epochs=1 batch=8", net);
    Case c = {.m = model_make(text, (Shape){1, 8, 8}, 3)};
    Error e;
    c.x = c.m.x;
    c.params = c.x ? params_make(&c.x->graph, &c.x->optimizer, &e) : NULL;
    if (c.params) params_init(c.params, c.x, 1);
    return c;
}

static void case_close(Case *c) {
    params_free(c->params);
    model_free(&c->m);
}

static Plan *plan_of(const Case *c, Threads *t, PlanOptions o) {
    Error e;
    Plan *p = plan_make(c->x, c->params, t, &o, &e);
    if (!CHECK(p != NULL)) printf("%s\n", e.text);
    return p;
}

// One training step; a copy of the gradients, which the caller frees.
static real *gradients(const Case *c, Threads *t, bool ref, int n, double *loss) {
    Plan *p = plan_of(c, t, (PlanOptions){.batch = 40, .training = true, .ref = ref, .seed = 3});
    plan_fill(p, n, 0.1);
    for (size_t i = 0; i < c->params->len; i++) c->params->grad[i] = R(NAN);
    for (int i = 0; i < c->params->n; i++) {
        const Param *q = &c->params->param[i];
        const size_t room = param_room(q->spec);
        for (size_t k = q->frozen ? 0 : q->len; k < room; k++) c->params->grad[q->offset + k] = 0;
    }
    *loss = plan_train(p, n, 7);
    real *g = malloc((c->params->len + 1) * sizeof *g);
    memcpy(g, c->params->grad, c->params->len * sizeof *g);
    plan_free(p);
    return g;
}

static double largest_difference(const real *a, const real *b, size_t n) {
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = fabs((double)a[i] - (double)b[i]);
        if (!(d <= worst)) worst = d; // a NaN counts as a difference
    }
    return worst;
}

static const double TOLERANCE = sizeof(real) == 4 ? 2e-5 : 1e-12;

static void fast_is_ref(const Case *c, int n) {
    double loss_fast, loss_ref;
    real *fast = gradients(c, NULL, false, n, &loss_fast), *ref = gradients(c, NULL, true, n, &loss_ref);
    CHECK_NEAR(loss_fast, loss_ref, TOLERANCE);
    CHECK(largest_difference(fast, ref, c->params->len) < TOLERANCE);
    free(fast), free(ref);
}

static void threads_change_nothing(const Case *c, int n) {
    double loss_one, loss_many;
    real *one = gradients(c, NULL, false, n, &loss_one);
    for (int k = 2; k <= (test_emulated() ? 2 : 5); k++) {
        Threads *t = threads_make(k);
        real *many = gradients(c, t, false, n, &loss_many);
        CHECK(memcmp(one, many, c->params->len * sizeof *one) == 0);
        CHECK(loss_one == loss_many);
        free(many);
        threads_free(t);
    }
    free(one);
}

// The three ways to a value: kept, in shared memory, and on the way to a gradient.
static void inference_is_forward(const Case *c, int n) {
    const int out = c->x->graph.output;
    Plan *train = plan_of(c, NULL, (PlanOptions){.batch = 40, .training = true});
    Plan *keep = plan_of(c, NULL, (PlanOptions){.batch = 40, .keep = true});
    Plan *share = plan_of(c, NULL, (PlanOptions){.batch = 40});
    plan_fill(train, n, 0.1), plan_fill(keep, n, 0.1), plan_fill(share, n, 0.1);
    plan_forward(train, n, 0, false, false);
    plan_infer(keep, n), plan_infer(share, n);
    const size_t bytes = tensor_len(plan_value(train, out, n)) * sizeof(real);
    CHECK(memcmp(plan_value(train, out, n).v, plan_value(keep, out, n).v, bytes) == 0);
    CHECK(memcmp(plan_value(train, out, n).v, plan_value(share, out, n).v, bytes) == 0);
    CHECK(plan_value(share, 2, n).v == NULL || c->x->graph.n_nodes < 5);
    CHECK(plan_value(keep, 1, n).v != NULL);
    CHECK_NEAR(plan_judge(share, n), plan_judge(train, n), 1e-12);
    plan_free(train), plan_free(keep), plan_free(share);
}

// Neighbours that change places where nobody looks: the same loss, outputs and gradients, bit by bit.
static void unseen_is_seen(const Case *c, int n) {
    real *grad[2];
    Tensor out[2];
    double loss[2];
    Plan *train[2], *infer[2];
    const size_t bytes = c->params->len * sizeof *grad[0];
    for (int k = 0; k < 2; k++) {
        train[k] = plan_of(c, NULL, (PlanOptions){.batch = 40, .training = true, .unseen = k, .seed = 3});
        infer[k] = plan_of(c, NULL, (PlanOptions){.batch = 40, .unseen = k});
        plan_fill(train[k], n, 0.1), plan_fill(infer[k], n, 0.1);
        grad[k] = malloc(bytes + 1);
        loss[k] = plan_train(train[k], n, 7);
        memcpy(grad[k], c->params->grad, bytes);
    }
    for (int k = 0; k < 2; k++) { // after both steps: a training step changes batchnorm's statistics
        plan_infer(infer[k], n);
        out[k] = plan_value(infer[k], c->x->graph.output, n);
    }
    CHECK(loss[0] == loss[1] && memcmp(grad[0], grad[1], bytes) == 0);
    CHECK(memcmp(out[0].v, out[1].v, tensor_len(out[0]) * sizeof(real)) == 0);
    for (int k = 0; k < 2; k++) plan_free(train[k]), plan_free(infer[k]), free(grad[k]);
}

// Images that are laid out as vectors lie there as they are; nothing may work in their place.
static void flat_input_stays(void) {
    Case c = case_open("flatten; relu; dense 3; softmax");
    Plan *p = plan_of(&c, NULL, (PlanOptions){.batch = 5, .training = true, .unseen = true});
    plan_fill(p, 5, 0.1);
    const Tensor in = plan_input(p, 5), flat = plan_value(p, 1, 5);
    const size_t bytes = tensor_len(in) * sizeof(real);
    real *before = malloc(bytes);
    memcpy(before, in.v, bytes);
    CHECK(flat.v == in.v && flat.c == 64 && flat.h == 1);
    plan_train(p, 5, 0);
    CHECK(memcmp(before, in.v, bytes) == 0);
    plan_free(p);
    free(before);
    case_close(&c);
}

// What comes before or behind its neighbour then has no value of its own.
static void unseen_has_no_value(const char *net, const char *kind, bool there) {
    Case c = case_open(net);
    Plan *p = plan_of(&c, NULL, (PlanOptions){.batch = 40, .training = true, .unseen = true});
    for (int i = 1; i < c.x->graph.n_nodes; i++)
        if (strcmp(c.x->graph.node[i].use.kind->name, kind) == 0) {
            CHECK((plan_value(p, i, 1).v != NULL) == there);
            break;
        }
    plan_free(p);
    case_close(&c);
}

// The gradient of the loss by every tenth parameter against (L(w + e) − L(w − e)) / 2e.
static void gradient_is_slope(const Case *c, int n) {
    double loss;
    real *g = gradients(c, NULL, false, n, &loss);
    Plan *p = plan_of(c, NULL, (PlanOptions){.batch = 40, .training = true, .seed = 3});
    plan_fill(p, n, 0.1);
    const double e = 1e-7; // so short that hardly a maximum goes to another number on the way
    double worst = 0;
    for (int i = 0; i < c->params->n; i++) {
        const Param *q = &c->params->param[i];
        for (size_t k = 0; !q->frozen && k < q->len; k += 1 + q->len / 10) {
            real *w = c->params->value + q->offset + k;
            const real was = *w;
            *w = was + R(e);
            const double up = plan_train(p, n, 7);
            *w = was - R(e);
            const double down = plan_train(p, n, 7);
            *w = was;
            const double d = fabs((up - down) / (2 * e) - (double)g[q->offset + k]);
            if (!(d <= worst)) worst = d;
        }
    }
    CHECK_NEAR(worst, 0, 1e-7);
    plan_free(p);
    free(g);
}

static void frozen_stays(const Case *c) {
    CHECK(params_freeze(c->params, "all", true) > 0);
    real *before = malloc((c->params->len + 1) * sizeof *before);
    memcpy(before, c->params->value, c->params->len * sizeof *before);
    Plan *p = plan_of(c, NULL, (PlanOptions){.batch = 40, .training = true});
    plan_fill(p, 20, 0.1);
    plan_train(p, 20, 0);
    params_update(c->params, &c->x->optimizer, 0.1, 1, NULL);
    CHECK(memcmp(before, c->params->value, c->params->len * sizeof *before) == 0);
    params_freeze(c->params, "all", false);
    plan_free(p);
    free(before);
}

// Two steps, the parameters changed after all gradients or each part as soon as its gradient is there.
static void train_twice(const Case *c, int n, Threads *t, bool at_once, real *end) {
    const Use *rule = &c->x->optimizer;
    const Update u = {rule, 0.1, 1};
    params_init(c->params, c->x, 1);
    for (int k = 0; k < c->params->n_slots; k++)
        memset(c->params->slot[k], 0, c->params->len * sizeof(real));
    for (int k = 0; k < c->params->n; k++) c->params->param[k].updates = 0;
    Plan *p = plan_of(c, t, (PlanOptions){.batch = n, .training = true, .unseen = true});
    for (uint64_t step = 0; step < 2; step++) {
        plan_fill(p, n - (int)step, 0.1);
        if (at_once) plan_learn(p, n - (int)step, step, &u);
        else plan_train(p, n - (int)step, step), params_update(c->params, rule, 0.1, 1, t);
    }
    memcpy(end, c->params->value, c->params->len * sizeof *end);
    memcpy(end + c->params->len, c->params->grad, c->params->len * sizeof *end);
    plan_free(p);
}

static void learning_is_training(const Case *c, int n) {
    const size_t len = 2 * c->params->len;
    real *a = malloc((len + 1) * sizeof *a), *b = malloc((len + 1) * sizeof *b);
    train_twice(c, n, NULL, false, a);
    for (int k = 1; k <= 3; k += 2) {
        Threads *t = threads_make(k);
        train_twice(c, n, t, true, b);
        CHECK(memcmp(a, b, len * sizeof *a) == 0);
        threads_free(t);
    }
    free(a), free(b);
}

// Where the loss is not a number, nothing is learnt.
static void bad_loss_changes_nothing(void) {
    Case c = case_open(nets[0].net);
    const Update u = {&c.x->optimizer, 0.1, 1};
    real *before = malloc((c.params->len + 1) * sizeof *before);
    Plan *p = plan_of(&c, NULL, (PlanOptions){.batch = 4, .training = true});
    plan_fill(p, 4, 0.1);
    memcpy(before, c.params->value, c.params->len * sizeof *before);
    *at(plan_input(p, 4), 2, 0, 3, 3) = (real)NAN;
    CHECK(isnan(plan_learn(p, 4, 0, &u)));
    CHECK(memcmp(before, c.params->value, c.params->len * sizeof *before) == 0);
    plan_fill(p, 4, 0.1);
    CHECK(isfinite(plan_learn(p, 4, 0, &u)));
    CHECK(memcmp(before, c.params->value, c.params->len * sizeof *before) != 0);
    plan_free(p);
    free(before);
    case_close(&c);
}

// A class of weight 3 counts like one whose images are there three times.
static void weights_count(void) {
    static const real weight[] = {1, 3, 1};
    static const int label[] = {0, 1, 2, 2}, image[] = {0, 1, 1, 1, 2, 3};
    Case c = case_open(nets[0].net);
    Plan *p = plan_of(&c, NULL, (PlanOptions){.batch = 6, .training = true});
    plan_fill(p, 4, 0.1);
    loss_target(label, plan_target(p, 4), 0);
    plan_weigh(p, weight);
    const double loss = plan_train(p, 4, 0);
    real *g = malloc((c.params->len + 1) * sizeof *g);
    memcpy(g, c.params->grad, c.params->len * sizeof *g);
    CHECK_NEAR(plan_judge(p, 4), loss, TOLERANCE);

    const Tensor in = plan_input(p, 6);
    const size_t len = tensor_image(in);
    int repeated[6];
    for (int i = 5; i >= 0; i--) {
        memmove(in.v + (size_t)i * len, in.v + (size_t)image[i] * len, len * sizeof *in.v);
        repeated[i] = label[image[i]];
    }
    loss_target(repeated, plan_target(p, 6), 0);
    plan_weigh(p, NULL);
    CHECK_NEAR(plan_train(p, 6, 0), loss, TOLERANCE);
    CHECK(largest_difference(g, c.params->grad, c.params->len) < TOLERANCE);
    plan_free(p);
    free(g);
    case_close(&c);
}

static void size_is_checked(void) {
    Case c = case_open(nets[0].net);
    Error e = {{0}};
    const PlanOptions o = {.batch = 2000000000, .training = true};
    CHECK(plan_size(c.x, &o, 1).total > (size_t)1 << 40);
    CHECK(plan_make(c.x, c.params, NULL, &o, &e) == NULL);
    CHECK(strstr(e.text, "smaller batch") != NULL);
    case_close(&c);
}

// A weight that is not a number is found in the layer that brings it in, even where the next one works
// in its place.
static void bad_number_is_found(const char *net, const char *param, const char *layer, bool unseen) {
    Case c = case_open(net);
    Plan *p = plan_of(&c, NULL, (PlanOptions){.batch = 4, .training = true, .unseen = unseen});
    plan_fill(p, 4, 0.1);
    bool in_gradient;
    plan_train(p, 4, 0);
    CHECK(plan_bad(p, 4, &in_gradient) == -1);
    for (int i = 0; i < c.params->n; i++)
        if (strcmp(c.params->param[i].name, param) == 0)
            c.params->value[c.params->param[i].offset] = R(INFINITY);
    plan_train(p, 4, 0);
    const int bad = plan_bad(p, 4, &in_gradient);
    CHECK(bad > 0 && !in_gradient);
    CHECK_TEXT(bad > 0 ? c.x->graph.node[bad].name : "", layer);
    plan_free(p);
    case_close(&c);
}

int main(void) {
    for (int i = 0; i < N_NETS; i++) {
        Case c = case_open(nets[i].net);
        if (!CHECK(c.params != NULL)) continue;
        const int before = tests_failed;
        fast_is_ref(&c, 40), fast_is_ref(&c, 17);
        threads_change_nothing(&c, 40), threads_change_nothing(&c, 1 + 32);
        inference_is_forward(&c, 37);
        unseen_is_seen(&c, 37), unseen_is_seen(&c, 5);
        if (sizeof(real) == 8) gradient_is_slope(&c, 20);
        frozen_stays(&c);
        learning_is_training(&c, 8), learning_is_training(&c, 40), learning_is_training(&c, 64);
        if (tests_failed > before) printf("in the network '%s'\n", nets[i].what);
        case_close(&c);
    }
    unseen_has_no_value("conv 2 3x3; relu; maxpool 2; dense 3; softmax", "relu", false);
    unseen_has_no_value("conv 2 3x3; relu; avgpool 2; dense 3; softmax", "relu", true);
    unseen_has_no_value("conv 2 3x3; batchnorm; relu; dense 3; softmax", "batchnorm", false);
    unseen_has_no_value("conv 2 3x3; batchnorm as a; relu; add a; dense 3; softmax", "batchnorm", true);
    unseen_has_no_value("conv 2 3x3; batchnorm; sigmoid; dense 3; softmax", "batchnorm", false);
    unseen_has_no_value("conv 2 3x3; batchnorm; gelu; dense 3; softmax", "batchnorm", true);
    flat_input_stays();
    weights_count();
    bad_loss_changes_nothing();
    size_is_checked();
    bad_number_is_found("dense 5 as a; relu; dense 3 as second; softmax", "second.weight", "second", false);
    bad_number_is_found("conv 5 3x3 as a; batchnorm as b; relu; dense 3; softmax", "b.bias", "b", true);
    bad_number_is_found("conv 5 3x3 as a; batchnorm as b; relu; dense 3; softmax", "a.bias", "a", true);
    return test_end(sizeof(real) == 4 ? "plan" : "plan-f64");
}
