/* layers.c — every kind of layer: shapes, definition against fast code, gradients against finite
 * differences, cuts, and answers worked out by hand.
 *
 * A new kind needs rows in `cases` and in layer_answers.h; nothing below them names a kind. */
#include <float.h>

#include "tests/unit/bench.h"
#include "tests/unit/layer_answers.h"
#include "tests/unit/model.h"

typedef struct Case { Shape in; const char *net; Shape out; const char *note; } Case;

// The last layer of `net` is the one that is tested.
static const Case cases[] = {
    {{3, 7, 6}, "conv 4 3x3 pad=1",               {4, 7, 6}, NULL},
    {{2, 8, 7}, "conv 3 3x3 stride=2 pad=1",      {3, 4, 4}, NULL},
    {{2, 6, 7}, "conv 3 3x3 stride=2 pad=same",   {3, 3, 4}, NULL},
    {{2, 6, 5}, "conv 3 2x2 pad=same bias=no",    {3, 6, 5}, NULL},
    {{1, 9, 8}, "conv 2 5x5",                     {2, 5, 4}, NULL},
    {{5, 4, 4}, "conv 17 1x1",                    {17, 4, 4}, NULL},
    {{3, 2, 2}, "dense 5",                        {5, 1, 1}, NULL},
    {{37, 1, 1}, "dense 19 bias=no",              {19, 1, 1}, NULL},
    {{2, 6, 4}, "maxpool 2",                      {2, 3, 2}, "6/2 = 3 and 4/2 = 2"},
    {{3, 28, 28}, "maxpool 2",                    {3, 14, 14}, "28/2 = 14"},
    {{2, 5, 5}, "maxpool 2",                      {2, 2, 2}, "5/2 = 2, rounded down"},
    {{1, 7, 7}, "maxpool 3 stride=2",             {1, 3, 3}, "(7-3)/2+1 = 3"},
    {{1, 7, 7}, "maxpool 2 stride=3",             {1, 2, 2}, "(7-2)/3+1 = 2, rounded down"},
    {{2, 6, 6}, "maxpool 3 stride=2 pad=1",       {2, 3, 3}, "(6+2·1-3)/2+1 = 3, rounded down"},
    {{1, 6, 6}, "maxpool 3 stride=2 ceil=yes",    {1, 3, 3}, "(6-3)/2+1 = 3, rounded up"},
    {{1, 5, 5}, "maxpool 2 stride=3 pad=1 ceil=yes", {1, 2, 2}, NULL}, // a third begins outside
    {{1, 5, 5}, "maxpool 3 stride=1 pad=1",       {1, 5, 5}, "(5+2·1-3)/1+1 = 5"},
    {{2, 7, 7}, "maxpool 2 pad=same",             {2, 4, 4}, "7/2 = 4, rounded up"},
    {{2, 7, 9}, "maxpool 2x3",                    {2, 3, 3}, "7/2 = 3, rounded down and 9/3 = 3"},
    {{1, 7, 9}, "maxpool 2x3 stride=1",           {1, 6, 7}, "(7-2)/1+1 = 6 and (9-3)/1+1 = 7"},
    {{2, 6, 4}, "avgpool 2",                      {2, 3, 2}, "6/2 = 3 and 4/2 = 2"},
    {{2, 6, 6}, "avgpool 3 stride=2 pad=1",       {2, 3, 3}, "(6+2·1-3)/2+1 = 3, rounded down"},
    {{1, 6, 6}, "avgpool 3 stride=2 ceil=yes",    {1, 3, 3}, "(6-3)/2+1 = 3, rounded up"},
    {{2, 7, 5}, "avgpool 2x3 stride=1 pad=same",  {2, 7, 5}, "7/1 = 7 and 5/1 = 5"},
    {{1, 7, 7}, "avgpool 2 stride=3",             {1, 2, 2}, "(7-2)/3+1 = 2, rounded down"},
    {{3, 4, 5}, "globalavgpool",                  {3, 1, 1}, "the mean of each 4x5 map"},
    {{2, 3, 3}, "upsample 3",                     {2, 9, 9}, "3*3 = 9"},
    {{2, 3, 4}, "upsample 2",                     {2, 6, 8}, "2*3 = 6 and 2*4 = 8"},
    {{2, 3, 4}, "upsample 1",                     {2, 3, 4}, "1*3 = 3 and 1*4 = 4"},
    {{2, 3, 4}, "widen 4",                        {4, 3, 4}, "1+2+1 = 4 channels"},
    {{3, 2, 3}, "widen 8",                        {8, 2, 3}, "2+3+3 = 8 channels"},
    {{3, 2, 3}, "widen 4",                        {4, 2, 3}, "0+3+1 = 4 channels"},
    {{5, 1, 1}, "widen 5",                        {5, 1, 1}, "0+5+0 = 5 channels"},
    {{3, 4, 5}, "flatten",                        {60, 1, 1}, "4*5*3 = 60"},
    {{3, 4, 5}, "relu",                           {3, 4, 5}, NULL},
    {{3, 4, 5}, "leakyrelu",                      {3, 4, 5}, NULL},
    {{3, 4, 5}, "leakyrelu 0.3",                  {3, 4, 5}, NULL},
    {{3, 4, 5}, "elu",                            {3, 4, 5}, NULL},
    {{3, 4, 5}, "elu 0.5",                        {3, 4, 5}, NULL},
    {{3, 9, 11}, "gelu",                          {3, 9, 11}, NULL},
    {{3, 9, 11}, "gelu approximate=tanh",         {3, 9, 11}, NULL},
    {{3, 9, 11}, "silu",                          {3, 9, 11}, NULL},
    {{3, 4, 5}, "sigmoid",                        {3, 4, 5}, NULL},
    {{3, 4, 5}, "tanh",                           {3, 4, 5}, NULL},
    {{7, 1, 1}, "softmax",                        {7, 1, 1}, NULL},
    {{4, 2, 3}, "softmax",                        {4, 2, 3}, NULL},
    {{3, 4, 5}, "dropout 30%",                    {3, 4, 5}, NULL},
    {{3, 4, 5}, "batchnorm",                      {3, 4, 5}, NULL},
    {{5, 1, 1}, "batchnorm eps=0.1",              {5, 1, 1}, NULL},
    {{71, 1, 1}, "batchnorm",                     {71, 1, 1}, NULL},
    {{3, 4, 5}, "instancenorm",                   {3, 4, 5}, "each 4x5 map on its own"},
    {{2, 1, 3}, "instancenorm eps=0.1",           {2, 1, 3}, "each 1x3 map on its own"},
    {{3, 4, 5}, "layernorm",                      {3, 4, 5}, "the 60 numbers of an image"},
    {{7, 1, 1}, "layernorm eps=0.1",              {7, 1, 1}, "the 7 numbers of an image"},
    {{7, 3, 2}, "lrn",                            {7, 3, 2}, "with channels c-2 to c+2"},
    {{3, 3, 2}, "lrn 5 alpha=2",                  {3, 3, 2}, NULL},
    {{6, 2, 2}, "lrn 4 alpha=3 beta=0.5 k=2",     {6, 2, 2}, "with channels c-1 to c+2"},
    {{4, 1, 1}, "lrn 1 alpha=1",                  {4, 1, 1}, "with channels c-0 to c+0"},
    {{2, 3, 3}, "relu as a; tanh; add a",         {2, 3, 3}, NULL},
    {{2, 3, 3}, "relu as a; tanh as b; sigmoid; add a b", {2, 3, 3}, NULL},
    {{2, 3, 3}, "relu as a; maxpool 3 stride=1 pad=1; concat a", {4, 3, 3}, "2+2 = 4"},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const Mode modes[] = {{.training = true}, {.training = true, .frozen = true}, {0}};
static const real EPSILON = sizeof(real) == sizeof(float) ? (real)FLT_EPSILON : (real)DBL_EPSILON;

enum { IMAGES = 6 };

// ---- comparing ----------------------------------------------------------------------------------

static bool near(Tensor a, Tensor b, double tol) {
    if (!a.v || !b.v) return true;
    for (size_t i = 0; i < tensor_len(a); i++)
        if (!(fabs((double)a.v[i] - b.v[i]) <= tol * (1 + fabs((double)b.v[i])))) return false;
    return true;
}

// A sum of T numbers of size 1 may be off by T roundings, in whatever order it is made.
static double tolerance(const Bench *b) {
    const double outputs = (double)tensor_image(b->dst);
    const double products = (double)b->node->macs / outputs;
    return (8 + products + (double)tensor_len(b->dst)) * (double)EPSILON;
}

static void check(bool ok, const char *net, const char *what) {
    if (!CHECK(ok)) printf("    %s: %s\n", net, what);
}

// Everything that a step has written: values, gradients of inputs and of parameters, statistics.
static void compare(const Bench *a, const Bench *b, double tol, double param_tol, const char *net,
                    const char *what) {
    check(near(a->dst, b->dst, tol), net, what);
    for (int k = 0; k < a->n_src; k++)
        check(near(a->diff_src[k], b->diff_src[k], tol), net, what);
    for (int k = 0; k < a->n_param; k++) {
        check(near(a->param[k], b->param[k], param_tol), net, what);
        check(near(a->diff_param[k], b->diff_param[k], param_tol), net, what);
    }
}

// ---- what holds for every kind ------------------------------------------------------------------

static void test_ref(const Graph *g, const Node *node, Mode m, const char *net) {
    Bench fast = bench_make(g, node, IMAGES), ref = bench_make(g, node, IMAGES);
    bench_fill(&fast), bench_fill(&ref);
    bench_run(&fast, false, m, R(0.25));
    bench_run(&ref, true, m, R(0.25));
    compare(&fast, &ref, tolerance(&ref), tolerance(&ref), net, "fast code and definition differ");
    bench_free(&fast), bench_free(&ref);
}

static void test_adds(const Graph *g, const Node *node, Mode m, bool ref, const char *net) {
    Bench a = bench_make(g, node, IMAGES), b = bench_make(g, node, IMAGES);
    bench_fill(&a), bench_fill(&b);
    bench_run(&a, ref, m, 0);
    bench_run(&b, ref, m, 1);
    for (int k = 0; k < b.n_src; k++)
        for (size_t i = 0; i < tensor_len(b.diff_src[k]); i++)
            b.diff_src[k].v[i] -= 1;
    for (int k = 0; k < b.n_param; k++)
        for (size_t i = 0; b.diff_param[k].v && i < tensor_len(b.diff_param[k]); i++)
            b.diff_param[k].v[i] -= 1;
    compare(&a, &b, tolerance(&a), tolerance(&a), net, "backward does not add");
    bench_free(&a), bench_free(&b);
}

// Cut into groups of images: the same numbers as in one go.
static void test_cut(const Graph *g, const Node *node, Mode m, const char *net) {
    static const Range groups[] = {{0, 4}, {4, 5}, {5, IMAGES}};
    Bench whole = bench_make(g, node, IMAGES), cut = bench_make(g, node, IMAGES);
    bench_fill(&whole), bench_fill(&cut);
    bench_run(&whole, false, m, 0);
    bench_run_cut(&cut, m, groups, COUNT(groups));
    const bool summed = node->macs > 0; // a matrix product may sum in the order its size suggests
    const bool joined = cut.notes_len > 0;
    compare(&cut, &whole, summed || joined ? tolerance(&whole) : 0, tolerance(&whole), net,
            "cut into groups the numbers differ");
    bench_free(&whole), bench_free(&cut);
}

// A gradient that nobody asks for is left out; the others stay as they are.
static void test_unasked(const Graph *g, const Node *node, Mode m, const char *net) {
    Bench all = bench_make(g, node, IMAGES), some = bench_make(g, node, IMAGES);
    bench_fill(&all), bench_fill(&some);
    bench_run(&all, false, m, 0);
    Call c;
    bench_forward(&some, false, bench_whole(&some, &c, m));
    for (int k = 0; k < some.n_src + 1; k++) {
        const Tensor none[MAX_PARAMS] = {{0}};
        bench_clear(&some, 0);
        bench_whole(&some, &c, m);
        if (k < some.n_src) c.diff_src[k].v = NULL;
        else c.s.diff_param = none;
        bench_backward(&some, false, &c.s);
        for (int j = 0; j < some.n_src; j++)
            check(j == k || near(some.diff_src[j], all.diff_src[j], 0), net, "diff_src changed");
        for (int j = 0; k < some.n_src && j < some.n_param; j++)
            check(near(some.diff_param[j], all.diff_param[j], tolerance(&all)), net,
                  "diff_param changed");
    }
    bench_free(&all), bench_free(&some);
}

// ---- sixteen images side by side ----------------------------------------------------------------

// What a bench in any layout reads, as in a plain one: lanes without an image hold numbers, too.
static void fill_like(Bench *b, const Bench *plain) {
    for (int k = 0; k < b->n_src; k++) {
        bench_fill_with(b->src[k], R(0.5));
        tensor_copy(b->src[k], plain->src[k]);
    }
    for (int k = 0; k < b->n_param; k++) tensor_copy(b->param[k], plain->param[k]);
    bench_fill_with(b->diff_dst, 0);
    tensor_copy(b->diff_dst, plain->diff_dst);
}

static Tensor plain_copy(Tensor t) {
    Tensor copy = bench_block(t.n, t.c, t.h, t.w, LAYOUT_PLAIN);
    tensor_copy(copy, t);
    return copy;
}

static void compare_plain(Tensor lanes, Tensor plain, double tol, const char *net, const char *what) {
    const Tensor copy = plain_copy(lanes);
    check(near(copy, plain, tol), net, what);
    free(copy.v);
}

// Lanes without an image have the gradient they had.
static bool idle_untouched(Tensor t, real before) {
    const int idle = t.layout == LAYOUT_LANES ? t.n % LANES : 0, from = t.n - idle;
    for (size_t i = 0; idle && i < tensor_image(t); i++)
        for (size_t l = (size_t)idle; l < LANES; l++) {
            const double off = (double)at(t, from, 0, 0, 0)[i * LANES + l] - before;
            if (!(fabs(off) <= 0)) return false;
        }
    return true;
}

static void compare_lanes(const Bench *b, const Bench *plain, real before, const char *net,
                          const char *what) {
    const double tol = tolerance(plain);
    compare_plain(b->dst, plain->dst, tol, net, what);
    for (int k = 0; k < b->n_src; k++) {
        compare_plain(b->diff_src[k], plain->diff_src[k], tol, net, what);
        check(idle_untouched(b->diff_src[k], before), net, "idle lanes have changed");
    }
    for (int k = 0; k < b->n_param; k++) {
        check(near(b->param[k], plain->param[k], tol), net, what);
        check(near(b->diff_param[k], plain->diff_param[k], tol), net, what);
    }
}

// The definitions and the fast code in lanes give what the definitions give in the plain layout, and
// each understands what the other has kept.
static void test_lanes(const Graph *g, const Node *node, Mode m, int n, const char *net) {
    static const bool ref[][2] = {{true, true}, {false, false}, {false, true}, {true, false}};
    const real before = R(0.25);
    Bench plain = bench_make(g, node, n);
    bench_fill(&plain);
    Bench lanes[COUNT(ref)];
    for (size_t i = 0; i < COUNT(ref); i++) {
        lanes[i] = bench_make_in(g, node, n, LAYOUT_LANES);
        fill_like(&lanes[i], &plain);
    }
    bench_run(&plain, true, m, before);
    for (size_t i = 0; i < COUNT(ref); i++) {
        Call c;
        const Step *s = bench_whole(&lanes[i], &c, m);
        bench_fill_with(lanes[i].dst, (real)NAN);
        bench_forward(&lanes[i], ref[i][0], s);
        bench_clear(&lanes[i], before);
        bench_backward(&lanes[i], ref[i][1], s);
        compare_lanes(&lanes[i], &plain, before, net, "in lanes the numbers differ");
        bench_free(&lanes[i]);
    }
    bench_free(&plain);
}

// A gradient that holds nothing yet is written: the same as adding to zeros.
static void test_writes(const Graph *g, const Node *node, Mode m, Layout layout, const char *net) {
    enum { MANY = 17 };
    Bench adds = bench_make_in(g, node, MANY, layout), writes = bench_make_in(g, node, MANY, layout);
    Bench plain = bench_make(g, node, MANY);
    bench_fill(&plain), fill_like(&adds, &plain), fill_like(&writes, &plain);
    bench_run(&adds, false, m, 0);
    Call c;
    bench_forward(&writes, false, bench_whole(&writes, &c, m));
    bench_clear(&writes, 0);
    for (int k = 0; k < writes.n_src; k++) bench_fill_with(writes.diff_src[k], (real)NAN);
    c.s.fresh = UINT64_MAX;
    bench_backward(&writes, false, &c.s);
    compare(&writes, &adds, 0, 0, net, "a fresh gradient is another");
    bench_free(&adds), bench_free(&writes), bench_free(&plain);
}

// The gradients of the parameters from the whole batch, in two ranges of rows.
static void test_rows(const Graph *g, const Node *node, const char *net, Layout layout) {
    Bench whole = bench_make(g, node, IMAGES), cut = bench_make_in(g, node, IMAGES, layout);
    const int rows = node->n_params ? node->param[0].dim[0] : 0, some = (rows + 1) / 2;
    const Mode m = {.training = true};
    Tensor diff_param[MAX_PARAMS] = {{0}};
    bench_fill(&whole), fill_like(&cut, &whole);
    bench_run(&whole, true, m, 0);
    bench_clear(&cut, 0);

    Call c;
    bench_whole(&cut, &c, m);
    bench_forward(&cut, false, &c.s);
    c.s.diff_param = diff_param;
    bench_backward(&cut, false, &c.s);
    const Range all = {0, IMAGES};
    cut.kind->backward_params(bench_step(&cut, &c, m, all, (Range){0, some}));
    cut.kind->backward_params(bench_step(&cut, &c, m, all, (Range){some, rows}));
    compare_lanes(&cut, &whole, 0, net, "gradients by rows differ");
    bench_free(&whole), bench_free(&cut);
}

// ---- gradients ----------------------------------------------------------------------------------

// The sum of all outputs, each times the gradient that backward is given for it.
static double objective(Bench *b, Mode m) {
    Call c;
    bench_forward(b, true, bench_whole(b, &c, m));
    double sum = 0;
    for (size_t i = 0; i < tensor_len(b->dst); i++)
        sum += (double)b->dst.v[i] * b->diff_dst.v[i];
    return sum;
}

// The steps are smaller than half the ruler's, so no kink of a maximum lies inside one.
static bool gradient_right(Bench *b, Mode m, Tensor t, Tensor diff) {
    const double h = 1e-5;
    for (size_t i = 0; i < tensor_len(t); i++) {
        const real v = t.v[i];
        t.v[i] = (real)(v + h);
        const double up = objective(b, m);
        t.v[i] = (real)(v - h);
        const double down = objective(b, m);
        t.v[i] = v;
        const double off = (up - down) / (2 * h) - diff.v[i];
        if (!(fabs(off) <= 1e-7 * (1 + fabs(diff.v[i])))) return false;
    }
    return true;
}

static void test_gradients(const Graph *g, const Node *node, Mode m, const char *net) {
    Bench b = bench_make(g, node, 2);
    bench_fill(&b);
    bench_run(&b, false, m, 0);
    m.replay = true;
    for (int k = 0; k < b.n_src; k++)
        check(gradient_right(&b, m, b.src[k], b.diff_src[k]), net, "gradient of an input");
    for (int k = 0; k < b.n_param; k++)
        if (b.diff_param[k].v)
            check(gradient_right(&b, m, b.param[k], b.diff_param[k]), net, b.node->param[k].name);
    bench_free(&b);
}

// ---- rows ---------------------------------------------------------------------------------------

static bool same_shape(Shape a, Shape b) { return a.c == b.c && a.h == b.h && a.w == b.w; }

static void test_case(const Case *c) {
    Model m = model_make(c->net, c->in, 10);
    const Node *node = m.g ? &m.g->node[m.g->output] : NULL;
    if (node) check(same_shape(node->shape, c->out), c->net, "shape");
    if (node && c->note) CHECK_TEXT(node->note, c->note);

    for (size_t i = 0; node && i < COUNT(modes); i++) {
        test_ref(m.g, node, modes[i], c->net);
        test_adds(m.g, node, modes[i], true, c->net);
        test_adds(m.g, node, modes[i], false, c->net);
        test_cut(m.g, node, modes[i], c->net);
        test_unasked(m.g, node, modes[i], c->net);
        if (sizeof(real) == sizeof(double)) test_gradients(m.g, node, modes[i], c->net);
    }
    static const int images[] = {1, 15, 16, 17, 33};
    for (size_t i = 0; node && layer_of(node)->lanes && i < COUNT(images); i++)
        for (size_t k = 0; k < COUNT(modes); k++) test_lanes(m.g, node, modes[k], images[i], c->net);
    for (size_t k = 0; node && layer_of(node)->writes && k < COUNT(modes); k++) {
        test_writes(m.g, node, modes[k], LAYOUT_PLAIN, c->net);
        if (layer_of(node)->lanes) test_writes(m.g, node, modes[k], LAYOUT_LANES, c->net);
    }
    if (node && layer_of(node)->backward_params) test_rows(m.g, node, c->net, LAYOUT_PLAIN);
    if (node && layer_of(node)->backward_params && layer_of(node)->lanes)
        test_rows(m.g, node, c->net, LAYOUT_LANES);
    model_free(&m);
}

static Tensor with(Tensor like, const real *v) {
    like.v = (real *)v;
    return like;
}

static void set(Tensor t, const real *v) {
    if (t.v) memcpy(t.v, v, tensor_len(t) * sizeof *v);
}

static void set_answer(Bench *b, const Answer *a) {
    for (int k = 0; k < b->n_src; k++)
        set(b->src[k], a->src[k]);
    for (int k = 0; k < b->n_param; k++)
        set(b->param[k], a->param[k]);
    set(b->diff_dst, a->diff_dst);
    if (a->replay) memcpy(b->saved, a->saved, (size_t)b->n * b->saved_image);
}

static void compare_answer(const Bench *b, const Answer *a, const char *net) {
    const double tol = 8 * (double)EPSILON;
    check(near(b->dst, with(b->dst, a->dst), tol), net, "dst by hand");
    for (int k = 0; k < b->n_src; k++)
        check(near(b->diff_src[k], with(b->diff_src[k], a->diff_src[k]), tol), net,
              "diff_src by hand");
    for (int k = 0; k < b->n_param; k++) {
        if (b->diff_param[k].v)
            check(near(b->diff_param[k], with(b->diff_param[k], a->diff_param[k]), tol), net,
                  "diff_param by hand");
        else
            check(near(b->param[k], with(b->param[k], a->after[k]), tol), net, "statistic by hand");
    }
}

static void test_answer(const Answer *a) {
    Model m = model_make(a->net, a->in, 10);
    for (int ref = 0; m.g && ref < 2; ref++) {
        Bench b = bench_make(m.g, &m.g->node[m.g->output], a->n);
        set_answer(&b, a);
        bench_run(&b, ref, (Mode){true, a->frozen, a->replay}, 0);
        compare_answer(&b, a, a->net);
        bench_free(&b);
    }
    model_free(&m);
}

// ---- dropout and broken numbers -----------------------------------------------------------------

static void test_dropout(void) {
    Model m = model_make("dropout 25%", (Shape){4, 25, 25}, 10);
    if (m.g) {
        Bench b = bench_make(m.g, &m.g->node[m.g->output], 16);
        bench_fill_with(b.src[0], 3);
        bench_run(&b, false, (Mode){.training = true}, 0);
        int off = 0;
        for (size_t i = 0; i < tensor_len(b.dst); i++) {
            off += b.dst.v[i] == 0;
            CHECK(b.dst.v[i] == 0 || b.dst.v[i] == 4); // 3 / (1 − ¼)
        }
        CHECK_NEAR(off, 10000, 5 * sqrt(40000 * 0.25 * 0.75));
        bench_free(&b);
    }
    model_free(&m);
}

// A NaN must come out of a layer, or the search for the first broken number would miss it.
static void test_nan(void) {
    static const char *const nets[] = {"relu", "leakyrelu", "sigmoid", "tanh", "softmax",
                                       "maxpool 2", "avgpool 2", "globalavgpool", "flatten",
                                       "dropout 50%", "batchnorm", "instancenorm", "layernorm",
                                       "lrn", "upsample 2", "widen 3", "elu", "gelu", "silu",
                                       "gelu approximate=tanh"};
    for (size_t i = 0; i < COUNT(nets); i++)
        for (int ref = 0; ref < 2; ref++) {
            Model m = model_make(nets[i], (Shape){1, 2, 2}, 10);
            if (!m.g) continue;
            Bench b = bench_make(m.g, &m.g->node[m.g->output], 1);
            bench_fill(&b);
            b.src[0].v[1] = (real)NAN;
            bench_run(&b, ref, (Mode){.training = true}, 0);
            bool found = false;
            for (size_t k = 0; k < tensor_len(b.dst); k++)
                found |= isnan(b.dst.v[k]) != 0;
            check(found, nets[i], "a NaN got lost");
            bench_free(&b);
            model_free(&m);
        }
}

// ---- every kind has its rows --------------------------------------------------------------------

// Is `kind` the last word of the net?
static bool ends_in(const char *net, const char *kind) {
    const char *last = strrchr(net, ';');
    last = last ? last + 2 : net;
    const size_t len = strlen(kind);
    return strncmp(last, kind, len) == 0 && (last[len] == ' ' || last[len] == '\0');
}

static void test_complete(const char *kind) {
    bool has_case = false, has_answer = false;
    for (size_t i = 0; i < COUNT(cases); i++)
        has_case |= ends_in(cases[i].net, kind);
    for (size_t i = 0; i < COUNT(answers); i++)
        has_answer |= ends_in(answers[i].net, kind);
    check(has_case, kind, "no case");
    check(has_answer, kind, "no answer worked out by hand");
}

int main(void) {
    for (size_t i = 0; i < COUNT(cases); i++)
        test_case(&cases[i]);
    for (size_t i = 0; i < COUNT(answers); i++)
        test_answer(&answers[i]);
    test_dropout();
    test_nan();
    for (const KindSpec *const *k = runtime_vocabulary.kinds[GROUP_LAYER]; *k; k++)
        test_complete((*k)->name);
    return test_end("layers");
}
