/* random_pictures.c — random steps on the way from a data set to the network: several are one
 * resampling, chance depends on (seed, epoch, picture, step) alone, and every way to the same
 * numbers gives the same numbers. */
#include "runtime/data/store.h"
#include "runtime/explain.h"
#include "runtime/vocabulary.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

enum { N = 12, H = 9, W = 8, MOST = 3 * 16 * 16 };

// ---- a small set on disk ------------------------------------------------------------------------

static void put_set(Folder *f) {
    uint8_t images[16 + N * H * W] = {[2] = 8, [3] = 3, [7] = N, [11] = H, [15] = W};
    uint8_t labels[8 + N] = {[2] = 8, [3] = 1, [7] = N};
    for (int i = 0; i < N * H * W; i++) images[16 + i] = (uint8_t)(i * i * 31 + i * 7);
    for (int i = 0; i < N; i++) labels[8 + i] = (uint8_t)(i % 2);
    folder_put(f, "train-images-idx3-ubyte", images, sizeof images);
    folder_put(f, "train-labels-idx1-ubyte", labels, sizeof labels);
    folder_put(f, "t10k-images-idx3-ubyte", images, sizeof images);
    folder_put(f, "t10k-labels-idx1-ubyte", labels, sizeof labels);
}

typedef struct Case { Arena *arena; Dataset d; Error e; bool ok; real *scratch; } Case;

// The data with these lines of a model; `first` are options of the data line.
static Case case_open(const Folder *f, const char *first, const char *lines, size_t cache,
                      Threads *t) {
    Case c = {.arena = arena_make()};
    Diags *diags = diags_make(c.arena);
    const char *text = arena_print(c.arena, "data \"%s\" %s\n%s\ndense classes; softmax\n", f->path,
                                   first, lines);
    const Experiment *x = experiment_parse(c.arena, diags, &runtime_vocabulary, "t.cnn", text,
                                           strlen(text));
    if (!CHECK(x != NULL)) diags_render(diags, stdout);
    const Opening open = {.seed = 1, .need_pictures = true, .cache = cache, .threads = t};
    c.ok = x && CHECK(dataset_open(&c.d, x, &open, &c.e));
    c.scratch = c.ok ? malloc(dataset_scratch(&c.d) * sizeof *c.scratch) : NULL;
    return c;
}

static void case_close(Case *c) {
    if (c->ok) dataset_close(&c->d);
    free(c->scratch);
    arena_free(c->arena);
}

static size_t picture_of(const Case *c, int i, const Draw *draw, real *out) {
    const Shape s = c->d.input;
    Error e;
    CHECK(dataset_image(&c->d, PART_TRAIN, i, draw, (Tensor){out, 1, s.c, s.h, s.w, LAYOUT_PLAIN}, 0,
                        c->scratch, &e));
    return shape_size(s) * sizeof *out;
}

// ---- what is shown is what arrives ----------------------------------------------------------------

static const struct { const char *lines; bool bytes, table; } ways[] = {
    {"augment { flip horizontal; crop 9x8 pad=2 }", true, true},
    {"augment { flip vertical; shift 3; flip horizontal }", true, true},
    {"augment { crop 7x6; flip horizontal }\npreprocess { crop 7x6; normalize }", true, false},
    {"augment { crop 9x8 pad=1; crop 9x8 pad=1 }\npreprocess { standardize }", true, false},
    {"augment { shear 20%; zoom 20%; flip horizontal }", false, true},
    {"augment { rotate 45; crop 9x8 pad=3; shift 10%; cutout 3 }", false, true},
    {"augment { brightness 20%; rotate 15; contrast 20%; noise 5% }\npreprocess { blur 3x3 }",
     false, false},
    {"augment { crop 16x16 pad=4 }\npreprocess { resize 9x8 }", true, false},
    {"augment { noise 0% }", false, true},
};

typedef struct Seen { int n, random, fixed; real last[MOST], kept[32][MOST]; PictureStage stage[32];
                      double drawn[32][MAX_DRAWN]; } Seen;

static void see(void *ctx, const PictureStage *s) {
    Seen *seen = ctx;
    memcpy(seen->last, s->v.v, tensor_image(s->v) * sizeof(real));
    memcpy(seen->kept[seen->n], s->v.v, tensor_image(s->v) * sizeof(real));
    for (int i = 0; i < s->n_drawn; i++) seen->drawn[seen->n][i] = s->drawn[i];
    seen->stage[seen->n] = *s;
    seen->n++;
    seen->random += s->random;
    seen->fixed += !s->random && s->use;
}

static void check_ways(const Folder *f) {
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
    for (int colour = 0; colour < 2; colour++) {
        Case c = case_open(f, colour ? "color=rgb" : "", ways[k].lines, 0, NULL);
        CHECK(!c.ok || !store_of(&c.d)->table == !ways[k].table);
        for (int i = 0; c.ok && i < N; i++) {
            static real got[MOST];
            static Seen seen;
            const Draw draw = draw_at(5, (uint64_t)i);
            Error e;
            memset(&seen, 0, sizeof seen);
            CHECK(dataset_watch(&c.d, PART_TRAIN, i, NULL, &draw, see, &seen, &e));
            CHECK(seen.n == 1 + c.d.n_augments + c.d.n_steps && seen.random == c.d.n_augments);
            CHECK(!memcmp(got, seen.last, picture_of(&c, i, &draw, got)));
            Scratch s = scratch_cut(&c.d, c.scratch);
            const Canvas to = random_apply(&c.d, c.d.part[PART_TRAIN].pixel[i], &draw, i,
                                           c.d.n_augments, &s);
            CHECK(!to.bytes == !ways[k].bytes);
        }
        case_close(&c);
    }
}

// ---- one resampling -------------------------------------------------------------------------------

// After `steps` of the steps, the picture is the first one resampled once, with the product of all maps.
static void check_product(const Case *c, const Seen *seen, int steps) {
    static real want[MOST];
    Affine m = affine_identity();
    for (int k = 0; k < steps; k++) {
        const AugmentKind *a = augment_kind(&c->d, k);
        m = affine_then(m, a->place(c->d.augment[k].cfg, c->d.image, c->d.image, seen->drawn[k + 1]));
    }
    affine_resample_ref(&m, plain_picture(seen->kept[0], c->d.image),
                        plain_picture(want, c->d.image));
    for (size_t i = 0; i < shape_size(c->d.image); i++)
        CHECK_NEAR(seen->kept[steps][i], want[i], 1e-3);
}

static void check_joined(const Folder *f) {
    static const char lines[] = "augment { rotate 20; flip horizontal; shear 20%; zoom 30%; shift 2 }";
    Case c = case_open(f, "color=rgb", lines, 0, NULL);
    for (int i = 0; c.ok && i < N; i++) {
        static Seen seen;
        const Draw draw = draw_at(1, 1);
        Error e;
        memset(&seen, 0, sizeof seen);
        CHECK(dataset_watch(&c.d, PART_TRAIN, i, NULL, &draw, see, &seen, &e));
        for (int steps = 1; steps <= 5; steps++) check_product(&c, &seen, steps);
        CHECK(seen.stage[1].n_drawn == 1 && fabs(seen.drawn[1][0]) <= 20);
        CHECK_TEXT(seen.stage[1].drawn_name[0], "degrees");
        CHECK_TEXT(seen.stage[4].drawn_name[1], "width seen");
        CHECK_TEXT(seen.stage[5].use->kind->name, "shift");
    }
    case_close(&c);
}

// ---- chance ---------------------------------------------------------------------------------------

static int differences(const Case *c, int i, Draw a, Draw b) {
    static real x[MOST], y[MOST];
    picture_of(c, i, &a, x);
    const size_t n = picture_of(c, i, &b, y) / sizeof(real);
    int differ = 0;
    for (size_t k = 0; k < n; k++) differ += x[k] != y[k];
    return differ;
}

static void check_chance(const Folder *f) {
    static const char *const lines[] = {
        "augment { shift 10%; noise 1% }", "augment { flip horizontal; rotate 15 }",
        "augment { brightness 50% }\npreprocess { standardize; blur 3x3 }",
    };
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
        Case c = case_open(f, "", lines[k], 0, NULL);
        int by_epoch = 0, by_seed = 0, by_picture = 0;
        for (int i = 0; c.ok && i < N; i++) {
            CHECK(differences(&c, i, draw_at(1, 2), draw_at(1, 2)) == 0);
            by_epoch += differences(&c, i, draw_at(1, 2), draw_at(1, 3)) > 0;
            by_seed += differences(&c, i, draw_at(1, 2), draw_at(2, 2)) > 0;
            double a[MAX_DRAWN], b[MAX_DRAWN];
            random_draw(&c.d, (const Draw[]){draw_at(1, 2)}, i, 0, a);
            random_draw(&c.d, (const Draw[]){draw_at(1, 2)}, i + 1, 0, b);
            by_picture += a[0] != b[0];
        }
        CHECK(by_epoch > N / 2 && by_seed > N / 2 && by_picture > N / 4);
        case_close(&c);
    }
}

// Two steps of one kind draw on their own.
static void check_statements(const Folder *f) {
    Case c = case_open(f, "", "augment { rotate 15; rotate 15 }", 0, NULL);
    for (int i = 0; c.ok && i < N; i++) {
        double a[MAX_DRAWN], b[MAX_DRAWN];
        random_draw(&c.d, (const Draw[]){draw_at(1, 2)}, i, 0, a);
        random_draw(&c.d, (const Draw[]){draw_at(1, 2)}, i, 1, b);
        CHECK(a[0] != b[0]);
    }
    case_close(&c);
}

// Without a draw there is no chance: what comes is what comes without `augment`, measured values too.
static void check_without(const Folder *f) {
    static const char steps[] = "preprocess { crop 6x6; normalize }";
    Case plain = case_open(f, "color=rgb", steps, 0, NULL);
    char both[256];
    snprintf(both, sizeof both, "%s\naugment { crop 6x6; noise 20%%; rotate 90 }", steps);
    Case c = case_open(f, "color=rgb", both, 0, NULL);
    for (int i = 0; plain.ok && c.ok && i < N; i++) {
        static real a[MOST], b[MOST];
        picture_of(&plain, i, NULL, a);
        CHECK(!memcmp(a, b, picture_of(&c, i, NULL, b)));
    }
    if (plain.ok && c.ok) CHECK(!memcmp(plain.d.measured[2], c.d.measured[2], 6 * sizeof(real)));
    case_close(&plain);
    case_close(&c);
}

// A picture from elsewhere is gray or colour as the data are, resized, and then as random as any.
static void check_elsewhere(const Folder *f) {
    static const char lines[] = "preprocess { blur 3x3; normalize }\naugment { rotate 45; noise 5% }";
    static Seen with, again, without;
    uint8_t v[3 * 5 * 7];
    const Picture p = {7, 5, 3, v};
    const Draw draw = draw_at(1, 1);
    Error e;
    for (size_t i = 0; i < sizeof v; i++) v[i] = (uint8_t)(i * i);
    Case c = case_open(f, "", lines, 0, NULL);
    if (!c.ok) return;
    CHECK(dataset_watch(&c.d, PART_TRAIN, 0, &p, &draw, see, &with, &e) && with.n == 6);
    CHECK(dataset_watch(&c.d, PART_TRAIN, 0, &p, &draw, see, &again, &e));
    CHECK(dataset_watch(&c.d, PART_TRAIN, 0, &p, NULL, see, &without, &e) && without.n == 4);
    CHECK(!memcmp(with.last, again.last, sizeof with.last));
    CHECK(!memcmp(with.kept[0], without.kept[0], sizeof with.kept[0]));
    CHECK(memcmp(with.last, without.last, sizeof with.last));
    real got[MOST];
    CHECK(dataset_picture(&c.d, &p, (Tensor){got, 1, 1, H, W, LAYOUT_PLAIN}, 0, &e));
    CHECK(!memcmp(got, without.last, H * W * sizeof *got));
    case_close(&c);
}

// ---- a number of a data set, taken apart --------------------------------------------------------

static void add_value(void *ctx, const Term *t) { *(double *)ctx += t->value; }

static void check_explained(const Folder *f) {
    static Seen seen;
    Error e;
    Case c = case_open(f, "color=rgb", "preprocess { grayscale; resize 5x5; edges; normalize }", 0,
                       NULL);
    if (!c.ok) return;
    CHECK(dataset_watch(&c.d, PART_TRAIN, 1, NULL, NULL, see, &seen, &e) && seen.n == 6);
    for (int k = 0; k < c.d.n_steps; k++) {
        const Shape *shape = store_of(&c.d)->shape;
        const Tensor src = plain_picture(seen.kept[k], shape[k]);
        const Tensor dst = plain_picture(seen.kept[k + 1], shape[k + 1]);
        double sum = 0;
        StepQuestion q = {.y = 2, .x = 3, .ctx = &sum, .term = add_value};
        dataset_explain(&c.d, k, src, dst, &q);
        CHECK_NEAR(sum, *at(dst, 0, 0, 2, 3), 1e-4 * (1 + fabs(sum)));
    }
    case_close(&c);
}

// ---- numbers that are kept ------------------------------------------------------------------------

typedef struct Ask { const Case *c; real *scratch; size_t room; real (*out)[MOST]; } Ask;

static void ask(void *ctx, int task, int worker) {
    const Ask *a = ctx;
    const Shape s = a->c->d.input;
    Error e;
    dataset_image(&a->c->d, PART_TRAIN, task % N, NULL,
                  (Tensor){a->out[task], 1, s.c, s.h, s.w, LAYOUT_PLAIN}, 0,
                  a->scratch + (size_t)worker * a->room, &e);
}

static int count_kept(const Case *c, Part part) {
    int n = 0;
    for (int i = 0; i < c->d.part[part].n; i++) n += kept_find(&c->d, part, i) != NULL;
    return n;
}

static const struct { const char *lines; size_t cache; bool train, test; } keepers[] = {
    {"preprocess { blur 3x3; normalize }", 0, true, true},
    {"preprocess { blur 3x3; normalize }", 1, false, false},
    {"preprocess { blur 3x3 }", 2 * N * H * W * sizeof(real), true, false},
    {"preprocess { normalize }", 0, false, false}, // a table does it
    {"preprocess { blur 3x3 }\naugment { flip horizontal }", 0, false, true},
};

// Asked for by many threads at once, first and later, the numbers are those of the definition.
static void check_kept(const Folder *f, Threads *t) {
    for (size_t k = 0; k < sizeof keepers / sizeof *keepers; k++) {
        static real out[5 * N][MOST];
        Case c = case_open(f, "", keepers[k].lines, keepers[k].cache, t);
        if (!c.ok) continue;
        Ask a = {.c = &c, .room = dataset_scratch(&c.d), .out = out};
        a.scratch = malloc(a.room * (size_t)threads_count(t) * sizeof *a.scratch);
        CHECK(count_kept(&c, PART_TRAIN) == 0);
        threads_run(t, 5 * N, ask, &a);
        CHECK(count_kept(&c, PART_TRAIN) == (keepers[k].train ? N : 0));
        CHECK(!store_of(&c.d)->kept[PART_TEST].state == !keepers[k].test);
        for (int i = 0; i < 5 * N; i++) {
            const real *want = steps_apply(&c.d, c.d.part[PART_TRAIN].pixel[i % N], c.d.n_steps,
                                           c.scratch);
            CHECK(!memcmp(out[i], want, shape_size(c.d.input) * sizeof *want));
        }
        free(a.scratch);
        case_close(&c);
    }
}

// Other measured values make other numbers of the same picture.
static void check_forgotten(const Folder *f) {
    static const char lines[] = "preprocess { rescale 1; blur 1x1; normalize }";
    Case c = case_open(f, "", lines, 0, NULL);
    real a[MOST], b[MOST];
    Error e;
    if (!c.ok) return;
    picture_of(&c, 3, NULL, a);
    CHECK(count_kept(&c, PART_TRAIN) == 1);
    CHECK(dataset_steps_take(&c.d, "rescale 1\nblur 1x1\nnormalize mean=0 std=2", &e));
    CHECK(count_kept(&c, PART_TRAIN) == 0);
    picture_of(&c, 3, NULL, b);
    for (int i = 0; i < H * W; i++) CHECK_NEAR(b[i], c.d.part[PART_TRAIN].pixel[3][i] / 2.0, 1e-4);
    CHECK(a[0] != b[0]);
    case_close(&c);
}

int main(void) {
    Folder f = folder_make();
    Threads *t = threads_make(4);
    put_set(&f);
    check_ways(&f);
    check_joined(&f);
    check_chance(&f);
    check_statements(&f);
    check_without(&f);
    check_elsewhere(&f);
    check_explained(&f);
    check_kept(&f, t);
    check_forgotten(&f);
    threads_free(t);
    folder_remove(&f);
    return test_end("random_pictures");
}
