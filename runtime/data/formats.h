/* formats.h — the readers behind picture_parse(), and memory for what they read.
 *
 * Each gets a file that begins like its format, fills *p and returns true, or returns false with a
 * message naming the file; what *p owns then is freed by the caller. */
#pragma once
#include "runtime/data/picture.h"

// A file that is being read.
typedef struct PictureFile {
    const uint8_t *bytes;
    size_t len;
    const char *name;  // for messages
    bool sides_only;   // only width, height and channels are wanted: p->v stays NULL
    Error *e;
} PictureFile;

bool png_parse(const PictureFile *f, Picture *p);
bool jpeg_parse(const PictureFile *f, Picture *p);
bool bmp_parse(const PictureFile *f, Picture *p);
bool pnm_parse(const PictureFile *f, Picture *p);

// Are the sides within the limits of picture.h? False with a message.
bool picture_limits(const PictureFile *f, uint64_t w, uint64_t h);

// The same, and room for the pixels, unless only the sides are wanted.
bool picture_make(const PictureFile *f, Picture *p, uint64_t w, uint64_t h, int c);
