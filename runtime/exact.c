/* exact.c — four functions of doubles from sums and products alone (exact.h says why). */
#include "runtime/exact.h"

#include <math.h>

static const double PI = 0x1.921fb54442d18p+1, LN_2 = 0x1.62e42fefa39efp-1;
static const double ROOT_HALF = 0x1.6a09e667f3bcdp-1;

/* x = k·ln 2 + r with |r| ≤ ln 2 / 2, and eˣ = 2ᵏ·eʳ, eʳ = 1 + r + r²/2! + …; the first term left out
 * is below 2⁻⁶⁰. */
double exact_exp(double x) {
    enum { TERMS = 15 };
    if (x > 800 || x < -800) return x > 0 ? INFINITY : 0;
    const double k = floor(x / LN_2 + 0.5), r = x - k * LN_2;
    double sum = 1;
    for (int i = TERMS; i > 0; i--) sum = 1 + sum * r / i;
    return ldexp(sum, (int)k);
}

/* x = m·2ᵉ with m between √½ and √2, and ln m = 2·artanh f = 2·(f + f³/3 + f⁵/5 + …) with
 * f = (m − 1)/(m + 1). Since |f| < 0.172, the first term left out is below 2⁻⁵⁸ of the sum. */
double exact_log(double x) {
    enum { TERMS = 11 };
    int e;
    double m = frexp(x, &e);
    if (m < ROOT_HALF) {
        m *= 2;
        e--;
    }
    const double f = (m - 1) / (m + 1);
    double sum = 0;
    for (int k = TERMS - 1; k >= 0; k--)
        sum = sum * f * f + 1.0 / (2 * k + 1);
    return e * LN_2 + 2 * f * sum;
}

/* cos(π·x) = sin t with t = π·(½ − x), and sin t = t − t³/3! + t⁵/5! − …; |t| ≤ π/2, so the first
 * term left out is below 2⁻⁶⁰. */
double exact_cos_pi(double x) {
    enum { TERMS = 12 };
    const double t = PI * (0.5 - x);
    double term = t, sum = t;
    for (int k = 1; k < TERMS; k++) {
        term *= -t * t / (2 * k * (2 * k + 1));
        sum += term;
    }
    return sum;
}

// By squaring: b¹³ = b · b⁴ · b⁸.
double exact_power(double b, uint64_t n) {
    double p = 1;
    for (; n; n >>= 1, b *= b)
        if (n & 1) p *= b;
    return p;
}
