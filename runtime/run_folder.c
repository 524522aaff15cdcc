/* run_folder.c — the folder a training run writes: runs/NAME, runs/NAME-2, … */
#include "runtime/run_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"

enum { MAX_RUNS = 10000 };

// runs/NAME for k = 1, runs/NAME-k above; malloc'd, NULL when memory is out.
static char *numbered(const char *name, int k) {
    const size_t cap = sizeof RUNS + strlen(name) + 16;
    char *path = malloc(cap);
    if (!path) return NULL;
    if (k == 1) snprintf(path, cap, RUNS "/%s", name);
    else snprintf(path, cap, RUNS "/%s-%d", name, k);
    return path;
}

char *run_folder_newest(const char *name) {
    char *newest = NULL;
    for (int k = 1; k < MAX_RUNS; k++) {
        char *path = numbered(name, k);
        if (!path || !io_exists(path)) {
            free(path);
            break;
        }
        free(newest);
        newest = path;
    }
    return newest;
}

static char *first_free(const char *name) {
    for (int k = 1; k < MAX_RUNS; k++) {
        char *path = numbered(name, k);
        if (!path || !io_exists(path)) return path;
        free(path);
    }
    return NULL;
}

static bool holds_a_run(const char *folder) {
    char *last = io_join(folder, RUN_LAST);
    const bool held = last && io_exists(last);
    free(last);
    return held;
}

static bool copy_model(const Experiment *x, const char *folder, Error *e) {
    const size_t cap = strlen(x->name) + 5;
    char *name = malloc(cap), *path = NULL;
    if (name) {
        snprintf(name, cap, "%s.cnn", x->name);
        path = io_join(folder, name);
    }
    const bool fine = path ? io_write(path, &(Piece){x->text, x->text_len}, 1, e)
                           : error_set(e, "there is no memory left");
    free(name), free(path);
    return fine;
}

char *run_folder_make(const Experiment *x, const char *wanted, Error *e) {
    char *path = wanted ? strdup(wanted) : first_free(x->name);
    if (!path) {
        error_set(e, "there is no free name left for the folder of this run");
        return NULL;
    }
    if (wanted && holds_a_run(wanted)) {
        error_set(e, "%s already holds a run: continue it with --resume, or name another folder",
                  wanted);
    } else if (io_mkdir(path, e) && copy_model(x, path, e)) {
        return path;
    }
    free(path);
    return NULL;
}
