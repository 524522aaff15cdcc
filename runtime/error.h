/* error.h — one message about something that went wrong outside the model's text: a file that is
 * cut short, a disk that is full, weights of another network.
 *
 * Functions that can fail take an Error and return false (or NULL) once it is filled in. They
 * print nothing; whoever called decides whether the message goes to the terminal or to the line
 * of the model file that named the file. */
#pragma once
#include <stdbool.h>

enum { ERROR_TEXT = 2048 };

typedef struct Error { char text[ERROR_TEXT]; } Error;

// Fills in the message (cut at ERROR_TEXT) and returns false: `return error_set(e, ...)`. Names may
// come from anywhere: control characters other than a new line become '?'.
bool error_set(Error *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Puts more text behind the message; several lines are fine. Returns false.
bool error_add(Error *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
