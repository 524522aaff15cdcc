/* folder.h — a folder for the files of one test, gone at its end. */
#pragma once
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/io.h"

typedef struct Folder { char path[128]; char name[512]; } Folder;

static inline Folder folder_make(void) {
    Folder f = {.path = P_tmpdir "/cnnrun-test-XXXXXX"};
    if (!mkdtemp(f.path)) exit(1);
    return f;
}

// The path of a file in it, valid until the next call.
static inline const char *folder_file(Folder *f, const char *name) {
    snprintf(f->name, sizeof f->name, "%s/%s", f->path, name);
    return f->name;
}

// Puts bytes into a file in it and returns its path.
static inline const char *folder_put(Folder *f, const char *name, const void *v, size_t n) {
    FILE *file = fopen(folder_file(f, name), "wb");
    if (!file || fwrite(v, 1, n, file) != n || fclose(file)) exit(1);
    return f->name;
}

static inline int folder_remove_one(const char *path, const struct stat *st, int type,
                                    struct FTW *w) {
    (void)st, (void)type, (void)w;
    return remove(path);
}

static inline void folder_remove(const Folder *f) {
    nftw(f->path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
