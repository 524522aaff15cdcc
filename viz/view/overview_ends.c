/* overview_ends.c — the two ends of the overview: how the picture was prepared, and what the network
 * says about it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/judge.h"
#include "viz/view/overview_parts.h"

static Rect picture_place(const Overview *o) {
    const Rect a = o->s->area;
    return (Rect){a.x + 16, a.y + 20 + HEAD, LEFT_W - 8, a.h - 40 - HEAD};
}

enum { MOST_STEPS = 4 };

// The preparing stages that are shown: the picture as it was read first, what the network reads last.
static int prepared_stages(const Screen *s, int *stage) {
    const int forward = stage_of(&s->v->t, STAGE_FORWARD, -1);
    int n = 0;
    for (int i = 0; i < forward; i++) {
        const bool fits = i == 0 || forward - i < MOST_STEPS;
        if (fits && trace_picture(&s->v->t, i).v) stage[n++] = i;
    }
    return n;
}

static Rect step_place(const Overview *o, int i, int n) {
    const Rect r = picture_place(o);
    const double pitch = n > 1 ? (r.h - r.w - 22) / (n - 1) : 0, gap = fmin(pitch, r.w + 70);
    const double top = r.y + (r.h - 22 - r.w - gap * (n - 1)) / 2;
    return (Rect){r.x, top + i * gap, r.w, r.w};
}

Point overview_picture_end(const Overview *o) {
    int stage[MOST_STEPS + 1];
    const int n = prepared_stages(o->s, stage);
    const Rect r = step_place(o, n - 1, n);
    return (Point){r.x + r.w, r.y + r.w / 2};
}

// ---- the two ends ------------------------------------------------------------------------------------

// What the loss says about each pixel that the network reads: the sum over its channels.
static Map input_gradient(Screen *s) {
    const Tensor diff = trace_diff(&s->v->t, 0);
    Map m = map_of(s, diff, 0, 0, -1);
    float *v = arena_array(s->a, float, (size_t)(m.rows * m.columns));
    for (int i = 0; i < m.rows * m.columns; i++) {
        v[i] = 0;
        for (int c = 0; c < diff.c; c++) v[i] += (float)*at(diff, 0, c, i / m.columns, i % m.columns);
    }
    m.v = v, m.scale = SCALE_SIGNED, m.max = map_size(v, m.rows * m.columns);
    return m;
}

// Of a photograph that has many more pixels than its place, every k-th one.
static Tensor sampled(Screen *s, Tensor t, double side) {
    const int k = (int)fmax(1, fmax(t.h, t.w) / (2 * fmax(1, side)));
    if (k == 1) return t;
    Tensor out = {NULL, 1, t.c, (t.h + k - 1) / k, (t.w + k - 1) / k, LAYOUT_PLAIN};
    out.v = arena_array(s->a, real, tensor_len(out));
    for (int c = 0; c < t.c; c++)
        for (int y = 0; y < out.h; y++)
            for (int x = 0; x < out.w; x++) *at(out, 0, c, y, x) = *at(t, 0, c, y * k, x * k);
    return out;
}

void overview_picture(Overview *o) {
    Screen *s = o->s;
    int stage[MOST_STEPS + 1];
    const int n = prepared_stages(s, stage);
    const TextStyle bold = {FONT_BOLD, SIZE_AXIS, TONE_INK, ALIGN_CENTRE, false};
    const TextStyle words = {FONT_REGULAR, SIZE_AXIS - 0.5, TONE_INK2, ALIGN_LEFT, false}; // may shrink
    const Rect column = picture_place(o);
    draw_fitted(s->d, (Rect){column.x, s->area.y + 10, column.w, 18}, bold, "Input");
    for (int i = 0; i < n; i++) {
        const Rect r = step_place(o, i, n);
        const Tensor diff = trace_diff(&s->v->t, 0);
        const bool blamed = o->back && i == n - 1 && diff.v && diff.h * diff.w > 1;
        const Map m = blamed ? input_gradient(s)
                             : map_of_picture(s, sampled(s, trace_picture(&s->v->t, stage[i]), r.w), -1);
        const Rect place = map_fit(r, m.rows, m.columns);
        draw_map(s, place, &m);
        draw_fitted(s->d, (Rect){r.x, r.y + r.h + 2, i + 1 < n ? r.w - 12 : r.w, 20}, words,
                    blamed ? "∂L/∂x" : stage_chip(s->a, &s->v->t, stage[i]));
        hits_add(s->hits, (Hit){.kind = HIT_STAGE, .rect = place, .to = stage[i]});
        if (i + 1 < n)
            draw_arrow(s->d, (Point[]){{r.x + r.w - 7, r.y + r.h + 4},
                                       {r.x + r.w - 7, step_place(o, i + 1, n).y - 4}}, 2,
                       (ShapeStyle){.line = TONE_INK2, .width = 2});
    }
}

typedef struct Ranked { int k; double v; } Ranked;

static int by_value(const void *a, const void *b) {
    const Ranked *p = a, *q = b;
    return p->v < q->v ? 1 : p->v > q->v ? -1 : p->k - q->k;
}

static int by_class(const void *a, const void *b) { return ((const Ranked *)a)->k - ((const Ranked *)b)->k; }

// At most ten classes: all, or those with the largest scores.
static int ranked_classes(Screen *s, Ranked *out) {
    const Trace *t = &s->v->t;
    const Tensor y = trace_value(t, s->v->t.s->x->graph.output);
    const int all = y.c == 1 ? 2 : y.c;
    Ranked *r = arena_array(s->a, Ranked, (size_t)all);
    for (int k = 0; k < all; k++) {
        const double v = (double)*at(y, 0, y.c == 1 ? 0 : k, 0, 0);
        r[k] = (Ranked){k, y.c == 1 && k == 0 ? 1 - v : v};
    }
    const int n = all < MOST_NUMBERS ? all : MOST_NUMBERS;
    qsort(r, (size_t)all, sizeof *r, by_value);
    qsort(r, (size_t)n, sizeof *r, all > n ? by_value : by_class);
    memcpy(out, r, sizeof *r * (size_t)n);
    return n;
}

void overview_classes(Overview *o, Rect r) {
    Screen *s = o->s;
    const Trace *t = &s->v->t;
    Ranked c[MOST_NUMBERS];
    const int n = ranked_classes(s, c), said = judge_class(trace_value(t, s->v->t.s->x->graph.output), 0);
    const bool probable = judge_probable(&s->v->t.s->x->graph);
    const double pitch = fmin(r.h / n, CELL_H), top = r.y + (r.h - pitch * n) / 2, value_w = 68;
    double name_w = 20;
    for (int i = 0; i < n; i++) {
        const TextStyle wide = {.font = FONT_BOLD, .size = SIZE_BODY};
        name_w = fmin(104, fmax(name_w, fonts_width(s->d->fonts, &wide, t->s->data.class_name[c[i].k]) + 2));
    }
    const TextStyle bold = {FONT_BOLD, SIZE_AXIS, TONE_INK, ALIGN_LEFT, false};
    draw_fitted(s->d, (Rect){r.x, s->area.y + 10, r.w, 18}, bold, "It says");
    for (int i = 0; i < n; i++) {
        const double y = top + (i + 0.5) * pitch, h = fmin(26, pitch - 4);
        const Font font = c[i].k == said ? FONT_BOLD : FONT_REGULAR;
        TextStyle words = {font, SIZE_BODY, TONE_INK, ALIGN_LEFT, true}, number = words;
        number.align = ALIGN_RIGHT, number.size = SIZE_LABEL;
        const char *name = t->s->data.class_name[c[i].k];
        const double w = fmin(name_w, fonts_width(s->d->fonts, &words, name) + 2);
        if (c[i].k == t->label[0]) {
            draw_rect(s->d, (Rect){r.x - 6, y - h / 2, w + 12, h},
                      (ShapeStyle){.fill = TONE_FOCUS, .radius = 5});
            words.tone = TONE_ON_FOCUS;
        }
        draw_fitted(s->d, (Rect){r.x, y - h / 2, w, h}, words, name);
        const Rect bar = {r.x + name_w + 10, y - 8, r.w - name_w - value_w - 14, 16};
        if (probable) draw_bar(s, bar, c[i].v, 1, false);
        draw_fitted(s->d, (Rect){r.x + r.w - value_w, y - h / 2, value_w, h}, number,
                    probable ? arena_print(s->a, "%.1f %%", 100 * c[i].v) : figures(s, c[i].v, 3));
    }
}
