/* lang_diag.c — how messages look, and the memory everything in lang lives in. */
#include <stdint.h>
#include <stdlib.h>

#include "lang/words.h"
#include "tests/unit/test.h"

// ---- one message, as it is shown ---------------------------------------------------------------

// The marked part of the text stands between [ and ], which are taken away.
static const struct { const char *text, *shown; } rows[] = {
    {"a\nconv [8] 5x5\nb",
     "error[W006]: no %s\n --> f.cnn:2:6\n  |\n2 | conv 8 5x5\n  |      ^ label\n"
     "  = note\n  = try: conv 9 5x5\n\n"},
    {"\n\n\n\n\n\n\n\n\n\tx\t[yz] # why",
     "error[W006]: no %s\n  --> f.cnn:10:4\n   |\n10 | \tx\tyz # why\n   | \t \t^^ label\n"
     "   = note\n   = try: x\t9\n\n"},
    {"[]", "error[W006]: no %s\n --> f.cnn:1:1\n  |\n1 |\n  | ^ label\n  = note\n  = try: 9\n\n"},
    {"ä×€ [é]", "error[W006]: no %s\n --> f.cnn:1:5\n  |\n1 | ä×€ é\n  |     ^ label\n  = note\n"
                "  = try: ä×€ 9\n\n"},
    {"\x1b[]31m \xff\xc3", "error[W006]: no %s\n --> f.cnn:1:2\n  |\n1 | ?31m ??\n  |  ^ label\n"
                             "  = note\n  = try: ?931m ??\n\n"},
    {"a; b [c\nd] e", "error[W006]: no %s\n --> f.cnn:1:6\n  |\n1 | a; b c\n  |      ^ label\n"
                      "  = note\n  = try: b 9 e\n\n"},
    {"x [y]\r\nz", "error[W006]: no %s\n --> f.cnn:1:3\n  |\n1 | x y\n  |   ^ label\n  = note\n"
                   "  = try: x 9\n\n"},
};

static char *render(const char *text, uint32_t len, Span at) {
    char *shown = NULL;
    size_t size = 0;
    Arena *a = arena_make();
    Diags *d = diags_make(a);
    const uint32_t base = diags_source(d, "f.cnn", text, len)->base;
    at.lo += base, at.hi += base;
    CHECK(!diag_error(d, at, W_RANGE, "no %s", "%s"));
    diag_label(d, "label");
    diag_note(d, "note");
    diag_try(d, at, "%d", 9);
    FILE *f = open_memstream(&shown, &size);
    diags_render(d, f);
    fclose(f);
    arena_free(a);
    return shown;
}

static void check_shown(void) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[200] = "";
        uint32_t len = 0;
        Span at = {0, 0};
        for (const char *c = rows[i].text; *c; c++) {
            if (*c == '[') at.lo = len;
            else if (*c == ']') at.hi = len;
            else text[len++] = *c;
        }
        char want[500];
        snprintf(want, sizeof want, "%s1 error; `cnnrun help W006` tells more\n", rows[i].shown);
        char *shown = render(text, len, at);
        CHECK_TEXT(shown, want);
        free(shown);
    }
}

// A line of many columns is shown around the mark, and no character is cut in two.
static void check_long_lines(void) {
    static char text[5000];
    for (int i = 0; i < 2500; i++) memcpy(text + 2 * i, "\xc3\xa4", 2);
    char *shown = render(text, sizeof text, (Span){3000, 3004});
    CHECK(strlen(shown) < 1500);
    CHECK(strstr(shown, "…") != NULL);
    CHECK(strstr(shown, "^^ label") != NULL && strstr(shown, "^^^") == NULL);
    CHECK(strchr(shown, '?') == NULL);
    free(shown);
}

// ---- the list ----------------------------------------------------------------------------------

static void check_list(void) {
    Arena *a = arena_make();
    Diags *d = diags_make(a);
    const Source *s = diags_source(d, "a", "0123456789", 10);
    const Source *t = diags_source(d, "b", "\n\nx", 3);
    const Span x = {t->base + 2, t->base + 3}, five = {s->base + 5, s->base + 6};
    CHECK_TEXT(diags_text(d, x), "x");
    CHECK_TEXT(diags_text(d, (Span){0, 0}), "");
    CHECK(diags_line(d, x) == 3 && diags_line(d, (Span){0, 0}) == 0);
    CHECK(diags_source_of(d, x) == t && diags_source_of(d, five) == s);

    diag_label(d, "nobody is there yet");
    diag_warn(d, x, W_RANGE, "later");
    diags_inside(d, "outer", five);
    diags_inside(d, "inner", x);
    diag_error(d, five, W_RANGE, "sooner");
    diags_outside(d);
    diags_outside(d);
    diag_error(d, five, W_RANGE, "the same again");
    diag_note(d, "which is not told");
    CHECK(diags_count(d) == 2 && diags_errors(d) == 1 && !diags_full(d));
    const Diag *first = diags_get(d, 0);
    CHECK_TEXT(first->text, "sooner");
    if (CHECK(first->n_notes == 2)) {
        CHECK_TEXT(first->note[0], "in block 'inner', used at line 3");
        CHECK_TEXT(first->note[1], "in block 'outer', used at line 1");
    }
    CHECK(diags_get(d, 2) == NULL && diags_get(d, -1) == NULL);
    for (uint32_t i = 0; i < 2 * MAX_ERRORS; i++)
        diag_error(d, (Span){i + 1, i + 2}, W_TYPE, "%u", i);
    CHECK(diags_full(d) && diags_errors(d) == MAX_ERRORS);
    while (diags_source(d, "more", "", 0)) {}
    CHECK(diags_source(d, "more", "", 0) == NULL);
    arena_free(a);
}

// What `cnnrun help CODE` says: the title, and a wrong and a right line for every code.
static void check_help(const Message *m) {
    char *shown = NULL, examples[500];
    size_t size = 0;
    FILE *f = open_memstream(&shown, &size);
    help_code(f, m);
    fclose(f);
    snprintf(examples, sizeof examples, "\n\nwrong:\n  %s\n\nright:\n  %s\n", m->wrong, m->right);
    if (!CHECK(*m->wrong && *m->right && strcmp(m->wrong, m->right) != 0)) printf("%s\n", m->code);
    CHECK(strstr(shown, m->title) && strstr(shown, examples));
    free(shown);
}

static void check_messages(void) {
    for (int i = 0; i < N_CODES; i++) {
        const Message *m = message_of((Code)i);
        CHECK(strlen(m->code) == 4 && strchr("FLGWNSE", m->code[0]));
        CHECK(message_named(m->code) == m);
        CHECK(m->title[0] && m->why[0]);
        check_help(m);
    }
    CHECK(message_named("w001") == message_of(W_WORD));
    CHECK(message_named("X999") == NULL && message_named("") == NULL);
}

// ---- the arena ---------------------------------------------------------------------------------

static void check_arena(void) {
    Arena *a = arena_make();
    bool zero = true, aligned = true;
    char *before = NULL;
    for (size_t size = 1; size < 3000; size += 7) {
        char *piece = arena_alloc(a, size);
        aligned &= (uintptr_t)piece % sizeof(long double) == 0;
        for (size_t i = 0; i < size; i++) zero &= piece[i] == 0;
        memset(piece, 0xaa, size);
        CHECK(piece != before);
        before = piece;
    }
    char *large = arena_alloc(a, 1 << 20), *small = arena_alloc(a, 16);
    large[(1 << 20) - 1] = 1;
    CHECK(small && zero && aligned);
    CHECK_TEXT(arena_text(a, "abcdef", 3), "abc");
    CHECK_TEXT(arena_text(a, NULL, 0), "");
    CHECK_TEXT(arena_print(a, "%d-%s", 5, "x"), "5-x");
    volatile bool jumped = false;
    if (setjmp(*arena_guard(a)) == 0) arena_alloc(a, SIZE_MAX);
    else jumped = true;
    CHECK(jumped);
    arena_free(a);
    arena_free(NULL);
}

int main(void) {
    check_shown();
    check_long_lines();
    check_list();
    check_messages();
    check_arena();
    return test_end("lang_diag");
}
