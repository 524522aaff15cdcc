/* picture.c — which sort of picture is this? And gray from colour; see picture.h. */
#include "runtime/data/picture.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/data/formats.h"
#include "runtime/data/resize.h"
#include "runtime/io.h"

// Files are known by their first bytes. Those without a reader are named in the message.
typedef struct Format {
    const char *magic;
    int n;
    const char *what;
    bool (*parse)(Picture *p, const uint8_t *bytes, size_t len, const char *name, Error *e);
} Format;

static const Format formats[] = {
    {"\x89PNG\r\n\x1a\n", 8, "a PNG",           png_parse},
    {"P2",                2, "a PGM",           pnm_parse},
    {"P3",                2, "a PPM",           pnm_parse},
    {"P5",                2, "a PGM",           pnm_parse},
    {"P6",                2, "a PPM",           pnm_parse},
    {"\xFF\xD8",          2, "a JPEG",          NULL},
    {"GIF8",              4, "a GIF",           NULL},
    {"BM",                2, "a BMP",           NULL},
    {"RIFF",              4, "a WebP",          NULL},
    {"II*\0",             4, "a TIFF",          NULL},
    {"MM\0*",             4, "a TIFF",          NULL},
    {"%PDF",              4, "a PDF",           NULL},
    {"<",                 1, "a web page or other text", NULL},
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

static const Format *format_of(const uint8_t *bytes, size_t len) {
    for (int i = 0; i < N_FORMATS; i++)
        if (len >= (size_t)formats[i].n && !memcmp(bytes, formats[i].magic, (size_t)formats[i].n))
            return &formats[i];
    return NULL;
}

bool picture_parse(Picture *p, const uint8_t *bytes, size_t len, const char *name, Error *e) {
    *p = (Picture){0};
    if (!len) return error_set(e, "%s: is empty", name);
    const Format *f = format_of(bytes, len);
    if (!f) return error_set(e, "%s: is not a picture: PNG, PGM and PPM can be read", name);
    if (!f->parse) return error_set(e, "%s: is %s: PNG, PGM and PPM can be read", name, f->what);
    if (f->parse(p, bytes, len, name, e)) return true;
    picture_free(p);
    return false;
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

bool picture_make(Picture *p, uint64_t w, uint64_t h, int c, const char *name, Error *e) {
    *p = (Picture){0};
    if (w == 0 || h == 0) return error_set(e, "%s: the picture has no pixels", name);
    if (w > PICTURE_SIDE || h > PICTURE_SIDE || w * h > PICTURE_PIXELS)
        return error_set(e, "%s: %llu x %llu pixels are too many: at most %d x %d and %d together",
                         name, (unsigned long long)w, (unsigned long long)h, PICTURE_SIDE,
                         PICTURE_SIDE, PICTURE_PIXELS);
    uint8_t *v = malloc((size_t)(w * h) * (size_t)c);
    if (!v) return error_set(e, "%s: no memory for the picture", name);
    *p = (Picture){(int)w, (int)h, c, v};
    return true;
}

// ---- other channels, other sizes ----------------------------------------------------------------

// Weights of the three colours for the eye. Source: ITU-R BT.601.
static uint8_t gray_of(const uint8_t *rgb) {
    return (uint8_t)((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
}

bool picture_channels(Picture *dst, const Picture *src, int c, Error *e) {
    if (!picture_make(dst, (uint64_t)src->w, (uint64_t)src->h, c, "picture", e)) return false;
    const size_t n = (size_t)src->w * (size_t)src->h;
    if (src->c == c) memcpy(dst->v, src->v, n * (size_t)c);
    else if (c == 1)
        for (size_t i = 0; i < n; i++) dst->v[i] = gray_of(src->v + 3 * i);
    else
        for (size_t i = 0; i < n; i++) memset(dst->v + 3 * i, src->v[i], 3);
    return true;
}

// Channel c of `bytes`, n pixels of C channels, as numbers; and back, rounded.
static void channel_out(const uint8_t *bytes, size_t n, int C, int c, real *v) {
    for (size_t i = 0; i < n; i++) v[i] = bytes[i * (size_t)C + (size_t)c];
}

static void channel_in(const real *v, size_t n, int C, int c, uint8_t *bytes) {
    for (size_t i = 0; i < n; i++) bytes[i * (size_t)C + (size_t)c] = (uint8_t)(v[i] + R(0.5));
}

bool picture_resize(Picture *dst, const Picture *src, int h, int w, Error *e) {
    const size_t n = (size_t)src->w * (size_t)src->h, n2 = (size_t)w * (size_t)h;
    if (!picture_make(dst, (uint64_t)w, (uint64_t)h, src->c, "picture", e)) return false;
    real *from = malloc((n + n2) * sizeof *from);
    if (!from) {
        picture_free(dst);
        return error_set(e, "no memory to resize a picture");
    }
    real *const to = from + n;
    for (int c = 0; c < src->c; c++) {
        channel_out(src->v, n, src->c, c, from);
        resize_channel(from, src->h, src->w, to, h, w);
        channel_in(to, n2, src->c, c, dst->v);
    }
    free(from);
    return true;
}
