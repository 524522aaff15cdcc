/* draw.h — what a frame looks like, as data.
 *
 * A picture is a DrawList: rectangles, paths, texts and grids of coloured cells, in the order in
 * which they are painted. Charts and screens are functions that fill one; the painter (paint.h)
 * puts it into a PNG, SVG or PDF or into the memory of a window; tests read it. So all of them
 * show the same picture, and nothing here knows Cairo, FreeType or SDL.
 *
 * Lengths are in dp: a slide is SLIDE_W × SLIDE_H dp or a little more, however many pixels show it.
 * Colours are tones, names that a theme gives a colour: the same list is painted light or dark.
 *
 * A list owns everything in it; texts, points and numbers are copied. When memory runs out the
 * list is marked `failed`, further commands are dropped, and the painter refuses it: code that
 * draws need not check. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "viz/draw/fonts.h"
#include "viz/draw/theme.h"

// ---- sizes -------------------------------------------------------------------------------------

enum { SLIDE_W = 1280, SLIDE_H = 800 };

// Sizes of text. What is needed to follow the argument is SIZE_BODY or more, nothing is smaller
// than SIZE_AXIS; only drawings of very large networks shrink below it.
enum {
    SIZE_AXIS = 14, SIZE_LABEL = 16, SIZE_BODY = 20, SIZE_SUM = 22, SIZE_RESULT = 24,
    SIZE_TITLE = 26, SIZE_TILE = 32, SIZE_HERO = 44
};

enum { MARGIN = 24, CARD_GAP = 12, CARD_PADDING = 20, CARD_RADIUS = 8, CHIP_RADIUS = 6 };

// ---- commands ----------------------------------------------------------------------------------

typedef struct Point { double x, y; } Point;
typedef struct Rect { double x, y, w, h; } Rect;

// How a rectangle or a path is filled and outlined. A tone of TONE_NONE leaves it out.
typedef struct ShapeStyle {
    Tone fill, line;
    double width;   // of the line; 0: 1 dp
    double radius;  // of rounded corners
    bool dashed;
} ShapeStyle;

// How numbers are shown as cells: v / max goes through the scale; max 0 means 1.
typedef struct CellStyle {
    Scale scale;
    Palette palette;
    double max;
    Tone line;      // lines between the cells
    double width;   // of these lines
} CellStyle;

typedef enum DrawKind {
    DRAW_RECT, DRAW_PATH, DRAW_TEXT, DRAW_CELLS,
    DRAW_HATCH, // lines at 45° over `rect`, shape.width dp apart: what is not there
    DRAW_CLIP,  // until the matching DRAW_UNCLIP only what lies in `rect` is painted
    DRAW_UNCLIP
} DrawKind;

typedef struct DrawCommand {
    DrawKind kind;
    Rect rect;             // of a text: the place it covers, from ascenders to descenders
    ShapeStyle shape;
    const Point *point;    // DRAW_PATH: n_points corners
    int n_points;
    const char *text;      // UTF-8
    TextStyle style;
    Point baseline;        // the left end of the text's baseline
    const float *value;    // DRAW_CELLS: rows × columns (× 3) numbers
    int rows, columns;
    CellStyle cells;
} DrawCommand;

typedef struct DrawBlock DrawBlock;

typedef struct DrawList {
    double w, h;
    const Fonts *fonts;
    int n, room;
    DrawCommand *command;
    DrawBlock *memory;
    bool failed;
} DrawList;

// An empty picture of w × h dp; `fonts` must outlive it. NULL when memory is out.
DrawList *draw_make(const Fonts *fonts, double w, double h);
void draw_free(DrawList *d); // NULL is allowed

void draw_rect(DrawList *d, Rect r, ShapeStyle s);
void draw_line(DrawList *d, Point from, Point to, ShapeStyle s);

// A line through n points; with a fill, the area they enclose. Corners are rounded by s.radius.
// Fewer than two points draw nothing.
void draw_path(DrawList *d, const Point *p, int n, ShapeStyle s);

// A path that ends in an arrow head at its last point.
void draw_arrow(DrawList *d, const Point *p, int n, ShapeStyle s);

// A disc around a point.
void draw_dot(DrawList *d, Point centre, double radius, ShapeStyle s);

// rows × columns cells that fill r. `value` holds one number per cell, three for SCALE_RGB.
void draw_cells(DrawList *d, Rect r, int rows, int columns, const float *value, CellStyle s);

// Fine lines at 45° over r, `gap` dp apart: a number that does not exist (yet).
void draw_hatch(DrawList *d, Rect r, Tone tone, double gap);

// Text on a baseline; at.x is its left end, middle or right end as s.align says. Returns its width.
double draw_text(DrawList *d, Point at, TextStyle s, const char *text);

// The same, formatted (cut at 511 bytes).
double draw_print(DrawList *d, Point at, TextStyle s, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

// Text within a rectangle, aligned in it, capitals centred between top and bottom. Text that is
// too wide shrinks to 4/5 of its size (but not from above SIZE_AXIS to below it), and is then cut
// with an ellipsis.
void draw_fitted(DrawList *d, Rect r, TextStyle s, const char *text);

void draw_clip(DrawList *d, Rect r);
void draw_unclip(DrawList *d);

// ---- what every screen is made of --------------------------------------------------------------

// A white card with a thin border.
void draw_card(DrawList *d, Rect r);

// A card's heading: a bold word and a helper behind it, on one baseline.
void draw_heading(DrawList *d, Point at, const char *title, const char *helper);

// A card with one large number and what it means.
void draw_tile(DrawList *d, Rect r, const char *caption, const char *number);

// The yellow marker "we are here" around a rectangle: visible on any colour.
void draw_marker(DrawList *d, Rect r);

// The slide's title, and a plain sentence behind it that is cut where `right` begins.
void draw_title(DrawList *d, Point at, double right, const char *title, const char *sentence);

// The part of r that is left when `by` dp are taken off on every side.
Rect rect_inset(Rect r, double by);
