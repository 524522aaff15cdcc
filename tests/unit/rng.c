/* rng.c — random numbers: fixed bits, fair values, and nothing that depends on the order. */
#include <math.h>
#include <stdlib.h>

#include "runtime/exact.h"
#include "runtime/init.h"
#include "runtime/rng.h"
#include "tests/unit/test.h"

enum { N = 100000 };

// ---- the same bits for ever ---------------------------------------------------------------------

/* SplitMix64 with the key 1234567 as its seed; the five numbers are those of the algorithm's
 * published test vector. */
static const uint64_t published[] = {6457827717110365317u, 3203168211198807973u,
                                     9817491932198370423u, 4593380528125082431u,
                                     16408922859458223821u};

static void test_published(void) {
    for (uint64_t i = 0; i < 5; i++)
        CHECK(rng_bits((Rng){1234567}, i) == published[i]);
}

/* Numbers of this implementation, kept so that a change of one bit, which would change every
 * experiment, cannot pass unseen. */
static void test_golden(void) {
    const Rng r = rng_at(rng_named(rng_make(42, "init"), "conv1.weight"), 7);
    CHECK(r.key == 13370385393923045067u);
    CHECK(rng_bits(r, 0) == 17445127494013359874u);
    CHECK(rng_normal(r, 1) == -0x1.892500eae0df2p-1);
    CHECK(rng_below(r, 2, 10) == 4);
}

static void test_keys(void) {
    const Rng a = rng_make(1, "dropout");
    CHECK(a.key != rng_make(2, "dropout").key);
    CHECK(a.key != rng_make(1, "shuffle").key);
    CHECK(rng_named(a, "x").key != rng_named(a, "y").key);
    CHECK(rng_at(a, 0).key != rng_at(a, 1).key);
    CHECK(rng_at(a, 0).key != rng_bits(a, 0));
}

// ---- fair values --------------------------------------------------------------------------------

/* The mean of N values of deviation d is off by more than 5·d/√N once in two million tries; for the
 * mean square of normal values d is √2. */
static void test_moments(void) {
    const Rng r = rng_make(1, "test");
    double uniform = 0, normal = 0, square = 0, low = 1, high = 0;
    for (uint64_t i = 0; i < N; i++) {
        const double u = rng_uniform(r, i), g = rng_normal(r, i);
        uniform += u / N;
        normal += g / N;
        square += g * g / N;
        low = u < low ? u : low;
        high = u > high ? u : high;
    }
    CHECK_NEAR(uniform, 0.5, 5 * sqrt(1.0 / 12 / N));
    CHECK_NEAR(normal, 0, 5 * sqrt(1.0 / N));
    CHECK_NEAR(square, 1, 5 * sqrt(2.0 / N));
    CHECK(low >= 0 && low < 1e-3 && high < 1 && high > 1 - 1e-3);
}

// Pearson's χ² of equal bins has mean bins − 1 and deviation √(2·(bins − 1)).
static double chi_square(const int *count, int bins) {
    const double wanted = (double)N / bins;
    double sum = 0;
    for (int b = 0; b < bins; b++)
        sum += (count[b] - wanted) * (count[b] - wanted) / wanted;
    return sum;
}

static void check_bins(const int *count, int bins) {
    CHECK_NEAR(chi_square(count, bins), bins - 1, 5 * sqrt(2.0 * (bins - 1)));
}

static void test_bins(void) {
    enum { BINS = 100 };
    const Rng r = rng_make(3, "test");
    int uniform[BINS] = {0}, below[BINS] = {0}, pairs[BINS] = {0};
    for (uint64_t i = 0; i < N; i++) {
        uniform[(int)(rng_uniform(r, i) * BINS)]++;
        below[rng_below(r, i, BINS)]++;
        const int a = (int)(rng_uniform(r, i) * 10), b = (int)(rng_uniform(r, i + 1) * 10);
        pairs[10 * a + b]++;
    }
    check_bins(uniform, BINS);
    check_bins(below, BINS);
    check_bins(pairs, BINS);
}

// Bit 0 … 63 of neighbouring indices: each is set half of the time.
static void test_bits(void) {
    const Rng r = rng_make(4, "test");
    int set[64] = {0};
    for (uint64_t i = 0; i < N; i++)
        for (int b = 0; b < 64; b++)
            set[b] += (int)(rng_bits(r, i) >> b & 1);
    for (int b = 0; b < 64; b++)
        CHECK_NEAR(set[b], N / 2.0, 5 * sqrt(N / 4.0));
}

// The share of normal values within 1, 2 and 3 deviations.
static void test_normal_shape(void) {
    static const double share[] = {0.682689, 0.954500, 0.997300};
    const Rng r = rng_make(5, "test");
    int within[3] = {0};
    for (uint64_t i = 0; i < N; i++)
        for (int k = 0; k < 3; k++)
            within[k] += fabs(rng_normal(r, i)) < k + 1;
    for (int k = 0; k < 3; k++)
        CHECK_NEAR((double)within[k] / N, share[k], 5 * sqrt(share[k] * (1 - share[k]) / N));
}

static void test_below_limits(void) {
    const Rng r = rng_make(6, "test");
    CHECK(rng_below(r, 0, 1) == 0);
    for (uint64_t i = 0; i < 1000; i++)
        CHECK(rng_below(r, i, 0xfffffff1u) < 0xfffffff1u);
}

// ---- order --------------------------------------------------------------------------------------

static void test_order(void) {
    const Rng r = rng_make(7, "test");
    double there[100], back[100];
    for (int i = 0; i < 100; i++)
        there[i] = rng_normal(r, (uint64_t)i);
    for (int i = 99; i >= 0; i--)
        back[i] = rng_normal(r, (uint64_t)i);
    CHECK(memcmp(there, back, sizeof there) == 0);
}

static void test_shuffle(void) {
    int order[1000], other[1000], seen[1000] = {0}, moved = 0, differ = 0;
    rng_shuffle(rng_make(8, "test"), order, 1000);
    rng_shuffle(rng_make(9, "test"), other, 1000);
    for (int i = 0; i < 1000; i++) {
        if (CHECK(order[i] >= 0 && order[i] < 1000)) seen[order[i]]++;
        moved += order[i] != i;
        differ += order[i] != other[i];
    }
    for (int i = 0; i < 1000; i++)
        CHECK(seen[i] == 1);
    CHECK(moved > 980 && differ > 980); // on average one stays where it is
}

// Each of the 24 permutations of four is equally likely.
static void test_shuffle_fair(void) {
    int count[256] = {0}, used = 0;
    for (uint64_t i = 0; i < 24000; i++) {
        int o[4];
        rng_shuffle(rng_at(rng_make(10, "test"), i), o, 4);
        count[o[0] | o[1] << 2 | o[2] << 4 | o[3] << 6]++;
    }
    for (int k = 0; k < 256; k++)
        if (count[k]) {
            used++;
            CHECK_NEAR(count[k], 1000, 5 * sqrt(1000));
        }
    CHECK(used == 24);
}

// ---- functions the random numbers rest on -------------------------------------------------------

static void test_exact(void) {
    for (int i = 1; i < 2000; i++) {
        const double x = i * i * 1e-5;
        CHECK_NEAR(exact_log(x), log(x), 4e-16 * fabs(log(x)) + 1e-300);
    }
    for (int i = 0; i <= 100; i++)
        CHECK_NEAR(exact_cos_pi(i / 100.0), cos(3.14159265358979323846 * i / 100), 1e-15);
    CHECK(exact_power(0.5, 10) == 1.0 / 1024 && exact_power(3, 13) == 1594323);
    CHECK(exact_power(7, 0) == 1);
}

// ---- first values -------------------------------------------------------------------------------

/* fan_in 50, fan_out 150: he 2/50, xavier a third of 6/200, lecun 1/50; of normal and uniform the
 * defaults 0.01² and a third of 0.05². */
static const struct { const InitKind *kind; double cfg, mean_square, limit; } rules[] = {
    {&he_init,      0,    0.04,       10},
    {&xavier_init,  0,    0.01,       0.17320508},
    {&lecun_init,   0,    0.02,       10},
    {&normal_init,  0.01, 1e-4,       1},
    {&uniform_init, 0.05, 0.0025 / 3, 0.05},
    {&zeros_init,   0,    0,          0},
};

static void check_rule(const InitKind *kind, double cfg, double mean_square, double limit) {
    static real v[N];
    const ParamSpec p = {.name = "weight", .role = PARAM_WEIGHT, .fan_in = 50, .fan_out = 150};
    const Use use = {.kind = &kind->spec, .cfg = &cfg};
    init_fill(&use, &p, rng_make(1, "init"), v, N);

    double mean = 0, square = 0, largest = 0;
    for (int i = 0; i < N; i++) {
        mean += v[i] / N;
        square += (double)v[i] * v[i] / N;
        largest = fabs(v[i]) > largest ? fabs(v[i]) : largest;
    }
    CHECK_NEAR(mean, 0, 5 * sqrt(mean_square / N));
    CHECK_NEAR(square, mean_square, 5 * mean_square * sqrt(2.0 / N));
    CHECK(largest <= limit * (1 + 1e-7));
}

static void test_init(void) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        check_rule(rules[i].kind, rules[i].cfg, rules[i].mean_square, rules[i].limit);

    real v[3] = {9, 9, 9};
    const ParamSpec scale = {.name = "weight", .role = PARAM_SCALE, .first = 1};
    init_fill(&(Use){.kind = &he_init.spec}, &scale, rng_make(1, "init"), v, 3);
    CHECK(v[0] == 1 && v[1] == 1 && v[2] == 1);
}

int main(void) {
    test_published();
    test_golden();
    test_keys();
    test_moments();
    test_bins();
    test_bits();
    test_normal_shape();
    test_below_limits();
    test_order();
    test_shuffle();
    test_shuffle_fair();
    test_exact();
    test_init();
    return test_end("rng");
}
