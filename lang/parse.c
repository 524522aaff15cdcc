/* parse.c — layout: which newlines end a statement; and sentences for what the grammar refuses.
 *
 * The scanner's tokens pass through cnn_lex(), which knows three rules: a newline before { or
 * before `shortcut` does not separate; `shortcut` is a keyword only behind }; and behind } a new
 * statement may follow on the same line. It also counts braces, so that a missing one is reported
 * at its {. */
#include "lang/parse.h"

#include <string.h>

#include "gen/grammar.h"

// What flex makes of lexer.l. Its own header is not included: it is not written for our warnings.
int  cnn_scan(TokenValue *value, Span *at, void *scanner);
int  cnn_lex_init_extra(Parse *p, void **scanner);
void *cnn__scan_bytes(const char *text, int len, void *scanner);
int  cnn_lex_destroy(void *scanner);
Parse *cnn_get_extra(void *scanner);

int cnn_lex(CNN_STYPE *value, Span *at, void *scanner);

// ---- layout ------------------------------------------------------------------------------------

static Token take(Parse *p) {
    if (p->n_held > 0) return p->held[--p->n_held];
    Token t = {.at = {p->next, p->next}};
    t.kind = cnn_scan(&t.value, &t.at, p->scanner);
    p->seen = t;
    return t;
}

static void put_back(Parse *p, Token t) { p->held[p->n_held++] = t; }

static bool is_shortcut(const Parse *p, Token t) {
    return t.kind == T_WORD && p->now.kind == T_CLOSE && strcmp(t.value.word, "shortcut") == 0;
}

// The next token that is no newline before { or shortcut.
static Token take_line(Parse *p) {
    const Token t = take(p);
    if (t.kind != T_NEWLINE) return t;
    Token next = take(p);
    while (next.kind == T_NEWLINE) next = take(p);
    if (next.kind == T_OPEN || is_shortcut(p, next)) return next;
    put_back(p, next);
    return t;
}

static bool starts_statement(int kind) {
    return kind == T_WORD || kind == T_BLOCK || kind == T_LET;
}

// ---- braces ------------------------------------------------------------------------------------

static Token stop(Parse *p, Token t) {
    p->stopped = true;
    t.kind = T_YYEOF;
    return t;
}

static Token open_brace(Parse *p, Token t) {
    if (p->depth < MAX_DEPTH) {
        p->open[p->depth++] = t.at;
        return t;
    }
    diag_error(p->diags, t.at, G_DEPTH, "braces may be nested %d deep, this one goes deeper",
               MAX_DEPTH);
    return stop(p, t);
}

static Token end_of_text(Parse *p, Token t) {
    if (p->depth == 0) return t;
    diag_error(p->diags, p->open[p->depth - 1], G_OPEN, "this { is never closed");
    diag_label(p->diags, "its } is missing");
    return stop(p, t);
}

// The next token for the grammar, braces counted. A } that closes nothing is reported and left out.
static Token next_token(Parse *p) {
    for (;;) {
        Token t = take_line(p);
        if (t.kind == T_OPEN) return open_brace(p, t);
        if (t.kind == T_YYEOF) return end_of_text(p, t);
        if (t.kind != T_CLOSE) return t;
        if (p->depth > 0) {
            p->depth--;
            return t;
        }
        diag_error(p->diags, t.at, G_CLOSE, "this } closes nothing");
        diag_label(p->diags, "take it away, or write the { it belongs to above");
    }
}

static Token arrange(Parse *p) {
    Token t = next_token(p);
    if (is_shortcut(p, t)) t.kind = T_SHORTCUT;
    else if (p->now.kind == T_CLOSE && starts_statement(t.kind)) {
        put_back(p, t);
        t = (Token){.kind = T_SEMICOLON, .at = {p->now.at.hi, p->now.at.hi}};
    }
    return t;
}

int cnn_lex(CNN_STYPE *value, Span *at, void *scanner) {
    Parse *p = cnn_get_extra(scanner);
    Token t = {.kind = T_YYEOF, .at = {p->next, p->next}};
    p->stopped |= diags_full(p->diags);
    if (!p->stopped) t = arrange(p);
    // A statement has one message; the next one starts afresh.
    if (t.kind == T_NEWLINE || t.kind == T_SEMICOLON || t.kind == T_OPEN || t.kind == T_CLOSE)
        p->quiet = false;
    p->before2 = p->before;
    p->before = p->now;
    p->now = t;
    *at = t.at;
    if (t.kind == T_WORD) value->T_WORD = t.value.word;
    else value->T_NUMBER = t.value.atom; // NUMBER, SIZE and TEXT are all an Atom *
    return t.kind;
}

// ---- what the grammar refuses ------------------------------------------------------------------

enum { ANY = -1 };

// The sentence for a token, by the token before it and, for names, the one before that. The first
// row that fits is used.
static const struct {
    int before2, before, now;
    Code code;
    const char *text, *label;
} sentences[] = {
    {ANY, T_EQUALS, ANY, G_VALUE, "a value is missing behind =", "write it here"},
    {ANY, T_COMMA,  ANY, G_VALUE, "a value is missing behind the comma", "lists look like 1,2,3"},
    {ANY, T_TIMES,  ANY, G_VALUE, "a value is missing behind *", "products look like 4*8"},
    {ANY, T_DIVIDE, ANY, G_VALUE, "a value is missing behind /", "fractions look like 1/255"},
    {ANY, T_AS,     ANY, G_VALUE, "a name is missing behind `as`", "a name is one word: as stem"},
    {ANY, T_LET,    ANY, G_VALUE, "a name is missing behind `let`", "write let k = 5"},
    {ANY, T_BLOCK,  ANY, G_VALUE, "a name is missing behind `block`",
     "write block NAME VALUES { … }"},
    {T_LET, T_WORD, ANY, G_SYNTAX, "= is missing behind this name", "write let k = 5"},
    {T_AS,  T_WORD, ANY, G_SYNTAX, "`as NAME` is the last thing before the end of the line",
     "values and options stand before `as`"},
    {ANY, T_SHORTCUT, ANY, G_SYNTAX, "`shortcut` is the second path of residual: it needs { … }",
     "write residual { … } shortcut { … }"},
    {ANY, T_CLOSE, T_AS, G_SYNTAX, "a name stands before the {, not behind the }",
     "write section stem { … }"},
    {ANY, T_CLOSE, ANY,  G_SYNTAX, "behind } a new line begins", "write a ; before this"},
    {ANY, ANY, T_COMMA,  G_SYNTAX, "a comma stands between the values of a list only",
     "values are separated by blanks: conv 8 5x5"},
    {ANY, ANY, T_PERCENT, G_SYNTAX, "% stands directly behind a number only", "as in 25%"},
    {ANY, T_WORD, T_EQUALS, G_SYNTAX, "this word cannot be given a value here",
     "options stand behind a word: conv 8 5x5 stride=2"},
    {ANY, ANY, T_EQUALS, G_SYNTAX, "= stands behind the name of an option only",
     "as in conv 8 5x5 stride=2"},
    {T_BLOCK, ANY, ANY,  G_SYNTAX, "the values of a block are names, and { … } follows",
     "write block down f { conv f 3x3 }"},
};

static bool starts_line(int kind) {
    return kind == T_NEWLINE || kind == T_SEMICOLON || kind == T_OPEN || kind == T_YYEOF;
}

// A line that begins with a value or a sign instead of a word.
static void unexpected_start(Parse *p, const char *text) {
    if (p->now.kind == T_OPEN)
        diag_error(p->diags, p->now.at, G_SYNTAX, "this { has no word in front of it");
    else
        diag_error(p->diags, p->now.at, G_SYNTAX, "a line begins with a word, not with %s", text);
    if (p->before.kind != T_SEMICOLON) return;
    diag_label(p->diags, "does it belong to what stands before the ; ?");
    if (p->now.kind == T_SIZE || p->now.kind == T_TEXT) // no statement begins like this
        diag_try(p->diags, (Span){p->before.at.lo, p->now.at.lo}, " ");
}

static const char *shown(Parse *p) {
    const int kind = p->now.kind;
    if (kind == T_NEWLINE || kind == T_YYEOF) return "the end of the line";
    return arena_print(p->arena, "'%s'", diags_text(p->diags, p->now.at));
}

void parse_unexpected(Parse *p, bool may_end) {
    if (p->stopped || p->quiet) return;
    p->quiet = true;
    const Token now = p->now, before = p->before, before2 = p->before2;
    if (starts_line(before.kind)) return unexpected_start(p, shown(p));
    // Where something is missing at the end of a line, it is missing behind the last word.
    const bool ended = now.kind == T_NEWLINE || now.kind == T_SEMICOLON || now.kind == T_CLOSE
                    || now.kind == T_YYEOF;
    const Span at = ended ? before.at : now.at;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (sentences[i].before2 != ANY && sentences[i].before2 != before2.kind) continue;
        if (sentences[i].before != ANY && sentences[i].before != before.kind) continue;
        if (sentences[i].now != ANY && sentences[i].now != now.kind) continue;
        diag_error(p->diags, at, sentences[i].code, "%s", sentences[i].text);
        if (sentences[i].label) diag_label(p->diags, "%s", sentences[i].label);
        if (now.kind == T_EQUALS && before.kind == T_WORD && starts_line(before2.kind))
            diag_try(p->diags, before.at, "let %s", before.value.word);
        return;
    }
    if (may_end)
        diag_error(p->diags, at, G_SYNTAX, "the line should end before %s", shown(p));
    else
        diag_error(p->diags, at, G_SYNTAX, "%s cannot stand here", shown(p));
}

// ---- the whole text ----------------------------------------------------------------------------

// What is seen at the first bytes: UTF-16 has a mark, or a NUL beside every letter.
static bool is_utf16(const Source *s) {
    const unsigned char *b = (const unsigned char *)s->text;
    if (s->len < 2) return false;
    return (b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)
        || (s->len >= 4 && ((!b[0] && b[1] && !b[2]) || (b[0] && !b[1] && b[2] && !b[3])));
}

static bool is_text(Diags *d, const Source *s) {
    if (is_utf16(s)) {
        const Span start = {s->base, s->base};
        diag_error(d, start, F_ENCODING, "this file is saved in UTF-16");
        diag_note(d, "save it again as UTF-8 (or \"plain text\")");
        return false;
    }
    const char *nul = s->len > 0 ? memchr(s->text, 0, s->len) : NULL;
    if (!nul) return true;
    const uint32_t at = s->base + (uint32_t)(nul - s->text);
    diag_error(d, (Span){at, at + 1}, L_CHARACTER, "there is a NUL byte in this file");
    diag_label(d, "take it away: a model file is plain text");
    return false;
}

// Some editors mark UTF-8 with three invisible bytes, which are not part of the text.
const Source *parse_register(Diags *d, const char *name, const char *text, size_t len) {
    const size_t skip = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return diags_source(d, name, text + skip, (uint32_t)(len - skip));
}

Stmt *parse_source(Arena *a, Diags *d, const Source *s, bool *complete) {
    *complete = is_text(d, s);
    if (!*complete) return NULL;
    Parse p = {.arena = a, .diags = d, .next = s->base};
    if (cnn_lex_init_extra(&p, &p.scanner) != 0) longjmp(*arena_guard(a), 1);
    cnn__scan_bytes(s->text, (int)s->len, p.scanner);
    *complete = cnn_parse(p.scanner) == 0 && !p.stopped;
    cnn_lex_destroy(p.scanner);
    return p.tree;
}
