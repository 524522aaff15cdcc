/* Convolutions of every form, and dense layers: the matrix products against the definition, notes
 * and messages.
 *
 * All numbers are small multiples of ¼, and their sums are exact in any order: the fast code must
 * give the very numbers of the definition. */
#include "runtime/kernels/kernels.h"
#include "tests/unit/bench.h"
#include "tests/unit/model.h"

static const struct { Shape in; int n; const char *net, *note; } cases[] = {
    // strides, padding, windows that are not square
    {{3, 8, 8},    2,  "conv 4 3x3",                        "8-3+1 = 6"},
    {{1, 28, 28},  3,  "conv 6 5x5",                        "28-5+1 = 24"},
    {{2, 32, 32},  1,  "conv 3 3x3 pad=1",                  "32+2·1-3+1 = 32"},
    {{2, 32, 32},  1,  "conv 3 3x3 pad=1 stride=2",         "(32+2-3)/2+1 = 16, rounded down"},
    {{2, 33, 33},  1,  "conv 3 3x3 pad=1 stride=2",         "(33+2-3)/2+1 = 17"},
    {{2, 9, 7},    2,  "conv 3 3x2",                        "9-3+1 = 7 and 7-2+1 = 6"},
    {{2, 9, 12},   2,  "conv 3 1x5 stride=3 bias=no",       NULL},
    {{1, 4, 5},    2,  "conv 2 3x3 pad=6",                  "4+2·6-3+1 = 14 and 5+2·6-3+1 = 15"},
    {{2, 11, 6},   3,  "conv 5 2x4 stride=4 pad=3",         NULL},
    {{1, 3, 3},    2,  "conv 2 1x1 pad=2 stride=3",         NULL},
    // the odd row of `same` lies at the bottom and at the right
    {{2, 7, 7},    2,  "conv 3 3x3 pad=same",               "7+2·1-3+1 = 7"},
    {{2, 6, 6},    2,  "conv 3 3x3 pad=same stride=2",      "(6+1-3)/2+1 = 3"},
    {{1, 5, 5},    2,  "conv 2 2x2 pad=same",               "5+1-2+1 = 5"},
    {{1, 10, 10},  2,  "conv 2 2x2 pad=same stride=4",      "(10-2)/4+1 = 3"},
    {{2, 9, 8},    1,  "conv 2 4x4 pad=same stride=3 dilation=2", NULL},
    {{2, 9, 9},    1,  "conv 2 3x3 pad=valid",              "9-3+1 = 7"},
    // dilation and groups
    {{2, 9, 9},    2,  "conv 3 3x3 dilation=2",             "9-5+1 = 5"},
    {{3, 12, 10},  2,  "conv 4 3x2 dilation=3 pad=2 stride=2", NULL},
    {{6, 8, 8},    2,  "conv 4 3x3 groups=2",               NULL},
    {{6, 5, 5},    17, "conv 9 3x3 groups=3 pad=1",         NULL},
    {{7, 13, 13},  2,  "conv 7 3x3 groups=7 pad=same",      NULL},
    {{4, 13, 12},  3,  "conv 8 1x1 groups=4",               NULL},
    // a 1×1 window in place and not, a window as large as the image
    {{5, 12, 12},  2,  "conv 7 1x1",                        "12-1+1 = 12"},
    {{5, 3, 3},    16, "conv 7 1x1",                        NULL},
    {{5, 12, 12},  2,  "conv 7 1x1 stride=2",               NULL},
    {{5, 12, 12},  2,  "conv 7 1x1 pad=1",                  NULL},
    {{3, 6, 7},    4,  "conv 10 6x7",                       "6-6+1 = 1 and 7-7+1 = 1"},
    // small images side by side, in strips that do and do not come out even
    {{1, 1, 1},    1,  "conv 1 1x1",                        NULL},
    {{6, 12, 12},  16, "conv 16 5x5",                       NULL},
    {{6, 12, 12},  13, "conv 16 5x5",                       NULL},
    {{40, 4, 4},   17, "conv 8 3x3 pad=1 bias=no",          NULL},
    {{3, 2, 2},    15, "conv 33 3x3 pad=1",                 NULL},
    // single images with sixteen filters as a vector, or nearly so many; rims above, below and beside the map
    {{6, 14, 14},  2,  "conv 16 5x5",                       NULL},
    {{3, 13, 17},  3,  "conv 28 3x3 pad=1",                 NULL},
    {{4, 9, 11},   2,  "conv 32 3x3 pad=2 groups=2 bias=no", NULL},
    {{2, 6, 70},   1,  "conv 13 5x7 pad=same",              NULL},
    {{3, 40, 33},  2,  "conv 16 2x6 pad=1",                 NULL},
    {{1, 30, 4},   3,  "conv 15 7x3 pad=3",                 NULL},
    // … with fewer filters, along rows
    {{1, 28, 28},  2,  "conv 6 5x5 pad=2",                  NULL},
    {{3, 32, 32},  1,  "conv 6 5x5",                        NULL},
    {{6, 10, 50},  2,  "conv 11 3x7 pad=same",              NULL},
    {{4, 7, 18},   3,  "conv 6 6x2 pad=1 groups=2",         NULL},
    {{2, 3, 16},   2,  "conv 9 5x1 pad=4",                  NULL},
    // large images in strips of rows
    {{40, 30, 29}, 1,  "conv 5 3x3 pad=1",                  NULL},
    {{70, 9, 41},  2,  "conv 3 5x5 pad=2 stride=2",         NULL},
    {{1, 3, 700},  1,  "conv 2 3x11",                       NULL},
    {{96, 14, 14}, 1,  "conv 20 3x3 pad=1",                 NULL},
    // padding wider than the window and the stride, a window that stops far from the end
    {{1, 3, 3},    2,  "conv 2 2x2 pad=10 stride=100",      NULL},
    {{2, 3, 4},    2,  "conv 2 2x2 pad=4 stride=7",         NULL},
    {{2, 12, 13},  3,  "conv 3 2x2 stride=5",               NULL},
    {{2, 9, 11},   33, "conv 7 3x7 pad=3",                  NULL},
    {{1, 20, 20},  20, "conv 9 1x1 stride=3",               NULL},
    {{2, 30, 40},  2,  "conv 13 3x6",                       NULL},
    // 3×3 windows over many channels: Winograd's tiles, some cut off at the border
    {{8, 1, 1},    17, "conv 8 3x3 pad=1",                  NULL},
    {{8, 5, 7},    18, "conv 9 3x3 pad=1",                  NULL},
    {{9, 9, 8},    33, "conv 8 3x3 bias=no",                NULL},
    {{16, 3, 3},   16, "conv 8 3x3 pad=2",                  NULL},
    {{8, 4, 3},    5,  "conv 70 3x3 pad=same",              NULL},
    {{12, 3, 4},   2,  "conv 13 3x3 pad=6",                 NULL},
    {{8, 3, 333},  2,  "conv 8 3x3",                        NULL},
    // the same of single images: rows of tiles that are and are not whole vectors, chunks across images
    {{32, 10, 10}, 3,  "conv 32 3x3 pad=1",                 NULL},
    {{33, 13, 15}, 2,  "conv 40 3x3",                       NULL},
    {{40, 9, 66},  1,  "conv 70 3x3 pad=2 bias=no",         NULL},
    {{32, 3, 444}, 2,  "conv 33 3x3",                       NULL},
    // many weights
    {{256, 2, 3},  18, "conv 130 3x3 pad=1",                NULL},
    {{130, 10, 11}, 2, "conv 256 3x3 pad=1",                NULL},
    // channels in parts for the gradient of the weights, rows in bands
    {{40, 66, 60}, 2,  "conv 9 3x3 stride=2 pad=1",         NULL},
    {{23, 70, 55}, 3,  "conv 10 1x1 stride=2",              NULL},
    // sixteen images side by side: filters, too, for the gradient of the weights, by channels and by window
    // rows; maps a power of two apart; rims wider than the map
    {{6, 11, 9},   17, "conv 32 3x3 stride=2 pad=1",        NULL},
    {{7, 6, 7},    16, "conv 64 5x4 pad=2",                 NULL},
    {{2, 9, 10},   18, "conv 32 5x7 pad=1 bias=no",         NULL},
    {{10, 5, 6},   2,  "conv 64 3x5 pad=same groups=2",     NULL},
    {{8, 16, 16},  16, "conv 12 3x3 stride=2 pad=1",        NULL},
    {{16, 3, 3},   16, "conv 96 2x2 pad=4 stride=2",        NULL},
    // dense layers
    {{1, 1, 1},    1,  "dense 1",                           NULL},
    {{84, 1, 1},   16, "dense 10",                          NULL},
    {{300, 1, 1},  1,  "dense 77",                          NULL},
    {{2, 1, 1},    17, "dense 130 bias=no",                 NULL},
    {{500, 1, 1},  33, "dense 60",                          NULL},
};

static const struct { Shape in; const char *net, *text, *label; } mistakes[] = {
    {{3, 5, 5}, "conv 64 9x9", "the 9x9 kernel does not fit into the 5x5 image that arrives here",
     "at most 5x5 fits"},
    {{3, 5, 8}, "conv 64 9x9 pad=1",
     "the 9x9 kernel does not fit into the 5x8 image that arrives here with pad=1",
     "at most 7x10 fits"},
    {{3, 5, 5}, "conv 64 3x3 dilation=3",
     "the 3x3 kernel, 7x7 with dilation=3, does not fit into the 5x5 image that arrives here",
     "at most 2x2 fits"},
    {{3, 5, 5}, "conv 64 3x3 groups=2", "groups=2 does not divide the 3 channels that arrive here",
     "it must divide 3 and 64"},
    {{6, 5, 5}, "conv 64 3x3 groups=3", "groups=3 does not divide the 64 filters of this layer",
     "it must divide 6 and 64"},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void quarters(Tensor t, unsigned salt) {
    for (size_t i = 0; i < tensor_len(t); i++) {
        const unsigned h = ((unsigned)i + salt * 1009u) * 2654435761u;
        t.v[i] = (real)((int)(h >> 16) % 17 - 8) / 4;
    }
}

static void fill(Bench *b) {
    quarters(b->src[0], 1);
    quarters(b->diff_dst, 2);
    for (int k = 0; k < b->n_param; k++) quarters(b->param[k], 3 + (unsigned)k);
}

static void fill_lanes(Bench *b, const Bench *plain) {
    bench_fill_with(b->src[0], R(0.25)); // lanes without an image: any number will do
    tensor_copy(b->src[0], plain->src[0]);
    tensor_copy(b->diff_dst, plain->diff_dst);
    for (int k = 0; k < b->n_param; k++) tensor_copy(b->param[k], plain->param[k]);
}

// b is in the plain layout.
static bool same(Tensor a, Tensor b) {
    size_t i = 0;
    for (int n = 0; n < b.n; n++)
    for (int c = 0; c < b.c; c++)
    for (int y = 0; y < b.h; y++)
    for (int x = 0; x < b.w; x++)
        if (!(fabs((double)*at(a, n, c, y, x) - (double)b.v[i++]) <= 0)) return false;
    return true;
}

static void check_same(const Bench *a, const Bench *b, const char *what, const char *net) {
    bool ok = same(a->dst, b->dst) && same(a->diff_src[0], b->diff_src[0]);
    for (int k = 0; k < a->n_param; k++) ok &= same(a->diff_param[k], b->diff_param[k]);
    if (!CHECK(ok)) printf("    %s, %d images: %s\n", net, a->n, what);
}

// The gradient of the weights in three ranges of filters, which cut through the groups.
static void run_rows(Bench *b) {
    const int F = b->node->shape.c;
    const Tensor none[MAX_PARAMS] = {{0}};
    Call c;
    bench_clear(b, 1);
    bench_forward(b, false, bench_whole(b, &c, (Mode){.training = true}));
    c.s.diff_param = none;
    bench_backward(b, false, &c.s);
    for (int k = 0; k < 3; k++)
        b->kind->backward_params(bench_step(b, &c, (Mode){.training = true}, (Range){0, b->n},
                                            (Range){k * F / 3, (k + 1) * F / 3}));
}

static void check_unprepared(Bench *fast, const Bench *ref, const char *net) {
    if (!fast->prepared) return;
    bench_unprepared(fast);
    bench_run(fast, false, (Mode){.training = true}, 1);
    check_same(fast, ref, "without preparing the weights the numbers are others", net);
}

static void check_case(Shape in, int n, const char *net, const char *note) {
    Model m = model_make(net, in, 10);
    const Node *node = m.g ? &m.g->node[m.g->output] : NULL;
    if (node && note) CHECK_TEXT(node->note, note);
    if (node) {
        Bench ref = bench_make(m.g, node, n), fast = bench_make(m.g, node, n);
        fill(&ref), fill(&fast);
        bench_run(&ref, true, (Mode){.training = true}, 1);
        bench_run(&fast, false, (Mode){.training = true}, 1);
        check_same(&fast, &ref, "the fast code gives other numbers", net);
        run_rows(&fast);
        check_same(&fast, &ref, "gradients by filters are others", net);
        check_unprepared(&fast, &ref, net);
        bench_free(&fast);
        fast = bench_make_in(m.g, node, n, LAYOUT_LANES);
        fill_lanes(&fast, &ref);
        bench_run(&fast, false, (Mode){.training = true}, 1);
        check_same(&fast, &ref, "sixteen images side by side give other numbers", net);
        run_rows(&fast);
        check_same(&fast, &ref, "gradients by filters of images side by side are others", net);
        check_unprepared(&fast, &ref, net);
        bench_free(&ref), bench_free(&fast);
    }
    model_free(&m);
}

/* One filter on one 4×4 image, worked by hand:
 *
 *     1 2 0 1
 *     0 1 3 2      weights  1  0 −1      bias 1/2
 *     2 0 1 1               0  2  0
 *     1 1 0 2              −1  0  1
 *
 *     y 0 x 0:   1 − 0 + 2·1 − 2 + 1 = 2          y 0 x 1:   2 − 1 + 2·3 − 0 + 1 = 8
 *     y 1 x 0:   0 − 3 + 2·0 − 1 + 0 = −4         y 1 x 1:   1 − 2 + 2·1 − 1 + 2 = 2 */
static void check_by_hand(void) {
    static const real image[] = {1, 2, 0, 1, 0, 1, 3, 2, 2, 0, 1, 1, 1, 1, 0, 2};
    static const real weights[] = {1, 0, -1, 0, 2, 0, -1, 0, 1};
    static const double want[] = {2.5, 8.5, -3.5, 2.5};
    Model m = model_make("conv 1 3x3", (Shape){1, 4, 4}, 10);
    for (int ref = 0; m.g && ref < 2; ref++) {
        Bench b = bench_make(m.g, &m.g->node[m.g->output], 1);
        memcpy(b.src[0].v, image, sizeof image);
        memcpy(b.param[0].v, weights, sizeof weights);
        b.param[1].v[0] = R(0.5);
        bench_run(&b, ref, (Mode){0}, 0);
        for (int i = 0; i < 4; i++) CHECK_NEAR(b.dst.v[i], want[i], 0);
        bench_free(&b);
    }
    model_free(&m);
}

// pad=same puts the one row and column that a 2×2 window needs at the bottom and at the right: a
// window that looks at its last pixel alone then sees the image moved up and to the left.
static void check_odd_row(void) {
    static const real image[] = {1, 2, 3, 4}, weights[] = {0, 0, 0, 1};
    static const double want[] = {4, 0, 0, 0};
    Model m = model_make("conv 1 2x2 pad=same bias=no", (Shape){1, 2, 2}, 10);
    for (int ref = 0; m.g && ref < 2; ref++) {
        Bench b = bench_make(m.g, &m.g->node[m.g->output], 1);
        memcpy(b.src[0].v, image, sizeof image);
        memcpy(b.param[0].v, weights, sizeof weights);
        bench_run(&b, ref, (Mode){0}, 0);
        for (int i = 0; i < 4; i++) CHECK_NEAR(b.dst.v[i], want[i], 0);
        bench_free(&b);
    }
    model_free(&m);
}

static void check_mistake(Shape in, const char *net, const char *text, const char *label) {
    Model m = model_try(net, in, 10);
    CHECK(!m.x && diags_count(m.diags) > 0);
    if (diags_count(m.diags) > 0) {
        CHECK_TEXT(diags_get(m.diags, 0)->text, text);
        CHECK_TEXT(diags_get(m.diags, 0)->label, label);
    }
    model_free(&m);
}

// Names, roles and fans of the parameters, and the count of products.
static void check_params(void) {
    Model m = model_make("conv 8 5x3 groups=2", (Shape){4, 9, 9}, 10);
    if (m.g) {
        const Node *n = &m.g->node[m.g->output];
        CHECK(n->n_params == 2 && n->param[0].rank == 4 && n->param[1].rank == 1);
        CHECK_TEXT(n->param[0].name, "weight");
        CHECK_TEXT(n->param[1].name, "bias");
        CHECK(n->param[0].role == PARAM_WEIGHT && n->param[1].role == PARAM_BIAS);
        CHECK(n->param[0].dim[0] == 8 && n->param[0].dim[1] == 2);
        CHECK(n->param[0].dim[2] == 5 && n->param[0].dim[3] == 3 && n->param[1].dim[0] == 8);
        CHECK(n->param[0].fan_in == 2 * 5 * 3 && n->param[0].fan_out == 4 * 5 * 3);
        CHECK(n->macs == 8 * (9 - 5 + 1) * (9 - 3 + 1) * (2 * 5 * 3));
    }
    model_free(&m);
}

int main(void) {
    check_by_hand();
    check_odd_row();
    check_params();
    for (const Kernels *k = kernels_table; k->name; k++) {
        Error e;
        const bool middle = k > kernels_table && k[1].name; // the same source, vectors of another length
        if (!k->usable() || (middle && test_slow())) continue;
        CHECK(kernels_choose(k->name, &e));
        for (size_t i = 0; i < COUNT(cases); i++)
            check_case(cases[i].in, cases[i].n, cases[i].net, cases[i].note);
        for (int n = 1; n <= 17; n++) check_case((Shape){3, 7, 6}, n, "conv 5 3x2 pad=1", NULL);
    }
    for (size_t i = 0; i < COUNT(mistakes); i++)
        check_mistake(mistakes[i].in, mistakes[i].net, mistakes[i].text, mistakes[i].label);
    return test_end("conv");
}
