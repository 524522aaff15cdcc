/* confusion.c — the confusion matrix: one row per true class, one column per answer.
 *
 * Right answers are blue, wrong ones orange. The colour says the share of the row's pictures; wrong
 * ones go through a square root, so that one mistake in a hundred is seen. */
#include "viz/charts/charts.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/draw/number.h"

enum {
    MOST_NUMBERS = 20, // classes up to which cells carry their counts
    MISTAKES = 10,     // lines in the list of the most frequent mistakes
    NAME_GAP = 12,     // between names and cells
    FOUND = 88         // width of the column "found"
};

static int cell(const Evaluation *v, int wanted, int said) {
    return v->confusion[(size_t)wanted * (size_t)v->classes + (size_t)said];
}

static int64_t row_sum(const Evaluation *v, int wanted) {
    int64_t sum = 0;
    for (int said = 0; said < v->classes; said++) sum += cell(v, wanted, said);
    return sum;
}

double confusion_shade(int n, int64_t of, bool right) {
    if (n == 0) return 0;
    const double share = (double)n / (double)of;
    return right ? 0.9 * share : -0.2 - 0.8 * sqrt(share);
}

// ---- mistakes ----------------------------------------------------------------------------------

typedef struct Mistake { int wanted, said, n; } Mistake;

// The most frequent mistakes, most frequent first; returns how many there are, at most MISTAKES.
static int find_mistakes(const Evaluation *v, Mistake *out) {
    int n = 0;
    for (int i = 0; i < v->classes; i++)
    for (int j = 0; j < v->classes; j++) {
        const Mistake m = {i, j, cell(v, i, j)};
        if (i == j || m.n == 0 || (n == MISTAKES && m.n <= out[n - 1].n)) continue;
        int k = n < MISTAKES ? n++ : n - 1;
        for (; k > 0 && out[k - 1].n < m.n; k--) out[k] = out[k - 1];
        out[k] = m;
    }
    return n;
}

// ---- the matrix --------------------------------------------------------------------------------

// Where it lies, how large its cells are, and the names beside it.
typedef struct Grid {
    const Evaluation *v;
    Rect at;
    double side, name_size, name_w;
    int name_every; // a name at every so many rows
} Grid;

static void draw_shades(DrawList *d, const Grid *g, float *shades) {
    const int n = g->v->classes;
    for (int i = 0; i < n; i++) {
        const int64_t of = row_sum(g->v, i);
        for (int j = 0; j < n; j++)
            shades[(size_t)i * (size_t)n + (size_t)j] = (float)confusion_shade(cell(g->v, i, j), of, i == j);
    }
    draw_cells(d, g->at, n, n, shades, (CellStyle){
        .scale = SCALE_SIGNED,
        .line = g->side > 8 ? TONE_SURFACE : TONE_NONE,
        .width = 2,
    });
}

static double count_size(const DrawList *d, const Grid *g) {
    const double size = fmin(SIZE_TILE, 0.5 * g->side);
    const TextStyle s = {.font = FONT_BOLD, .size = size, .tabular = true};
    int most = 0;
    for (int i = 0; i < g->v->classes; i++)
        for (int j = 0; j < g->v->classes; j++)
            if (cell(g->v, i, j) > most) most = cell(g->v, i, j);
    char text[16];
    snprintf(text, sizeof text, "%d", most);
    return size * fmin(1, (g->side - 8) / fonts_width(d->fonts, &s, text));
}

// Zeros are left out: what is empty was never answered.
static void draw_counts(DrawList *d, const Grid *g) {
    TextStyle s = {.size = count_size(d, g), .align = ALIGN_CENTRE, .tabular = true};
    for (int i = 0; i < g->v->classes; i++) {
        const int64_t of = row_sum(g->v, i);
        for (int j = 0; j < g->v->classes; j++) {
            const int n = cell(g->v, i, j);
            if (n == 0) continue;
            s.font = i == j ? FONT_BOLD : FONT_REGULAR;
            s.tone = scale_ink(PALETTE_ORANGE_BLUE, SCALE_SIGNED, confusion_shade(n, of, i == j));
            draw_print(d, (Point){g->at.x + (j + 0.5) * g->side,
                                  g->at.y + (i + 0.5) * g->side + FONT_CAPITAL * s.size / 2},
                       s, "%d", n);
        }
    }
}

// Names left of the rows. Rows too low for a name each have one for several.
static void row_names(DrawList *d, const Grid *g) {
    const TextStyle s = {FONT_BOLD, g->name_size, TONE_INK2, ALIGN_RIGHT, false};
    for (int i = 0; i < g->v->classes; i += g->name_every) {
        const double y = g->at.y + i * g->side;
        draw_fitted(d, (Rect){g->at.x - NAME_GAP - g->name_w, y, g->name_w, g->side}, s,
                    g->v->class_name[i]);
    }
}

// Names above the columns, the wide ones in two lines by turns. Narrow columns have none: their
// order is that of the rows.
static void column_names(DrawList *d, const Grid *g) {
    if (g->name_every > 1) return;
    const bool turns = g->name_w > g->side;
    const double wide = turns ? 2 * g->side : g->side;
    const double size = turns ? SIZE_LABEL : g->name_size;
    const TextStyle s = {FONT_BOLD, size, TONE_INK2, ALIGN_CENTRE, false};
    for (int i = 0; i < g->v->classes; i++) {
        const double middle = g->at.x + (i + 0.5) * g->side, up = turns && i % 2 ? 20 : 0;
        draw_fitted(d, (Rect){middle - wide / 2 + 3, g->at.y - 28 - up, wide - 6, 24}, s,
                    g->v->class_name[i]);
    }
}

// Right of every row: the share of the class that was found.
static void draw_found(DrawList *d, const Grid *g) {
    const TextStyle s = {FONT_REGULAR, g->name_size, TONE_INK2, ALIGN_RIGHT, true};
    const Rect column = {g->at.x + g->at.w, g->at.y, FOUND, g->side};
    draw_text(d, (Point){column.x + FOUND, g->at.y - 10},
              (TextStyle){FONT_BOLD, SIZE_LABEL, TONE_INK2, ALIGN_RIGHT, false}, "found");
    for (int i = 0; i < g->v->classes; i++) {
        char text[64];
        const int64_t of = row_sum(g->v, i);
        if (of == 0) continue;
        const double share = 100.0 * cell(g->v, i, i) / (double)of;
        snprintf(text, sizeof text, "%s %%", number_fixed(share, 1).s);
        draw_fitted(d, (Rect){column.x, column.y + i * g->side, FOUND, g->side}, s, text);
    }
}

// The yellow marker stands on the most frequent mistake.
static void mark_mistake(DrawList *d, const Grid *g) {
    Mistake m[MISTAKES];
    if (find_mistakes(g->v, m) == 0) return;
    const double x = g->at.x + m[0].said * g->side, y = g->at.y + m[0].wanted * g->side;
    draw_marker(d, rect_inset((Rect){x, y, g->side, g->side}, 2));
}

static double widest_name(const DrawList *d, const Evaluation *v, double size) {
    const TextStyle s = {.font = FONT_BOLD, .size = size};
    double widest = 0;
    for (int i = 0; i < v->classes; i++)
        widest = fmax(widest, fonts_width(d->fonts, &s, v->class_name[i]));
    return widest;
}

// The largest square cells that fit into the card, with room for names and shares; centred.
static Grid make_grid(const DrawList *d, const Evaluation *v, Rect card) {
    Grid g = {.v = v};
    const double head = 100, high = card.h - head - CARD_PADDING;
    g.name_size = high / v->classes > 40 ? SIZE_BODY : SIZE_LABEL;
    g.name_w = fmin(118, widest_name(d, v, g.name_size) + 1);
    const double beside = g.name_w + NAME_GAP + (v->classes <= MOST_NUMBERS ? FOUND : 0);
    const double size = fmin(card.w - 2 * CARD_PADDING - beside, high);
    g.side = size / v->classes;
    const double left = card.x + (card.w - beside - size) / 2 + g.name_w + NAME_GAP;
    g.at = (Rect){left, card.y + head, size, size};
    g.name_every = (int)ceil((SIZE_LABEL + 4) / g.side);
    return g;
}

static void draw_matrix(DrawList *d, Rect card, const Evaluation *v, float *shades) {
    const Grid g = make_grid(d, v, card);
    draw_card(d, card);
    draw_heading(d, (Point){card.x + CARD_PADDING, card.y + 30}, "Pictures",
                 "row: what it is · column: what the network says");
    draw_shades(d, &g, shades);
    row_names(d, &g);
    column_names(d, &g);
    if (v->classes > MOST_NUMBERS) return;
    mark_mistake(d, &g);
    draw_counts(d, &g);
    draw_found(d, &g);
}

// ---- what stands beside it ---------------------------------------------------------------------

static void draw_mistake(DrawList *d, Rect line, const Evaluation *v, Mistake m) {
    const double arrow = 40, count_w = 72, half = (line.w - arrow - count_w) / 2;
    const Rect wanted = {line.x, line.y, half, line.h};
    const Rect between = {wanted.x + half, line.y, arrow, line.h};
    const Rect said = {between.x + arrow, line.y, half, line.h};
    const TextStyle middle = {.size = SIZE_BODY, .tone = TONE_INK3, .align = ALIGN_CENTRE};

    draw_fitted(d, wanted, (TextStyle){FONT_REGULAR, SIZE_BODY, TONE_INK, ALIGN_RIGHT, false},
                v->class_name[m.wanted]);
    draw_fitted(d, between, middle, "→");
    draw_fitted(d, said, (TextStyle){FONT_BOLD, SIZE_BODY, TONE_NEG, ALIGN_LEFT, false},
                v->class_name[m.said]);
    draw_fitted(d, line, (TextStyle){FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true},
                number_count(m.n).s);
}

static void draw_mistakes(DrawList *d, Rect card, const Evaluation *v) {
    Mistake m[MISTAKES];
    const int n = find_mistakes(v, m);
    const double top = card.y + 56, h = (card.h - 72) / MISTAKES;
    draw_card(d, card);
    draw_heading(d, (Point){card.x + CARD_PADDING, card.y + 30}, "Most frequent mistakes",
                 n ? "is → says" : "none");
    for (int i = 0; i < n; i++) {
        const Rect line = {card.x + CARD_PADDING, top + i * h, card.w - 2 * CARD_PADDING, h};
        draw_mistake(d, line, v, m[i]);
    }
}

static void draw_tiles(DrawList *d, Rect row, const Evaluation *v) {
    char accuracy[64];
    const double w = (row.w - CARD_GAP) / 2;
    snprintf(accuracy, sizeof accuracy, "%s %%", number_fixed(100 * v->accuracy, 2).s);
    draw_tile(d, (Rect){row.x, row.y, w, row.h}, "accuracy", accuracy);
    draw_tile(d, (Rect){row.x + w + CARD_GAP, row.y, w, row.h}, "loss", number_fixed(v->loss, 4).s);
}

// ---- the slide ---------------------------------------------------------------------------------

bool draw_confusion(DrawList *d, Rect slide, const Evaluation *v, Error *e) {
    const Rect area = rect_inset(slide, MARGIN);
    const double top = area.y + 44, tiles_h = 78, right_w = 392;
    const double left_w = area.w - right_w - CARD_GAP, right_x = area.x + left_w + CARD_GAP;
    char sentence[192];
    assert(v->classes > 0 && v->confusion);
    float *shades = malloc(sizeof *shades * (size_t)v->classes * (size_t)v->classes);
    if (!shades) return error_set(e, "no memory for a matrix of %d classes", v->classes);

    snprintf(sentence, sizeof sentence, "%s %s pictures · accuracy %s %%", number_count(v->n).s,
             v->part, number_fixed(100 * v->accuracy, 2).s);
    draw_title(d, (Point){area.x, area.y + 24}, area.x + area.w, "Confusion matrix", sentence);
    draw_matrix(d, (Rect){area.x, top, left_w, area.y + area.h - top}, v, shades);
    draw_tiles(d, (Rect){right_x, top, right_w, tiles_h}, v);
    const double list_y = top + tiles_h + CARD_GAP;
    draw_mistakes(d, (Rect){right_x, list_y, right_w, area.y + area.h - list_y}, v);
    free(shades);
    return true;
}
