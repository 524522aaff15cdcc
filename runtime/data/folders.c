/* folders.c — the folders where data sets are looked for. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/data/dataset.h"
#include "runtime/io.h"

typedef bool Each(void *ctx, const char *folder);

// Builds lie up to three levels below the source tree (build/tests/idx), programs up to three
// below PREFIX (libexec/cnnrun/cnnrun-f64).
enum { LEVELS = 3 };

// The folder of the running program, or "" where the system does not tell.
static void program_folder(char out[PATH_MAX]) {
    const ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    out[n < 0 ? 0 : n] = 0;
    char *slash = strrchr(out, '/');
    if (slash) *slash = 0;
}

// `below` in each of the folders above `start`, where there is such a folder.
static bool above(char start[PATH_MAX], const char *below, Each *each, void *ctx) {
    char folder[PATH_MAX + 64];
    for (int level = 0; level < LEVELS; level++) {
        char *slash = strrchr(start, '/');
        if (!slash) return false;
        *slash = 0;
        snprintf(folder, sizeof folder, "%s/%s", start, below);
        if (io_exists(folder) && each(ctx, folder)) return true;
    }
    return false;
}

bool data_folders(Each *each, void *ctx) {
    static const char *const below[] = {"models/data", "share/cnnrun/data"};
    char folder[PATH_MAX];
    const char *own = getenv("CNNRUN_DATA"), *home = getenv("HOME");

    if (own && *own && each(ctx, own)) return true;
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        program_folder(folder);
        if (above(folder, below[i], each, ctx)) return true;
    }
    if (home && *home) {
        snprintf(folder, sizeof folder, "%s/.local/share/cnnrun", home);
        if (each(ctx, folder)) return true;
    }
    return each(ctx, "/usr/share/datasets");
}
