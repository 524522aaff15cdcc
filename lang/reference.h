/* reference.h — every word of the language and every kind of message, as one page to read. */
#pragma once
#include <stdio.h>

#include "lang/kind.h"

// Writes the page as Markdown; lang/REFERENCE.md is what comes out.
void reference_markdown(FILE *out, const Vocabulary *v);
