/* image_corpus.c — what fuzzing found worth keeping, read again: tests/fuzz/seeds. Each file takes
 * another way through a reader; none may crash it, on any compiler. */
#include <dirent.h>

#include "tests/fuzz/image_bytes.h"
#include "tests/unit/test.h"

enum { LARGEST = 1 << 16 };

// Any sort of picture, through the door that pictures come by.
static void picture_bytes(const uint8_t *bytes, size_t len) {
    Picture p;
    Error e = {""};
    if (!picture_parse(&p, bytes, len, "file", &e)) must(e.text[0] && !p.v);
    picture_free(&p);
}

static const struct { const char *folder; void (*read)(const uint8_t *bytes, size_t len); } readers[] = {
    {"bmp", bmp_bytes},   {"pnm", pnm_bytes}, {"exif", exif_bytes},
    {"list", list_bytes}, {"picture", picture_bytes},
};

// Its name is told first: the program ends when something is not as it should be. The copy has
// exactly as many bytes as the file, so that a read behind them is found.
static void replay(size_t reader, const char *path) {
    static uint8_t bytes[LARGEST];
    FILE *f = fopen(path, "rb");
    const size_t len = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f) fclose(f);
    printf("%s\n", path);
    fflush(stdout);
    if (!CHECK(f != NULL && len < sizeof bytes)) return;
    uint8_t *copy = malloc(len + !len);
    memcpy(copy, bytes, len);
    readers[reader].read(copy, len);
    free(copy);
}

static int replay_all(size_t reader) {
    char folder[300];
    int n = 0;
    snprintf(folder, sizeof folder, "tests/fuzz/seeds/%s", readers[reader].folder);
    DIR *d = opendir(folder);
    for (const struct dirent *e; d && (e = readdir(d));) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.') continue;
        replay(reader, path);
        n++;
    }
    if (d) closedir(d);
    return n;
}

int main(void) {
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) CHECK(replay_all(i) >= 9);
    return test_end("image_corpus");
}
