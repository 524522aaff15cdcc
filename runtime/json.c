/* json.c — see json.h. */
#include "runtime/json.h"

#include <string.h>

#include "runtime/utf8.h"

bool json_wrong(Json *j, const char *what) {
    if (!j->wrong) j->wrong = what;
    return false;
}

// The byte at the current place, -1 at the end or after a mistake.
static int next(const Json *j) {
    return j->wrong || j->at == j->len ? -1 : (unsigned char)j->text[j->at];
}

static void skip_space(Json *j) {
    for (int c; (c = next(j)) == ' ' || c == '\t' || c == '\n' || c == '\r';) j->at++;
}

bool json_is(Json *j, char c) {
    skip_space(j);
    if (next(j) != (unsigned char)c) return false;
    j->at++;
    return true;
}

bool json_take(Json *j, char c) {
    static const struct { char c; const char *wrong; } names[] = {
        {'{', "expected '{'"}, {'}', "expected '}'"}, {'[', "expected '['"},
        {']', "expected ']'"}, {':', "expected ':'"}, {',', "expected ','"}, {0},
    };
    if (json_is(j, c)) return true;
    size_t i = 0;
    while (names[i].c && names[i].c != c) i++;
    return json_wrong(j, names[i].c ? names[i].wrong : "unexpected character");
}

bool json_more(Json *j, char close) {
    if (json_is(j, ',')) return true;
    json_take(j, close);
    return false;
}

bool json_word(Json *j, const char *word) {
    skip_space(j);
    const size_t n = strlen(word);
    if (j->wrong || j->len - j->at < n || memcmp(j->text + j->at, word, n) != 0)
        return json_wrong(j, "unexpected word");
    j->at += n;
    return true;
}

bool json_end(Json *j) {
    skip_space(j);
    return !j->wrong && (j->at == j->len || json_wrong(j, "text after the end"));
}

// ---- numbers ------------------------------------------------------------------------------------

static bool is_digit(int c) { return c >= '0' && c <= '9'; }

bool json_number(Json *j, uint64_t *n) {
    skip_space(j);
    if (!is_digit(next(j))) return json_wrong(j, "expected a whole number without a sign");
    const size_t first = j->at;
    *n = 0;
    for (int c; is_digit(c = next(j)); j->at++) {
        const uint64_t digit = (uint64_t)(c - '0');
        if (j->at > first && j->text[first] == '0')
            return json_wrong(j, "a number does not begin with 0");
        if (*n > ((uint64_t)INT64_MAX - digit) / 10)
            return json_wrong(j, "the number is above 2^63 - 1");
        *n = *n * 10 + digit;
    }
    const int c = next(j);
    return (c != '.' && c != 'e' && c != 'E') || json_wrong(j, "expected a whole number");
}

// ---- texts --------------------------------------------------------------------------------------

static int hex_value(int c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The four digits after "\u".
static bool take_hex(Json *j, unsigned *c) {
    *c = 0;
    for (int i = 0; i < 4; i++) {
        const int digit = hex_value(next(j));
        if (digit < 0) return json_wrong(j, "expected four hexadecimal digits");
        *c = *c * 16 + (unsigned)digit;
        j->at++;
    }
    return true;
}

// A character above U+FFFF is written as two \u, from 0xD800 and from 0xDC00 on.
static bool take_unicode(Json *j, char **out) {
    unsigned c, low;
    if (!take_hex(j, &c)) return false;
    if (c == 0) return json_wrong(j, "a text must not hold NUL");
    if (c >= 0xDC00 && c < 0xE000) return json_wrong(j, "half of a surrogate pair");
    if (c >= 0xD800 && c < 0xDC00) {
        if (next(j) != '\\') return json_wrong(j, "half of a surrogate pair");
        j->at++;
        if (next(j) != 'u') return json_wrong(j, "half of a surrogate pair");
        j->at++;
        if (!take_hex(j, &low)) return false;
        if (low < 0xDC00 || low >= 0xE000) return json_wrong(j, "half of a surrogate pair");
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    *out += utf8_put(*out, c);
    return true;
}

static bool take_escape(Json *j, char **out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const int c = next(j);
    if (c < 0) return json_wrong(j, "the text does not end");
    j->at++;
    if (c == 'u') return take_unicode(j, out);
    const char *known = c ? strchr(from, c) : NULL;
    if (!known) return json_wrong(j, "unknown character after '\\'");
    *(*out)++ = to[known - from];
    return true;
}

static bool take_character(Json *j, char **out) {
    const int c = next(j);
    if (c < 0) return json_wrong(j, "the text does not end");
    if (c < 0x20) return json_wrong(j, "control character in a text");
    j->at++;
    if (c == '\\') return take_escape(j, out);
    *(*out)++ = (char)c;
    return true;
}

const char *json_text(Json *j, char **room) {
    skip_space(j);
    if (next(j) != '"') {
        json_wrong(j, "expected a text in quotes");
        return NULL;
    }
    j->at++;
    const char *text = *room;
    while (next(j) != '"')
        if (!take_character(j, room)) return NULL;
    j->at++;
    *(*room)++ = 0;
    return text;
}
