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

// The shape that uses of kinds make of `s`, one after the other; false after a message.
static bool walk(Check *c, const Uses *uses, Shape *s) {
    const int input = 0;
    const Shape seen = c->node[0].shape;
    bool good = true;
    const char *note;
    for (int i = 0; i < uses->n && good; i++) {
        c->node[0].shape = *s; // what the kind is asked about
        good = shape_ask(c, &uses->v[i], &input, 1, s, &note);
    }
    c->node[0].shape = seen;
    return good;
}

static bool same(Shape a, Shape b) { return a.c == b.c && a.h == b.h && a.w == b.w; }

bool augments_fit(Check *c) {
    const Shape want = c->node[0].shape;
    Shape random = c->x->image, got;
    if (c->augments.n == 0) return true;
    if (!walk(c, &c->augments, &random)) return false;
    got = random;
    if (!walk(c, &c->steps, &got)) return false;
    if (same(got, want)) return true;
    const Use *last = &c->augments.v[c->augments.n - 1];
    diag_error(c->diags, last->at, S_SHAPE, "training pictures would become %s, but all others stay "
               "%s", shape_text(c->arena, got), shape_text(c->arena, want));
    diag_label(c->diags, "the size must come out as without random steps");
    if (random.h > want.h || random.w > want.w) return false;
    diag_note(c->diags, "with `crop %dx%d` in preprocess, the middle is cut out of all others",
              random.h, random.w);
    return false;
}
