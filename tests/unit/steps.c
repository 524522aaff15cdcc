/* steps.c — steps for every image: each against answers worked out by hand, against its definition,
 * and against its own explanation. */
#include <stdlib.h>

#include "runtime/data/dataset.h"
#include "runtime/explain.h"
#include "tests/unit/model.h"

enum { MOST = 4096 };

static double fraction(int i) { return (i * 7919 % 1000) / 1000.0; } // 0 … 1, hardly in order

// ---- one step on one picture --------------------------------------------------------------------

typedef struct Done { Model m; ImageStep s; const StepKind *kind; } Done;

static real room_src[MOST], room_dst[MOST], room_row[MOST], room_measured[64];

// Checks `preprocess { rescale 1; TEXT }` for pictures of that shape; src is filled in later.
static bool step_open(Done *t, const char *text, Shape shape) {
    char whole[256];
    snprintf(whole, sizeof whole, "preprocess { rescale 1; %s }\ndense classes; softmax", text);
    t->m = model_make(whole, shape, 2);
    if (!t->m.x || !CHECK(t->m.x->n_steps == 2)) return false;
    const Use *use = &t->m.x->step[1];
    const Shape out = t->m.g->node[0].shape;
    t->kind = (const StepKind *)use->kind;
    t->s = (ImageStep){.cfg = use->cfg, .measured = room_measured, .row = room_row,
                       .src = {room_src, 1, shape.c, shape.h, shape.w, LAYOUT_PLAIN},
                       .dst = {room_dst, 1, out.c, out.h, out.w, LAYOUT_PLAIN}};
    return true;
}

// What the step measures on this one picture, and then what it makes of it.
static void step_run(Done *t) {
    double sum[64] = {0};
    const Shape shape = {t->s.src.c, t->s.src.h, t->s.src.w};
    const int n = t->kind->n_measured ? t->kind->n_measured(t->s.cfg, shape) : 0;
    if (n) {
        t->kind->measure(t->s.src, sum);
        t->kind->finish(sum, shape, 1, room_measured);
    }
    t->kind->apply(&t->s);
}

// ---- by hand ------------------------------------------------------------------------------------

// blur 3x1: weights 0.25 0.5 0.25 with σ = 1 / √(2 ln 2)
#define HALF "sigma=0.8493218002880191"

static const struct { const char *step; Shape from, to; double src[12], dst[12]; } answers[] = {
    {"grayscale", {3, 1, 2}, {1, 1, 2}, {100, 0, 200, 0, 10, 50}, {148.44, 5.7}},
    {"grayscale", {1, 1, 3}, {1, 1, 3}, {1, 2, 3}, {1, 2, 3}},
    {"blur 1x3 " HALF, {1, 1, 4}, {1, 1, 4}, {4, 8, 0, 16}, {5, 5, 6, 12}},
    {"blur 3x1 " HALF, {1, 4, 1}, {1, 4, 1}, {4, 8, 0, 16}, {5, 5, 6, 12}},
    {"blur 3x3 " HALF, {1, 3, 3}, {1, 3, 3}, {0, 0, 0, 0, 16, 0, 0, 0, 0},
     {1, 2, 1, 2, 4, 2, 1, 2, 1}},
    {"blur 1x1", {1, 1, 2}, {1, 1, 2}, {3, 4}, {3, 4}},
    {"blur 5x5", {1, 1, 1}, {1, 1, 1}, {7}, {7}},
    {"edges", {1, 3, 3}, {1, 3, 3}, {0, 0, 9, 0, 0, 9, 0, 0, 9}, {0, 36, 36, 0, 36, 36, 0, 36, 36}},
    {"edges", {1, 3, 3}, {1, 3, 3}, {1, 1, 1, 1, 1, 1, 4, 4, 4}, {0, 0, 0, 12, 12, 12, 12, 12, 12}},
    {"edges", {1, 2, 2}, {1, 2, 2}, {0, 0, 0, 4}, // a and b are 4; 4 and 12; 12 and 4; 12 and 12
     {5.656854249, 12.64911064, 12.64911064, 16.97056275}},
    {"edges", {1, 1, 3}, {1, 1, 3}, {0, 1, 5}, {4, 20, 16}},
    {"edges", {2, 1, 2}, {2, 1, 2}, {0, 1, 3, 3}, {4, 4, 0, 0}},
    // 10 (twice), 20, 250: N = 2, 3, 4, so 0, 0, 1/2 and 1 of white
    {"equalize", {1, 2, 2}, {1, 2, 2}, {10, 20, 250, 10}, {0, 127.5, 255, 0}},
    {"equalize", {1, 2, 2}, {1, 2, 2}, {0.1, 0.2, 1, 0.1}, {0, 0.5, 1, 0}},
    {"equalize", {2, 1, 2}, {2, 1, 2}, {5, 5, 5, 6}, {5, 5, 0, 1}}, // one shade stays as it is
    {"equalize", {2, 1, 2}, {2, 1, 2}, {5, 5, 5, 9}, {5, 5, 0, 255}},
    {"equalize", {1, 1, 3}, {1, 1, 3}, {-3, 300, 0}, {0, 255, 127.5}},
    {"crop 1x2", {1, 3, 3}, {1, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {4, 5}},
    {"resize 1x2", {1, 1, 4}, {1, 1, 2}, {1, 3, 5, 7}, {2, 6}},
    {"resize 1x4", {1, 1, 2}, {1, 1, 4}, {0, 4}, {0, 1, 3, 4}},
    {"rescale 2", {1, 1, 2}, {1, 1, 2}, {3, 4}, {6, 8}},
    {"normalize mean=1,2 std=2,4", {2, 1, 1}, {2, 1, 1}, {3, 4}, {1, 0.5}},
    {"normalize", {1, 1, 4}, {1, 1, 4}, {1, 3, 1, 3}, {-1, 1, -1, 1}},
    {"normalize", {1, 1, 2}, {1, 1, 2}, {7, 7}, {0, 0}}, // a deviation of 0 counts as 1
    {"standardize", {1, 1, 4}, {1, 1, 4}, {1, 3, 1, 3}, {-1, 1, -1, 1}},
    {"standardize", {1, 1, 2}, {1, 1, 2}, {7, 7}, {0, 0}},
};

static void check_answers(void) {
    for (size_t k = 0; k < sizeof answers / sizeof *answers; k++) {
        Done t;
        if (!step_open(&t, answers[k].step, answers[k].from)) continue;
        const Shape to = answers[k].to;
        CHECK(t.s.dst.c == to.c && t.s.dst.h == to.h && t.s.dst.w == to.w);
        for (int i = 0; i < 12; i++) room_src[i] = (real)answers[k].src[i];
        step_run(&t);
        for (int i = 0; i < to.c * to.h * to.w; i++)
            if (!CHECK_NEAR(room_dst[i], answers[k].dst[i], 2e-5))
                printf("%s: number %d\n", answers[k].step, i);
        model_free(&t.m);
    }
}

// ---- every kind: each number is the sum of its terms ----------------------------------------------

static const struct { const char *step; Shape shape; } examples[] = {
    {"grayscale", {3, 4, 5}},        {"grayscale", {1, 4, 5}},
    {"resize 3x4", {2, 7, 9}},       {"resize 9x9", {1, 4, 3}},   {"resize 5x3", {1, 3, 5}},
    {"crop 3x4", {2, 6, 7}},         {"blur 3x3", {3, 6, 5}},     {"blur 7x3 sigma=2", {1, 4, 9}},
    {"blur 5x5", {1, 1, 2}},         {"blur 31x31", {1, 8, 9}},
    {"edges", {3, 6, 5}},            {"edges", {1, 1, 1}},
    {"equalize", {3, 6, 5}},         {"equalize", {1, 1, 1}},
    {"rescale 1/255", {3, 4, 5}},    {"normalize", {3, 4, 5}},
    {"normalize mean=0.5 std=0.25", {3, 4, 5}},                    {"standardize", {3, 4, 5}},
};

typedef struct Sum { double terms, size, of_src; int n; const Done *t; } Sum;

// Each term is the product of its factors, and factors are where they say they are.
static void add_term(void *ctx, const Term *term) {
    Sum *s = ctx;
    double product = 1;
    CHECK(term->n_factors >= 1 && term->n_factors <= MAX_FACTORS);
    for (int i = 0; i < term->n_factors; i++) {
        const Operand *o = &term->factor[i];
        CHECK(o->name && *o->name && (o->of == OF_NOTHING || o->of == OF_SRC));
        product *= o->v;
        if (o->of == OF_SRC) CHECK(o->v == (double)*at(s->t->s.src, 0, o->c, o->y, o->x));
        s->of_src += o->of == OF_SRC;
    }
    CHECK_NEAR(term->value, product, 1e-12 * fabs(product));
    s->terms += term->value;
    s->size += fabs(term->value);
    s->n++;
}

static void count_helper(void *ctx, const Operand *o) {
    CHECK(o->name && *o->name && o->note);
    CHECK(((Sum *)ctx)->n == 0); // before the terms
}

static void check_explained(const Done *t, const char *text) {
    for (int c = 0; c < t->s.dst.c; c++)
    for (int y = 0; y < t->s.dst.h; y++)
    for (int x = 0; x < t->s.dst.w; x++) {
        Sum s = {.t = t};
        t->kind->explain(&(StepQuestion){t->s, c, y, x, &s, add_term, count_helper});
        if (!CHECK_NEAR(s.terms, *at(t->s.dst, 0, c, y, x), 2e-6 * (s.size + 1)))
            printf("%s: [%d,%d,%d]\n", text, c, y, x);
        CHECK(s.n > 0);
    }
}

static void check_explanations(void) {
    static const StepKind *const all[] = {
#define STEP(name) &name##_step,
#include "runtime/data/steps.def"
#undef STEP
    };
    bool seen[sizeof all / sizeof *all] = {false};
    for (size_t k = 0; k < sizeof examples / sizeof *examples; k++)
    for (int bytes = 0; bytes < 2; bytes++) {
        Done t;
        if (!step_open(&t, examples[k].step, examples[k].shape)) continue;
        for (int i = 0; i < MOST; i++)
            room_src[i] = (real)(bytes ? floor(255 * fraction(i)) : 2 * fraction(i) - 1);
        step_run(&t);
        check_explained(&t, examples[k].step);
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) seen[i] |= all[i] == t.kind;
        model_free(&t.m);
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!CHECK(seen[i])) printf("%s has no example\n", all[i]->spec.name);
}

// ---- convolutions with a known kernel -----------------------------------------------------------

// Σ kernel · src around a place; outside, the nearest pixel of the edge.
static double convolve(Tensor src, int c, int y, int x, Size size, const double *kernel) {
    double sum = 0;
    for (int i = 0; i < size.h; i++)
    for (int j = 0; j < size.w; j++) {
        const int v = y + i - size.h / 2, u = x + j - size.w / 2;
        const int row = v < 0 ? 0 : v < src.h ? v : src.h - 1;
        const int column = u < 0 ? 0 : u < src.w ? u : src.w - 1;
        sum += *kernel++ * *at(src, 0, c, row, column);
    }
    return sum;
}

static void check_kernels(void) {
    int kinds = 0;
    for (size_t k = 0; k < sizeof examples / sizeof *examples; k++) {
        static double kernel[2][MAX_STEP_KERNEL * MAX_STEP_KERNEL];
        Size size[2] = {{0}};
        Done t;
        if (!step_open(&t, examples[k].step, examples[k].shape)) continue;
        const int n = !t.kind->kernel ? 0 : 1 + t.kind->kernel(t.s.cfg, 1, &size[1], kernel[1]);
        if (n && CHECK(t.kind->kernel(t.s.cfg, 0, &size[0], kernel[0]))) {
            kinds++;
            CHECK(!t.kind->kernel(t.s.cfg, n, &size[0], kernel[0]));
            for (int i = 0; i < MOST; i++) room_src[i] = (real)fraction(i);
            step_run(&t);
            for (int c = 0; c < t.s.dst.c; c++)
            for (int y = 0; y < t.s.dst.h; y++)
            for (int x = 0; x < t.s.dst.w; x++) {
                const double a = convolve(t.s.src, c, y, x, size[0], kernel[0]);
                const double b = n > 1 ? convolve(t.s.src, c, y, x, size[1], kernel[1]) : 0;
                CHECK_NEAR(*at(t.s.dst, 0, c, y, x), n > 1 ? hypot(a, b) : a, 2e-6);
            }
        }
        model_free(&t.m);
    }
    CHECK(kinds >= 6);
}

// The bell of a blur: symmetric, falling, 1 in all; as wide as it says.
static void check_bell(void) {
    static const struct { const char *step; int n; double first, middle; } rows[] = {
        {"blur 1x3", 3, 0.238994, 0.522011},  // σ = 0.8
        {"blur 1x5", 5, 0.070766, 0.369546},  // σ = 1.1
        {"blur 1x3 sigma=99", 3, 0.333328, 0.333345},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        double w[MAX_STEP_KERNEL * MAX_STEP_KERNEL], sum = 0;
        Size size;
        Done t;
        if (!step_open(&t, rows[k].step, (Shape){1, 8, 8})) continue;
        CHECK(t.kind->kernel(t.s.cfg, 0, &size, w) && size.h == 1 && size.w == rows[k].n);
        for (int i = 0; i < size.w; i++) sum += w[i];
        CHECK_NEAR(sum, 1, 1e-15);
        CHECK_NEAR(w[0], rows[k].first, 1e-6);
        CHECK_NEAR(w[size.w / 2], rows[k].middle, 1e-6);
        CHECK(w[0] == w[size.w - 1]);
        model_free(&t.m);
    }
}

// ---- what the checker refuses --------------------------------------------------------------------

static const struct { const char *step, *wrong; } refused[] = {
    {"blur 2x2", "both sides odd"},       {"blur 3x4", "both sides odd"},
    {"blur", "size is missing"},          {"blur 33x33", "sides 1 to 31"},
    {"blur 3x3 sigma=0", "greater than"}, {"blur 3", "size such as 3x3"},
    {"grayscale 3", "no further value"},  {"greyscale", "called 'greyscale'"},
    {"sobel", "called 'sobel'"},
};

static void check_refused(void) {
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        char text[256], *said = NULL;
        size_t len;
        snprintf(text, sizeof text, "preprocess { %s }\ndense classes; softmax", refused[k].step);
        Model m = model_try(text, (Shape){1, 8, 8}, 2);
        FILE *out = open_memstream(&said, &len);
        diags_render(m.diags, out);
        fclose(out);
        CHECK(!m.x);
        if (!CHECK(strstr(said, refused[k].wrong))) printf("%s:\n%s\n", refused[k].step, said);
        free(said);
        model_free(&m);
    }
}

int main(void) {
    check_answers();
    check_explanations();
    check_kernels();
    check_bell();
    check_refused();
    return test_end("steps");
}
