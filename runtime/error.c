/* error.c — messages that grow at their end and never run over. */
#include "runtime/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Names from files may hold anything; what could drive a terminal becomes '?'.
static void print_at(Error *e, size_t at, const char *fmt, va_list args) {
    vsnprintf(e->text + at, sizeof e->text - at, fmt, args);
    for (char *p = e->text + at; *p; p++)
        if (((unsigned char)*p < 0x20 && *p != '\n') || *p == 0x7F) *p = '?';
}

bool error_set(Error *e, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    print_at(e, 0, fmt, args);
    va_end(args);
    return false;
}

bool error_add(Error *e, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    print_at(e, strlen(e->text), fmt, args);
    va_end(args);
    return false;
}
