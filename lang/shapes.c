/* shapes.c — what comes out of a layer; and when it does not fit, the story of how the numbers got
 * their size. */
#include <stdarg.h>
#include <string.h>

#include "lang/check.h"

enum {
    STORY = 10,  // lines of it that are told at most
    COLUMN = 28, // letters of a statement, before the shape that it makes
};

const char *shape_text(Arena *a, Shape s) {
    if (s.h == 1 && s.w == 1) return arena_print(a, "%d", s.c);
    return arena_print(a, "%dx%dx%d", s.h, s.w, s.c);
}

const char *size_text(Arena *a, Shape s) {
    return s.h == 1 && s.w == 1 ? arena_print(a, "%d", s.c)
                                : arena_print(a, "%d×%d×%d", s.h, s.w, s.c);
}

// ---- the story ---------------------------------------------------------------------------------

// The first line of a statement, cut to the column.
static const char *told(Check *c, const Node *n) {
    if (n->inserted) return arena_print(c->arena, "(%s)", n->use.kind->name);
    const char *text = diags_text(c->diags, n->use.whole);
    const size_t len = strcspn(text, "\r\n");
    return arena_text(c->arena, text, len < COLUMN ? len : COLUMN);
}

// "line 5", or "base.cnn, line 5" in a file that is used.
static const char *place(Check *c, Span at) {
    const Source *s = diags_source_of(c->diags, at);
    const int line = diags_line(c->diags, at);
    if (!s || s == c->source) return arena_print(c->arena, "line %d", line);
    return arena_print(c->arena, "%s, line %d", s->name, line);
}

// `width`: of the longest place in the story.
static void tell(Check *c, const Node *n, int width) {
    const char *where = arena_print(c->arena, "%s:", place(c, n->use.whole));
    diag_note(c->diags, "    %-*s %-*s  %-*s%s", width, where, COLUMN, told(c, n),
              *n->note ? 14 : 0, shape_text(c->arena, n->shape), n->note);
}

static int place_width(Check *c, int i) {
    return (int)strlen(place(c, c->node[i].use.whole)) + 1;
}

static bool resizes(const Check *c, const Node *n) {
    const Shape a = n->n_src > 0 ? c->node[n->src[0]].shape : (Shape){0}, b = n->shape;
    return a.c != b.c || a.h != b.h || a.w != b.w;
}

// True if a layer above has made a vector of the image.
static bool is_vector(const Check *c, int i) {
    if (c->node[i].shape.h > 1 || c->node[i].shape.w > 1) return false;
    for (; i > 0; i = c->node[i].src[0])
        if (c->node[i].use.kind->wants_vector) return true;
    return false;
}

void shape_story(Check *c, int i) {
    int steps[STORY], n = 0, width = place_width(c, 0);
    const bool vector = is_vector(c, i);
    for (; i > 0 && n < STORY; i = c->node[i].src[0]) {
        if (!resizes(c, &c->node[i])) continue;
        if (place_width(c, i) > width) width = place_width(c, i);
        steps[n++] = i;
    }
    diag_note(c->diags, "how the %s got this size:", vector ? "vector" : "image");
    tell(c, &c->node[0], width);
    if (i > 0) diag_note(c->diags, "    …");
    while (n > 0) tell(c, &c->node[steps[--n]], width);
    if (!vector) return;
    diag_note(c->diags, "a vector has no height and width: layers for images stand above those "
              "that make a vector");
}

// Several inputs: where each of them comes from.
static void tell_inputs(Check *c, const int *src, int n_src) {
    for (int k = 0; k < n_src; k++) {
        const Node *n = &c->node[src[k]];
        diag_note(c->diags, "input %d, %s: %-*s  %s", k + 1, place(c, n->use.whole), COLUMN,
                  told(c, n), shape_text(c->arena, n->shape));
    }
}

// ---- asking a kind -----------------------------------------------------------------------------

static Span place_of(const Use *use, const char *attr) {
    const AttrSpec *a = use->kind->attrs;
    for (int i = 0; attr && a && a[i].name; i++)
        if (strcmp(a[i].name, attr) == 0 && use->attr_at && use->attr_at[i].hi > 0)
            return use->attr_at[i];
    return use->at;
}

bool infer_error(Infer *q, const char *attr, Code code, const char *fmt, ...) {
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    q->about_shape = message_of(code)->code[0] == 'S';
    return diag_error(q->diags, place_of(q->use, attr), code, "%s", text);
}

bool shape_fits(Check *c, Shape s, const Use *use) {
    const int64_t plane = (int64_t)s.h * s.w;
    if (s.c > 0 && s.h > 0 && s.w > 0 && plane < MAX_ELEMENTS && plane * s.c < MAX_ELEMENTS)
        return true;
    if (s.c <= 0 || s.h <= 0 || s.w <= 0)
        return diag_error(c->diags, use->at, S_SHAPE, "nothing is left of the image here: it would "
                          "have %d x %d points and %d channels", s.h, s.w, s.c);
    return diag_error(c->diags, use->at, S_LARGE, "%dx%dx%d numbers would come out of this for "
                      "every image: %.1f GB, the limit is %.1f GB", s.h, s.w, s.c,
                      4e-9 * (double)plane * s.c, 4e-9 * (double)MAX_ELEMENTS);
}

// The main option that is a window, or -1.
static int main_window(const KindSpec *k) {
    const AttrSpec *a = k->attrs;
    for (int i = 0; a && a[i].name; i++)
        if (a[i].main && (a[i].type == ATTR_SIZE || a[i].type == ATTR_WINDOW)) return i;
    return -1;
}

// For a window that does not fit: the largest square one that would. Tried, not guessed; what the
// kind says while it is tried goes nowhere.
static void propose(Check *c, const Infer *failed) {
    const Use *use = failed->use;
    const int i = main_window(use->kind);
    if (i < 0 || use->attr_at[i].hi == 0) return;
    char *cfg = arena_alloc(c->arena, use->kind->cfg_size);
    memcpy(cfg, use->cfg, use->kind->cfg_size);
    Size *window = (Size *)(cfg + use->kind->attrs[i].at);
    Infer q = *failed;
    q.cfg = cfg;
    q.diags = diags_make(c->arena);
    for (int side = window->h > window->w ? window->h : window->w; side > 1; side--) {
        *window = (Size){side, side};
        if (!use->kind->infer(&q)) continue;
        diag_try(c->diags, use->attr_at[i], "%dx%d", side, side);
        return;
    }
}

bool shape_ask(Check *c, const Use *use, const int *src, int n_src, Shape *dst, const char **note) {
    Shape in[MAX_SRC];
    const KindSpec *kind[MAX_SRC];
    for (int k = 0; k < n_src; k++) {
        in[k] = c->node[src[k]].shape;
        kind[k] = c->node[src[k]].use.kind;
    }
    Infer q = {.cfg = use->cfg, .n_src = n_src, .src = in, .src_kind = kind, .dst = in[0],
               .classes = c->x->classes, .diags = c->diags, .use = use};
    if (use->kind->infer && !use->kind->infer(&q)) {
        if (q.about_shape && n_src == 1) shape_story(c, src[0]);
        if (q.about_shape && n_src > 1) tell_inputs(c, src, n_src);
        if (q.about_shape && n_src == 1) propose(c, &q);
        return false;
    }
    *dst = q.dst;
    *note = arena_text(c->arena, q.note, strnlen(q.note, sizeof q.note));
    return shape_fits(c, q.dst, use);
}
