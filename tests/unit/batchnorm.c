/* batchnorm.c — the notes of the groups, joined: mean, variance and gradients of a whole batch against
 * the same sums made at once in long double, for any number of groups, images and threads. */
#include <float.h>
#include <stdlib.h>

#include "runtime/init.h"
#include "runtime/plan.h"
#include "tests/unit/model.h"

typedef struct Case {
    int images;       // groups are of sixteen
    Shape in;
    double mean, deviation;
    bool lanes;       // sixteen images side by side
    bool frozen;
} Case;

static const Case cases[] = {
    {1, {3, 4, 5}, 0, 1, false, false},     {1, {37, 1, 1}, 2, 1, false, false}, // x̂ of one number is 0
    {16, {3, 4, 5}, 1, 1, false, false},    {16, {3, 4, 5}, 1, 1, true, false},
    {17, {3, 4, 5}, -1, 2, false, false},   {17, {3, 4, 5}, -1, 2, true, false},
    {31, {2, 5, 3}, 0, 1, false, false},    {32, {2, 5, 3}, 0, 1, true, false},
    {33, {37, 1, 1}, 1, 3, false, false},   {33, {37, 1, 1}, 1, 3, true, false},
    {48, {1, 9, 9}, 0.5, 0.1, true, false}, {47, {5, 3, 3}, 0.5, 0.1, true, false},
    {40, {2, 4, 4}, 1000, 0.5, true, false},   // a mean far from 0: sums of squares would cancel
    {33, {2, 4, 4}, -1000, 0.5, false, false},
    {33, {37, 1, 1}, 3000, 1, false, false},
    {35, {3, 4, 5}, 1, 1, false, true},     {35, {3, 4, 5}, 1, 1, true, true},
    {35, {37, 1, 1}, 1, 1, false, true},
};
enum { N_CASES = sizeof cases / sizeof *cases };

static const double UNIT = sizeof(real) == sizeof(float) ? FLT_EPSILON : DBL_EPSILON;
static const double EPS = 1e-5; // of the layer

enum { INPUT, NORM, SCALE = 0, SHIFT, RUNNING_MEAN, RUNNING_VAR };

typedef struct Net { Model m; Params *params; Plan *plan; } Net;

static void fill(const Case *c, Plan *p) {
    const Rng rng = rng_make(9, "test");
    const Tensor in = plan_input(p, c->images);
    int label[64];
    uint64_t i = 0;
    for (int n = 0; n < in.n; n++)
    for (int k = 0; k < in.c; k++)
    for (int y = 0; y < in.h; y++)
    for (int x = 0; x < in.w; x++) // every group has a mean of its own
        *at(in, n, k, y, x) = R(c->mean + c->deviation * (rng_normal(rng, i++) + n / 16 + k));
    for (int n = 0; n < in.n; n++) label[n] = n % 3;
    loss_target(label, plan_target(p, in.n), 0);
}

static bool net_open(Net *t, const Case *c, Threads *threads) {
    Error e;
    *t = (Net){.m = model_make("batchnorm momentum=1; dense 3; softmax\nloss crossentropy\n"
                               "optimizer sgd lr=0.1\ntrain epochs=1 batch=8", c->in, 3)};
    t->params = t->m.x ? params_make(t->m.g, &t->m.x->optimizer, &e) : NULL;
    if (!CHECK(t->params != NULL)) return false;
    params_init(t->params, t->m.x, 1);
    if (c->frozen) params_freeze(t->params, "all", true);
    const PlanOptions o = {.batch = c->images, .training = true, .input_diff = true, .lanes = c->lanes};
    t->plan = plan_make(t->m.x, t->params, threads, &o, &e);
    if (!CHECK(t->plan != NULL)) return false;
    fill(c, t->plan);
    plan_train(t->plan, c->images, 0);
    return true;
}

static void net_close(Net *t) {
    plan_free(t->plan);
    params_free(t->params);
    model_free(&t->m);
}

static Tensor param(const Net *t, int k, real *slab) {
    return params_tensor(t->params, params_of_node(t->params, NORM) + k, slab);
}

// ---- the same at once ---------------------------------------------------------------------------------

// What the definition says of one channel: all sums over the whole batch.
typedef struct Exact { long double M, mean, var, deviation, g, gx; } Exact;

static long double hat(const Exact *e, real x) { return (x - e->mean) / e->deviation; }

static Exact exact(const Net *t, const Case *c, int k) {
    const Tensor in = plan_input(t->plan, c->images), g = plan_diff(t->plan, NORM, c->images);
    Exact e = {.M = (long double)in.n * in.h * in.w};
    for (int n = 0; n < in.n; n++)
    for (int i = 0; i < in.h * in.w; i++)
        e.mean += *at(in, n, k, i / in.w, i % in.w) / e.M;
    for (int n = 0; n < in.n; n++)
    for (int i = 0; i < in.h * in.w; i++)
        e.var += powl(*at(in, n, k, i / in.w, i % in.w) - e.mean, 2) / e.M;
    if (c->frozen) e.mean = 0, e.var = 1; // the first running values
    e.deviation = sqrtl(e.var + (long double)EPS);
    for (int n = 0; n < in.n; n++)
    for (int i = 0; i < in.h * in.w; i++) {
        const real d = *at(g, n, k, i / in.w, i % in.w);
        e.g += d;
        e.gx += d * hat(&e, *at(in, n, k, i / in.w, i % in.w));
    }
    return e;
}

static void check_places(const Net *t, const Case *c, int k, const Exact *e, double tol) {
    const Tensor in = plan_input(t->plan, c->images), out = plan_value(t->plan, NORM, c->images);
    const Tensor g = plan_diff(t->plan, NORM, c->images), diff = plan_diff(t->plan, INPUT, c->images);
    const long double mean_g = c->frozen ? 0 : e->g / e->M, mean_gx = c->frozen ? 0 : e->gx / e->M;
    double off = 0, off_diff = 0;
    for (int n = 0; n < in.n; n++)
    for (int y = 0; y < in.h; y++)
    for (int x = 0; x < in.w; x++) {
        const long double xh = hat(e, *at(in, n, k, y, x));
        const long double d = (*at(g, n, k, y, x) - mean_g - xh * mean_gx) / e->deviation;
        off = fmax(off, (double)(fabsl(*at(out, n, k, y, x) - xh) / (1 + fabsl(xh))));
        off_diff = fmax(off_diff, (double)(fabsl(*at(diff, n, k, y, x) - d) * e->deviation));
    }
    CHECK_NEAR(off, 0, tol);
    CHECK_NEAR(off_diff, 0, tol);
}

static void check_channel(const Net *t, const Case *c, int k) {
    const Exact e = exact(t, c, k);
    const long double M = e.M, unbiased = M > 1 ? e.var * M / (M - 1) : e.var;
    // The mean is kept in a real: it is off by a rounding, which x̂ then is, too.
    const double tol = 16 * UNIT * (1 + (double)(fabsl(e.mean) / e.deviation));
    CHECK_NEAR(param(t, RUNNING_MEAN, t->params->value).v[k], (double)e.mean,
               (UNIT + 8 * DBL_EPSILON) * (double)fabsl(e.mean));
    CHECK_NEAR(param(t, RUNNING_VAR, t->params->value).v[k], (double)(c->frozen ? e.var : unbiased),
               2 * UNIT * (double)e.var + 8 * DBL_EPSILON * (double)(fabsl(e.mean) * e.deviation));
    check_places(t, c, k, &e, tol);
    if (c->frozen) return;
    CHECK_NEAR(param(t, SCALE, t->params->grad).v[k], (double)e.gx, tol);
    CHECK_NEAR(param(t, SHIFT, t->params->grad).v[k], (double)e.g, tol);
}

// ---- on any number of threads --------------------------------------------------------------------------

static bool same(const real *a, const real *b, size_t n) { return memcmp(a, b, n * sizeof *a) == 0; }

static void check_threads(const Case *c, const Net *one) {
    for (int k = 2; k <= 3; k++) {
        Threads *threads = threads_make(k);
        Net many;
        if (net_open(&many, c, threads)) {
            const Tensor a = plan_diff(one->plan, INPUT, c->images);
            const Tensor b = plan_diff(many.plan, INPUT, c->images);
            CHECK(same(a.v, b.v, tensor_len(a)));
            CHECK(same(one->params->value, many.params->value, one->params->len));
            CHECK(same(one->params->grad, many.params->grad, one->params->len));
        }
        net_close(&many);
        threads_free(threads);
    }
}

int main(void) {
    for (int i = 0; i < N_CASES; i++) {
        const Case *c = &cases[i];
        const int before = tests_failed;
        Net t;
        if (net_open(&t, c, NULL)) {
            for (int k = 0; k < c->in.c; k++) check_channel(&t, c, k);
            check_threads(c, &t);
        }
        net_close(&t);
        if (tests_failed > before)
            printf("with %d images, mean %g%s%s\n", c->images, c->mean, c->lanes ? ", in lanes" : "",
                   c->frozen ? ", frozen" : "");
    }
    return test_end(sizeof(real) == 4 ? "batchnorm" : "batchnorm-f64");
}
