/* norm_backward.c — a normalisation, backward.
 *
 *     ∂L/∂γ = Σ δ·x̂        ∂L/∂β = Σ δ        over all M numbers of the set
 *     ∂L/∂x = γ/σ · (δ − mean δ − x̂ · mean δ·x̂)
 *
 * The two means are there because μ and σ hold every number of the set: what moves all of them alike,
 * or stretches them alike, changes no output. That is also why a bias just before learns nothing. */
#include <math.h>
#include <string.h>

#include "viz/view/panels/norm.h"

static Tensor arriving(const Screen *s) { return trace_diff(&s->v->t, s->stage->index); }

static Tensor param_grad(const Screen *s, ParamRole role) {
    const int first = params_of_node(s->v->t.s->params, s->stage->index);
    for (int k = 0; k < s->node->n_params; k++)
        if (s->node->param[k].role == role) return trace_param(&s->v->t, first + k, PARAM_GRAD);
    return (Tensor){0};
}

// ---- the bias before -----------------------------------------------------------------------------

// The largest gradient of that bias, which rounding alone keeps from being 0.
static double largest_bias(const Screen *s, int node) {
    const Node *before = &s->v->t.s->x->graph.node[node];
    const int first = params_of_node(s->v->t.s->params, node);
    double max = 0;
    for (int k = 0; k < before->n_params; k++) {
        const Tensor g = trace_param(&s->v->t, first + k, PARAM_GRAD);
        for (int i = 0; before->param[k].role == PARAM_BIAS && g.v && i < g.n; i++)
            max = fmax(max, fabs((double)*at(g, i, 0, 0, 0)));
    }
    return max;
}

static const char *bias_text(Screen *s, const NormFacts *f) {
    const int before = norm_useless_bias(s, f);
    if (before < 0) return NULL;
    const int stage = stage_of(&s->v->t, STAGE_FORWARD, before);
    return arena_print(s->a,
                       "The bias of the layer before (%s) learns nothing: µ takes away whatever it adds. "
                       "The ∂L/∂x "
                             "of a channel sum to 0; its largest ∂L/∂b is %s.",
                       stage_chip(s->a, &s->v->t, stage), number_figures(largest_bias(s, before), 2).s);
}

// ---- level Stage -----------------------------------------------------------------------------------

// A column per number, upwards or downwards from the middle line.
static void draw_columns(Screen *s, Rect r, Tensor v) {
    const int n = v.n * v.c * v.h;
    const TextStyle words = {.size = SIZE_AXIS, .tone = TONE_INK2, .tabular = true};
    double max = 1e-12;
    for (int i = 0; i < n; i++) max = fmax(max, fabs((double)v.v[i]));
    const Power p = power_of(max);
    const char *high = figures(s, max * p.factor, 3);
    const double left = 84, w = (r.w - left) / n, gap = fmin(4, w / 4), middle = r.y + r.h / 2;
    draw_print(s->d, (Point){r.x, r.y + 12}, words, "+%s", high);
    draw_print(s->d, (Point){r.x, r.y + r.h}, words, "−%s", high);
    draw_text(s->d, (Point){r.x, middle + 5}, words, *p.text ? p.text : "0");
    for (int i = 0; i < n; i++) {
        const double h = (double)v.v[i] / max * r.h / 2;
        draw_rect(s->d, (Rect){r.x + left + i * w + gap / 2, h > 0 ? middle - h : middle, w - gap,
                               fmax(fabs(h), 1)},
                  (ShapeStyle){.fill = h < 0 ? TONE_NEG : TONE_POS});
    }
    draw_rule(s, (Point){r.x + left, middle}, (Point){r.x + r.w, middle}, TONE_INK3);
}

static void draw_param(Screen *s, Rect r, const char *title, const char *helper, ParamRole role) {
    const Tensor v = param_grad(s, role);
    const Rect in = draw_titled(s, r, title, v.v ? helper : "it does not learn");
    if (v.v) draw_columns(s, (Rect){in.x, in.y + 4, in.w, in.h - 8}, v);
}

static void draw_stage(Screen *s) {
    Rect room = s->area;
    const Tensor dx = trace_diff(&s->v->t, s->node->src[0]);
    const NormFacts f = norm_facts(s, 0, 0, 0);
    const double side = (room.w - 420 - 2 * CARD_GAP) / 2;
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    draw_thumbnails(s, draw_titled(s, left, "δ arrives", tensor_shape(s->a, arriving(s))), arriving(s), -1);
    draw_thumbnails(s, draw_titled(s, right, "∂L/∂x leaves", dx.v ? tensor_shape(s->a, dx)
                                   : "nobody asks for it"), dx, -1);
    const char *bias = bias_text(s, &f);
    if (bias) {
        const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
        const Rect in = draw_titled(s, cut_bottom(&room, 190), "The bias before", "");
        draw_prose(s, (Point){in.x, in.y + 18}, in.w, words, bias);
    }
    const Rect upper = cut_top(&room, (room.h - CARD_GAP) / 2);
    const char *each = f.whole ? "of every number, all pictures" : norm_set_text(s, &f);
    draw_param(s, upper, "∂L/∂γ = Σ δ·x̂", each, PARAM_SCALE);
    draw_param(s, room, "∂L/∂β = Σ δ", each, PARAM_SHIFT);
}

// ---- ∂L/∂x: three terms ------------------------------------------------------------------------------

typedef struct TermRow { const char *name, *why; } TermRow;

static void draw_part(Screen *s, Rect r, const TermRow *part, double v, double max, bool current,
                      bool result) {
    const TextStyle name = {FONT_BOLD, SIZE_BODY, result ? TONE_BACKWARD : TONE_INK, ALIGN_LEFT, false};
    const TextStyle why = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const TextStyle value = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const Power p = power_of(max);
    const double half = fmin(28, r.h / 2 - 2), y = r.y + (r.h - 2 * half) / 2;
    if (current) draw_rect(s->d, (Rect){r.x - 8, r.y, r.w + 16, r.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
    draw_fitted(s->d, (Rect){r.x, y, 0.42 * r.w, half}, name, part->name);
    draw_fitted(s->d, (Rect){r.x, y + half, r.w, half}, why, part->why);
    draw_bar(s, (Rect){r.x + 0.44 * r.w, y + 7, 0.34 * r.w, half - 12}, v, max, true);
    draw_fitted(s->d, (Rect){r.x + 0.8 * r.w, y, 0.2 * r.w, half}, value,
                number_fixed(v * p.factor, decimals_of(max * p.factor)).s);
}

static void draw_parts(Screen *s, Rect r, const Answer *x) {
    static const TermRow parts[] = {
        {"γ/σ · δ", "its own gradient"},
        {"−γ/σ · mean δ", "what moves all of them alike changes nothing"},
        {"−γ/σ · x̂ · mean δ·x̂", "what stretches all of them alike changes nothing"},
        {"∂L/∂x", "what is left"},
    };
    const double max = fmax(terms_max(x), fabs(x->sum));
    const int n = x->kept < 3 ? x->kept : 3, current = s->v->at.level == LEVEL_TERM ? s->v->at.term : -1;
    const double row = fmin(76, r.h / (n + 1));
    for (int i = 0; i < n; i++)
        draw_part(s, (Rect){r.x, r.y + i * row, r.w, row}, &parts[i], x->term[i].value, max, i == current,
                  false);
    draw_rule(s, (Point){r.x, r.y + n * row}, (Point){r.x + r.w, r.y + n * row}, TONE_INK3);
    draw_part(s, (Rect){r.x, r.y + n * row + 2, r.w, row}, &parts[3], x->sum, max, false, true);
}

static void draw_input_number(Screen *s) {
    const Spot spot = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Answer x = answer_here(s->a, s->v);
    const NormFacts f = norm_facts(s, spot.c, spot.y, spot.x);
    const Tensor v = s->here.v;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    if (v.h * v.w > 1 && v.c > 1) draw_channels(s, cut_right(&room, STRIP_W), s->v->at.target, true);
    const double side = fmin(0.27 * room.w, room.h - 40);
    draw_map_card(s, cut_left(&room, side), "δ arrives", arriving(s), -1,
                  (Cells){spot.c, spot.y, spot.x, 1, 1}, -1);
    draw_result_card(s, cut_right(&room, side), "∂L/∂x leaves");
    const Power p = power_of(fmax(terms_max(&x), fabs(x.sum)));
    const char *set = f.stored ? "stored µ and σ are constants" : norm_set_text(s, &f);
    const Rect in = draw_titled(s, room, x.n > 1 ? "Three parts" : "One part",
                                arena_print(s->a, "%s   %s", set, p.text));
    const char *bias = bias_text(s, &f);
    const TextStyle words = {.size = SIZE_AXIS, .tone = TONE_INK2};
    const double note = bias ? 64 : 0;
    if (x.known) draw_parts(s, (Rect){in.x, in.y, in.w, in.h - note}, &x);
    if (bias) draw_prose(s, (Point){in.x, in.y + in.h - note + 22}, in.w, words, bias);
    draw_arithmetic(s, card, &x, NULL, NULL);
}

// ---- ∂L/∂γ and ∂L/∂β: sums over the whole set --------------------------------------------------------

// Channel c of the inspected picture: δ, x̂ (if wanted) and their products, as maps of this kind.
static Map map_like(const Map *m, const float *v) {
    Map out = *m;
    out.v = v, out.scale = SCALE_SIGNED, out.max = map_size(v, m->rows * m->columns), out.target = -1;
    return out;
}

// `cell` (or −1) is in the marker.
static void draw_factor(Screen *s, Rect r, const char *title, const char *sign, const Map *m, int cell) {
    const TextStyle bold = {FONT_BOLD, SIZE_TITLE, TONE_INK, ALIGN_CENTRE, false};
    const Rect in = draw_titled(s, r, title, "this picture");
    Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m->rows, m->columns);
    if (m->columns == 1) place = map_column((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m->rows);
    if (m->columns == 1) draw_grid(s, place, m, power_of(m->max), SIZE_BODY);
    else draw_map(s, place, m);
    if (cell >= 0) draw_mark(s, map_cells(place, m, cell / m->columns, cell % m->columns, 1, 1));
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, m, NULL);
    const Rect badge = {r.x - CARD_GAP / 2.0 - 17, r.y + r.h / 2 - 17, 34, 34};
    if (!*sign) return;
    draw_rect(s->d, badge, (ShapeStyle){.fill = TONE_SURFACE, .line = TONE_LINE, .radius = 17});
    draw_fitted(s->d, badge, bold, sign);
}

static void draw_sum(Screen *s, Rect r, const char *title, double here, const Answer *x, int pictures) {
    const Power p = power_of(fmax(fabs(here), fabs(x->sum)));
    const Rect in = draw_titled(s, r, title, p.text);
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    const TextStyle value = {FONT_BOLD, SIZE_TILE, TONE_INK, ALIGN_LEFT, true};
    const double y = in.y + 0.2 * in.h;
    draw_text(s->d, (Point){in.x, y}, words, "this picture");
    draw_fitted(s->d, (Rect){in.x, y + 14, in.w, 34}, value, number_figures(here * p.factor, 3).s);
    draw_text(s->d, (Point){in.x, y + 110}, words, arena_print(s->a, "all %d pictures", pictures));
    draw_result(s, (Point){in.x, y + 152}, SIZE_TILE, number_figures(x->sum * p.factor, 3).s);
}

// x̂ of the inspected picture: one channel of it, or the whole vector.
static float *normalised(Screen *s, const Map *src, int n) {
    float *hat = arena_array(s->a, float, (size_t)(src->rows * src->columns));
    NormFacts f = norm_facts(s, s->v->at.channel, 0, 0);
    for (int i = 0; i < n; i++) {
        if (src->vector && f.batch) f = norm_facts(s, i, 0, 0); // each channel has its own µ and σ
        hat[i] = (float)(((double)src->v[i] - f.mean) / f.deviation);
    }
    return hat;
}

// With a set that is a channel, γ and β are one number each and sum all its places; else each number of
// the picture has a γ and a β of its own, and only the pictures are summed.
static void draw_param_number(Screen *s, bool gamma) {
    const Shape shape = s->node->shape;
    const bool vector = shape.h * shape.w == 1, own = vector || s->here.pixels > 1;
    const int c = s->v->at.channel, n = vector ? shape.c : shape.h * shape.w;
    const int cell = !own ? -1 : vector ? c : s->v->at.pixel;
    const Answer x = answer_bare(s->a, s->v);
    const Map delta = map_of(s, arriving(s), 0, c, -1), src = map_of(s, layer_src(s, 0), 0, c, -1);
    float *hat = normalised(s, &src, n);
    float *product = arena_array(s->a, float, (size_t)(src.rows * src.columns));
    double here = 0;
    for (int i = 0; i < n; i++) {
        product[i] = gamma ? delta.v[i] * hat[i] : delta.v[i];
        here += cell < 0 || cell == i ? (double)product[i] : 0;
    }
    Rect room = s->area;
    const Rect card = cut_bottom(&room, ARITHMETIC_H), result = cut_right(&room, 220);
    const int maps = gamma ? 3 : 1;
    const double w = fmin((room.w - (maps - 1) * CARD_GAP) / maps, room.h);
    const Map h = map_like(&delta, hat), p = map_like(&delta, product);
    draw_factor(s, cut_left(&room, w), "δ arrives", "", &delta, cell);
    if (gamma) draw_factor(s, cut_left(&room, w), "x̂ = (x − µ)/σ", "·", &h, cell);
    if (gamma) draw_factor(s, cut_left(&room, w), "products", "=", &p, cell);
    if (!gamma) draw_result_card(s, room, own ? "∂L/∂β" : "∂L/∂β of every channel");
    draw_sum(s, result, gamma ? "Σ δ·x̂ = ∂L/∂γ" : "Σ δ = ∂L/∂β", here, &x, s->v->t.n);
    draw_arithmetic(s, card, &x, NULL, terms_note(s, &x));
}

// ---- together ------------------------------------------------------------------------------------

static void draw_pixel(Screen *s) {
    const NormFacts f = norm_facts(s, 0, 0, 0);
    if (!s->here.v.v) draw_gradient_number(s);
    else if (!s->here.param) draw_input_number(s);
    else if (f.known) draw_param_number(s, strcmp(s->here.name, "weight") == 0);
    else draw_gradient_number(s);
}

static void draw_channel(Screen *s) {
    const bool single = s->here.param ? s->here.pixels == 1 : s->here.v.h * s->here.v.w == 1;
    if (single) draw_pixel(s);
    else draw_gradient_channel(s);
}

const Panel norm_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "batchnorm instancenorm layernorm",
    .sentence = "through µ and σ every number is blamed for all others, too",
    .formula = "∂L/∂x = γ/σ · (δ − mean δ − x̂ · mean δ·x̂)",
    .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel},
};
