/* rng.c — a hash of what a number is for (rng.h says why). */
#include "runtime/rng.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "runtime/exact.h"
#include "runtime/kernels/wide.h"

static const uint64_t GOLDEN = 0x9e3779b97f4a7c15; // 2⁶⁴ divided by the golden ratio, odd

// SplitMix64's finaliser: every bit of z changes about half of the bits that come out.
static uint64_t mix(uint64_t z) {
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

// FNV-1a of the bytes of a text.
static uint64_t hash(const char *text) {
    uint64_t h = 0xcbf29ce484222325;
    for (size_t i = 0, len = strlen(text); i < len; i++)
        h = (h ^ (unsigned char)text[i]) * 0x100000001b3;
    return h;
}

// Keys go through mix() twice: the keys below one key are no numbers drawn from it.
static Rng below(Rng r, uint64_t what) { return (Rng){mix(mix(r.key + GOLDEN) ^ what * GOLDEN)}; }

Rng rng_make(uint64_t seed, const char *purpose) { return below((Rng){seed}, hash(purpose)); }
Rng rng_named(Rng r, const char *name) { return below(r, hash(name)); }
Rng rng_at(Rng r, uint64_t counter) { return below(r, mix(counter)); }

uint64_t rng_bits(Rng r, uint64_t i) { return mix(r.key + (i + 1) * GOLDEN); }

double rng_uniform(Rng r, uint64_t i) { return (double)(rng_bits(r, i) >> 11) * 0x1p-53; }

// Compares the 53 bits themselves, which spares making a double of each.
WIDE void rng_at_least(Rng r, uint64_t first, double p, uint8_t *yes, size_t n) {
    const uint64_t least = (uint64_t)ceil(p * 0x1p53);
    for (size_t i = 0; i < n; i++)
        yes[i] = rng_bits(r, first + i) >> 11 >= least;
}

/* A point (u, v) in the square is drawn until it lies in the unit circle; then u·√(−2 ln s / s) is
 * normal, s = u² + v². Source: Marsaglia & Bray, "A Convenient Method for Generating Normal
 * Variables", 1964. */
double rng_normal(Rng r, uint64_t i) {
    const Rng tries = rng_at(r, i);
    for (uint64_t k = 0;; k += 2) {
        const double u = 2 * rng_uniform(tries, k) - 1, v = 2 * rng_uniform(tries, k + 1) - 1;
        const double s = u * u + v * v;
        if (s > 0 && s < 1) return u * sqrt(-2 * exact_log(s) / s);
    }
}

/* 32 random bits times n, divided by 2³²: the quotient is the number. 2³² mod n of the products
 * must be drawn again so that all quotients are equally likely.
 * Source: Lemire, "Fast Random Integer Generation in an Interval", 2019. */
uint32_t rng_below(Rng r, uint64_t i, uint32_t n) {
    const uint32_t unfair = -n % n;
    uint64_t product = (rng_bits(r, i) >> 32) * n;
    for (uint64_t k = 0; (uint32_t)product < unfair; k++)
        product = (rng_bits(rng_at(r, i), k) >> 32) * n;
    return (uint32_t)(product >> 32);
}

void rng_shuffle(Rng r, int *order, int n) {
    for (int i = 0; i < n; i++)
        order[i] = i;
    for (int i = n - 1; i > 0; i--) {
        const uint32_t j = rng_below(r, (uint64_t)i, (uint32_t)i + 1);
        const int t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
}
