/* compare.c — see compare.h.
 *
 *     before          after           difference
 *     the kept map    the map now     after − before, on its own scale
 *
 *     the largest change: its place, after − before = */
#include "viz/view/compare.h"

#include <math.h>

#include "viz/view/pieces/pieces.h"
#include "viz/view/remember.h"

// ---- what has changed ----------------------------------------------------------------------------

// One number of the target, then and now.
typedef struct Change { int channel, pixel; double before, after, by; } Change;

typedef struct Compared {
    const char *why;         // there is nothing to compare; NULL: there is
    Target before, after;
    int64_t changed, n;      // numbers that differ, of so many
    double mean;             // of |after − before|
    Change most;             // the largest of all
    Change shown;            // the one that the level asks for
} Compared;

static Change change_at(const Compared *x, int channel, int pixel) {
    Change c = {channel, pixel, target_value(&x->before, channel, pixel),
                target_value(&x->after, channel, pixel), 0};
    c.by = c.after - c.before;
    return c;
}

// A change to or from NaN or ∞ is larger than any other; what stayed NaN has not changed.
static double size_of(const Change *c) {
    if (isnan(c->before) && isnan(c->after)) return 0;
    if (c->before <= c->after && c->before >= c->after) return 0; // two infinities, too
    return isfinite(c->by) ? fabs(c->by) : INFINITY;
}

static Change largest_of(const Compared *x, int channel) {
    Change most = change_at(x, channel, 0);
    for (int i = 1; i < x->after.pixels; i++) {
        const Change c = change_at(x, channel, i);
        if (size_of(&c) > size_of(&most)) most = c;
    }
    return most;
}

static void measure(Compared *x) {
    double sum = 0;
    x->most = change_at(x, 0, 0);
    for (int channel = 0; channel < x->after.channels; channel++)
        for (int i = 0; i < x->after.pixels; i++) {
            const Change c = change_at(x, channel, i);
            const double size = size_of(&c);
            x->n++, x->changed += size > 0, sum += size;
            if (size > size_of(&x->most)) x->most = c;
        }
    x->mean = x->n > 0 ? sum / (double)x->n : 0;
}

static Compared compared_here(const View *v) {
    Compared x = {.after = walk_here(v)};
    const KeptTensor *k = remember_find(v, &x.after, &x.why);
    if (!k) return x;
    x.before = x.after;
    x.before.v = k->v;
    measure(&x);
    x.shown = v->at.level == LEVEL_STAGE     ? x.most
              : v->at.level == LEVEL_CHANNEL ? largest_of(&x, v->at.channel)
                                             : change_at(&x, v->at.channel, v->at.pixel);
    return x;
}

// ---- words ---------------------------------------------------------------------------------------

// "Conv W[0,0,3,0]" after the update, "∂L/∂bias[2]" on the way back, "y[1,17,14]".
static const char *place_of(Arena *a, const View *v, const Compared *x, const Change *c) {
    const Target *t = &x->after;
    const Spot p = target_spot(t, c->channel, c->pixel);
    char name[80];
    if (!t->param && t->v.h * t->v.w <= 1) return arena_print(a, "%s[%d]", t->name, p.c);
    if (!t->param) return arena_print(a, "%s[%d,%d,%d]", t->name, p.c, p.y, p.x);
    if (v->t.stage[v->at.stage].kind == STAGE_UPDATE) param_words(&v->t, t->k, name, sizeof name);
    else snprintf(name, sizeof name, "∂L/∂%s", t->name);
    print_place(t->rank, p.n, p.c, p.y, p.x, name, sizeof name);
    return arena_print(a, "%s", name);
}

// A difference has its sign.
static const char *change_text(Arena *a, double by, int digits) {
    return arena_print(a, "%s%s", by > 0 ? "+" : "", number_figures(by, digits).s);
}

// "0.512 − (−0.437) ="
static const char *subtraction(Arena *a, const Change *c, int digits) {
    return arena_print(a, c->before < 0 ? "%s − (%s)" : "%s − %s",
                       arena_print(a, "%s", number_figures(c->after, digits).s),
                       arena_print(a, "%s", number_figures(c->before, digits).s));
}

static const char *count_text(Arena *a, const Compared *x) {
    const char *changed = arena_print(a, "%s", number_count(x->changed).s);
    const char *text = arena_print(a, "%s of %s numbers have changed", changed, number_count(x->n).s);
    if (!isfinite(x->mean)) return text;
    return arena_print(a, "%s, by %s on average", text, number_figures(x->mean, 3).s);
}

static bool hidden(const View *v) { return v->predict && !v->revealed; }

static When now_when(const View *v) { return remember_when(view_step(v), v->t.picture[0], v->edits); }
static When kept_when(const View *v) {
    const Remembered *r = &v->remembered;
    return remember_when(r->step, r->image, r->edits);
}

// "channel 2 of 3, row 1, column 4"
static const char *place_words(Arena *a, const Compared *x, const Change *c) {
    const Target *t = &x->after;
    const Spot p = target_spot(t, c->channel, c->pixel);
    char place[80];
    const char *which = arena_print(a, "%s %d of %d", t->unit, c->channel + 1, t->channels);
    if (t->rank == 2) which = arena_print(a, "%s, input %d of %d", which, p.c + 1, t->v.c);
    target_place(t, p, place, sizeof place);
    return *place ? arena_print(a, "%s, %s", which, place) : which;
}

// ---- three maps ----------------------------------------------------------------------------------

enum { WRITTEN_W = 24, WRITTEN_H = 16, COLUMN_W = 160, ROW_H = 44 }; // WRITTEN: the least with a number

// Cells are square, but those with numbers become wider where there is room.
static Rect place_for(Rect room, const Map *m) {
    const Rect fit = map_fit(room, m->rows, m->columns);
    const bool written = fit.w / m->columns >= WRITTEN_W;
    const bool column = m->columns == 1;
    const double w = column ? fmin(room.w, COLUMN_W) : written ? fmin(room.w, 1.3 * fit.w) : fit.w;
    const double h = column ? fmin(room.h, ROW_H * m->rows) : fit.h;
    return (Rect){room.x + (room.w - w) / 2, room.y + (room.h - h) / 2, w, h};
}

// `note` stands beside the scale; NULL: what the scale is measured against.
static void draw_one(Screen *s, Rect r, const char *title, const char *helper, const char *note,
                     const Map *m, const Change *mark) {
    const Power p = power_of(m->max);
    const char *const words = *p.text ? arena_print(s->a, "%s   %s", helper, p.text) : helper;
    Rect in = draw_titled(s, r, title, words);
    draw_legend(s, cut_bottom(&in, LEGEND_H), m, note);
    const Rect place = place_for(in, m);
    const bool written = place.w / m->columns >= WRITTEN_W && place.h / m->rows >= WRITTEN_H;
    if (written) draw_grid(s, place, m, p, SIZE_BODY);
    else draw_map(s, place, m);
    const int cell = m->vector ? mark->channel : mark->pixel;
    draw_mark(s, map_cells(place, m, cell / m->columns, cell % m->columns, 1, 1));
}

static Map difference(Screen *s, const Map *after, const Map *before) {
    Map m = *after;
    const int n = m.rows * m.columns;
    float *v = arena_array(s->a, float, (size_t)n + 1);
    for (int i = 0; i < n; i++) v[i] = after->v[i] - before->v[i];
    m.v = v, m.scale = SCALE_SIGNED;
    m.max = map_size(v, m.done);
    if (hidden(s->v)) m.done = 0;
    return m;
}

static bool is_picture(const Stage *s) {
    return s->kind == STAGE_LOAD || s->kind == STAGE_AUGMENT || s->kind == STAGE_STEP;
}

// Before and after have the same scale.
static void draw_maps(Screen *s, Rect r, const Compared *x) {
    const int target = s->v->at.target, channel = x->shown.channel;
    Map before = map_of_target(s, &x->before, channel, target);
    Map after = map_of_target(s, &x->after, channel, target);
    const Map change = difference(s, &after, &before);
    before.max = after.max = fmax(before.max, after.max);
    before.scale = after.scale = before.scale == SCALE_SIGNED || after.scale == SCALE_SIGNED ? SCALE_SIGNED
                               : is_picture(s->stage) ? SCALE_GRAY : SCALE_UNSIGNED;
    const double w = (r.w - 2 * CARD_GAP) / 3;
    const When kept = kept_when(s->v), now = now_when(s->v);
    draw_one(s, cut_left(&r, w), "Before", arena_print(s->a, "%s", kept.s), NULL, &before, &x->shown);
    draw_one(s, cut_left(&r, w), "After", arena_print(s->a, "%s", now.s), NULL, &after, &x->shown);
    draw_one(s, r, "Difference", "after − before", "", &change, &x->shown);
}

// ---- the number below them -----------------------------------------------------------------------

static void draw_change(Screen *s, Rect r, const Compared *x) {
    const Level level = s->v->at.level;
    const char *title = level == LEVEL_STAGE ? "The largest change"
                        : level == LEVEL_CHANNEL && x->after.pixels > 1 ? "The largest change of this channel"
                                                                        : "This number";
    const TextStyle sum = {.size = SIZE_SUM, .tone = TONE_INK, .tabular = true};
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2, .tabular = true};
    const Change *c = &x->shown;
    const Rect in = draw_titled(s, r, title, place_words(s->a, x, c));
    const char *const by = hidden(s->v) ? "?" : change_text(s->a, c->by, 4);
    const double left = in.x + draw_print(s->d, (Point){in.x, in.y + 24}, sum, "%s:   %s  =",
                                          place_of(s->a, s->v, x, c), subtraction(s->a, c, 4)) + 8;
    draw_result(s, (Point){left, in.y + 25}, SIZE_RESULT, by);
    const char *below = count_text(s->a, x);
    if (x->changed == 0)
        below = "Nothing has changed here. U updates, N takes another picture, E sets a weight.";
    else if (level != LEVEL_STAGE && !hidden(s->v))
        below = arena_print(s->a, "%s; the most: %s by %s", below, place_of(s->a, s->v, x, &x->most),
                            change_text(s->a, x->most.by, 3));
    draw_fitted(s->d, (Rect){in.x, in.y + 44, in.w, 20}, words, below);
}

void compare_draw(Screen *s) {
    enum { CHANGE_H = 120 };
    const Compared x = compared_here(s->v);
    Rect room = s->area;
    if (x.why) {
        const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
        const Rect in = draw_titled(s, room, "Nothing to compare", kept_when(s->v).s);
        draw_prose(s, (Point){in.x, in.y + 30}, in.w, words,
                   arena_print(s->a, "%s  Shift M keeps the state that is seen now.", x.why));
        return;
    }
    const Rect below = cut_bottom(&room, CHANGE_H);
    draw_maps(s, room, &x);
    draw_change(s, below, &x);
}

// ---- as text -------------------------------------------------------------------------------------

static void tell_change(Telling *t, const Compared *x, const char *what, const Change *c) {
    tell(t, "%s: %s, %s: %s = %s\n", what, place_words(t->a, x, c), place_of(t->a, t->v, x, c),
         subtraction(t->a, c, 6), hidden(t->v) ? "?" : change_text(t->a, c->by, 6));
}

void compare_tell(Telling *t) {
    const View *v = t->v;
    const Compared x = compared_here(v);
    if (x.why) {
        tell(t, "nothing to compare: %s\n", x.why);
        return;
    }
    tell(t, "compare before (%s) with after (%s)\n", kept_when(v).s, now_when(v).s);
    tell(t, "%s\n", count_text(t->a, &x));
    tell_change(t, &x, "largest change", &x.most);
    const bool one = v->at.level >= LEVEL_PIXEL || x.after.pixels == 1;
    if (v->at.level == LEVEL_STAGE) return;
    if (!one) tell_change(t, &x, "largest of this channel", &x.shown);
    else tell_change(t, &x, "this number", &x.shown);
}
