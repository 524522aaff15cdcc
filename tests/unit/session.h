/* session.h — a session for a test: a small set of pictures on disk, and a model that reads it. */
#pragma once
#include "runtime/train.h"
#include "runtime/vocabulary.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

enum { SET_PICTURES = 40, SET_SIDE = 8, SET_CLASSES = 3 };

// Training and test pictures alike, gray; those of a class have nothing in common, and there are more
// of the first class than of the others.
static inline void set_put(Folder *f) {
    enum { PIXELS = SET_PICTURES * SET_SIDE * SET_SIDE };
    static uint8_t images[16 + PIXELS] = {0, 0, 8, 3, [7] = SET_PICTURES, [11] = SET_SIDE, [15] = SET_SIDE};
    static uint8_t labels[8 + SET_PICTURES] = {0, 0, 8, 1, [7] = SET_PICTURES};
    const Rng rng = rng_make(5, "test");
    for (size_t i = 0; i < PIXELS; i++) images[16 + i] = (uint8_t)rng_below(rng, i, 256);
    for (int i = 0; i < SET_PICTURES; i++) labels[8 + i] = (uint8_t)(i % 7 % SET_CLASSES);
    folder_put(f, "train-images-idx3-ubyte", images, sizeof images);
    folder_put(f, "train-labels-idx1-ubyte", labels, sizeof labels);
    folder_put(f, "t10k-images-idx3-ubyte", images, sizeof images);
    folder_put(f, "t10k-labels-idx1-ubyte", labels, sizeof labels);
}

typedef struct Case { Arena *arena; Session s; bool open; } Case;

// A session for the set in f and the lines of a model behind its `data` line.
static inline Case case_make(const Folder *f, const char *model, RunOptions o) {
    Case c = {.arena = arena_make()};
    Diags *diags = diags_make(c.arena);
    Error e = {{0}};
    const char *text = arena_print(c.arena, "data \"%s\" classes=3\n%s\n", f->path, model);
    const Experiment *x =
        experiment_parse(c.arena, diags, &runtime_vocabulary, "test.cnn", text, strlen(text));
    if (!CHECK(x != NULL)) diags_render(diags, stdout);
    else c.open = CHECK(session_open(&c.s, x, &o, true, &e));
    if (x && !c.open) printf("%s\n", e.text);
    return c;
}

static inline void case_close(Case *c) {
    if (c->open) session_close(&c->s);
    arena_free(c->arena);
}
