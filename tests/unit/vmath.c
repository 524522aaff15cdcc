/* exp, log, tanh, sigmoid and erf against the C library in long double: at most two units in the last
 * place off, over all numbers there are (every 10,007th of them), and exact where it matters. */
#include "runtime/kernels/vmath.h"

#include <float.h>
#include <stdint.h>

#include "tests/unit/test.h"

#ifdef REAL_DOUBLE
typedef uint64_t Bits;
static const Bits STEP = 0x0003333333333357; // 81,920 numbers
enum { DIGITS = DBL_MANT_DIG, LEAST = DBL_MIN_EXP };
#else
typedef uint32_t Bits;
static const Bits STEP = 10007;
enum { DIGITS = FLT_MANT_DIG, LEAST = FLT_MIN_EXP };
#endif

static long double sigmoid(long double x) { return 1 / (1 + expl(-x)); }

static const struct { const char *name; real (*ours)(real); long double (*exact)(long double); }
functions[] = {
    {"exp",     vm_exp,     expl},
    {"log",     vm_log,     logl},
    {"tanh",    vm_tanh,    tanhl},
    {"sigmoid", vm_sigmoid, sigmoid},
    {"erf",     vm_erf,     erfl},
};

static const struct { real (*ours)(real); real at, want; } exact[] = {
    {vm_exp, 0, 1},                    {vm_exp, (real)-INFINITY, 0},
    {vm_exp, -0.0f, 1},                {vm_exp, (real)INFINITY, (real)INFINITY},
    {vm_exp, 1000, (real)INFINITY},    {vm_exp, -1000, 0},
    {vm_exp, R(1e30), (real)INFINITY}, {vm_exp, R(-1e30), 0},
    {vm_log, 1, 0},                    {vm_log, 0, (real)-INFINITY},
    {vm_log, -0.0f, (real)-INFINITY},  {vm_log, (real)INFINITY, (real)INFINITY},
    {vm_tanh, 0, 0},                   {vm_tanh, (real)INFINITY, 1},
    {vm_tanh, (real)-INFINITY, -1},    {vm_tanh, 50, 1},
    {vm_sigmoid, 0, R(0.5)},           {vm_sigmoid, (real)INFINITY, 1},
    {vm_sigmoid, (real)-INFINITY, 0},  {vm_sigmoid, 100, 1},
    {vm_erf, 0, 0},                    {vm_erf, (real)INFINITY, 1},
    {vm_erf, (real)-INFINITY, -1},     {vm_erf, 10, 1},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static real from_bits(Bits i) {
    real x;
    memcpy(&x, &i, sizeof x);
    return x;
}

// The distance from `want` in units of the last place that a real of that size has.
static double units(real got, long double want) {
    const real nearest = (real)want;
    if (want != want) return got != got ? 0 : INFINITY;
    if (isinf(nearest)) return isinf(got) && signbit(got) == signbit(nearest) ? 0 : INFINITY;
    int e; // |want| < 2ᵉ; below the normal numbers the units no longer shrink
    frexpl(want, &e);
    if (e < LEAST || want == 0) e = LEAST;
    return (double)fabsl(ldexpl((long double)got - want, DIGITS - e));
}

static void check_everywhere(size_t f) {
    double worst = 0;
    real at = 0;
    Bits i = 0;
    do {
        const real x = from_bits(i);
        const double off = units(functions[f].ours(x), functions[f].exact(x));
        if (!(off <= worst)) worst = off, at = x;
        i += STEP;
    } while (i >= STEP); // it has not wrapped round
    if (!CHECK(worst <= 2)) printf("%s(%a) is off by %g units\n", functions[f].name, (double)at, worst);
}

// The vector functions give the bits of the scalar ones at any length and place.
static void check_vectors(void (*all)(real *, const real *, size_t), real (*one)(real)) {
    enum { N = 67 };
    static const real special[] = {0, (real)NAN, (real)INFINITY, (real)-INFINITY, 200, -200};
    real src[N], dst[N + 1], want[N];
    for (int i = 0; i < N; i++) {
        src[i] = i < (int)COUNT(special) ? special[i] : (real)(i - 33) / 3;
        want[i] = one(src[i]);
    }
    for (size_t lo = 0; lo < 9; lo++)
        for (size_t n = 0; lo + n <= N; n++) {
            memset(dst, 0x55, sizeof dst);
            const real behind = dst[n];
            all(dst, src + lo, n);
            CHECK(memcmp(dst, want + lo, n * sizeof *dst) == 0);
            CHECK(memcmp(&dst[n], &behind, sizeof behind) == 0);
            memcpy(dst, src + lo, n * sizeof *dst);
            all(dst, dst, n);
            CHECK(memcmp(dst, want + lo, n * sizeof *dst) == 0);
        }
}

int main(void) {
    for (size_t i = 0; i < COUNT(exact); i++) {
        const real got = exact[i].ours(exact[i].at);
        if (!CHECK(!(got < exact[i].want) && !(got > exact[i].want)))
            printf("row %zu: got %g\n", i, (double)got);
    }
    for (size_t f = 0; f < COUNT(functions); f++) {
        check_everywhere(f);
        CHECK(isnan(functions[f].ours((real)NAN)));
    }
    CHECK(isnan(vm_log(-1)) && isnan(vm_log((real)-INFINITY)));
    CHECK(signbit(vm_tanh(-0.0f)) != 0 && signbit(vm_erf(-0.0f)) != 0);
    check_vectors(vm_exp_n, vm_exp);
    check_vectors(vm_log_n, vm_log);
    check_vectors(vm_tanh_n, vm_tanh);
    check_vectors(vm_sigmoid_n, vm_sigmoid);
    check_vectors(vm_erf_n, vm_erf);
    return test_end("vmath");
}
