/* sheet.c — sheets of pictures: what is in them, and where it lies. */
#include "viz/charts/sheet.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/picture.h"
#include "viz/draw/paint.h"

enum {
    HEAD = 44,        // the title
    NAME_W = 150,     // most for the names of rows
    NAME_H = 28,      // names of columns
    LINE_H = 21,      // a line below a picture
    MOST_SIDE = 230,  // a picture is never wider
    LEAST_W = 700,    // a page is never narrower
    GAP = 12
};

// ---- what is in it -----------------------------------------------------------------------------

bool sheet_make(Sheet *s, int rows, int columns, int lines, Error *e) {
    *s = (Sheet){.rows = rows, .columns = columns, .lines = lines};
    s->cell = calloc((size_t)rows * (size_t)columns, sizeof *s->cell);
    s->row_name = calloc((size_t)rows, sizeof *s->row_name);
    s->column_name = calloc((size_t)columns, sizeof *s->column_name);
    if (s->cell && s->row_name && s->column_name) return true;
    sheet_free(s);
    return error_set(e, "no memory for a sheet of %d × %d pictures", rows, columns);
}

void sheet_free(Sheet *s) {
    for (int i = 0; s->cell && i < s->rows * s->columns; i++) free(s->cell[i].v);
    free(s->cell), free(s->row_name), free(s->column_name);
    *s = (Sheet){0};
}

static SheetCell *cell_at(const Sheet *s, int row, int column) {
    return &s->cell[row * s->columns + column];
}

void sheet_title(Sheet *s, const char *title, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    snprintf(s->title, sizeof s->title, "%s", title);
    vsnprintf(s->sentence, sizeof s->sentence, fmt, args);
    va_end(args);
}

void sheet_row(Sheet *s, int row, const char *name) {
    snprintf(s->row_name[row].s, SHEET_TEXT, "%s", name);
}

void sheet_column(Sheet *s, int column, const char *name) {
    snprintf(s->column_name[column].s, SHEET_TEXT, "%s", name);
}

void sheet_write(Sheet *s, int row, int column, int line, Tone tone, const char *fmt, ...) {
    SheetText *text = &cell_at(s, row, column)->line[line];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text->s, sizeof text->s, fmt, args);
    va_end(args);
    text->tone = tone;
}

static bool cell_room(SheetCell *cell, int h, int w, int c, Error *e) {
    free(cell->v);
    cell->h = h, cell->w = w;
    cell->scale = c == 3 ? SCALE_RGB : SCALE_GRAY;
    cell->v = malloc((size_t)h * (size_t)w * (size_t)c * sizeof *cell->v);
    return cell->v || error_set(e, "no memory for a picture of %dx%d", h, w);
}

// ---- pictures as bytes -------------------------------------------------------------------------

// The sides within SHEET_PIXELS, their ratio kept.
static void fit_sides(int *h, int *w) {
    const int longest = *h > *w ? *h : *w;
    if (longest <= SHEET_PIXELS) return;
    const double shrink = (double)SHEET_PIXELS / longest;
    *h = (int)fmax(1, *h * shrink + 0.5);
    *w = (int)fmax(1, *w * shrink + 0.5);
}

bool sheet_picture(Sheet *s, int row, int column, const Picture *p, Error *e) {
    SheetCell *cell = cell_at(s, row, column);
    Picture small;
    int h = p->h, w = p->w;
    fit_sides(&h, &w);
    if (!picture_resize(&small, p, h, w, e)) return false;
    const bool ok = cell_room(cell, h, w, p->c, e);
    for (size_t i = 0, n = (size_t)h * (size_t)w * (size_t)p->c; ok && i < n; i++)
        cell->v[i] = small.v[i];
    cell->max = 255;
    picture_free(&small);
    return ok;
}

// ---- numbers as pictures -----------------------------------------------------------------------

// Whether pixels have been rescaled can be seen in them; slopes (edges) of rescaled ones reach 4.5.
static float white(double most) {
    return (float)(most <= 1 ? 1 : 8 < most && most <= 255 ? 255 : most);
}

// Which number is white, or full blue; numbers of three channels and both signs are put around 1/2.
static void choose_scale(SheetCell *cell, size_t n) {
    double least = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, cell->v[i]);
        most = fmax(most, cell->v[i]);
    }
    cell->max = white(most);
    if (least >= 0) return;
    cell->max = (float)fmax(-least, most);
    if (cell->scale != SCALE_RGB) {
        cell->scale = SCALE_SIGNED;
        return;
    }
    for (size_t i = 0; i < n; i++) cell->v[i] = 0.5f + 0.5f * cell->v[i] / cell->max;
    cell->max = 1;
}

bool sheet_numbers(Sheet *s, int row, int column, Tensor t, Error *e) {
    SheetCell *cell = cell_at(s, row, column);
    int h = t.h, w = t.w;
    const int c = t.c == 3 ? 3 : 1; // of any other number of channels, the first is shown
    fit_sides(&h, &w);
    if (!cell_room(cell, h, w, c, e)) return false;
    float *v = cell->v;
    for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++)
    for (int k = 0; k < c; k++)
        *v++ = (float)*at(t, 0, k, y * t.h / h, x * t.w / w);
    choose_scale(cell, (size_t)(h * w * c));
    return true;
}

// ---- where it lies -----------------------------------------------------------------------------

// All measures of a sheet: pictures have boxes of side × side · ratio.
typedef struct Grid { double left, top, side, ratio, name_w, step_x, step_y; } Grid;

static bool named(const SheetText *t, int n) {
    for (int i = 0; i < n; i++)
        if (*t[i].s) return true;
    return false;
}

// Height to width of the box that every picture finds room in.
static double box_ratio(const Sheet *s) {
    double most = 0.3;
    for (int i = 0; i < s->rows * s->columns; i++)
        if (s->cell[i].v) most = fmax(most, (double)s->cell[i].h / s->cell[i].w);
    return fmin(most, 2);
}

// Room for the longest name, about: 10 dp for a letter.
static double names_width(const SheetText *t, int n) {
    size_t longest = 0;
    for (int i = 0; i < n; i++)
        if (strlen(t[i].s) > longest) longest = strlen(t[i].s);
    return longest ? fmin(NAME_W, 10.0 * (double)longest + 2 * GAP) : 0;
}

static Grid make_grid(const Sheet *s, double w) {
    Grid g = {.ratio = box_ratio(s)};
    g.name_w = names_width(s->row_name, s->rows);
    const double room = w - 2 * MARGIN - g.name_w - (s->columns - 1) * GAP;
    g.side = fmin(MOST_SIDE, room / s->columns);
    g.step_x = g.side + GAP;
    g.step_y = g.side * g.ratio + s->lines * LINE_H + GAP;
    g.left = MARGIN + g.name_w;
    g.top = MARGIN + (*s->title ? HEAD : 0) + (named(s->column_name, s->columns) ? NAME_H : 0);
    return g;
}

// A page that is no wider than the pictures need, but wide enough for a title.
static double page_width(const Sheet *s) {
    const Grid g = make_grid(s, SLIDE_W);
    return fmin(SLIDE_W, fmax(LEAST_W, g.left + s->columns * g.step_x - GAP + MARGIN));
}

double sheet_height(const Sheet *s, double w) {
    const Grid g = make_grid(s, w);
    return g.top + s->rows * g.step_y - GAP + MARGIN;
}

// ---- drawing -----------------------------------------------------------------------------------

// The picture in the middle of its box, as large as it can be.
static void draw_cell(DrawList *d, Rect box, const SheetCell *c) {
    if (!c->v) return;
    const double zoom = fmin(box.w / c->w, box.h / c->h), w = c->w * zoom, h = c->h * zoom;
    const Rect at = {box.x + (box.w - w) / 2, box.y + (box.h - h) / 2, w, h};
    draw_cells(d, at, c->h, c->w, c->v, (CellStyle){.scale = c->scale, .max = c->max});
    draw_rect(d, at, (ShapeStyle){.line = TONE_LINE});
}

static void draw_lines(DrawList *d, Rect box, const Sheet *s, const SheetCell *c) {
    for (int i = 0; i < s->lines; i++) {
        const TextStyle style = {.size = SIZE_LABEL, .tone = c->line[i].tone,
                                 .align = ALIGN_CENTRE, .tabular = true};
        const Rect line = {box.x - GAP / 2 + 1, box.y + box.h + 2 + i * LINE_H, box.w + GAP - 2, LINE_H};
        if (*c->line[i].s) draw_fitted(d, line, style, c->line[i].s);
    }
}

static void draw_names(DrawList *d, Rect area, const Sheet *s, const Grid *g) {
    const TextStyle row = {FONT_BOLD, SIZE_LABEL, TONE_INK2, ALIGN_RIGHT, false};
    const TextStyle column = {FONT_BOLD, SIZE_LABEL, TONE_INK2, ALIGN_CENTRE, false};
    for (int i = 0; i < s->rows; i++)
        if (*s->row_name[i].s)
            draw_fitted(d, (Rect){area.x + MARGIN, area.y + g->top + i * g->step_y,
                                  g->name_w - GAP, g->side * g->ratio}, row, s->row_name[i].s);
    for (int j = 0; j < s->columns; j++)
        if (*s->column_name[j].s)
            draw_fitted(d, (Rect){area.x + g->left + j * g->step_x - GAP / 2 + 1,
                                  area.y + g->top - NAME_H, g->side + GAP - 2, NAME_H - 4},
                        column, s->column_name[j].s);
}

void draw_sheet(DrawList *d, Rect area, const Sheet *s) {
    const Grid g = make_grid(s, area.w);
    if (*s->title)
        draw_title(d, (Point){area.x + MARGIN, area.y + MARGIN + 24}, area.x + area.w - MARGIN,
                   s->title, s->sentence);
    draw_names(d, area, s, &g);
    for (int i = 0; i < s->rows; i++)
    for (int j = 0; j < s->columns; j++) {
        const SheetCell *c = cell_at(s, i, j);
        const Rect box = {area.x + g.left + j * g.step_x, area.y + g.top + i * g.step_y, g.side,
                          g.side * g.ratio};
        draw_cell(d, box, c);
        draw_lines(d, box, s, c);
    }
}

bool chart_sheet(const Sheet *s, const char *path, Error *e) {
    Fonts *fonts = fonts_open(e);
    if (!fonts) return false;
    const double w = page_width(s);
    const Rect page = {0, 0, w, sheet_height(s, w)};
    DrawList *d = draw_make(fonts, page.w, page.h);
    if (d) draw_sheet(d, page, s);
    const bool ok = d ? paint_file(d, THEME_LIGHT, path, e)
                      : error_set(e, "no memory for the picture");
    draw_free(d);
    fonts_close(fonts);
    return ok;
}
