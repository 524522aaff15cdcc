/* dataset.c — finding, splitting and preparing pictures: against numbers worked out by hand, and
 * the fast way against the definition. */
#include "runtime/data/dataset.h"

#include "runtime/data/split.h"
#include "runtime/data/store.h"
#include "runtime/vocabulary.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

enum { N = 40, N_TEST = 6, H = 2, W = 3 };

// ---- a small set on disk ------------------------------------------------------------------------

static void put_number(uint8_t *at, int n) { at[2] = (uint8_t)(n >> 8), at[3] = (uint8_t)n; }

static void put_images(Folder *f, const char *name, int n, int first) {
    uint8_t v[16 + N * H * W] = {0, 0, 8, 3};
    put_number(v + 4, n), put_number(v + 8, H), put_number(v + 12, W);
    for (int i = 0; i < n * H * W; i++) v[16 + i] = (uint8_t)((i + first) * 7);
    folder_put(f, name, v, (size_t)(16 + n * H * W));
}

// Labels 0, 1, 1, 1, 0, 1, 1, 1 …: a quarter and three quarters.
static void put_labels(Folder *f, const char *name, int n) {
    uint8_t v[8 + N] = {0, 0, 8, 1};
    put_number(v + 4, n);
    for (int i = 0; i < n; i++) v[8 + i] = i % 4 > 0;
    folder_put(f, name, v, (size_t)(8 + n));
}

// ---- experiments from text ----------------------------------------------------------------------

typedef struct Case { Arena *arena; const Experiment *x; Dataset d; Error e; bool ok; } Case;

// Opens the data of a model whose first lines are `text`; %s in it stands for the folder.
static Case open_case(const Folder *f, const char *text, uint64_t seed, int limit, bool pictures,
                      Threads *t) {
    Case c = {.arena = arena_make()};
    Diags *diags = diags_make(c.arena);
    const char *at = strstr(text, "%s");
    const char *whole = arena_print(c.arena, "%.*s%s%s\ndense classes; softmax\n",
                                    at ? (int)(at - text) : (int)strlen(text), text,
                                    at ? f->path : "", at ? at + 2 : "");
    c.x = experiment_parse(c.arena, diags, &runtime_vocabulary, "t.cnn", whole, strlen(whole));
    if (!CHECK(c.x != NULL)) diags_render(diags, stdout);
    const Opening open = {.seed = seed, .limit = limit, .need_pictures = pictures, .threads = t};
    c.ok = c.x && dataset_open(&c.d, c.x, &open, &c.e);
    return c;
}

static Case open_good(const Folder *f, const char *text, uint64_t seed, int limit, Threads *t) {
    Case c = open_case(f, text, seed, limit, true, t);
    if (!CHECK(c.ok)) printf("%s\n", c.e.text);
    return c;
}

static void close_case(Case *c) {
    if (c->ok) dataset_close(&c->d);
    arena_free(c->arena);
}

static void expect_refused(const Folder *f, const char *text, const char *wrong) {
    Case c = open_case(f, text, 1, 0, true, NULL);
    CHECK(!c.ok);
    if (!CHECK(strstr(c.e.text, wrong))) printf("got \"%s\", want \"%s\"\n", c.e.text, wrong);
    close_case(&c);
}

// ---- parts --------------------------------------------------------------------------------------

static int count_label(const ImageList *l, int label) {
    int n = 0;
    for (int i = 0; i < l->n; i++) n += l->label[i] == label;
    return n;
}

// The number of a picture in its file: pixels rise by 7, so the first one tells (below 43 / 6).
static bool in_order(const ImageList *l) {
    for (int i = 1; i < l->n; i++)
        if (l->pixel[i] <= l->pixel[i - 1]) return false;
    return true;
}

static const struct { const char *text; int limit, part[N_PARTS], ones[N_PARTS]; } splits[] = {
    {"data \"%s/two\"", 0, {32, 0, 8}, {24, 0, 6}},
    {"data \"%s/two\" split=50% valid=20%", 0, {16, 4, 20}, {12, 3, 15}},
    {"data \"%s/four\"", 0, {40, 0, 6}, {30, 0, 4}},
    {"data \"%s/four\" valid=25%", 0, {29, 11, 6}, {22, 8, 4}}, // 2.5 of 10 are 3, 7.5 of 30 are 8
    {"data \"%s/four\"", 4, {4, 0, 4}, {3, 0, 3}},
    {"data \"%s/four\" limit=3", 0, {3, 0, 3}, {2, 0, 2}},
    {"data \"%s/four\" limit=3", 8, {8, 0, 6}, {6, 0, 4}},
};

static void check_splits(const Folder *f) {
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        Case c = open_good(f, splits[i].text, 1, splits[i].limit, NULL);
        for (int p = 0; c.ok && p < N_PARTS; p++) {
            const ImageList *l = &c.d.part[p];
            if (!CHECK(l->n == splits[i].part[p]))
                printf("%s: part %d has %d\n", splits[i].text, p, l->n);
            CHECK(count_label(l, 1) == splits[i].ones[p]);
            CHECK(in_order(l));
        }
        close_case(&c);
    }
}

// The choice depends on the seed and on nothing else.
static void check_seeds(const Folder *f) {
    static const char text[] = "data \"%s/two\"";
    Case a = open_good(f, text, 1, 0, NULL), b = open_good(f, text, 1, 0, NULL);
    Case other = open_good(f, text, 2, 0, NULL);
    if (a.ok && b.ok && other.ok) {
        int same = 0, differ = 0;
        const ImageList *l = &a.d.part[PART_TEST], *m = &b.d.part[PART_TEST];
        const ImageList *o = &other.d.part[PART_TEST];
        for (int i = 0; i < l->n; i++) {
            same += !memcmp(l->pixel[i], m->pixel[i], H * W) && l->label[i] == m->label[i];
            differ += memcmp(l->pixel[i], o->pixel[i], H * W) != 0;
        }
        CHECK(same == l->n && differ > 0);
    }
    close_case(&a);
    close_case(&b);
    close_case(&other);
}

static void check_order(const Folder *f) {
    int order[3][N], seen[N] = {0};
    Case c = open_good(f, "data \"%s/four\"", 1, 0, NULL);
    if (c.ok) {
        dataset_order(&c.d, PART_TRAIN, 1, 0, order[0]);
        dataset_order(&c.d, PART_TRAIN, 1, 0, order[1]);
        dataset_order(&c.d, PART_TRAIN, 1, 1, order[2]);
        for (int i = 0; i < N; i++) seen[order[0][i]]++;
        for (int i = 0; i < N; i++) CHECK(seen[i] == 1);
        CHECK(!memcmp(order[0], order[1], sizeof order[0]));
        CHECK(memcmp(order[0], order[2], sizeof order[0]));
    }
    close_case(&c);
}

static void check_split_choose(void) {
    enum { CLASSES = 3 };
    const int label[] = {0, 2, 0, 2, 2, 2, 0, 2, 2, 2, 2, 2, 2}; // 3, 0 and 10 of each class
    enum { ALL = sizeof label / sizeof *label };
    bool held[ALL];
    Error e;
    for (int percent = 0; percent <= 100; percent += 10) {
        int n[CLASSES] = {0};
        CHECK(split_choose(label, ALL, CLASSES, percent / 100.0, rng_make(1, "split"), held, &e));
        for (int i = 0; i < ALL; i++) n[label[i]] += held[i];
        CHECK(n[0] == (3 * percent + 50) / 100 && n[1] == 0 && n[2] == percent / 10);
    }
}

// ---- numbers ------------------------------------------------------------------------------------

enum { MAX_NUMBERS = 64 };

// The numbers of picture i of the training part, in the given layout, back in plain order.
static void prepare(const Dataset *d, int i, Layout layout, int k, real *out) {
    real room[MAX_NUMBERS * 2 * LANES] = {0}, scratch[4 * MAX_NUMBERS];
    const Tensor t = {room, LANES + 1, d->input.c, d->input.h, d->input.w, layout};
    Error e;
    CHECK(dataset_image(d, PART_TRAIN, i, NULL, t, k, scratch, &e));
    for (int c = 0; c < t.c; c++)
    for (int y = 0; y < t.h; y++)
    for (int x = 0; x < t.w; x++)
        *out++ = *at(t, k, c, y, x);
}

// Picture 1 of the set is 42 49 56 / 63 70 77.
static const struct { const char *text; Shape shape; double value[6]; } numbers[] = {
    {"data \"%s/four\"\npreprocess { rescale 1 }", {1, 2, 3}, {42, 49, 56, 63, 70, 77}},
    {"data \"%s/four\"", {1, 2, 3}, {0.164706, 0.192157, 0.219608, 0.247059, 0.274510, 0.301961}},
    {"data \"%s/four\"\npreprocess { rescale 2 }", {1, 2, 3}, {84, 98, 112, 126, 140, 154}},
    {"data \"%s/four\"\npreprocess { rescale 1; normalize mean=2 std=4 }", {1, 2, 3},
     {10, 11.75, 13.5, 15.25, 17, 18.75}},
    {"data \"%s/four\"\npreprocess { rescale 1; crop 1x2 }", {1, 1, 2}, {42, 49}},
    {"data \"%s/four\"\npreprocess { rescale 1; resize 1x3 }", {1, 1, 3}, {52.5, 59.5, 66.5}},
    {"data \"%s/four\"\npreprocess { rescale 1; crop 2x1; resize 2x2 }", {1, 2, 2},
     {49, 49, 70, 70}},
    {"data \"%s/four\"\npreprocess { rescale 1; crop 1x2; standardize }", {1, 1, 2}, {-1, 1}},
    {"data \"%s/four\" size=1x3\npreprocess { rescale 1 }", {1, 1, 3}, {53, 60, 67}}, // rounded
    {"data \"%s/four\" color=rgb\npreprocess { rescale 1; crop 1x1 }", {3, 1, 1}, {49, 49, 49}},
};

static void check_numbers(const Folder *f) {
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        Case c = open_good(f, numbers[i].text, 1, 0, NULL);
        const Shape s = numbers[i].shape;
        real got[MAX_NUMBERS];
        if (c.ok) {
            CHECK(c.d.input.c == s.c && c.d.input.h == s.h && c.d.input.w == s.w);
            prepare(&c.d, 1, LAYOUT_PLAIN, 0, got);
            for (int k = 0; k < s.c * s.h * s.w; k++) CHECK_NEAR(got[k], numbers[i].value[k], 1e-5);
        }
        close_case(&c);
    }
}

static const char several[] =
    "data \"%s/four\" color=rgb\n"
    "preprocess { rescale 1; normalize mean=1,2,3 std=4,5,6; rescale 0.5 }";

static const char *const by_table[] = {
    "data \"%s/four\"",
    "data \"%s/four\"\npreprocess { normalize }",
    several,
};
static const char *const by_steps[] = {
    "data \"%s/four\" color=rgb\npreprocess { crop 2x2; normalize mean=1,2,3 std=4,5,6 }",
    "data \"%s/four\" color=rgb\npreprocess { standardize }",
};

// In every layout and at every place in it, the same numbers as the definition gives.
static void check_layouts(const Folder *f, const char *text, bool table) {
    static const struct { Layout layout; int k; } places[] = {
        {LAYOUT_PLAIN, 0}, {LAYOUT_PLAIN, 3}, {LAYOUT_LAST, 2}, {LAYOUT_LANES, 5},
        {LAYOUT_LANES, 16},
    };
    Case c = open_good(f, text, 1, 0, NULL);
    if (c.ok) CHECK(!store_of(&c.d)->table == !table);
    for (int i = 0; c.ok && i < N; i++) {
        real scratch[4 * MAX_NUMBERS], got[MAX_NUMBERS];
        const real *want = steps_apply(&c.d, c.d.part[PART_TRAIN].pixel[i], c.d.n_steps, scratch);
        const size_t n = (size_t)(c.d.input.c * c.d.input.h * c.d.input.w);
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            prepare(&c.d, i, places[p].layout, places[p].k, got);
            CHECK(!memcmp(got, want, n * sizeof *got));
        }
    }
    close_case(&c);
}

// ---- measuring ----------------------------------------------------------------------------------

static void check_measured(const Folder *f, Threads *t) {
    Case c = open_good(f, "data \"%s/four\"\npreprocess { normalize }", 1, 0, t);
    double mean = 0, var = 0;
    if (c.ok && CHECK(c.d.n_steps == 2 && c.d.measured[1] && c.d.measured_known)) {
        const int M = N * H * W;
        for (int i = 0; i < M; i++) mean += (uint8_t)(i * 7) / 255. / M;
        for (int i = 0; i < M; i++) var += pow((uint8_t)(i * 7) / 255. - mean, 2) / M;
        CHECK_NEAR(c.d.measured[1][0], mean, 1e-6);
        CHECK_NEAR(c.d.measured[1][1], sqrt(var), 1e-6);
    }
    close_case(&c);
}

// A channel that is the same everywhere is shifted, not divided by 0.
static void check_constant(const Folder *f) {
    static const char text[] = "data \"%s/four\" limit=1\npreprocess { crop 1x1; normalize }";
    Case c = open_good(f, text, 1, 0, NULL);
    real got[MAX_NUMBERS];
    if (c.ok) {
        CHECK(c.d.measured[2][1] == 0);
        prepare(&c.d, 0, LAYOUT_PLAIN, 0, got);
        CHECK_NEAR(got[0], 0, 1e-6);
    }
    close_case(&c);
}

// What was measured goes into text and comes back as the same bits.
static void check_steps_text(const Folder *f) {
    static const char text[] = "data \"%s/four\"\npreprocess { normalize }";
    char steps[256], again[256];
    Error e;
    Case c = open_good(f, text, 1, 0, NULL), d = open_case(f, text, 1, 0, false, NULL);
    if (!CHECK(c.ok && d.ok)) return;
    CHECK(d.d.part[PART_TRAIN].n == 0 && !d.d.measured_known);
    CHECK(dataset_steps_text(&c.d, steps, sizeof steps));
    CHECK(strstr(steps, "rescale") == steps && strstr(steps, "\nnormalize mean=0.4"));
    CHECK(!dataset_steps_text(&c.d, again, strlen(steps)));
    CHECK(dataset_steps_take(&d.d, steps, &e) && d.d.measured_known);
    CHECK(!memcmp(d.d.measured[1], c.d.measured[1], 2 * sizeof(real)));
    CHECK(!memcmp(store_of(&d.d)->table, store_of(&c.d)->table, 256 * sizeof(real)));
    CHECK(dataset_steps_text(&d.d, again, sizeof again) && !strcmp(steps, again));
    static const char *const wrong[] = {
        "", "normalize mean=1 std=2", "rescale 2\nnormalize mean=1 std=2", "rescale\nnormalize",
        "rescale\nnormalize mean=1", "rescale\nnormalize mean=1 std=nan",
        "rescale\nnormalize mean=1,2 std=3",
        "rescale\nnormalize mean=1 std=2\nextra", "rescale\nnormalize mean=1 std=2 ",
        "rescale\nnormalize mean= std=2", "rescale\nnormalize mean=1e999 std=2",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(!dataset_steps_take(&d.d, wrong[i], &e) && strstr(e.text, "other image steps"));
        CHECK(!memcmp(d.d.measured[1], c.d.measured[1], 2 * sizeof(real)));
    }
    close_case(&c);
    close_case(&d);
}

static void check_classes(const Folder *f) {
    Error e;
    Case c = open_case(f, "data \"%s/four\"", 1, 0, false, NULL);
    if (!CHECK(c.ok)) return;
    CHECK(c.d.classes == 2);
    CHECK_TEXT(c.d.class_name[1], "1");
    CHECK(dataset_classes_take(&c.d, "cat\ndog", &e));
    CHECK_TEXT(c.d.class_name[0], "cat");
    CHECK(!dataset_classes_take(&c.d, "cat", &e) && !dataset_classes_take(&c.d, "a\nb\nc", &e));
    CHECK(!dataset_classes_take(&c.d, "a\n\nb", &e) && !dataset_classes_take(&c.d, "", &e));
    CHECK_TEXT(c.d.class_name[1], "dog");
    close_case(&c);
}

// A picture from elsewhere is made gray, resized and prepared like the others.
static void check_picture(const Folder *f) {
    uint8_t colours[3 * 4 * 6];
    memset(colours, 51, sizeof colours);
    const Picture p = {6, 4, 3, colours};
    real got[6];
    Error e;
    Case c = open_case(f, "data \"%s/four\"", 1, 0, false, NULL);
    if (!CHECK(c.ok)) return;
    CHECK(dataset_picture(&c.d, &p, (Tensor){got, 1, 1, 2, 3, LAYOUT_PLAIN}, 0, &e));
    for (int i = 0; i < 6; i++) CHECK_NEAR(got[i], 0.2, 1e-6);
    close_case(&c);
    c = open_case(f, "data \"%s/four\"\npreprocess { normalize }", 1, 0, false, NULL);
    CHECK(c.ok && !dataset_picture(&c.d, &p, (Tensor){got, 1, 1, 2, 3, LAYOUT_PLAIN}, 0, &e));
    close_case(&c);
}

// ---- what the checker says about steps -----------------------------------------------------------

static const struct { const char *step, *wrong; } wrong_steps[] = {
    {"crop 3x3", "3x3 cannot be cut out of a 2x3 image"},
    {"crop 2x4", "2x4 cannot be cut out of a 2x3 image"},
    {"crop 1x1; crop 2x1", "2x1 cannot be cut out of a 1x1 image"},
    {"normalize mean=1", "mean and std belong together"},
    {"normalize std=1", "mean and std belong together"},
    {"normalize mean=1,2 std=1,2", "2 numbers for 1 channel"},
    {"normalize mean=1 std=0", "std must be above 0"},
    {"rescale 0", "factor must be a number greater than 0"},
};

static void check_wrong_steps(const Folder *f) {
    for (size_t i = 0; i < sizeof wrong_steps / sizeof *wrong_steps; i++) {
        Arena *a = arena_make();
        Diags *diags = diags_make(a);
        const char *text = arena_print(a, "data \"%s/four\"\npreprocess { %s }\ndense classes\n",
                                       f->path, wrong_steps[i].step);
        CHECK(!experiment_parse(a, diags, &runtime_vocabulary, "t.cnn", text, strlen(text)));
        if (!CHECK(diags_count(diags) == 1 && strstr(diags_get(diags, 0)->text, wrong_steps[i].wrong)))
            diags_render(diags, stdout);
        arena_free(a);
    }
}

// ---- finding ------------------------------------------------------------------------------------

static const struct { const char *text, *wrong; } refusals[] = {
    {"data \"%s/none\" size=2x3 color=gray classes=2", "there is no data set"},
    {"data \"%s/none\" size=2x3 color=gray classes=2", "train-images-idx3-ubyte"},
    {"data \"%s/four\" size=2x3 classes=2", "color=gray or color=rgb"},
    {"data \"%s/four\" size=2x3 color=gray classes=1", "picture 1 has label 1; with 1 classes"},
    {"data \"%s/two\" split=99%", "no pictures are left for training: 40 are held back"},
    {"data \"%s/four\" list=\"x\"", "IDX files have no names"},
    {"data \"%s/lonely\" size=2x3 color=gray classes=2", "labels of images-idx3-ubyte are missing"},
    {"data \"%s/unequal\" size=2x3 color=gray classes=2", "40 images, but 6 labels"},
    {"data \"%s/swapped\" size=2x3 color=gray classes=2", "images and labels are exchanged"},
    {"data \"%s/many\" size=2x3 color=gray classes=2", "several IDX files"},
};

static bool first_folder(void *ctx, const char *folder) {
    snprintf(ctx, 256, "%s", folder);
    return true;
}

static bool never(void *ctx, const char *folder) {
    (void)folder;
    ++*(int *)ctx;
    return false;
}

static void check_probe(const Folder *f) {
    Shape image;
    int classes;
    char why[256], small[8];
    const DataOptions four = {.path = "four"}, none = {.path = "none"}, many = {.path = "many"};
    CHECK(data_probe(&four, f->path, &image, &classes, why, sizeof why));
    CHECK(image.c == 1 && image.h == H && image.w == W && classes == 2);
    CHECK(!data_probe(&none, f->path, &image, &classes, why, sizeof why));
    CHECK(strstr(why, "there is no data set \"none\"; looked in: ") && !strchr(why, '\n'));
    CHECK(!data_probe(&many, f->path, &image, &classes, small, sizeof small));
    CHECK(strlen(small) < sizeof small);
}

// A known set is found below CNNRUN_DATA; its pixels are stretched to 0 … 255.
static void check_known(Folder *f) {
    char first[256];
    int n = 0;
    uint8_t pixels[16 + 64 * 5] = {0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 8, 16, 8, 1};
    const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 5, 9, 9, 9, 9, 9};
    setenv("CNNRUN_DATA", f->path, 1);
    CHECK(data_folders(first_folder, first));
    CHECK_TEXT(first, f->path);
    CHECK(!data_folders(never, &n) && n > 2);
    mkdir(folder_file(f, "digits"), 0777);
    folder_put(f, "digits/images-idx3-ubyte", pixels, sizeof pixels);
    folder_put(f, "digits/labels-idx1-ubyte", labels, sizeof labels);
    Case c = open_good(f, "data digits split=1%", 1, 0, NULL);
    if (c.ok) {
        CHECK_TEXT(c.d.class_name[9], "9");
        CHECK(!memcmp(c.d.part[PART_TRAIN].pixel[0], "\xff\x80\x10\0", 4));
        CHECK(strstr(c.d.from, "digits"));
    }
    close_case(&c);
    pixels[16] = 17;
    folder_put(f, "digits/images-idx3-ubyte", pixels, sizeof pixels);
    expect_refused(f, "data digits", "picture 0 has a pixel of 17; the largest can be 16");
}

static void make_folders(Folder *f) {
    static const char *const names[] = {"two", "four", "lonely", "unequal", "swapped", "many"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) mkdir(folder_file(f, names[i]), 0777);
    put_images(f, "two/any-images.idx3-ubyte", N, 0);
    put_labels(f, "two/any-labels.idx1-ubyte", N);
    put_images(f, "four/train-images-idx3-ubyte", N, 0);
    put_labels(f, "four/train-labels-idx1-ubyte", N);
    put_images(f, "four/t10k-images-idx3-ubyte", N_TEST, 99);
    put_labels(f, "four/t10k-labels-idx1-ubyte", N_TEST);
    put_images(f, "lonely/images-idx3-ubyte", N, 0);
    put_images(f, "unequal/images-idx3-ubyte", N, 0);
    put_labels(f, "unequal/labels-idx1-ubyte", N_TEST);
    put_labels(f, "swapped/images-idx3-ubyte", N);
    put_images(f, "swapped/labels-idx1-ubyte", N, 0);
    put_images(f, "many/a-images-idx3-ubyte", N, 0);
    put_images(f, "many/b-images-idx3-ubyte", N, 0);
}

int main(void) {
    Folder f = folder_make();
    Threads *t = threads_make(2);
    make_folders(&f);
    check_splits(&f);
    check_seeds(&f);
    check_order(&f);
    check_split_choose();
    check_numbers(&f);
    for (size_t i = 0; i < sizeof by_table / sizeof *by_table; i++)
        check_layouts(&f, by_table[i], true);
    for (size_t i = 0; i < sizeof by_steps / sizeof *by_steps; i++)
        check_layouts(&f, by_steps[i], false);
    check_measured(&f, NULL);
    check_measured(&f, t);
    check_constant(&f);
    check_steps_text(&f);
    check_classes(&f);
    check_picture(&f);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        expect_refused(&f, refusals[i].text, refusals[i].wrong);
    check_wrong_steps(&f);
    check_probe(&f);
    check_known(&f);
    threads_free(t);
    folder_remove(&f);
    return test_end("dataset");
}
