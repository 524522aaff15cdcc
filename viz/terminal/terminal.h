/* terminal.h — what is known about the place that text goes to.
 *
 * A terminal that a person watches may be redrawn and coloured; a file, a pipe, TERM=dumb or a
 * window of a few columns gets plain lines, and no escape code ever. NO_COLOR in the environment
 * turns colour off (https://no-color.org). */
#pragma once
#include <stdbool.h>
#include <stdio.h>

enum {
    PLAIN_WIDTH = 100, // columns of lines that go to a file
    LEAST_WIDTH = 20   // in a narrower window nothing can be redrawn
};

typedef struct Terminal {
    FILE *out;
    bool live;   // lines may be redrawn
    bool colour; // and be bold or red
} Terminal;

Terminal terminal_of(FILE *out);

// Columns of the window as it is now; PLAIN_WIDTH if it is none.
int terminal_width(const Terminal *t);

// The codes for bold, red and back to normal, or "" where there is no colour.
const char *terminal_bold(const Terminal *t);
const char *terminal_red(const Terminal *t);
const char *terminal_normal(const Terminal *t);

// "cnnrun: error: TEXT" on stderr; control bytes in the text are shown, not sent. Returns 1, the
// exit status of a command that failed.
int complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// "cnnrun: warning: TEXT" in the same way.
void caution(const char *text);

// Sends on what was printed. False if it could not be written.
bool terminal_flush(FILE *out);

// Was writing refused because nobody reads any more, as in `cnnrun … | head`?
bool terminal_left(FILE *out);
