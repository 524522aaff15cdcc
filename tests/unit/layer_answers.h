/* layer_answers.h — one step of every kind of layer, worked out on paper. */
#pragma once
#include "lang/kind.h"
#include "lang/limits.h"
#include "runtime/real.h"

enum { ROOM = 9 };

typedef struct Answer {
    const char *net;
    int n;
    Shape in;
    unsigned char saved[ROOM]; // random choices, if replay is set
    bool replay, frozen;
    real src[2][ROOM], param[MAX_PARAMS][ROOM], dst[ROOM];
    real diff_dst[ROOM], diff_src[2][ROOM], diff_param[MAX_PARAMS][ROOM];
    real after[MAX_PARAMS][ROOM]; // statistics after a step of training
} Answer;

// The last layer of `net` is the one that is tested.
static const Answer answers[] = {
    /* 1·1 + 2·5 + 1 = 12, 1·2 + 2·6 + 1 = 15, 1·4 + 2·8 + 1 = 21, 1·5 + 2·9 + 1 = 24. Back: the
     * window at 0,0 counts once, the one at 1,1 twice: 1 + 2·5, 2 + 2·6, 4 + 2·8, 5 + 2·9. */
    {.net = "conv 1 2x2", .n = 1, .in = {1, 3, 3}, .src = {{1, 2, 3, 4, 5, 6, 7, 8, 9}},
     .param = {{1, 0, 0, 2}, {1}}, .dst = {12, 15, 21, 24}, .diff_dst = {1, 0, 0, 2},
     .diff_src = {{1, 0, 0, 0, 2 + 2, 0, 0, 0, 4}}, .diff_param = {{11, 14, 20, 23}, {3}}},
    /* 1 + 4 − 3 + ½ = 2½, 0 − 2 − 1 + 1 = −2. Back: 1·(1 2 3) + 2·(0 −1 1) = (1 0 5). */
    {.net = "dense 2", .n = 1, .in = {3, 1, 1}, .src = {{1, 2, -1}},
     .param = {{1, 2, 3, 0, -1, 1}, {0.5, 1}}, .dst = {2.5, -2}, .diff_dst = {1, 2},
     .diff_src = {{1, 0, 5}}, .diff_param = {{1, 2, -1, 2, 4, -2}, {1, 2}}},
    /* 5 is the largest of 1 5 3 4; of 2 2 2 0 the first 2 wins. */
    {.net = "maxpool 2", .n = 1, .in = {1, 2, 4}, .src = {{1, 5, 2, 2, 3, 4, 2, 0}},
     .dst = {5, 2}, .diff_dst = {3, 4}, .diff_src = {{0, 3, 4, 0, 0, 0, 0, 0}}},
    /* Each window holds one pixel and three places of padding, which never wins. */
    {.net = "maxpool 2 pad=1", .n = 1, .in = {1, 2, 2}, .src = {{-1, -2, -3, -5}},
     .dst = {-1, -2, -3, -5}, .diff_dst = {1, 2, 3, 4}, .diff_src = {{1, 2, 3, 4}}},
    /* (1 + 5 + 3 + 4)/4 = 3¼, (2 + 2 + 2 + 0)/4 = 1½; back a quarter each. */
    {.net = "avgpool 2", .n = 1, .in = {1, 2, 4}, .src = {{1, 5, 2, 2, 3, 4, 2, 0}},
     .dst = {3.25, 1.5}, .diff_dst = {4, 8}, .diff_src = {{1, 1, 2, 2, 1, 1, 2, 2}}},
    /* Padding counts: each window holds one pixel and three zeros. */
    {.net = "avgpool 2 pad=1", .n = 1, .in = {1, 2, 2}, .src = {{4, 8, 12, 16}},
     .dst = {1, 2, 3, 4}, .diff_dst = {4, 8, 12, 16}, .diff_src = {{1, 2, 3, 4}}},
    /* What rounding up adds does not count: the windows are 1 2 and 4 alone. */
    {.net = "avgpool 1x2 ceil=yes", .n = 1, .in = {1, 1, 3}, .src = {{1, 2, 4}},
     .dst = {1.5, 4}, .diff_dst = {2, 5}, .diff_src = {{1, 1, 5}}},
    /* (1 + 3)/2 and (4 + 8)/2. */
    {.net = "globalavgpool", .n = 1, .in = {2, 1, 2}, .src = {{1, 3, 4, 8}}, .dst = {2, 6},
     .diff_dst = {2, 4}, .diff_src = {{1, 1, 2, 2}}},
    /* Two squares of 2 × 2; back 1 + 2 + 5 + 6 and 3 + 4 + 7 + 8. */
    {.net = "upsample 2", .n = 1, .in = {1, 1, 2}, .src = {{1, 2}}, .dst = {1, 1, 2, 2, 1, 1, 2, 2},
     .diff_dst = {1, 2, 3, 4, 5, 6, 7, 8}, .diff_src = {{14, 22}}},
    /* One channel of zeros before and two behind; back only the second one's gradient comes. */
    {.net = "widen 4", .n = 2, .in = {1, 1, 1}, .src = {{5, 6}}, .dst = {0, 5, 0, 0, 0, 6, 0, 0},
     .diff_dst = {1, 2, 3, 4, 5, 6, 7, 8}, .diff_src = {{2, 6}}},
    {.net = "flatten", .n = 1, .in = {2, 1, 2}, .src = {{1, 2, 3, 4}}, .dst = {1, 2, 3, 4},
     .diff_dst = {5, 6, 7, 8}, .diff_src = {{5, 6, 7, 8}}},
    {.net = "relu", .n = 1, .in = {1, 1, 3}, .src = {{-1, 0, 2}}, .dst = {0, 0, 2},
     .diff_dst = {5, 6, 7}, .diff_src = {{0, 0, 7}}},
    {.net = "leakyrelu 0.5", .n = 1, .in = {1, 1, 3}, .src = {{-4, 0, 2}}, .dst = {-2, 0, 2},
     .diff_dst = {2, 4, 6}, .diff_src = {{1, 2, 6}}},
    /* 2·(½ − 1) = −1; slopes −1 + 2, 0 + 2 and 1. */
    {.net = "elu 2", .n = 1, .in = {1, 1, 3}, .src = {{R(-0.6931471805599453), 0, 3}},
     .dst = {-1, 0, 3}, .diff_dst = {1, 2, 3}, .diff_src = {{1, 4, 3}}},
    /* Φ(1) = 0.8413447 and Φ'(1) = 0.2419707 from a table; Φ(−1) = 1 − Φ(1). */
    {.net = "gelu", .n = 1, .in = {1, 1, 4}, .src = {{0, 1, -1, 9}},
     .dst = {0, R(0.84134474606854295), R(-0.15865525393145705), 9}, .diff_dst = {2, 1, 1, 3},
     .diff_src = {{1, R(1.08331547058768638), R(-0.08331547058768633), 3}}},
    /* √(2/π)·1.044715 = 0.8335613, tanh 0.6823840: Φ = 0.8411920, slope 2·Φ·(1 − Φ)·√(2/π)·1.134145. */
    {.net = "gelu approximate=tanh", .n = 1, .in = {1, 1, 4}, .src = {{0, 1, -1, 9}},
     .dst = {0, R(0.8411919906082767), R(0.8411919906082767 - 1), 9}, .diff_dst = {2, 1, 1, 3},
     .diff_src = {{1, R(1.0829640838457826), R(1 - 1.0829640838457826), 3}}},
    /* Sigmoids ½ and ¾; slopes ½ and ¾·(1 + ¼·ln 3). */
    {.net = "silu", .n = 1, .in = {1, 1, 2}, .src = {{0, R(1.0986122886681098)}},
     .dst = {0, R(0.75 * 1.0986122886681098)}, .diff_dst = {4, 16},
     .diff_src = {{2, R(12 + 3 * 1.0986122886681098)}}},
    /* 1/(1 + 1) and, at ln 3, 1/(1 + ⅓) = ¾; slopes ¼ and ¾·¼. */
    {.net = "sigmoid", .n = 1, .in = {1, 1, 2}, .src = {{0, R(1.0986122886681098)}},
     .dst = {0.5, 0.75}, .diff_dst = {4, 16}, .diff_src = {{1, 3}}},
    /* At ½·ln 3: (3 − 1)/(3 + 1) = ½; slopes 1 and 1 − ¼. */
    {.net = "tanh", .n = 1, .in = {1, 1, 2}, .src = {{0, R(0.5493061443340549)}},
     .dst = {0, 0.5}, .diff_dst = {2, 4}, .diff_src = {{2, 3}}},
    /* 1 : 1 : 2. Σ g·y = 1 + 0 + 1 = 2; back y·(g − 2). */
    {.net = "softmax", .n = 1, .in = {3, 1, 1}, .src = {{0, 0, R(0.6931471805599453)}},
     .dst = {0.25, 0.25, 0.5}, .diff_dst = {4, 0, 2}, .diff_src = {{0.5, -0.5, 0}}},
    /* A difference of 1000 overflows nothing. */
    {.net = "softmax", .n = 1, .in = {2, 1, 1}, .src = {{1000, 0}}, .dst = {1, 0},
     .diff_dst = {3, 5}, .diff_src = {{0, 0}}},
    /* What stays is doubled. */
    {.net = "dropout 50%", .n = 1, .in = {1, 1, 3}, .saved = {1, 0, 1}, .replay = true,
     .src = {{1, 2, 3}}, .dst = {2, 0, 6}, .diff_dst = {1, 1, 1}, .diff_src = {{2, 0, 2}}},
    /* Mean ½, variance (3·¼ + 9/4)/4 = ¾, σ = √(¾ + ¼) = 1, x̂ = −½ −½ −½ 1½. Σ g = 2,
     * Σ g·x̂ = −½ + 1½ = 1; back 2·(g − 2/4 − x̂/4). Running: ¾·2 + ¼·½, ¾·2 + ¼·(¾·4/3). */
    {.net = "batchnorm eps=0.25 momentum=0.25", .n = 2, .in = {1, 1, 2}, .src = {{0, 0, 0, 2}},
     .param = {{2}, {1}, {2}, {2}}, .dst = {0, 0, 0, 4}, .diff_dst = {1, 0, 0, 1},
     .diff_src = {{1.25, -0.75, -0.75, 0.25}}, .diff_param = {{1}, {2}},
     .after = {{2}, {1}, {1.625}, {1.75}}},
    /* Frozen, with the stored mean 1 and σ = 1: x̂ = −1 −1 −1 1; Σ g·x̂ = −1 + 1. */
    {.net = "batchnorm eps=0.25 momentum=0.25", .n = 2, .in = {1, 1, 2}, .src = {{0, 0, 0, 2}},
     .frozen = true, .param = {{2}, {1}, {1}, {0.75}}, .dst = {-1, -1, -1, 3},
     .diff_dst = {1, 0, 0, 1}, .diff_src = {{2, 0, 0, 2}}, .diff_param = {{0}, {2}},
     .after = {{2}, {1}, {1}, {0.75}}},
    /* As above, x̂ = −½ −½ −½ 1½ and, turned round, 1½ −½ −½ −½. The second image: Σ g = 4,
     * Σ g·x̂ = −2; back 2·(g − 4/4 + 2·x̂/4). */
    {.net = "instancenorm eps=0.25", .n = 2, .in = {1, 2, 2}, .src = {{0, 0, 0, 2, 2, 0, 0, 0}},
     .param = {{2}, {1}}, .dst = {0, 0, 0, 4, 4, 0, 0, 0}, .diff_dst = {1, 0, 0, 1, 0, 0, 0, 4},
     .diff_src = {{1.25, -0.75, -0.75, 0.25, -0.5, -2.5, -2.5, 5.5}},
     .diff_param = {{1 - 2}, {2 + 4}}},
    /* x̂ as above, over both channels. g = weight·diff_dst = 2 2 0 2: Σ g = 6, Σ g·x̂ = 1; back
     * g − 6/4 − x̂/4. */
    {.net = "layernorm eps=0.25", .n = 1, .in = {2, 1, 2}, .src = {{0, 0, 0, 2}},
     .param = {{2, 1, 1, 2}, {0, 1, 2, 3}}, .dst = {-1, 0.5, 1.5, 6}, .diff_dst = {1, 2, 0, 1},
     .diff_src = {{0.625, 0.625, -1.375, 0.125}},
     .diff_param = {{-0.5, -1, 0, 1.5}, {1, 2, 0, 1}}},
    /* s = 1 + (1 + 4), 1 + (1 + 4 + 0), 1 + (4 + 0). Back: g·dst/s = ⅙ ⅔ 0, and 6/6 − 2·1·(⅙ + ⅔),
     * 12/6 − 2·2·(⅙ + ⅔), 5/5. */
    {.net = "lrn 3 alpha=3 beta=1", .n = 1, .in = {3, 1, 1}, .src = {{1, 2, 0}},
     .dst = {R(1.0 / 6), R(2.0 / 6), 0}, .diff_dst = {6, 12, 5},
     .diff_src = {{R(-2.0 / 3), R(-4.0 / 3), 1}}},
    /* Size 2 is the channel and the next: s = 1 + (1 + 4), 1 + (4 + 0), 1 + 0. Back: g·dst/s = ⅙,
     * and 6/6 − 2·1·⅙, −2·2·⅙. */
    {.net = "lrn 2 alpha=2 beta=1", .n = 1, .in = {3, 1, 1}, .src = {{1, 2, 0}},
     .dst = {R(1.0 / 6), R(2.0 / 5), 0}, .diff_dst = {6, 0, 0},
     .diff_src = {{R(2.0 / 3), R(-2.0 / 3), 0}}},
    {.net = "relu as a; tanh; add a", .n = 1, .in = {1, 1, 2}, .src = {{1, 2}, {3, 5}},
     .dst = {4, 7}, .diff_dst = {1, 2}, .diff_src = {{1, 2}, {1, 2}}},
    {.net = "relu as a; tanh; concat a", .n = 1, .in = {1, 1, 2}, .src = {{1, 2}, {3, 5}},
     .dst = {1, 2, 3, 5}, .diff_dst = {1, 2, 3, 4}, .diff_src = {{1, 2}, {3, 4}}},
};
