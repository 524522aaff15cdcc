/* input.c — from the pictures to the first node: the steps of preprocess, one after the other. */
#include <string.h>

#include "lang/check.h"

// Pixels arrive as 0 … 255. Unless the file says otherwise they are brought to 0 … 1 first, by a
// step that is then seen everywhere, as if it had been written.
static const char always_first[] = "rescale";

static bool written(const Check *c) {
    for (int i = 0; i < c->steps.n; i++)
        if (strcmp(c->steps.v[i].kind->name, always_first) == 0) return true;
    return false;
}

static bool insert_first(Check *c) {
    const KindSpec *kind = kind_named(c->words, GROUP_STEP, always_first);
    Use use;
    if (!kind || written(c)) return true;
    if (!bind_defaults(c, kind, c->x->data.at, &use)) return false;
    Uses *s = &c->steps;
    s->v = grow(c->arena, s->v, s->n, &s->room, sizeof *s->v);
    memmove(s->v + 1, s->v, sizeof *s->v * (size_t)s->n++);
    s->v[0] = use;
    return true;
}

bool network_start(Check *c, Span at) {
    if (c->n_nodes > 0) return true;
    if (!data_known(c, at) || c->bad_steps || !insert_first(c)) {
        c->lost = true;
        return false;
    }
    const Use use = {.kind = &input_kind, .at = c->x->data.at, .whole = c->x->data.whole};
    c->node = grow(c->arena, c->node, 0, &c->room_nodes, sizeof *c->node);
    c->node[0] = (Node){.name = input_kind.name, .use = use, .shape = c->x->image, .note = ""};
    c->n_nodes = 1;
    const int input = 0;
    const char *note;
    bool good = shape_fits(c, c->x->image, &use);
    for (int i = 0; i < c->steps.n && good; i++)
        good = shape_ask(c, &c->steps.v[i], &input, 1, &c->node[0].shape, &note);
    c->lost |= !good;
    c->here = c->lost ? LOST : 0;
    return true;
}

bool augments_fit(Check *c) {
    const int input = 0;
    for (int i = 0; i < c->augments.n; i++) {
        const Use *use = &c->augments.v[i];
        const Shape want = c->node[0].shape;
        Shape got;
        const char *note;
        if (!shape_ask(c, use, &input, 1, &got, &note)) return false;
        if (got.c != want.c || got.h != want.h || got.w != want.w)
            return diag_error(c->diags, use->at, S_SHAPE, "training pictures would become %s, but "
                              "the network was made for %s", shape_text(c->arena, got),
                              shape_text(c->arena, want));
    }
    return true;
}
