/* decode.h — one picture file becomes the bytes of a picture of the data set. */
#pragma once
#include "runtime/data/picture.h"

typedef struct Wanted {
    Shape image;       // what every picture becomes
    bool any_size;     // size= is written: others are resized, else they are refused
    bool any_colour;   // color= is written: others become gray or colour
} Wanted;

typedef enum Decoded {
    DECODED,
    DECODED_BROKEN,    // this picture cannot be read: it can be left out
    DECODED_FAILED     // a reason to stop: it is gone, does not fit the others, or memory is out
} Decoded;

// Reads a file into `out`, which has room for w->image; sides->w, h and c are what it was before. If
// not DECODED, the message begins with `shown`.
Decoded decode_file(const Wanted *w, const char *path, const char *shown, uint8_t *out,
                    Picture *sides, Error *e);

// A picture in gray or colour and with the sides of `to`, into `out`.
bool decode_fit(const Picture *p, Shape to, uint8_t *out, Error *e);

// A number that is the same for the same bytes and another one for others.
uint64_t decode_hash(const uint8_t *v, size_t n);
