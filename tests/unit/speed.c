/* speed.c — what cnnrun bench measures: the right things are counted, and every figure is a number.
 * How large the figures are depends on the machine, and no test asks. */
#include "runtime/bench.h"

#include "tests/unit/model.h"

static void count(void *ctx) { ++*(long *)ctx; }

static void time_is_taken(void) {
    long calls = 0;
    const Timing t = bench_time(count, &calls, 0.01);
    CHECK(calls > 3);
    CHECK(t.best > 0 && t.best <= t.median);
}

static void machine_has_speed(void) {
    CHECK(bench_peak(NULL) > 0);
    CHECK(bench_bandwidth(NULL) > 0);
    ProductSpeed p;
    Error e;
    CHECK(bench_product(20, &p, &e) && p.n == 20 && p.ref > 0 && p.fast > 0);
}

static void convolutions_are_read(void) {
    const ConvShape one = {"none", "conv 2 3x3 pad=1", {3, 6, 6}, 17, false};
    ConvSpeed v = {0};
    Error e;
    CHECK(bench_conv(&one, NULL, &v, &e));
    for (int d = 0; d < N_DIRECTIONS; d++) CHECK(v.fast[d] > 0 && v.ref[d] > 0);
    const ConvShape first = {"none", "conv 2 3x3 pad=1", {3, 6, 6}, 17, true};
    v = (ConvSpeed){0};
    CHECK(bench_conv(&first, NULL, &v, &e));
    CHECK(v.fast[WEIGHT_GRADIENT] > 0 && v.fast[INPUT_GRADIENT] == 0 && v.ref[INPUT_GRADIENT] == 0);
    for (const ConvShape *s = bench_conv_shapes; s->model; s++) {
        CHECK(s->first == (s->src.c <= 3));
        Model m = model_make(s->text, s->src, 2);
        CHECK(m.g && m.g->n_nodes == 2);
        model_free(&m);
    }
}

/* On 1×8×8: conv 2 3x3 has 2·36·9 = 648 products, dense 3 of 72 numbers 216. The gradient of the
 * image is not wanted: a step has 2·648 + 3·216 products, twice as many FLOP. */
static void flop_are_counted(void) {
    Model m = model_make("conv 2 3x3; relu; dense 3; softmax; loss crossentropy; optimizer sgd lr=0.1\n"
                         "train epochs=1 batch=5", (Shape){1, 8, 8}, 3);
    ModelSpeed v;
    Error e;
    if (m.x && CHECK(bench_model(m.x, NULL, &(BenchOptions){.seconds = 0.02}, &v, &e))) {
        CHECK(v.batch == 5 && v.memory > 0 && v.step.median > 0);
        CHECK_NEAR(v.flop, 5 * 2 * (2 * 648 + 3 * 216), 0);
    }
    const BenchOptions two = {.infer = true, .batch = 2, .seconds = 0.02};
    if (m.x && CHECK(bench_model(m.x, NULL, &two, &v, &e)))
        CHECK_NEAR(v.flop, 2 * 2 * (648 + 216), 0);
    model_free(&m);
}

static void nothing_to_train(void) {
    Model m = model_make("dense 3; softmax", (Shape){1, 2, 2}, 3);
    ModelSpeed v;
    Error e = {{0}};
    CHECK(m.x && !bench_model(m.x, NULL, &(BenchOptions){.seconds = 0.02}, &v, &e));
    CHECK(strstr(e.text, "nothing to train") != NULL);
    model_free(&m);
}

int main(void) {
    time_is_taken();
    machine_has_speed();
    convolutions_are_read();
    flop_are_counted();
    nothing_to_train();
    return test_end("speed");
}
