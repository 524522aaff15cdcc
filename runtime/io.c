/* io.c — whole files in, whole files out; see io.h.
 *
 * Saving goes temporary file → fsync → rename → fsync of the folder. Each step has its reason: a
 * file that is written in place is lost when the disk is full; a renamed file that was not synced
 * may be empty after a power cut; so may the folder's entry. The calls are write() and fsync(), not
 * stdio, which forgets errors in its buffers. */
#include "runtime/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FIRST_READ = 64 << 10, // bytes asked for when the size of a file is not known
    MAX_LINKS = 40,        // symbolic links that point to each other: as many as Linux follows
    TEMP_NAME = 200,       // bytes of the target's name that a temporary name repeats
    TEMP_TRIES = 1000
};

// ---- reading ------------------------------------------------------------------------------------

static ssize_t read_again(int fd, void *v, size_t n) {
    ssize_t got;
    do got = read(fd, v, n);
    while (got < 0 && errno == EINTR);
    return got;
}

// Makes room for more than *room bytes, at most `most`.
static char *grow(char *v, size_t *room, size_t most) {
    *room = *room > most / 2 ? most : *room * 2;
    char *more = realloc(v, *room + 1);
    if (!more) free(v);
    return more;
}

// Everything up to the end of the file, however long it said it was: it may be a pipe, or grow.
static char *read_to_end(int fd, size_t room, size_t cap, const char *path, size_t *len, Error *e) {
    char *v = malloc(room + 1);
    size_t n = 0;
    while (v) {
        const ssize_t got = read_again(fd, v + n, room - n);
        if (got < 0) {
            error_set(e, "%s: %s", path, strerror(errno));
            free(v);
            return NULL;
        }
        if (got == 0) break;
        n += (size_t)got;
        if (n > cap) {
            error_set(e, "%s: longer than the %zu bytes allowed here", path, cap);
            free(v);
            return NULL;
        }
        if (n == room) v = grow(v, &room, cap + 1);
    }
    if (!v) {
        error_set(e, "%s: no memory to read it", path);
        return NULL;
    }
    v[n] = 0;
    *len = n;
    return v;
}

// How many bytes to ask for first; 0 with a message if this cannot be a file worth reading. One
// more than the file has, so that its end is seen without another round.
static size_t first_room(int fd, size_t cap, const char *path, Error *e) {
    struct stat st;
    if (fstat(fd, &st) != 0) return error_set(e, "%s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode)) return error_set(e, "%s: is a folder, not a file", path);
    if (!S_ISREG(st.st_mode)) return cap < FIRST_READ ? cap + 1 : FIRST_READ;
    if ((uint64_t)st.st_size > cap)
        return error_set(e, "%s: has %lld bytes, %zu are allowed here", path,
                         (long long)st.st_size, cap);
    return (size_t)st.st_size + 1;
}

char *io_read(const char *path, size_t cap, size_t *len, Error *e) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        error_set(e, "%s: %s", path, strerror(errno));
        return NULL;
    }
    const size_t room = first_room(fd, cap, path, e);
    char *v = room ? read_to_end(fd, room, cap, path, len, e) : NULL;
    close(fd);
    return v;
}

char *io_read_regular(const char *path, size_t cap, size_t *len) {
    struct stat st;
    Error e;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return NULL;
    const bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= cap;
    errno = fits ? 0 : EFBIG;
    char *v = fits ? read_to_end(fd, (size_t)st.st_size + 1, cap, path, len, &e) : NULL;
    const int why = errno;
    close(fd);
    errno = why;
    return v;
}

// ---- names --------------------------------------------------------------------------------------

bool io_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

char *io_join(const char *folder, const char *name) {
    if (!*folder || *name == '/') return strdup(name);
    const size_t n = strlen(folder), size = n + 1 + strlen(name) + 1;
    char *path = malloc(size);
    if (path) snprintf(path, size, "%s%s%s", folder, folder[n - 1] == '/' ? "" : "/", name);
    return path;
}

// The folder of a path ("." if it names none), malloc'd.
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static const char *base_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// Where a symbolic link leads, one step; NULL if path is no link (or memory is out: errno ENOMEM).
static char *link_step(const char *path) {
    char target[PATH_MAX];
    const ssize_t n = readlink(path, target, sizeof target - 1);
    if (n < 0) return NULL;
    target[n] = 0;
    char *folder = folder_of(path);
    char *next = folder ? io_join(folder, target) : NULL;
    free(folder);
    if (!next) errno = ENOMEM;
    return next;
}

// The file that writing to path replaces, malloc'd: links are followed, also to a file that is not
// there yet.
static char *target_of(const char *path, Error *e) {
    char *at = strdup(path);
    for (int i = 0; at && i < MAX_LINKS; i++) {
        errno = 0;
        char *next = link_step(at);
        if (!next && errno != ENOMEM) return at;
        free(at);
        at = next;
    }
    if (!at) error_set(e, "%s: no memory", path);
    else error_set(e, "%s: too many symbolic links", path);
    free(at);
    return NULL;
}

// ---- writing ------------------------------------------------------------------------------------

static bool write_all(int fd, const void *v, size_t n) {
    for (const char *p = v; n;) {
        const ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

static bool write_pieces(int fd, const Piece *piece, int n) {
    for (int i = 0; i < n; i++)
        if (!write_all(fd, piece[i].v, piece[i].len)) return false;
    return true;
}

// A new file beside the target: ".NAME.PID.I.tmp" (O_EXCL: nobody else has it). *name is malloc'd.
static int temp_open(const char *folder, const char *base, char **name) {
    const size_t size = strlen(folder) + TEMP_NAME + 64;
    *name = malloc(size);
    for (int i = 0; *name && i < TEMP_TRIES; i++) {
        snprintf(*name, size, "%s/.%.*s.%ld.%d.tmp", folder, TEMP_NAME, base, (long)getpid(), i);
        const int fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

// Is this the name of a temporary of `base` whose process is gone?
static bool abandoned(const char *name, const char *base) {
    const int len = (int)strnlen(base, TEMP_NAME);
    if (name[0] != '.' || strncmp(name + 1, base, (size_t)len) != 0) return false;
    long pid = 0;
    int end = 0;
    if (sscanf(name + 1 + len, ".%9ld.%*9d.tmp%n", &pid, &end) < 1 || !end) return false;
    if (name[1 + len + end] || pid <= 0) return false;
    return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void remove_abandoned(const char *folder, const char *base) {
    DIR *d = opendir(folder);
    if (!d) return;
    for (const struct dirent *f; (f = readdir(d));)
        if (abandoned(f->d_name, base)) unlinkat(dirfd(d), f->d_name, 0);
    closedir(d);
}

static bool sync_folder(const char *folder) {
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool ok = fsync(fd) == 0 || errno == EINVAL; // not every file system can
    const int why = errno;
    close(fd);
    errno = why;
    return ok;
}

// Fills the temporary and gives it the target's name; `mode` 0 leaves what the umask made of it.
static bool fill_and_rename(int fd, const char *temp, const char *target, mode_t mode,
                            const Piece *piece, int n) {
    bool ok = write_pieces(fd, piece, n) && (!mode || fchmod(fd, mode) == 0) && fsync(fd) == 0;
    const int why = errno;
    if (close(fd) != 0 && ok) return false;
    errno = why;
    return ok && rename(temp, target) == 0;
}

static bool replace(const char *target, const char *folder, mode_t mode, const Piece *piece, int n,
                    Error *e) {
    const char *base = base_of(target);
    remove_abandoned(folder, base);
    char *temp;
    const int fd = temp_open(folder, base, &temp);
    if (fd < 0 || !fill_and_rename(fd, temp, target, mode, piece, n)) {
        const int why = errno;
        if (fd >= 0) unlink(temp);
        free(temp);
        return error_set(e, "%s: cannot be written: %s", target, strerror(why));
    }
    free(temp);
    return sync_folder(folder) ||
           error_set(e, "%s: is written, but its folder cannot be synced: %s", target,
                     strerror(errno));
}

// A device or a pipe is not replaced: the bytes go into it.
static bool write_into(const char *target, const Piece *piece, int n, Error *e) {
    const int fd = open(target, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write_pieces(fd, piece, n);
    const int why = errno;
    if (fd >= 0 && close(fd) != 0 && ok)
        return error_set(e, "%s: cannot be written: %s", target, strerror(errno));
    return ok || error_set(e, "%s: cannot be written: %s", target, strerror(why));
}

bool io_write(const char *path, const Piece *piece, int n, Error *e) {
    char *target = target_of(path, e);
    if (!target) return false;
    struct stat st;
    const bool there = stat(target, &st) == 0;
    char *folder = folder_of(target);
    bool ok;
    if (!folder) ok = error_set(e, "%s: no memory", path);
    else if (there && S_ISDIR(st.st_mode)) ok = error_set(e, "%s: is a folder, not a file", path);
    else if (there && !S_ISREG(st.st_mode)) ok = write_into(target, piece, n, e);
    else ok = replace(target, folder, there ? st.st_mode & 0777 : 0, piece, n, e);
    free(folder);
    free(target);
    return ok;
}

static bool writable(const char *path, const char *target, const char *folder, Error *e) {
    struct stat st;
    const bool there = stat(target, &st) == 0;
    if (there && S_ISDIR(st.st_mode)) return error_set(e, "%s: is a folder, not a file", path);
    if (there && access(target, W_OK) != 0)
        return error_set(e, "%s: cannot be written: %s", path, strerror(errno));
    if (there && !S_ISREG(st.st_mode)) return true;
    if (access(folder, W_OK | X_OK) != 0)
        return error_set(e, "%s: cannot be written: folder %s: %s", path, folder, strerror(errno));
    return true;
}

bool io_writable(const char *path, Error *e) {
    char *target = target_of(path, e);
    if (!target) return false;
    char *folder = folder_of(target);
    const bool ok = folder ? writable(path, target, folder, e)
                           : error_set(e, "%s: no memory", path);
    free(folder);
    free(target);
    return ok;
}

// ---- folders ------------------------------------------------------------------------------------

static bool make_one(const char *path, Error *e) {
    if (mkdir(path, 0777) == 0) return true;
    const int why = errno;
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return true;
    return error_set(e, "%s: the folder cannot be made: %s", path, strerror(why));
}

bool io_mkdir(const char *path, Error *e) {
    char *part = strdup(path);
    if (!part) return error_set(e, "%s: no memory", path);
    bool ok = true;
    for (char *slash = part; ok && (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        ok = make_one(part, e);
        *slash = '/';
    }
    ok = ok && make_one(part, e);
    free(part);
    return ok;
}
