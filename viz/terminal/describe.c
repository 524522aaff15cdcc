/* describe.c — short texts about the parts of a model and of its tensors. */
#include "viz/terminal/describe.h"

#include <math.h>

bool was_written(const Experiment *x, const Use *u) {
    return u->at.lo != x->data.at.lo || u == &x->data; // what is inserted stands at the word `data`
}

const char *written_text(Arena *a, const Experiment *x, const Use *u) {
    if (was_written(x, u)) return use_text(a, u);
    const char *text = u->kind->name;
    for (const AttrSpec *s = u->kind->attrs; s && s->name; s++)
        if (s->main && s->def_text) text = arena_print(a, "%s %s", text, s->def_text);
    return text;
}

const char *place_text(Arena *a, Tensor t, int c, int y, int x) {
    if (t.h == 1 && t.w == 1) return arena_print(a, "[%d]", c);
    return arena_print(a, "[%d,%d,%d]", c, y, x);
}

const char *param_place_text(Arena *a, Tensor t, int n, int c, int y, int x) {
    if (t.h > 1 || t.w > 1) return arena_print(a, "[%d,%d,%d,%d]", n, c, y, x);
    return t.c > 1 ? arena_print(a, "[%d,%d]", n, c) : arena_print(a, "[%d]", n);
}

Summary summary_of(Tensor t) {
    Summary s = {.n = t.v ? (size_t)t.n * tensor_image(t) : 0, .least = INFINITY, .most = -INFINITY};
    if (s.n == 0) return (Summary){0};
    for (int n = 0; n < t.n; n++)
    for (int c = 0; c < t.c; c++)
    for (int y = 0; y < t.h; y++)
    for (int x = 0; x < t.w; x++) {
        const double v = (double)*at(t, n, c, y, x);
        s.zeros += v == 0;
        s.mean += v;
        s.norm += v * v;
        if (!(v >= s.least)) s.least = v; // a NaN stays
        if (!(v <= s.most)) s.most = v;
    }
    s.mean /= (double)s.n;
    s.norm = sqrt(s.norm);
    return s;
}
