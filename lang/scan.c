/* scan.c — what the text of one token means. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gen/grammar.h"

// The token that was just matched ends where the scanner stands.
static Span place(const Parse *p, size_t len) {
    return (Span){p->next - (uint32_t)len, p->next};
}

// Every message about a token goes through here: a statement has one, and what follows it on the
// line is silent.
static bool complain(Parse *p, Span at, Code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static bool complain(Parse *p, Span at, Code code, const char *fmt, ...) {
    char text[256];
    va_list args;
    if (p->quiet) return false;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    diag_error(p->diags, at, code, "%s", text);
    p->quiet = true;
    return true;
}

// ---- words -------------------------------------------------------------------------------------

int scan_word(Parse *p, const char *text, size_t len, TokenValue *v) {
    static const struct { const char *word; int token; } keywords[] = {
        {"as", T_AS}, {"block", T_BLOCK}, {"let", T_LET},
    };
    if (len > MAX_WORD) {
        complain(p, place(p, len), L_WORD, "this word has %zu characters, at most %d "
                   "are allowed", len, MAX_WORD);
        return T_CNN_error;
    }
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strlen(keywords[i].word) == len && memcmp(text, keywords[i].word, len) == 0)
            return keywords[i].token;
    v->word = arena_text(p->arena, text, len);
    return T_WORD;
}

int scan_text(Parse *p, const char *text, size_t len, TokenValue *v) {
    const Span at = place(p, len);
    if (len > MAX_SIDE) {
        complain(p, at, L_TEXT, "a text between quotes has at most %d characters",
                   MAX_SIDE);
        return T_CNN_error;
    }
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) {
            complain(p, (Span){at.lo + (uint32_t)i, at.lo + (uint32_t)i + 1}, L_CHARACTER,
                       "there is a control character (number %d) between these quotes", text[i]);
            return T_CNN_error;
        }
    v->atom = tree_word(p, arena_text(p->arena, text + 1, len - 2), at);
    v->atom->kind = ATOM_TEXT;
    return T_TEXT;
}

int scan_open_text(Parse *p, size_t len) {
    if (complain(p, place(p, len), L_TEXT, "the closing quote of this text is missing"))
        diag_label(p->diags, "a text ends with \" on the same line");
    return T_CNN_error;
}

int scan_single_quotes(Parse *p, const char *text, size_t len) {
    const Span at = place(p, len);
    if (complain(p, at, L_TEXT, "a text stands between two double quotes") && len < MAX_WORD)
        diag_try(p->diags, at, "\"%.*s\"", (int)len - 2, text + 1);
    return T_CNN_error;
}

// ---- numbers -----------------------------------------------------------------------------------

static Atom *number(Parse *p, AtomKind kind, size_t len) {
    Atom *a = arena_new(p->arena, Atom);
    *a = (Atom){.kind = kind, .at = place(p, len)};
    return a;
}

// True if the character before the number belongs to a value: 4-2.
static bool subtracts(const Parse *p, const char *text, size_t len) {
    const int before = p->seen.kind;
    return text[0] == '-' && p->seen.at.hi == place(p, len).lo
        && (before == T_NUMBER || before == T_SIZE || before == T_WORD || before == T_PERCENT);
}

int scan_number(Parse *p, const char *text, size_t len, TokenValue *v) {
    const Span at = place(p, len);
    if (subtracts(p, text, len)) {
        if (complain(p, at, L_NUMBER, "numbers can be multiplied and divided, not subtracted"))
            diag_label(p->diags, "write the result itself, or a number of its own with let");
        return T_CNN_error;
    }
    v->atom = number(p, ATOM_NUMBER, len);
    v->atom->number = strtod(text, NULL); // the scanner has put a NUL behind the token
    if (isfinite(v->atom->number)) return T_NUMBER;
    complain(p, at, L_NUMBER, "this number is too large for a computer's numbers");
    return T_CNN_error;
}

int scan_size(Parse *p, const char *text, size_t len, TokenValue *v) {
    Atom *a = v->atom = number(p, ATOM_SIZE, len);
    for (const char *s = text; a->n_sides < 3;) {
        char *end;
        const long side = strtol(s, &end, 10);
        if (side > MAX_CHANNELS) {
            complain(p, a->at, L_NUMBER, "no side of a size may be larger than %d",
                       MAX_CHANNELS);
            return T_CNN_error;
        }
        a->side[a->n_sides++] = (int)side;
        if (*end != 'x') break;
        s = end + 1;
    }
    return T_SIZE;
}

int scan_bad_number(Parse *p, const char *text, size_t len) {
    const Span at = place(p, len);
    const size_t sign = text[0] == '-';
    if (!complain(p, at, L_NUMBER, "'%.*s' is not a number", (int)(len < 40 ? len : 40), text))
        return T_CNN_error;
    if (text[sign] == '.' && strspn(text + sign + 1, "0123456789") == len - sign - 1 && len < 40)
        diag_try(p->diags, at, "%.*s0%s", (int)sign, text, text + sign);
    else if (text[len - 1] == '.' && strspn(text + sign, "0123456789") == len - sign - 1)
        diag_try(p->diags, at, "%.*s", (int)len - 1, text);
    else
        diag_label(p->diags, "numbers look like 12, 0.5, 25%% or 1e-4; names begin with a letter");
    return T_CNN_error;
}

// 5X5, or 5×5 as word processors write it.
int scan_bad_size(Parse *p, const char *text, size_t len) {
    const Span at = place(p, len);
    const size_t first = strspn(text, "0123456789");
    const size_t rest = first + strcspn(text + first, "0123456789");
    if (complain(p, at, L_NUMBER, "a size is written with a small letter x") && len < 40)
        diag_try(p->diags, at, "%.*sx%s", (int)first, text, text + rest);
    return T_CNN_error;
}

// ---- everything else ---------------------------------------------------------------------------

// The code point of a valid UTF-8 character at s, and its length; 0 if there is none.
static uint32_t decode(const unsigned char *s, size_t len, int *n) {
    static const struct { unsigned char mask, lead; int n; uint32_t least; } forms[] = {
        {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000},
    };
    for (int k = 0; k < 3; k++) {
        if ((s[0] & forms[k].mask) != forms[k].lead || len < (size_t)forms[k].n) continue;
        uint32_t c = s[0] & (unsigned char)~forms[k].mask;
        bool valid = true;
        for (int i = 1; i < forms[k].n; i++) {
            valid &= (s[i] & 0xc0) == 0x80;
            c = c << 6 | (s[i] & 0x3fu);
        }
        *n = forms[k].n;
        return valid && c >= forms[k].least && c <= 0x10ffff ? c : 0;
    }
    return 0;
}

// What to write instead of a character that is often met.
static const char *instead(uint32_t c) {
    static const struct { uint32_t c; const char *text; } rows[] = {
        {'\'',   "file names stand between double quotes: \"first.safetensors\""},
        {0x201c, "quotes are written \", not “"}, {0x201d, "quotes are written \", not ”"},
        {0x201e, "quotes are written \", not „"}, {0x2019, "quotes are written \", not ’"},
        {'(',    "values follow without brackets: conv 8 5x5 stride=2"},
        {')',    "values follow without brackets: conv 8 5x5 stride=2"},
        {'[',    "lists have no brackets: mean=0.485,0.456,0.406"},
        {']',    "lists have no brackets: mean=0.485,0.456,0.406"},
        {':',    "values follow without a colon; options are written name=value"},
        {'+',    "numbers can be multiplied and divided, not added: write the result itself"},
        {'-',    "numbers can be multiplied and divided; names are written with _"},
        {0xd7,   "sizes are written 5x5, with the letter x; products 4*8"},
        {0xa0,   "this is a special blank, as web pages have; type an ordinary one"},
        {'!',    "comments begin with #"},
        {'\\', "a statement stands on one line; only { may stand on the next"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].c == c) return rows[i].text;
    return NULL;
}

int scan_bad_character(Parse *p, const char *text, size_t len) {
    const unsigned char *s = (const unsigned char *)text;
    const uint32_t lo = place(p, len).lo;
    int n = 1;
    const uint32_t c = s[0] < 0x80 ? s[0] : decode(s, len, &n);
    const bool visible = c >= ' ' && c != 0x7f && !(c >= 0x80 && c < 0xa0);
    const Span at = {lo, lo + (visible ? (uint32_t)n : 1)};
    const bool said = visible
        ? complain(p, at, L_CHARACTER, "the character '%.*s' means nothing here", n, text)
        : complain(p, at, L_CHARACTER, "the byte \\x%02X means nothing in a model file", s[0]);
    if (!said) return T_CNN_error;
    const char *advice = instead(c);
    if (!advice && s[0] >= 0x80) advice = "names are made of the letters a to z, digits and _";
    if (advice) diag_label(p->diags, "%s", advice);
    return T_CNN_error;
}
