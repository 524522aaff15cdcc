/* picture.h — pictures from files: PNG (through libpng), JPEG (through libjpeg), BMP, PGM and PPM;
 * the content decides, not the name. */
#pragma once
#include "runtime/data/dataset.h"

enum { PICTURE_SIDE = 16384, PICTURE_PIXELS = 64 << 20, PICTURE_FILE = 256 << 20 };

// Reads a picture as gray (1 channel) or RGB (3), upright. Transparency is put over black, 16 bits
// become 8. Sizes are checked before anything is allocated. False with a message naming the file;
// *p then owns nothing.
bool picture_read(Picture *p, const char *path, Error *e);
bool picture_parse(Picture *p, const uint8_t *bytes, size_t len, const char *name, Error *e);
void picture_free(Picture *p);

// The same, but only its sides and channels; p->v stays NULL.
bool picture_sides(Picture *p, const uint8_t *bytes, size_t len, const char *name, Error *e);

// Is this a PNG or a JPEG beyond doubt? Their first bytes begin no other file.
bool picture_certain(const uint8_t *bytes, size_t len);

// 0.299 R + 0.587 G + 0.114 B (Rec. 601), or the gray value three times. dst owns new memory.
bool picture_channels(Picture *dst, const Picture *src, int c, Error *e);

// The same picture with h × w pixels; see resize.c. dst owns new memory.
bool picture_resize(Picture *dst, const Picture *src, int h, int w, Error *e);
