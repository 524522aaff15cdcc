/* sheet.h — sheets of pictures: a grid of them, names at its rows and columns, a few words below each.
 *
 *     Sheet s;
 *     sheet_make(&s, 3, 8, 1, &e)              three rows, eight columns, one line below each picture
 *     sheet_picture(&s, row, column, &p, &e)   what a picture's bytes look like, or
 *     sheet_numbers(&s, row, column, t, &e)    what numbers on their way to the network look like
 *     sheet_write(&s, row, column, 0, TONE_INK, "cat") a line below it
 *     chart_sheet(&s, "sheet.png", &e)
 *
 * A sheet owns everything in it; texts and numbers are copied. Pictures larger than SHEET_PIXELS are
 * shrunk. Numbers from 0 up are shown as light: black is 0; white is 1 if none is above, 255 if the
 * largest lies between 8 and 255, else the largest. Numbers of both signs are blue and orange if there
 * is one channel; of three channels 0 becomes mid-gray. */
#pragma once
#include "runtime/data/dataset.h"
#include "viz/draw/draw.h"

enum {
    SHEET_PIXELS = 192, // longest side of a picture
    SHEET_LINES = 8,    // lines below each
    SHEET_COLUMNS = 16,
    SHEET_TEXT = 64     // bytes of a text, the end included; longer ones are cut
};

typedef struct SheetText { char s[SHEET_TEXT]; Tone tone; } SheetText;

// One picture: h × w cells, a number each, or three for SCALE_RGB; v NULL: the place stays empty.
typedef struct SheetCell {
    int h, w;
    float *v, max;
    Scale scale;
    SheetText line[SHEET_LINES];
} SheetCell;

typedef struct Sheet {
    int rows, columns, lines;
    SheetCell *cell;                   // rows × columns, row by row
    SheetText *row_name, *column_name; // empty texts: none
    char title[SHEET_TEXT], sentence[3 * SHEET_TEXT];
} Sheet;

// An empty sheet. False with a message if there is no memory; nothing has to be freed then.
bool sheet_make(Sheet *s, int rows, int columns, int lines, Error *e);
void sheet_free(Sheet *s);

// What stands above the whole sheet: a title and a sentence behind it.
void sheet_title(Sheet *s, const char *title, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void sheet_row(Sheet *s, int row, const char *name);
void sheet_column(Sheet *s, int column, const char *name);

bool sheet_picture(Sheet *s, int row, int column, const Picture *p, Error *e);
bool sheet_numbers(Sheet *s, int row, int column, Tensor t, Error *e); // 1 × C × H × W, plain
void sheet_write(Sheet *s, int row, int column, int line, Tone tone, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

// Fills `area`, which should be about as high as sheet_height() says for its width.
void draw_sheet(DrawList *d, Rect area, const Sheet *s);
double sheet_height(const Sheet *s, double w);

// As a file: .png, .svg or .pdf.
bool chart_sheet(const Sheet *s, const char *path, Error *e);
