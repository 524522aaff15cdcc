/* lang_corpus.c — what fuzzing found worth keeping, read again: tests/fuzz/seeds/lang. Each file
 * takes another way through the reader; none may crash it, on any compiler. */
#include <dirent.h>

#include "tests/fuzz/lang_bytes.h"
#include "tests/unit/test.h"

enum { LARGEST = 1 << 16 };

// Its name is told first: the program ends when something is not as it should be.
static void replay(const char *path) {
    static char bytes[LARGEST];
    FILE *f = fopen(path, "rb");
    const size_t len = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f) fclose(f);
    printf("%s\n", path);
    fflush(stdout);
    if (CHECK(f != NULL && len < sizeof bytes)) lang_bytes(bytes, len);
}

int main(void) {
    static const char folder[] = "tests/fuzz/seeds/lang";
    DIR *d = opendir(folder);
    for (const struct dirent *e; d && (e = readdir(d));) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] != '.') replay(path);
    }
    if (CHECK(d != NULL)) closedir(d);
    CHECK(tests_passed > 100);
    return test_end("lang_corpus");
}
