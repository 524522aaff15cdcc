/* rng.h — random numbers that depend on what they are for, never on what was drawn before.
 *
 * A number is a hash of (seed, purpose, names and counters, index). Nothing is advanced, so two
 * threads may draw at once, a resumed run draws what it would have drawn, and adding a layer does
 * not change the dropout of another one.
 *
 *     Rng r = rng_at(rng_named(rng_make(seed, "dropout"), node->name), step);
 *     bool keep = rng_uniform(r, i) >= p;
 *
 * The mixing function is SplitMix64's finaliser; source: Steele, Lea & Flood, "Fast Splittable
 * Pseudorandom Number Generators", 2014. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct Rng { uint64_t key; } Rng;

Rng rng_make(uint64_t seed, const char *purpose);
Rng rng_named(Rng r, const char *name);
Rng rng_at(Rng r, uint64_t counter);

uint64_t rng_bits(Rng r, uint64_t i);               // 64 random bits
double   rng_uniform(Rng r, uint64_t i);            // in [0, 1), 53 bits of it
double   rng_normal(Rng r, uint64_t i);             // mean 0, deviation 1
uint32_t rng_below(Rng r, uint64_t i, uint32_t n);  // in [0, n), every value equally likely

// yes[i] = rng_uniform(r, first + i) >= p, for n indices at once.
void rng_at_least(Rng r, uint64_t first, double p, uint8_t *yes, size_t n);

// Fills order with a permutation of 0 … n−1 (Fisher–Yates).
void rng_shuffle(Rng r, int *order, int n);
