/* highlight.c — the words of the language in the classes that editors colour. */
#include "lang/highlight.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lang/words.h"

// ---- the classes -------------------------------------------------------------------------------

enum { MOST_WORDS = 1024 };

typedef struct Words { int n; const char *v[MOST_WORDS]; } Words;

static void add(Words *w, const char *word) {
    assert(w->n < MOST_WORDS);
    w->v[w->n++] = word;
}

static void add_group(Words *w, const Vocabulary *v, Group g) {
    for (const KindSpec *const *k = words_of(v, g); *k; k++) add(w, (*k)->name);
}

static void statements(Words *w, const Vocabulary *v) {
    add_group(w, v, GROUP_STATEMENT);
    add(w, "as");
    add(w, "shortcut");
}

static void layers(Words *w, const Vocabulary *v) { add_group(w, v, GROUP_LAYER); }

static void choices(Words *w, const Vocabulary *v) {
    for (Group g = 0; g < N_GROUPS; g++)
        if (g != GROUP_STATEMENT && g != GROUP_LAYER) add_group(w, v, g);
}

static void each_option(Words *w, const Vocabulary *v,
                        void (*each)(Words *w, const AttrSpec *a)) {
    for (Group g = 0; g < N_GROUPS; g++)
        for (const KindSpec *const *k = words_of(v, g); *k; k++)
            for (const AttrSpec *a = (*k)->attrs; a && a->name; a++) each(w, a);
}

static void add_option(Words *w, const AttrSpec *a) {
    if (!a->main) add(w, a->name);
}

static void add_values(Words *w, const AttrSpec *a) {
    if (a->type == ATTR_FLAG) add(w, a->name);
    for (const Word *k = a->words; k && k->name; k++) add(w, k->name);
}

static void options(Words *w, const Vocabulary *v) { each_option(w, v, add_option); }

static void values(Words *w, const Vocabulary *v) {
    static const char *const everywhere[] = {"yes", "no", "classes", "all"};
    for (size_t i = 0; i < sizeof everywhere / sizeof *everywhere; i++) add(w, everywhere[i]);
    each_option(w, v, add_values);
}

// A row is used before the ones below it; options must come first, being words before a =.
static const struct {
    const char *name, *vim, *textmate; // what Vim and TextMate call things of this colour
    const char *behind;                // what must follow, as a pattern of each
    const char *behind_vim;
    void (*words)(Words *w, const Vocabulary *v);
} classes[] = {
    {"Option",    "Identifier", "variable.parameter.cnn", "(?=\\\\s*=)", "\\ze\\s*=", options},
    {"Statement", "Statement",  "keyword.control.cnn",            "\\\\b", "\\>", statements},
    {"Layer",     "Function",   "entity.name.function.layer.cnn", "\\\\b", "\\>", layers},
    {"Choice",    "Type",       "support.type.cnn",               "\\\\b", "\\>", choices},
    {"Value",     "Constant",   "constant.language.cnn",          "\\\\b", "\\>", values},
};

enum { N_CLASSES = sizeof classes / sizeof *classes };

static int compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The words of a class, each once, in alphabetical order.
static void gather(int class, const Vocabulary *v, Words *w) {
    int n = 0;
    w->n = 0;
    classes[class].words(w, v);
    qsort(w->v, (size_t)w->n, sizeof *w->v, compare);
    for (int i = 0; i < w->n; i++)
        if (n == 0 || strcmp(w->v[n - 1], w->v[i]) != 0) w->v[n++] = w->v[i];
    w->n = n;
}

static void put_words(FILE *out, int class, const Vocabulary *v, const char *between) {
    Words w;
    gather(class, v, &w);
    for (int i = 0; i < w.n; i++) fprintf(out, "%s%s", i > 0 ? between : "", w.v[i]);
}

// ---- Vim ---------------------------------------------------------------------------------------

// Of two patterns that fit Vim takes the later one.
void highlight_vim(FILE *out, const Vocabulary *v) {
    fputs("\" Vim syntax file for the model files of cnnrun.\n"
          "\" Written by `cnnrun help --as vim` from the tables of the program.\n"
          "if exists(\"b:current_syntax\")\n  finish\nendif\n\n", out);
    for (int i = N_CLASSES - 1; i >= 0; i--) {
        fprintf(out, "syntax match cnn%s \"\\<\\%%(", classes[i].name);
        put_words(out, i, v, "\\|");
        fprintf(out, "\\)%s\"\n", classes[i].behind_vim);
    }
    fputs("syntax match cnnNumber \"\\%(\\w\\)\\@<!-\\?\\d\\+\\%(\\.\\d\\+\\)\\?"
          "\\%([eE][+-]\\?\\d\\+\\)\\?%\\?\\%(\\w\\)\\@!\"\n"
          "syntax match cnnSize \"\\<\\d\\+x\\d\\+\\%(x\\d\\+\\)\\?\\>\"\n"
          "syntax region cnnText start=+\"+ end=+\"+ oneline\n"
          "syntax match cnnComment \"#.*$\" contains=@Spell\n\n", out);
    for (int i = 0; i < N_CLASSES; i++)
        fprintf(out, "highlight default link cnn%s %s\n", classes[i].name, classes[i].vim);
    fputs("highlight default link cnnNumber Number\n"
          "highlight default link cnnSize Number\n"
          "highlight default link cnnText String\n"
          "highlight default link cnnComment Comment\n\n"
          "let b:current_syntax = \"cnn\"\n", out);
}

// ---- TextMate ----------------------------------------------------------------------------------

// Of two patterns that fit TextMate takes the earlier one. The strings are JSON: a backslash of a
// pattern is written twice there, and twice more in C.
void highlight_textmate(FILE *out, const Vocabulary *v) {
    static const struct { const char *name, *match; } others[] = {
        {"comment.line.number-sign.cnn", "#.*$"},
        {"string.quoted.double.cnn", "\\\"[^\\\"]*\\\""},
        {"constant.numeric.size.cnn", "\\\\b[0-9]+x[0-9]+(x[0-9]+)?\\\\b"},
        {"constant.numeric.cnn",
         "(?<![\\\\w.])-?[0-9]+(\\\\.[0-9]+)?([eE][+-]?[0-9]+)?(%|(?!\\\\w))"},
    };
    fputs("{\n  \"comment\": \"Written by `cnnrun help --as textmate` from the tables of the "
          "program.\",\n  \"name\": \"cnnrun model\",\n  \"scopeName\": \"source.cnn\",\n"
          "  \"fileTypes\": [\"cnn\"],\n  \"patterns\": [\n", out);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        fprintf(out, "    {\"name\": \"%s\", \"match\": \"%s\"},\n", others[i].name,
                others[i].match);
    for (int i = 0; i < N_CLASSES; i++) {
        fprintf(out, "    {\"name\": \"%s\", \"match\": \"\\\\b(", classes[i].textmate);
        put_words(out, i, v, "|");
        fprintf(out, ")%s\"}%s\n", classes[i].behind, i < N_CLASSES - 1 ? "," : "");
    }
    fputs("  ]\n}\n", out);
}
