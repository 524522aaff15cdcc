/* lang.c — the language itself: what is understood, and what becomes of it. */
#include "tests/unit/lang_vocabulary.h"

// ---- what is understood ------------------------------------------------------------------------

// A layer as written, and as the graph has it.
static const struct { const char *written, *meant; } layer_rows[] = {
    {"paint 3",                           "paint 3"},
    {"paint 3 5x4",                       "paint 3 5x4"},
    {"paint 4*2/2 2x2",                   "paint 4 2x2"},
    {"paint classes",                     "paint 4"},
    {"paint 3 edge=2 dry=no",             "paint 3 edge=2 dry=no"},
    {"paint  3\tdry = no  edge=soft # x", "paint 3 edge=soft dry=no"},
    {"paint 3 brush=2",                   "paint 3 brush=2"},
    {"paint 3 brush=2x3",                 "paint 3 brush=2x3"},
    {"paint 3 mode=thick share=25%",      "paint 3 mode=thick share=0.25"},
    {"paint 3 share=1/4",                 "paint 3 share=0.25"},
    {"paint 3 share=2.5e-1",              "paint 3 share=0.25"},
    {"paint 3 tone=deep depth=4",         "paint 3 tone=deep depth=4"},
    {"paint 3 depth=4 tone=deep",         "paint 3 tone=deep depth=4"},
    {"paint 3 mix=1,2.5,50%",             "paint 3 mix=1,2.5,0.5"},
    {"paint 3 mix=1, 2.5, 50%",           "paint 3 mix=1,2.5,0.5"},
    {"paint 3 note=\"a # b; c {\"",       "paint 3 note=\"a # b; c {\""},
    {"paint 3 note=plain.txt",            "paint 3 note=\"plain.txt\""},
    {"let k = 3; paint k",                "paint 3"},
    {"let k = 3x2; paint 2 k",            "paint 2 3x2"},
    {"let k = 3; let n = 2*k; paint n",   "paint 6"},
    {"let k = 3\nlet n = k\npaint n",     "paint 3"},
    {"block b n s { paint n s }; b 2 3x3", "paint 2 3x3"},
    {"block b n { paint n }; block d n { b 2*n }; d 3", "paint 6"},
    {"let n = 9; block b { paint n }; let m = 1; b", "paint 9"},
    {"section a { paint 3 }",             "paint 3"},
    {"section a\n\n# a comment\n{\npaint 3\n}", "paint 3"},
    {"\xef\xbb\xbfpaint 3",               "paint 3"},
    {"paint 3 as shortcut",               "paint 3"},
};

static void check_layers(void) {
    for (size_t i = 0; i < sizeof layer_rows / sizeof *layer_rows; i++) {
        const bool mark = layer_rows[i].written[0] == '\xef'; // it must be the first thing
        char text[300];
        snprintf(text, sizeof text, "%sdata cats\r\n%s", mark ? "\xef\xbb\xbf" : "",
                 layer_rows[i].written + (mark ? 3 : 0));
        const Run r = run(text);
        if (CHECK(r.x != NULL))
            CHECK_TEXT(use_text(r.arena, &r.x->graph.node[r.x->graph.output].use),
                       layer_rows[i].meant);
        else diags_render(r.diags, stdout);
        done(r);
    }
}

// ---- names and inputs --------------------------------------------------------------------------

// The net, and "NAME(inputs)" of every node but the first.
static const struct { const char *net, *nodes; } name_rows[] = {
    {"shine; shine",                             "0(0) 1(1)"},
    {"shine as a; shine",                        "a(0) 1(1)"},
    {"count 3",                                  "flatten_before_0(0) 0(1)"},
    {"count 3; count 4",                         "flatten_before_0(0) 0(1) 1(2)"},
    {"flatten; count 3",                         "0(0) 1(1)"},
    {"section a { shine; shine as b }; shine",   "a.0(0) a.b(1) 1(2)"},
    {"shine; section { shine }; shine",          "0(0) 1.0(1) 2(2)"},
    {"section a { shine; section b { shine } }", "a.0(0) a.b.0(1)"},
    {"repeat 3 { shine }",                       "0(0) 1(1) 2(2)"},
    {"repeat 2 { section { shine as s } }",      "0.s(0) 1.s(1)"},
    {"residual { shine }",                       "0(0) add_after_0(1,0)"},
    {"residual { shine }; shine",                "0(0) add_after_0(1,0) 1(2)"},
    {"residual { shine } shortcut { shine }",    "0(0) 1(0) add_after_1(1,2)"},
    {"residual { shine }\n shortcut { shine }",  "0(0) 1(0) add_after_1(1,2)"},
    {"residual { shine } section shortcut { shine }", "0(0) add_after_0(1,0) shortcut.0(2)"},
    {"parallel { shine } { } { shine; shine }",  "0(0) 1(0) 2(2) concat_after_2(1,0,3)"},
    {"shine as a; shine; add a",                 "a(0) 1(1) 2(2,1)"},
    {"shine as a; shine as b; shine; concat a b", "a(0) b(1) 2(2) 3(3,1,2)"},
    {"section s { shine; shine }; shine; add s", "s.0(0) s.1(1) 1(2) 2(3,2)"},
    {"section s { shine as a }; shine; add s.a", "s.a(0) 1(1) 2(2,1)"},
    {"block b { section { shine; shine as x } }; section t { b; b }",
     "t.0.0(0) t.0.x(1) t.1.0(2) t.1.x(3)"},
};

static void check_names(void) {
    for (size_t i = 0; i < sizeof name_rows / sizeof *name_rows; i++) {
        char text[300], got[500] = "";
        snprintf(text, sizeof text, "data cats\n%s\n", name_rows[i].net);
        const Run r = run(text);
        if (!CHECK(r.x != NULL)) diags_render(r.diags, stdout);
        for (int k = 1; r.x && k < r.x->graph.n_nodes; k++) {
            const Node *n = &r.x->graph.node[k];
            const char *next = got[0] ? " " : "";
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", next, n->name);
            for (int s = 0; s < n->n_src; s++)
                snprintf(got + strlen(got), sizeof got - strlen(got), "%s%d%s", s ? "," : "(",
                         n->src[s], s == n->n_src - 1 ? ")" : "");
        }
        CHECK_TEXT(got, name_rows[i].nodes);
        done(r);
    }
}

// ---- the experiment around the network ---------------------------------------------------------

static void check_experiment(void) {
    const Run r = run("seed 7\ndata \"there\" color=rgb size=4x3 valid=10%\n"
                      "preprocess { turn }\ncount 9; count classes\nloss guess\n"
                      "optimizer drift depth=2\nfreeze 0\ntrain epochs=3 batch=8 schedule=deep\n"
                      "unfreeze all\ntrain iterations=5\nevaluate top=2 confusion\n"
                      "save \"a b\"\nload \"c\" except=x.y,z");
    if (!CHECK(r.x != NULL)) {
        diags_render(r.diags, stdout);
        return done(r);
    }
    const Experiment *x = r.x;
    CHECK_TEXT(x->name, "test");
    CHECK_TEXT(x->folder, "models");
    CHECK(x->seed == 7 && x->seed_written);
    CHECK(x->classes == 2 && x->image.c == 3 && x->image.h == 4 && x->image.w == 3);
    CHECK_NEAR(((const DataOptions *)x->data.cfg)->valid, 0.1, 1e-12);
    CHECK(x->n_steps == 2);
    CHECK_TEXT(x->step[0].kind->name, "rescale");
    CHECK_TEXT(x->init.kind->name, "he");
    CHECK(x->graph.n_weights == 9 * 36 + 2 * 9);
    CHECK(x->graph.node[0].n_uses == 1 && x->graph.node[x->graph.output].n_uses == 0);
    static const char *const actions[] = {
        "freeze 0", "train epochs=3 batch=8 schedule=deep", "unfreeze all", "train iterations=5",
        "evaluate confusion top=2", "save \"a b\"", "load \"c\" except=x.y,z",
    };
    if (CHECK(x->n_actions == 7))
        for (int i = 0; i < 7; i++) CHECK_TEXT(use_text(r.arena, &x->action[i].use), actions[i]);
    CHECK(((const TrainOptions *)x->action[3].use.cfg)->batch == 32);
    CHECK(((const EvaluateOptions *)x->action[4].use.cfg)->top == 2);
    done(r);
}

static void count_defaults(void *ctx, const char *where, const char *option, const char *value) {
    if (strcmp(where, "optimizer drift") == 0) CHECK_TEXT(option, "depth"), CHECK_TEXT(value, "3");
    ++*(int *)ctx;
}

static void check_defaults(void) {
    int n = 0;
    const Run r = run("data cats\npaint 2; paint 3\ncount 4\nloss guess\noptimizer drift\ntrain");
    if (CHECK(r.x != NULL)) experiment_defaults(r.x, count_defaults, &n);
    CHECK(n > 20);
    done(r);
}

// ---- did you mean? -----------------------------------------------------------------------------

static const struct { const char *written, *meant; } guess_rows[] = {
    {"pain", "paint"}, {"piant", "paint"}, {"PAINT", "paint"}, {"Paint2D", "paint"},
    {"paint_2d", "paint"}, {"gloss", "shine"}, {"optimiser", "optimizer"}, {"batch_sise", NULL},
    {"zzzzzz", NULL}, {"x", NULL}, {"", NULL},
};

static void check_guesses(void) {
    for (size_t i = 0; i < sizeof guess_rows / sizeof *guess_rows; i++) {
        const char *got = suggest(&words, guess_rows[i].written);
        if (guess_rows[i].meant) CHECK_TEXT(got, guess_rows[i].meant);
        else if (!CHECK(got == NULL)) printf("%s -> %s\n", guess_rows[i].written, got);
    }
}

// ---- any text is a network or a message --------------------------------------------------------

static void check_deletions(void) {
    static const char text[] =
        "seed 4\ndata cats # pictures\npreprocess { turn }\nlet k = 2x2\n"
        "block b n { residual { paint n k edge=soft; paint 3 } shortcut { shine } }\n"
        "section body { b 4; repeat 2 { b 5 } }\nparallel { paint 2 } { paint 3 }\n"
        "section head { count classes }\nloss guess\noptimizer drift depth=2\nfreeze body\n"
        "train epochs=2 batch=16 schedule=deep\nevaluate accuracy top=2\nsave \"w.safetensors\"\n";
    char less[sizeof text];
    const Run whole = run(text);
    if (!CHECK(whole.x != NULL)) diags_render(whole.diags, stdout);
    done(whole);
    int unplaced = 0;
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        memcpy(less, text, i);
        memcpy(less + i, text + i + 1, sizeof text - i - 1);
        const Run r = run(less);
        for (int k = 0; k < diags_count(r.diags); k++)
            unplaced += diags_line(r.diags, diags_get(r.diags, k)->at) < 1;
        done(r);
    }
    CHECK(unplaced == 0);
    for (size_t i = 0; i < sizeof text; i++) done(run_bytes(text, i)); // cut at every byte
}

int main(void) {
    check_layers();
    check_names();
    check_experiment();
    check_defaults();
    check_guesses();
    check_deletions();
    return test_end("lang");
}
