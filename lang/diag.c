/* diag.c — the list of messages: recording, not showing. */
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "lang/diag_list.h"

// ---- texts and places --------------------------------------------------------------------------

Diags *diags_make(Arena *a) {
    Diags *d = arena_new(a, Diags);
    d->arena = a;
    d->end = 1; // position 0 is no place
    return d;
}

const Source *diags_source(Diags *d, const char *name, const char *text, uint32_t len) {
    if (d->n_sources == MAX_SOURCES) return NULL;
    Source *s = &d->source[d->n_sources++];
    *s = (Source){.name = name, .text = text, .len = len, .base = d->end};
    d->end += len + 1; // the end of a text is a place, too
    return s;
}

const Source *diags_source_of(const Diags *d, Span at) {
    for (int i = 0; i < d->n_sources; i++)
        if (at.lo >= d->source[i].base && at.lo - d->source[i].base <= d->source[i].len)
            return &d->source[i];
    return NULL;
}

const char *diags_text(Diags *d, Span at) {
    const Source *s = diags_source_of(d, at);
    if (!s || at.hi < at.lo || at.hi - s->base > s->len) return "";
    return arena_text(d->arena, s->text + (at.lo - s->base), at.hi - at.lo);
}

int diags_line(const Diags *d, Span at) {
    const Source *s = diags_source_of(d, at);
    if (!s) return 0;
    int line = 1;
    for (uint32_t i = 0; i < at.lo - s->base; i++) line += s->text[i] == '\n';
    return line;
}

// ---- recording ---------------------------------------------------------------------------------

static const char *print(Diags *d, const char *fmt, va_list args) {
    va_list again;
    va_copy(again, args);
    const int len = vsnprintf(NULL, 0, fmt, args);
    char *text = arena_alloc(d->arena, (size_t)(len > 0 ? len : 0) + 1);
    if (len > 0) vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    return text;
}

static void note(Diags *d, const char *text) {
    Diag *m = d->last;
    if (!m || m->n_notes == MAX_NOTES) return;
    if (!m->note) m->note = arena_array(d->arena, const char *, MAX_NOTES);
    m->note[m->n_notes++] = text;
}

static void note_inside(Diags *d) {
    for (const Inside *i = d->inside; i; i = i->outer)
        note(d, arena_print(d->arena, "in block '%s', used at line %d", i->block,
                            diags_line(d, i->used_at)));
}

// A block that is used ten times has its mistake once.
static bool known(const Diags *d, Span at, Code code) {
    for (int i = 0; i < d->n; i++) {
        const Diag *m = &d->list[i];
        if (m->code == code && m->at.lo == at.lo && m->at.hi == at.hi && at.hi > 0) return true;
    }
    return false;
}

static void record(Diags *d, Severity severity, Span at, Code code, const char *fmt, va_list args) {
    int *count = severity == SEVERITY_ERROR ? &d->n_errors : &d->n_warnings;
    d->last = NULL;
    if (*count == MAX_ERRORS || known(d, at, code)) return;
    const char *text = print(d, fmt, args);
    ++*count;
    d->last = &d->list[d->n++];
    *d->last = (Diag){.severity = severity, .code = code, .at = at, .text = text};
    note_inside(d);
}

bool diag_error(Diags *d, Span at, Code code, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    record(d, SEVERITY_ERROR, at, code, fmt, args);
    va_end(args);
    return false;
}

void diag_warn(Diags *d, Span at, Code code, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    record(d, SEVERITY_WARNING, at, code, fmt, args);
    va_end(args);
}

void diags_no_memory(Diags *d) {
    if (d->n_errors == MAX_ERRORS) return;
    d->n_errors++;
    d->list[d->n++] = (Diag){.code = F_MEMORY, .text = "there is no memory left to read the model"};
    d->last = NULL;
}

void diag_label(Diags *d, const char *fmt, ...) {
    if (!d->last) return;
    va_list args;
    va_start(args, fmt);
    d->last->label = print(d, fmt, args);
    va_end(args);
}

void diag_note(Diags *d, const char *fmt, ...) {
    if (!d->last) return;
    va_list args;
    va_start(args, fmt);
    note(d, print(d, fmt, args));
    va_end(args);
}

void diag_try(Diags *d, Span at, const char *fmt, ...) {
    if (!d->last) return;
    va_list args;
    va_start(args, fmt);
    d->last->try_at = at;
    d->last->try_text = print(d, fmt, args);
    va_end(args);
}

void diags_inside(Diags *d, const char *block, Span used_at) {
    Inside *i = arena_new(d->arena, Inside);
    *i = (Inside){.block = block, .used_at = used_at, .outer = d->inside};
    d->inside = i;
}

void diags_outside(Diags *d) {
    if (d->inside) d->inside = d->inside->outer;
}

// ---- reading the list --------------------------------------------------------------------------

int  diags_errors(const Diags *d) { return d->n_errors; }
bool diags_full(const Diags *d) { return d->n_errors == MAX_ERRORS; }
int  diags_count(const Diags *d) { return d->n; }

// Insertion sort: at most 40 messages, nearly in order, and equal places keep theirs.
const Diag *diags_get(Diags *d, int i) {
    for (int k = 1; k < d->n; k++) {
        const Diag m = d->list[k];
        int to = k;
        for (; to > 0 && d->list[to - 1].at.lo > m.at.lo; to--) d->list[to] = d->list[to - 1];
        d->list[to] = m;
    }
    d->last = NULL; // it may have moved
    return i >= 0 && i < d->n ? &d->list[i] : NULL;
}

// ---- the table of messages ---------------------------------------------------------------------

static const Message messages[] = {
#define MESSAGE(letter_number, id, title_, why_, wrong_, right_) \
    [id] = {.code = letter_number, .title = title_, .why = why_, .wrong = wrong_, .right = right_},
#include "lang/messages.def"
#undef MESSAGE
};

const Message *message_of(Code code) {
    return (unsigned)code < N_CODES ? &messages[code] : NULL;
}

const Message *message_named(const char *code) {
    for (int i = 0; i < N_CODES; i++)
        if (strcasecmp(messages[i].code, code) == 0) return &messages[i];
    return NULL;
}
