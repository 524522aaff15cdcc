/* vmath.c — exp, log, tanh, sigmoid and erf from additions and multiplications.
 *
 *     exp(x)     = 2ᵏ · eʳ                   k = x / ln 2, rounded;  r = x − k·ln 2, |r| ≤ ½·ln 2
 *     log(x)     = k·ln 2 + log(1 + f)       x = 2ᵏ·(1 + f),  √½ ≤ 1 + f < √2
 *     tanh(x)    = 1 − 2 / (exp(2x) + 1)     for large x; for small x a polynomial
 *     sigmoid(x) = 1 / (1 + exp(−x))
 *     erf(x)     = 1 − exp(−q(x))             q = −log erfc, a polynomial; for small x another one
 *
 * What is left is a short polynomial: the one whose largest relative error on its interval is
 * smallest (a minimax polynomial). No step depends on a table or on the machine's rounding of
 * anything but + − · /, so the results are the same bits everywhere; and there is no branch in the
 * way of a vector.
 *
 * Source: Muller, "Elementary Functions", 3rd edition, 2016, §3.4 (minimax polynomials by Remez's
 * exchange), §11 (range reduction); Cody & Waite, "Software Manual for the Elementary Functions",
 * 1980, for the two pieces of ln 2. */
#include "runtime/kernels/vmath.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "runtime/kernels/wide.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF // c + a·b in one rounding would be other bits; gcc has it off already
#endif

#ifdef REAL_DOUBLE

real vm_exp(real x) { return exp(x); }
real vm_log(real x) { return log(x); }
real vm_tanh(real x) { return tanh(x); }
real vm_sigmoid(real x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
real vm_erf(real x) { return erf(x); }

#else

// ln 2 in two pieces: the first has 16 bits, so that k times it is exact.
static const float LN2_HIGH = 0x1.62e4p-1f, LN2_LOW = 0x1.7f7d1cp-20f;

static inline int32_t bits_of(float x) {
    int32_t i;
    memcpy(&i, &x, sizeof i);
    return i;
}

static inline float float_of(int32_t i) {
    float x;
    memcpy(&x, &i, sizeof x);
    return x;
}

// 2ᵏ for −126 ≤ k ≤ 127.
static inline float power_of_2(int32_t k) { return float_of((int32_t)((uint32_t)(k + 127) << 23)); }

static inline float exp_(float x) {
    // Beyond these bounds the result is infinity or 0; NaN passes both comparisons unchanged.
    x = x > 89 ? 89 : x;
    x = x < -104 ? -104 : x;

    // Adding 1.5·2²³ leaves no bits behind the point: k stands in the lowest bits of the sum.
    const float shift = 0x1.8p23f;
    const float sum = x * 0x1.715476p+0f + shift; // x / ln 2
    const float whole = sum - shift;
    const uint32_t k = (uint32_t)bits_of(sum) - (uint32_t)bits_of(shift);
    const float r = (x - whole * LN2_HIGH) - whole * LN2_LOW;

    float p = 0.00138138805f;
    p = p * r + 0.00836906303f;
    p = p * r + 0.0416684225f;
    p = p * r + 0.166665182f;
    p = p * r + 0.49999994f;
    p = 1 + (r + r * r * p);

    // Two factors: one alone could not reach 2¹²⁸ or the numbers below 2⁻¹²⁶.
    const int32_t half = (int32_t)k >> 1, rest = (int32_t)(k - (uint32_t)half);
    return p * power_of_2(half) * power_of_2(rest);
}

static inline float log_(float x) {
    int32_t k = 0;
    if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
    if (x > 0x1.fffffep127f) return x;
    if (x < 0x1p-126f) {
        x *= 0x1p23f;
        k = -23;
    }
    const int32_t sqrt_half = 0x3f3504f3; // the bits of √½
    const int32_t e = (bits_of(x) - sqrt_half) >> 23;
    k += e;

    // With s = f / (2 + f): log(1 + f) = 2·artanh(s) = 2s + s·R = f − s·(f − R).
    const float f = float_of(bits_of(x) - e * (1 << 23)) - 1;
    const float s = f / (2 + f), z = s * s;
    const float R = z * (0.666666627f + z * (0.400004357f + z * (0.285319865f + z * 0.236702979f)));
    return (float)k * LN2_HIGH + (f - (s * (f - R) - (float)k * LN2_LOW));
}

static inline float tanh_(float x) {
    const float z = x * x;
    float p = -0.00618863944f;
    p = p * z + 0.0210142788f;
    p = p * z - 0.0538392477f;
    p = p * z + 0.133324713f;
    p = p * z - 0.333333135f;
    const float small = x + x * z * p; // x·(1 − z/3 + …)
    const float large = 1 - 2 / (exp_(2 * fabsf(x)) + 1);
    return copysignf(fabsf(x) < 0.5625f ? small : large, x);
}

// With e = exp(−|x|) it is 1 / (1 + e), or for negative numbers e / (1 + e): small results keep
// their digits. What rounding has taken from s = 1 + e is put right: y − y·d/s, and 1/s is at hand.
static inline float sigmoid_(float x) {
    const float e = exp_(-fabsf(x));
    const float s = 1 + e, d = e - (s - 1);
    const float y = (x < 0 ? e : 1) / s;
    return y - y * d * (x < 0 ? 1 - y : y);
}

// Beyond 4 the result is ±1. Where 1 − exp(−q) is used, exp(−q) < 0.22 and its error counts little.
static inline float erf_(float x) {
    const float z = x * x;
    float p = -0.00062032562f;
    p = p * z + 0.00503218127f;
    p = p * z - 0.0267914627f;
    p = p * z + 0.112824552f;
    p = p * z - 0.376125515f;
    p = p * z + 0.128379151f;
    const float small = x + x * p; // 2/√π · (x − x³/3 + …)

    const float a = fabsf(x) > 4 ? 4 : fabsf(x);
    float q = -0.000199901013f;
    q = q * a + 0.00308199273f;
    q = q * a - 0.022381017f;
    q = q * a + 0.104250178f;
    q = q * a + 0.636820674f;
    q = q * a + 1.12788939f;
    q = q * a + 0.000144213976f;
    const float large = 1 - exp_(-q);
    return copysignf(fabsf(x) < 0.875f ? small : large, x);
}

real vm_exp(real x) { return exp_(x); }
real vm_log(real x) { return log_(x); }
real vm_tanh(real x) { return tanh_(x); }
real vm_sigmoid(real x) { return sigmoid_(x); }
real vm_erf(real x) { return erf_(x); }

#endif

WIDE void vm_exp_n(real *dst, const real *src, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] = vm_exp(src[i]);
}

void vm_log_n(real *dst, const real *src, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] = vm_log(src[i]);
}

WIDE void vm_tanh_n(real *dst, const real *src, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] = vm_tanh(src[i]);
}

WIDE void vm_sigmoid_n(real *dst, const real *src, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] = vm_sigmoid(src[i]);
}

WIDE void vm_erf_n(real *dst, const real *src, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] = vm_erf(src[i]);
}
