/* crc32c.c — the remainder of a long division, as a checksum (CRC-32C).
 *
 * The bytes are the coefficients (0 or 1) of a polynomial, divided by a fixed one; a bit that
 * flips changes the remainder. Bits run from the lowest up, so the divisor reads 0x82F63B78.
 *
 * Division is linear: the remainder of eight bytes is the exclusive or of the remainders of each
 * of them at its own distance from the end. table[d][b] is that of byte b with d bytes behind it.
 * Source: Castagnoli et al., "Optimization of Cyclic Redundancy-Check Codes", 1993; eight bytes at
 * a time: Kounavis & Berry, "A Systematic Approach to Building High Performance Software-based CRC
 * Generators", 2005. */
#include <stdint.h>

#include "runtime/io.h"

enum { STRIDE = 8 };

typedef uint32_t Remainders[STRIDE][256];

static void fill(Remainders table) {
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t r = b;
        for (int bit = 0; bit < 8; bit++) r = r & 1 ? r >> 1 ^ 0x82F63B78u : r >> 1;
        table[0][b] = r;
    }
    for (int d = 1; d < STRIDE; d++)
        for (uint32_t b = 0; b < 256; b++)
            table[d][b] = table[d - 1][b] >> 8 ^ table[0][table[d - 1][b] & 255];
}

unsigned io_crc32c(unsigned crc, const void *v, size_t n) {
    const uint8_t *p = v;
    Remainders table;
    fill(table);

    uint32_t r = ~crc;
    for (; n >= STRIDE; p += STRIDE, n -= STRIDE) {
        uint32_t next = 0;
        for (int i = 0; i < STRIDE; i++) {
            const uint32_t mixed_in = i < 4 ? r >> 8 * i & 255 : 0;
            next ^= table[STRIDE - 1 - i][p[i] ^ mixed_in];
        }
        r = next;
    }
    for (; n; n--) r = r >> 8 ^ table[0][(r ^ *p++) & 255];
    return ~r;
}
