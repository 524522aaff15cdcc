/* norm.c — see norm.h. */
#include "viz/view/panels/norm.h"

#include <math.h>
#include <string.h>

static bool is_kind(const Screen *s, const char *name) { return strcmp(stage_of_name(s->stage), name) == 0; }

static double operand_value(const Term *t, OperandOf of) {
    for (int f = 0; f < t->n_factors; f++)
        if (t->factor[f].of == of) return t->factor[f].v;
    return 0;
}

NormFacts norm_facts(Screen *s, int c, int y, int x) {
    const Answer a = answer_about(s->a, s->v, s->stage->index, ASKED_DST, 0, (Spot){0, c, y, x}, 0);
    const Shape shape = s->node->shape;
    NormFacts f = {.known = a.known && a.kept > 1 && a.n_helpers > 1,
                   .whole = is_kind(s, "layernorm"), .batch = is_kind(s, "batchnorm")};
    if (!f.known) return f;
    f.mean = a.helper[0].v, f.deviation = a.helper[1].v;
    f.stored = a.helper[0].note && strstr(a.helper[0].note, "running");
    f.gamma = operand_value(&a.term[0], OF_PARAM), f.beta = operand_value(&a.term[1], OF_PARAM);
    f.count = shape.h * shape.w * (f.whole ? shape.c : 1) * (f.batch ? s->v->t.n : 1);
    return f;
}

float *norm_numbers(Screen *s, Tensor t, const NormFacts *f, int c, int *n) {
    const int lo = f->whole ? 0 : c, hi = f->whole ? t.c : c + 1, pictures = f->batch ? t.n : 1;
    float *v = arena_array(s->a, float, (size_t)pictures * (size_t)((hi - lo) * t.h * t.w) + 1);
    *n = 0;
    for (int k = 0; k < pictures; k++)
        for (int i = lo; i < hi; i++)
            for (int p = 0; p < t.h * t.w; p++) v[(*n)++] = (float)*at(t, k, i, p / t.w, p % t.w);
    return v;
}

const char *norm_set_text(Screen *s, const NormFacts *f) {
    const Shape shape = s->node->shape;
    const char *text = "";
    if (shape.h * shape.w == 1)
        return f->whole ? arena_print(s->a, "all %d numbers", shape.c)
             : f->batch ? arena_print(s->a, "one number of each of %d pictures", s->v->t.n) : "one number";
    if (f->batch) text = arena_print(s->a, "%s · ", pictures_text(s, s->v->t.n));
    if (f->whole) text = arena_print(s->a, "%d channels · ", shape.c);
    return arena_print(s->a, "%s%d×%d = %s numbers", text, shape.h, shape.w, number_count(f->count).s);
}

// ---- where numbers lie ---------------------------------------------------------------------------

typedef struct Spread { double mean, deviation, lo, hi; } Spread;

static Spread spread_of(const float *v, int n) {
    Spread d = {.lo = INFINITY, .hi = -INFINITY};
    double squares = 0;
    for (int i = 0; i < n; i++) {
        d.mean += (double)v[i] / n;
        d.lo = fmin(d.lo, (double)v[i]), d.hi = fmax(d.hi, (double)v[i]);
    }
    for (int i = 0; i < n; i++) squares += ((double)v[i] - d.mean) * ((double)v[i] - d.mean) / n;
    d.deviation = sqrt(squares);
    if (fabs(d.mean) < 1e-5 * d.deviation) d.mean = 0; // rounding
    return d;
}

// One of them, over the axis from lo to hi, with its words above.
typedef struct Histogram { const char *title; const float *v; int n; Tone tone; double here, lo,
                          hi; } Histogram;

static void draw_one(Screen *s, Rect r, const Histogram *h) {
    enum { WORDS = 26, AXIS = 22 };
    const Spread d = spread_of(h->v, h->n);
    const TextStyle words = {FONT_BOLD, SIZE_LABEL, TONE_INK, ALIGN_LEFT, false};
    const TextStyle numbers = {FONT_REGULAR, SIZE_LABEL, TONE_INK2, ALIGN_RIGHT, true};
    const Rect chart = {r.x, r.y + WORDS, r.w, r.h - WORDS};
    const double scale = r.w / (h->hi - h->lo), axis = chart.y + chart.h - AXIS;
    const double from = r.x + (d.mean - d.deviation - h->lo) * scale, middle = r.x + (d.mean - h->lo) * scale;
    const double w = fonts_width(s->d->fonts, &words, h->title);
    draw_text(s->d, (Point){r.x, r.y + 14}, words, h->title);
    draw_fitted(s->d, (Rect){r.x + w + 12, r.y, r.w - w - 12, 18}, numbers,
                arena_print(s->a, "µ = %s   σ = %s", number_figures(d.mean, 3).s,
                            number_figures(d.deviation, 3).s));
    draw_rect(s->d, (Rect){from, chart.y, 2 * d.deviation * scale, axis - chart.y},
              (ShapeStyle){.fill = TONE_SUNKEN});
    draw_histogram(s, chart, h->v, h->n, h->lo, h->hi, h->tone);
    draw_line(s->d, (Point){middle, chart.y - 2}, (Point){middle, axis},
              (ShapeStyle){.line = TONE_INK, .width = 2, .dashed = true});
    if (!isfinite(h->here)) return;
    const Point at_here = {r.x + (h->here - h->lo) * scale, axis - 8};
    draw_dot(s->d, at_here, 8, (ShapeStyle){.fill = TONE_INK});
    draw_dot(s->d, at_here, 5.5, (ShapeStyle){.fill = TONE_FOCUS});
}

void draw_norm_spreads(Screen *s, Rect r, const NormPair *p) {
    const Spread a = spread_of(p->before, p->n), b = spread_of(p->after, p->n);
    double lo = fmin(fmin(a.lo, b.lo), fmin(a.mean - a.deviation, b.mean - b.deviation));
    double hi = fmax(fmax(a.hi, b.hi), fmax(a.mean + a.deviation, b.mean + b.deviation));
    const double h = (r.h - 14) / 2;
    if (!isfinite(lo) || !isfinite(hi)) return;
    if (!(hi > lo)) lo -= 1, hi += 1;
    draw_one(s, (Rect){r.x, r.y, r.w, h}, &(Histogram){"before", p->before, p->n, TONE_INK3, p->x, lo, hi});
    draw_one(s, (Rect){r.x, r.y + h + 14, r.w, h},
             &(Histogram){"after", p->after, p->n, TONE_POS, p->y, lo, hi});
}

// ---- the layer before ----------------------------------------------------------------------------

int norm_useless_bias(const Screen *s, const NormFacts *f) {
    const Graph *g = &s->v->t.s->x->graph;
    const int before = s->node->src[0];
    if (f->whole || f->stored || before == 0 || g->node[before].n_uses > 1) return -1;
    const Node *node = &g->node[before];
    for (int k = 0; k < node->n_params; k++)
        if (node->param[k].role == PARAM_BIAS) return before;
    return -1;
}
