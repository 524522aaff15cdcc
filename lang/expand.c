/* expand.c — layers made of layers: own names and blocks, repetition, paths that are joined. */
#include <string.h>

#include "lang/check.h"

// ---- let and block -----------------------------------------------------------------------------

bool let_defined(Check *c, const Stmt *s, const Use *use) {
    (void)use;
    const Value v = value_of(c, s->first->first);
    if (v.kind == VALUE_BAD) return false;
    if (v.kind == VALUE_NUMBER || v.kind == VALUE_SIZE)
        return name_give(c, s->name, (Name){.value = v});
    if (v.kind == VALUE_WORD && was_broken(c, v.text)) return false;
    diag_error(c->diags, v.at, W_TYPE, "let names a number or a size, not %s",
               diags_text(c->diags, v.at));
    diag_label(c->diags, "as in let k = 5, or let k = 5x5");
    return false;
}

bool block_defined(Check *c, const Stmt *s, const Use *use) {
    (void)use;
    int n = 0;
    for (const Label *p = s->param; p; p = p->next) {
        if (++n > MAX_ATTRS)
            return diag_error(c->diags, p->at, W_MANY, "a block takes at most %d values",
                              MAX_ATTRS);
        if (is_reserved(c->words, p->name))
            return diag_error(c->diags, p->at, N_WORD, "'%s' is a word of the language", p->name);
        for (const Label *q = s->param; q != p; q = q->next)
            if (strcmp(q->name, p->name) == 0)
                return diag_error(c->diags, p->at, N_TWICE, "two values of this block are called "
                                  "'%s'", p->name);
    }
    return name_give(c, s->name, (Name){.block = s, .seen = c->names});
}

// The values of one use of a block, as names its body can see. False after a message.
static bool take_values(Check *c, const Stmt *s, const Stmt *block) {
    int n = 0, wanted = 0;
    Span head = {block->word_at.lo, block->name->at.hi}; // block NAME VALUES
    for (const Label *p = block->param; p; p = p->next) wanted++, head.hi = p->at.hi;
    const Label *p = block->param;
    for (const Arg *a = s->first; a; a = a->next, n++, p = p ? p->next : NULL) {
        if (a->name || a->n > 1)
            return diag_error(c->diags, a->at, W_OPTION, "the values of a block stand without "
                              "names and commas");
        const Value v = value_of(c, a->first);
        if (v.kind == VALUE_BAD) return false;
        if (v.kind != VALUE_NUMBER && v.kind != VALUE_SIZE)
            return diag_error(c->diags, v.at, W_TYPE, "a block takes numbers and sizes, not %s",
                              diags_text(c->diags, v.at));
        if (p) name_push(c, p->name, a->at, v);
    }
    if (n == wanted) return true;
    diag_error(c->diags, s->word_at, W_VALUES, "block '%s' takes %d value%s, %d %s given", s->word,
               wanted, wanted == 1 ? "" : "s", n, n == 1 ? "is" : "are");
    diag_label(c->diags, n < wanted ? "write a value for each name behind it"
                                    : "take what is too much away");
    diag_note(c->diags, "line %d: %s", diags_line(c->diags, head), diags_text(c->diags, head));
    return false;
}

void block_used(Check *c, const Stmt *s, const Name *block) {
    const Name *names = c->names;
    const int repeated = c->repeated, given = names ? names->count : 0;
    bool good = check_braces(c, s, 0, 0);
    if (s->name) {
        good = diag_error(c->diags, s->name->at, W_PLACE, "only a layer is given a name with `as`");
        diag_label(c->diags, "write section %s { … } around it", s->name->name);
    }
    if (good) good = take_values(c, s, block->block);
    if (good) {
        // The values were worked out here, where the block is used; its body sees them together
        // with what stood above the block.
        const Name *value = c->names;
        c->names = block->seen;
        for (; value && value->count > given; value = value->next)
            name_push(c, value->name, value->at, value->value);
        diags_inside(c->diags, s->word, s->word_at);
        c->repeated = c->section;
        check_body(c, block->block->body->first);
        diags_outside(c->diags);
    } else {
        c->here = LOST;
        c->lost = true;
    }
    c->names = names;
    c->repeated = repeated;
}

// ---- repeat and section ------------------------------------------------------------------------

bool do_repeat(Check *c, const Stmt *s, const Use *use) {
    const int repeated = c->repeated, errors = diags_errors(c->diags);
    c->repeated = c->section;
    for (int i = 0; i < ((const RepeatOptions *)use->cfg)->n && step_counted(c, s); i++) {
        check_body(c, s->body->first);
        if (diags_errors(c->diags) > errors) break; // the next round would say the same
    }
    c->repeated = repeated;
    return true;
}

bool do_section(Check *c, const Stmt *s, const Use *use) {
    const Names *names = &((const NameOptions *)use->cfg)->names;
    int outer;
    if (names->n > 1)
        return diag_error(c->diags, names->at[1], W_MANY, "a section has one name");
    const char *name = names->n == 1 ? names->name[0] : NULL;
    if (name && (name[strcspn(name, ".")] || (name[0] >= '0' && name[0] <= '9')))
        return diag_error(c->diags, names->at[0], N_FORM, "the name of a section begins with a "
                          "letter and contains no dot");
    if (!section_open(c, name, name ? names->at[0] : s->word_at, &outer)) return false;
    check_body(c, s->body->first);
    section_close(c, outer);
    return true;
}

// ---- paths -------------------------------------------------------------------------------------

// Where a path that starts at `from` ends; LOST if it cannot be told.
static int path(Check *c, const Body *body, int from) {
    c->here = from;
    check_body(c, body->first);
    return c->here;
}

bool do_residual(Check *c, const Stmt *s, const Use *use) {
    (void)use;
    if (!network_start(c, s->word_at)) return false;
    const int from = c->here;
    int end[2] = {LOST, from};
    const Body *shortcut = s->body->next;
    if (shortcut && !shortcut->shortcut) {
        diag_error(c->diags, (Span){shortcut->at.lo, shortcut->at.lo + 1}, W_BRACES,
                   "the second path of residual is written shortcut { … }");
        diag_label(c->diags, "write the word shortcut in front of this {");
        return false;
    }
    end[0] = path(c, s->body, from);
    if (shortcut) end[1] = path(c, shortcut, from);
    c->here = LOST;
    if (end[0] == LOST || end[1] == LOST) return false;
    if (end[0] == from) {
        diag_error(c->diags, s->body->at, S_EMPTY, "this path has no layers");
        diag_label(c->diags, "write some, as in %s",
                   kind_named(c->words, GROUP_STATEMENT, s->word)->example);
        return false;
    }
    if (join_make(c, "add", s->word_at, stmt_whole(s), end, 2) != LOST) return true;
    diag_note(c->diags, "pad=same keeps height and width; shortcut { … } behind the } changes the "
              "other path");
    return false;
}

bool do_parallel(Check *c, const Stmt *s, const Use *use) {
    (void)use;
    if (!network_start(c, s->word_at)) return false;
    const int from = c->here;
    int end[MAX_SRC], n = 0;
    bool good = from != LOST;
    for (const Body *b = s->body; b; b = b->next) {
        if (b->shortcut)
            return diag_error(c->diags, b->at, W_BRACES, "shortcut belongs to residual");
        end[n] = path(c, b, from);
        good &= end[n++] != LOST;
    }
    c->here = LOST;
    return good && join_make(c, "concat", s->word_at, stmt_whole(s), end, n) != LOST;
}
