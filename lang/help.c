/* help.c — what `cnnrun help` says about a word or a message. Everything comes from the tables. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "lang/words.h"

enum { ENDLESS = 1000000 }; // a limit from here on is none, to a person

// ---- what an option takes ----------------------------------------------------------------------

typedef struct Text { char *at; size_t room; } Text;

static void add(Text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(Text *t, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(t->at, t->room, fmt, args);
    va_end(args);
    const size_t used = n < 0 ? 0 : (size_t)n < t->room ? (size_t)n : t->room - 1;
    t->at += used;
    t->room -= used;
}

static void add_bounds(Text *t, const AttrSpec *a) {
    const bool above = a->open && a->lo == 0, endless = a->hi >= ENDLESS;
    if (above) add(t, " greater than %.9g", a->lo);
    else add(t, endless ? " of at least %.9g" : " from %.9g", a->lo);
    if (endless) return;
    add(t, above ? " and below %.9g" : a->open ? " to below %.9g" : " to %.9g", a->hi);
}

static void add_words(Text *t, const Word *w, const char *between) {
    for (; w && w->name; w++) add(t, "%s%s", between, w->name), between = ", ";
}

const char *attr_range(char *text, size_t cap, const AttrSpec *a) {
    Text t = {text, cap};
    *text = '\0';
    switch (a->type) {
    case ATTR_INT:    add(&t, "a whole number");
                      add_bounds(&t, a);
                      add_words(&t, a->words, ", or one of ");
                      break;
    case ATTR_REAL:   add(&t, "a number");
                      add_bounds(&t, a);
                      break;
    case ATTR_BOOL:   add(&t, "yes or no"); break;
    case ATTR_FLAG:   add(&t, "written or not"); break;
    case ATTR_SIZE:   add(&t, "a size such as 3x3, sides %.9g to %.9g", a->lo, a->hi); break;
    case ATTR_WINDOW: add(&t, "a size such as 2x2, or a number, sides %.9g to %.9g", a->lo, a->hi);
                      break;
    case ATTR_WORD:   add_words(&t, a->words, "one of "); break;
    case ATTR_TEXT:   add(&t, "a text in quotes"); break;
    case ATTR_CHOICE: add(&t, strchr("aeiou", *group_name(a->group)) ? "an %s" : "a %s",
                          group_name(a->group));
                      break;
    case ATTR_REALS:  add(&t, "numbers separated by commas"); break;
    case ATTR_NAMES:  add(&t, "names"); break;
    }
    return text;
}

// The word that a default has instead of a number, or NULL.
static const char *default_word(const AttrSpec *a) {
    if (a->def_text) return a->def_text;
    if (a->def_word) return a->def_word;
    for (const Word *w = a->words; w && w->name; w++)
        if (w->value == (int)a->def) return w->name;
    if (a->type == ATTR_BOOL) return a->def != 0 ? "yes" : "no";
    return a->type == ATTR_FLAG ? "no" : NULL;
}

const char *attr_default(char *text, size_t cap, const AttrSpec *a) {
    const char *word = default_word(a);
    const bool side = (a->type == ATTR_SIZE || a->type == ATTR_WINDOW) && a->def > 0;
    Text t = {text, cap};
    *text = '\0';
    if (word) add(&t, "%s", word);
    else if (a->type == ATTR_INT || a->type == ATTR_REAL) add(&t, "%.9g", a->def);
    else if (side) add(&t, a->type == ATTR_SIZE ? "%.9gx%.9g" : "%.9g", a->def, a->def);
    return text;
}

// ---- one word ----------------------------------------------------------------------------------

static void show_attrs(FILE *out, const KindSpec *k, bool main) {
    for (const AttrSpec *a = k->attrs; a && a->name; a++) {
        char range[256], def[128];
        if (a->main != main) continue;
        fprintf(out, "  %-12s %s\n", a->name, a->help);
        attr_default(def, sizeof def, a);
        fprintf(out, "  %-12s %s", "", attr_range(range, sizeof range, a));
        if (a->required) fputs("; must be written", out);
        else if (*def && a->type != ATTR_FLAG) fprintf(out, "; default %s", def);
        fputc('\n', out);
    }
}

static int count(const KindSpec *k, bool main) {
    int n = 0;
    for (const AttrSpec *a = k->attrs; a && a->name; a++) n += a->main == main;
    return n;
}

// The table that a choice takes its words from.
static void show_choices(FILE *out, const Vocabulary *v, const KindSpec *k) {
    for (const AttrSpec *a = k->attrs; a && a->name; a++) {
        if (a->type != ATTR_CHOICE) continue;
        fprintf(out, "\n%s:\n", a->main ? k->name : a->name);
        for (const KindSpec *const *w = words_of(v, a->group); *w; w++)
            fprintf(out, "  %-12s %s\n", (*w)->name, (*w)->summary);
    }
}

void help_word(FILE *out, const Vocabulary *v, const KindSpec *k) {
    fprintf(out, "%s — %s\n", k->name, k->summary);
    if (k->formula) fprintf(out, "\n  %s\n", k->formula);
    if (k->example) fprintf(out, "\nexample:\n  %s\n", k->example);
    if (count(k, true)) fprintf(out, "\nvalues, in this order:\n"), show_attrs(out, k, true);
    if (count(k, false)) fprintf(out, "\noptions, name=value:\n"), show_attrs(out, k, false);
    show_choices(out, v, k);
    if (k->synonyms) fprintf(out, "\nelsewhere called: %s\n", k->synonyms);
    if (k->source) fprintf(out, "\nwritten in: %s\n", k->source);
}

void help_all(FILE *out, const Vocabulary *v) {
    for (int i = 0; i < N_GROUPS; i++) {
        const KindSpec *const *k = words_of(v, group_order[i]);
        if (!*k) continue;
        fprintf(out, "%s%s\n", i > 0 ? "\n" : "", group_plural(group_order[i]));
        for (; *k; k++) fprintf(out, "  %-14s %s\n", (*k)->name, (*k)->summary);
    }
}

// A text in lines of at most 80 characters.
static void show_wrapped(FILE *out, const char *text) {
    for (size_t column = 0; *text;) {
        const size_t len = strcspn(text, " ");
        if (column > 0 && column + 1 + len > 80) column = 0, fputc('\n', out);
        else if (column > 0) column++, fputc(' ', out);
        fwrite(text, 1, len, out);
        column += len;
        text += len + strspn(text + len, " ");
    }
    fputc('\n', out);
}

void help_code(FILE *out, const Message *m) {
    fprintf(out, "%s — %s\n\n", m->code, m->title);
    show_wrapped(out, m->why);
    fprintf(out, "\nwrong:\n  %s\n\nright:\n  %s\n", m->wrong, m->right);
}
