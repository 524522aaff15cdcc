/* lang_models.c — whole networks with the words of the program: shapes, names of weights, numbers
 * of parameters as published; and files that try to be too much. */
#include <stdlib.h>
#include <time.h>

#include "lang/graph.h"
#include "runtime/vocabulary.h"
#include "tests/unit/test.h"

// ---- networks whose numbers are known ----------------------------------------------------------

static const struct {
    const char *name, *text;
    long long weights;
    const char *first, *last;
} models[] = {
    {"the first network",
     "data mnist\nconv 2 5x5; relu; maxpool 2; dense 100; relu; dense classes; softmax\n"
     "loss crossentropy", 29962, "0", "6"},
    {"cats and dogs",
     "data \"catsdogs\" size=64x64 classes=2\nconv 32 3x3; relu; maxpool 2\n"
     "conv 32 3x3; relu; maxpool 2\ndense 128; relu; dense 1; sigmoid\nloss crossentropy",
     813217, "0", "9"},
    {"VGG-16",
     "data \"imagenet-mini\" size=224x224 classes=1000\n"
     "block vgg n f { repeat n { conv f 3x3 pad=same; relu }; maxpool 2 }\n"
     "section features { vgg 2 64; vgg 2 128; vgg 3 256; vgg 3 512; vgg 3 512 }\n"
     "section classifier {\n  dense 4096; relu; dropout 50%\n  dense 4096; relu; dropout 50%\n"
     "  dense classes\n}\nsoftmax\nloss crossentropy", 138357544, "features.0", "2"},
    {"ResNet-20 with 1x1 shortcuts",
     "data \"cifar10\" size=32x32 classes=10\n"
     "block convbn f s { conv f 3x3 stride=s pad=1 bias=no; batchnorm }\n"
     "block basic f { residual { convbn f 1; relu; convbn f 1 }; relu }\n"
     "block down f {\n  residual { convbn f 2; relu; convbn f 1 } shortcut "
     "{ conv f 1x1 stride=2 bias=no; batchnorm }\n  relu\n}\n"
     "section stem   { convbn 16 1; relu }\nsection stage1 { repeat 3 { basic 16 } }\n"
     "section stage2 { down 32; repeat 2 { basic 32 } }\n"
     "section stage3 { down 64; repeat 2 { basic 64 } }\n"
     "section head   { globalavgpool; dense classes; softmax }\nloss crossentropy",
     272474, "stem.0", "head.2"},
};

typedef struct Run { Arena *arena; Diags *diags; Experiment *x; } Run;

static Run run(const char *text, size_t len) {
    Run r = {.arena = arena_make()};
    r.diags = diags_make(r.arena);
    r.x = experiment_parse(r.arena, r.diags, &runtime_vocabulary, "m.cnn", text, len);
    return r;
}

static void check_models(void) {
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        const Run r = run(models[i].text, strlen(models[i].text));
        if (!CHECK(r.x != NULL)) {
            printf("%s:\n", models[i].name);
            diags_render(r.diags, stdout);
        } else {
            const Graph *g = &r.x->graph;
            CHECK(g->n_weights == models[i].weights);
            CHECK_TEXT(g->node[1].name, models[i].first);
            CHECK_TEXT(g->node[g->output].name, models[i].last);
            CHECK(g->node[g->output].shape.c == r.x->classes || g->node[g->output].shape.c == 1);
            for (int n = 1; n < g->n_nodes; n++) // inputs come first
                for (int k = 0; k < g->node[n].n_src; k++) CHECK(g->node[n].src[k] < n);
        }
        arena_free(r.arena);
    }
}

// ---- shapes ------------------------------------------------------------------------------------

static const struct { const char *net, *shape, *note; } shapes[] = {
    {"conv 4 3x3",                 "26x26x4", "28-3+1 = 26"},
    {"conv 4 5x3",                 "24x26x4", NULL},
    {"conv 4 3x3 pad=1",           "28x28x4", NULL},
    {"conv 4 3x3 pad=same stride=2", "14x14x4", NULL},
    {"conv 4 5x5; maxpool 2",      "12x12x4", "24/2 = 12"},
    {"conv 6 1x1; flatten",        "1x1x4704", "28*28*6 = 4704"},
    {"conv 6 1x1; globalavgpool",  "1x1x6",   NULL},
    {"dense 7",                    "1x1x7",   NULL},
    {"parallel { conv 3 1x1 } { conv 5 3x3 pad=same }", "28x28x8", NULL},
};

static void check_shapes(void) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        char text[200], got[50] = "";
        snprintf(text, sizeof text, "data mnist\n%s", shapes[i].net);
        const Run r = run(text, strlen(text));
        if (!CHECK(r.x != NULL)) diags_render(r.diags, stdout);
        const Node *n = r.x ? &r.x->graph.node[r.x->graph.output] : NULL;
        if (n) snprintf(got, sizeof got, "%dx%dx%d", n->shape.h, n->shape.w, n->shape.c);
        CHECK_TEXT(got, shapes[i].shape);
        if (n && shapes[i].note) CHECK_TEXT(n->note, shapes[i].note);
        arena_free(r.arena);
    }
}

// ---- a size that does not fit, and how it came to be -------------------------------------------

static void check_story(void) {
    static const char text[] = "data mnist\nconv 32 5x5; relu; maxpool 2\nconv 64 13x13; relu\n";
    static const char *const want[] = {
        "how the image got this size:",
        "    line 1: data mnist                    28x28x1",
        "    line 2: conv 32 5x5                   24x24x32      28-5+1 = 24",
        "    line 2: maxpool 2                     12x12x32      24/2 = 12",
    };
    const Run r = run(text, sizeof text - 1);
    const Diag *m = diags_get(r.diags, 0);
    if (CHECK(r.x == NULL && diags_count(r.diags) == 1 && m->n_notes == 4))
        for (int i = 0; i < 4; i++) CHECK_TEXT(m->note[i], want[i]);
    CHECK_TEXT(m->try_text, "12x12");
    arena_free(r.arena);
}

// ---- files that ask for too much ---------------------------------------------------------------

// A megabyte made of `before`, then `part` again and again, then `behind`.
static const struct { const char *before, *part, *behind, *code; } floods[] = {
    {"data mnist\n", "relu\n", "", "G006"},
    {"", "{", "", "G001"},
    {"", "section{", "", "G005"},
    {"", "}", "", "G003"},
    {"", "a", "", "L004"},
    {"", "1", "", "L002"},
    {"", "\n", "", "E002"},
    {"", "#\n", "", "E002"},
    {"", "\"", "", "G001"},
    {"", "\xff", "", "L001"},
    {"data mnist\nlet k = 1", "*9", "", "W006"},
    {"data mnist\nconv", " 1", "", "W005"},
    {"data mnist\nconv 1 1x1", " a=1", "", "W002"},
    {"data mnist\nrelu as a; add", " a", "", "W007"},
    {"data mnist\nrelu; freeze", " a", "", "W006"},
    {"data mnist\npreprocess { normalize mean=1", ",1", " }\nrelu", "W006"},
    {"block b", " p", " { relu }", "N002"},
    {"data mnist\n", "section {} ", "", "S006"},
    {"data mnist\n", "let a = classes;", "", "N002"},
};

static void check_floods(void) {
    const size_t size = 1 << 20;
    char *text = malloc(size + 1);
    for (size_t i = 0; text && i < sizeof floods / sizeof *floods; i++) {
        const size_t part = strlen(floods[i].part);
        size_t len = (size_t)snprintf(text, size, "%s", floods[i].before);
        for (; len + part < size - 10; len += part) memcpy(text + len, floods[i].part, part);
        len += (size_t)snprintf(text + len, size - len, "%s", floods[i].behind);
        const clock_t began = clock();
        const Run r = run(text, len);
        const double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
        CHECK(r.x == NULL);
        if (!CHECK_TEXT(message_of(diags_get(r.diags, 0)->code)->code, floods[i].code))
            printf("in flood %zu\n", i);
        if (!CHECK(seconds < 5)) printf("flood %zu took %.1f s\n", i, seconds); // 0.3 s on its own
        arena_free(r.arena);
    }
    free(text);
}

// Few letters that mean very much.
static const struct { const char *text, *code; } bombs[] = {
    {"data mnist\nrepeat 4000 { repeat 4000 { repeat 4000 { relu } } }", "S006"},
    {"data mnist\nrepeat 4000 { repeat 4000 { } }", "S006"},
    {"data mnist\nblock a { relu; relu }; block b { a; a }; block c { b; b }; block d { c; c }\n"
     "block e { d; d }; block f { e; e }; block g { f; f }; block h { g; g }; block i { h; h }\n"
     "block j { i; i }; block k { j; j }; block l { k; k }; block m { l; l }; m", "S006"},
    {"data mnist size=16384x16384\nconv 65536 1x1", "S004"},
    {"data mnist size=16384x16384\ndense 65536", "S004"},
    {"data mnist size=512x512\nconv 64 3x3; dense 4096", "S004"},
    {"data mnist size=99999x5\nrelu", "L002"},
    {"data mnist\nconv 8 3x3 pad=1e999", "L002"},
    {"data mnist\nconv 8 3x3 pad=nan", "W005"},
    {"data mnist\nconv 99999999 1x1", "W006"},
    {"data mnist\nlet k = 1e300\nconv k*k 1x1", "W006"},
    {"d\0ta mnist", "L001"},
    {"\xff\xfe" "d\0a\0t\0a\0", "F003"},
};

static void check_bombs(void) {
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        const size_t len = strlen(bombs[i].text);
        const Run r = run(bombs[i].text, len < 3 ? 10 : len);
        CHECK(r.x == NULL);
        const Diag *m = diags_get(r.diags, 0);
        if (!CHECK_TEXT(m ? message_of(m->code)->code : "", bombs[i].code))
            diags_render(r.diags, stdout);
        arena_free(r.arena);
    }
}

// ---- files --------------------------------------------------------------------------------------

static void write_file(const char *folder, const char *name, const char *text) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    if (!CHECK(f != NULL)) return;
    fputs(text, f);
    fclose(f);
}

static Run load(const char *folder, const char *name) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    Run r = {.arena = arena_make()};
    r.diags = diags_make(r.arena);
    r.x = experiment_load(r.arena, r.diags, &runtime_vocabulary, path);
    return r;
}

// The layers of another file, up to a section: everything else stays where it is.
static void check_use(const char *folder) {
    write_file(folder, "base.cnn", "data digits\nblock pair f { conv f 3x3 pad=same; relu }\n"
               "section one { pair 4 }\nsection two { pair 8 }\nsection head { dense 10; softmax }\n"
               "loss mse\noptimizer sgd lr=5\ntrain\n");
    write_file(folder, "new.cnn", "data mnist\nuse \"base.cnn\" upto=two as base\n"
               "section head { globalavgpool; dense classes; softmax }\nfreeze base base.two\n");
    write_file(folder, "bad.cnn", "data mnist\nuse \"base.cnn\" upto=three\n");
    write_file(folder, "loop.cnn", "data mnist\nuse \"pool.cnn\"\n");
    write_file(folder, "pool.cnn", "relu\nuse \"loop.cnn\"\n");
    const Run r = load(folder, "new.cnn");
    if (CHECK(r.x != NULL)) {
        static const char *const names[] = {"input", "base.one.0", "base.one.1", "base.two.0",
                                            "base.two.1", "head.0", "head.1", "head.2"};
        CHECK(r.x->graph.n_nodes == 8);
        for (int i = 0; i < 8 && i < r.x->graph.n_nodes; i++)
            CHECK_TEXT(r.x->graph.node[i].name, names[i]);
        CHECK(r.x->loss.kind == NULL && r.x->n_actions == 1);
    } else diags_render(r.diags, stdout);
    arena_free(r.arena);
    static const struct { const char *name; Code code; } bad[] = {
        {"bad.cnn", N_UNKNOWN}, {"loop.cnn", F_USE}, {"nowhere.cnn", F_READ}, {"", F_READ},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const Run b = load(folder, bad[i].name);
        CHECK(b.x == NULL && diags_errors(b.diags) == 1);
        CHECK(diags_get(b.diags, 0)->code == bad[i].code);
        arena_free(b.arena);
    }
}

static void check_files(void) {
    static const char *const names[] = {"base.cnn", "new.cnn", "bad.cnn", "loop.cnn", "pool.cnn"};
    char folder[] = "/tmp/cnnrun-lang-XXXXXX", path[300];
    if (!CHECK(mkdtemp(folder) != NULL)) return;
    check_use(folder);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        CHECK(remove(path) == 0);
    }
    CHECK(remove(folder) == 0);
}

int main(void) {
    check_files();
    check_models();
    check_shapes();
    check_story();
    check_floods();
    check_bombs();
    return test_end("lang_models");
}
