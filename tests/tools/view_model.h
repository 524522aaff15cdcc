/* view_model.h — the viewer of a model, opened without a window, for the tests of the viewer. */
#pragma once
#include <stdlib.h>

#include "runtime/vocabulary.h"
#include "tests/tools/look.h"
#include "viz/view/keys.h"
#include "viz/view/view.h"

typedef struct Opened { Arena *a; Session s; View *v; } Opened;

static inline bool open_model(Opened *o, const char *path, int image) {
    static const ViewOptions options = {.w = SLIDE_W, .h = SLIDE_H};
    Error e = {0};
    ViewOptions view = options;
    view.image = image;
    *o = (Opened){.a = arena_make(), .v = calloc(1, sizeof(View))};
    const Experiment *x = experiment_load(o->a, diags_make(o->a), &runtime_vocabulary, path);
    const RunOptions run = {.limit = 200, .threads = 1};
    if (!CHECK(x != NULL)) return false;
    bool fine = session_open(&o->s, x, &run, true, &e);
    if (fine && !(fine = view_open(o->v, &o->s, &view, &e))) session_close(&o->s);
    if (!CHECK(fine)) puts(e.text);
    return fine;
}

static inline void close_model(Opened *o) {
    view_close(o->v);
    session_close(&o->s);
    arena_free(o->a);
    free(o->v);
}

static inline void press(View *v, uint32_t key) {
    view_event(v, &(Event){.kind = EVENT_KEY, .key = key & ~(uint32_t)CTRL, .ctrl = key & CTRL});
}
