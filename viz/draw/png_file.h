/* png_file.h — pixels as the bytes of a PNG, packed quickly: a person waits for the picture. */
#pragma once
#include <stddef.h>
#include <stdint.h>

// h rows of w pixels 0x..RRGGBB, each row `stride` pixels after the one before. malloc'd, *len bytes; NULL:
// no memory.
unsigned char *png_file(const uint32_t *pixel, int w, int h, size_t stride, size_t *len);
