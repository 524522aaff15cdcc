/* listing.c — the names of all pictures below a folder; see listing.h.
 *
 * A folder may hold anything, so every entry is looked at with lstat() before anything is done with
 * it: symbolic links (which may lead round in a circle, or nowhere), pipes and devices are counted
 * and left alone. A name that ends like a picture's is taken; what is in it is looked at later. */
#include "runtime/data/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/data/picture.h"
#include "runtime/io.h"
#include "runtime/utf8.h"

// ---- memory for names ---------------------------------------------------------------------------

// Texts that stay where they are until all of them go.
typedef struct TextPool { struct TextPool *before; size_t used, room; char v[]; } TextPool;

enum { POOL_ROOM = 1 << 16, FIRST_NAMES = 64 };

// "folder/name", or folder alone for NULL; NULL: no memory.
static char *keep_path(TextPool **pool, const char *folder, const char *name) {
    const size_t size = strlen(folder) + (name ? 1 + strlen(name) : 0) + 1;
    TextPool *p = *pool;
    if (!p || p->room - p->used < size) {
        const size_t room = size > POOL_ROOM ? size : POOL_ROOM;
        p = malloc(sizeof *p + room);
        if (!p) return NULL;
        *p = (TextPool){.before = *pool, .room = room};
        *pool = p;
    }
    char *text = p->v + p->used;
    snprintf(text, size, name ? "%s/%s" : "%s", folder, name);
    p->used += size;
    return text;
}

static void pool_free(TextPool *p) {
    while (p) {
        TextPool *before = p->before;
        free(p);
        p = before;
    }
}

static bool no_memory(const Listing *l, Error *e) {
    return error_set(e, "no memory for the names of the pictures in %s", l->folder);
}

// ---- what is no picture -------------------------------------------------------------------------

// Counts something that is left out; the example is the first by name, whatever the order.
static void note(Others *o, Other what, const char *folder, const char *name) {
    o->n[what]++;
    char *path = io_join(folder, name);
    if (!path || (o->first[what] && strcmp(o->first[what], path) <= 0)) {
        free(path);
        return;
    }
    free(o->first[what]);
    o->first[what] = path;
}

static bool is_hidden(const char *name) {
    return name[0] == '.' || strcasecmp(name, "Thumbs.db") == 0 || strcasecmp(name, "desktop.ini") == 0;
}

static bool ends_like_picture(const char *name) {
    static const char *const endings[] = {
        "jpg", "jpeg", "jpe", "jfif", "png", "bmp", "dib", "pgm", "ppm", "pnm",
        "gif", "webp", "tif", "tiff", "heic", "heif", "avif", // refused by their names later
    };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot + 1, endings[i]) == 0) return true;
    return false;
}

// Does a file with another name begin like a picture? The content decides.
static bool begins_like_picture(int folder, const char *name) {
    uint8_t head[16];
    const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return false;
    const ssize_t n = read(fd, head, sizeof head);
    close(fd);
    return n > 0 && picture_certain(head, (size_t)n);
}

// What an entry of a folder is: OTHER_FOLDER, N_OTHERS for a picture, or why it is left out.
static Other sort_of(int folder, const char *name) {
    struct stat st;
    if (is_hidden(name)) return OTHER_HIDDEN;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return OTHER_FILE;
    if (S_ISLNK(st.st_mode)) return OTHER_LINK;
    if (S_ISDIR(st.st_mode)) return OTHER_FOLDER;
    if (!S_ISREG(st.st_mode)) return OTHER_SPECIAL;
    return ends_like_picture(name) || begins_like_picture(folder, name) ? N_OTHERS : OTHER_FILE;
}

// ---- folders ------------------------------------------------------------------------------------

static bool is_dots(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

// Only the data folder itself may be a symbolic link. NULL with errno.
static DIR *open_folder(const char *path, bool follow) {
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const int why = errno;
    if (!d && fd >= 0) close(fd);
    errno = why;
    return d;
}

static bool cannot_open(const char *path, Error *e) {
    const char *why = strerror(errno);
    return error_set(e, "%s: %s", path_show(path).text, why);
}

static bool is_folder(const char *folder, const char *name) {
    struct stat st;
    char *path = io_join(folder, name);
    const bool yes = path && lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
    free(path);
    return yes;
}

static const char *const part_folders[] = {"train", "valid", "val", "test"};

static bool is_part_name(const char *name) {
    for (size_t i = 0; i < sizeof part_folders / sizeof *part_folders; i++)
        if (strcmp(name, part_folders[i]) == 0) return true;
    return false;
}

// How many visible folders are in this one; *parts counts those that are called like a part.
static int count_folders(const char *folder, int *parts) {
    int n = 0;
    *parts = 0;
    DIR *d = open_folder(folder, true);
    for (const struct dirent *f; d && (f = readdir(d));) {
        if (is_dots(f->d_name) || sort_of(dirfd(d), f->d_name) != OTHER_FOLDER) continue;
        n++;
        *parts += is_part_name(f->d_name);
    }
    if (d) closedir(d);
    return n;
}

bool listing_possible(const char *folder) {
    int parts;
    return count_folders(folder, &parts) > 0;
}

static bool set_root(Listing *l, Part part, const char *name, Error *e) {
    l->root[part] = io_join(l->folder, name);
    return l->root[part] || no_memory(l, e);
}

// The folder has parts if one of them is called train, or if all are called like a part.
static bool find_roots(Listing *l, Error *e) {
    int parts;
    const int n = count_folders(l->folder, &parts);
    const bool train = is_folder(l->folder, "train");
    if (!train && (parts == 0 || parts < n)) {
        l->root[PART_TRAIN] = strdup(l->folder);
        return l->root[PART_TRAIN] || no_memory(l, e);
    }
    const bool valid = is_folder(l->folder, "valid"), val = is_folder(l->folder, "val");
    if (valid && val)
        return error_set(e, "%s: there is a folder valid and a folder val; one of them is enough",
                         l->folder);
    if (train && !set_root(l, PART_TRAIN, "train", e)) return false;
    if ((valid || val) && !set_root(l, PART_VALID, valid ? "valid" : "val", e)) return false;
    return !is_folder(l->folder, "test") || set_root(l, PART_TEST, "test", e);
}

// ---- classes ------------------------------------------------------------------------------------

static bool add_class(Listing *l, int *room, const char *name, Part part, Error *e) {
    if (l->classes == MAX_CLASSES)
        return error_set(e, "%s: more than %d folders; each would be a class", l->folder, MAX_CLASSES);
    if (l->classes == *room) {
        const int more = *room ? 2 * *room : FIRST_NAMES;
        ListedClass *v = realloc(l->class, (size_t)more * sizeof *v);
        if (!v) return no_memory(l, e);
        l->class = v;
        *room = more;
    }
    const char *kept = keep_path(&l->texts, name, NULL);
    if (!kept) return no_memory(l, e);
    ListedClass *c = &l->class[l->classes++];
    *c = (ListedClass){.folder = kept};
    c->there[part] = true;
    return true;
}

static bool scan_root(Listing *l, Part part, int *room, Error *e) {
    const char *root = l->root[part];
    DIR *d = open_folder(root, strcmp(root, l->folder) == 0);
    bool ok = d || cannot_open(root, e);
    for (const struct dirent *f; ok && (f = readdir(d));) {
        if (is_dots(f->d_name)) continue;
        const Other sort = sort_of(dirfd(d), f->d_name);
        if (sort == OTHER_FOLDER) ok = add_class(l, room, f->d_name, part, e);
        else if (sort == OTHER_LINK || sort == OTHER_SPECIAL) note(&l->others, sort, root, f->d_name);
        else if (sort == N_OTHERS) note(&l->others, OTHER_LOOSE, root, f->d_name);
    }
    if (d) closedir(d);
    return ok;
}

static int by_folder(const void *a, const void *b) {
    return strcmp(((const ListedClass *)a)->folder, ((const ListedClass *)b)->folder);
}

// Sorts the classes; those of several parts become one.
static void merge_classes(Listing *l) {
    int n = 0;
    if (l->classes) qsort(l->class, (size_t)l->classes, sizeof *l->class, by_folder);
    for (int i = 0; i < l->classes; i++) {
        const ListedClass *c = &l->class[i];
        if (n && strcmp(l->class[n - 1].folder, c->folder) == 0) {
            for (int p = 0; p < N_PARTS; p++) l->class[n - 1].there[p] |= c->there[p];
        } else {
            l->class[n++] = *c;
        }
    }
    l->classes = n;
}

// ---- pictures -----------------------------------------------------------------------------------

static int by_path(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool add_picture(Listing *l, ListedPart *p, int *room, const char *folder, const char *name,
                        Error *e) {
    if (p->n == INT32_MAX) return error_set(e, "%s: too many pictures", l->folder);
    if (p->n == *room) {
        const size_t more = *room ? 2 * (size_t)*room : FIRST_NAMES;
        const char **v = realloc(p->file, (more < INT32_MAX ? more : INT32_MAX) * sizeof *v);
        if (!v) return no_memory(l, e);
        p->file = v;
        *room = more < INT32_MAX ? (int)more : INT32_MAX;
    }
    p->file[p->n] = keep_path(&l->texts, folder, name);
    return p->file[p->n++] || no_memory(l, e);
}

static bool scan_class(Listing *l, Part part, const char *folder, int *room, Error *e) {
    DIR *d = open_folder(folder, false);
    bool ok = d || cannot_open(folder, e);
    for (const struct dirent *f; ok && (f = readdir(d));) {
        if (is_dots(f->d_name)) continue;
        const Other sort = sort_of(dirfd(d), f->d_name);
        if (sort == N_OTHERS) ok = add_picture(l, &l->part[part], room, folder, f->d_name, e);
        else note(&l->others, sort, folder, f->d_name);
    }
    if (d) closedir(d);
    return ok;
}

static bool scan_classes(Listing *l, Part part, Error *e) {
    ListedPart *p = &l->part[part];
    int room = 0;
    for (int i = 0; i < l->classes; i++) {
        ListedClass *c = &l->class[i];
        c->first[part] = p->n;
        if (!c->there[part]) continue;
        char *folder = io_join(l->root[part], c->folder);
        const bool ok = folder ? scan_class(l, part, folder, &room, e) : no_memory(l, e);
        free(folder);
        if (!ok) return false;
        c->n[part] = p->n - c->first[part];
        if (c->n[part]) qsort(p->file + c->first[part], (size_t)c->n[part], sizeof *p->file, by_path);
    }
    p->label = malloc((size_t)p->n * sizeof *p->label + 1);
    if (!p->label) return no_memory(l, e);
    for (int i = 0; i < l->classes; i++)
        for (int k = 0; k < l->class[i].n[part]; k++) p->label[l->class[i].first[part] + k] = i;
    return true;
}

// ---- all of it ----------------------------------------------------------------------------------

static bool scan_all(Listing *l, Error *e) {
    int room = 0;
    if (!find_roots(l, e)) return false;
    for (Part p = 0; p < N_PARTS; p++)
        if (l->root[p] && !scan_root(l, p, &room, e)) return false;
    merge_classes(l);
    for (Part p = 0; p < N_PARTS; p++)
        if (l->root[p] && !scan_classes(l, p, e)) return false;
    return true;
}

bool listing_make(Listing *l, const char *folder, Error *e) {
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/') n--;
    *l = (Listing){.folder = strndup(folder, n)};
    if (!l->folder) return error_set(e, "%s: no memory", folder);
    if (scan_all(l, e)) return true;
    listing_free(l);
    return false;
}

void listing_free(Listing *l) {
    for (int p = 0; p < N_PARTS; p++) {
        free(l->root[p]);
        free(l->part[p].file);
        free(l->part[p].label);
    }
    for (int i = 0; i < N_OTHERS; i++) free(l->others.first[i]);
    free(l->class);
    free(l->folder);
    pool_free(l->texts);
    *l = (Listing){0};
}

ClassName class_name_of(const char *folder) {
    ClassName name;
    utf8_show(name.text, sizeof name.text, folder, "\\"); // a backslash begins what is not printable
    return name;
}

ShownName path_show(const char *path) {
    ShownName shown;
    utf8_show(shown.text, sizeof shown.text, path, "");
    return shown;
}

ShownName listing_show(const Listing *l, const char *file) {
    const size_t n = strlen(l->folder);
    const bool below = strncmp(file, l->folder, n) == 0 && file[n] == '/';
    return path_show(below ? file + n + 1 : file);
}
