/* csv.h — fields of tables for spreadsheets and other programs (RFC 4180). */
#pragma once
#include <stdio.h>

// A text; in quotes if it holds a comma, a quote or a line's end.
void csv_text(FILE *out, const char *text);

// A number of six digits; nothing if it is not finite.
void csv_real(FILE *out, double v);
