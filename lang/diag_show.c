/* diag_show.c — messages as a person sees them: the place, the line, carets, what to do.
 *
 * Bytes of a file go to the terminal only through put(): control characters and broken UTF-8 are
 * shown as ?, because a terminal would obey them. Nothing here needs memory. */
#include <string.h>

#include "lang/diag_list.h"

enum { WIDTH = 100, BEFORE = 40 }; // columns of an excerpt, and how many may stand before the span

// ---- characters --------------------------------------------------------------------------------

// Bytes of the UTF-8 character at s, 0 if there is none that may be shown.
static int character(const unsigned char *s, size_t len) {
    if (s[0] >= 0x20 && s[0] < 0x7f) return 1;
    const int n = s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
    if (n == 0 || s[0] >= 0xf5 || (size_t)n > len) return 0;
    for (int i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    return s[0] == 0xc2 && s[1] < 0xa0 ? 0 : n; // U+0080 … U+009F are control characters
}

// Writes a text character by character; tabs stay tabs.
static void put(FILE *out, const char *text, size_t len) {
    for (size_t i = 0; i < len;) {
        const int n = text[i] == '\t' ? 1 : character((const unsigned char *)text + i, len - i);
        if (n == 0) fputc('?', out);
        else fwrite(text + i, 1, (size_t)n, out);
        i += n == 0 ? 1 : (size_t)n;
    }
}

static void put_text(FILE *out, const char *text) { put(out, text, strlen(text)); }

// Steps over one character, or one byte that is none.
static uint32_t step(const Source *s, uint32_t i) {
    const int n = character((const unsigned char *)s->text + i, s->len - i);
    return i + (n == 0 ? 1 : (uint32_t)n);
}

static int columns(const Source *s, uint32_t lo, uint32_t hi) {
    int n = 0;
    for (uint32_t i = lo; i < hi; i = step(s, i)) n++;
    return n;
}

// ---- the excerpt -------------------------------------------------------------------------------

// Offsets within the text: the line, the part of it that is shown, and the marked part.
typedef struct Excerpt { uint32_t line, end, from, to, lo, hi; int number; } Excerpt;

static Excerpt excerpt_of(const Diags *d, const Source *s, Span at) {
    Excerpt e = {.lo = at.lo - s->base, .hi = at.hi - s->base, .number = diags_line(d, at)};
    for (e.line = e.lo; e.line > 0 && s->text[e.line - 1] != '\n';) e.line--;
    for (e.end = e.lo; e.end < s->len && s->text[e.end] != '\n';) e.end++;
    if (e.end > e.line && s->text[e.end - 1] == '\r') e.end--;
    if (e.lo > e.end) e.lo = e.end;
    if (e.hi > e.end) e.hi = e.end;
    if (e.hi < e.lo) e.hi = e.lo;
    e.from = e.line, e.to = e.end;
    if (e.to - e.from <= WIDTH) return e;
    if (e.lo - e.from > BEFORE) e.from = e.lo - BEFORE;
    while (e.from > e.line && (s->text[e.from] & 0xc0) == 0x80) e.from--; // not inside a character
    if (e.to - e.from > WIDTH) e.to = e.from + WIDTH;
    while (e.to < e.end && (s->text[e.to] & 0xc0) == 0x80) e.to++;
    if (e.hi > e.to) e.hi = e.to;
    return e;
}

static void show_excerpt(FILE *out, const Source *s, const Excerpt *e, int gutter,
                         const char *label) {
    const char *before = e->from > e->line ? "…" : "", *after = e->to < e->end ? "…" : "";
    fprintf(out, "%*s |\n%*d |%s%s", gutter, "", gutter, e->number, e->to > e->from ? " " : "",
            before);
    put(out, s->text + e->from, e->to - e->from);
    fprintf(out, "%s\n%*s | %s", after, gutter, "", *before ? " " : "");
    for (uint32_t i = e->from; i < e->lo; i = step(s, i))
        fputc(s->text[i] == '\t' ? '\t' : ' ', out);
    for (uint32_t i = e->lo; i < e->hi || i == e->lo; i = i < e->hi ? step(s, i) : i + 1)
        fputc('^', out);
    if (label) fputc(' ', out), put_text(out, label);
    fputc('\n', out);
}

// ---- the proposal ------------------------------------------------------------------------------

static bool ends_statement(char c) { return c == '\n' || c == ';' || c == '{' || c == '}'; }

// The statement around the place, with the text that should stand there instead.
static void show_try(FILE *out, const Source *s, const Diag *m, int gutter) {
    const uint32_t at = m->try_at.lo - s->base, behind = m->try_at.hi - s->base;
    uint32_t lo = at, hi = behind;
    while (lo > 0 && !ends_statement(s->text[lo - 1])) lo--;
    while (lo < at && (s->text[lo] == ' ' || s->text[lo] == '\t')) lo++;
    while (hi < s->len && !ends_statement(s->text[hi]) && s->text[hi] != '#') hi++;
    while (hi > behind && strchr(" \t\r", s->text[hi - 1])) hi--;
    if (hi - lo > WIDTH) lo = at, hi = behind;
    fprintf(out, "%*s = try: ", gutter, "");
    put(out, s->text + lo, at - lo);
    put_text(out, m->try_text);
    put(out, s->text + behind, hi - behind);
    fputc('\n', out);
}

// ---- all of it ---------------------------------------------------------------------------------

static void show(FILE *out, const Diags *d, const Diag *m) {
    const Source *s = diags_source_of(d, m->at);
    int gutter = 1;
    fprintf(out, "%s[%s]: ", m->severity == SEVERITY_ERROR ? "error" : "warning",
            message_of(m->code)->code);
    put_text(out, m->text);
    fputc('\n', out);
    if (s) {
        const Excerpt e = excerpt_of(d, s, m->at);
        for (int n = e.number; n >= 10; n /= 10) gutter++;
        fprintf(out, "%*s--> ", gutter, "");
        put_text(out, s->name);
        fprintf(out, ":%d:%d\n", e.number, columns(s, e.line, e.lo) + 1);
        show_excerpt(out, s, &e, gutter, m->label);
    }
    for (int i = 0; i < m->n_notes; i++) {
        fprintf(out, "%*s = ", gutter, "");
        put_text(out, m->note[i]);
        fputc('\n', out);
    }
    s = m->try_text ? diags_source_of(d, m->try_at) : NULL;
    if (s) show_try(out, s, m, gutter);
    fputc('\n', out);
}

void diags_render(Diags *d, FILE *out) {
    const Diag *first = NULL;
    for (int i = 0; i < d->n; i++) {
        const Diag *m = diags_get(d, i);
        if (m->severity == SEVERITY_ERROR && !first) first = m;
        show(out, d, m);
    }
    if (!first) return;
    fprintf(out, "%d error%s%s; `cnnrun help %s` tells more\n", d->n_errors,
            d->n_errors == 1 ? "" : "s", diags_full(d) ? " are shown, there may be more" : "",
            message_of(first->code)->code);
}
