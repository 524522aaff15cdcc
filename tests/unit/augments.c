/* augments.c — random image steps: what they draw, what they make of a picture (against answers worked
 * out by hand and against the definition), and that several are one resampling. */
#include <stdlib.h>

#include "runtime/augments/augment.h"
#include "tests/unit/model.h"

enum { MOST = 4096, DRAWS = 4000 };

static Tensor plain(real *v, Shape s) { return (Tensor){v, 1, s.c, s.h, s.w, LAYOUT_PLAIN}; }

// ---- one random step ----------------------------------------------------------------------------

typedef struct One { Model m; const AugmentKind *kind; const void *cfg; Shape from, to; } One;

static bool one_open(One *o, const char *text, Shape from) {
    char whole[256];
    snprintf(whole, sizeof whole, "preprocess { resize 8x8 }\naugment { %s }\ndense classes; softmax",
             text);
    o->m = model_make(whole, from, 2);
    if (!o->m.x || !CHECK(o->m.x->n_augments == 1)) return false;
    const Use *use = &o->m.x->augment[0];
    Infer q = {.cfg = use->cfg, .n_src = 1, .src = &from, .dst = from, .use = use};
    if (use->kind->infer && !CHECK(use->kind->infer(&q))) return false;
    o->kind = (const AugmentKind *)use->kind;
    o->cfg = use->cfg;
    o->from = from;
    o->to = q.dst;
    return true;
}

// What the step makes of a picture with these numbers drawn; bytes that are only moved are moved
// both ways.
static void one_run(const One *o, const double *drawn, real *src, real *dst) {
    static real row[AFFINE_ROW * MOST], again[MOST];
    static uint8_t in[MOST], out[MOST];
    if (!o->kind->place) {
        memcpy(dst, src, MOST * sizeof *dst);
        o->kind->apply(o->cfg, drawn, rng_make(1, "test"), plain(dst, o->from));
        return;
    }
    const Affine m = o->kind->place(o->cfg, o->from, o->to, drawn);
    const Tensor s = plain(src, o->from), d = plain(dst, o->to);
    const int C = o->to.c, P = o->from.h * o->from.w, Q = o->to.h * o->to.w;
    if (!affine_moves(&m)) {
        affine_resample_ref(&m, s, plain(again, o->to));
        affine_resample(&m, s, d, row);
        for (int i = 0; i < C * Q; i++) CHECK_NEAR(dst[i], again[i], 1e-3);
        return;
    }
    affine_move_ref(&m, o->kind->outside, s, d);
    for (int i = 0; i < P * C; i++) in[i] = (uint8_t)src[i % C * P + i / C];
    affine_move(&m, o->kind->outside, in, o->from, out, o->to);
    for (int i = 0; i < Q * C; i++) CHECK(out[i] == dst[i % C * Q + i / C]);
}

// ---- by hand ------------------------------------------------------------------------------------

#define NINE {1, 2, 3, 4, 5, 6, 7, 8, 9}

static const struct { const char *step; Shape from; double drawn[2], src[12]; Shape to; double dst[12]; }
answers[] = {
    {"flip horizontal", {1, 2, 3}, {1}, {1, 2, 3, 4, 5, 6}, {1, 2, 3}, {3, 2, 1, 6, 5, 4}},
    {"flip horizontal", {1, 2, 3}, {0}, {1, 2, 3, 4, 5, 6}, {1, 2, 3}, {1, 2, 3, 4, 5, 6}},
    {"flip vertical", {2, 2, 1}, {1}, {1, 2, 3, 4}, {2, 2, 1}, {2, 1, 4, 3}},
    {"shift 2", {1, 3, 3}, {1, 0}, NINE, {1, 3, 3}, {1, 2, 3, 1, 2, 3, 4, 5, 6}},
    {"shift 2", {1, 3, 3}, {0, -2}, NINE, {1, 3, 3}, {3, 3, 3, 6, 6, 6, 9, 9, 9}},
    {"shift 1", {3, 2, 2}, {0, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {3, 2, 2},
     {1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11}},
    {"shift 50%", {1, 1, 4}, {0, 0.5}, {0, 4, 8, 12}, {1, 1, 4}, {0, 2, 6, 10}},
    {"shift 50%", {1, 2, 2}, {-0.25, -0.5}, {0, 4, 8, 12}, {1, 2, 2}, {4, 6, 10, 12}},
    {"rotate 90", {1, 3, 3}, {90}, NINE, {1, 3, 3}, {7, 4, 1, 8, 5, 2, 9, 6, 3}},
    {"rotate 90", {1, 3, 3}, {-90}, NINE, {1, 3, 3}, {3, 6, 9, 2, 5, 8, 1, 4, 7}},
    {"rotate 180", {1, 3, 3}, {180}, NINE, {1, 3, 3}, {9, 8, 7, 6, 5, 4, 3, 2, 1}},
    {"rotate 180", {1, 2, 3}, {0}, {1, 2, 3, 4, 5, 6}, {1, 2, 3}, {1, 2, 3, 4, 5, 6}},
    // cos 60° = 1/2: left and right of the middle lie half a pixel from it along the row
    {"rotate 90", {1, 1, 3}, {60}, {0, 4, 10}, {1, 1, 3}, {2, 4, 7}},
    {"zoom 50%", {1, 1, 5}, {1, 0.5}, {0, 4, 8, 12, 16}, {1, 1, 5}, {4, 6, 8, 10, 12}},
    {"zoom 50%", {1, 3, 1}, {1.5, 1}, {0, 4, 8}, {1, 3, 1}, {0, 4, 8}}, // ± 1.5 is over the edge
    {"zoom 50%", {1, 2, 2}, {1, 1}, {1, 2, 3, 4}, {1, 2, 2}, {1, 2, 3, 4}},
    {"shear 100%", {1, 3, 3}, {1}, NINE, {1, 3, 3}, {1, 1, 2, 4, 5, 6, 8, 9, 9}},
    {"shear 50%", {1, 3, 3}, {-0.5}, NINE, {1, 3, 3}, {1.5, 2.5, 3, 4, 5, 6, 7, 7.5, 8.5}},
    {"crop 2x2", {1, 3, 3}, {1, 0}, NINE, {1, 2, 2}, {4, 5, 7, 8}},
    {"crop 3x3 pad=1", {1, 3, 3}, {-1, 1}, NINE, {1, 3, 3}, {0, 0, 0, 2, 3, 0, 5, 6, 0}},
    {"crop 1x5 pad=2", {1, 1, 1}, {0, -2}, {7}, {1, 1, 5}, {0, 0, 7, 0, 0}},
    {"crop 1x2 pad=4", {1, 1, 1}, {3, -4}, {7}, {1, 1, 2}, {0, 0}},
    {"brightness 50%", {1, 1, 3}, {1.5}, {10, 100, 200}, {1, 1, 3}, {15, 150, 255}},
    {"contrast 100%", {1, 1, 3}, {0.5}, {0, 30, 90}, {1, 1, 3}, {20, 35, 65}},
    {"contrast 100%", {1, 1, 3}, {2}, {0, 30, 90}, {1, 1, 3}, {0, 20, 140}},
    {"contrast 100%", {3, 1, 1}, {0}, {100, 0, 50}, {3, 1, 1}, {35.6, 35.6, 35.6}},
    {"noise 0%", {1, 1, 3}, {0}, {0, 30, 90}, {1, 1, 3}, {0, 30, 90}},
    {"cutout 2", {1, 3, 3}, {1, 0}, NINE, {1, 3, 3}, {1, 2, 3, 0, 0, 6, 0, 0, 9}},
    {"cutout 2", {1, 3, 3}, {-1, 2}, NINE, {1, 3, 3}, {1, 2, 0, 4, 5, 6, 7, 8, 9}},
};

static void check_answers(void) {
    for (size_t k = 0; k < sizeof answers / sizeof *answers; k++) {
        static real src[MOST], dst[MOST];
        const Shape to = answers[k].to;
        One o;
        if (!one_open(&o, answers[k].step, answers[k].from)) continue;
        for (int i = 0; i < 12; i++) src[i] = (real)answers[k].src[i];
        CHECK(o.to.c == to.c && o.to.h == to.h && o.to.w == to.w);
        one_run(&o, answers[k].drawn, src, dst);
        for (int i = 0; i < to.c * to.h * to.w; i++)
            if (!CHECK_NEAR(dst[i], answers[k].dst[i], 1e-4))
                printf("%s (row %zu): number %d\n", answers[k].step, k, i);
        model_free(&o.m);
    }
}

// ---- what is drawn --------------------------------------------------------------------------------

// All that is drawn lies in lo … hi and reaches near both; whole numbers are whole, and as often.
static const struct { const char *step; Shape shape; int n; struct { double lo, hi; bool whole; } of[2]; }
draws[] = {
    {"flip horizontal", {3, 32, 32}, 1, {{0, 1, true}}},
    {"shear 20%", {3, 32, 32}, 1, {{-0.2, 0.2, false}}},
    {"zoom 20%", {3, 32, 32}, 2, {{0.8, 1.2, false}, {0.8, 1.2, false}}},
    {"rotate 15", {3, 32, 32}, 1, {{-15, 15, false}}},
    {"shift 4", {3, 32, 20}, 2, {{-4, 4, true}, {-4, 4, true}}},
    {"shift 10%", {3, 30, 20}, 2, {{-3, 3, false}, {-2, 2, false}}},
    {"crop 32x32 pad=4", {3, 32, 32}, 2, {{-4, 4, true}, {-4, 4, true}}},
    {"crop 28x30", {3, 32, 32}, 2, {{0, 4, true}, {0, 2, true}}},
    {"crop 32x32", {3, 32, 32}, 2, {{0, 0, true}, {0, 0, true}}},
    {"brightness 20%", {3, 32, 32}, 1, {{0.8, 1.2, false}}},
    {"contrast 30%", {3, 32, 32}, 1, {{0.7, 1.3, false}}},
    {"noise 5%", {3, 32, 32}, 0, {{0, 0, false}}},
    {"cutout 8", {3, 32, 20}, 2, {{-4, 27, true}, {-4, 15, true}}},
};

static void check_one_draw(const One *o, size_t k, int i) {
    const double lo = draws[k].of[i].lo, hi = draws[k].of[i].hi, width = hi - lo;
    const int values = draws[k].of[i].whole ? (int)width + 1 : 8; // or eighths
    double sum = 0;
    int seen[64] = {0};
    for (int n = 0; n < DRAWS; n++) {
        double drawn[MAX_DRAWN];
        o->kind->draw(o->cfg, o->from, rng_at(rng_make(7, "test"), (uint64_t)n), drawn);
        const double x = drawn[i];
        CHECK(x >= lo && x <= hi && (!draws[k].of[i].whole || x == floor(x)));
        sum += x;
        seen[draws[k].of[i].whole ? (int)(x - lo) : (int)fmin(7, (x - lo) / width * 8)]++;
    }
    CHECK_NEAR(sum / DRAWS, (lo + hi) / 2, 0.02 * width);
    const double each = (double)DRAWS / values; // ± 5 deviations
    for (int v = 0; v < values; v++)
        if (!CHECK_NEAR(seen[v], each, 5 * sqrt(each))) printf("%s: %d\n", draws[k].step, v);
}

static void check_draws(void) {
    static const AugmentKind *const all[] = {
#define AUGMENT(name) &name##_augment,
#include "runtime/augments/augments.def"
#undef AUGMENT
    };
    bool seen[sizeof all / sizeof *all] = {false};
    for (size_t k = 0; k < sizeof draws / sizeof *draws; k++) {
        One o;
        if (!one_open(&o, draws[k].step, draws[k].shape)) continue;
        CHECK(augment_drawn(o.kind) == draws[k].n && !o.kind->draw == !draws[k].n);
        CHECK(!o.kind->place != !o.kind->apply);
        for (int i = 0; i < draws[k].n; i++) check_one_draw(&o, k, i);
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) seen[i] |= all[i] == o.kind;
        model_free(&o.m);
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!CHECK(seen[i])) printf("%s has no row\n", all[i]->spec.name);
}

// The noise itself: its mean, its deviation, its reach, and that neighbours have nothing in common.
static void check_noise(void) {
    static real v[MOST];
    double sum = 0, squares = 0, products = 0, furthest = 0;
    One o;
    if (!one_open(&o, "noise 10%", (Shape){1, 64, 64})) return;
    for (int i = 0; i < MOST; i++) v[i] = 128;
    o.kind->apply(o.cfg, NULL, rng_make(3, "test"), plain(v, o.from));
    for (int i = 0; i < MOST; i++) {
        const double e = (v[i] - 128) / 25.5;
        sum += e;
        squares += e * e;
        if (i) products += e * (v[i - 1] - 128) / 25.5;
        furthest = fmax(furthest, fabs(e));
    }
    CHECK_NEAR(sum / MOST, 0, 5.0 / 64);
    CHECK_NEAR(squares / MOST, 1, 0.1);
    CHECK_NEAR(products / MOST, 0, 5.0 / 64);
    CHECK(furthest > 2.8 && furthest < 3.5);
    model_free(&o.m);
}

// ---- maps ---------------------------------------------------------------------------------------

static Affine some_map(uint64_t i) {
    const Rng r = rng_at(rng_make(5, "map"), i);
    double x[6];
    for (uint64_t k = 0; k < 6; k++) x[k] = augment_between(r, k, -1.5, 1.5);
    return (Affine){x[0], x[1], 9 * x[2], x[3], x[4], 9 * x[5]};
}

// A point through b and then through a is the point through both at once.
static void check_product(void) {
    for (uint64_t i = 0; i < 100; i++) {
        const Affine a = some_map(2 * i), b = some_map(2 * i + 1), ab = affine_then(a, b);
        const double y = (double)(i % 7), x = (double)(i % 11);
        const double v = b.yy * y + b.yx * x + b.y0, u = b.xy * y + b.xx * x + b.x0;
        CHECK_NEAR(ab.yy * y + ab.yx * x + ab.y0, a.yy * v + a.yx * u + a.y0, 1e-12);
        CHECK_NEAR(ab.xy * y + ab.xx * x + ab.x0, a.xy * v + a.xx * u + a.x0, 1e-12);
        const Affine same = affine_then(affine_identity(), a), too = affine_then(a, affine_identity());
        CHECK(!memcmp(&same, &a, sizeof a) && !memcmp(&too, &a, sizeof a));
    }
}

// The fast way against the definition, for maps that leave the picture on all sides, and for
// pictures of a single row, column or pixel.
static void check_resampling(void) {
    static const Shape shapes[] = {{3, 9, 7}, {1, 1, 8}, {2, 8, 1}, {1, 1, 1}, {1, 2, 2}, {3, 16, 16}};
    static real src[MOST], got[MOST], want[MOST], row[AFFINE_ROW * MOST];
    for (int i = 0; i < MOST; i++) src[i] = (real)(i * 7919 % 256);
    for (uint64_t i = 0; i < 200; i++) {
        const Affine m = i ? some_map(i) : affine_identity();
        const Shape from = shapes[i % 6], to = {from.c, 5 + (int)(i % 3), 6};
        affine_resample_ref(&m, plain(src, from), plain(want, to));
        affine_resample(&m, plain(src, from), plain(got, to), row);
        for (int k = 0; k < to.c * to.h * to.w; k++) CHECK_NEAR(got[k], want[k], 1e-3);
    }
}

// ---- what the checker says ------------------------------------------------------------------------

static const struct { const char *lines, *wrong; } refused[] = {
    {"augment { flip }", "axis is missing"},
    {"augment { flip sideways }", "one of horizontal, vertical"},
    {"augment { shear 200% }", "from 0 to 1"},
    {"augment { zoom 100% }", "below 1"},
    {"augment { rotate 270 }", "from 0 to 180"},
    {"augment { shift 2.5 }", "pixels are moved as a whole"},
    {"augment { shift 8 }", "out of sight"},
    {"augment { crop 9x8 }", "9x8 cannot be cut out of a 8x8 picture"},
    {"augment { crop 12x12 pad=1 }", "12x12 cannot be cut out of a 10x10 picture"},
    {"augment { crop 6x6 }", "training pictures would become 6x6x1, but all others stay 8x8x1"},
    {"augment { crop 6x6 }", "with `crop 6x6` in preprocess"},
    {"augment { crop 12x12 pad=4 }", "training pictures would become 12x12x1"},
    {"augment { crop 4x4 }\npreprocess { crop 6x6 }", "6x6 cannot be cut out of a 4x4 image"},
    {"augment { cutout 8 }", "would hide all"},
    {"augment { noise 500% }", "from 0 to 1"},
    {"augment { brightness }", "most is missing"},
    {"augment { RandomRotation 15 }", "here this is called rotate"},
    {"augment { horizontal_flip }", "here this is called flip"},
    {"augment { shear_range 20% }", "here this is called shear"},
    {"augment { blur 3x3 }", "it is a image step"},
    {"preprocess { flip horizontal }", "it is a random image step"},
};

static const char *const accepted[] = {
    "augment { crop 8x8 pad=2; flip vertical }",
    "augment { crop 6x6 }\npreprocess { crop 6x6 }",
    "augment { crop 6x7 }\npreprocess { resize 5x5; blur 3x3 }",
    "augment { crop 6x6; shift 1; crop 5x5; cutout 4 }\npreprocess { crop 5x5 }",
    "augment { shear 0.2; zoom 20%; flip horizontal; rotate 180; shift 7; shift 99% }",
};

static void check_checker(void) {
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        char text[256], *said = NULL;
        size_t len;
        snprintf(text, sizeof text, "%s\ndense classes; softmax", refused[k].lines);
        Model m = model_try(text, (Shape){1, 8, 8}, 2);
        FILE *out = open_memstream(&said, &len);
        diags_render(m.diags, out);
        fclose(out);
        CHECK(!m.x);
        if (!CHECK(strstr(said, refused[k].wrong))) printf("%s:\n%s\n", refused[k].lines, said);
        free(said);
        model_free(&m);
    }
    for (size_t k = 0; k < sizeof accepted / sizeof *accepted; k++) {
        char text[256];
        snprintf(text, sizeof text, "%s\ndense classes; softmax", accepted[k]);
        Model m = model_make(text, (Shape){1, 8, 8}, 2);
        model_free(&m);
    }
}

int main(void) {
    check_answers();
    check_draws();
    check_noise();
    check_product();
    check_resampling();
    check_checker();
    return test_end("augments");
}
