/* utf8.c — characters are counted, refused, shown and typed as the standard says. */
#include "runtime/utf8.h"

#include <stdlib.h>

#include "tests/unit/test.h"

// Text, and where the first byte stands that is no part of a character.
static const struct { const char *text; size_t bad; } texts[] = {
    {"", 0}, {"cat", 3}, {"\xC3\xA4", 2}, {"\xE2\x88\x92", 3}, {"\xF0\x9F\x90\x88", 4},
    {"a\xC3", 1},             // cut short
    {"ab\x80", 2},            // a continuation that continues nothing
    {"\xC0\xAF", 0},          // longer than needed
    {"a\xED\xA0\x80", 1},     // half of a pair of UTF-16
    {"\xF4\x90\x80\x80", 0},  // above U+10FFFF
};

static void bad_bytes_are_found(void) {
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const size_t len = strlen(texts[i].text);
        CHECK(utf8_bad(texts[i].text, len) == texts[i].bad);
        char *clean = utf8_clean(texts[i].text, len);
        CHECK(clean && utf8_bad(clean, strlen(clean)) == strlen(clean));
        free(clean);
    }
}

// What is typed letter by letter is taken away letter by letter, whatever their number of bytes.
static void typing(void) {
    static const unsigned letters[] = {'a', 0xE4, 0x2212, 0x1F408};
    static const char *const so_far[] = {"", "a", "a\xC3\xA4", "a\xC3\xA4\xE2\x88\x92"};
    char text[11] = "";
    for (int i = 0; i < 4; i++) {
        CHECK(strcmp(text, so_far[i]) == 0);
        utf8_append(text, sizeof text, letters[i]);
    }
    CHECK(strlen(text) == 10);
    utf8_append(text, sizeof text, 'b'); // there is no room for it
    CHECK(strlen(text) == 10);
    for (int i = 3; i >= 0; i--) {
        utf8_rub_out(text);
        CHECK(strcmp(text, so_far[i]) == 0);
    }
    utf8_rub_out(text);
    CHECK(text[0] == '\0');
}

int main(void) {
    bad_bytes_are_found();
    typing();
    return test_end("utf8");
}
