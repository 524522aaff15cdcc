/* lang_edits.c — the slips of the keyboard: every character of every model that ships left out,
 * typed twice, swapped with the next one; and the file cut off behind every character. Each ends
 * in a network, or in messages that point at a line; and what they propose helps. */
#include <dirent.h>

#include "runtime/vocabulary.h"
#include "tests/unit/tries.h"

enum { MOST = 1 << 16 };

// A slip: makes `out` of the text, without or with the character at i, and returns its length.
static size_t leave_out(char *out, const char *text, size_t len, size_t i) {
    memcpy(out, text, i);
    memcpy(out + i, text + i + 1, len - i - 1);
    return len - 1;
}

static size_t type_twice(char *out, const char *text, size_t len, size_t i) {
    memcpy(out, text, i + 1);
    memcpy(out + i + 1, text + i, len - i);
    return len + 1;
}

static size_t swap(char *out, const char *text, size_t len, size_t i) {
    memcpy(out, text, len);
    if (i + 1 < len) out[i] = text[i + 1], out[i + 1] = text[i];
    return len;
}

static size_t cut(char *out, const char *text, size_t len, size_t i) {
    (void)len;
    memcpy(out, text, i);
    return i;
}

static const struct {
    const char *name;
    size_t (*make)(char *out, const char *text, size_t len, size_t i);
} slips[] = {
    {"left out", leave_out}, {"typed twice", type_twice}, {"swapped", swap}, {"cut", cut},
};

// True if there is a network without mistakes, or there are mistakes and all of them have a line.
static bool ends_well(const char *text, size_t len) {
    Vocabulary words = runtime_vocabulary;
    words.probe = NULL; // looks at the disk
    Arena *a = arena_make();
    Diags *d = diags_make(a);
    const Experiment *x = experiment_parse(a, d, &words, "models/slip.cnn", text, len);
    bool good = !x == (diags_errors(d) > 0);
    for (int i = 0; i < diags_count(d); i++) {
        const Diag *m = diags_get(d, i);
        good &= diags_line(d, m->at) >= 1 && m->text[0] != '\0';
    }
    tries_check(a, d, &words, "models/slip.cnn", text, len);
    arena_free(a);
    return good;
}

static void check_text(const char *name, const char *text, size_t len) {
    static char slip[MOST + 2];
    for (size_t k = 0; k < sizeof slips / sizeof *slips; k++)
        for (size_t i = 0; i < len; i++) {
            const size_t n = slips[k].make(slip, text, len, i);
            slip[n] = '\0';
            if (!CHECK(ends_well(slip, n)))
                printf("%s: character %zu %s\n", name, i, slips[k].name);
        }
}

static void check_file(const char *name) {
    static char text[MOST];
    char path[600];
    snprintf(path, sizeof path, "models/%s", name);
    FILE *f = fopen(path, "rb");
    const size_t len = f ? fread(text, 1, sizeof text, f) : 0;
    if (CHECK(f != NULL && len > 0 && len < sizeof text)) check_text(name, text, len);
    if (f) fclose(f);
}

int main(void) {
    DIR *d = opendir("models");
    int n = 0;
    CHECK(d != NULL);
    for (const struct dirent *e; d && (e = readdir(d));) {
        const size_t len = strlen(e->d_name);
        if (len < 4 || strcmp(e->d_name + len - 4, ".cnn") != 0) continue;
        check_file(e->d_name);
        n++;
    }
    if (d) closedir(d);
    CHECK(n >= 5);
    return test_end("lang_edits");
}
