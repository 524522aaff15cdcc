/* csv.c — fields of tables; see csv.h. */
#include "runtime/csv.h"

#include <math.h>
#include <string.h>

void csv_text(FILE *out, const char *text) {
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (const char *p = text; *p; p++) fprintf(out, *p == '"' ? "\"\"" : "%c", *p);
    fputc('"', out);
}

void csv_real(FILE *out, double v) {
    if (isfinite(v)) fprintf(out, "%.6g", v);
}
