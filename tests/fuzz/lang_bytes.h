/* lang_bytes.h — what any bytes must be to the language: a graph or messages, never a refusal
 * without a reason. Written neatly, they mean the same, and are neat. */
#pragma once
#include <stdlib.h>
#include <string.h>

#include "lang/format.h"
#include "lang/graph.h"
#include "runtime/vocabulary.h"

static inline void require(bool fact) {
    if (!fact) abort();
}

static inline Experiment *read_bytes(Arena *a, const Vocabulary *words, const char *text,
                                     size_t len) {
    static FILE *nowhere;
    if (!nowhere) nowhere = fopen("/dev/null", "w");
    Diags *d = diags_make(a);
    Experiment *x = experiment_parse(a, d, words, "fuzz.cnn", text, len);
    require(!x == (diags_errors(d) > 0));
    diags_render(d, nowhere);
    return x;
}

static inline void check_neat(Arena *a, const Vocabulary *words, const char *text, size_t len,
                              const Experiment *x) {
    const char *neat = format_text(a, diags_make(a), words, "fuzz.cnn", text, len);
    require(neat || !x);
    if (!neat) return;
    const char *again = format_text(a, diags_make(a), words, "neat.cnn", neat, strlen(neat));
    require(again && strcmp(neat, again) == 0);
    if (!x) return;
    const Experiment *y = read_bytes(a, words, neat, strlen(neat));
    require(y && x->graph.n_nodes == y->graph.n_nodes && x->graph.macs == y->graph.macs
            && x->graph.n_weights == y->graph.n_weights && x->n_actions == y->n_actions);
}

// Ends the program when something is not as it should be.
static inline void lang_bytes(const char *text, size_t len) {
    Vocabulary words = runtime_vocabulary;
    words.probe = NULL; // looks at the disk
    Arena *a = arena_make();
    require(a != NULL);
    check_neat(a, &words, text, len, read_bytes(a, &words, text, len));
    arena_free(a);
}
