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

bool is_missing(Check *c, const char *statement) {
    for (const Stmt *s = c->program; s; s = s->next)
        if (s->word && strcmp(s->word, statement) == 0) return false;
    for (int i = 0; i < c->n_meant; i++)
        if (strcmp(c->meant[i], statement) == 0) return false;
    return !was_broken(c, statement);
}

bool is_cut_short(const Check *c) { return c->now && c->now->next && !c->now->next->word; }

// ---- words that are not known ------------------------------------------------------------------

void say_guess(Check *c, Span at, const Guess *g) {
    if (!g->best) return;
    diag_label(c->diags, g->cost == 0 ? "here this is called %s" : "did you mean %s?", g->best);
    diag_try(c->diags, at, "%s", g->best);
    if (c->n_meant < MAX_ERRORS) c->meant[c->n_meant++] = g->best;
}

// A block of that name, wherever it stands; or NULL.
static const Stmt *block_anywhere(const Check *c, const char *word) {
    for (const Stmt *s = c->program; s; s = s->next)
        if (s->word && strcmp(s->word, "block") == 0 && strcmp(s->name->name, word) == 0) return s;
    return NULL;
}

// A block that is used too early, or by itself; `shortcut` without its residual.
static bool unseen(Check *c, const Stmt *s) {
    const Stmt *block = block_anywhere(c, s->word);
    if (strcmp(s->word, "shortcut") == 0) {
        diag_error(c->diags, s->word_at, W_PLACE, "shortcut is the second path of a residual");
        diag_label(c->diags, "write residual { … } shortcut { … }");
        return true;
    }
    if (!block) return false;
    if (block->at.lo < s->at.lo && s->at.hi < block->at.hi) {
        diag_error(c->diags, s->word_at, W_PLACE, "a block cannot use itself");
        diag_label(c->diags, "it would never end; repeat 3 { … } does the same several times");
        return true;
    }
    diag_error(c->diags, s->word_at, W_PLACE, "block '%s' is used above the line that defines it",
               s->word);
    diag_label(c->diags, "move line %d up", diags_line(c->diags, block->at));
    return true;
}

// A word that belongs somewhere else: `adam` alone, `normalize` among the layers.
static bool misplaced(Check *c, const Stmt *s) {
    Group g;
    const KindSpec *k = word_named(c->words, s->word, &g);
    if (!k) return false;
    const char *place = group_place(g);
    const int before = (int)strcspn(place, "%");
    diag_error(c->diags, s->word_at, W_PLACE, "'%s' is not a layer but %s %s", s->word,
               strchr("aeiou", group_name(g)[0]) ? "an" : "a", group_name(g));
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
    if (was_broken(c, s->word) || unseen(c, s) || misplaced(c, s)) return;
    diag_error(c->diags, s->word_at, W_WORD, "there is no layer or statement called '%s'", s->word);
    Guess g = {.word = s->word};
    guess_kinds(&g, words_of(c->words, GROUP_LAYER));
    guess_kinds(&g, words_of(c->words, GROUP_STATEMENT));
    guess_blocks(c, &g);
    say_guess(c, s->word_at, &g);
    if (!g.best) diag_note(c->diags, "`cnnrun help` lists all words");
}

// ---- statements --------------------------------------------------------------------------------

bool check_braces(Check *c, const Stmt *s, int least, int most) {
    int n = 0;
    for (const Body *b = s->body; b; b = b->next, n++) {
        if (n < most) continue;
        const Span brace = {b->at.lo, b->at.lo + 1};
        if (most > 0)
            return diag_error(c->diags, brace, W_BRACES, "%s takes %d { … }, this is one more",
                              s->word, most);
        diag_error(c->diags, brace, W_BRACES, "%s takes no { … }", s->word);
        diag_label(c->diags, "take the braces away: what follows stands behind a ; or below");
        return false;
    }
    if (n >= least) return true;
    if (is_cut_short(c)) return false;
    diag_error(c->diags, s->word_at, W_BRACES, "%s needs %s", s->word,
               least > 1 ? "two or more { … } behind it" : "{ … } behind it");
    const KindSpec *kind = kind_named(c->words, GROUP_STATEMENT, s->word);
    if (kind) diag_label(c->diags, "written like this: %s", kind->example);
    return false;
}

static bool statement_stands_well(Check *c, const Stmt *s, const Statement *t) {
    if (!t->inside && c->depth > 1) {
        diag_error(c->diags, s->word_at, W_PLACE, "%s stands outside of all braces", s->word);
        diag_label(c->diags, "write it on a line of its own, below the last }");
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

bool step_counted(Check *c, const Stmt *s) {
    if (c->stopped || ++c->n_steps <= MAX_STATEMENTS) return !c->stopped;
    c->stopped = true;
    return diag_error(c->diags, s->word_at, S_NODES, "blocks and repeats written out make more "
                      "than %d statements", MAX_STATEMENTS);
}

void check_one(Check *c, const Stmt *s) {
    c->now = s;
    if (!step_counted(c, s)) return;
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
        diag_error(c->diags, first ? first->at : c->now->at, G_DEPTH,
                   "blocks within blocks go deeper than %d", MAX_DEPTH);
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
