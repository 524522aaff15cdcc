/* fonts.c — reading the fonts from memory, decoding UTF-8, adding up advances. */
#include "viz/draw/fonts.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_ADVANCES_H
#include FT_MODULE_H
#include <stdlib.h>

#include "viz/draw/font_data.h"

struct Fonts {
    FT_Library library;
    FT_Face face[N_FONTS];
    double digit[N_FONTS]; // advance of the widest digit, in ems
};

static const struct { const char *name; const unsigned char *data, *end; } files[N_FONTS] = {
    [FONT_REGULAR] = {"Inter Regular",          font_inter_regular,  font_inter_regular_end},
    [FONT_BOLD]    = {"Inter SemiBold",         font_inter_semibold, font_inter_semibold_end},
    [FONT_MONO]    = {"JetBrains Mono Regular", font_mono_regular,   font_mono_regular_end},
};

// The advance of a glyph in ems.
static double advance(FT_Face face, FT_UInt glyph) {
    FT_Fixed units = 0;
    if (FT_Get_Advance(face, glyph, FT_LOAD_NO_SCALE, &units)) return 0;
    return (double)units / face->units_per_EM;
}

static double widest_digit(FT_Face face) {
    double widest = 0;
    for (FT_ULong c = '0'; c <= '9'; c++) {
        const double a = advance(face, FT_Get_Char_Index(face, c));
        if (a > widest) widest = a;
    }
    return widest;
}

static bool open_face(Fonts *f, Font i, Error *e) {
    const FT_Long size = (FT_Long)(files[i].end - files[i].data);
    if (FT_New_Memory_Face(f->library, files[i].data, size, 0, &f->face[i]))
        return error_set(e, "the font %s cannot be read", files[i].name);
    f->digit[i] = widest_digit(f->face[i]);
    return true;
}

// ---- memory for FreeType: with its own, a library could not be shared with Cairo's caches --------

static void *get(FT_Memory m, long size) {
    (void)m;
    return malloc((size_t)size);
}

static void give(FT_Memory m, void *block) {
    (void)m;
    free(block);
}

static void *grow(FT_Memory m, long old_size, long size, void *block) {
    (void)m, (void)old_size;
    return realloc(block, (size_t)size);
}

static const struct FT_MemoryRec_ memory = {.alloc = get, .free = give, .realloc = grow};

// ---- open and close ----------------------------------------------------------------------------

Fonts *fonts_open(Error *e) {
    Fonts *f = calloc(1, sizeof *f);
    if (!f || FT_New_Library((FT_Memory)&memory, &f->library)) {
        free(f);
        error_set(e, "no memory for fonts");
        return NULL;
    }
    FT_Add_Default_Modules(f->library);
    for (Font i = 0; i < N_FONTS; i++) {
        if (!open_face(f, i, e)) {
            fonts_close(f);
            return NULL;
        }
    }
    return f;
}

void fonts_close(Fonts *f) {
    if (!f) return;
    for (Font i = 0; i < N_FONTS; i++)
        if (f->face[i]) FT_Done_Face(f->face[i]);
    FT_Done_Library(f->library);
    free(f);
}

void *fonts_keep(const Fonts *f, Font font) {
    FT_Reference_Library(f->library);
    FT_Reference_Face(f->face[font]);
    return f->face[font];
}

void fonts_let_go(void *face) {
    const FT_Library library = ((FT_Face)face)->glyph->library;
    FT_Done_Face(face);
    FT_Done_Library(library);
}

// ---- UTF-8 -------------------------------------------------------------------------------------

enum { REPLACEMENT = 0xFFFD };

// Reads the continuation bytes of a sequence of n bytes; REPLACEMENT if one is missing.
static uint32_t continued(const unsigned char *s, int n, uint32_t code) {
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) return REPLACEMENT;
        code = code << 6 | (s[i] & 0x3F);
    }
    return code;
}

// The first code point of a text that is not empty; *bytes is its length, 1 if it is not UTF-8.
// Overlong forms, surrogates and numbers above U+10FFFF are not.
static uint32_t decode(const char *text, int *bytes) {
    static const struct { unsigned char mask, lead; int n; uint32_t least; } forms[] = {
        {0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000},
    };
    const unsigned char *s = (const unsigned char *)text;

    *bytes = 1;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if ((s[0] & forms[i].mask) != forms[i].lead) continue;
        const uint32_t code = continued(s, forms[i].n, (uint32_t)(s[0] & ~forms[i].mask));
        if (code < forms[i].least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) break;
        if (code != REPLACEMENT) *bytes = forms[i].n;
        return code;
    }
    return REPLACEMENT;
}

// ---- layout ------------------------------------------------------------------------------------

bool fonts_next(const Fonts *f, const TextStyle *s, const char **text, double *x, Glyph *g) {
    if (!**text) return false;
    g->text = *text;
    const uint32_t code = decode(*text, &g->bytes);
    g->id = FT_Get_Char_Index(f->face[s->font], code);
    const double own = advance(f->face[s->font], g->id);
    const double wide = s->tabular && code >= '0' && code <= '9' ? f->digit[s->font] : own;
    g->x = *x + (wide - own) / 2 * s->size;
    *x += wide * s->size;
    *text += g->bytes;
    return true;
}

double fonts_width(const Fonts *f, const TextStyle *s, const char *text) {
    double x = 0;
    Glyph g;
    while (fonts_next(f, s, &text, &x, &g)) continue;
    return x;
}
