/* tree.h — what was written, and where; nothing is judged here.
 *
 * The grammar builds these, the checker reads them. Lists are chains in the order of the text. */
#pragma once
#include <stdbool.h>

#include "lang/diag.h"

typedef enum AtomKind {
    ATOM_NUMBER,  // 12, -0.5
    ATOM_PERCENT, // 25%: number is 0.25
    ATOM_SIZE,    // 5x5, 64x64x3
    ATOM_TEXT,    // "file.txt"
    ATOM_WORD     // same, classes, base.stage3
} AtomKind;

// One value; a product is a chain of them: 4*f/2.
typedef struct Atom {
    AtomKind kind;
    Span at;
    double number;
    int n_sides, side[3];
    const char *text;   // ATOM_TEXT without its quotes, ATOM_WORD
    char op;            // what stands before it: 0 for the first, '*' or '/'
    struct Atom *next;
} Atom;

// One value of a list.
typedef struct Expr {
    Atom *first, *last;
    Span at;
    struct Expr *next;
} Expr;

// `5x5`, `stride=2` or `mean=0.5,0.4,0.3`.
typedef struct Arg {
    const char *name;   // NULL: stands without one
    Span name_at, at;
    Expr *first, *last; // at least one
    int n;
    struct Arg *next;
} Arg;

typedef struct Label { // a word that is being given as a name
    const char *name;
    Span at;
    struct Label *next;
} Label;

typedef struct Stmt Stmt;

typedef struct Body { // { … }
    bool shortcut;    // the second path of a residual
    Span at;          // braces included
    Stmt *first;
    struct Body *next;
} Body;

struct Stmt {
    const char *word; // NULL: this statement could not be read, a message says why
    Span word_at, at;
    Arg *first, *last;
    Label *name;      // behind `as`; of a block or a let
    Label *param;     // values of a block
    Body *body;       // the first of its bodies
    Stmt *next;
};
