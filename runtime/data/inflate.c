/* inflate.c — see inflate.h.
 *
 * A deflate stream is a row of bits, lowest bit of each byte first. It comes in blocks; a block says
 * which Huffman codes it uses and then lists symbols until one says that the block ends:
 *
 *     0 … 255     this byte
 *     256         end of the block
 *     257 … 285   copy a length of 3 … 258 from a distance of 1 … 32768, which follows
 *
 * Frequent symbols have short codes. A code of L bits fills all 2^(BITS − L) entries of a table that end
 * with it, so that the next BITS bits of the stream, looked up, tell the symbol and its length at once. A
 * code longer than BITS is rare, and is found by counting, bit by bit.
 *
 * What makes it quick: 64 bits are fetched at a time, enough for three bytes or for a whole copy without
 * asking again; copies go by eight bytes; the output is one piece, so that a distance never wraps.
 *
 * Source: RFC 1951 (deflate), RFC 1952 (gzip). */
#include "runtime/data/inflate.h"

#include <string.h>
#include <zlib.h>

enum {
    BITS = 11, LONGEST = 15, SYMBOLS = 288, DISTANCES = 32, ORDERS = 19,
    END = 256, FIRST_LENGTH = 257, WORD = 8,
    HEADER = 10, TRAILER = 8, NAMED = 8 // bytes of a .gz before and behind the stream; flag of a name
};

// ---- bits ----------------------------------------------------------------------------------------

typedef struct Bits {
    const uint8_t *at, *end;
    uint64_t v;            // the next `n` bits, lowest first
    unsigned n;
    unsigned missing;      // bytes of 0 that were put behind the end
} Bits;

static inline uint64_t word_at(const uint8_t *p) {
    uint64_t v = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(&v, p, WORD);
#else
    for (int i = 0; i < WORD; i++) v |= (uint64_t)p[i] << 8 * i;
#endif
    return v;
}

// From now on there are 56 to 63 bits. Bits beyond n may be in v already: they are those that come next.
static inline void refill(Bits *b) {
    if (b->end - b->at >= WORD) {
        b->v |= word_at(b->at) << b->n;
        b->at += (63 - b->n) / 8;
        b->n |= 56;
        return;
    }
    for (; b->n < 56; b->n += 8) {
        if (b->at < b->end) b->v |= (uint64_t)*b->at++ << b->n;
        else b->missing++;
    }
}

static inline unsigned peek(const Bits *b, unsigned n) { return (unsigned)(b->v & ((1ull << n) - 1)); }

static inline void skip(Bits *b, unsigned n) {
    b->v >>= n;
    b->n -= n;
}

static inline unsigned take(Bits *b, unsigned n) {
    const unsigned v = peek(b, n);
    skip(b, n);
    return v;
}

// Have bits been used that were not there?
static bool overdrawn(const Bits *b) { return b->missing > b->n / 8; }

// ---- codes ---------------------------------------------------------------------------------------

typedef struct Code {
    uint16_t quick[1 << BITS];     // symbol · 16 + length of its code; 0: a longer one
    uint16_t count[LONGEST + 1];   // codes of each length
    uint16_t symbol[SYMBOLS];      // sorted by code
} Code;

static unsigned reversed(unsigned code, unsigned length) {
    unsigned r = 0;
    for (; length > 0; length--, code >>= 1) r = r << 1 | (code & 1);
    return r;
}

// Codes of one length are neighbours, in the order of their symbols; a longer one begins with a bit
// pattern that no shorter one has. False if these lengths leave room for more codes or have too many; only
// a single code of one bit may be alone.
static bool code_make(Code *c, const uint8_t *length, int n) {
    unsigned first[LONGEST + 2] = {0}, place[LONGEST + 2] = {0};
    memset(c, 0, sizeof *c);
    for (int s = 0; s < n; s++) c->count[length[s]]++;
    c->count[0] = 0;
    int left = 1, used = 0;
    for (unsigned l = 1; l <= LONGEST; l++) {
        left = 2 * left - c->count[l];
        if (left < 0) return false;
        used += c->count[l];
        first[l + 1] = (first[l] + c->count[l]) << 1;
        place[l + 1] = place[l] + c->count[l];
    }
    if (left > 0 && used > 0 && !(used == 1 && c->count[1] == 1)) return false;
    for (int s = 0; s < n; s++) {
        const unsigned l = length[s];
        if (l == 0) continue;
        c->symbol[place[l]++] = (uint16_t)s;
        const unsigned code = reversed(first[l]++, l);
        for (unsigned i = code; l <= BITS && i < 1u << BITS; i += 1u << l)
            c->quick[i] = (uint16_t)(s << 4 | (int)l);
    }
    return true;
}

// A symbol whose code is longer than BITS; -1: there is no such code.
static int long_symbol(const Code *c, Bits *b) {
    unsigned code = 0, first = 0, place = 0;
    for (unsigned l = 1; l <= LONGEST; l++) {
        code |= (unsigned)(b->v >> (l - 1) & 1);
        if (code < first + c->count[l]) {
            skip(b, l);
            return c->symbol[place + code - first];
        }
        place += c->count[l];
        first = (first + c->count[l]) << 1;
        code <<= 1;
    }
    return -1;
}

static inline int symbol(const Code *c, Bits *b) {
    const unsigned quick = c->quick[peek(b, BITS)];
    if (!quick) return long_symbol(c, b);
    skip(b, quick & 15);
    return (int)(quick >> 4);
}

// ---- blocks --------------------------------------------------------------------------------------

typedef struct Codes { Code symbols, distances; } Codes;

typedef struct Output { uint8_t *start, *at, *end; } Output;

// What lengths and distances begin at, and how many bits of the stream are added.
static const uint16_t length_from[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                       31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_bits[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t distance_from[] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,
                                         33,  49,  65,  97,  129, 193,  257,  385,  513,  769,
                                         1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
enum { N_LENGTHS = sizeof length_bits, N_DISTANCES = sizeof distance_from / sizeof *distance_from };

static unsigned distance_bits(int code) { return code < 4 ? 0 : (unsigned)code / 2 - 1; }

static bool stored(Bits *b, Output *o) {
    skip(b, b->n % 8);
    refill(b);
    const unsigned len = take(b, 16), check = take(b, 16);
    if (b->missing || (len ^ check) != 0xFFFF) return false;
    b->at -= b->n / 8; // what was fetched too early is given back
    b->v = 0, b->n = 0;
    if (len > (size_t)(b->end - b->at) || len > (size_t)(o->end - o->at)) return false;
    memcpy(o->at, b->at, len);
    b->at += len, o->at += len;
    return true;
}

// Copies within the output. Where there is room behind it, whole words, a few bytes too far.
static inline void copy(Output *o, size_t distance, size_t len) {
    uint8_t *to = o->at, *const last = to + len;
    const uint8_t *from = to - distance;
    o->at = last;
    if (distance >= WORD && o->end - last >= WORD) {
        for (; to < last; to += WORD, from += WORD) memcpy(to, from, WORD);
    } else if (distance == 1) {
        memset(to, *from, len);
    } else {
        while (to < last) *to++ = *from++;
    }
}

static inline bool copy_symbol(const Codes *c, int s, Bits *b, Output *o) {
    if (s < FIRST_LENGTH || s >= FIRST_LENGTH + N_LENGTHS) return false;
    const size_t len = length_from[s - FIRST_LENGTH] + take(b, length_bits[s - FIRST_LENGTH]);
    const int d = symbol(&c->distances, b);
    if (d < 0 || d >= N_DISTANCES) return false;
    const size_t distance = distance_from[d] + take(b, distance_bits(d));
    if (distance > (size_t)(o->at - o->start) || len > (size_t)(o->end - o->at)) return false;
    copy(o, distance, len);
    return true;
}

static inline bool is_byte(int s) { return s >= 0 && s < END; }

// 56 bits hold three codes, of 15 bits at most; a copy takes up to 33 more.
static bool symbols(const Codes *c, Bits *b, Output *o) {
    for (;;) {
        refill(b);
        if (overdrawn(b)) return false;
        int s = symbol(&c->symbols, b);
        for (int k = 0; k < 2 && is_byte(s) && o->at < o->end; k++) {
            *o->at++ = (uint8_t)s;
            s = symbol(&c->symbols, b);
        }
        if (is_byte(s) && o->at < o->end) {
            *o->at++ = (uint8_t)s;
            continue;
        }
        if (s == END) return true;
        refill(b);
        if (!copy_symbol(c, s, b, o)) return false;
    }
}

static bool fixed_codes(Codes *c) {
    uint8_t length[SYMBOLS];
    for (int s = 0; s < SYMBOLS; s++) length[s] = s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8;
    if (!code_make(&c->symbols, length, SYMBOLS)) return false;
    memset(length, 5, DISTANCES);
    return code_make(&c->distances, length, DISTANCES);
}

// The lengths of all codes are symbols themselves: 0 … 15 a length; 16 the last one again, 17 and 18
// zeros, so many times.
static bool read_lengths(const Code *c, Bits *b, uint8_t *length, int n) {
    for (int i = 0; i < n;) {
        refill(b);
        const int s = symbol(c, b);
        if (s < 0 || (s == 16 && i == 0)) return false;
        int again = s < 16 ? 1 : s == 16 ? 3 + (int)take(b, 2) : s == 17 ? 3 + (int)take(b, 3)
                                                                         : 11 + (int)take(b, 7);
        const uint8_t l = s < 16 ? (uint8_t)s : s == 16 ? length[i - 1] : 0;
        if (again > n - i) return false;
        while (again-- > 0) length[i++] = l;
    }
    return true;
}

static bool own_codes(Codes *c, Bits *b) {
    static const uint8_t order[ORDERS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t length[SYMBOLS + DISTANCES] = {0};
    refill(b);
    const int n = FIRST_LENGTH + (int)take(b, 5), m = 1 + (int)take(b, 5), k = 4 + (int)take(b, 4);
    for (int i = 0; i < k; i++) {
        refill(b);
        length[order[i]] = (uint8_t)take(b, 3);
    }
    if (n > SYMBOLS - 2 || m > N_DISTANCES || !code_make(&c->symbols, length, ORDERS)) return false;
    return read_lengths(&c->symbols, b, length, n + m) && length[END] > 0 &&
           code_make(&c->distances, length + n, m) && code_make(&c->symbols, length, n);
}

static bool blocks(Bits *b, Output *o) {
    for (bool last = false; !last;) {
        Codes c;
        refill(b);
        last = take(b, 1);
        switch (take(b, 2)) {
        case 0: if (!stored(b, o)) return false; continue;
        case 1: if (!fixed_codes(&c)) return false; break;
        case 2: if (!own_codes(&c, b)) return false; break;
        default: return false;
        }
        if (!symbols(&c, b, o) || overdrawn(b)) return false;
    }
    return true;
}

// ---- the .gz around it ---------------------------------------------------------------------------

static uint32_t number(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

// The bytes before the stream; 0: not a header with a name at most.
static size_t header(const uint8_t *in, size_t len) {
    if (len < HEADER + TRAILER || in[0] != 0x1F || in[1] != 0x8B || in[2] != 8 || in[3] & ~NAMED) return 0;
    if (!(in[3] & NAMED)) return HEADER;
    const uint8_t *end = memchr(in + HEADER, 0, len - HEADER - TRAILER);
    return end ? (size_t)(end - in) + 1 : 0;
}

bool inflate_gzip(const uint8_t *in, size_t len, uint8_t *out, size_t n) {
    const size_t at = header(in, len);
    if (!at) return false;
    const uint8_t *const trailer = in + len - TRAILER;
    Bits b = {.at = in + at, .end = trailer};
    Output o = {out, out, out + n};
    if (!blocks(&b, &o) || o.at != o.end || (size_t)(b.end - b.at) + b.n / 8 != b.missing) return false;
    return number(trailer) == crc32_z(crc32_z(0, NULL, 0), out, n) && number(trailer + 4) == (uint32_t)n;
}
