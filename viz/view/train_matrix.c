/* train_matrix.c — the confusion matrix while the network trains, and the worst mistakes.
 *
 * Row: what a picture is; column: what the network says. Right answers are blue, wrong ones orange, as
 * in viz/charts/confusion.c. Each cell is a way to the pictures behind it. */
#include <math.h>

#include "viz/charts/charts.h"
#include "viz/view/train_parts.h"

enum { MOST_COUNTS = 20, NAMES_TOP = 22, PICTURE = 66 };

const char *judged_words(Arena *a, const Judged *j) {
    const char *n = arena_print(a, "%s", number_count(j->n).s);
    if (j->n == j->of) return arena_print(a, "%s %s images", n, part_names[j->part]);
    return arena_print(a, "%s of %s %s images", n, number_count(j->of).s, part_names[j->part]);
}

// ---- the matrix ----------------------------------------------------------------------------------

// numbered: the names have no room above the columns; numbers stand there, and behind the rows' names.
typedef struct Grid { const TrainView *t; int n; Rect at; double w, h; bool numbered; } Grid;

static Rect cell_of(const Grid *g, int wanted, int said) {
    return (Rect){g->at.x + said * g->w, g->at.y + wanted * g->h, g->w, g->h};
}

static int64_t row_sum(const Grid *g, int wanted) {
    int64_t sum = 0;
    for (int k = 0; k < g->n; k++) sum += g->t->matrix[wanted * g->n + k];
    return sum;
}

static double shade_of(const Grid *g, int i, int k) {
    return confusion_shade(g->t->matrix[i * g->n + k], row_sum(g, i), i == k);
}

static void draw_shades(Screen *s, const Grid *g) {
    float *shade = arena_array(s->a, float, (size_t)g->n * (size_t)g->n + 1);
    for (int i = 0; i < g->n; i++)
        for (int k = 0; k < g->n; k++) shade[i * g->n + k] = (float)shade_of(g, i, k);
    draw_cells(s->d, g->at, g->n, g->n, shade,
               (CellStyle){.scale = SCALE_SIGNED, .palette = s->v->palette, .max = 1,
                           .line = g->h > 8 ? TONE_SURFACE : TONE_NONE, .width = 2});
}

// Zeros are left out: what is empty was never answered.
static void draw_count(Screen *s, const Grid *g, int i, int k) {
    const int count = g->t->matrix[i * g->n + k];
    TextStyle style = {i == k ? FONT_BOLD : FONT_REGULAR, fmin(SIZE_RESULT, 0.66 * g->h), TONE_INK,
                       ALIGN_CENTRE, true};
    if (count == 0) return;
    const char *text = arena_print(s->a, "%d", count);
    style.size *= fmin(1, (g->w - 5) / fonts_width(s->d->fonts, &style, text));
    style.tone = scale_ink(s->v->palette, SCALE_SIGNED, shade_of(g, i, k));
    if (style.size >= 11) draw_fitted(s->d, cell_of(g, i, k), style, text);
}

static void draw_counts(Screen *s, const Grid *g) {
    for (int i = 0; i < g->n; i++)
        for (int k = 0; k < g->n; k++) draw_count(s, g, i, k);
}

static bool names_fit(Screen *s, const Grid *g) {
    const TextStyle style = {.font = FONT_BOLD, .size = SIZE_AXIS};
    for (int k = 0; k < g->n; k++)
        if (fonts_width(s->d->fonts, &style, s->v->s->data.class_name[k]) > g->w - 4) return false;
    return true;
}

static const char *row_name(Screen *s, const Grid *g, int i) {
    const char *name = s->v->s->data.class_name[i];
    return g->numbered ? arena_print(s->a, "%s %d", name, i) : name;
}

// Names left of the rows and above the columns; of many classes every so many.
static void draw_names(Screen *s, const Grid *g, double left) {
    const Dataset *d = &s->v->s->data;
    const int every = 1 + (int)(SIZE_AXIS / g->h);
    const TextStyle row = {FONT_BOLD, SIZE_LABEL, TONE_INK2, ALIGN_RIGHT, false};
    const TextStyle column = {FONT_BOLD, SIZE_LABEL, TONE_INK2, ALIGN_CENTRE, false};
    for (int i = 0; i < g->n; i += every)
        draw_fitted(s->d, (Rect){left, g->at.y + i * g->h, g->at.x - left - 8, fmax(g->h, SIZE_AXIS)}, row,
                    row_name(s, g, i));
    for (int k = 0; k < g->n && every == 1; k++)
        draw_fitted(s->d, (Rect){g->at.x + k * g->w + 2, g->at.y - NAMES_TOP, g->w - 4, NAMES_TOP - 4},
                    column, g->numbered ? arena_print(s->a, "%d", k) : d->class_name[k]);
}

static double widest_name(Screen *s, const Grid *g, double most) {
    const TextStyle style = {.font = FONT_BOLD, .size = SIZE_LABEL};
    double w = 12;
    for (int i = 0; i < g->n; i++) w = fmax(w, fonts_width(s->d->fonts, &style, row_name(s, g, i)));
    return fmin(w, most);
}

static Grid grid_in(Screen *s, Rect in, const TrainView *t, bool numbered) {
    Grid g = {.t = t, .n = s->v->s->data.classes, .numbered = numbered};
    const double names = widest_name(s, &g, 0.3 * in.w) + 8;
    g.at = (Rect){in.x + names, in.y + NAMES_TOP, in.w - names, in.h - NAMES_TOP + 4};
    g.w = g.at.w / g.n, g.h = g.at.h / g.n;
    return g;
}

void draw_matrix(Screen *s, Rect card, const TrainView *t) {
    const Judged *j = &t->news.judged;
    const Rect in = draw_titled(s, card, "Confusion matrix",
                                j->number ? arena_print(s->a, "%s · row = what it is",
                                                        judged_words(s->a, j)) : NULL);
    if (!t->matrix) {
        draw_prose(s, (Point){in.x, in.y + 24}, in.w, (TextStyle){.size = SIZE_BODY, .tone = TONE_INK2},
                   arena_print(s->a, "%d classes are too many for a matrix.", s->v->s->data.classes));
        return;
    }
    Grid g = grid_in(s, in, t, false);
    if (!names_fit(s, &g)) g = grid_in(s, in, t, true);
    draw_shades(s, &g);
    draw_names(s, &g, in.x);
    if (g.n <= MOST_COUNTS) draw_counts(s, &g);
    if (j->number)
        hits_add(s->hits, (Hit){.kind = HIT_MATRIX, .rect = g.at, .rows = g.n, .columns = g.n});
    if (t->marked == MARKED_CELL) draw_mark(s, rect_inset(cell_of(&g, t->wanted, t->said), 1));
}

// ---- mistakes ------------------------------------------------------------------------------------

static const char *mistake_words(Screen *s, const WrongAnswer *a) {
    const char *const *name = s->v->s->data.class_name;
    return arena_print(s->a, "%s → %s", name[a->wanted], name[a->said]);
}

// As many as have room for their words; at least three.
static int mistakes_shown(Screen *s, const TrainView *t, double room, const TextStyle *style) {
    double widest = 0;
    for (int i = 0; i < t->n_mistakes; i++) {
        const WrongAnswer *a = &t->news.judged.answer[t->mistake[i]];
        widest = fmax(widest, fonts_width(s->d->fonts, style, mistake_words(s, a)));
    }
    const int most = (int)(room / (widest + 10)), n = most < 3 ? 3 : most;
    return n < MISTAKES ? n : MISTAKES;
}

void draw_mistakes(Screen *s, Rect card, const TrainView *t) {
    const Judged *j = &t->news.judged;
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK, .align = ALIGN_CENTRE};
    const char *worst = arena_print(s->a, "is → says · the worst of %s", number_count(t->n_wrong).s);
    const char *helper = t->n_wrong == 0 ? "none" : worst;
    const Rect in = draw_titled(s, card, "Mistakes", j->number ? helper : NULL);
    const int most = mistakes_shown(s, t, in.w, &words), first = t->which < most ? 0 : t->which - most + 1;
    const double w = in.w / most;
    for (int i = first; i < t->n_mistakes && i < first + most; i++) {
        const WrongAnswer *a = &j->answer[t->mistake[i]];
        const Rect place = {in.x + (i - first) * w + 3, in.y, w - 6, PICTURE};
        const Rect at = draw_thumb(s->d, place, &t->thumbs, a->picture);
        hits_add(s->hits, (Hit){.kind = HIT_PICTURE, .rect = place, .to = a->picture});
        draw_fitted(s->d, (Rect){place.x, in.y + PICTURE + 8, w - 6, 18}, words, mistake_words(s, a));
        if (t->marked == MARKED_MISTAKE && t->which == i) draw_marker(s->d, at);
    }
}
