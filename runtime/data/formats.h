/* formats.h — the readers behind picture_parse(), and memory for what they read.
 *
 * Each gets bytes that begin like its format, fills *p and returns true, or returns false with a
 * message naming the file; what *p owns then is freed by the caller. */
#pragma once
#include "runtime/data/picture.h"

bool png_parse(Picture *p, const uint8_t *bytes, size_t len, const char *name, Error *e);
bool pnm_parse(Picture *p, const uint8_t *bytes, size_t len, const char *name, Error *e);

// Room for a picture, once its sides are known to be within the limits of picture.h.
bool picture_make(Picture *p, uint64_t w, uint64_t h, int c, const char *name, Error *e);
