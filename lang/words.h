/* words.h — every word of the language, looked up, guessed and explained.
 *
 * Generic over the tables of a Vocabulary and the statements' own table: a new layer is found,
 * suggested and explained without a line here. */
#pragma once
#include <stdio.h>

#include "lang/kind.h"

// The words of one table, ending with NULL; never NULL itself.
const KindSpec *const *words_of(const Vocabulary *v, Group g);

// The table's name for people, in singular: "layer", "optimizer", "image step".
const char *group_name(Group g);
const char *group_plural(Group g);

// The tables in the order in which a person reads about them.
extern const Group group_order[N_GROUPS];

// Where a word of that table is written: "optimizer %s", "preprocess { %s }", "%s".
const char *group_place(Group g);

// The first word of any table that is called exactly `name`, statements first; NULL if none is.
// The table goes to `g` unless that is NULL.
const KindSpec *word_named(const Vocabulary *v, const char *name, Group *g);

// The option of that name, or NULL; attrs may be NULL.
const AttrSpec *attr_named(const AttrSpec *attrs, const char *name);

// True if the language already gives `name` a meaning where values stand: a word of any table,
// a word that an option takes (same, yes), or classes.
bool is_reserved(const Vocabulary *v, const char *name);

// ---- did you mean? ------------------------------------------------------------------------------

// The best of the candidates offered so far. Start with {.word = "convv"}.
typedef struct Guess {
    const char *word; // as written
    const char *best; // what was probably meant, or NULL
    int cost;         // of best: 0 if it is a known synonym, else the number of slips
} Guess;

// Offers one candidate; synonyms (separated by blanks, or NULL) stand for it.
void guess_offer(Guess *g, const char *name, const char *synonyms);

// Offers every word of a table that ends with NULL.
void guess_kinds(Guess *g, const KindSpec *const *kinds);

// True if `word` is that name or one of its synonyms; upper case and _ do not count.
bool is_called(const char *word, const char *name, const char *synonyms);

// The row of a table that is called so, or NULL.
const KindSpec *kind_meant(const Vocabulary *v, Group g, const char *word);
const AttrSpec *attr_meant(const AttrSpec *attrs, const char *word);

// What `word` was probably meant to be, among all words of the language; NULL if nothing is near.
const char *suggest(const Vocabulary *v, const char *word);

// ---- help ---------------------------------------------------------------------------------------

// One word: how it is written, its values and options with defaults and ranges, formula, source.
void help_word(FILE *out, const Vocabulary *v, const KindSpec *k);

// All words, table by table, one line each.
void help_all(FILE *out, const Vocabulary *v);

// One kind of message: what it means, a wrong and a right example.
void help_code(FILE *out, const Message *m);

// What an option takes, for a person: "a whole number from 1 to 255", "yes or no".
const char *attr_range(char *text, size_t cap, const AttrSpec *a);

// What it is when it is not written: "1", "same", "as the pictures are"; "" if that means nothing.
const char *attr_default(char *text, size_t cap, const AttrSpec *a);
