/* pieces.h — what panels are put together from.
 *
 * Each piece draws into a place it is given, says what of it can be clicked, and keeps the rules of
 * the viewer: sign by colour and by a real minus, numbers that shrink rather than touch, hatching
 * for what is not computed yet, one marker for "we are here". */
#pragma once
#include "viz/draw/number.h"
#include "viz/view/screen.h"

// ---- numbers as cells: map.c ---------------------------------------------------------------------

// rows × columns numbers, row by row (three per cell for SCALE_RGB).
typedef struct Map {
    const float *v;
    int rows, columns;
    Scale scale;
    double max;          // what the darkest colour stands for
    int done;            // so many cells are computed, the others hatched
    int target, channel; // what a click goes to; target −1: nothing
    bool ruled;          // lines between the cells
    bool no_zeros;       // a number that is 0 is not written
    int more;            // decimals of its numbers beyond the usual three digits
    bool vector;         // the cells are the channels of a vector
    int top, left, step; // of a part of a larger map: see Hit
} Map;

// Channel c of image n, or a whole vector in rows of equal length. The scale is signed if the
// tensor has a negative number. For what is no target of the stage, target is −1.
Map map_of(Screen *s, Tensor t, int n, int c, int target);

// A vector of n numbers stands in rows of so many, as square as can be.
int vector_columns(int n);

// Channel c of image 0, also of a vector: that is a map of a single number.
Map map_of_channel(Screen *s, Tensor t, int c, int target);

// Channel c of image 0 with at most `side` rows and columns: of what is larger the strongest number of each
// block is shown, since positive and negative ones would cancel in a mean.
Map map_shrunk(Screen *s, Tensor t, int c, int side, int target);

// Of some rows of numbers, `apart` from each other, and every k columns that which is farthest from zero; NaN
// is farther than all. They stand in the first places of `best`, which has room for all columns.
void strongest_columns(float *best, const real *v, size_t apart, int rows, int columns, int k);

// The map of a target's channel: a map of the stage, or a filter, its input channels side by side.
Map map_of_target(Screen *s, const Target *t, int channel, int target);

// A picture as people see it: gray or RGB, `max` is white; and one channel of it, in gray. What has
// negative numbers is no picture any more: its channels are coloured by their signs.
Map map_of_picture(Screen *s, Tensor t, int target);
Map map_of_plane(Screen *s, Tensor t, int channel, int target);

// The size of the largest number of image 0 of a tensor, at least 1e-12; and a parameter as one image.
double tensor_size(Screen *s, Tensor t);
Measured tensor_measured(Screen *s, Tensor t); // and all that is known of them
Tensor in_one(Tensor t);

// How many numbers of a channel of image 0 are zero.
int map_zeros(Tensor t, int c);

// A part of a map, cut at its edges.
Map map_part(Screen *s, const Map *m, int top, int left, int rows, int columns);

// Only the first `done` cells are there.
Map map_until(Map m, int done);

// The largest place in `room` with square cells, in its middle.
Rect map_fit(Rect room, int rows, int columns);

// Where a short vector stands in a card: one number below the other, in cells wide enough for them.
Rect map_column(Rect room, int rows);

// The place of cells within a map that is drawn at `r`.
Rect map_cells(Rect r, const Map *m, int row, int column, int rows, int columns);

void draw_map(Screen *s, Rect r, const Map *m);

// The marker for one cell or window of a map: fits tight grids, too.
void draw_mark(Screen *s, Rect r);

// The largest size of a number, at least 1e-12; NaN and infinities do not count.
double map_size(const float *v, int n);

// What colours are measured against, by the view's choice: this map, this stage or all stages.
double scale_max(Screen *s, Tensor t, const Map *m);

// The scale below a map: r.w wide, 32 dp high, from r.x, r.y. `note` (or NULL) stands at the right.
enum { LEGEND_H = 32 };
void draw_legend(Screen *s, Rect r, const Map *m, const char *note);

// ---- numbers as numbers: grid.c ------------------------------------------------------------------

// One power of ten for a whole panel, so that cells need about three digits.
typedef struct Power { double factor; const char *text; } Power; // text: "×10⁻³" or ""
Power power_of(double max);
int decimals_of(double max); // about three digits for numbers up to max

// A map with its numbers written into the cells, times the power.
void draw_grid(Screen *s, Rect r, const Map *m, Power power, double size);

// ---- the sum a number is: arithmetic.c, terms.c -----------------------------------------------------

enum { ARITHMETIC_H = 128 };

// A term of a sum as text: "0.57·(−0.41)"; of a short sum with more digits.
const char *term_text(Arena *a, const Answer *x, const Term *t);

// The card at the bottom: the terms in order, as many as fit, the result in the marker (at level
// Multiply the current term in the marker, and the sum so far), and below where this is written.
// `left` (or NULL) stands in front, `right` at the right.
void draw_arithmetic(Screen *s, Rect r, const Answer *x, const char *left, const char *right);

// The card for a sum in words: `before` RESULT `behind`, and the line of code below.
void draw_sentence(Screen *s, Rect r, const char *before, const char *result, const char *behind);

// file:line and statement of the definition in C, the statement of the model, indices at the right.
void draw_code_line(Screen *s, Rect r);

// The terms as rows with bars; at level Multiply in order around the current one, else the largest
// first.
void draw_terms(Screen *s, Rect r, const Answer *x);
double terms_max(const Answer *x); // the size of the largest term
Power terms_power(const Screen *s, const Answer *x); // of the rows' numbers: one for many, none for few

// An operand of a layer's sum, by name and place: "weight[1,0,2,2]", of a vector "x[50]".
const char *operand_text(Arena *a, const Node *node, const Graph *g, const Operand *o);

// A number that is told before the terms: "σ = 1.222   the root of …".
const char *helper_text(Arena *a, const Node *node, const Graph *g, const Operand *o, int digits);

// ---- channels: channels.c ------------------------------------------------------------------------

// The narrow strip of channels at the right edge, `done` of them and part of the current one.
enum { STRIP_W = 92 };
void draw_channels(Screen *s, Rect r, int target, bool partly);

// A page of thumbnails, and the current channel large with its numbers. Level Channel.
void draw_channel_page(Screen *s, Rect r, int target);

// As many thumbnails of a tensor as fit into a card. Level Stage.
void draw_thumbnails(Screen *s, Rect r, Tensor t, int target);

// ---- words and controls: words.c -----------------------------------------------------------------

// A card with its heading; returns what is left inside.
Rect draw_titled(Screen *s, Rect r, const char *title, const char *helper);

// Text in lines no wider than w; returns the height.
double draw_prose(Screen *s, Point at, double w, TextStyle style, const char *text);

// A row of words, one of them chosen; kind and to = 0, 1 … of the clicks. Returns its width.
double draw_choice(Screen *s, Point at, double h, const char *const *word, int n, int chosen,
                   HitKind kind);

// A key as it is printed on a keyboard; returns where it ends.
double cap_width(const DrawList *d, const char *text);
double draw_cap(DrawList *d, double x, double middle, const char *text);

// A name and a number on one line, left and right.
void draw_fact(Screen *s, Rect r, const char *name, const char *value);

// A thin straight line.
void draw_rule(Screen *s, Point from, Point to, Tone tone);

// A number with so many significant digits, for as long as the picture.
const char *figures(Screen *s, double v, int digits);

// "1 picture", "64 pictures".
const char *pictures_text(Screen *s, int n);

// A result: text on the marker's yellow. Returns where it ends.
double draw_result(Screen *s, Point at, double size, const char *text);

// ---- charts: chart.c -----------------------------------------------------------------------------

// A horizontal bar of v, full at max; of a signed number from the middle to the left or right.
void draw_bar(Screen *s, Rect r, double v, double max, bool is_signed);

// How often numbers occur, in bins from lo to hi, with the axis below.
void draw_histogram(Screen *s, Rect r, const float *v, int n, double lo, double hi, Tone tone);
