/* png.c — PNG files, through libpng's simplified interface.
 *
 * Gray stays gray, everything else becomes RGB. 16 bits become 8, a palette its colours. What is
 * transparent lies over black: colour · alpha / 255. Source: libpng-manual, "Simplified API". */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/formats.h"

// Pixels of c + 1 bytes, the last one alpha, put over black; in place.
static void over_black(uint8_t *v, size_t n, int c) {
    const uint8_t *from = v;
    uint8_t *to = v;
    for (size_t i = 0; i < n; i++, from += c + 1)
        for (int k = 0; k < c; k++) *to++ = (uint8_t)((from[k] * from[c] + 127) / 255);
}

// Reads the pixels after the sides have been read into *image.
static bool read_pixels(const PictureFile *f, png_image *image, Picture *p) {
    const bool alpha = image->format & PNG_FORMAT_FLAG_ALPHA;
    const bool colour = image->format & PNG_FORMAT_FLAG_COLOR;
    const unsigned without_alpha = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    const int c = colour ? 3 : 1;
    if (!picture_make(f, p, image->width, image->height, c + alpha)) return false;
    p->c = c;
    if (f->sides_only) return true;

    // Without a word about it in the file, 16-bit numbers mean the same curve as 8-bit ones.
    image->flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    image->format = without_alpha | (alpha ? PNG_FORMAT_FLAG_ALPHA : 0);
    if (!png_image_finish_read(image, NULL, p->v, 0, NULL))
        return error_set(f->e, "%s: the PNG is damaged: %s", f->name, image->message);
    if (alpha) over_black(p->v, (size_t)p->w * (size_t)p->h, c);
    return true;
}

bool png_parse(const PictureFile *f, Picture *p) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    const bool ok = png_image_begin_read_from_memory(&image, f->bytes, f->len)
                        ? read_pixels(f, &image, p)
                        : error_set(f->e, "%s: the PNG is damaged: %s", f->name, image.message);
    png_image_free(&image);
    return ok;
}
