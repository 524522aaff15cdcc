/* sources.h — the program's own source, for the line of code below a sum.
 *
 * The files of layers, losses, optimisers and image steps are part of the binary, as the fonts are:
 * the line shown is the one that was compiled, with its number. */
#pragma once
#include "lang/arena.h"

typedef struct CodeLine {
    const char *path, *file; // "runtime/layers/conv.c", "conv.c"; NULL: not found
    int line;                // from 1
    const char *text;        // the statement, on one line
} CodeLine;

// The first statement in a function of a source file that begins with these letters.
CodeLine source_line(Arena *a, const char *source, const char *function, const char *begins);
