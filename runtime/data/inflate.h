/* inflate.h — unpacks a whole .gz at once, about three times as fast as zlib, which takes it in pieces. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Unpacks the .gz of `len` bytes in `in` to exactly `n` bytes in `out`. True only if every byte is
// right: the stream is well formed, nothing follows it, and its checksum is that of `out`. False says
// nothing about why; whoever wants to know asks zlib.
bool inflate_gzip(const uint8_t *in, size_t len, uint8_t *out, size_t n);
