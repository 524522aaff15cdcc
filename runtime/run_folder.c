/* run_folder.c — the folder a training run writes: runs/NAME, runs/NAME-2, … */
#include "runtime/run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

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

// ---- one process at a time -------------------------------------------------------------------------

// Who holds the lock: the number it wrote into the file, for the message.
static bool in_use(const char *folder, int fd, Error *e) {
    char pid[16] = "";
    const ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
    for (ssize_t i = 0; i < n; i++)
        if (pid[i] < '0' || pid[i] > '9') pid[i] = 0;
    return error_set(e, "%s is in use: process %s is training there", folder, pid[0] ? pid : "?");
}

static bool take_lock(const char *folder, int fd, Error *e) {
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return in_use(folder, fd, e);
        return error_set(e, "%s cannot be locked: %s", folder, strerror(errno));
    }
    char pid[16];
    const int len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)len, 0) == len) return true;
    return error_set(e, "%s/" RUN_LOCK " cannot be written: %s", folder, strerror(errno));
}

int run_folder_lock(const char *folder, Error *e) {
    char *path = io_join(folder, RUN_LOCK);
    const int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (fd < 0) error_set(e, "%s cannot be locked: %s", folder, strerror(errno));
    free(path);
    if (fd < 0 || take_lock(folder, fd, e)) return fd;
    close(fd);
    return -1;
}

void run_folder_unlock(const char *folder, int lock) {
    if (lock < 0) return;
    char *path = io_join(folder, RUN_LOCK);
    if (path) unlink(path);
    free(path);
    close(lock);
}
