/* arithmetic.c — the card at the bottom: the sum that a number is, and where it is written.
 *
 *     0.57·0.46 + 2.31·1.06 + 3.13·(−0.26) + … + 0.00 = −0.44                 51 terms
 *     ──────────────────────────────────────────────────────────────────────────────────
 *     first.cnn:11 conv 2 5x5    conv.c:172 sum += *at(src, …) * *at(…);   f = 1  y = 9  x = 10 */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "viz/view/code.h"
#include "viz/view/panel.h"
#include "viz/view/pieces/pieces.h"
#include "viz/view/predict.h"

enum { LINE = 34, CODE = 42 }; // heights

// ---- terms as text -------------------------------------------------------------------------------

static bool is_vector(Shape s) { return s.h * s.w == 1; }

static const char *param_place(Arena *a, const Operand *o, int rank) {
    if (rank == 1) return arena_print(a, "%s[%d]", o->name, o->n);
    if (rank == 2) return arena_print(a, "%s[%d,%d]", o->name, o->n, o->c);
    return arena_print(a, "%s[%d,%d,%d,%d]", o->name, o->n, o->c, o->y, o->x);
}

const char *operand_text(Arena *a, const Node *node, const Graph *g, const Operand *o) {
    if (o->of == OF_NOTHING) return o->note ? arena_print(a, "%s = %s", o->name, o->note) : o->name;
    if (o->of == OF_PARAM) return param_place(a, o,
                                              node && o->k < node->n_params ? node->param[o->k].rank : 4);
    if (!node) return arena_print(a, "%s[%d,%d,%d]", o->name, o->c, o->y, o->x);
    const bool src = o->of == OF_SRC && o->k < node->n_src;
    const Shape shape = src ? g->node[node->src[o->k]].shape : node->shape;
    if (is_vector(shape)) return arena_print(a, "%s[%d]", o->name, o->c);
    return arena_print(a, "%s[%d,%d,%d]", o->name, o->c, o->y, o->x);
}

// "2.911e−08" as it is written everywhere else: "2.911·10⁻⁸".
static const char *powers_text(Arena *a, const char *text) {
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    const size_t minus = strlen("−");
    const char *out = "", *from = text;
    for (const char *e = text; (e = strchr(e, 'e')) != NULL; e++) {
        const char *p = e + 1;
        const bool negative = strncmp(p, "−", minus) == 0 || *p == '-';
        if (e == text || !isdigit((unsigned char)e[-1])) continue;
        p += strncmp(p, "−", minus) == 0 ? minus : *p == '-' || *p == '+';
        if (!isdigit((unsigned char)*p)) continue;
        while (*p == '0' && isdigit((unsigned char)p[1])) p++;
        out = arena_print(a, "%s%.*s·10%s", out, (int)(e - from), from, negative ? "⁻" : "");
        for (; isdigit((unsigned char)*p); p++) out = arena_print(a, "%s%s", out, raised[*p - '0']);
        from = p;
    }
    return arena_print(a, "%s%s", out, from);
}

const char *helper_text(Arena *a, const Node *node, const Graph *g, const Operand *o, int digits) {
    const Digits v = number_figures(o->v, digits);
    if (o->of == OF_NOTHING && o->note)
        return arena_print(a, "%s = %s   %s", o->name, v.s, powers_text(a, o->note));
    return arena_print(a, "%s = %s", operand_text(a, node, g, o), v.s);
}

enum { FEW_TERMS = 3 }; // so few leave room for four digits

static Digits factor_digits(double v, bool few) {
    const double size = fabs(v);
    if (few) return v == round(v) && size < 1e6 ? number_fixed(v, 0) : number_figures(v, 4);
    return size >= 0.1 ? number_fixed(v, size >= 100 ? 0 : size >= 10 ? 1 : 2) : number_figures(v, 2);
}

static const char *factor_text(Arena *a, double v, bool few) {
    const Digits t = factor_digits(v, few);
    return arena_print(a, v < 0 && t.s[0] != '0' ? "(%s)" : "%s", t.s);
}

const char *term_text(Arena *a, const Answer *x, const Term *t) {
    const bool few = x->n <= FEW_TERMS;
    const char *text = "";
    for (int f = 0; f < t->n_factors; f++)
        text = arena_print(a, "%s%s%s", text, f ? "·" : "", factor_text(a, t->factor[f].v, few));
    return t->n_factors ? text : factor_text(a, t->value, few);
}

// ---- a line of words -----------------------------------------------------------------------------

// Where the next word goes; with `s` NULL words are only measured.
typedef struct Pen {
    Screen *s;
    const Fonts *fonts;
    double left, right, x, y;
    int line, lines;
    bool full;           // something did not fit
} Pen;

static const TextStyle sum_style = {.size = SIZE_SUM, .tone = TONE_INK, .tabular = true};
static const TextStyle sign_style = {.size = SIZE_SUM, .tone = TONE_INK3};

static void new_line(Pen *p) {
    p->line++;
    p->x = p->left + 20;
    p->y += LINE;
}

// Keeps `room` free behind the word on the last line.
static void word(Pen *p, TextStyle style, const char *text, double room) {
    const double w = fonts_width(p->fonts, &style, text);
    if (p->x + w + room > p->right && p->line + 1 < p->lines) new_line(p);
    if (p->x + w + room > p->right) p->full = true;
    if (p->s) draw_text(p->s->d, (Point){p->x, p->y}, style, text);
    p->x += w;
}

// The current term, in the marker.
static void marked_word(Pen *p, const char *text, double room) {
    const TextStyle bold = {FONT_BOLD, SIZE_SUM, TONE_ON_FOCUS, ALIGN_LEFT, true};
    const double w = fonts_width(p->fonts, &bold, text) + 16;
    if (p->x + w + room > p->right && p->line + 1 < p->lines) new_line(p);
    if (p->x + w + room > p->right) p->full = true;
    if (p->s) draw_result(p->s, (Point){p->x, p->y}, SIZE_SUM, text);
    p->x += w;
}

// ---- the sum -------------------------------------------------------------------------------------

// Which terms are written: the first `head`, or those from lo to hi at level Multiply.
typedef struct Choice { int lo, hi, current; } Choice;

// How many terms from i on are written: at level Pixel those that are zero are not.
static int written_from(const Answer *x, int i, int current) {
    int n = x->n - i;
    for (int k = i - x->first; current < 0 && x->kept == x->n && k < x->kept; k++)
        n -= x->term[k].value == 0;
    return n;
}

static const char *left_out(Arena *a, int n) {
    return arena_print(a, "… %s more …", number_count(n).s);
}

static void write_sum(Pen *p, Arena *a, const Answer *x, Choice c, const char *left) {
    const double room = p->line + 1 < p->lines ? 0 : 30;
    if (left && *left) word(p, (TextStyle){.size = SIZE_SUM, .tone = TONE_INK2}, left, 0);
    if (c.lo > x->first) word(p, sign_style, arena_print(a, "%s + ", left_out(a, c.lo)), 0);
    bool any = false;
    for (int i = c.lo; i < c.hi; i++) {
        const Term *t = &x->term[i - x->first];
        TextStyle style = sum_style;
        if (c.current < 0 && t->value == 0 && x->n > 1) continue;
        if (any) word(p, sign_style, " + ", 40);
        any = true;
        if (c.current >= 0 && i > c.current) style.tone = TONE_INK3;
        if (i == c.current) marked_word(p, term_text(a, x, t), room);
        else word(p, style, term_text(a, x, t), room);
    }
    const int rest = written_from(x, c.hi, c.current);
    if (!any && rest == 0) word(p, sum_style, "0", 0);
    if (rest > 0) word(p, sign_style, arena_print(a, "%s%s", any ? " + " : "", left_out(a, rest)), 0);
}

static double sum_until(const Answer *x, int current) {
    double sum = 0;
    for (int i = 0; i <= current - x->first && i < x->kept; i++) sum += x->term[i].value;
    return sum;
}

// In predict mode, what stands where the result would; else NULL.
static const char *hidden_result(Screen *s) {
    return s->v->predict && !s->v->revealed ? predict_mark(s->a, s->v) : NULL;
}

static void write_result(Pen *p, const Answer *x, int current) {
    const bool partly = current >= 0;
    const Digits result = number_figures(partly ? sum_until(x, current) : x->sum, 4);
    const char *hidden = p->s && !partly ? hidden_result(p->s) : NULL;
    const TextStyle bold = {FONT_BOLD, SIZE_RESULT, TONE_INK, ALIGN_LEFT, true};
    const double w = fmax(fonts_width(p->fonts, &bold, result.s),
                          hidden ? fonts_width(p->fonts, &bold, hidden) : 0) + 16;
    word(p, sign_style, partly ? "   so far  " : "  =  ", w);
    if (p->x + w > p->right) p->full = true;
    if (p->s && !partly) draw_result(p->s, (Point){p->x, p->y + 1}, SIZE_RESULT, hidden ? hidden : result.s);
    if (p->s && partly) {
        const Rect frame = {p->x, p->y - 25, w, 34};
        draw_rect(p->s->d, frame, (ShapeStyle){.line = TONE_INK, .width = 2, .radius = CHIP_RADIUS});
        draw_text(p->s->d, (Point){p->x + 8, p->y + 1}, bold, result.s);
    }
    p->x += w;
}

static bool fits(const Pen *start, Arena *a, const Answer *x, Choice c, const char *left) {
    Pen p = *start;
    p.s = NULL;
    write_sum(&p, a, x, c, left);
    write_result(&p, x, c.current);
    return !p.full;
}

// As many terms as fit: from the first one on, or around the current one.
static Choice choose(const Pen *start, Arena *a, const Answer *x, int current, const char *left) {
    const int end = x->first + x->kept;
    Choice c = {x->first, x->first, current};
    if (current >= 0) c.lo = c.hi = current;
    const int most = current < 0 ? 400 : 40; // terms that are zero take no room
    for (int grown = 1; grown && c.hi - c.lo < most;) {
        grown = 0;
        Choice more = {c.lo, c.hi + 1, current};
        if (c.hi < end && fits(start, a, x, more, left)) c = more, grown = 1;
        more = (Choice){c.lo - 1, c.hi, current};
        if (c.lo > x->first && fits(start, a, x, more, left)) c = more, grown = 1;
    }
    return c;
}

// The sum, or words about it, at the place where a card's sums begin.
static Pen pen_in(Screen *s, Rect r, double right_w, int lines) {
    return (Pen){.s = s, .fonts = s->d->fonts, .left = r.x + CARD_PADDING, .x = r.x + CARD_PADDING,
                 .right = r.x + r.w - CARD_PADDING - right_w, .y = r.y + 35, .lines = lines};
}

void draw_arithmetic(Screen *s, Rect r, const Answer *x, const char *left, const char *right) {
    const int current = s->v->at.level == LEVEL_TERM ? s->v->at.term : -1;
    const TextStyle note = {.size = SIZE_LABEL, .tone = TONE_INK3, .align = ALIGN_RIGHT};
    const double right_w = right ? fonts_width(s->d->fonts, &note, right) + 24 : 0;
    const int lines = r.h - CODE >= 2 * LINE ? 2 : 1;
    Pen p = pen_in(s, r, right_w, lines);
    draw_card(s->d, r);
    draw_code_line(s, r);
    if (x->known) {
        const Choice c = choose(&p, s->a, x, current, left);
        write_sum(&p, s->a, x, c, left);
        write_result(&p, x, current);
    }
    if (right) draw_text(s->d, (Point){r.x + r.w - CARD_PADDING, p.y}, note, right); // beside the last line
}

void draw_sentence(Screen *s, Rect r, const char *before, const char *result, const char *behind) {
    Pen p = pen_in(s, r, 0, 1);
    const char *hidden = hidden_result(s);
    draw_card(s->d, r);
    draw_code_line(s, r);
    word(&p, sum_style, before, 0);
    p.x += 6;
    if (*result) p.x = draw_result(s, (Point){p.x, p.y + 1}, SIZE_RESULT, hidden ? hidden : result) + 12;
    const Rect rest = {p.x, p.y - 16, p.right - p.x, 16};
    draw_fitted(s->d, rest, (TextStyle){.size = SIZE_SUM, .tone = TONE_INK2}, behind);
}

// ---- where it is written -------------------------------------------------------------------------

// "first.cnn:11", and "first.cnn:11  conv 2 5x5".
typedef struct Statement { const char *place, *whole; } Statement;

static Statement statement_of(Screen *s) {
    const Experiment *x = s->v->t.s->x;
    const Use *use = s->stage->use;
    if (!use || !use->kind) return (Statement){"", ""};
    const int line = diags_line(x->places, use->at);
    const char *slash = strrchr(x->file, '/');
    const char *text = use_text(s->a, use);
    if (line == 0) return (Statement){"", text};
    const char *place = arena_print(s->a, "%s:%d", slash ? slash + 1 : x->file, line);
    return (Statement){place, arena_print(s->a, "%s  %s", place, text)};
}

static const char *indices_of(Screen *s) {
    if (s->v->at.level < LEVEL_CHANNEL || !s->here.v.v) return "";
    const Spot at = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    if (s->here.param)
        return arena_print(s->a, "f = %d  c = %d  i = %d  j = %d", at.n, at.c, at.y, at.x);
    if (s->here.v.h * s->here.v.w == 1) return arena_print(s->a, "c = %d", at.c);
    return arena_print(s->a, "c = %d  y = %d  x = %d", at.c, at.y, at.x);
}

// What C does is written in full; where that needs the room, the model's statement is shortened to its
// place or left out, and then the indices are.
void draw_code_line(Screen *s, Rect r) {
    enum { APART = 28 };
    const TextStyle plain = {.size = SIZE_AXIS, .tone = TONE_INK3};
    const TextStyle mono = {.font = FONT_MONO, .size = SIZE_AXIS, .tone = TONE_INK2};
    const Fonts *fonts = s->d->fonts;
    const double y = r.y + r.h - 15, line = r.y + r.h - CODE, left = r.x + CARD_PADDING;
    const double end = r.x + r.w - CARD_PADDING;
    const CodeLine code = code_here(s->a, s->v);
    const char *where = code.file ? arena_print(s->a, "%s:%d", code.file, code.line) : "";
    const double needed = code.file ? fonts_width(fonts, &plain, where) + 12 +
                                      fonts_width(fonts, &mono, code.text) + 1 : 0;
    const char *indices = indices_of(s);
    const Statement own = statement_of(s);
    const char *const shorter[] = {own.whole, own.place, ""};
    double room = end - left - needed - (*indices ? fonts_width(fonts, &mono, indices) + 20 : 0);
    int k = 0;
    while (k < 2 && fonts_width(fonts, &mono, shorter[k]) + APART > room) k++;
    if (room < 0) indices = "";

    double x = left;
    draw_line(s->d, (Point){x, line}, (Point){end, line}, (ShapeStyle){.line = TONE_LINE});
    if (*indices) {
        TextStyle right = mono;
        right.align = ALIGN_RIGHT;
        draw_text(s->d, (Point){end, y}, right, indices);
    }
    if (*shorter[k]) x += draw_text(s->d, (Point){x, y}, mono, shorter[k]) + APART;
    if (!code.file) return;
    x += draw_text(s->d, (Point){x, y}, plain, where) + 12;
    draw_fitted(s->d, (Rect){x, y - 10, fmin(needed, end - x), 10}, mono, code.text);
}
