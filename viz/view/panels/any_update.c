/* any_update.c — the update: before, gradient, after, change; how far each tensor moved; and
 * whether it helped. */
#include <math.h>
#include <string.h>

#include "runtime/judge.h"
#include "viz/view/frame.h"
#include "viz/view/panels/scores.h"

enum { TOP_H = 256, SHOWN = 3, DECADES = 5 };  // SHOWN: rows and columns of numbers of one filter

static Tensor param_at(const Screen *s, ParamTime when) {
    return trace_param(&s->v->t, s->here.k, when);
}

static const char *letters_of(Screen *s, int param) {
    char text[64];
    param_words(&s->v->t, param, text, sizeof text);
    return arena_print(s->a, "%s", text);
}

// ---- one filter ----------------------------------------------------------------------------------

// The numbers around the current one: of a filter a window, of a vector a row.
static Map filter_part(Screen *s, Tensor v) {
    Target t = s->here;
    t.v = v;
    const Spot p = target_spot(&t, s->v->at.channel, s->v->at.pixel);
    Map whole = {0};
    const int columns = v.h * v.w > 1 ? v.w : 3;
    const int n = v.h * v.w > 1 ? v.h * v.w : v.c > 1 ? v.c : v.n;
    whole.rows = (n + columns - 1) / columns, whole.columns = columns, whole.done = n;
    float *f = arena_array(s->a, float, (size_t)(whole.rows * columns));
    for (int i = 0; i < n; i++)
        f[i] = (float)(v.h * v.w > 1 ? *at(v, p.n, p.c, i / v.w, i % v.w)
                       : v.c > 1     ? *at(v, p.n, i, 0, 0) : *at(v, i, 0, 0, 0));
    whole.v = f, whole.scale = SCALE_SIGNED, whole.target = -1, whole.step = columns;
    whole.max = map_size(f, n);
    const int at_i = v.h * v.w > 1 ? p.y * v.w + p.x : v.c > 1 ? p.c : p.n;
    const int most = whole.rows < SHOWN ? whole.rows : SHOWN, wide = columns < SHOWN ? columns : SHOWN;
    int top = at_i / columns - most / 2, left = at_i % columns - wide / 2;
    top = top < 0 ? 0 : top > whole.rows - most ? whole.rows - most : top;
    left = left < 0 ? 0 : left > columns - wide ? columns - wide : left;
    Map part = map_part(s, &whole, top, left, most, wide);
    const int beyond = (top + most) * columns - n;
    if (beyond > 0) part.done -= beyond;
    return part;
}

static int cell_of(const Screen *s) {
    const Tensor v = s->here.v;
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    return v.h * v.w > 1 ? p.y * v.w + p.x : v.c > 1 ? p.c : p.n;
}

static Map difference(Screen *s, const Map *a, const Map *b) {
    Map m = *a;
    float *v = arena_array(s->a, float, (size_t)(m.rows * m.columns));
    for (int i = 0; i < m.rows * m.columns; i++) v[i] = a->v[i] - b->v[i];
    m.v = v;
    m.max = map_size(v, m.done);
    return m;
}

static void draw_filter(Screen *s, Rect r, const char *title, const char *helper, const Map *m) {
    const Power p = power_of(m->max);
    const TextStyle bold = {.font = FONT_BOLD, .size = SIZE_LABEL, .tone = TONE_INK};
    const TextStyle plain = {.size = SIZE_LABEL, .tone = TONE_INK3};
    const double x = r.x + draw_text(s->d, (Point){r.x, r.y + 14}, bold, title) + 8;
    const char *words = arena_print(s->a, "%s%s%s", p.text, *p.text && *helper ? "  " : "", helper);
    draw_fitted(s->d, (Rect){x, r.y + 2, r.x + r.w - x, 12}, plain, words);
    const Rect in = {r.x, r.y + 26, r.w, r.h - 26};
    draw_grid(s, in, m, p, SIZE_BODY);
    const int cell = cell_of(s);
    draw_mark(s, map_cells(in, m, cell / m->step, cell % m->step, 1, 1));
}

// ---- the equation --------------------------------------------------------------------------------

// With plain descent the step is the rate times the gradient; other rules make their own step.
static bool plain(const Screen *s) {
    return s->v->t.s->params->n_slots == 0 && ((const OptimOptions *)s->v->t.s->x->optimizer.cfg)->decay == 0;
}

static double number_at(const Screen *s, ParamTime when) {
    Target t = s->here;
    t.v = param_at(s, when);
    return t.v.v ? target_value(&t, s->v->at.channel, s->v->at.pixel) : 0;
}

static const char *place_of(Screen *s) {
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    char text[64] = "w";
    print_place(s->here.rank, p.n, p.c, p.y, p.x, text, sizeof text);
    return arena_print(s->a, "%s", text);
}

static const char *equation(Screen *s) {
    const Trace *t = &s->v->t;
    const double w = number_at(s, PARAM_BEFORE), g = number_at(s, PARAM_USED);
    const char *const before = arena_print(s->a, "%s", number_figures(w, 4).s);
    const char *const grad = arena_print(s->a, g < 0 ? "(%s)" : "%s", number_figures(g, 4).s);
    if (plain(s)) return arena_print(s->a, "%s  =  %s  −  %g · %s  =", place_of(s), before, t->rate, grad);
    const double step = w - number_at(s, PARAM_AFTER);
    return arena_print(s->a, "%s  =  %s  −  %s  =", place_of(s), before,
                       arena_print(s->a, step < 0 ? "(%s)" : "%s", number_figures(step, 4).s));
}

// What part of the numbers is written above, if it is not all of them.
static const char *shown_words(Screen *s) {
    const Tensor v = s->here.v;
    const int n = s->here.rank == 4 ? v.h * v.w : v.c > 1 ? v.c : v.n;
    const Map m = filter_part(s, v);
    const char *of = s->here.rank == 4 ? "kernel" : s->here.rank == 2 ? "neuron" : "layer";
    if (m.done >= n) return "";
    return arena_print(s->a, "%d of the %s numbers of this %s", m.done, number_count(n).s, of);
}

// The letter of the formula for what is called so in a file of weights.
static const char *slot_letter(const OptimKind *kind, int k) {
    static const struct { const char *slot, *letter; } letters[] = {
        {"exp_avg", "m"}, {"exp_avg_sq", "v"}, {"sum", "s"}, {"square_avg", "s"}, {"momentum_buffer", "v"},
    };
    if (k > 0 && strcmp(kind->slot[k], "momentum_buffer") == 0) return "b";
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (strcmp(letters[i].slot, kind->slot[k]) == 0) return letters[i].letter;
    return kind->slot[k];
}

static void draw_slots(Screen *s, Point at_point) {
    const Params *p = s->v->t.s->params;
    const OptimKind *kind = (const OptimKind *)s->v->t.s->x->optimizer.kind;
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2, .align = ALIGN_RIGHT, .tabular = true};
    const char *text = "";
    for (int k = 0; k < p->n_slots; k++) {
        Target before = s->here, after = s->here;
        before.v = trace_slot(&s->v->t, s->here.k, k, false);
        after.v = trace_slot(&s->v->t, s->here.k, k, true);
        if (!before.v.v || !after.v.v) continue;
        const int c = s->v->at.channel, i = s->v->at.pixel;
        text = arena_print(s->a, "%s%s%s: %s", text, *text ? "     " : "", slot_letter(kind, k),
                           number_figures(target_value(&before, c, i), 3).s);
        text = arena_print(s->a, "%s → %s", text, number_figures(target_value(&after, c, i), 3).s);
    }
    if (!*text) text = shown_words(s);
    if (*text) draw_text(s->d, at_point, words, text);
}

static void draw_equation(Screen *s, Rect r) {
    const TextStyle words = {.size = SIZE_SUM, .tone = TONE_INK, .tabular = true};
    const bool hidden = s->v->predict && !s->v->revealed;
    double x = r.x + draw_text(s->d, (Point){r.x, r.y + 24}, words, equation(s)) + 8;
    const char *after = arena_print(s->a, "%s", number_figures(number_at(s, PARAM_AFTER), 4).s);
    x = draw_result(s, (Point){x, r.y + 25}, SIZE_RESULT, hidden ? "?" : after);
    (void)x;
    draw_slots(s, (Point){r.x + r.w, r.y + 24});
}

static void draw_top(Screen *s, Rect r) {
    const Tensor used = param_at(s, PARAM_USED);
    Map before = filter_part(s, param_at(s, PARAM_BEFORE)), after = filter_part(s, param_at(s, PARAM_AFTER));
    before.more = after.more = 1;
    const Map change = difference(s, &after, &before);
    const TextStyle sign = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_CENTRE, false};
    const TextStyle small = {FONT_BOLD, SIZE_LABEL, TONE_INK, ALIGN_CENTRE, false};
    draw_card(s->d, r);
    const Rect in = {r.x + 20, r.y + 16, r.w - 40, r.h - 32};
    const double h = in.h - 46, gap = 96, w = (in.w - 2.4 * gap) / 4, middle = in.y + 26 + (h - 26) / 2;
    double x = in.x;
    draw_filter(s, (Rect){x, in.y, w, h}, "before", letters_of(s, s->here.k), &before);
    x += w;
    draw_fitted(s->d, (Rect){x + 4, middle - 14, gap - 8, 28}, plain(s) ? sign : small,
                plain(s) ? arena_print(s->a, "− %g ·", s->v->t.rate) : "− step of");
    x += gap;
    if (used.v) {
        const Map grad = filter_part(s, used);
        draw_filter(s, (Rect){x, in.y, w, h}, "gradient", "", &grad);
    } else {
        const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK3, .align = ALIGN_CENTRE};
        draw_hatch(s->d, (Rect){x, in.y + 26, w, h - 26}, TONE_LINE, 8);
        draw_fitted(s->d, (Rect){x, in.y, w, 18}, words, "frozen: no gradient");
    }
    x += w;
    draw_fitted(s->d, (Rect){x, middle - 14, 0.6 * gap, 28}, sign, "=");
    x += 0.6 * gap;
    draw_filter(s, (Rect){x, in.y, w, h}, "after", "", &after);
    x += w + 0.8 * gap;
    draw_rule(s, (Point){x - 0.4 * gap, in.y}, (Point){x - 0.4 * gap, in.y + h}, TONE_LINE);
    draw_filter(s, (Rect){x, in.y, w, h}, "change", "", &change);
    draw_equation(s, (Rect){in.x, in.y + h + 14, in.w, 34});
}

// ---- all tensors ---------------------------------------------------------------------------------

static double length_of(const real *a, const real *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double v = (double)a[i] - (b ? (double)b[i] : 0);
        sum += v * v;
    }
    return sqrt(sum);
}

static void draw_scale_row(Screen *s, Rect r, double ratio) {
    const double middle = r.y + r.h / 2, u = fmin(1, fmax(0, (log10(ratio) + DECADES) / DECADES));
    draw_line(s->d, (Point){r.x, middle}, (Point){r.x + r.w, middle},
              (ShapeStyle){.line = TONE_SUNKEN, .width = 2});
    for (int k = 0; k <= DECADES; k++)
        draw_line(s->d, (Point){r.x + r.w * k / DECADES, middle - 5},
                  (Point){r.x + r.w * k / DECADES, middle + 5}, (ShapeStyle){.line = TONE_LINE});
    if (ratio > 0) draw_dot(s->d, (Point){r.x + r.w * u, middle}, 7, (ShapeStyle){.fill = TONE_INK});
}

// Those that are learnt, by their numbers; the place of the current one.
static int *learnt(Screen *s, int *n, int *current) {
    const Params *p = s->v->t.s->params;
    int *list = arena_array(s->a, int, (size_t)p->n + 1);
    *n = *current = 0;
    for (int k = 0; k < p->n; k++) {
        if (p->param[k].spec->role == PARAM_STATISTIC) continue;
        if (k == s->here.k) *current = *n;
        list[(*n)++] = k;
    }
    return list;
}

static void draw_tensors(Screen *s, Rect r) {
    static const char *const ticks[] = {"10⁻⁵", "", "10⁻³", "", "10⁻¹", "1"};
    const Params *p = s->v->t.s->params;
    int n, current;
    const int *list = learnt(s, &n, &current);
    const double row_h = fmin(34, fmax(29, (r.h - 52 - 44) / n));
    const int room = (int)((r.h - 52 - 44) / row_h), shown = n < room ? n : room;
    const char *helper = "how far did each move?";
    if (shown < n) helper = arena_print(s->a, "%s   %d of %d", helper, shown, n);
    const Rect in = draw_titled(s, r, "All parameter tensors", helper);
    const TextStyle head = {FONT_REGULAR, SIZE_AXIS, TONE_INK3, ALIGN_RIGHT, false};
    const TextStyle name = {FONT_REGULAR, SIZE_BODY, TONE_INK, ALIGN_LEFT, false};
    const TextStyle number = {FONT_REGULAR, SIZE_BODY, TONE_INK2, ALIGN_RIGHT, true};
    const double c0 = in.x, c1 = in.x + 0.36 * in.w, c2 = in.x + 0.51 * in.w, c3 = in.x + 0.665 * in.w;
    const Rect axis = {in.x + 0.73 * in.w, 0, 0.25 * in.w, 0};
    draw_text(s->d, (Point){c1, in.y + 12}, head, "values");
    draw_text(s->d, (Point){c2, in.y + 12}, head, "length of W");
    draw_text(s->d, (Point){c3, in.y + 12}, head, "step");
    draw_text(s->d, (Point){axis.x - 8, in.y + 12},
              (TextStyle){.size = SIZE_AXIS, .tone = TONE_INK3}, "step ÷ length, log scale");

    int first = current - shown / 2;
    first = first > n - shown ? n - shown : first;
    first = first < 0 ? 0 : first;
    for (int i = 0; i < shown; i++) {
        const int k = list[first + i];
        const real *before = trace_param(&s->v->t, k, PARAM_BEFORE).v;
        const real *after = trace_param(&s->v->t, k, PARAM_AFTER).v;
        const size_t values = p->param[k].len;
        const double len = length_of(before, NULL, values), step = length_of(after, before, values);
        const Rect row = {in.x, in.y + 20 + i * row_h, in.w, row_h};
        if (k == s->here.k)
            draw_rect(s->d, (Rect){r.x + 1, row.y, r.w - 2, row.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
        draw_fitted(s->d, (Rect){c0, row.y, c1 - c0 - 90, row.h}, name, letters_of(s, k));
        draw_fitted(s->d, (Rect){c1 - 86, row.y, 86, row.h}, number, number_short((int64_t)values).s);
        draw_fitted(s->d, (Rect){c2 - 86, row.y, 86, row.h}, number, figures(s, len, len < 0.01 ? 2 : 3));
        draw_fitted(s->d, (Rect){c3 - 86, row.y, 86, row.h}, number, number_figures(step, 2).s);
        draw_scale_row(s, (Rect){axis.x, row.y, axis.w, row.h}, len > 0 ? step / len : 0);
    }
    const TextStyle tick = {FONT_REGULAR, SIZE_AXIS, TONE_INK2, ALIGN_CENTRE, false};
    for (int k = 0; k <= DECADES; k++)
        draw_text(s->d, (Point){axis.x + axis.w * k / DECADES, in.y + 20 + shown * row_h + 16}, tick,
                  ticks[k]);
}

// ---- did it help? --------------------------------------------------------------------------------

// What the network says after the step.
static Tensor scores_after(const Screen *s) {
    const Tensor out = trace_value(&s->v->t, s->v->t.s->x->graph.output);
    return (Tensor){s->v->score_after, 1, out.c, 1, 1, LAYOUT_PLAIN};
}

static void draw_class(Screen *s, Rect r, double name_w, int c, bool label) {
    const Trace *t = &s->v->t;
    const double before = score_share(trace_value(t, t->s->x->graph.output), c);
    const double after = score_share(scores_after(s), c);
    const TextStyle name = {FONT_BOLD, SIZE_BODY, label ? TONE_ON_FOCUS : TONE_INK, ALIGN_CENTRE, false};
    const TextStyle old = {FONT_REGULAR, SIZE_AXIS, TONE_INK2, ALIGN_RIGHT, true};
    const TextStyle now = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const Rect tag = {r.x, r.y + 4, name_w, 30};
    if (label) draw_rect(s->d, tag, (ShapeStyle){.fill = TONE_FOCUS, .radius = 5});
    draw_fitted(s->d, rect_inset(tag, 4), name, t->s->data.class_name[c]);
    const Rect bar = {r.x + name_w + 10, r.y, r.w - name_w - 106, 38};
    draw_rect(s->d, (Rect){bar.x, bar.y, bar.w, 12}, (ShapeStyle){.fill = TONE_SUNKEN});
    draw_rect(s->d, (Rect){bar.x, bar.y, fmax(2, bar.w * before), 12}, (ShapeStyle){.fill = TONE_POS_TINT});
    draw_bar(s, (Rect){bar.x, bar.y + 15, bar.w, 20}, after, 1, false);
    draw_text(s->d, (Point){r.x + r.w, r.y + 10}, old, arena_print(s->a, "%.1f %%", 100 * before));
    draw_text(s->d, (Point){r.x + r.w, r.y + 33}, now, arena_print(s->a, "%.1f %%", 100 * after));
}

// Of the tag that a class's name stands in.
static double name_width(const Screen *s, int c) {
    const TextStyle name = {.font = FONT_BOLD, .size = SIZE_BODY};
    return fmin(fmax(74, fonts_width(s->d->fonts, &name, s->v->t.s->data.class_name[c]) + 20), 190);
}

static int rival_of(const Screen *s, int label) {
    const Tensor out = trace_value(&s->v->t, s->v->t.s->x->graph.output);
    int best = -1;
    for (int c = 0; c < s->v->t.s->data.classes; c++)
        if (c != label && (best < 0 || score_share(out, c) > score_share(out, best))) best = c;
    return best;
}

// What the network says of the inspected picture after the step.
static void draw_said(Screen *s, Rect r) {
    const Trace *t = &s->v->t;
    const int said = judge_class(scores_after(s), 0);
    const bool right = said == t->label[0];
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const TextStyle bold = {FONT_BOLD, SIZE_LABEL, right ? TONE_FORWARD : TONE_NEG, ALIGN_RIGHT, false};
    draw_fitted(s->d, (Rect){r.x, r.y, 0.5 * r.w, r.h}, words, "probability, before and after");
    draw_fitted(s->d, (Rect){r.x + 0.52 * r.w, r.y, 0.48 * r.w, r.h}, bold,
                arena_print(s->a, "now says %s %s", t->s->data.class_name[said], right ? "✓" : "✗"));
}

static void draw_help(Screen *s, Rect r) {
    const View *v = s->v;
    const Trace *t = &v->t;
    const Rect in = draw_titled(s, r, "Did it help?", t->n == 1 ? "the same picture again"
                                : arena_print(s->a, "the same %d pictures again", t->n));
    const TextStyle old = {.size = SIZE_TITLE, .tone = TONE_INK2, .tabular = true};
    const TextStyle now = {FONT_BOLD, SIZE_TITLE, TONE_INK, ALIGN_LEFT, true};
    const bool lower = v->loss_after < t->loss, same = v->loss_after == t->loss;
    const TextStyle verdict = {FONT_BOLD, SIZE_LABEL, lower ? TONE_FORWARD : TONE_NEG, ALIGN_LEFT, false};
    const TextStyle small = {.size = SIZE_LABEL, .tone = TONE_INK2};
    double x = in.x + draw_text(s->d, (Point){in.x, in.y + 24}, small, "loss  ");
    x += draw_text(s->d, (Point){x + 8, in.y + 26}, old, number_figures(t->loss, 4).s) + 8;
    draw_arrow(s->d, (Point[]){{x + 10, in.y + 17}, {x + 44, in.y + 17}}, 2,
               (ShapeStyle){.line = TONE_INK, .width = 3});
    draw_text(s->d, (Point){x + 54, in.y + 26}, now, number_figures(v->loss_after, 4).s);
    draw_fitted(s->d, (Rect){in.x, in.y + 38, in.w, 20}, verdict, same ? "as large as before"
                : arena_print(s->a, "%s %s  %s", lower ? "▼" : "▲",
                            figures(s, fabs(t->loss - v->loss_after), 3),
                            lower ? "lower: a good step" : "higher: is the learning rate too large?"));
    if (!judge_probable(&t->s->x->graph) || t->label[0] < 0 || t->s->data.classes < 2) return;
    const double y = in.y + 92;
    if (y + 38 > in.y + in.h) return;
    draw_said(s, (Rect){in.x, in.y + 66, in.w, 20});
    const int rival = rival_of(s, t->label[0]);
    const double names = fmax(name_width(s, t->label[0]), rival >= 0 ? name_width(s, rival) : 0);
    draw_class(s, (Rect){in.x, y, in.w, 38}, names, t->label[0], true);
    if (rival >= 0 && y + 90 <= in.y + in.h + 8)
        draw_class(s, (Rect){in.x, y + 52, in.w, 38}, names, rival, false);
}

// ---- together ------------------------------------------------------------------------------------

static const char *formula_of(Screen *s) {
    const bool ahead = strstr(use_text(s->a, &s->v->t.s->x->optimizer), "nesterov") != NULL;
    if (ahead) return "v = momentum*v + g;  w = w - lr*(g + momentum*v)";
    if (!plain(s)) return s->stage->formula;
    return arena_print(s->a, "w ← w − α · ∂L/∂w      α = %g", s->v->t.rate);
}

// The new weight, term by term, and where that is written.
static void draw_new_weight(Screen *s, Rect r, const Answer *x) {
    Rect in = draw_titled(s, r, "The new weight is a sum",
                          plain(s) ? "w ← w − α·g" : signs_text(s->a, formula_of(s)));
    in.h -= 26; // the line of code is higher than the card's edge
    draw_terms(s, in, x);
    draw_code_line(s, r);
}

static void draw(Screen *s) {
    Rect room = s->area;
    if (!s->here.v.v) return;
    draw_top(s, cut_top(&room, TOP_H));
    const Rect right = cut_right(&room, 0.40 * room.w);
    const Answer x = answer_here(s->a, s->v);
    if (s->v->at.level >= LEVEL_PIXEL && x.known)
        draw_new_weight(s, room, &x);
    else draw_tensors(s, room);
    draw_help(s, right);
}

static void tell_update(Telling *t) {
    const View *v = t->v;
    const Target here = walk_here(v);
    if (here.v.v) {
        Target at_time = here;
        static const char *const names[] = {"before", "gradient", "gradient used", "after"};
        for (ParamTime when = PARAM_BEFORE; when <= PARAM_AFTER; when++) {
            at_time.v = trace_param(&v->t, here.k, when);
            if (at_time.v.v)
                tell(t, "%s %s\n", names[when],
                     number_figures(target_value(&at_time, v->at.channel, v->at.pixel), 6).s);
        }
    }
    tell(t, "learning rate %g, loss %s → %s\n", v->t.rate, number_figures(v->t.loss, 6).s,
         number_figures(v->loss_after, 6).s);
    tell_answer(t);
}

const Panel any_update_panel = {
    .kind = STAGE_UPDATE, .title = "Update", .chip = "Update",
    .sentence = "every weight takes one small step downhill", .formula_of = formula_of,
    .draw = {draw, draw, draw, draw}, .tell = tell_update,
};
