/* fonts.h — the three fonts that ship with the program, and how wide text is in them.
 *
 * Inter (regular and semibold) and JetBrains Mono are part of the binary and are read from memory
 * by FreeType, so a picture does not depend on the fonts of a machine. Text is laid out here, one
 * glyph after the other: unhinted advances, no kerning, no ligatures, left to right.
 *
 * Tabular figures: with `tabular` every digit gets the advance of the widest one and stands in the
 * middle of it, so that columns of numbers and numbers that change keep their places. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "runtime/error.h"
#include "viz/draw/theme.h"

typedef enum Font { FONT_REGULAR, FONT_BOLD, FONT_MONO, N_FONTS } Font;
typedef enum Align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } Align;

typedef struct TextStyle {
    Font font;
    double size;   // of the em, dp
    Tone tone;
    Align align;
    bool tabular;
} TextStyle;

typedef struct Fonts Fonts;

// Opens all three. NULL with a message if FreeType refuses one.
Fonts *fonts_open(Error *e);
void fonts_close(Fonts *f); // NULL is allowed; lists that use it must be gone

// One glyph of a text: its number in the font, and where its origin lies, dp from the text's start.
typedef struct Glyph {
    uint32_t id;       // 0: the font has none, a box is shown
    double x;
    const char *text;  // what it stands for, always valid UTF-8; not ended by a NUL
    int bytes;
} Glyph;

// Takes the next glyph of *text, which advances, and adds its width to *x. False at the end.
// Bytes that are not UTF-8 become U+FFFD.
bool fonts_next(const Fonts *f, const TextStyle *s, const char **text, double *x, Glyph *g);

// The width of a text in dp.
double fonts_width(const Fonts *f, const TextStyle *s, const char *text);

// Heights as shares of the size: of capitals, from the baseline up to the tallest letter, and down.
#define FONT_CAPITAL   0.727
#define FONT_ASCENDER  0.76
#define FONT_DESCENDER 0.21

// The FT_Face of a font, for the painter, which may keep it longer than `f` lives: until it lets
// go.
void *fonts_keep(const Fonts *f, Font font);
void fonts_let_go(void *face);

// What the painter makes of a font is kept with it, so that the next picture finds its glyphs drawn
// already: the first call makes it, fonts_close() drops it. NULL if it cannot be made.
typedef struct FontMaker { void *(*make)(const Fonts *f, Font font); void (*drop)(void *made); } FontMaker;
void *fonts_made(const Fonts *f, Font font, const FontMaker *maker);
