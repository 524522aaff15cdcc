/* utf8.c — see utf8.h. */
#include "runtime/utf8.h"

#include <stdlib.h>
#include <string.h>

// First bytes lo … hi begin a character of n bytes whose second byte lies in lo2 … hi2; any others
// lie in 0x80 … 0xBF.
typedef struct Form { unsigned char lo, hi, n, lo2, hi2; } Form;

static const Form forms[] = {
    {0x01, 0x7F, 1, 0x00, 0x00},
    {0xC2, 0xDF, 2, 0x80, 0xBF},
    {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F},
    {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF},
    {0xF4, 0xF4, 4, 0x80, 0x8F},
    {0},
};

size_t utf8_length(const char *text, size_t len) {
    const unsigned char *p = (const unsigned char *)text;
    if (!len) return 0;
    const Form *f = forms;
    while (f->n && (p[0] < f->lo || p[0] > f->hi)) f++;
    if (!f->n || f->n > len) return 0;
    if (f->n > 1 && (p[1] < f->lo2 || p[1] > f->hi2)) return 0;
    for (size_t i = 2; i < f->n; i++)
        if (p[i] < 0x80 || p[i] > 0xBF) return 0;
    return f->n;
}

size_t utf8_bad(const char *text, size_t len) {
    size_t at = 0;
    for (size_t n; (n = utf8_length(text + at, len - at)) > 0;) at += n;
    return at;
}

char *utf8_clean(const char *text, size_t len) {
    static const char replacement[] = "\xEF\xBF\xBD";
    char *clean = malloc(len * 3 + 1), *out = clean;
    if (!clean) return NULL;
    for (size_t at = 0; at < len;) {
        const size_t n = utf8_length(text + at, len - at);
        memcpy(out, n ? text + at : replacement, n ? n : 3);
        out += n ? n : 3;
        at += n ? n : 1;
    }
    *out = 0;
    return clean;
}

void utf8_show(char *dst, size_t cap, const char *text, const char *also) {
    static const char hex[] = "0123456789ABCDEF";
    size_t used = 0;
    for (size_t left = strlen(text); left > 0;) {
        const unsigned char c = (unsigned char)*text;
        size_t n = utf8_length(text, left);
        char code[] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
        const bool plain = n > 0 && c >= 0x20 && c != 0x7F && !strchr(also, c);
        const size_t size = plain ? n : sizeof code;
        if (used + size >= cap) break;
        memcpy(dst + used, plain ? text : code, size);
        used += size;
        n = plain ? n : 1;
        text += n;
        left -= n;
    }
    dst[used] = 0;
}

size_t utf8_put(char *out, unsigned c) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned mark[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--, c >>= 6) out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(mark[n] | c);
    return n;
}

void utf8_append(char *text, size_t room, unsigned c) {
    char letter[4];
    const size_t n = strlen(text), len = utf8_put(letter, c);
    if (n + len >= room) return;
    memcpy(text + n, letter, len);
    text[n + len] = '\0';
}

void utf8_rub_out(char *text) {
    size_t n = strlen(text);
    while (n > 1 && (text[n - 1] & 0xC0) == 0x80) n--; // the bytes that continue a character
    text[n > 0 ? n - 1 : 0] = '\0';
}
