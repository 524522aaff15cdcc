/* format.c — the same file, neatly written.
 *
 * The tree says what the statements are. All the rest, comments and empty lines, lies in the gaps
 * between them, which are looked at here a second time. Lines are gathered first and written at the
 * end, because the column of a comment depends on the lines around it. */
#include "lang/format.h"

#include <string.h>

#include "lang/check.h"
#include "lang/diag_list.h"
#include "lang/parse.h"
#include "lang/spelling.h"

enum { INDENT = 4, GAP = 2, TAB = 8 }; // GAP: blanks before a comment

typedef struct Line {
    int depth;
    int lo, hi;          // its statements, as a part of Format.code
    Span comment;        // {0, 0}: none
    int column;          // where the comment stood
    bool placed;         // it was moved there with several blanks
    bool empty_above;
    bool goes_on;        // only a comment, which continues the one of the line above
} Line;

typedef struct Format {
    Arena *arena;
    Spelling spelling;
    const Source *source;
    char *code;          // the statements of all lines
    int len, room;
    Line *line;
    int n, n_room;
    bool opened;         // the last line ends in {
} Format;

static const char *at(const Format *f, uint32_t place) {
    return f->source->text + (place - f->source->base);
}

static bool contains(const Format *f, Span s, char c) {
    return s.hi > s.lo && memchr(at(f, s.lo), c, s.hi - s.lo);
}

// ---- lines -------------------------------------------------------------------------------------

static Line *new_line(Format *f, int depth, bool empty_above) {
    f->line = grow(f->arena, f->line, f->n, &f->n_room, sizeof *f->line);
    Line *l = &f->line[f->n];
    *l = (Line){.depth = depth, .lo = f->len, .hi = f->len,
                .empty_above = empty_above && f->n > 0 && !f->opened};
    f->n++;
    f->opened = false;
    return l;
}

static void put(Format *f, const char *text, size_t len) {
    if (f->len + (int)len > f->room) {
        f->room = 2 * (f->len + (int)len);
        char *more = arena_alloc(f->arena, (size_t)f->room);
        memcpy(more, f->code, (size_t)f->len);
        f->code = more;
    }
    memcpy(f->code + f->len, text, len);
    f->len += (int)len;
    f->line[f->n - 1].hi = f->len;
}

static void put_text(Format *f, const char *text) { put(f, text, strlen(text)); }

// ---- comments ----------------------------------------------------------------------------------

// Characters, not bytes: those in the middle of a character do not count.
static int columns(const char *text, const char *end) {
    int n = 0;
    for (; text < end; text++) {
        if (*text == '\t') n += TAB - n % TAB;
        else n += (*text & 0xc0) != 0x80;
    }
    return n;
}

static int column_of(const Format *f, uint32_t place) {
    const char *start = at(f, place);
    while (start > f->source->text && start[-1] != '\n') start--;
    return columns(start, at(f, place));
}

// The comment that begins at lo, without the blanks at its end; *next is where its line ends.
static Span comment_at(const Format *f, uint32_t lo, uint32_t hi, uint32_t *next) {
    const char *start = at(f, lo), *end = memchr(start, '\n', hi - lo);
    if (!end) end = at(f, hi);
    *next = lo + (uint32_t)(end - start);
    while (strchr(" \t\r", end[-1])) end--; // stops at the #
    return (Span){lo, lo + (uint32_t)(end - start)};
}

static bool has_comment(const Line *l) { return l->comment.hi > 0; }

// A comment behind a statement; at least one byte stands before it.
static void put_comment(const Format *f, Line *l, Span comment) {
    const char *start = at(f, comment.lo);
    l->comment = comment;
    l->column = column_of(f, comment.lo);
    l->placed = start[-1] == '\t' || (l->column > 1 && start[-1] == ' ' && start[-2] == ' ');
}

static void own_comment(Format *f, Span comment, int depth, bool empty_above) {
    const Line *above = f->n > 0 ? &f->line[f->n - 1] : NULL;
    const bool below_one = above && !empty_above && has_comment(above)
                        && (above->hi > above->lo || above->goes_on);
    const int column = column_of(f, comment.lo);
    const bool goes_on = below_one && above->column == column && column != INDENT * depth;
    Line *l = new_line(f, depth, empty_above);
    l->comment = comment;
    l->column = column;
    l->goes_on = goes_on;
}

// ---- gaps --------------------------------------------------------------------------------------

typedef struct Gap { bool ends_line, empty; } Gap; // empty: with an empty line at its end

// What lies between two statements: ends of lines, semicolons and comments, which are kept.
static Gap gap(Format *f, Span between, int depth) {
    Gap g = {0};
    int ends = 0; // of lines, with nothing between them
    for (uint32_t i = between.lo; i < between.hi; i++) {
        const char c = *at(f, i);
        if (c == '\n') {
            g.ends_line = true;
            g.empty |= ++ends > 1;
        } else if (c == '#') {
            uint32_t end;
            const Span comment = comment_at(f, i, between.hi, &end);
            Line *now = f->n > 0 ? &f->line[f->n - 1] : NULL;
            if (!g.ends_line && now && !has_comment(now)) put_comment(f, now, comment);
            else own_comment(f, comment, depth, g.empty);
            i = end - 1;
            g.empty = false;
            ends = 0;
        } else if (!strchr(" \t\r", c)) ends = 0;
    }
    return g;
}

// ---- statements --------------------------------------------------------------------------------

static void put_atom(Format *f, const Atom *a, const char *word) {
    if (a->op) put(f, &a->op, 1);
    if (a->kind == ATOM_WORD) return put_text(f, word ? word : a->text);
    if (a->kind != ATOM_PERCENT) return put(f, at(f, a->at.lo), a->at.hi - a->at.lo);
    put(f, at(f, a->at.lo), strcspn(at(f, a->at.lo), "% \t")); // blanks may stand before the %
    put_text(f, "%");
}

static void put_list(Format *f, const Arg *a, const char *word) {
    for (const Expr *e = a->first; e; e = e->next) {
        if (e != a->first) put_text(f, ",");
        for (const Atom *x = e->first; x; x = x->next) put_atom(f, x, word);
    }
}

static void put_args(Format *f, const Stmt *s, const Spelt *spelt) {
    for (const Arg *a = s->first; a; a = a->next) {
        const char *word, *name = spelling_option(&f->spelling, spelt, a, &word);
        put_text(f, " ");
        if (name) put_text(f, name), put_text(f, "=");
        put_list(f, a, word);
    }
}

// block NAME VALUES, and let NAME = VALUE: the only statements that are not a word with options.
static void put_definition(Format *f, const Stmt *s) {
    put_text(f, " ");
    put_text(f, s->name->name);
    for (const Label *p = s->param; p; p = p->next) put_text(f, " "), put_text(f, p->name);
    if (!s->first) return;
    put_text(f, " = ");
    put_list(f, s->first, NULL);
}

static void put_bodies(Format *f, const Stmt *s, uint32_t from, Group group, int depth);

static void statement(Format *f, const Stmt *s, Group group, int depth) {
    const Spelt spelt = spelling_of(&f->spelling, s, group);
    put_text(f, spelt.word);
    if (spelt.defines) put_definition(f, s);
    else put_args(f, s, &spelt);
    if (s->name && !spelt.defines) put_text(f, " as "), put_text(f, s->name->name);
    put_bodies(f, s, stmt_whole(s).hi, spelt.inside, depth);
}

// Behind }, the word shortcut would belong to the statement before, but for a semicolon.
static bool needs_semicolon(const Stmt *before, const Stmt *s) {
    return before && before->body && strcmp(s->word, "shortcut") == 0;
}

// Statements within `inside`, each on a line of its own if it was on one.
static void statements(Format *f, const Stmt *first, Span inside, Group group, int depth,
                       bool own_lines) {
    const Stmt *before = NULL;
    for (const Stmt *s = first; s; before = s, s = s->next) {
        const bool semicolon = needs_semicolon(before, s);
        if (semicolon) put_text(f, ";");
        const Gap g = gap(f, (Span){inside.lo, s->at.lo}, depth);
        if (own_lines && (!before || g.ends_line)) new_line(f, depth, g.empty);
        else if (before) put_text(f, semicolon ? " " : "; ");
        statement(f, s, group, depth);
        inside.lo = s->at.hi;
    }
    gap(f, inside, depth);
}

// Comments before a { move behind it: nothing else may stand between.
static void put_body(Format *f, const Body *b, Span before, Group group, int depth) {
    const Span inside = {b->at.lo + 1, b->at.hi - 1};
    const bool comments = contains(f, before, '#') || (!b->first && contains(f, inside, '#'));
    const bool lines = comments || (b->first && contains(f, inside, '\n'));
    put_text(f, b->shortcut ? " shortcut {" : " {");
    f->opened = lines;
    gap(f, before, depth + 1);
    if (!lines) put_text(f, " ");
    statements(f, b->first, inside, group, depth + 1, lines);
    if (lines) new_line(f, depth, false);
    else if (b->first) put_text(f, " ");
    put_text(f, "}");
}

static void put_bodies(Format *f, const Stmt *s, uint32_t from, Group group, int depth) {
    for (const Label *p = s->param; p; p = p->next) from = p->at.hi;
    for (const Body *b = s->body; b; b = b->next) {
        put_body(f, b, (Span){from, b->at.lo}, group, depth);
        from = b->at.hi;
    }
}

// ---- writing the lines -------------------------------------------------------------------------

static int width(const Format *f, const Line *l) {
    return INDENT * l->depth + columns(f->code + l->lo, f->code + l->hi);
}

// Only a comment, and none that continues another.
static bool is_own(const Line *l) { return l->hi == l->lo && !l->goes_on; }

// Lines whose comments are aligned end at an empty line and at a comment that has its own line.
static int group_end(const Format *f, int i) {
    if (is_own(&f->line[i])) return i + 1;
    for (i++; i < f->n; i++)
        if (f->line[i].empty_above || is_own(&f->line[i])) break;
    return i;
}

// The column of their comments: as it was, if somebody has aligned them and there is room, else as
// near as the longest line allows.
static int comment_column(const Format *f, int lo, int hi) {
    int widest = 0, column = 0, n = 0;
    bool one = true, placed = false;
    for (const Line *l = f->line + lo; l < f->line + hi; l++) {
        if (!has_comment(l)) continue;
        if (l->hi > l->lo && width(f, l) > widest) widest = width(f, l);
        one &= n++ == 0 || column == l->column;
        placed |= l->placed;
        column = l->column;
    }
    return one && (n > 1 || placed) && column > widest ? column : widest + GAP;
}

typedef struct Output { char *v; size_t n; } Output; // v NULL: only counted

static void out(Output *o, const char *text, size_t len) {
    if (o->v && len > 0) memcpy(o->v + o->n, text, len);
    o->n += len;
}

static void out_blanks(Output *o, int n) {
    for (int i = 0; i < n; i++) out(o, " ", 1);
}

static void write_line(const Format *f, const Line *l, int column, Output *o) {
    if (l->empty_above) out(o, "\n", 1);
    if (!l->goes_on) out_blanks(o, INDENT * l->depth);
    out(o, f->code + l->lo, (size_t)(l->hi - l->lo));
    if (has_comment(l) && !is_own(l)) out_blanks(o, l->goes_on ? column : column - width(f, l));
    if (has_comment(l)) out(o, at(f, l->comment.lo), l->comment.hi - l->comment.lo);
    out(o, "\n", 1);
}

static void write_lines(const Format *f, Output *o) {
    for (int i = 0, end; i < f->n; i = end) {
        end = group_end(f, i);
        const int column = comment_column(f, i, end);
        for (int k = i; k < end; k++) write_line(f, &f->line[k], column, o);
    }
}

// ---- the whole text ----------------------------------------------------------------------------

static const char *format(Arena *a, Diags *d, const Vocabulary *v, const char *path,
                          const char *text, size_t len) {
    bool complete;
    Format f = {.arena = a, .source = source_register(d, path, text, len)};
    if (!f.source) return NULL;
    const Stmt *program = parse_source(a, d, f.source, &complete);
    if (!complete || diags_errors(d) > 0) return NULL;

    f.room = (int)f.source->len + 1;
    f.code = arena_alloc(a, (size_t)f.room);
    f.spelling = spelling_make(a, v, program);
    const Span all = {f.source->base, f.source->base + f.source->len};
    statements(&f, program, all, GROUP_STATEMENT, 0, true);
    Output o = {0};
    write_lines(&f, &o);
    if (o.n > MAX_SOURCE) {
        diag_error(d, (Span){0}, F_LARGE, "'%s' would be larger than %d MB with all its lines "
                   "indented", path, MAX_SOURCE >> 20);
        return NULL;
    }
    o.v = arena_alloc(a, o.n + 1);
    o.n = 0;
    write_lines(&f, &o);
    return o.v;
}

const char *format_text(Arena *a, Diags *d, const Vocabulary *v, const char *path,
                        const char *text, size_t len) {
    jmp_buf outer; // the caller's own guard is in force again afterwards
    memcpy(&outer, arena_guard(a), sizeof outer);
    const char *volatile neat = NULL;
    if (setjmp(*arena_guard(a)) == 0) neat = format(a, d, v, path, text, len);
    else diags_no_memory(d);
    memcpy(arena_guard(a), &outer, sizeof outer);
    return neat;
}
