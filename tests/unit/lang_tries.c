/* lang_tries.c — every proposal in the golden messages of tests/diag, carried out, removes its
 * message. */
#include <dirent.h>

#include "runtime/vocabulary.h"
#include "tests/unit/tries.h"

static int check_file(const char *name) {
    static char text[1 << 16];
    char path[600];
    snprintf(path, sizeof path, "tests/diag/%s", name);
    FILE *f = fopen(path, "rb");
    const size_t len = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (!CHECK(f != NULL && len < sizeof text - 1)) return 0;
    fclose(f);
    text[len] = '\0';
    Arena *a = arena_make();
    Diags *d = diags_make(a);
    CHECK(!experiment_parse(a, d, &runtime_vocabulary, path, text, len));
    const int n = tries_check(a, d, &runtime_vocabulary, path, text, len);
    arena_free(a);
    return n;
}

int main(void) {
    DIR *d = opendir("tests/diag");
    int n = 0;
    for (const struct dirent *e; d && (e = readdir(d));) {
        const size_t len = strlen(e->d_name);
        if (len > 4 && strcmp(e->d_name + len - 4, ".cnn") == 0) n += check_file(e->d_name);
    }
    if (CHECK(d != NULL)) closedir(d);
    CHECK(n >= 40);
    return test_end("lang_tries");
}
