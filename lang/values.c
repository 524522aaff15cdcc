/* values.c — what a value is: numbers, sizes, products of them, and names given with let or to a
 * block. */
#include <math.h>
#include <string.h>

#include "lang/check.h"

enum { MAX_NAMES = 256 }; // let and block: a look-up walks along all of them

static Value bad(Span at) { return (Value){.kind = VALUE_BAD, .at = at}; }

// ---- names -------------------------------------------------------------------------------------

const Name *name_find(const Name *names, const char *name) {
    for (; names; names = names->next)
        if (strcmp(names->name, name) == 0) return names;
    return NULL;
}

static void push(Check *c, Name what) {
    Name *n = arena_new(c->arena, Name);
    *n = what;
    n->next = c->names;
    n->count = (c->names ? c->names->count : 0) + 1;
    c->names = n;
}

void name_push(Check *c, const char *name, Span at, Value value) {
    push(c, (Name){.name = name, .at = at, .value = value});
}

// True if the name was given within the innermost braces.
static const Name *given_here(const Check *c, const char *name) {
    for (const Name *n = c->names; n != c->outer_names; n = n->next)
        if (strcmp(n->name, name) == 0) return n;
    return NULL;
}

bool name_give(Check *c, const Label *label, Name what) {
    const char *name = label->name;
    if (strchr(name, '.'))
        return diag_error(c->diags, label->at, N_FORM, "a name cannot contain a dot");
    if (is_reserved(c->words, name)) {
        diag_error(c->diags, label->at, N_WORD, "'%s' is a word of the language", name);
        diag_label(c->diags, "choose another name");
        return false;
    }
    const Name *before = given_here(c, name);
    if (before)
        return diag_error(c->diags, label->at, N_TWICE, "'%s' has already been given a meaning, "
                          "in line %d", name, diags_line(c->diags, before->at));
    if (c->names && c->names->count >= MAX_NAMES) {
        c->stopped = true;
        return diag_error(c->diags, label->at, N_TWICE, "a file can give at most %d names with "
                          "let and block", MAX_NAMES);
    }
    what.name = name;
    what.at = label->at;
    push(c, what);
    return true;
}

// ---- expressions -------------------------------------------------------------------------------

static Value classes(Check *c, Span at) {
    if (!data_known(c, at)) return bad(at);
    return (Value){.kind = VALUE_NUMBER, .at = at, .number = c->x->classes};
}

static Value word(Check *c, const Atom *a) {
    const Name *name = name_find(c->names, a->text);
    if (strcmp(a->text, "classes") == 0) return classes(c, a->at);
    if (!name) return (Value){.kind = VALUE_WORD, .at = a->at, .text = a->text};
    if (name->block) {
        diag_error(c->diags, a->at, W_TYPE, "'%s' is a block, not a value", a->text);
        return bad(a->at);
    }
    Value v = name->value;
    v.at = a->at;
    return v;
}

static Value atom(Check *c, const Atom *a) {
    switch (a->kind) {
    case ATOM_NUMBER:
    case ATOM_PERCENT: return (Value){.kind = VALUE_NUMBER, .at = a->at, .number = a->number};
    case ATOM_TEXT:    return (Value){.kind = VALUE_TEXT, .at = a->at, .text = a->text};
    case ATOM_WORD:    return word(c, a);
    case ATOM_SIZE:    break;
    }
    if (a->n_sides > 2) {
        diag_error(c->diags, a->at, W_TYPE, "a size has two sides: height and width");
        diag_label(c->diags, "write %dx%d", a->side[0], a->side[1]);
        return bad(a->at);
    }
    return (Value){.kind = VALUE_SIZE, .at = a->at, .size = {a->side[0], a->side[1]}};
}

static bool is_number(Check *c, Value v) {
    if (v.kind == VALUE_NUMBER || v.kind == VALUE_BAD) return v.kind == VALUE_NUMBER;
    if (v.kind == VALUE_WORD && was_broken(c, v.text)) return false;
    return diag_error(c->diags, v.at, W_TYPE, "only numbers can be multiplied and divided, '%s' is "
                      "none", diags_text(c->diags, v.at));
}

Value value_of(Check *c, const Expr *e) {
    Value v = atom(c, e->first);
    if (!e->first->next) return v;
    bool good = is_number(c, v);
    for (const Atom *a = e->first->next; a && good; a = a->next) {
        const Value factor = atom(c, a);
        good = is_number(c, factor);
        if (!good) break;
        if (a->op == '/' && factor.number == 0)
            good = diag_error(c->diags, a->at, W_RANGE, "numbers cannot be divided by 0");
        else v.number = a->op == '*' ? v.number * factor.number : v.number / factor.number;
    }
    if (!good) return bad(e->at);
    v.at = e->at;
    if (isfinite(v.number)) return v;
    diag_error(c->diags, e->at, W_RANGE, "this product is too large");
    return bad(e->at);
}
