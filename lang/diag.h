/* diag.h — messages about a model file, each pointing at the text that caused it.
 *
 * Code that finds a mistake records it here and carries on, so that one run reports many
 * mistakes. Nothing is printed until diags_render(): messages come out sorted by position, and
 * tests can compare them as data.
 *
 * The idiom for a function that checks something is
 *
 *     if (bad) return diag_error(d, where, S_KERNEL, "...");   // records the message, returns false
 *
 * and, where more can be said, further lines for the message just recorded:
 *
 *     diag_label(d, "at most 5x5 fits");            // behind the carets
 *     diag_note(d, "line 1: data cifar10 ...");     // one "= ..." line each
 *     diag_try(d, where, "conv 64 5x5");            // a replacement of the text at `where`
 *
 * A file's text is registered once with diags_source(). Every source gets its own range of
 * positions, so a Span of eight bytes names a place in any of the files of one run. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lang/arena.h"
#include "lang/limits.h"

// Bytes [lo, hi) of the texts of this run. {0, 0} is no place at all. Lines and columns are
// computed only when a message is shown.
typedef struct Span { uint32_t lo, hi; } Span;

// The stable code of a kind of message; its letter says what is wrong (see messages.def).
typedef enum Code {
#define MESSAGE(letter_number, id, ...) id,
#include "lang/messages.def"
#undef MESSAGE
    N_CODES
} Code;

// One kind of message: what `cnnrun help S003` explains.
typedef struct Message { const char *code, *title, *why, *wrong, *right; } Message;

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING } Severity;

// One file in memory; the text need not end with a NUL and may contain any bytes.
typedef struct Source { const char *name; const char *text; uint32_t len; uint32_t base; } Source;

typedef struct Diags Diags;

// An empty list whose memory comes from `a`.
Diags *diags_make(Arena *a);

// Registers a text, which must live as long as `d`. The first byte of it has position base.
// NULL when there are already MAX_SOURCES.
const Source *diags_source(Diags *d, const char *name, const char *text, uint32_t len);

// The source that `at` lies in, or NULL for no place.
const Source *diags_source_of(const Diags *d, Span at);

// The text at `at`, as written: an arena copy, "" for no place.
const char *diags_text(Diags *d, Span at);

// The line number, from 1, of the first byte of `at`; 0 for no place.
int diags_line(const Diags *d, Span at);

// Records an error at `at`. Always returns false, so callers can write `return diag_error(...)`.
bool diag_error(Diags *d, Span at, Code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

// Records something suspicious that does not stop the program.
void diag_warn(Diags *d, Span at, Code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

// More lines for the message recorded last. Without one, or once the list is full, no effect.
void diag_label(Diags *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void diag_note(Diags *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void diag_try(Diags *d, Span at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

// While `where` is set, every message gets the line "in block 'down', used at line 15".
void diags_inside(Diags *d, const char *block, Span used_at);
void diags_outside(Diags *d);

int  diags_errors(const Diags *d);
bool diags_full(const Diags *d); // MAX_ERRORS reached: stop looking for more

// A recorded message, for tests and for programs; i counts in order of position.
typedef struct Diag {
    Severity severity;
    Code code;
    Span at;
    const char *text, *label;
    int n_notes;
    const char **note;
    Span try_at;
    const char *try_text; // the text that should stand at try_at instead, or NULL
} Diag;
int diags_count(const Diags *d);
const Diag *diags_get(Diags *d, int i);

// Writes every message, sorted by place, with its line of text, as language.md shows them.
void diags_render(Diags *d, FILE *out);

// The row of messages.def for a code, or for its name ("S003", any case); NULL if there is none.
const Message *message_of(Code code);
const Message *message_named(const char *code);
