/* tree.c — nodes of the tree, cut from the arena. */
#include "lang/scan.h"

static Span join(Span a, Span b) { return (Span){a.lo, b.hi}; }

// ---- values ------------------------------------------------------------------------------------

Atom *tree_word(Parse *p, const char *word, Span at) {
    Atom *a = arena_new(p->arena, Atom);
    *a = (Atom){.kind = ATOM_WORD, .at = at, .text = word};
    return a;
}

Atom *tree_percent(Atom *number, Span at) {
    number->kind = ATOM_PERCENT;
    number->number /= 100;
    number->at = at;
    return number;
}

Expr *tree_expr(Parse *p, Atom *a) {
    Expr *e = arena_new(p->arena, Expr);
    *e = (Expr){.first = a, .last = a, .at = a->at};
    return e;
}

Expr *tree_product(Expr *e, char op, Atom *a) {
    a->op = op;
    e->last->next = a;
    e->last = a;
    e->at = join(e->at, a->at);
    return e;
}

// ---- values of a statement ---------------------------------------------------------------------

Arg *tree_arg(Parse *p, Expr *e) {
    Arg *a = arena_new(p->arena, Arg);
    *a = (Arg){.first = e, .last = e, .n = 1, .at = e->at};
    return a;
}

Arg *tree_list(Arg *list, Expr *e) {
    list->last->next = e;
    list->last = e;
    list->n++;
    list->at = join(list->at, e->at);
    return list;
}

Arg *tree_named(Arg *list, const char *name, Span name_at) {
    list->name = name;
    list->name_at = name_at;
    list->at = join(name_at, list->at);
    return list;
}

Label *tree_label(Parse *p, const char *name, Span at) {
    Label *l = arena_new(p->arena, Label);
    *l = (Label){.name = name, .at = at};
    return l;
}

// ---- statements --------------------------------------------------------------------------------

Stmt *tree_stmt(Parse *p, const char *word, Span word_at, Span at, Args args, Label *name) {
    Stmt *s = arena_new(p->arena, Stmt);
    *s = (Stmt){.word = word, .word_at = word_at, .at = at, .first = args.first,
                .last = args.last, .name = name};
    if (++p->n_stmts <= MAX_STATEMENTS || p->stopped) return s;
    p->stopped = true;
    diag_error(p->diags, word_at, G_LENGTH, "this file has more than %d statements",
               MAX_STATEMENTS);
    return s;
}

Stmt *tree_let(Parse *p, Span word_at, Span at, Label *name, Expr *value) {
    Args args = {0};
    TREE_PUT(args, tree_arg(p, value));
    return tree_stmt(p, "let", word_at, at, args, name);
}

Stmt *tree_broken(Parse *p, Span at) {
    return tree_stmt(p, NULL, at, at, (Args){0}, NULL);
}

Body *tree_body(Parse *p, bool shortcut, Stmt *first, Span at) {
    Body *b = arena_new(p->arena, Body);
    *b = (Body){.shortcut = shortcut, .first = first, .at = at};
    return b;
}
