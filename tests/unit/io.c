/* io.c — files are read within a cap and replaced as a whole. */
#include "runtime/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/folder.h"
#include "tests/unit/test.h"

static const struct { const char *text; unsigned crc; } sums[] = {
    {"", 0},
    {"a", 0xC1D04330},
    {"123456789", 0xE3069283},
    {"The quick brown fox jumps over the lazy dog", 0x22620404},
};

static const struct { const char *folder, *name, *path; } joins[] = {
    {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"a", "/b", "/b"}, {"/", "b", "/b"},
};

static void check_rows(void) {
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        const size_t n = strlen(sums[i].text), half = n / 2;
        CHECK(io_crc32c(0, sums[i].text, n) == sums[i].crc);
        const unsigned first = io_crc32c(0, sums[i].text, half);
        CHECK(io_crc32c(first, sums[i].text + half, n - half) == sums[i].crc);
    }
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        char *path = io_join(joins[i].folder, joins[i].name);
        CHECK_TEXT(path, joins[i].path);
        free(path);
    }
}

static bool holds(const char *path, const char *text) {
    Error e;
    size_t n;
    char *v = io_read(path, 1 << 20, &n, &e);
    const bool same = v && n == strlen(text) && memcmp(v, text, n + 1) == 0;
    free(v);
    return same;
}

static bool write_text(const char *path, const char *text, Error *e) {
    const size_t half = strlen(text) / 2;
    const Piece piece[] = {{text, half}, {text + half, strlen(text) - half}, {NULL, 0}};
    return io_write(path, piece, 3, e);
}

static int count_files(const char *folder) {
    int n = 0;
    DIR *d = opendir(folder);
    for (const struct dirent *f; d && (f = readdir(d));)
        n += strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0;
    if (d) closedir(d);
    return n;
}

static void check_reading(Folder *f) {
    Error e;
    size_t n;
    folder_put(f, "five", "12345", 5);
    CHECK(holds(f->name, "12345"));
    CHECK(!io_read(folder_file(f, "five"), 4, &n, &e));
    CHECK(strstr(e.text, "five: has 5 bytes, 4 are allowed"));
    CHECK(!io_read(f->path, 4, &n, &e));
    CHECK(strstr(e.text, "is a folder"));
    CHECK(!io_read(folder_file(f, "none"), 4, &n, &e));
    CHECK(strstr(e.text, "No such file"));
    CHECK(!io_read("/dev/zero", 100000, &n, &e));
    CHECK(strstr(e.text, "longer than the 100000 bytes"));
    folder_put(f, "empty", "", 0);
    CHECK(holds(f->name, ""));
}

// A pipe is read to its end, however the bytes arrive.
static void check_pipe(Folder *f) {
    enum { LINES = 40000 };
    const char *path = folder_file(f, "pipe");
    CHECK(mkfifo(path, 0600) == 0);
    const pid_t child = fork();
    if (child == 0) {
        FILE *out = fopen(path, "w");
        for (int i = 0; out && i < LINES; i++) fputs("line\n", out);
        if (out) fclose(out);
        _exit(0);
    }
    Error e;
    size_t n = 0;
    char *v = io_read(path, 1 << 20, &n, &e);
    CHECK(v && n == LINES * 5 && memcmp(v + n - 5, "line\n", 6) == 0);
    free(v);
    waitpid(child, NULL, 0);
    unlink(path);
}

static void check_writing(Folder *f) {
    Error e;
    struct stat st;
    char *path = strdup(folder_file(f, "file"));
    umask(022);
    CHECK(write_text(path, "first", &e) && holds(path, "first"));
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0644);
    chmod(path, 0600);
    CHECK(write_text(path, "second", &e) && holds(path, "second"));
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(write_text(path, "", &e) && holds(path, ""));
    CHECK(!write_text(folder_file(f, "no/where"), "x", &e));
    CHECK(strstr(e.text, "No such file"));
    CHECK(!write_text(f->path, "x", &e));
    CHECK(strstr(e.text, "is a folder"));
    CHECK(write_text("/dev/null", "x", &e) && stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    CHECK(!write_text("/dev/full", "x", &e));
    CHECK(strstr(e.text, "No space left"));
    free(path);
}

// Links stay links; what they point to is replaced, even if it was not there.
static void check_links(Folder *f) {
    Error e;
    struct stat st;
    CHECK(symlink("target", folder_file(f, "link")) == 0);
    char *link = strdup(f->name);
    CHECK(write_text(link, "through", &e) && holds(folder_file(f, "target"), "through"));
    CHECK(write_text(link, "again", &e) && holds(folder_file(f, "target"), "again"));
    CHECK(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(symlink("loop", folder_file(f, "loop")) == 0);
    CHECK(!write_text(folder_file(f, "loop"), "x", &e));
    CHECK(strstr(e.text, "too many symbolic links"));
    free(link);
}

// A process that is gone left these: number one is ours to remove, the others are not.
static void check_abandoned(Folder *f) {
    Error e;
    const pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
    char gone[64], alive[64];
    snprintf(gone, sizeof gone, ".kept.%ld.0.tmp", (long)child);
    snprintf(alive, sizeof alive, ".kept.%ld.7.tmp", (long)getpid());
    folder_put(f, gone, "x", 1);
    folder_put(f, alive, "x", 1);
    folder_put(f, ".kept.x.0.tmp", "x", 1);
    CHECK(write_text(folder_file(f, "kept"), "x", &e));
    CHECK(!io_exists(folder_file(f, gone)));
    CHECK(io_exists(folder_file(f, alive)));
    CHECK(io_exists(folder_file(f, ".kept.x.0.tmp")));
}

static void check_folders(Folder *f) {
    Error e;
    CHECK(io_mkdir(folder_file(f, "a/b//c"), &e) && io_exists(f->name));
    CHECK(io_mkdir(folder_file(f, "a/b/c/"), &e));
    folder_put(f, "plain", "x", 1);
    CHECK(!io_mkdir(folder_file(f, "plain/x"), &e));
    CHECK(io_writable(folder_file(f, "new"), &e) && io_writable(folder_file(f, "plain"), &e));
    CHECK(!io_exists(folder_file(f, "new")));
    CHECK(!io_writable(folder_file(f, "nowhere/new"), &e));
    CHECK(strstr(e.text, "nowhere"));
    CHECK(!io_writable(f->path, &e));
}

static void check_messages(void) {
    Error e;
    CHECK(!error_set(&e, "%s\x1b[31m\n%d", "name", 7));
    CHECK_TEXT(e.text, "name?[31m\n7");
    for (int i = 0; i < ERROR_TEXT; i++) error_add(&e, "%s", "more");
    CHECK(strlen(e.text) == ERROR_TEXT - 1);
}

int main(void) {
    Folder f = folder_make();
    check_rows();
    check_reading(&f);
    check_pipe(&f);
    const int before = count_files(f.path);
    check_writing(&f);
    CHECK(count_files(f.path) == before + 1);
    check_links(&f);
    check_abandoned(&f);
    check_folders(&f);
    check_messages();
    folder_remove(&f);
    CHECK(!io_exists(f.path));
    return test_end("io");
}
