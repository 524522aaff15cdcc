/* utf8.h — is this text UTF-8?
 *
 * Strict: no overlong forms, no surrogates, nothing above U+10FFFF, no NUL.
 * Source: The Unicode Standard, table 3-7. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

// Bytes of the character at text[0 … len), or 0 if there is none.
size_t utf8_length(const char *text, size_t len);

// The place of the first byte that is not part of a character; len if there is none.
size_t utf8_bad(const char *text, size_t len);

// A copy in which every such byte is U+FFFD, with a NUL behind it. malloc'd; NULL: no memory.
char *utf8_clean(const char *text, size_t len);

// Copies text for a message: bytes that are no characters, control characters and those in `also`
// become \xHH. What does not fit into `cap` bytes is left out at a whole character.
void utf8_show(char *dst, size_t cap, const char *text, const char *also);

// Writes character c (0 … 0x10FFFF) and returns its number of bytes, 1 to 4.
size_t utf8_put(char *out, unsigned c);

// What typing does to a text of at most room bytes, its NUL included: puts a character behind it, if it
// fits, or takes the last one away.
void utf8_append(char *text, size_t room, unsigned c);
void utf8_rub_out(char *text);
