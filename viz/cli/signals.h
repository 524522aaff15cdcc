/* signals.h — Ctrl-C, a closed terminal and a limit on file sizes, as questions and errors.
 *
 * Training does not die in the middle of a step: the first SIGINT, SIGTERM or SIGHUP only raises a
 * flag, which is looked at between two steps. The second one leaves at once with status 130. */
#pragma once
#include <stdbool.h>

// For every command: writing to a closed pipe or beyond a limit is an error, not a death.
void signals_ignore(void);

// For training: from now on signals_raised() answers.
void signals_catch(void);
bool signals_raised(void);
