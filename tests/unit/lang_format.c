/* lang_format.c — files written neatly: how they look, that they mean the same, and that what is
 * neat stays as it is. */
#include <dirent.h>
#include <stdlib.h>

#include "lang/format.h"
#include "runtime/vocabulary.h"
#include "tests/unit/lang_vocabulary.h"

// ---- how it looks ------------------------------------------------------------------------------

// As written, and neatly; NULL: it cannot be read.
static const struct { const char *written, *neat; } rows[] = {
    {"", ""},
    {"\n\n", ""},
    {" ;\n; ;\n", ""},
    {"paint 3", "paint 3\n"},
    {"\n\n  paint   3\t5x5  \r\n\r\n\r\n\r\nshine\r\n\r\n", "paint 3 5x5\n\nshine\n"},
    {"\xef\xbb\xbfshine", "shine\n"},
    {"shine;shine ;  shine;", "shine; shine; shine\n"},
    {"shine ; ;\n;\n; shine", "shine\nshine\n"},
    {"paint 3 dry = no  edge=soft", "paint 3 dry=no edge=soft\n"},
    {"paint 4 *f / 2 mix = 1, 2.50 ,50 %,1 / 255", "paint 4*f/2 mix=1,2.50,50%,1/255\n"},
    {"paint 1e-4 -0.5 007 5x5x3", "paint 1e-4 -0.5 007 5x5x3\n"},
    {"save   \"a  # b; c {\"", "save \"a  # b; c {\"\n"},
    {"shine  as   a", "shine as a\n"},
    {"let k=5 x5", NULL},
    {"let  k=5x5", "let k = 5x5\n"},
    {"let k  =2 * 3", "let k = 2*3\n"},
    {"freeze a , b  c.d", "freeze a,b c.d\n"},
    // braces
    {"section a{shine;shine}", "section a { shine; shine }\n"},
    {"section a{shine\nshine}", "section a {\n    shine\n    shine\n}\n"},
    {"section a\n\n{\n\nshine\n\n}", "section a {\n    shine\n}\n"},
    {"section{}", "section { }\n"},
    {"section {\n\n}\nshine", "section { }\nshine\n"},
    {"section a { section b\n{ shine } }", "section a {\n    section b { shine }\n}\n"},
    {"block  b  n   k{paint n k}", "block b n k { paint n k }\n"},
    {"block b { shine }b;b", "block b { shine }; b; b\n"},
    {"residual{shine}\nshortcut\n{shine}", "residual { shine } shortcut { shine }\n"},
    {"residual{shine\n}\nshortcut{shine}", "residual {\n    shine\n} shortcut { shine }\n"},
    {"residual{shine};shortcut", "residual { shine }; shortcut\n"},
    {"residual{shine};\nshortcut", "residual { shine };\nshortcut\n"},
    {"residual{shine}; # a\n# b\nshortcut", "residual { shine };  # a\n# b\nshortcut\n"},
    {"residual{shine} section shortcut{shine}", "residual { shine }; section shortcut { shine }\n"},
    {"parallel{shine}{}{shine\nshine}", "parallel { shine } { } {\n    shine\n    shine\n}\n"},
    {"repeat 2{repeat 3{\nshine}}",
     "repeat 2 {\n    repeat 3 {\n        shine\n    }\n}\n"},
    // comments
    {"#a", "#a\n"},
    {"# a  \n\n\n#\tb", "# a\n\n#\tb\n"},
    {"shine#a", "shine  #a\n"},
    {"shine;# a", "shine  # a\n"},
    {"shine       # a", "shine       # a\n"},
    {"shine\t# a", "shine   # a\n"},
    {"Paint2D 3 # a", "paint 3  # a\n"},
    {"shine # a\npaint 3 # b", "shine    # a\npaint 3  # b\n"},
    {"shine    # a\npaint 3  # b", "shine    # a\npaint 3  # b\n"},
    {"shine      # a\npaint 3    # b", "shine      # a\npaint 3    # b\n"},
    {"shine # a\nshine\npaint 3 # b\n\npaint 3 4x4 # c",
     "shine    # a\nshine\npaint 3  # b\n\npaint 3 4x4  # c\n"},
    {"shine # a\n# b\npaint 3 # c", "shine  # a\n# b\npaint 3  # c\n"},
    {"shine # a\n      # b\npaint 3 # c", "shine    # a\n         # b\npaint 3  # c\n"},
    {"\"\xc3\xa4\" # a\n", NULL},
    {"save \"\xc3\xa4\" # a\nsave \"b\" # c", "save \"\xc3\xa4\" # a\nsave \"b\" # c\n"},
    {"section a # b\n{ shine }", "section a {  # b\n    shine\n}\n"},
    {"section a { # b\nshine # c\n# d\n} # e",
     "section a {  # b\n    shine    # c\n    # d\n}  # e\n"},
    {"section a\n# b\n{ # c\nshine }", "section a {\n    # b\n    # c\n    shine\n}\n"},
    {"section a { # b\n}", "section a {  # b\n}\n"},
    {"residual { shine } # b\nshortcut { shine }",
     "residual { shine } shortcut {  # b\n    shine\n}\n"},
    {"section a {\n  shine\n\n  # b\n\n  # c\n\n}",
     "section a {\n    shine\n\n    # b\n\n    # c\n}\n"},
    // words
    {"Paint2D 3; GLOSS; paint_2d 3", "paint 3; shine; paint 3\n"},
    {"paint 3 Edge=SOFT Mode=thicK", "paint 3 edge=soft mode=thick\n"},
    {"paint 3 note=SOFT", "paint 3 note=SOFT\n"},
    {"paint 3 Filters=8", "paint 3 coats=8\n"},
    {"criterion Gamble; Optimiser Drift Depth=2", "loss guess; optimizer drift depth=2\n"},
    {"fit num_epochs=3 batch_size=8 scheduler=Deep Depth=4",
     "train epochs=3 batch=8 schedule=deep depth=4\n"},
    {"dataset CATS Num_Classes=3", "data cats classes=3\n"},
    {"preprocessing { Turn; shine; Gloss }", "preprocess { turn; shine; Gloss }\n"},
    {"eval Accuracy Confusion_Matrix topk=5", "evaluate accuracy confusion top=5\n"},
    {"block Gloss { shine }; Gloss", "block Gloss { shine }; Gloss\n"},
    {"let SOFT = 3; paint 3 edge=SOFT", "let SOFT = 3; paint 3 edge=SOFT\n"},
    {"block b SOFT { paint 3 edge=SOFT }", "block b SOFT { paint 3 edge=SOFT }\n"},
    {"section Gloss { shine as Gloss }; add Gloss; freeze Gloss",
     "section Gloss { shine as Gloss }; add Gloss; freeze Gloss\n"},
    {"def b { shine }", "def b { shine }\n"},
    {"var k=5", "var k=5\n"},
    {"nothing 3 of=this", "nothing 3 of=this\n"},
    {"preprocess { let k = 3; block b n { turn } }",
     "preprocess { let k = 3; block b n { turn } }\n"},
    // not to be read
    {"section a {", NULL},
    {"paint 3 edge=", NULL},
    {"shine }", NULL},
    {"d\xff", NULL},
    {"shine\nas", NULL},
};

static const char *neat(Arena *a, Diags *d, const Vocabulary *v, const char *text, size_t len) {
    const char *got = format_text(a, d, v, "test.cnn", text, len);
    CHECK((got == NULL) == (diags_errors(d) > 0));
    if (!got) return NULL;
    const char *again = format_text(a, diags_make(a), v, "test.cnn", got, strlen(got));
    CHECK_TEXT(again, got);
    return got;
}

static void check_rows(void) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Arena *a = arena_make();
        const char *text = rows[i].written;
        const char *got = neat(a, diags_make(a), &words, text, strlen(text));
        if (rows[i].neat) CHECK_TEXT(got, rows[i].neat);
        else if (!CHECK(got == NULL)) printf("row %zu: %s\n", i, got);
        arena_free(a);
    }
}

// ---- that it means the same --------------------------------------------------------------------

static void same_uses(Arena *a, int n, const Use *x, const Use *y) {
    for (int i = 0; i < n; i++) CHECK_TEXT(use_text(a, &y[i]), use_text(a, &x[i]));
}

static void same_node(Arena *a, const Node *x, const Node *y) {
    CHECK_TEXT(y->name, x->name);
    same_uses(a, 1, &x->use, &y->use);
    CHECK(x->shape.c == y->shape.c && x->shape.h == y->shape.h && x->shape.w == y->shape.w);
    CHECK(x->n_params == y->n_params && x->n_uses == y->n_uses && x->macs == y->macs);
    if (CHECK(x->n_src == y->n_src))
        for (int i = 0; i < x->n_src; i++) CHECK(x->src[i] == y->src[i]);
}

static void same(Arena *a, const Experiment *x, const Experiment *y) {
    const Graph *g = &x->graph, *h = &y->graph;
    CHECK(g->n_nodes == h->n_nodes && g->n_sections == h->n_sections && g->output == h->output);
    CHECK(g->n_weights == h->n_weights && g->macs == h->macs);
    for (int i = 0; i < g->n_nodes && g->n_nodes == h->n_nodes; i++)
        same_node(a, &g->node[i], &h->node[i]);
    CHECK(x->seed == y->seed && x->seed_written == y->seed_written && x->classes == y->classes);
    CHECK(x->n_steps == y->n_steps && x->n_augments == y->n_augments);
    CHECK(x->n_actions == y->n_actions);
    if (x->n_steps == y->n_steps) same_uses(a, x->n_steps, x->step, y->step);
    if (x->n_augments == y->n_augments) same_uses(a, x->n_augments, x->augment, y->augment);
    same_uses(a, 1, &x->data, &y->data);
    same_uses(a, 1, &x->init, &y->init);
    same_uses(a, 1, &x->loss, &y->loss);
    same_uses(a, 1, &x->optimizer, &y->optimizer);
    for (int i = 0; i < x->n_actions && x->n_actions == y->n_actions; i++)
        same_uses(a, 1, &x->action[i].use, &y->action[i].use);
}

static Experiment *parse(Arena *a, const char *path, const char *text, size_t len) {
    return experiment_parse(a, diags_make(a), &runtime_vocabulary, path, text, len);
}

// Returns 1 if the file makes a network.
static int check_file(const char *path) {
    static char text[1 << 16];
    FILE *f = fopen(path, "rb");
    const size_t len = f ? fread(text, 1, sizeof text, f) : 0;
    if (!CHECK(f != NULL && len < sizeof text)) return 0;
    fclose(f);
    Arena *a = arena_make();
    const int before = tests_failed;
    const Experiment *x = parse(a, path, text, len);
    const char *got = neat(a, diags_make(a), &runtime_vocabulary, text, len);
    if (x && CHECK(got != NULL)) {
        const Experiment *y = parse(a, path, got, strlen(got));
        if (CHECK(y != NULL)) same(a, x, y);
    }
    if (tests_failed > before) printf("in %s\n", path);
    arena_free(a);
    return x != NULL;
}

static void check_folder(const char *folder, int networks) {
    DIR *d = opendir(folder);
    int n = 0;
    if (!CHECK(d != NULL)) return;
    for (const struct dirent *e; (e = readdir(d));) {
        const size_t len = strlen(e->d_name);
        char path[600];
        if (len < 4 || strcmp(e->d_name + len - 4, ".cnn") != 0) continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        n += check_file(path);
    }
    closedir(d);
    if (!CHECK(n >= networks)) printf("%s: %d networks\n", folder, n);
}

// ---- limits ------------------------------------------------------------------------------------

// As long as a text may be, `depth` levels deep. The neat one is larger by its indentation.
static void check_long(int depth, bool fits) {
    static const char open[] = "section{\n", layer[] = "relu #\n";
    const size_t size = 1 << 20;
    char *text = calloc(size, 1);
    size_t len = 0;
    if (!CHECK(text != NULL)) return;
    for (int i = 0; i < depth; i++, len += sizeof open - 1) memcpy(text + len, open, sizeof open);
    for (int i = 0; i < MAX_STATEMENTS - depth; i++, len += sizeof layer - 1)
        memcpy(text + len, layer, sizeof layer);
    memset(text + len, '}', (size_t)depth);
    Arena *a = arena_make();
    CHECK((neat(a, diags_make(a), &runtime_vocabulary, text, len + (size_t)depth) != NULL) == fits);
    arena_free(a);
    free(text);
}

int main(void) {
    check_rows();
    check_folder("models", 5);
    check_folder("tests/diag", 0);
    check_folder("tests/fuzz/seeds/lang", 2);
    check_long(0, true);
    check_long(16, true);
    check_long(MAX_DEPTH, false);
    return test_end("lang_format");
}
