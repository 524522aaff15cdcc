/* picture.c — which sort of picture is this? And gray from colour; see picture.h. */
#include "runtime/data/picture.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/data/formats.h"
#include "runtime/data/resize.h"
#include "runtime/io.h"

// Files are known by their first bytes. Those without a reader are named in the message.
typedef struct Format {
    int at;              // where the bytes stand
    const char *magic;
    int n;
    const char *what;    // "this is …"
    bool (*parse)(const PictureFile *f, Picture *p);
} Format;

#define SAVE_AGAIN " picture; save it as PNG or JPEG"
#define NO_PICTURE ", not a picture"

static const Format formats[] = {
    {0, "\x89PNG\r\n\x1a\n", 8, "a PNG", png_parse},
    {0, "\xFF\xD8\xFF", 3, "a JPEG", jpeg_parse},
    {0, "BM", 2, "a BMP", bmp_parse},
    {0, "P2", 2, "a PGM", pnm_parse},
    {0, "P3", 2, "a PPM", pnm_parse},
    {0, "P5", 2, "a PGM", pnm_parse},
    {0, "P6", 2, "a PPM", pnm_parse},
    {0, "\xFF\xD8", 2, "the beginning of a JPEG and nothing more", NULL},
    {0, "GIF8", 4, "a GIF" SAVE_AGAIN, NULL},
    {8, "WEBP", 4, "a WebP" SAVE_AGAIN, NULL},
    {0, "II*\0", 4, "a TIFF" SAVE_AGAIN, NULL},
    {0, "MM\0*", 4, "a TIFF" SAVE_AGAIN, NULL},
    {4, "ftyp", 4, "a HEIC or AVIF picture (or a film); save it as PNG or JPEG", NULL},
    {0, "%PDF", 4, "a PDF" NO_PICTURE, NULL},
    {0, "PK\3\4", 4, "a ZIP archive" NO_PICTURE, NULL},
    {0, "\x1F\x8B", 2, "a .gz archive" NO_PICTURE, NULL},
    {0, "<svg", 4, "an SVG drawing; save it as PNG or JPEG", NULL},
    {0, "<", 1, "a web page or other text" NO_PICTURE, NULL},
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

static bool begins(const Format *f, const uint8_t *bytes, size_t len) {
    const size_t end = (size_t)(f->at + f->n);
    return len >= end && !memcmp(bytes + f->at, f->magic, (size_t)f->n);
}

static const Format *format_of(const uint8_t *bytes, size_t len) {
    for (int i = 0; i < N_FORMATS; i++)
        if (begins(&formats[i], bytes, len)) return &formats[i];
    return NULL;
}

bool picture_certain(const uint8_t *bytes, size_t len) {
    const Format *f = format_of(bytes, len);
    return f && f->parse && f->n > 2;
}

static bool parse(const PictureFile *f, Picture *p) {
    *p = (Picture){0};
    if (!f->len) return error_set(f->e, "%s: is empty", f->name);
    const Format *format = format_of(f->bytes, f->len);
    if (!format)
        return error_set(f->e, "%s: is not a picture: PNG, JPEG, BMP, PGM and PPM can be read", f->name);
    if (!format->parse) return error_set(f->e, "%s: this is %s", f->name, format->what);
    if (format->parse(f, p)) return true;
    picture_free(p);
    return false;
}

bool picture_parse(Picture *p, const uint8_t *bytes, size_t len, const char *name, Error *e) {
    return parse(&(PictureFile){bytes, len, name, false, e}, p);
}

bool picture_sides(Picture *p, const uint8_t *bytes, size_t len, const char *name, Error *e) {
    return parse(&(PictureFile){bytes, len, name, true, e}, p);
}

bool picture_read(Picture *p, const char *path, Error *e) {
    size_t len;
    *p = (Picture){0};
    char *bytes = io_read(path, PICTURE_FILE, &len, e);
    if (!bytes) return false;
    const bool ok = picture_parse(p, (const uint8_t *)bytes, len, path, e);
    free(bytes);
    return ok;
}

void picture_free(Picture *p) {
    free(p->v);
    *p = (Picture){0};
}

// ---- memory -------------------------------------------------------------------------------------

bool picture_limits(const PictureFile *f, uint64_t w, uint64_t h) {
    if (w == 0 || h == 0) return error_set(f->e, "%s: the picture has no pixels", f->name);
    if (w <= PICTURE_SIDE && h <= PICTURE_SIDE && w * h <= PICTURE_PIXELS) return true;
    return error_set(f->e, "%s: %llu x %llu pixels are too many: at most %d x %d and %d together",
                     f->name, (unsigned long long)w, (unsigned long long)h, PICTURE_SIDE,
                     PICTURE_SIDE, PICTURE_PIXELS);
}

bool picture_make(const PictureFile *f, Picture *p, uint64_t w, uint64_t h, int c) {
    *p = (Picture){0};
    if (!picture_limits(f, w, h)) return false;
    uint8_t *v = f->sides_only ? NULL : malloc((size_t)(w * h) * (size_t)c);
    if (!v && !f->sides_only) return error_set(f->e, "%s: no memory for the picture", f->name);
    *p = (Picture){(int)w, (int)h, c, v};
    return true;
}

// ---- other channels, other sizes ----------------------------------------------------------------

// Weights of the three colours for the eye. Source: ITU-R BT.601.
static uint8_t gray_of(const uint8_t *rgb) {
    return (uint8_t)((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
}

static bool make(Picture *p, int w, int h, int c, Error *e) {
    return picture_make(&(PictureFile){.name = "picture", .e = e}, p, (uint64_t)w, (uint64_t)h, c);
}

bool picture_channels(Picture *dst, const Picture *src, int c, Error *e) {
    if (!make(dst, src->w, src->h, c, e)) return false;
    const size_t n = (size_t)src->w * (size_t)src->h;
    if (src->c == c) memcpy(dst->v, src->v, n * (size_t)c);
    else if (c == 1)
        for (size_t i = 0; i < n; i++) dst->v[i] = gray_of(src->v + 3 * i);
    else
        for (size_t i = 0; i < n; i++) memset(dst->v + 3 * i, src->v[i], 3);
    return true;
}

bool picture_resize(Picture *dst, const Picture *src, int h, int w, Error *e) {
    if (!make(dst, w, h, src->c, e)) return false;
    if (resize_bytes(src->v, src->h, src->w, src->c, dst->v, h, w)) return true;
    picture_free(dst);
    return error_set(e, "no memory to resize a picture");
}
