/* tries.h — does a proposal help? What stands behind `= try:` is put into the text, which is read
 * again: that message must be gone. */
#pragma once
#include <stdlib.h>

#include "lang/graph.h"
#include "tests/unit/test.h"

// The text with the proposal carried out; NULL if it concerns another file.
static inline char *try_apply(Arena *a, const Diags *d, const Diag *m, const char *text,
                              size_t len, size_t *new_len) {
    const Source *s = diags_source_of(d, m->try_at);
    if (!s || s->len > len || memcmp(s->text, text + (len - s->len), s->len) != 0) return NULL;
    const size_t skipped = len - s->len; // the mark of UTF-8
    const size_t lo = skipped + m->try_at.lo - s->base, hi = skipped + m->try_at.hi - s->base;
    const size_t more = strlen(m->try_text);
    char *new = arena_alloc(a, lo + more + (len - hi) + 1);
    memcpy(new, text, lo);
    memcpy(new + lo, m->try_text, more);
    memcpy(new + lo + more, text + hi, len - hi);
    *new_len = lo + more + (len - hi);
    return new;
}

static inline bool try_helps(Arena *a, const Diag *m, const Vocabulary *words, const char *path,
                             const char *text, size_t len) {
    Diags *d = diags_make(a);
    experiment_parse(a, d, words, path, text, len);
    for (int i = 0; i < diags_count(d); i++) {
        const Diag *k = diags_get(d, i);
        const bool there = k->code == m->code && k->at.lo == m->at.lo;
        if (there && strcmp(k->text, m->text) == 0) return false;
    }
    return true;
}

// Tries every proposal among the messages about this text. Returns how many there were.
static inline int tries_check(Arena *a, Diags *d, const Vocabulary *words, const char *path,
                              const char *text, size_t len) {
    int n = 0;
    for (int i = 0; i < diags_count(d); i++) {
        const Diag *m = diags_get(d, i);
        size_t new_len;
        char *new = m->try_text ? try_apply(a, d, m, text, len, &new_len) : NULL;
        if (!new) continue;
        n++;
        if (!CHECK(try_helps(a, m, words, path, new, new_len)))
            printf("%s: '%s' does not help: %s\n%s\n", path, m->try_text, m->text, text);
    }
    return n;
}
