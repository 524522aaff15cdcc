/* terminal.c — asks the system what stdout and stderr are. */
#include "viz/terminal/terminal.h"

#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/error.h"
#include "viz/terminal/text.h"

static int window_columns(FILE *out) {
    struct winsize w;
    if (ioctl(fileno(out), TIOCGWINSZ, &w) != 0) return 0;
    return w.ws_col ? w.ws_col : 80; // a serial line does not know its width
}

Terminal terminal_of(FILE *out) {
    const char *kind = getenv("TERM"), *no_color = getenv("NO_COLOR");
    Terminal t = {.out = out};
    t.live = isatty(fileno(out)) && kind && strcmp(kind, "dumb") != 0
             && window_columns(out) >= LEAST_WIDTH;
    t.colour = t.live && !(no_color && *no_color);
    return t;
}

int terminal_width(const Terminal *t) {
    const int columns = t->live ? window_columns(t->out) : 0;
    return columns > 0 ? columns : PLAIN_WIDTH;
}

const char *terminal_bold(const Terminal *t) { return t->colour ? "\033[1m" : ""; }
const char *terminal_red(const Terminal *t) { return t->colour ? "\033[1;31m" : ""; }
const char *terminal_normal(const Terminal *t) { return t->colour ? "\033[0m" : ""; }

void caution(const char *text) {
    char clean[4 * ERROR_TEXT];
    const Terminal t = terminal_of(stderr);
    text_clean(clean, sizeof clean, text, "\n");
    fprintf(stderr, "cnnrun: %swarning:%s %s\n", terminal_bold(&t), terminal_normal(&t), clean);
}

int complain(const char *fmt, ...) {
    char text[ERROR_TEXT], clean[4 * ERROR_TEXT];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);

    const Terminal t = terminal_of(stderr);
    text_clean(clean, sizeof clean, text, "\n");
    fprintf(stderr, "cnnrun: %serror:%s %s\n", terminal_red(&t), terminal_normal(&t), clean);
    return 1;
}

bool terminal_flush(FILE *out) { return fflush(out) == 0 && !ferror(out); }

bool terminal_left(FILE *out) {
    struct pollfd p = {.fd = fileno(out), .events = POLLOUT};
    return ferror(out) && poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP));
}
