/* sources.h — the program's own source, for the line of code below a sum.
 *
 * The files of layers, losses, optimisers and image steps are part of the binary, as the fonts are:
 * the line shown is the one that was compiled, with its number. */
#pragma once
#include "lang/arena.h"

typedef struct CodeLine {
    const char *file;  // "conv.c"; NULL: not found
    int line;          // from 1
    const char *text;  // without its indentation
} CodeLine;

// The line of `source` ("runtime/layers/conv.c") that is the heart of its definition: in the
// function that stands for it, forward or backward, the last one that writes a result.
CodeLine source_line(Arena *a, const char *source, const char *function, const char *writes);
