/* scan.h — what scanner, layout and grammar share while one text is read. */
#pragma once
#include "lang/tree.h"

// A list that is being built, from front to back.
typedef struct Stmts { Stmt *first, *last; } Stmts;
typedef struct Args { Arg *first, *last; } Args;
typedef struct Bodies { Body *first, *last; } Bodies;
typedef struct Labels { Label *first, *last; } Labels;

typedef union TokenValue { Atom *atom; const char *word; } TokenValue;
typedef struct Token { int kind; Span at; TokenValue value; } Token;

typedef struct Parse {
    Arena *arena;
    Diags *diags;
    void *scanner;
    uint32_t next;            // position of the next byte
    Token seen;               // the last one the scanner made
    Token held[2];            // those that were looked at and not yet given to the grammar
    int n_held;
    Token now, before, before2; // the last three that were given, the latest first
    Span open[MAX_DEPTH];     // braces that are not yet closed
    int depth, n_stmts;
    bool quiet;               // this statement has had its message
    bool stopped;             // a message said so; the rest of the text is not read
    Stmt *tree;
} Parse;

// ---- scan.c: one token each; the result is its code, or an error's after a message -------------

int scan_word(Parse *p, const char *text, size_t len, TokenValue *v);
int scan_number(Parse *p, const char *text, size_t len, TokenValue *v);
int scan_size(Parse *p, const char *text, size_t len, TokenValue *v);
int scan_text(Parse *p, const char *text, size_t len, TokenValue *v);
int scan_bad_number(Parse *p, const char *text, size_t len);
int scan_bad_size(Parse *p, const char *text, size_t len);
int scan_open_text(Parse *p, size_t len);
int scan_single_quotes(Parse *p, const char *text, size_t len);
int scan_bad_character(Parse *p, const char *text, size_t len);

// ---- tree.c: nodes of the tree -----------------------------------------------------------------

Atom *tree_word(Parse *p, const char *word, Span at);
Atom *tree_percent(Atom *number, Span at);
Expr *tree_expr(Parse *p, Atom *a);
Expr *tree_product(Expr *e, char op, Atom *a);
Arg  *tree_arg(Parse *p, Expr *e);
Arg  *tree_list(Arg *list, Expr *e);
Arg  *tree_named(Arg *list, const char *name, Span name_at);
Label *tree_label(Parse *p, const char *name, Span at);
Stmt *tree_stmt(Parse *p, const char *word, Span word_at, Span at, Args args, Label *name);
Stmt *tree_let(Parse *p, Span word_at, Span at, Label *name, Expr *value);
Stmt *tree_broken(Parse *p, Span at);
Body *tree_body(Parse *p, bool shortcut, Stmt *first, Span at);

// ---- parse.c -----------------------------------------------------------------------------------

// Says what is wrong with the token that was given last. `may_end`: the statement could end here.
void parse_unexpected(Parse *p, bool may_end);

// Puts x (which may be NULL) behind the list.
#define TREE_PUT(list, x)                                \
    do {                                                 \
        if (!(x)) break;                                 \
        if ((list).last) (list).last->next = (x);        \
        else (list).first = (x);                         \
        (list).last = (x);                               \
    } while (0)
