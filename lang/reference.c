/* reference.c — lang/REFERENCE.md. Everything in it comes from the tables. */
#include "lang/reference.h"

#include <ctype.h>
#include <string.h>

#include "lang/words.h"

// ---- texts -------------------------------------------------------------------------------------

// A text in a cell of a table, where | would end it.
static void cell(FILE *out, const char *text) {
    for (; *text; text++) {
        if (*text == '|') fputc('\\', out);
        fputc(*text, out);
    }
}

// Words separated by blanks, as `a`, `b`.
static void code_words(FILE *out, const char *words) {
    const char *between = "";
    for (size_t len; (len = strcspn(words, " ")) > 0; words += len + strspn(words + len, " ")) {
        fprintf(out, "%s`%.*s`", between, (int)len, words);
        between = ", ";
    }
}

static void capital(FILE *out, const char *text) {
    fputc(toupper((unsigned char)*text), out);
    fputs(text + 1, out);
}

// A text of one or more lines, indented as code.
static void code(FILE *out, const char *text) {
    for (size_t len; *text; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");
        fprintf(out, "    %.*s\n", (int)len, text);
    }
}

// ---- one word ----------------------------------------------------------------------------------

static void option_row(FILE *out, const AttrSpec *a) {
    char range[256], def[128];
    attr_range(range, sizeof range, a);
    attr_default(def, sizeof def, a);
    fprintf(out, a->main ? "| `%s` | " : "| `%s=` | ", a->name);
    cell(out, range);
    fputs(" | ", out);
    cell(out, a->required ? "must be written" : *def ? def : "–");
    fputs(" | ", out);
    cell(out, a->help);
    fputs(" | ", out);
    if (a->synonyms) code_words(out, a->synonyms);
    fputs(" |\n", out);
}

static void options(FILE *out, const AttrSpec *a) {
    if (!a) return;
    fputs("\n| option | takes | default | meaning | elsewhere |\n|---|---|---|---|---|\n", out);
    for (int main = 1; main >= 0; main--) // those without a name come first
        for (const AttrSpec *k = a; k->name; k++)
            if (k->main == main) option_row(out, k);
}

static void known_set(FILE *out, const DataSpec *d) {
    fprintf(out, "\n%dx%d pixels, %d channel%s, %d classes.\n", d->image.h, d->image.w, d->image.c,
            d->image.c == 1 ? "" : "s", d->classes);
}

static void word(FILE *out, Group g, const KindSpec *k) {
    fprintf(out, "\n### %s\n\n", k->name);
    capital(out, k->summary);
    fputs(".\n", out);
    if (k->formula) fputc('\n', out), code(out, k->formula);
    if (g == GROUP_DATA) known_set(out, (const DataSpec *)k);
    if (k->example) fputs("\nExample:\n\n", out), code(out, k->example);
    options(out, k->attrs);
    if (k->synonyms) {
        fputs("\nElsewhere called ", out);
        code_words(out, k->synonyms);
        fputs(".\n", out);
    }
    if (k->source) fprintf(out, "\nWritten in `%s`.\n", k->source);
}

// ---- all words, all messages -------------------------------------------------------------------

static void group(FILE *out, const Vocabulary *v, Group g) {
    const char *place = group_place(g);
    const int before = (int)strcspn(place, "%");
    fputs("\n## ", out);
    capital(out, group_plural(g));
    fputc('\n', out);
    if (strcmp(place, "%s") != 0)
        fprintf(out, "\nWritten as `%.*s…%s`.\n", before, place, place + before + 2);
    for (const KindSpec *const *k = words_of(v, g); *k; k++) word(out, g, *k);
}

static void messages(FILE *out) {
    fputs("\n## Messages\n\n`cnnrun help CODE` shows a wrong and a right example.\n\n"
          "| code | what is wrong | why |\n|---|---|---|\n", out);
    for (int i = 0; i < N_CODES; i++) {
        const Message *m = message_of((Code)i);
        fprintf(out, "| %s | ", m->code);
        cell(out, m->title);
        fputs(" | ", out);
        cell(out, m->why);
        fputs(" |\n", out);
    }
}

void reference_markdown(FILE *out, const Vocabulary *v) {
    fputs("# Every word of a model file\n\n"
          "Written by `cnnrun help --as markdown` from the tables of the program.\n"
          "An option whose name ends in = is written `name=value`; the others are values that\n"
          "stand without a name, in this order. `cnnrun help WORD` shows one word in the terminal.\n", out);
    for (int i = 0; i < N_GROUPS; i++)
        if (*words_of(v, group_order[i])) group(out, v, group_order[i]);
    messages(out);
}
