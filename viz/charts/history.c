/* history.c — reading results.csv, strictly. */
#include "viz/charts/history.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"

#define HEADER "phase,epoch,step,lr,loss,accuracy,valid_loss,valid_accuracy,seconds"

enum { MAX_FIELD = 64 };

typedef enum FieldType { FIELD_INT, FIELD_STEP, FIELD_REAL, FIELD_SHARE } FieldType;

typedef struct Field { const char *name; FieldType type; size_t at; } Field;

static const Field fields[] = {
    {"phase",          FIELD_INT,   offsetof(HistoryRow, phase)},
    {"epoch",          FIELD_INT,   offsetof(HistoryRow, epoch)},
    {"step",           FIELD_STEP,  offsetof(HistoryRow, step)},
    {"lr",             FIELD_REAL,  offsetof(HistoryRow, lr)},
    {"loss",           FIELD_REAL,  offsetof(HistoryRow, loss)},
    {"accuracy",       FIELD_SHARE, offsetof(HistoryRow, accuracy)},
    {"valid_loss",     FIELD_REAL,  offsetof(HistoryRow, valid_loss)},
    {"valid_accuracy", FIELD_SHARE, offsetof(HistoryRow, valid_accuracy)},
    {"seconds",        FIELD_REAL,  offsetof(HistoryRow, seconds)},
};

enum { N_FIELDS = sizeof fields / sizeof *fields };

// ---- one field ---------------------------------------------------------------------------------

static bool take_whole(const char *text, int64_t most, int64_t *v) {
    char *end;
    errno = 0;
    const long long n = strtoll(text, &end, 10);
    if (end == text || *end || text[0] < '0' || text[0] > '9' || errno || n > most) return false;
    *v = n;
    return true;
}

static bool take_int(const char *text, void *field) {
    int64_t v;
    if (!take_whole(text, INT32_MAX, &v)) return false;
    *(int *)field = (int)v;
    return true;
}

static bool take_step(const char *text, void *field) {
    return take_whole(text, INT64_MAX / 2, field);
}

// A decimal number, nan, inf, or nothing.
static bool take_real(const char *text, void *field) {
    char *end;
    const double v = strtod(text, &end);
    if (*end || strpbrk(text, "xX(") || (text[0] && strchr(" \t\r\v\f+", text[0]))) return false;
    *(double *)field = text[0] && fabs(v) <= 1e30 ? v : NAN;
    return true;
}

static bool take_share(const char *text, void *field) {
    if (!take_real(text, field)) return false;
    const double v = *(double *)field;
    return isnan(v) || (v >= 0 && v <= 1);
}

static bool (*const take[])(const char *text, void *field) = {
    [FIELD_INT] = take_int,   [FIELD_STEP] = take_step,
    [FIELD_REAL] = take_real, [FIELD_SHARE] = take_share,
};

// ---- one row -----------------------------------------------------------------------------------

// The place of a line in the file, for messages.
typedef struct Place { const char *path; int line; } Place;

static bool take_field(Place p, int i, const char *text, size_t len, HistoryRow *row, Error *e) {
    char copy[MAX_FIELD];
    if (len >= sizeof copy || memchr(text, '\0', len))
        return error_set(e, "%s:%d: this cannot be the %s", p.path, p.line, fields[i].name);
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (take[fields[i].type](copy, (char *)row + fields[i].at)) return true;
    return error_set(e, "%s:%d: \"%s\" cannot be the %s", p.path, p.line, copy,
                     fields[i].name);
}

static int count_fields(const char *line, const char *end) {
    int n = 1;
    for (const char *s = line; s < end; s++) n += *s == ',';
    return n;
}

static bool take_row(Place p, const char *line, const char *end, HistoryRow *row, Error *e) {
    const int n = count_fields(line, end);
    if (n != N_FIELDS)
        return error_set(e, "%s:%d: %d values where %d belong", p.path, p.line, n, N_FIELDS);
    for (int i = 0; i < N_FIELDS; i++) {
        const char *comma = memchr(line, ',', (size_t)(end - line));
        const char *stop = comma ? comma : end;
        if (!take_field(p, i, line, (size_t)(stop - line), row, e)) return false;
        line = stop + 1;
    }
    return true;
}

// ---- the whole file ----------------------------------------------------------------------------

static int count_lines(const char *text, const char *end) {
    int n = 0;
    for (; text < end && n <= MAX_HISTORY + 1; n++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        text = newline ? newline + 1 : end;
    }
    return n;
}

// The end of the line that begins at `text`, a carriage return before it left out.
static const char *line_end(const char *text, const char *end, const char **next) {
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    *next = newline ? newline + 1 : end;
    const char *stop = newline ? newline : end;
    return stop > text && stop[-1] == '\r' ? stop - 1 : stop;
}

static bool take_rows(const char *path, const char *text, const char *end, History *r, Error *e) {
    for (int line = 2; text < end; line++) {
        const char *next, *stop = line_end(text, end, &next);
        const Place p = {path, line};
        HistoryRow *row = &r->row[r->n];
        if (!take_row(p, text, stop, row, e)) return false;
        if (r->n > 0 && row->step < row[-1].step)
            return error_set(e, "%s:%d: step %lld comes after step %lld", path, line,
                             (long long)row->step, (long long)row[-1].step);
        r->n++;
        text = next;
    }
    return r->n > 0 || error_set(e, "%s: no results yet", path);
}

bool history_parse(const char *path, const char *text, size_t len, History *r, Error *e) {
    const char *end = text + len, *next, *stop = line_end(text, end, &next);
    const int lines = count_lines(text, end);

    *r = (History){0};
    if ((size_t)(stop - text) != strlen(HEADER) || memcmp(text, HEADER, strlen(HEADER)))
        return error_set(e, "%s:1: this is not a file of results: it begins with %s", path, HEADER);
    if (lines > MAX_HISTORY)
        return error_set(e, "%s: more than %d rows", path, MAX_HISTORY);
    r->row = calloc((size_t)lines, sizeof *r->row);
    if (!r->row) return error_set(e, "%s: no memory for %d rows", path, lines);
    if (take_rows(path, next, end, r, e)) return true;
    history_free(r);
    return false;
}

bool history_read(const char *path, History *r, Error *e) {
    size_t len;
    char *text = io_read(path, MAX_HISTORY_BYTES, &len, e);
    if (!text) return false;
    const bool ok = history_parse(path, text, len, r, e);
    free(text);
    return ok;
}

void history_free(History *r) {
    free(r->row);
    *r = (History){0};
}
