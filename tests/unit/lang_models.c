/* lang_models.c — whole networks with the words of the program: shapes, names of weights, numbers
 * of parameters as published; and files that try to be too much. */
#include <stdlib.h>

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
     "loss crossentropy\noptimizer sgd lr=0.1\ntrain iterations=1000 batch=64\n"
     "evaluate accuracy confusion\nsave \"first.safetensors\"", 29962, "0", "6"},
    {"every step of the classic recipe",
     "data \"catsdogs\" size=64x64 classes=2\npreprocess { grayscale; blur 3x3; normalize }\n"
     "conv 2 5x5; instancenorm; relu; maxpool 2\ndense 100; relu\ndense 50;  relu\n"
     "dense 2;   softmax\nloss crossentropy\noptimizer sgd lr=0.01\n"
     "train iterations=1000 batch=32\nevaluate accuracy\nsave \"recipe.safetensors\"",
     185308, "0", "9"},
    {"Keras' own recipe for two classes, line for line",
     "data \"catsdogs\" size=64x64 classes=2\n"
     "preprocess { rescale 1/255 }\n"                         // rescale=1./255
     "augment { shear 0.2; zoom 0.2; flip horizontal }\n"     // shear_range, zoom_range, horizontal_flip
     "conv 32 3x3; relu; maxpool 2\nconv 32 3x3; relu; maxpool 2\nflatten\n"
     "dense 128; relu; dense 1; sigmoid\n"
     "loss crossentropy\noptimizer adam\n"                    // loss='binary_crossentropy', 'adam'
     "train epochs=25 steps=8000 batch=32\nevaluate accuracy", // steps_per_epoch, batch_size
     813217, "0", "10"},
    {"every step of the classic recipe",
     "data \"catsdogs\" size=64x64 classes=2\npreprocess { grayscale; blur 3x3; normalize }\n"
     "conv 2 5x5; instancenorm; relu; maxpool 2\ndense 100; relu\ndense 50;  relu\n"
     "dense 2;   softmax\nloss crossentropy\noptimizer sgd lr=0.01\n"
     "train iterations=1000 batch=32\nevaluate accuracy\nsave \"recipe.safetensors\"",
     52 + 4 + 1800 * 100 + 100 + 5050 + 102, "0", "9"},
    {"cats and dogs",
     "seed 42\ndata \"catsdogs\" size=64x64 classes=2\n"
     "augment { shear 20%; zoom 20%; flip horizontal }\nconv 32 3x3; relu; maxpool 2\n"
     "conv 32 3x3; relu; maxpool 2\ndense 128; relu; dense 1; sigmoid\nloss crossentropy\n"
     "optimizer adam lr=0.001\ntrain epochs=25 batch=32 balance=oversample patience=5\n"
     "evaluate accuracy confusion worst=12",
     813217, "0", "9"},
    {"VGG-16",
     "data \"imagenet-mini\" size=224x224 classes=1000\n"
     "preprocess { normalize mean=0.485,0.456,0.406 std=0.229,0.224,0.225 }\n"
     "block vgg n f { repeat n { conv f 3x3 pad=same; relu }; maxpool 2 }\n"
     "section features { vgg 2 64; vgg 2 128; vgg 3 256; vgg 3 512; vgg 3 512 }\n"
     "section classifier {\n  dense 4096; relu; dropout 50%\n  dense 4096; relu; dropout 50%\n"
     "  dense classes\n}\nsoftmax\nloss crossentropy\n"
     "optimizer sgd lr=0.01 momentum=0.9 decay=0.0005\ntrain epochs=74 batch=256 schedule=step",
     138357544, "features.0", "2"},
    {"VGG-11, of the same block",
     "data \"imagenet-mini\" size=224x224 classes=1000\n"
     "block vgg n f { repeat n { conv f 3x3 pad=same; relu }; maxpool 2 }\n"
     "section features { vgg 1 64; vgg 1 128; vgg 2 256; vgg 2 512; vgg 2 512 }\n"
     "section classifier {\n  dense 4096; relu; dropout 50%\n  dense 4096; relu; dropout 50%\n"
     "  dense classes\n}\nsoftmax\nloss crossentropy", 132863336, "features.0", "2"},
    {"ResNet-20 with 1x1 shortcuts",
     "data cifar10\npreprocess { normalize }\naugment    { flip horizontal; crop 32x32 pad=4 }\n"
     "block convbn f s { conv f 3x3 stride=s pad=1 bias=no; batchnorm }\n"
     "block basic f { residual { convbn f 1; relu; convbn f 1 }; relu }\n"
     "block down f {\n  residual { convbn f 2; relu; convbn f 1 } shortcut "
     "{ conv f 1x1 stride=2 bias=no; batchnorm }\n  relu\n}\n"
     "section stem   { convbn 16 1; relu }\nsection stage1 { repeat 3 { basic 16 } }\n"
     "section stage2 { down 32; repeat 2 { basic 32 } }\n"
     "section stage3 { down 64; repeat 2 { basic 64 } }\n"
     "section head   { globalavgpool; dense classes; softmax }\nloss crossentropy\n"
     "optimizer sgd lr=0.1 momentum=0.9 decay=0.0001\ntrain epochs=30 batch=128 schedule=cosine\n"
     "evaluate accuracy curves confusion\nsave \"resnet20.safetensors\"",
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

// A network, and the whole story of the size that arrives at its last line, a kernel of 99x99.
static const struct { const char *net, *notes; } stories[] = {
    {"conv 32 5x5; relu; maxpool 2\nconv 64 5x5; relu",
     "line 1: data mnist                    28x28x1\n"
     "line 2: conv 32 5x5                   24x24x32      28-5+1 = 24\n"
     "line 2: maxpool 2                     12x12x32      24/2 = 12\n"
     "line 3: conv 64 5x5                   8x8x64        12-5+1 = 8\n"},
    {"block cb f { conv f 3x3; relu }\nblock two f { cb f; cb 2*f }\nrelu\nrepeat 2 {\ntwo 4\n}",
     "line 1: data mnist                    28x28x1\n"
     "line 2: conv f 3x3                    26x26x4       28-3+1 = 26\n"
     "line 2: conv f 3x3                    24x24x8       26-3+1 = 24\n"
     "line 2: conv f 3x3                    22x22x4       24-3+1 = 22\n"
     "line 2: conv f 3x3                    20x20x8       22-3+1 = 20\n"},
    {"conv 8 3x3\nresidual {\n  conv 8 3x3 pad=same; relu\n}\nrelu\n\n\n\nmaxpool 2",
     "line 1:  data mnist                    28x28x1\n"
     "line 2:  conv 8 3x3                    26x26x8       28-3+1 = 26\n"
     "line 10: maxpool 2                     13x13x8       26/2 = 13\n"},
    {"residual { conv 16 3x3 stride=2 pad=1 } shortcut { conv 16 1x1 stride=2 }\nmaxpool 2",
     "line 1: data mnist                    28x28x1\n"
     "line 2: conv 16 3x3 stride=2 pad=1    14x14x16      (28+2-3)/2+1 = 14, rounded down\n"
     "line 3: maxpool 2                     7x7x16        14/2 = 7\n"},
    {"section a { parallel { conv 4 3x3 } { conv 5 5x5 pad=1 } }",
     "line 1: data mnist                    28x28x1\n"
     "line 2: conv 4 3x3                    26x26x4       28-3+1 = 26\n"
     "line 2: (concat)                      26x26x9       4+5 = 9\n"},
    {"conv 2 3x3\nrepeat 5 { conv 3 3x3; conv 2 3x3 }",
     "line 1: data mnist                    28x28x1\n"
     "…\n"
     "line 3: conv 3 3x3                    24x24x3       26-3+1 = 24\n"
     "line 3: conv 2 3x3                    22x22x2       24-3+1 = 22\n"
     "line 3: conv 3 3x3                    20x20x3       22-3+1 = 20\n"
     "line 3: conv 2 3x3                    18x18x2       20-3+1 = 18\n"
     "line 3: conv 3 3x3                    16x16x3       18-3+1 = 16\n"
     "line 3: conv 2 3x3                    14x14x2       16-3+1 = 14\n"
     "line 3: conv 3 3x3                    12x12x3       14-3+1 = 12\n"
     "line 3: conv 2 3x3                    10x10x2       12-3+1 = 10\n"
     "line 3: conv 3 3x3                    8x8x3         10-3+1 = 8\n"
     "line 3: conv 2 3x3                    6x6x2         8-3+1 = 6\n"},
};

// The lines of the story of the first message, without their indent.
static const char *story(const Run *r) {
    const Diag *m = diags_get(r->diags, 0);
    const char *text = "";
    if (!CHECK(m && m->code == S_KERNEL && m->n_notes > 0)) return text;
    CHECK_TEXT(m->note[0], "how the image got this size:");
    for (int i = 1; i < m->n_notes; i++)
        text = arena_print(r->arena, "%s%s\n", text, m->note[i] + strspn(m->note[i], " "));
    return text;
}

static void check_stories(void) {
    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
        char text[300];
        snprintf(text, sizeof text, "data mnist\n%s\nconv 1 99x99", stories[i].net);
        const Run r = run(text, strlen(text));
        CHECK(r.x == NULL && diags_errors(r.diags) == 1);
        CHECK_TEXT(story(&r), stories[i].notes);
        arena_free(r.arena);
    }
}

// ---- files that ask for too much ---------------------------------------------------------------

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

// The FileOptions of the first `load`, or NULL.
static const FileOptions *load_of(const Experiment *x) {
    for (int i = 0; x && i < x->n_actions; i++)
        if (x->action[i].kind == ACTION_LOAD) return x->action[i].use.cfg;
    return NULL;
}

// What upto= leaves behind: names outside of sections, in repeats, paths and blocks, too.
static void check_cut(const char *folder) {
    static const char *const left[] = {"made", "last", "head", "path"};
    write_file(folder, "base.cnn", "data digits\nlet k = 3x3\nblock top { section made { relu } }\n"
               "section one { conv 4 k }; relu\nlet upto = 5\nconv 4 k pad=same as last\n"
               "section head { section inner { relu }; relu as hidden }\n"
               "repeat 1 { parallel { section path { relu } } { top } }\n"
               "section { relu as unseen }\nloss mse\n");
    write_file(folder, "new.cnn", "data mnist\nuse \"base.cnn\" upto=one as base\n"
               "load \"w\" into=base except=more\nload \"w\" into=base.one\nload \"w\"\n");
    const Run r = load(folder, "new.cnn");
    const FileOptions *o = load_of(r.x);
    if (!CHECK(o != NULL)) diags_render(r.diags, stdout);
    CHECK(o && o->cut.from == 1 && o->cut.names.n == 4 && o->except.n == 1);
    for (int i = 0; o && i < o->cut.names.n && i < 4; i++) CHECK_TEXT(o->cut.names.name[i], left[i]);
    for (int i = 1; r.x && i < r.x->n_actions; i++)
        CHECK(((const FileOptions *)r.x->action[i].use.cfg)->cut.from == 0);
    arena_free(r.arena);

    write_file(folder, "new.cnn", "data mnist\nuse \"base.cnn\" upto=last\n"
               "use \"base.cnn\" upto=one as two\nload \"w\"\n");
    const Run bare = load(folder, "new.cnn");
    o = load_of(bare.x);
    CHECK(o && o->cut.from == 3 && o->cut.names.n == 3 && !strcmp(o->cut.names.name[1], "head"));
    arena_free(bare.arena);
}

// The story goes on through the file that is used.
static void check_use_story(const char *folder) {
    write_file(folder, "new.cnn", "data mnist\nuse \"base.cnn\" upto=two as base\nmaxpool 2\n"
               "conv 1 99x99\n");
    const Run r = load(folder, "new.cnn");
    const char *base = arena_print(r.arena, "%s/base.cnn, line 2:", folder);
    const int width = (int)strlen(base);
    const char *want = arena_print(r.arena,
        "%-*s data mnist                    28x28x1\n"
        "%s conv f 3x3 pad=same           28x28x4       28+2·1-3+1 = 28\n"
        "%s conv f 3x3 pad=same           28x28x8       28+2·1-3+1 = 28\n"
        "%-*s maxpool 2                     14x14x8       28/2 = 14\n",
        width, "line 1:", base, base, width, "line 3:");
    CHECK_TEXT(story(&r), want);
    arena_free(r.arena);
}

// What was trained on one set of pictures, with a new last layer for another.
static void check_transfer(const char *folder) {
    const char *resnet = NULL;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (models[i].weights == 272474) resnet = models[i].text;
    write_file(folder, "base.cnn", resnet);
    write_file(folder, "new.cnn", "data \"flowers\" size=32x32 classes=5\npreprocess { normalize }\n"
               "augment    { flip horizontal }\nuse \"base.cnn\" upto=stage3 as base\n"
               "load \"resnet20.safetensors\" into=base\n"
               "section head { globalavgpool; dense classes; softmax }\nloss crossentropy\n"
               "optimizer adam lr=0.001\nfreeze base\ntrain epochs=5 batch=32\n"
               "unfreeze base.stage3\ntrain epochs=5 batch=32 lr=0.0001\n"
               "evaluate accuracy confusion\n");
    const Run r = load(folder, "new.cnn");
    int64_t reused = 0, new = 0;
    if (!CHECK(r.x != NULL)) diags_render(r.diags, stdout);
    for (int i = 1; r.x && i < r.x->graph.n_nodes; i++) {
        const Node *n = &r.x->graph.node[i];
        for (int k = 0; k < n->n_params; k++) {
            int64_t len = n->param[k].role != PARAM_STATISTIC;
            for (int d = 0; d < n->param[k].rank; d++) len *= n->param[k].dim[d];
            *(strncmp(n->name, "base.", 5) == 0 ? &reused : &new) += len;
        }
    }
    CHECK(reused == 271824 && new == 325);
    const FileOptions *o = load_of(r.x);
    CHECK(o && o->cut.from == 4 && o->cut.names.n == 1 && !strcmp(o->cut.names.name[0], "head"));
    arena_free(r.arena);
}

static void check_files(void) {
    static const char *const names[] = {"base.cnn", "new.cnn", "bad.cnn", "loop.cnn", "pool.cnn"};
    char folder[] = P_tmpdir "/cnnrun-lang-XXXXXX", path[300];
    if (!CHECK(mkdtemp(folder) != NULL)) return;
    check_use(folder);
    check_use_story(folder);
    check_cut(folder);
    check_transfer(folder);
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
    check_stories();
    check_bombs();
    return test_end("lang_models");
}
