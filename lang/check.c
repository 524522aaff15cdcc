/* check.c — one statement after the other: finds out what its word is and lets the right function
 * carry it out. */
#include "lang/check.h"

#include <ctype.h>
#include <string.h>

void *grow(Arena *a, void *list, int n, int *room, size_t size) {
    if (n < *room) return list;
    *room = *room ? 2 * *room : 16;
    void *more = arena_alloc(a, size * (size_t)*room);
    if (n > 0) memcpy(more, list, size * (size_t)n);
    return more;
}

Span stmt_whole(const Stmt *s) {
    Span whole = s->word_at;
    if (s->last) whole.hi = s->last->at.hi;
    if (s->name && s->name->at.hi > whole.hi) whole.hi = s->name->at.hi;
    return whole;
}

// ---- lines that could not be read --------------------------------------------------------------

// True if `word` stands in this text, not as a part of another word.
static bool mentions(const char *text, const char *word) {
    const size_t len = strlen(word);
    for (const char *t = strstr(text, word); t; t = strstr(t + 1, word)) {
        const bool begins = t == text || !(isalnum((unsigned char)t[-1]) || t[-1] == '_');
        if (begins && !isalnum((unsigned char)t[len]) && t[len] != '_') return true;
    }
    return false;
}

static bool broken_in(Check *c, const Stmt *first, const char *word) {
    for (const Stmt *s = first; s; s = s->next) {
        if (!s->word && mentions(diags_text(c->diags, s->at), word)) return true;
        for (const Body *b = s->body; b; b = b->next)
            if (broken_in(c, b->first, word)) return true;
    }
    return false;
}

bool was_broken(Check *c, const char *word) {
    return !c->complete || (c->has_broken && broken_in(c, c->program, word));
}

// ---- words that are not known ------------------------------------------------------------------

// A block of that name further down, or NULL.
static const Stmt *later_block(const Check *c, const Stmt *from, const char *word) {
    for (const Stmt *s = c->program; s; s = s->next)
        if (s->word && strcmp(s->word, "block") == 0 && s->at.lo > from->at.lo
            && strcmp(s->name->name, word) == 0) return s;
    return NULL;
}

// A word that belongs somewhere else: `adam` alone, `normalize` among the layers.
static bool misplaced(Check *c, const Stmt *s) {
    Group g;
    const KindSpec *k = word_named(c->words, s->word, &g);
    if (!k) return false;
    const char *place = group_place(g);
    const int before = (int)strcspn(place, "%");
    diag_error(c->diags, s->word_at, W_PLACE, "'%s' is not a layer but a %s", s->word, group_name(g));
    diag_label(c->diags, "write %.*s%s%s", before, place, k->example ? k->example : k->name,
               place + before + 2);
    return true;
}

static void guess_blocks(const Check *c, Guess *g) {
    for (const Name *n = c->names; n; n = n->next)
        if (n->block) guess_offer(g, n->name, NULL);
}

static void unknown(Check *c, const Stmt *s) {
    c->here = LOST;
    c->lost = true;
    if (was_broken(c, s->word) || misplaced(c, s)) return;
    diag_error(c->diags, s->word_at, W_WORD, "there is no layer or statement called '%s'", s->word);
    const Stmt *below = later_block(c, s, s->word);
    if (below) {
        diag_label(c->diags, "a block must stand above its first use");
        diag_note(c->diags, "block '%s' stands in line %d", s->word,
                  diags_line(c->diags, below->at));
        return;
    }
    Guess g = {.word = s->word};
    guess_kinds(&g, words_of(c->words, GROUP_LAYER));
    guess_kinds(&g, words_of(c->words, GROUP_STATEMENT));
    guess_blocks(c, &g);
    if (!g.best) {
        diag_note(c->diags, "`cnnrun help` lists all words");
        return;
    }
    diag_label(c->diags, g.cost == 0 ? "here this is called %s" : "did you mean %s?", g.best);
    diag_try(c->diags, s->word_at, "%s", g.best);
}

// ---- statements --------------------------------------------------------------------------------

bool check_braces(Check *c, const Stmt *s, int least, int most) {
    int n = 0;
    for (const Body *b = s->body; b; b = b->next, n++) {
        if (n < most) continue;
        const Span brace = {b->at.lo, b->at.lo + 1};
        return most == 0 ? diag_error(c->diags, brace, W_BRACES, "%s takes no { … }", s->word)
                         : diag_error(c->diags, brace, W_BRACES, "%s takes %d { … }, this is one more",
                                      s->word, most);
    }
    if (n >= least) return true;
    diag_error(c->diags, s->word_at, W_BRACES, "%s needs %s", s->word,
               least > 1 ? "two or more { … } behind it" : "{ … } behind it");
    return false;
}

static bool statement_stands_well(Check *c, const Stmt *s, const Statement *t) {
    if (!t->inside && c->depth > 1) {
        diag_error(c->diags, s->word_at, W_PLACE, "%s stands outside of all braces", s->word);
        return false;
    }
    if (!check_braces(c, s, t->min_bodies, t->max_bodies)) return false;
    if (!s->name || t->plain || t->named) return true;
    diag_error(c->diags, s->name->at, W_PLACE, "only a layer is given a name with `as`");
    if (t->inside) diag_label(c->diags, "write section %s { … } around it", s->name->name);
    return false;
}

static void statement_written(Check *c, const Stmt *s, const Statement *t) {
    Use use = {0};
    bool good = statement_stands_well(c, s, t);
    if (good && !t->plain) {
        const Span whole = stmt_whole(s);
        good = bind_use(c, &t->spec, s->first, s->word_at, whole, &use);
    }
    if (good) good = t->carry_out(c, s, &use);
    if (good || !t->inside) return;
    c->here = LOST; // what it should have made is not there
    c->lost = true;
}

void check_one(Check *c, const Stmt *s) {
    if (++c->n_steps > MAX_STATEMENTS) {
        c->stopped = true;
        diag_error(c->diags, s->at, S_NODES, "blocks and repeats written out make more than %d "
                   "statements", MAX_STATEMENTS);
        return;
    }
    if (!s->word) {
        c->here = LOST;
        c->lost = true;
        return;
    }
    const KindSpec *kind = kind_named(c->words, GROUP_STATEMENT, s->word);
    const Name *name = kind ? NULL : name_find(c->names, s->word);
    if (kind) statement_written(c, s, (const Statement *)kind);
    else if (name && name->block) block_used(c, s, name);
    else if ((kind = kind_named(c->words, GROUP_LAYER, s->word))) layer_written(c, s, kind);
    else unknown(c, s);
}

void check_body(Check *c, const Stmt *first) {
    const Name *names = c->names, *outer = c->outer_names;
    if (c->depth == MAX_DEPTH) {
        c->stopped = true;
        diag_error(c->diags, first ? first->at : (Span){0}, G_DEPTH, "blocks within blocks go deeper "
                   "than %d", MAX_DEPTH);
        return;
    }
    c->depth++;
    c->outer_names = c->names;
    for (const Stmt *s = first; s && !c->stopped && !diags_full(c->diags); s = s->next)
        check_one(c, s);
    c->depth--;
    c->names = names;
    c->outer_names = outer;
}
