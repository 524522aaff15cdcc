/* filled.h — drawn numbers for the images of a plan, and labels of three classes in turn. */
#pragma once
#include "runtime/loss.h"
#include "runtime/plan.h"
#include "runtime/rng.h"

enum { MOST_FILLED = 128 }; // images

static inline void plan_fill(Plan *p, int n, double smooth) {
    const Rng rng = rng_make(5, "test");
    const Tensor in = plan_input(p, n);
    uint64_t i = 0;
    for (int k = 0; k < n; k++)
    for (int c = 0; c < in.c; c++)
    for (int y = 0; y < in.h; y++)
    for (int x = 0; x < in.w; x++)
        *at(in, k, c, y, x) = R(rng_normal(rng, i++));
    int label[MOST_FILLED];
    for (int k = 0; k < n; k++) label[k] = k % 3;
    loss_target(label, plan_target(p, n), smooth);
}
