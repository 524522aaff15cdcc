/* cut.h — small sums that every way of cutting a layer's work needs. */
#pragma once
#include "runtime/tensor.h"

static inline int smaller(int a, int b) { return a < b ? a : b; }
static inline int larger(int a, int b) { return a > b ? a : b; }

// How many parts, if one has `limit` at most; and the size of one, if they are as equal as can be.
static inline int parts_of(int total, int limit) { return (total + limit - 1) / limit; }
static inline int equal_part(int total, int limit) { return parts_of(total, parts_of(total, limit)); }

// n, up to the next whole vector of LANES.
static inline size_t aligned(size_t n) { return (n + LANES - 1) / LANES * LANES; }
