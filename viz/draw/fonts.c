/* fonts.c — reading the fonts from memory, decoding UTF-8, adding up advances. */
#include "viz/draw/fonts.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_ADVANCES_H
#include FT_MODULE_H
#include <stdlib.h>
#include <string.h>

#include "runtime/utf8.h"
#include "viz/draw/font_data.h"

enum { REPLACEMENT = 0xFFFD };

// What somebody made of the fonts; NULL: nothing yet.
typedef struct Made { void *v[N_FONTS]; void (*drop)(void *made); } Made;

struct Fonts {
    FT_Library library;
    FT_Face face[N_FONTS];
    double digit[N_FONTS]; // advance of the widest digit, in ems
    Made *made;
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

// ---- memory: not FreeType's own, which would be gone before Cairo's caches let go of a face ------

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
    Made *made = calloc(1, sizeof *made);
    if (!f || !made || FT_New_Library((FT_Memory)&memory, &f->library)) {
        free(f), free(made);
        error_set(e, "no memory for fonts");
        return NULL;
    }
    f->made = made;
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
    for (Font i = 0; i < N_FONTS; i++) {
        if (f->made->v[i]) f->made->drop(f->made->v[i]);
        if (f->face[i]) FT_Done_Face(f->face[i]);
    }
    FT_Done_Library(f->library);
    free(f->made);
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

void *fonts_made(const Fonts *f, Font font, const FontMaker *maker) {
    Made *m = f->made;
    if (!m->v[font]) m->v[font] = maker->make(f, font);
    m->drop = maker->drop;
    return m->v[font];
}

// ---- layout ------------------------------------------------------------------------------------

// The first code point of a text that is not empty; *bytes is its length. A byte that is not UTF-8
// stands for U+FFFD.
static uint32_t decode(const char *text, int *bytes) {
    static const unsigned char payload[] = {0, 0x7F, 0x1F, 0x0F, 0x07}; // bits of a first byte
    const size_t n = utf8_length(text, strnlen(text, 4));
    *bytes = n ? (int)n : 1;
    if (n == 0) return REPLACEMENT;
    uint32_t code = (unsigned char)text[0] & payload[n];
    for (size_t i = 1; i < n; i++) code = code << 6 | ((unsigned char)text[i] & 0x3F);
    return code;
}

bool fonts_next(const Fonts *f, const TextStyle *s, const char **text, double *x, Glyph *g) {
    if (!**text) return false;
    int bytes;
    const uint32_t code = decode(*text, &bytes);
    const bool broken = code == REPLACEMENT && bytes == 1;
    g->text = broken ? "\uFFFD" : *text;
    g->bytes = broken ? 3 : bytes;
    g->id = FT_Get_Char_Index(f->face[s->font], code);
    const double own = advance(f->face[s->font], g->id);
    const double wide = s->tabular && code >= '0' && code <= '9' ? f->digit[s->font] : own;
    g->x = *x + (wide - own) / 2 * s->size;
    *x += wide * s->size;
    *text += bytes;
    return true;
}

double fonts_width(const Fonts *f, const TextStyle *s, const char *text) {
    double x = 0;
    Glyph g;
    while (fonts_next(f, s, &text, &x, &g)) continue;
    return x;
}
