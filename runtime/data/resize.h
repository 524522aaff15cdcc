/* resize.h — another height and width. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "runtime/real.h"

// The definition, for one channel: src is h × w, dst is h2 × w2, row by row.
void resize_channel_ref(const real *src, int h, int w, real *dst, int h2, int w2);

// The same for h × w pixels of c bytes, rounded. False: no memory.
bool resize_bytes(const uint8_t *src, int h, int w, int c, uint8_t *dst, int h2, int w2);
