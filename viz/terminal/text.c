/* text.c — UTF-8, one character at a time. */
#include "viz/terminal/text.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/utf8.h"

// Control characters: C0, DEL and, as UTF-8, C1 (U+0080 … U+009F).
static bool is_control(const char *text) {
    const unsigned char *s = (const unsigned char *)text;
    return s[0] < 0x20 || s[0] == 0x7F || (s[0] == 0xC2 && s[1] < 0xA0);
}

// Bytes of the printable character at s; 0 if none starts there.
static size_t character(const char *s) { return is_control(s) ? 0 : utf8_length(s, strnlen(s, 4)); }

void text_clean(char *dst, size_t cap, const char *src, const char *keep) {
    size_t used = 0;
    while (*src) {
        const size_t n = strchr(keep, *src) ? 1 : character(src);
        const size_t room = n ? n : 4; // "\xHH"
        if (used + room >= cap) break;
        if (n) memcpy(dst + used, src, room);
        else snprintf(dst + used, cap - used, "\\x%02X", (unsigned char)*src);
        used += room;
        src += n ? n : 1;
    }
    if (cap > 0) dst[used] = '\0';
}

void text_print(FILE *out, const char *text) {
    while (*text) {
        const size_t n = character(text);
        if (n) fwrite(text, 1, n, out);
        else fprintf(out, "\\x%02X", (unsigned char)*text);
        text += n ? n : 1;
    }
}

int text_columns(const char *clean) {
    int n = 0;
    for (; *clean; clean++) n += ((unsigned char)*clean & 0xC0) != 0x80;
    return n;
}

int text_fit(const char *clean, int columns) {
    int n = 0;
    while (clean[n] && columns-- > 0) {
        do n++;
        while (((unsigned char)clean[n] & 0xC0) == 0x80);
    }
    return n;
}
