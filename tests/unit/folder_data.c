/* folder_data.c — opening a folder of pictures: parts, sizes, broken and empty ones, the cache, names
 * of classes; and what is told about them. */
#include <sys/stat.h>

#include "runtime/data/store.h"
#include "runtime/vocabulary.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

enum { SIDE = 2, PIXELS = SIDE * SIDE };

// ---- pictures on disk ---------------------------------------------------------------------------

static void make_way(Folder *f, const char *name) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    for (char *slash = path + strlen(f->path) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        mkdir(path, 0777);
    }
}

static void put_bytes(Folder *f, const char *name, const char *bytes, size_t n) {
    make_way(f, name);
    folder_put(f, name, bytes, n);
}

// A gray picture of 2x2 pixels that no other number gives.
static void put_gray(Folder *f, const char *name, int number) {
    uint8_t v[64];
    const int n = snprintf((char *)v, sizeof v, "P5 2 2 255 ");
    for (int i = 0; i < PIXELS; i++) v[n + i] = (uint8_t)(number * (i + 3) + i);
    put_bytes(f, name, (const char *)v, (size_t)n + PIXELS);
}

static void put_many(Folder *f, const char *folder, int n, int first) {
    for (int i = 0; i < n; i++) {
        char name[200];
        snprintf(name, sizeof name, "%s/%02d.pgm", folder, i);
        put_gray(f, name, first + i);
    }
}

// ---- opening ------------------------------------------------------------------------------------

typedef struct Case {
    Arena *arena;
    const Experiment *x;
    Dataset d;
    Error e;
    bool ok;
    char said[4096];
    int told, all; // progress
    bool odd;      // progress that makes no sense
} Case;

static void on_say(void *ctx, const char *text) {
    Case *c = ctx;
    const size_t used = strlen(c->said);
    snprintf(c->said + used, sizeof c->said - used, "%s\n", text);
}

static void on_progress(void *ctx, int done, int all) {
    Case *c = ctx;
    c->odd = c->odd || done <= 0 || done > all;
    c->told++;
    c->all = all;
}

// Opens `data "FOLDER/NAME" OPTIONS`.
static void open_case(Case *c, const Folder *f, const char *name, const char *options, Opening o) {
    *c = (Case){.arena = arena_make()};
    Diags *diags = diags_make(c->arena);
    const char *text = arena_print(c->arena, "data \"%s/%s\" %s\ndense classes; softmax\n", f->path,
                                   name, options);
    c->x = experiment_parse(c->arena, diags, &runtime_vocabulary, "t.cnn", text, strlen(text));
    if (!c->x) snprintf(c->e.text, sizeof c->e.text, "%s", diags_get(diags, 0)->text);
    o.need_pictures = true;
    o.say = on_say;
    o.progress = on_progress;
    o.ctx = c;
    if (!o.seed) o.seed = 1;
    c->ok = c->x && dataset_open(&c->d, c->x, &o, &c->e);
}

static bool open_good(Case *c, const Folder *f, const char *name, const char *options, Opening o) {
    open_case(c, f, name, options, o);
    if (!CHECK(c->ok)) printf("%s %s: %s\n", name, options, c->e.text);
    return c->ok;
}

static void close_case(Case *c) {
    if (c->ok) dataset_close(&c->d);
    arena_free(c->arena);
}

// The bytes of picture i of a part, decoded again if need be.
static bool pixels_are(const Dataset *d, Part part, int i, int number) {
    uint8_t room[64];
    Error e;
    const uint8_t *v = dataset_pixels(d, part, i, room, &e);
    for (int k = 0; v && k < PIXELS; k++)
        if (v[k] != (uint8_t)(number * (k + 3) + k)) return false;
    return v;
}

// ---- what comes of a folder ---------------------------------------------------------------------

static void make_folders(Folder *f) {
    put_many(f, "flat/cat", 10, 1), put_many(f, "flat/dog", 20, 31);
    put_many(f, "parts/train/cat", 6, 1), put_many(f, "parts/train/dog", 4, 31);
    put_many(f, "parts/val/cat", 2, 61), put_many(f, "parts/val/dog", 1, 71);
    put_many(f, "parts/test/cat", 3, 81), put_many(f, "parts/test/dog", 2, 91);
    put_many(f, "one/cat", 5, 1);
    put_many(f, "judged/test/dog", 4, 1);
    put_many(f, "hollow/cat", 4, 1), mkdir(folder_file(f, "hollow/dog"), 0777);
    put_many(f, "half/train/cat", 4, 1), put_many(f, "half/train/dog", 4, 31);
    put_many(f, "half/test/cat", 2, 61);
    mkdir(folder_file(f, "nothing"), 0777), mkdir(folder_file(f, "nothing/cat"), 0777);
    mkdir(folder_file(f, "plain"), 0777);
    put_many(f, "sizes/cat", 3, 1), put_many(f, "sizes/dog", 3, 31);
    put_bytes(f, "sizes/dog/99.pgm", "P5 3 1 255 abc", 14);
    put_many(f, "late/cat", 30, 1), put_many(f, "late/dog", 3, 41);
    put_bytes(f, "late/cat/99.pgm", "P5 3 1 255 abc", 14);
    put_many(f, "mixed/cat", 30, 1), put_many(f, "mixed/dog", 3, 41);
    put_bytes(f, "mixed/cat/99.ppm", "P6 2 2 255 abcdefghijkl", 23);
    put_many(f, "broken/cat", 4, 1), put_many(f, "broken/dog", 4, 31);
    put_bytes(f, "broken/cat/01.pgm", "P5 2 2 255 abc", 14);
    put_bytes(f, "broken/cat/html.jpg", "<html>", 6);
    put_bytes(f, "broken/dog/0.jpg", "", 0);
    put_bytes(f, "broken/dog/w.png", "RIFF1234WEBPVP8 ", 16);
    put_many(f, "ruined/cat", 4, 1), put_bytes(f, "ruined/dog/1.png", "nothing", 7);
    put_many(f, "twins/train/cat", 3, 1), put_many(f, "twins/train/dog", 3, 31);
    put_many(f, "twins/test/cat", 3, 3), put_many(f, "twins/test/dog", 1, 61); // 3 is in both
    put_bytes(f, "channel/cat/1.ppm", "P6 1 2 255 a.bc.d", 17);
    put_bytes(f, "channel/dog/1.ppm", "P6 1 2 255 e.fg.h", 17);
    put_bytes(f, "list.txt", "cat/03.pgm\ndog/00.pgm\ndog/07.pgm\n", 33);
    put_bytes(f, "flat/own.txt", "cat/01.pgm\ndog/02.pgm\n", 22);
    put_bytes(f, "cats.txt", "cat/01.pgm\n", 11);
}

static const struct {
    const char *name, *options;
    Opening o;
    int part[N_PARTS];
} good[] = {
    {"flat", "", {0}, {24, 0, 6}},
    {"flat", "split=50% valid=20%", {0}, {12, 3, 15}},
    {"flat", "split=0.1", {.limit = 6}, {6, 0, 3}},
    {"flat", "limit=3", {0}, {3, 0, 3}},
    {"flat", "list=\"list.txt\" split=0.01", {0}, {3, 0, 0}}, // beside the model
    {"flat", "list=\"own.txt\" split=0.01", {0}, {2, 0, 0}},  // in the data folder
    {"parts", "", {0}, {10, 3, 5}},
    {"parts", "size=3x5 color=rgb", {0}, {10, 3, 5}},
    {"one", "classes=2 size=2x2 color=gray", {.judging = true}, {4, 0, 1}},
    {"judged", "classes=2 size=2x2 color=gray", {.judging = true}, {0, 0, 4}},
    {"hollow", "", {.allow_empty = true}, {3, 0, 1}},
    {"half", "", {0}, {8, 0, 2}},
    {"sizes", "size=2x2", {0}, {5, 0, 2}},
    {"mixed", "color=rgb", {0}, {27, 0, 7}},
    {"broken", "", {0}, {5, 0, 2}},
    {"twins", "", {0}, {6, 0, 4}},
};

static void check_good(const Folder *f, Threads *t) {
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        Case c;
        Opening o = good[i].o;
        o.threads = t;
        if (open_good(&c, f, good[i].name, good[i].options, o))
            for (int p = 0; p < N_PARTS; p++)
                if (!CHECK(c.d.part[p].n == good[i].part[p]))
                    printf("%s %s: part %d has %d\n", good[i].name, good[i].options, p, c.d.part[p].n);
        close_case(&c);
    }
}

static const struct { const char *name, *options; Opening o; const char *wrong; } refused[] = {
    {"one", "", {0}, "one: there is one class only (cat); classes=2 says that there are more"},
    {"one", "classes=2 size=2x2", {0}, "there is one class only (cat)"},
    {"flat", "classes=3 size=2x2 color=gray", {0}, "has 2 classes (cat, dog), not the 3 of classes=3"},
    {"flat", "classes=1 size=2x2", {.judging = true}, "has 2 classes (cat, dog), not the 1"},
    {"hollow", "", {0}, "there are no pictures of class dog for training"},
    {"judged", "classes=1 size=2x2", {.judging = false}, "there is one class only"},
    {"nothing", "", {0}, "nothing: there are no pictures in its folders"},
    {"nothing", "classes=1 size=2x2", {.judging = true}, "there are no pictures in its folders"},
    {"plain", "", {0}, "there is no data set"},
    {"sizes", "", {0}, "different sizes: cat/00.pgm is 2x2, dog/99.pgm is 1x3; size=64x64"},
    {"late", "", {0}, "late/cat/99.pgm is 1x3, other pictures are 2x2: size=2x2"},
    {"mixed", "", {0}, "mixed/cat/99.ppm is in colour, other pictures are gray: color=gray or color=rgb"},
    {"flat", "classes=2 size=2x2", {0}, "all pictures are gray, but the model reads 3 channels"},
    {"broken", "", {.strict = true}, "broken/cat/01.pgm: ends after 3 of 4 bytes of pixels"},
    {"broken", "", {.strict = true}, "(4 in all; without --strict they are left out)"},
    {"ruined", "", {0}, "none of the 1 pictures of class dog can be read"},
    {"parts", "valid=10%", {0}, "has a validation part of its own: leave valid= away"},
    {"flat", "split=99%", {0}, "no pictures are left for training: 30 are held back"},
    {"flat", "list=\"none.txt\"", {0}, "list=\"none.txt\": there is neither"},
    {"flat", "list=\"cats.txt\"", {0}, "there are no pictures of class dog for training"},
};

static void check_refused(const Folder *f, Threads *t) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        Case c;
        Opening o = refused[i].o;
        o.threads = t;
        open_case(&c, f, refused[i].name, refused[i].options, o);
        CHECK(!c.ok);
        if (!CHECK(strstr(c.e.text, refused[i].wrong)))
            printf("%s %s: got \"%s\", want \"%s\"\n", refused[i].name, refused[i].options, c.e.text,
                   refused[i].wrong);
        close_case(&c);
    }
}

// ---- what is told -------------------------------------------------------------------------------

static const struct { const char *name, *options; Opening o; const char *said; } told[] = {
    {"broken", "", {0}, "4 pictures cannot be read and are left out: cat/01.pgm: ends after 3 of "
     "4 bytes of pixels; cat/html.jpg: this is a web page or other text, not a picture; dog/0.jpg: is "
     "empty; … and 1 more"},
    {"twins", "", {0}, "twins: 1 test picture is also among the training pictures"},
    {"twins", "", {0}, "test/cat/00.pgm is train/cat/02.pgm"},
    {"channel", "split=0.01", {0}, "channel 2 of 3 has the same number everywhere"},
    {"hollow", "", {.allow_empty = true}, "all 3 training pictures are of class cat"},
    {"half", "", {0}, "there are no pictures of class dog for the test"},
    {"flat", "", {.cache = 40}, "10 of 30 pictures fit into 0 MB (--cache)"},
};

static void check_told(const Folder *f) {
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        Case c;
        open_good(&c, f, told[i].name, told[i].options, told[i].o);
        if (!CHECK(strstr(c.said, told[i].said)))
            printf("%s: got \"%s\", want \"%s\"\n", told[i].name, c.said, told[i].said);
        close_case(&c);
    }
    Case quiet;
    open_good(&quiet, f, "parts", "", (Opening){0});
    CHECK_TEXT(quiet.said, "");
    CHECK(quiet.told > 0 && quiet.all == 18 && !quiet.odd);
    close_case(&quiet);
}

static void check_others_told(Folder *f) {
    Case c;
    put_many(f, "odd/cat", 2, 1), put_many(f, "odd/dog", 2, 31);
    put_bytes(f, "odd/cat/notes.txt", "x", 1), put_bytes(f, "odd/cat/.DS_Store", "x", 1);
    CHECK(symlink("nowhere", folder_file(f, "odd/dog/link.png")) == 0);
    CHECK(mkfifo(folder_file(f, "odd/dog/pipe.png"), 0600) == 0);
    open_good(&c, f, "odd", "split=0.01", (Opening){0});
    CHECK(strstr(c.said, "odd: left out: 1 symbolic link (dog/link.png), 1 pipe or device (dog/pipe.png), "
                         "1 file of another type (cat/notes.txt), 1 hidden file"));
    CHECK(c.ok && c.d.found.left_out == 4 && c.d.found.unreadable == 0);
    close_case(&c);
}

// ---- the same for any number of threads and any cache -------------------------------------------

static void check_same(const Folder *f, Threads *t) {
    static const Opening ways[] = {{.cache = 0}, {.cache = 5 * PIXELS}, {.cache = 1}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        Case c;
        Opening o = ways[i];
        o.threads = t;
        if (open_good(&c, f, "flat", "split=0.01", o)) {
            const ImageList *l = &c.d.part[PART_TRAIN];
            int kept = 0;
            for (int k = 0; k < l->n; k++) {
                CHECK(pixels_are(&c.d, PART_TRAIN, k, k < 10 ? 1 + k : 31 + k - 10));
                kept += l->pixel[k] != NULL;
            }
            CHECK(kept == (o.cache == 0 ? 30 : (int)o.cache / PIXELS));
            CHECK(l->label[9] == 0 && l->label[10] == 1);
            CHECK_TEXT(c.d.class_name[1], "dog");
        }
        close_case(&c);
    }
}

// Limits take pictures of all classes, at equal distances.
static void check_limit(const Folder *f) {
    Case c;
    if (open_good(&c, f, "flat", "split=0.01 limit=6", (Opening){0})) {
        const ImageList *l = &c.d.part[PART_TRAIN];
        static const int want[] = {1, 6, 31, 36, 41, 46}; // numbers 0, 5, 10 … of 30
        for (int i = 0; i < 6; i++) CHECK(pixels_are(&c.d, PART_TRAIN, i, want[i]));
        CHECK(l->label[1] == 0 && l->label[2] == 1);
    }
    close_case(&c);
}

// Which pictures are held back depends on the names alone, not on which can be read.
static void check_split(Folder *f) {
    Case before, after;
    open_good(&before, f, "flat", "split=50%", (Opening){0});
    const char *gone = before.ok ? before.d.part[PART_TEST].file[3] : "";
    FILE *file = fopen(gone, "wb");
    if (CHECK(file)) fclose(file); // empty from now on
    open_good(&after, f, "flat", "split=50%", (Opening){0});
    if (before.ok && after.ok) {
        const ImageList *a = &before.d.part[PART_TEST], *b = &after.d.part[PART_TEST];
        CHECK(a->n == 15 && b->n == 14 && after.d.found.unreadable == 1);
        for (int i = 0; i < 14; i++) CHECK_TEXT(b->file[i], a->file[i < 3 ? i : i + 1]);
    }
    close_case(&before);
    close_case(&after);
}

// ---- only the test part -------------------------------------------------------------------------

// Opens with only_test: so many pictures are decoded, and the test part is the one it is otherwise.
static void check_test_alone(const Folder *f, const char *name, const char *options, const char *steps,
                             int decoded) {
    Case whole, alone;
    open_good(&whole, f, name, options, (Opening){0});
    open_good(&alone, f, name, options, (Opening){.judging = true, .only_test = true, .steps = steps});
    const ImageList *a = &whole.d.part[PART_TEST], *b = &alone.d.part[PART_TEST];
    if (!CHECK(alone.all == decoded && a->n == b->n && alone.d.measured_known))
        printf("%s %s: %d decoded, not %d\n", name, options, alone.all, decoded);
    for (int i = 0; i < a->n && i < b->n; i++) CHECK_TEXT(b->file[i], a->file[i]);
    for (int k = 0; k < 2 && alone.d.n_steps == 2; k++) // normalize: mean and deviation
        CHECK(alone.d.measured[1][k] == whole.d.measured[1][k]);
    close_case(&whole);
    close_case(&alone);
}

// Training pictures are decoded only where something is to be measured that nobody has told.
static void check_only_test(const Folder *f) {
    static const char measure[] = "split=50%\npreprocess { rescale 1; normalize }";
    char steps[200] = "";
    Case c;
    if (open_good(&c, f, "flat", measure, (Opening){0})) CHECK(dataset_steps_text(&c.d, steps, sizeof steps));
    close_case(&c);
    check_test_alone(f, "parts", "", NULL, 5);
    check_test_alone(f, "flat", "split=50%", NULL, 15);
    check_test_alone(f, "flat", measure, NULL, 30);
    check_test_alone(f, "flat", measure, steps, 15);
}

// ---- files that change behind our back ----------------------------------------------------------

static void check_changes(Folder *f) {
    Case c;
    uint8_t room[64];
    Error e = {""};
    put_many(f, "changing/cat", 4, 1), put_many(f, "changing/dog", 4, 31);
    if (open_good(&c, f, "changing", "split=0.01", (Opening){.cache = 1})) {
        CHECK(pixels_are(&c.d, PART_TRAIN, 1, 2));
        put_gray(f, "changing/cat/01.pgm", 99);
        CHECK(!dataset_pixels(&c.d, PART_TRAIN, 1, room, &e));
        CHECK(strstr(e.text, "changing/cat/01.pgm: has changed since the data were opened"));
        put_bytes(f, "changing/cat/01.pgm", "P5 1 1 255 a", 12);
        CHECK(!dataset_pixels(&c.d, PART_TRAIN, 1, room, &e) && strstr(e.text, "01.pgm is 1x1"));
        remove(folder_file(f, "changing/cat/01.pgm"));
        CHECK(!dataset_pixels(&c.d, PART_TRAIN, 1, room, &e));
        CHECK(strstr(e.text, "01.pgm: was there when the folder was listed, and is gone"));
        CHECK(mkfifo(folder_file(f, "changing/cat/01.pgm"), 0600) == 0);
        CHECK(!dataset_pixels(&c.d, PART_TRAIN, 1, room, &e) && strstr(e.text, "is gone"));
    }
    close_case(&c);
}

// ---- names of classes from weights --------------------------------------------------------------

static const struct {
    const char *name, *options, *weights;
    int label;
    const char *said, *wrong;
} names[] = {
    {"judged", "classes=2 size=2x2 color=gray", "cat\ndog", 1, "dog", NULL},
    {"judged", "classes=2 size=2x2 color=gray", "dog\ncat", 0, "dog", NULL},
    {"judged", "classes=2 size=2x2 color=gray", "cat\nbird", 0, NULL, "know the classes cat, bird; no"},
    {"judged", "classes=2 size=2x2 color=gray", NULL, 0, NULL, "has 1 of 2 classes, and the weights"},
    {"judged", "classes=2 size=2x2 color=gray", "0\n1", 0, NULL, "know the classes 0, 1; no class dog"},
    {"parts", "", "dog\ncat", 1, "cat", NULL},
    {"parts", "", "0\n1", 0, "cat", NULL},  // the weights do not know names
    {"parts", "", NULL, 0, "cat", NULL},
    {"parts", "", "cat", 0, NULL, "do not name the 2 classes"},
};

// The label of the first test picture afterwards, and what that class is called.
static void check_names(const Folder *f) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Case c;
        Error e = {""};
        if (open_good(&c, f, names[i].name, names[i].options, (Opening){.judging = true})) {
            const bool ok = dataset_classes_take(&c.d, names[i].weights, &e);
            const int label = c.d.part[PART_TEST].label[0];
            if (!CHECK(ok == !names[i].wrong)) printf("names %zu: %s\n", i, e.text);
            if (ok && names[i].said) {
                CHECK(label == names[i].label);
                CHECK_TEXT(c.d.class_name[label], names[i].said);
            }
            if (names[i].wrong && !CHECK(strstr(e.text, names[i].wrong)))
                printf("got \"%s\", want \"%s\"\n", e.text, names[i].wrong);
        }
        close_case(&c);
    }
}

// ---- a look before opening ----------------------------------------------------------------------

static void check_probe(const Folder *f) {
    Shape image;
    int classes;
    char why[512];
    const DataOptions mixed = {.path = "mixed"}, sizes = {.path = "sizes", .size = {4, 4}};
    const DataOptions ruined = {.path = "ruined"};
    CHECK(data_probe(&mixed, f->path, &image, &classes, why, sizeof why));
    CHECK(image.c == 1 && image.h == SIDE && image.w == SIDE && classes == 2); // the first 24
    CHECK(data_probe(&sizes, f->path, &image, &classes, why, sizeof why) && classes == 2);
    CHECK(data_probe(&ruined, f->path, &image, &classes, why, sizeof why) && image.h == SIDE);
}

int main(void) {
    Folder f = folder_make();
    Threads *t = threads_make(3);
    CHECK(chdir(f.path) == 0); // lists stand beside the model, which is here
    make_folders(&f);
    check_good(&f, NULL);
    check_good(&f, t);
    check_refused(&f, NULL);
    check_refused(&f, t);
    check_told(&f);
    check_others_told(&f);
    check_same(&f, NULL);
    check_same(&f, t);
    check_limit(&f);
    check_names(&f);
    check_only_test(&f);
    check_probe(&f);
    check_changes(&f);
    check_split(&f);
    threads_free(t);
    folder_remove(&f);
    return test_end("folder_data");
}
