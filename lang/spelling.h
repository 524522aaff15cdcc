/* spelling.h — the words of a file as the language itself spells them.
 *
 * Conv2D is conv here, learning_rate is lr, CrossEntropyLoss is crossentropy: every table of the
 * vocabulary knows what else its rows are called. A word to which the file gives a meaning with let
 * or block is left alone. */
#pragma once
#include "lang/tree.h"
#include "lang/words.h"

typedef struct Spelling {
    const Vocabulary *words;
    const char **given; // names of the file's own, sorted
    int n;
} Spelling;

enum { MAX_CHOSEN = 4 };

// One statement.
typedef struct Spelt {
    const char *word;                     // as it should be
    const KindSpec *kind[1 + MAX_CHOSEN]; // whose options it takes: its own, and of chosen words
    int n_kinds;
    Group inside;                         // the table of the words in its braces
    bool defines;                         // let or block
} Spelt;

Spelling spelling_make(Arena *a, const Vocabulary *v, const Stmt *program);

// `group`: the table of the braces around the statement, GROUP_STATEMENT for statements and layers.
Spelt spelling_of(const Spelling *sp, const Stmt *s, Group group);

// The name an option of the statement should have, NULL if it stands without one; *word is what its
// value should be if that is another word, else NULL.
const char *spelling_option(const Spelling *sp, const Spelt *s, const Arg *a, const char **word);
