/* json.h — reads JSON by asking for what should come next.
 *
 * The caller knows the form of the text and walks along it; nothing here calls itself, and nothing
 * is built in memory. After the first mistake every function fails, and `wrong` says what was
 * expected at byte `at`.
 *
 *     json_take(&j, '{');
 *     for (bool more = !json_is(&j, '}'); more; more = json_more(&j, '}')) {
 *         const char *key = json_text(&j, &room);
 *         ... json_take(&j, ':') ... json_number(&j, &n) ...
 *     }
 *
 * Strict (RFC 8259), and stricter: texts hold no NUL and no half of a surrogate pair, numbers are
 * whole and without a sign. The text has been checked to be UTF-8. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Json {
    const char *text;
    size_t len, at;
    const char *wrong; // NULL: all is well so far
} Json;

// Records what is wrong at the current byte, unless something was before. Returns false.
bool json_wrong(Json *j, const char *what);

// Is c the next character (after white space)? If so, it is taken.
bool json_is(Json *j, char c);

// c must come next.
bool json_take(Json *j, char c);

// After a member of a list or object: true if a comma follows, false at its end (`close` is taken).
bool json_more(Json *j, char close);

// A text, decoded to *room with a NUL behind it; *room moves on. It never takes more room than the
// text takes as JSON. NULL if there is none.
const char *json_text(Json *j, char **room);

// A whole number, 0 … 2^63 − 1.
bool json_number(Json *j, uint64_t *n);

// `word` (null) must come next.
bool json_word(Json *j, const char *word);

// Nothing but white space may follow.
bool json_end(Json *j);
