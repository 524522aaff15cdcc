/* pnm.c — PGM and PPM files: a line of numbers, then the pixels.
 *
 *     P5 width height maxval        one white space, then a byte per number   (P2: as digits)
 *     P6 width height maxval        the same, three per pixel: R G B          (P3: as digits)
 *
 * # starts a comment up to the end of the line. Numbers run from 0 to maxval, which is at most 255
 * here, and are stretched to 0 … 255. What follows the pixels is not looked at.
 * Source: the manual pages pgm(5) and ppm(5) of Netpbm. */
#include "runtime/data/formats.h"

typedef struct Text { const uint8_t *v; size_t len, at; const char *name; Error *e; } Text;

static bool wrong(const Text *t, const char *what) {
    return error_set(t->e, "%s: byte %zu: %s", t->name, t->at, what);
}

static int next(const Text *t) { return t->at < t->len ? t->v[t->at] : -1; }

static bool is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool is_digit(int c) { return c >= '0' && c <= '9'; }

static void skip_space(Text *t) {
    for (;;) {
        while (is_space(next(t))) t->at++;
        if (next(t) != '#') return;
        while (next(t) != '\n' && next(t) >= 0) t->at++;
    }
}

// A number of at most `most`.
static bool take_number(Text *t, unsigned most, unsigned *n) {
    skip_space(t);
    if (next(t) < 0) return wrong(t, "the file ends here");
    if (!is_digit(next(t))) return wrong(t, "expected a number");
    *n = 0;
    for (int c; is_digit(c = next(t)); t->at++) {
        *n = *n * 10 + (unsigned)(c - '0');
        if (*n > most)
            return error_set(t->e, "%s: byte %zu: a number above %u", t->name, t->at, most);
    }
    return true;
}

static uint8_t stretch(unsigned value, unsigned maxval) {
    return (uint8_t)((value * 255 + maxval / 2) / maxval);
}

static bool take_digits(Text *t, Picture *p, size_t n, unsigned maxval) {
    for (size_t i = 0; i < n; i++) {
        unsigned value;
        if (!take_number(t, maxval, &value)) return false;
        p->v[i] = stretch(value, maxval);
    }
    return true;
}

static bool take_bytes(Text *t, Picture *p, size_t n, unsigned maxval) {
    if (!is_space(next(t))) return wrong(t, "expected white space before the pixels");
    t->at++;
    if (t->len - t->at < n)
        return error_set(t->e, "%s: ends after %zu of %zu bytes of pixels", t->name,
                         t->len - t->at, n);
    for (size_t i = 0; i < n; i++, t->at++) {
        if (t->v[t->at] > maxval) return wrong(t, "a pixel above the largest value");
        p->v[i] = stretch(t->v[t->at], maxval);
    }
    return true;
}

bool pnm_parse(const PictureFile *f, Picture *p) {
    Text t = {.v = f->bytes, .len = f->len, .at = 2, .name = f->name, .e = f->e};
    const bool colour = f->bytes[1] == '3' || f->bytes[1] == '6';
    const bool digits = f->bytes[1] == '2' || f->bytes[1] == '3';
    unsigned w, h, maxval;
    if (!take_number(&t, PICTURE_SIDE, &w) || !take_number(&t, PICTURE_SIDE, &h)) return false;
    if (!take_number(&t, UINT16_MAX, &maxval)) return false;
    if (maxval < 1 || maxval > 255)
        return error_set(f->e, "%s: values up to %u; only 1 to 255 can be read", f->name, maxval);
    const size_t c = colour ? 3 : 1, n = (size_t)w * h * c;
    // Each number takes at least two bytes as digits, one otherwise.
    if (n / (digits ? 2 : 1) > f->len) return wrong(&t, "the file is too short for its pixels");
    if (!picture_make(f, p, w, h, (int)c)) return false;
    if (f->sides_only) return true;
    return digits ? take_digits(&t, p, n, maxval) : take_bytes(&t, p, n, maxval);
}
