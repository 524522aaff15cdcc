/* model.h — a model for a test: one text, read and checked with the runtime's words.
 *
 * Its data set is called `input` and has whatever shape and classes the test wants. */
#pragma once
#include "lang/graph.h"
#include "runtime/vocabulary.h"
#include "tests/unit/test.h"

typedef struct Model {
    Arena *arena;
    Diags *diags;
    const Experiment *x; // NULL: the text has errors
    const Graph *g;
} Model;

static inline void model_words(Arena *a, Vocabulary *v, Shape image, int classes) {
    DataSpec *set = arena_new(a, DataSpec);
    const KindSpec **sets = arena_array(a, const KindSpec *, 2);
    *set = (DataSpec){.kind = {.name = "input", .summary = "test", .example = "data input"},
                      .image = image, .classes = classes};
    sets[0] = &set->kind;
    *v = runtime_vocabulary;
    v->kinds[GROUP_DATA] = sets;
}

// Reads "data input" and, below it, `text`. Errors are left in m.diags.
static inline Model model_try(const char *text, Shape image, int classes) {
    Model m = {.arena = arena_make()};
    Vocabulary *v = arena_new(m.arena, Vocabulary);
    model_words(m.arena, v, image, classes);
    m.diags = diags_make(m.arena);
    const char *whole = arena_print(m.arena, "data input\n%s\n", text);
    m.x = experiment_parse(m.arena, m.diags, v, "test.cnn", whole, strlen(whole));
    m.g = m.x ? &m.x->graph : NULL;
    return m;
}

// The same for a text that must be right.
static inline Model model_make(const char *text, Shape image, int classes) {
    const Model m = model_try(text, image, classes);
    if (!CHECK(m.x != NULL)) {
        printf("this model has errors: %s\n", text);
        diags_render(m.diags, stdout);
    }
    return m;
}

static inline void model_free(Model *m) { arena_free(m->arena); }
