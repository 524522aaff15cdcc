/* lang_mistakes.c — what is refused, with which message, where the finger points, and whether the
 * proposal helps. */
#include "tests/unit/lang_vocabulary.h"

// ---- what is refused, and where ----------------------------------------------------------------

// The text, the codes of all messages in order, the marked text of the first, and what the text
// becomes with the first proposal (NULL: there is none).
static const struct { const char *text, *codes, *marked, *fixed; } bad_rows[] = {
    {"data cats\npant 3",           "W001", "pant",   "data cats\npaint 3"},
    {"data cats\nPaint2D 3",        "W001", "Paint2D", "data cats\npaint 3"},
    {"data cats\ngloss",            "W001", "gloss",  "data cats\nshine"},
    {"data cats\npaint 3 eddge=2",  "W002", "eddge",  "data cats\npaint 3 edge=2"},
    {"data cats\npaint filters=8",  "W002", "filters", NULL},
    {"data cats\npaint 3 qqq=2",    "W002", "qqq",    NULL},
    {"data cats\npaint coats=3",    "W002", "coats=3", NULL},
    {"data cats\npaint 3 edge=1 edge=2", "W003", "edge=2", NULL},
    {"data cats\npaint",            "W004", "paint",  NULL},
    {"data cats\npaint 3 4",        "W005", "4",      "data cats\npaint 3 4x4"},
    {"data cats\npaint 3 44",       "W005", "44",     "data cats\npaint 3 4x4"},
    {"data cats\npaint three",      "W005", "three",  NULL},
    {"data cats\npaint 2.5",        "W005", "2.5",    NULL},
    {"data cats\npaint 3 dry=true", "W005", "true",   "data cats\npaint 3 dry=yes"},
    {"data cats\npaint 3 mode=thikc", "W005", "thikc", "data cats\npaint 3 mode=thick"},
    {"data cats\npaint 3 share=0,5", "W005", "0,5",   "data cats\npaint 3 share=0.5"},
    {"data cats\npaint 3, 4x4",     "W005", "3, 4x4", "data cats\npaint 3 4x4"},
    {"data cats\npaint 0",          "W006", "0",      NULL},
    {"data cats\npaint 101",        "W006", "101",    NULL},
    {"data cats\npaint -8",         "W006", "-8",     NULL},
    {"data cats\npaint 3 share=100%", "W006", "100%", NULL},
    {"data cats\npaint 3 0x10",     "W006", "0x10",   NULL},
    {"data cats\npaint 3/0",        "W006", "0",      NULL},
    {"data cats\npaint 3 4x4 5",    "W007", "5",      NULL},
    {"data cats\npaint 4x4 3",      "W005", "3",      NULL},
    {"data cats\nturn",             "W008", "turn",   NULL},
    {"data cats\ndrift",            "W008", "drift",  NULL},
    {"data cats\nshine {}",         "W010", "{",      NULL},
    {"data cats\nrepeat 3 shine",   "W010", "repeat", NULL},
    {"data cats\nparallel { shine }", "W010", "parallel", NULL},
    {"data cats\nresidual {}",      "S007", "{}",     NULL},
    {"data cats\nblock b n { paint n }; b", "W011", "b", NULL},
    {"data cats\nb; block b { shine }", "W008", "b",  NULL},
    {"data cats\nblock b { b }; b", "W008", "b",      NULL},
    {"data cats\nshortcut { shine }", "W008", "shortcut", NULL},
    {"data cats\npaint 3 edge 2",   "W012", "edge",   "data cats\npaint 3 edge=2"},
    {"data cats\npaint 3 depth=4",  "W009", "depth",  NULL},
    {"data cats\nshine\nfreeze shin", "N001", "shin", NULL},
    {"data cats\nsection a { shine }\nfreeze aa", "N001", "aa",
     "data cats\nsection a { shine }\nfreeze a"},
    {"data cats\nshine; add foo",   "N001", "foo",    NULL},
    {"data cats\nshine as a; shine as a", "N002", "a", NULL},
    {"data cats\nlet k = 1; let k = 2; shine", "N002", "k", NULL},
    {"data cats\nlet shine = 1; shine", "N003", "shine", NULL},
    {"data cats\nlet soft = 1; shine", "N003", "soft", NULL},
    {"data cats\nrepeat 2 { shine as a }", "N004", "a", NULL},
    {"data cats\nblock b { shine as a }; b", "N004", "a", NULL},
    {"data cats\nshine as a.b",     "N005", "a.b",    NULL},
    {"data cats\nsection 5 { shine }", "N005", "5",   NULL},
    {"data cats\npaint 3 9x9",      "S003", "9x9",    "data cats\npaint 3 8x8"},
    {"data cats\nresidual { paint 9 }", "S002", "residual", NULL},
    {"shine",                       "E001", "shine",  NULL},
    {"shine\ndata cats",            "E009", "data",   NULL},
    {"data cats",                   "E002", "data",   NULL},
    {"",                            "E002", "",       NULL},
    {"# nothing\n",                 "E002", "",       NULL},
    {"data cats\ncount 4\noptimizer drift\ntrain", "E003", "train", NULL},
    {"data cats\ncount 4\nloss guess\ntrain", "E004", "train", NULL},
    {"data cats\ncount 3\nloss guess", "E006", "3",   "data cats\ncount classes\nloss guess"},
    {"data cats\ncount 4\nloss guess\nloss guess", "E007", "loss", NULL},
    {"data cats classes=5\ncount 4", "E006", "data cats classes=5", NULL},
    {"data dogs\ncount 4",          "W001", "dogs",   "data \"dogs\"\ncount 4"},
    {"data\ncount 4",               "W004", "data",   NULL},
    {"data \"nowhere\"\ncount 4",   "E008", "\"nowhere\"", NULL},
    {"data cats\nshine\npreprocess { turn }", "E009", "preprocess", NULL},
    {"data cats\npreprocess { trun }\nshine", "W001", "trun",
     "data cats\npreprocess { turn }\nshine"},
    {"data cats\nsection a { data cats }\nshine", "W008", "data", NULL},
    {"data cats\nshine\nsave first.bin", "W005", "first.bin",
     "data cats\nshine\nsave \"first.bin\""},
    {"data cats\nshine\nevaluate acuracy", "W002", "acuracy",
     "data cats\nshine\nevaluate accuracy"},
    {"data cats\nshine\nloss gess", "W001", "gess",   "data cats\nshine\nloss guess"},
    // letters
    {"data cats\npaint 3pieces",    "L002", "3pieces", NULL},
    {"data cats\npaint 3 share=.5", "L002", ".5",     "data cats\npaint 3 share=0.5"},
    {"data cats\npaint 3.",         "L002", "3.",     "data cats\npaint 3"},
    {"data cats\npaint 3 4X4",      "L002", "4X4",    "data cats\npaint 3 4x4"},
    {"data cats\npaint 3 4×4",      "L002", "4×4",    "data cats\npaint 3 4x4"},
    {"data cats\npaint 3 4x4x4x4",  "L002", "4x4x4x4", NULL},
    {"data cats\npaint 3 share=1e999", "L002", "1e999", NULL},
    {"data cats\npaint 5-2",        "L002", "-2",     NULL},
    {"data cats\npaint 5+2",        "L001", "+",      NULL},
    {"data cats\npaint(3)",         "L001", "(",      NULL},
    {"data cats\nprêt 3",           "L001", "ê",      NULL},
    {"data cats\nprt\xff 3",       "L001", "\xff",  NULL},
    {"data cats\npaint\x07 3",     "L001", "\x07",  NULL},
    {"data cats\rshine",            "L001", "\r",    NULL},
    {"data cats\nshine\nsave 'a'", "L003", "'a'",    "data cats\nshine\nsave \"a\""},
    {"data cats\nshine\nsave \"a", "L003", "\"a",  NULL},
    {"data cats\nshine\nsave \"a\tb\"", "L001", "\t", NULL},
    // lines
    {"data cats\npaint 3 edge=",    "G004", "=",      NULL},
    {"data cats\npaint 3 mix=1,",   "G004", ",",      NULL},
    {"data cats\npaint 3*",         "G004", "*",      NULL},
    {"data cats\npaint 3 as",       "G004", "as",     NULL},
    {"data cats\nlet = 3",          "G004", "=",      NULL},
    {"data cats\nlet k 3",          "G001", "3",      NULL},
    {"data cats\nk = 3",            "G001", "=",      "data cats\nlet k = 3"},
    {"data cats\nshine as a 3",     "G001", "3",      NULL},
    {"data cats\nblock b 3 { shine }", "G001", "3",   NULL},
    {"data cats\nsection { shine } as a", "G001", "as", NULL},
    {"data cats\n3 paint",          "G001", "3",      NULL},
    {"data cats\npaint 3; 4x4",     "G001", "4x4",    "data cats\npaint 3 4x4"},
    {"data cats; { shine }",         "G001", "{",      NULL},
    {"data cats\n{ shine }",        "W010", "{",      NULL},
    {"data cats\nshine, 3",         "G001", ",",      NULL},
    {"data cats\nshine %",          "G001", "%",      NULL},
    {"data cats\nsection a { shine", "G002", "{",     NULL},
    {"data cats\nsection a shine }", "W010 G003", "section", NULL},
};

// The text of a source with a proposal carried out.
static const char *fixed(Run r, const char *text, const Diag *m) {
    const uint32_t base = diags_source_of(r.diags, m->try_at)->base;
    return arena_print(r.arena, "%.*s%s%s", (int)(m->try_at.lo - base), text, m->try_text,
                       text + (m->try_at.hi - base));
}

static void check_bad(void) {
    for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
        const Run r = run(bad_rows[i].text);
        char codes[200] = "";
        for (int k = 0; k < diags_count(r.diags); k++)
            snprintf(codes + strlen(codes), sizeof codes - strlen(codes), "%s%s", k ? " " : "",
                     message_of(diags_get(r.diags, k)->code)->code);
        const Diag *m = diags_get(r.diags, 0);
        bool good = CHECK_TEXT(codes, bad_rows[i].codes);
        if (m) good &= CHECK_TEXT(diags_text(r.diags, m->at), bad_rows[i].marked);
        if (m) good &= CHECK(!m->try_text == !bad_rows[i].fixed);
        if (m && m->try_text && bad_rows[i].fixed) {
            const char *mended = fixed(r, bad_rows[i].text, m);
            good &= CHECK_TEXT(mended, bad_rows[i].fixed);
            const Run again = run(mended); // every proposal helps
            const Diag *left = diags_get(again.diags, 0);
            good &= CHECK(!left || left->code != m->code);
            done(again);
        }
        if (!good) printf("in row %zu: %s\n", i, bad_rows[i].text), diags_render(r.diags, stdout);
        done(r);
    }
}

// ---- several mistakes, one cause each ----------------------------------------------------------

static const struct { const char *text; int errors; } count_rows[] = {
    {"data cats\npant 3\nshien\ncount 4", 2},
    {"dat cats\npaint classes\ncount 4\nloss guess\noptimizer drift\ntrain", 1},
    {"data cats\ncount 4\noptimiser drift\nloss guess\ntrain", 1},
    {"data cats\nlet k = \npaint k\npaint k*2", 1},
    {"data cats\nsection s { pant 3 }\nfreeze s.0\nadd s.0", 1},
    {"data cats\npaint 3; 4x4\nshine", 1},
    {"data cats\npaint(3, 4x4)\nshine", 1},
    {"data cats\nblock b { paint 0 }; b; b; b", 1},
    {"data cats\nrepeat 50 { pant 3 }", 1},
    {"data cats\npaint = 3\nshine =\npaint 3,\nshine", 3},
    {"data cats\n= ; = ; = ; = ; = ; = ; = ; = ; = ; = ; = ; = ; = ; = ; = ; = ; = ; = ; = ; =; =",
     MAX_ERRORS},
};

static void check_counts(void) {
    for (size_t i = 0; i < sizeof count_rows / sizeof *count_rows; i++) {
        const Run r = run(count_rows[i].text);
        if (!CHECK(diags_errors(r.diags) == count_rows[i].errors)) diags_render(r.diags, stdout);
        done(r);
    }
}

int main(void) {
    check_bad();
    check_counts();
    return test_end("lang_mistakes");
}
