/* json_out.c — writes JSON: lists on one line, each member of an object on its own. */
#include "viz/cli/json_out.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/utf8.h"

// ---- texts -------------------------------------------------------------------------------------

// Bytes of the character at text, which goes out as it is; 0: it needs an escape.
static size_t plain(const char *text, size_t len) {
    const unsigned char c = (unsigned char)text[0];
    return c < ' ' || c == '"' || c == '\\' || c == 0x7f ? 0 : utf8_length(text, len);
}

static void escape(FILE *out, unsigned char c) {
    if (c == '"' || c == '\\') fprintf(out, "\\%c", c);
    else fprintf(out, "\\u%04x", c < 0x80 ? c : 0xfffd);
}

static void quoted(FILE *out, const char *text) {
    fputc('"', out);
    for (size_t len = strlen(text); len > 0;) {
        const size_t n = plain(text, len);
        if (n > 0) fwrite(text, 1, n, out);
        else escape(out, (unsigned char)*text);
        text += n > 0 ? n : 1;
        len -= n > 0 ? n : 1;
    }
    fputc('"', out);
}

// ---- members -----------------------------------------------------------------------------------

static bool in_list(const JsonOut *j) { return j->depth > 0 && j->close[j->depth - 1] == ']'; }

static void new_line(JsonOut *j) { fprintf(j->out, "\n%*s", 2 * j->depth, ""); }

// What stands before a value: a comma, a new line, its key.
static void member(JsonOut *j, const char *key) {
    if (j->depth == 0) return;
    bool *filled = &j->filled[j->depth - 1];
    if (*filled) fputs(in_list(j) ? ", " : ",", j->out);
    *filled = true;
    assert(!key == in_list(j));
    if (!key) return;
    new_line(j);
    quoted(j->out, key);
    fputs(": ", j->out);
}

void json_open(JsonOut *j, const char *key, char open) {
    assert(j->depth < JSON_OUT_DEPTH);
    member(j, key);
    fputc(open, j->out);
    j->close[j->depth] = open == '{' ? '}' : ']';
    j->filled[j->depth++] = false;
}

void json_close(JsonOut *j) {
    assert(j->depth > 0);
    const bool object = !in_list(j);
    j->depth--;
    if (object && j->filled[j->depth]) new_line(j);
    fputc(j->close[j->depth], j->out);
    if (j->depth == 0) fputc('\n', j->out);
}

void json_put_text(JsonOut *j, const char *key, const char *text) {
    member(j, key);
    quoted(j->out, text);
}

void json_put_int(JsonOut *j, const char *key, int64_t v) {
    member(j, key);
    fprintf(j->out, "%" PRId64, v);
}

void json_put_uint(JsonOut *j, const char *key, uint64_t v) {
    member(j, key);
    fprintf(j->out, "%" PRIu64, v);
}

// The shortest text that is read as the same number.
void json_put_real(JsonOut *j, const char *key, double v) {
    char text[32] = "null";
    for (int digits = 15; isfinite(v) && digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) >= v && strtod(text, NULL) <= v) break;
    }
    member(j, key);
    fputs(text, j->out);
}

void json_put_bool(JsonOut *j, const char *key, bool v) {
    member(j, key);
    fputs(v ? "true" : "false", j->out);
}

void json_put_null(JsonOut *j, const char *key) {
    member(j, key);
    fputs("null", j->out);
}
