/* parse.h — from text to a tree of exactly what was written.
 *
 *     bytes → lexer.l → raw tokens → cnn_lex() → tokens → grammar.y → tree.h
 *
 * The scanner knows letters, cnn_lex() (parse.c) knows where a line ends, the grammar knows
 * statements. None of them knows a layer's name. */
#pragma once
#include "lang/tree.h"

// Registers a text of at most MAX_SOURCE bytes, without the mark that some editors put in front.
// NULL when there are MAX_SOURCES.
const Source *parse_register(Diags *d, const char *name, const char *text, size_t len);

// The statements of `s`, in order, NULL if there are none. Mistakes go to `d`; a statement that
// could not be read is in the list with no word. `complete` is set to false when reading had to
// stop (an open brace, too many mistakes): what the list lacks is then not missing.
Stmt *parse_source(Arena *a, Diags *d, const Source *s, bool *complete);
