/* any_augment.c — a random image step: the picture before and after, and the numbers drawn.
 *
 * Where a step moves, turns or stretches the picture, a frame on the picture before shows what becomes
 * the picture after; its thick edge is the upper one. */
#include <math.h>
#include <string.h>

#include "runtime/augments/augment.h"
#include "viz/view/panels/steps.h"

// Where pixels come from; false if the step changes numbers at their places.
static bool map_back(const Screen *s, Affine *m) {
    const AugmentKind *kind = (const AugmentKind *)s->stage->use->kind;
    const Tensor src = step_src(s), dst = step_dst(s);
    double drawn[MAX_DRAWN] = {0};
    if (!kind->place) return false;
    const int n = trace_drawn(&s->v->t, s->v->at.stage, -1, NULL, NULL);
    for (int i = 0; i < n && i < MAX_DRAWN; i++) trace_drawn(&s->v->t, s->v->at.stage, i, NULL, &drawn[i]);
    *m = kind->place(s->stage->use->cfg, (Shape){src.c, src.h, src.w}, (Shape){dst.c, dst.h, dst.w}, drawn);
    return true;
}

// ---- the pictures ------------------------------------------------------------------------------------

typedef struct Shown { Rect room, place; double w, h; } Shown; // a picture, and the size of its pixels

// Where a picture is moved, there is room around both for what lies beyond their edges.
static Shown draw_picture(Screen *s, Rect r, const char *title, Tensor v, int target, bool moves) {
    const Rect in = draw_titled(s, r, title, step_words(s, v));
    const Map m = step_map(s, v, target);
    const Rect place = map_fit(rect_inset(in, moves ? 0.09 * fmin(in.w, in.h) : 0), m.rows, m.columns);
    draw_map(s, place, &m);
    return (Shown){in, place, place.w / v.w, place.h / v.h};
}

// The point of the picture before that is seen at (y, x) of the one after; whole numbers are middles.
static Point seen_at(const Shown *p, const Affine *m, double y, double x) {
    return (Point){p->place.x + (m->xy * y + m->xx * x + m->x0 + 0.5) * p->w,
                   p->place.y + (m->yy * y + m->yx * x + m->y0 + 0.5) * p->h};
}

static void draw_frame(Screen *s, const Shown *p, const Affine *m, Tensor dst) {
    const double b = dst.h - 0.5, r = dst.w - 0.5;
    const Point corner[] = {seen_at(p, m, -0.5, -0.5), seen_at(p, m, -0.5, r), seen_at(p, m, b, r),
                            seen_at(p, m, b, -0.5), seen_at(p, m, -0.5, -0.5)};
    const ShapeStyle ink = {.line = TONE_ON_FOCUS, .width = 5}, yellow = {.line = TONE_FOCUS, .width = 3};
    draw_clip(s->d, rect_inset(p->room, -8));
    draw_path(s->d, corner, 5, ink);
    draw_line(s->d, corner[0], corner[1], (ShapeStyle){.line = TONE_ON_FOCUS, .width = 9});
    draw_path(s->d, corner, 5, yellow);
    draw_line(s->d, corner[0], corner[1], (ShapeStyle){.line = TONE_FOCUS, .width = 6});
    draw_unclip(s->d);
}

// ---- the numbers drawn -------------------------------------------------------------------------------

// "mirrored?" is answered by yes or no.
static const char *drawn_text(Screen *s, const char *name, double value) {
    if (*name && name[strlen(name) - 1] == '?') return value != 0 ? "yes" : "no";
    return value == round(value) ? arena_print(s->a, "%s", number_fixed(value, 0).s) : figures(s, value, 4);
}

static bool is_kind(const Screen *s, const char *name) { return strcmp(stage_of_name(s->stage), name) == 0; }

// The square that cutout hides, in a frame: its side is what the model says.
static void draw_hidden(Screen *s, const Shown *p, Tensor src) {
    double top = 0, left = 0;
    if (!is_kind(s, "cutout")) return;
    trace_drawn(&s->v->t, s->v->at.stage, 0, NULL, &top);
    trace_drawn(&s->v->t, s->v->at.stage, 1, NULL, &left);
    const AttrSpec *side = &s->stage->use->kind->attrs[0];
    const int n = *(const int *)((const char *)s->stage->use->cfg + side->at);
    const double y0 = fmax(0, top), x0 = fmax(0, left);
    const double y1 = fmin(src.h, top + n), x1 = fmin(src.w, left + n);
    draw_marker(s->d, (Rect){p->place.x + x0 * p->w, p->place.y + y0 * p->h, (x1 - x0) * p->w,
                             (y1 - y0) * p->h});
}

static double draw_drawn(Screen *s, Rect in) {
    const int n = trace_drawn(&s->v->t, s->v->at.stage, -1, NULL, NULL);
    int i = 0;
    for (; i < n && 40 * (i + 1) <= in.h; i++) {
        const char *name = "";
        double value = 0;
        trace_drawn(&s->v->t, s->v->at.stage, i, &name, &value);
        draw_fact(s, (Rect){in.x, in.y + 40 * i, in.w, 32}, name, drawn_text(s, name, value));
    }
    return 40 * i;
}

static void draw_words(Screen *s, Rect r, bool moves) {
    const Rect in = draw_titled(s, r, "Drawn by lot", "for this picture");
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    double y = in.y + draw_drawn(s, in) + 32;
    if (moves)
        y += 16 + draw_prose(s, (Point){in.x, y}, in.w, words,
                             "The frame shows what is seen afterwards; its thick edge comes to the top.");
    if (y + 120 < in.y + in.h)
        draw_prose(s, (Point){in.x, y}, in.w, words,
                   "The same seed draws the same numbers again. At the test nothing is drawn.");
}

// ---- together ----------------------------------------------------------------------------------------

static void draw_stage(Screen *s) {
    Rect room = s->area;
    Affine m;
    if (!step_src(s).v || !step_dst(s).v) return;
    const double side = fmin(0.36 * room.w, room.h);
    const bool moves = map_back(s, &m);
    const Shown before = draw_picture(s, cut_left(&room, side), "Before", step_src(s), -1, moves);
    draw_picture(s, cut_right(&room, side), "After", step_dst(s), 0, moves);
    if (moves) draw_frame(s, &before, &m, step_dst(s));
    draw_hidden(s, &before, step_src(s));
    draw_words(s, room, moves);
}

// A place between two pixels has a decimal.
static const char *place_text(Screen *s, double v) {
    const double whole = round(v);
    return arena_print(s->a, "%s", number_fixed(v, fabs(v - whole) < 0.05 ? 0 : 1).s);
}

// What becomes of one number: where it is multiplied, by what.
static const char *value_text(Screen *s, double v) {
    double factor = 1;
    if (!is_kind(s, "brightness")) return arena_print(s->a, "%s  becomes", figures(s, v, 4));
    trace_drawn(&s->v->t, s->v->at.stage, 0, NULL, &factor);
    return arena_print(s->a, "%s · %s, within 0 … 255  =", figures(s, factor, 4), figures(s, v, 4));
}

static void draw_pixel(Screen *s) {
    Rect room = s->area;
    Affine m;
    const Tensor src = step_src(s), dst = step_dst(s);
    if (!src.v || !dst.v) return;
    const Rect card = cut_bottom(&room, 92);
    const double side = fmin(0.36 * room.w, room.h);
    const bool moves = map_back(s, &m);
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Shown before = draw_picture(s, cut_left(&room, side), "Before", src, -1, moves);
    const Shown after = draw_picture(s, cut_right(&room, side), "After", dst, 0, moves);
    const double y = moves ? m.yy * p.y + m.yx * p.x + m.y0 : p.y, x = moves ? m.xy * p.y + m.xx * p.x + m.x0
        : p.x;
    const Rect from = {before.place.x + x * before.w, before.place.y + y * before.h, before.w, before.h};
    const Rect to = {after.place.x + p.x * after.w, after.place.y + p.y * after.h, after.w, after.h};
    if (moves) draw_frame(s, &before, &m, dst);
    draw_hidden(s, &before, src);
    const bool inside = y >= 0 && x >= 0 && y <= src.h - 1 && x <= src.w - 1;
    if (inside) draw_mark(s, from);
    draw_mark(s, to);
    draw_words(s, room, moves);
    const char *what = moves ? arena_print(s->a, "seen at row %s, column %s of the picture before:",
                                           place_text(s, y), place_text(s, x))
                             : value_text(s, (double)*at(src, 0, p.c, p.y, p.x));
    draw_sentence(s, card, what, figures(s, target_value(&s->here, s->v->at.channel, s->v->at.pixel), 4),
                  inside ? "" : "outside of the picture");
}

static void tell_drawn(Telling *t) {
    const int n = trace_drawn(&t->v->t, t->v->at.stage, -1, NULL, NULL);
    for (int i = 0; i < n; i++) {
        const char *name = "";
        double value = 0;
        trace_drawn(&t->v->t, t->v->at.stage, i, &name, &value);
        tell(t, "%s = %s\n", name, number_figures(value, 6).s);
    }
    tell_answer(t);
}

const Panel any_augment_panel = {
    .kind = STAGE_AUGMENT, .draw = {draw_stage, draw_stage, draw_pixel, draw_pixel}, .tell = tell_drawn,
};
