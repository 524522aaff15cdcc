/* fuzz_picture.c — any bytes are a picture, or are refused with a message; a picture can be made
 * gray and small. */
#include <stdlib.h>

#include "runtime/data/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Picture p, gray, small;
    Error e = {""};
    if (!picture_parse(&p, bytes, len, "file", &e)) {
        if (!e.text[0] || p.v) abort();
        return 0;
    }
    const bool little = (size_t)p.w * (size_t)p.h < 1 << 16; // keeps a run short
    if (little && picture_channels(&gray, &p, 4 - p.c, &e)) {
        if (!picture_resize(&small, &gray, 3, 200, &e)) abort();
        picture_free(&small);
        picture_free(&gray);
    }
    picture_free(&p);
    return 0;
}
