/* text.h — text from outside, made fit to be shown in columns.
 *
 * Names of files and classes may hold any bytes. Control characters (which could drive the
 * terminal) and broken UTF-8 are shown as \xHH. Every other character counts as one column. */
#pragma once
#include <stddef.h>
#include <stdio.h>

// Copies src to dst (cap bytes, at most cap − 1 used) with everything unprintable as \xHH, but the
// characters in `keep` as they are. What does not fit is left out at a whole character.
void text_clean(char *dst, size_t cap, const char *src, const char *keep);

// Prints a text that way; nothing is kept.
void text_print(FILE *out, const char *text);

// Columns that a clean text takes.
int text_columns(const char *clean);

// Bytes of a clean text that fit into so many columns.
int text_fit(const char *clean, int columns);
