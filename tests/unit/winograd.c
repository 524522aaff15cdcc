/* How far Winograd's convolution is from the definition. Sums of random numbers are compared with the
 * same sums in long double, and measured in u·Σ|a·b|, u half a unit in the last place of 1: what one
 * rounding of the largest partial sum may lose. The plain order of the sums is measured beside it. */
#include <float.h>

#include "runtime/kernels/kernels.h"
#include "tests/unit/bench.h"
#include "tests/unit/model.h"

enum { IMAGES = 16 };

// Off by more than so many u·Σ|a·b| is wrong. Measured: up to 1.9 with Winograd's tiles, which have
// shorter sums, and 3.7 without them.
static const long double LIMIT = 8;

#ifdef REAL_DOUBLE
static const long double UNIT = DBL_EPSILON / 2;
#else
static const long double UNIT = FLT_EPSILON / 2;
#endif

static const struct { Shape in; const char *net; Layout layout; } cases[] = {
    {{16, 12, 12}, "conv 16 3x3 pad=1", LAYOUT_LANES},
    {{64, 7, 6},   "conv 48 3x3 pad=1", LAYOUT_LANES},
    {{64, 12, 11}, "conv 48 3x3 pad=1", LAYOUT_PLAIN},
};

// The largest error so far, in u·Σ|a·b|.
typedef struct Worst { long double dst, diff_src, diff_weights; } Worst;

typedef struct Sum { long double v, size; } Sum;

static void add(Sum *s, real a, real b) {
    s->v += (long double)a * b;
    s->size += fabsl((long double)a * b);
}

static void judge(long double *worst, Sum s, real got) {
    const long double off = fabsl(s.v - got) / (UNIT * s.size);
    if (!(off <= *worst)) *worst = off; // NaN, too
}

static bool inside(Tensor t, int y, int x) { return y >= 0 && y < t.h && x >= 0 && x < t.w; }

static void judge_dst(const Bench *b, int n, int f, int y, int x, Worst *w) {
    Sum s = {0};
    add(&s, b->param[1].v[f], 1);
    for (int c = 0; c < b->src[0].c; c++)
    for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
        if (inside(b->src[0], y + i - 1, x + j - 1))
            add(&s, *at(b->src[0], n, c, y + i - 1, x + j - 1), *at(b->param[0], f, c, i, j));
    judge(&w->dst, s, *at(b->dst, n, f, y, x));
}

static void judge_diff_src(const Bench *b, int n, int c, int y, int x, Worst *w) {
    Sum s = {0};
    for (int f = 0; f < b->dst.c; f++)
    for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
        if (inside(b->dst, y + 1 - i, x + 1 - j))
            add(&s, *at(b->diff_dst, n, f, y + 1 - i, x + 1 - j), *at(b->param[0], f, c, i, j));
    judge(&w->diff_src, s, *at(b->diff_src[0], n, c, y, x));
}

static void judge_diff_weight(const Bench *b, int f, int c, int i, int j, Worst *w) {
    Sum s = {0};
    for (int n = 0; n < b->n; n++)
    for (int y = 0; y < b->dst.h; y++)
    for (int x = 0; x < b->dst.w; x++)
        if (inside(b->src[0], y + i - 1, x + j - 1))
            add(&s, *at(b->diff_dst, n, f, y, x), *at(b->src[0], n, c, y + i - 1, x + j - 1));
    judge(&w->diff_weights, s, *at(b->diff_param[0], f, c, i, j));
}

static Worst measure(Bench *b) {
    Worst w = {0};
    bench_fill(b);
    bench_run(b, false, (Mode){.training = true}, 0);
    for (int n = 0; n < b->n; n += 5)
    for (int y = 0; y < b->dst.h; y++)
    for (int x = 0; x < b->dst.w; x++) {
        for (int f = 0; f < b->dst.c; f += 3) judge_dst(b, n, f, y, x, &w);
        for (int c = 0; c < b->src[0].c; c += 3) judge_diff_src(b, n, c, y, x, &w);
    }
    for (int f = 0; f < b->dst.c; f += 5)
    for (int c = 0; c < b->src[0].c; c += 5)
        for (int k = 0; k < 9; k++) judge_diff_weight(b, f, c, k / 3, k % 3, &w);
    return w;
}

static void check(Worst w, const char *row, const char *net, const char *how) {
    CHECK(w.dst <= LIMIT && w.diff_src <= LIMIT && w.diff_weights <= LIMIT);
    printf("%-6s  %-20s  %-10s  %4.2Lf  %4.2Lf  %4.2Lf\n", row, net, how, w.dst, w.diff_src, w.diff_weights);
}

static void check_case(const char *row, Shape in, const char *net, Layout layout) {
    Model m = model_make(net, in, 10);
    if (m.g) {
        Bench b = bench_make_in(m.g, &m.g->node[m.g->output], IMAGES, layout);
        CHECK(b.prepared != NULL);
        check(measure(&b), row, net, "Winograd");
        bench_unprepared(&b);
        check(measure(&b), row, net, "plain");
        bench_free(&b);
    }
    model_free(&m);
}

int main(void) {
    printf("largest errors of dst, diff_src and diff_weights, in u·Σ|a·b|:\n");
    for (const Kernels *k = kernels_table; k->name; k++) {
        Error e;
        if (!k->usable()) continue;
        CHECK(kernels_choose(k->name, &e));
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            check_case(k->name, cases[i].in, cases[i].net, cases[i].layout);
    }
    return test_end("winograd");
}
