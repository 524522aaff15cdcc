/* bmp.c — BMP files: a header of numbers, a palette, then rows of pixels.
 *
 *     0   "BM"     10  u32  where the pixels begin       all numbers little-endian
 *     14  u32  length L of what follows, this number included:
 *     18  i32 width, i32 height, u16 planes, u16 bits, u32 compression … u32 colours at 46
 *         (L = 12: u16 width, u16 height, u16 planes, u16 bits, and nothing more)
 *     54  with compression 3: three u32, which bits of a pixel are red, green, blue
 *     14 + L (+ 12 if L = 40 and compression 3): the palette, B G R and a byte of nothing for each
 *         colour (L = 12: without that byte)
 *
 * A row takes ⌈width · bits / 32⌉ · 4 bytes. The bottom row comes first; a negative height says that
 * it is the top one. Pixels of 1, 4 or 8 bits are numbers of colours in the palette, those of 24
 * are B G R, those of 16 and 32 are cut into three by the masks (16: 5 bits each; 32: 8), a fourth
 * part is not looked at: programs leave anything there. A palette of grays makes a gray picture.
 * Compressed pixels (RLE) are refused. Source: Microsoft, "Bitmap Storage", BITMAPINFOHEADER. */
#include <string.h>

#include "runtime/data/formats.h"

enum { FILE_HEADER = 14, CORE_HEADER = 12, INFO_HEADER = 40, MASKS = 54, COLOURS = 256 };
enum { PLAIN = 0, RLE8 = 1, RLE4 = 2, BITFIELDS = 3 };

// One colour of a pixel: (pixel & mask) >> shift lies between 0 and max.
typedef struct Mask { uint32_t mask, max; int shift; } Mask;

typedef struct Bmp {
    const PictureFile *f;
    uint32_t header, pixels_at, compression, n_colours;
    int64_t w, h;
    bool top_first;
    unsigned bits;
    Mask mask[3];
    uint8_t colour[COLOURS][3];
    bool gray;
} Bmp;

static unsigned u16(const Bmp *b, size_t at) {
    const uint8_t *v = b->f->bytes + at;
    return (unsigned)(v[0] | v[1] << 8);
}

static uint32_t u32(const Bmp *b, size_t at) { return u16(b, at) | (uint32_t)u16(b, at + 2) << 16; }

static bool wrong(const Bmp *b, const char *what) {
    return error_set(b->f->e, "%s: the BMP is damaged: %s", b->f->name, what);
}

// ---- the header ---------------------------------------------------------------------------------

static bool is_header(uint32_t size) {
    static const uint32_t known[] = {CORE_HEADER, INFO_HEADER, 52, 56, 64, 108, 124};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (size == known[i]) return true;
    return false;
}

static bool take_header(Bmp *b) {
    if (b->f->len < FILE_HEADER + CORE_HEADER) return wrong(b, "its header is cut short");
    b->pixels_at = u32(b, 10);
    b->header = u32(b, 14);
    if (!is_header(b->header)) return wrong(b, "its header has a length that no BMP has");
    if (b->f->len < FILE_HEADER + b->header) return wrong(b, "its header is cut short");
    if (b->header == CORE_HEADER) {
        b->w = u16(b, 18), b->h = u16(b, 20), b->bits = u16(b, 24);
        return true;
    }
    b->w = (int32_t)u32(b, 18);
    b->h = (int32_t)u32(b, 22);
    b->top_first = b->h < 0;
    if (b->h < 0) b->h = -b->h;
    b->bits = u16(b, 28);
    b->compression = u32(b, 30);
    b->n_colours = u32(b, 46);
    return b->w >= 0 || wrong(b, "a negative width");
}

static bool make_mask(Bmp *b, Mask *m, uint32_t mask) {
    if (!mask) return wrong(b, "a colour has no bits");
    *m = (Mask){.mask = mask};
    while (!(mask >> m->shift & 1)) m->shift++;
    m->max = mask >> m->shift;
    return true;
}

static bool take_masks(Bmp *b) {
    static const uint32_t usual[2][3] = {{0x7C00, 0x03E0, 0x001F}, {0xFF0000, 0x00FF00, 0x0000FF}};
    const bool written = b->compression == BITFIELDS;
    if (written && b->f->len < MASKS + 12) return wrong(b, "its masks are cut short");
    for (size_t c = 0; c < 3; c++)
        if (!make_mask(b, &b->mask[c], written ? u32(b, MASKS + 4 * c) : usual[b->bits == 32][c]))
            return false;
    return true;
}

// As many colours as there is room for before the pixels; a pixel that names another is an error.
static bool take_palette(Bmp *b) {
    const size_t at = FILE_HEADER + b->header, bytes = b->header == CORE_HEADER ? 3 : 4;
    const size_t end = b->pixels_at < b->f->len ? b->pixels_at : b->f->len;
    const uint32_t most = 1u << b->bits;
    if (b->n_colours == 0 || b->n_colours > most) b->n_colours = most;
    const size_t room = end > at ? (end - at) / bytes : 0;
    if (b->n_colours > room) b->n_colours = (uint32_t)room;
    if (!b->n_colours) return wrong(b, "its palette is missing");
    b->gray = true;
    for (size_t i = 0; i < b->n_colours; i++) {
        const uint8_t *bgr = b->f->bytes + at + i * bytes;
        for (size_t c = 0; c < 3; c++) b->colour[i][c] = bgr[2 - c];
        b->gray = b->gray && bgr[0] == bgr[1] && bgr[1] == bgr[2];
    }
    return true;
}

static bool take_colours(Bmp *b) {
    if (b->compression == RLE8 || b->compression == RLE4)
        return error_set(b->f->e, "%s: the BMP is compressed (RLE); save it without compression",
                         b->f->name);
    const bool masked = b->bits == 16 || b->bits == 32;
    if (b->compression != PLAIN && !(b->compression == BITFIELDS && masked))
        return wrong(b, "an unknown compression");
    if (masked) return take_masks(b);
    if (b->bits == 24) return true;
    if (b->bits == 1 || b->bits == 4 || b->bits == 8) return take_palette(b);
    return error_set(b->f->e, "%s: a BMP of %u bits per pixel; 1, 4, 8, 16, 24 or 32 can be read",
                     b->f->name, b->bits);
}

// ---- the pixels ---------------------------------------------------------------------------------

static size_t row_bytes(const Bmp *b) { return ((size_t)b->w * b->bits + 31) / 32 * 4; }

static bool pixels_there(const Bmp *b) {
    const size_t need = row_bytes(b) * (size_t)b->h;
    if (b->pixels_at <= b->f->len && b->f->len - b->pixels_at >= need) return true;
    return error_set(b->f->e, "%s: the BMP is damaged: %zu bytes of pixels from byte %u on, but the "
                     "file ends at %zu", b->f->name, need, b->pixels_at, b->f->len);
}

static bool row_of_palette(const Bmp *b, const uint8_t *src, uint8_t *dst, size_t channels) {
    const unsigned per_byte = 8 / b->bits, last = (1u << b->bits) - 1;
    for (size_t x = 0; x < (size_t)b->w; x++, dst += channels) {
        const unsigned shift = (per_byte - 1 - (unsigned)(x % per_byte)) * b->bits;
        const unsigned i = (unsigned)src[x / per_byte] >> shift & last;
        if (i >= b->n_colours) return wrong(b, "a pixel has a colour that is not in the palette");
        memcpy(dst, b->colour[i], channels);
    }
    return true;
}

static void row_of_bytes(const Bmp *b, const uint8_t *src, uint8_t *dst) {
    for (size_t x = 0; x < (size_t)b->w; x++)
        for (size_t c = 0; c < 3; c++) dst[3 * x + c] = src[3 * x + 2 - c];
}

static void row_of_masks(const Bmp *b, const uint8_t *src, uint8_t *dst) {
    const size_t bytes = b->bits / 8;
    for (size_t x = 0; x < (size_t)b->w; x++) {
        uint32_t pixel = 0;
        for (size_t i = 0; i < bytes; i++) pixel |= (uint32_t)src[x * bytes + i] << 8 * i;
        for (size_t c = 0; c < 3; c++) {
            const Mask *m = &b->mask[c];
            const uint64_t v = (pixel & m->mask) >> m->shift;
            dst[3 * x + c] = (uint8_t)((v * 255 + m->max / 2) / m->max);
        }
    }
}

static bool take_pixels(const Bmp *b, const Picture *p) {
    const size_t stride = row_bytes(b);
    for (int y = 0; y < p->h; y++) {
        const int row = b->top_first ? y : p->h - 1 - y;
        const uint8_t *src = b->f->bytes + b->pixels_at + (size_t)row * stride;
        uint8_t *dst = p->v + (size_t)y * (size_t)p->w * (size_t)p->c;
        if (b->bits <= 8 && !row_of_palette(b, src, dst, (size_t)p->c)) return false;
        if (b->bits == 24) row_of_bytes(b, src, dst);
        if (b->mask[0].mask) row_of_masks(b, src, dst);
    }
    return true;
}

bool bmp_parse(const PictureFile *f, Picture *p) {
    Bmp b = {.f = f};
    if (!take_header(&b) || !take_colours(&b)) return false;
    if (!picture_limits(f, (uint64_t)b.w, (uint64_t)b.h) || !pixels_there(&b)) return false;
    if (!picture_make(f, p, (uint64_t)b.w, (uint64_t)b.h, b.gray ? 1 : 3)) return false;
    return f->sides_only || take_pixels(&b, p);
}
