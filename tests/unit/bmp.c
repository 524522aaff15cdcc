/* bmp.c — BMP files worked out by hand, byte by byte, and what is wrong with others. */
#include "runtime/data/formats.h"

#include <stdlib.h>

#include "tests/unit/test.h"

// What a file says of itself, and the bytes behind its header.
typedef struct File {
    int header, w, h, bits, compression, colours, at; // at: where the pixels begin
    const char *tail;
    size_t n;
} File;

#define TAIL(text) .tail = text, .n = sizeof(text) - 1

enum { INFO = 40, FIRST = 54, ROOM = 256 };

static size_t put32(uint8_t *v, size_t at, int n) {
    for (int i = 0; i < 4; i++) v[at + (size_t)i] = (uint8_t)((unsigned)n >> 8 * i);
    return at + 4;
}

static size_t write_file(const File *f, uint8_t *v) {
    const size_t end = 14 + (size_t)f->header;
    memset(v, 0, ROOM);
    v[0] = 'B', v[1] = 'M';
    put32(v, 10, f->at);
    put32(v, 14, f->header);
    if (f->header == 12) {
        v[18] = (uint8_t)f->w, v[20] = (uint8_t)f->h, v[22] = 1, v[24] = (uint8_t)f->bits;
    } else {
        put32(v, 18, f->w), put32(v, 22, f->h);
        v[26] = 1, v[28] = (uint8_t)f->bits;
        put32(v, 30, f->compression), put32(v, 46, f->colours);
    }
    memcpy(v + end, f->tail, f->n);
    return end + f->n;
}

#define TWO_COLOURS "\1\2\3\0" "\4\5\6\0"
#define GRAYS "\0\0\0\0" "\x50\x50\x50\0" "\xA0\xA0\xA0\0"

// Rows come from the bottom up and take a multiple of four bytes.
static const struct { File file; int w, h, c; const char *pixels; } good[] = {
    {{INFO, 2, 2, 24, .at = FIRST, TAIL("abcdef\0\0ghijkl\0\0")}, 2, 2, 3, "ihglkjcbafed"},
    {{INFO, 2, -2, 24, .at = FIRST, TAIL("abcdef\0\0ghijkl\0\0")}, 2, 2, 3, "cbafedihglkj"},
    {{INFO, 1, 1, 32, .at = FIRST, TAIL("abcd")}, 1, 1, 3, "cba"},
    {{INFO, 4, 1, 24, .at = FIRST, TAIL("abcdefghijkl")}, 4, 1, 3, "cbafedihglkj"},
    {{INFO, 1, 1, 24, .at = FIRST + 2, TAIL("??abc\0")}, 1, 1, 3, "cba"},
    {{INFO, 3, 1, 1, .at = FIRST + 8, TAIL(TWO_COLOURS "\xA0\0\0\0")}, 3, 1, 3,
     "\6\5\4\3\2\1\6\5\4"},
    {{INFO, 3, 1, 4, .colours = 2, .at = FIRST + 8, TAIL(TWO_COLOURS "\x10\x10\0\0")}, 3, 1, 3,
     "\6\5\4\3\2\1\6\5\4"},
    {{INFO, 2, 1, 8, .colours = 2, .at = FIRST + 8, TAIL(TWO_COLOURS "\1\0\0\0")}, 2, 1, 3,
     "\6\5\4\3\2\1"},
    {{INFO, 3, 1, 8, .colours = 3, .at = FIRST + 12, TAIL(GRAYS "\2\0\1\0")}, 3, 1, 1,
     "\xA0\0\x50"},
    {{12, 2, 1, 8, .at = 26 + 6, TAIL("\1\2\3\4\5\6" "\1\0\0\0")}, 2, 1, 3, "\6\5\4\3\2\1"},
    {{12, 1, 1, 24, .at = 26, TAIL("abc\0")}, 1, 1, 3, "cba"},
    // Five bits each: 31 is 255, 16 is 16 · 255 / 31 = 131.6.
    {{INFO, 2, 1, 16, .at = FIRST, TAIL("\x00\x7C\x10\x00")}, 2, 1, 3, "\xFF\0\0\0\0\x84"},
    // Masks for 5, 6 and 5 bits; then for a pixel with blue in its upper byte.
    {{INFO, 2, 1, 16, 3, .at = FIRST + 12,
      TAIL("\0\xF8\0\0" "\xE0\7\0\0" "\x1F\0\0\0" "\xE0\7\x1F\x80")}, 2, 1, 3, "\0\xFF\0\x84\0\xFF"},
    {{56, 1, 1, 32, 3, .at = 70, TAIL("abcd")}, 1, 1, 3, "abd"}, // masks are put in below
};

static const struct { File file; const char *wrong; } bad[] = {
    {{INFO, 2, 2, 24, .at = FIRST, TAIL("abcdef\0\0ghijkl\0")}, "16 bytes of pixels from byte 54 on"},
    {{INFO, 2, 2, 24, .at = 9999, TAIL("abcdef\0\0ghijkl\0\0")}, "from byte 9999 on"},
    {{INFO, 2, 2, 24, .at = -1, TAIL("abcdef\0\0ghijkl\0\0")}, "from byte 4294967295 on"},
    {{INFO, 0, 2, 24, .at = FIRST, TAIL("abcd")}, "no pixels"},
    {{INFO, 2, 0, 24, .at = FIRST, TAIL("abcd")}, "no pixels"},
    {{INFO, -2, 2, 24, .at = FIRST, TAIL("abcd")}, "a negative width"},
    {{INFO, 2, INT32_MIN, 24, .at = FIRST, TAIL("abcd")}, "too many"},
    {{INFO, INT32_MAX, INT32_MAX, 32, .at = FIRST, TAIL("abcd")}, "too many"},
    {{INFO, 16384, 4096, 24, .at = FIRST, TAIL("abcd")}, "but the file ends at 58"},
    {{INFO, 2, 2, 8, .at = FIRST, TAIL("abcdefgh")}, "its palette is missing"},
    {{INFO, 2, 1, 8, .at = FIRST + 8, TAIL(TWO_COLOURS "\2\0\0\0")}, "not in the palette"},
    {{INFO, 2, 1, 2, .at = FIRST, TAIL("abcd")}, "a BMP of 2 bits per pixel"},
    {{INFO, 2, 1, 0, .at = FIRST, TAIL("abcd")}, "a BMP of 0 bits per pixel"},
    {{INFO, 2, 1, 8, 1, .at = FIRST, TAIL("abcd")}, "compressed (RLE)"},
    {{INFO, 2, 1, 4, 2, .at = FIRST, TAIL("abcd")}, "compressed (RLE)"},
    {{INFO, 2, 1, 24, 3, .at = FIRST, TAIL("abcd")}, "an unknown compression"},
    {{INFO, 2, 1, 24, 4, .at = FIRST, TAIL("abcd")}, "an unknown compression"},
    {{INFO, 1, 1, 16, 3, .at = FIRST, TAIL("abcd")}, "its masks are cut short"},
    {{INFO, 1, 1, 16, 3, .at = FIRST + 12, TAIL("\1\0\0\0\0\0\0\0\2\0\0\0abcd")}, "has no bits"},
    {{41, 2, 2, 24, .at = 55, TAIL("abcdef\0\0ghijkl\0\0")}, "a length that no BMP has"},
};

// A copy of exactly that many bytes, so that a read behind them is found.
static bool parse(const uint8_t *v, size_t n, bool sides_only, Picture *p, Error *e) {
    uint8_t *bytes = malloc(n + !n);
    memcpy(bytes, v, n);
    *p = (Picture){0};
    const bool ok = bmp_parse(&(PictureFile){bytes, n, "file", sides_only, e}, p);
    free(bytes);
    return ok;
}

static void check_good(size_t i) {
    uint8_t v[ROOM];
    Picture p;
    Error e = {""};
    const size_t n = write_file(&good[i].file, v);
    if (good[i].file.header == 56) put32(v, 54, 0xFF), put32(v, 58, 0xFF00), put32(v, 62, (int)0xFF000000);
    if (!CHECK(parse(v, n, false, &p, &e))) printf("good %zu: %s\n", i, e.text);
    const bool sides = p.w == good[i].w && p.h == good[i].h && p.c == good[i].c;
    CHECK(sides && p.v && !memcmp(p.v, good[i].pixels, (size_t)(p.w * p.h * p.c)));
    picture_free(&p);
    CHECK(parse(v, n, true, &p, &e) && !p.v && p.w == good[i].w && p.h == good[i].h);
    for (size_t cut = 0; cut < n; cut++) {
        CHECK(!parse(v, cut, false, &p, &e) && strncmp(e.text, "file: ", 6) == 0);
        picture_free(&p);
    }
}

static void check_bad(size_t i) {
    uint8_t v[ROOM];
    Picture p;
    Error e = {""};
    const size_t n = write_file(&bad[i].file, v);
    CHECK(!parse(v, n, false, &p, &e));
    if (!CHECK(strstr(e.text, bad[i].wrong))) printf("got \"%s\", want \"%s\"\n", e.text, bad[i].wrong);
    picture_free(&p);
}

int main(void) {
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) check_good(i);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) check_bad(i);
    return test_end("bmp");
}
