/* format.h — the same file, neatly written.
 *
 * Four blanks per level, one between words, none around = and commas, at most one empty line.
 * Statements that shared a line still do. Comments stay; those behind neighbouring statements stand
 * in one column. A word that other programs use for one of ours becomes ours, unless the file gives
 * it a meaning of its own. Strings and numbers stay as they were written.
 *
 * What is neat already is not changed, and what the file means never is. */
#pragma once
#include "lang/kind.h"

// The neat text, with a NUL behind it, cut from the arena; `path` names the text in messages. NULL
// after messages in `d` if it cannot be read. Whether its layers make sense is not asked.
const char *format_text(Arena *a, Diags *d, const Vocabulary *v, const char *path,
                        const char *text, size_t len);
