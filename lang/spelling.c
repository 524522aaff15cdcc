/* spelling.c — the words of a file as the language itself spells them. */
#include "lang/spelling.h"

#include <stdlib.h>
#include <string.h>

#include "lang/check.h"

// ---- names that the file gives -----------------------------------------------------------------

// let and block, which are written in a way of their own.
static bool defines(const Vocabulary *v, const Stmt *s) {
    const KindSpec *k = kind_named(v, GROUP_STATEMENT, s->word);
    return k && ((const Statement *)k)->plain;
}

// Puts all names into `list`, unless that is NULL; returns how many there are.
static int gather(const Vocabulary *v, const Stmt *first, const char **list) {
    int n = 0;
    for (const Stmt *s = first; s; s = s->next) {
        const Label *name = defines(v, s) ? s->name : NULL;
        if (name && list) list[n] = name->name;
        n += name != NULL;
        for (const Label *p = s->param; p; p = p->next, n++)
            if (list) list[n] = p->name;
        for (const Body *b = s->body; b; b = b->next)
            n += gather(v, b->first, list ? list + n : NULL);
    }
    return n;
}

static int compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

Spelling spelling_make(Arena *a, const Vocabulary *v, const Stmt *program) {
    Spelling sp = {.words = v, .n = gather(v, program, NULL)};
    sp.given = arena_array(a, const char *, sp.n);
    gather(v, program, sp.given);
    if (sp.n > 0) qsort(sp.given, (size_t)sp.n, sizeof *sp.given, compare);
    return sp;
}

static bool is_given(const Spelling *sp, const char *word) {
    return sp->n > 0 && bsearch(&word, sp->given, (size_t)sp->n, sizeof *sp->given, compare);
}

// ---- the word of a statement -------------------------------------------------------------------

// The kind that a word in front of a statement stands for, or NULL.
static const KindSpec *kind_of(const Spelling *sp, const char *word, Group group) {
    const KindSpec *k = kind_named(sp->words, group, word);
    if (!k && group == GROUP_STATEMENT) k = kind_named(sp->words, GROUP_LAYER, word);
    if (k || is_given(sp, word)) return k;
    k = kind_meant(sp->words, group, word);
    if (group != GROUP_STATEMENT) return k;
    // Another word does not become let or block: its line is not written like theirs.
    if (k && !((const Statement *)k)->plain) return k;
    return kind_meant(sp->words, GROUP_LAYER, word);
}

// The table of the words in its braces.
static Group inside_of(const Spelling *sp, const KindSpec *kind, Group group) {
    static const struct {
        bool (*carry_out)(Check *c, const Stmt *s, const Use *use);
        Group g;
    } rows[] = {
        {do_preprocess, GROUP_STEP}, {do_augment, GROUP_AUGMENT},
    };
    if (group != GROUP_STATEMENT || kind_named(sp->words, group, kind->name) != kind) return group;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (((const Statement *)kind)->carry_out == rows[i].carry_out) return rows[i].g;
    return group;
}

// ---- options -----------------------------------------------------------------------------------

// The word of an argument that is nothing but one word, or NULL.
static const char *lone_word(const Arg *a) {
    const Atom *x = a->first->first;
    return a->n == 1 && !x->next && x->kind == ATOM_WORD ? x->text : NULL;
}

static const char *word_meant(const Word *w, const char *word) {
    for (; w && w->name; w++)
        if (is_called(word, w->name, NULL)) return w->name;
    return NULL;
}

// What a word should be where this option takes its value, or NULL.
static const char *value_meant(const Spelling *sp, const AttrSpec *a, const char *word) {
    const KindSpec *k;
    switch (a->type) {
    case ATTR_INT:
    case ATTR_WORD:   return word_meant(a->words, word);
    case ATTR_FLAG:   return is_called(word, a->name, a->synonyms) ? a->name : NULL;
    case ATTR_CHOICE: k = kind_named(sp->words, a->group, word);
                      if (!k) k = kind_meant(sp->words, a->group, word);
                      return k ? k->name : NULL;
    default:          return NULL; // numbers, texts and names are the file's own
    }
}

static const AttrSpec *option_meant(const Spelt *s, const char *name) {
    const AttrSpec *a = NULL;
    for (int i = 0; i < s->n_kinds && !a; i++) a = attr_named(s->kind[i]->attrs, name);
    for (int i = 0; i < s->n_kinds && !a; i++) a = attr_meant(s->kind[i]->attrs, name);
    return a;
}

// The option that a word without a name is the value of.
static const AttrSpec *main_meant(const Spelling *sp, const Spelt *s, const char *word) {
    for (int i = 0; i < s->n_kinds; i++)
        for (const AttrSpec *a = s->kind[i]->attrs; a && a->name; a++)
            if (a->main && value_meant(sp, a, word)) return a;
    return NULL;
}

static const AttrSpec *attr_of(const Spelling *sp, const Spelt *s, const Arg *a) {
    const char *word = lone_word(a);
    if (a->name) return option_meant(s, a->name);
    const bool joins = s->n_kinds > 0 && s->kind[0]->min_src > 1; // its words are names of layers
    return word && !joins ? main_meant(sp, s, word) : NULL;
}

// Words chosen from a table bring their options along.
static void add_chosen(const Spelling *sp, Spelt *s, const Arg *args) {
    for (const Arg *a = args; a && s->n_kinds <= MAX_CHOSEN; a = a->next) {
        const AttrSpec *attr = attr_of(sp, s, a);
        const char *word = lone_word(a);
        if (!attr || attr->type != ATTR_CHOICE || !word || is_given(sp, word)) continue;
        const char *name = value_meant(sp, attr, word);
        if (name) s->kind[s->n_kinds++] = kind_named(sp->words, attr->group, name);
    }
}

Spelt spelling_of(const Spelling *sp, const Stmt *s, Group group) {
    Spelt spelt = {.word = s->word, .inside = group, .defines = defines(sp->words, s)};
    const KindSpec *kind = spelt.defines ? NULL : kind_of(sp, s->word, group);
    if (!kind) return spelt;
    spelt.word = kind->name;
    spelt.kind[spelt.n_kinds++] = kind;
    spelt.inside = inside_of(sp, kind, group);
    add_chosen(sp, &spelt, s->first);
    return spelt;
}

const char *spelling_option(const Spelling *sp, const Spelt *s, const Arg *a, const char **word) {
    const AttrSpec *attr = attr_of(sp, s, a);
    const char *written = lone_word(a);
    *word = NULL;
    if (attr && written && !is_given(sp, written)) *word = value_meant(sp, attr, written);
    return a->name && attr ? attr->name : a->name;
}
