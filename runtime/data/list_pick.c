/* list_pick.c — a text file with the names of the pictures to use; see listing_pick() in listing.h.
 *
 *     train/cat/1.jpg      from the data folder, or
 *     cat/1.jpg            from the folder of a part: the first part that has it, in the order train,
 *                          valid, test
 *
 * One name per line; empty lines are passed over. A name is looked for in the listing, never opened,
 * so that nothing outside the data folder can be reached. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/listing.h"
#include "runtime/io.h"

enum { LIST_FILE = 256 << 20 };

typedef struct Pick {
    Listing *l;
    bool *picked[N_PARTS];
    const char *name;   // of the list
    int line;
    Error *e;
} Pick;

static int compare_name(const char *name, size_t len, const char *with) {
    const int order = strncmp(name, with, len);
    return order ? order : with[len] ? -1 : 0;
}

static const ListedClass *find_class(const Listing *l, const char *name, size_t len) {
    int lo = 0, hi = l->classes;
    while (lo < hi) {
        const int mid = lo + (hi - lo) / 2, order = compare_name(name, len, l->class[mid].folder);
        if (order == 0) return &l->class[mid];
        if (order < 0) hi = mid;
        else lo = mid + 1;
    }
    return NULL;
}

// The number of picture "class/name" in a part; -1 if there is none.
static int find_picture(const Listing *l, Part part, const char *path) {
    const char *slash = strchr(path, '/');
    const ListedClass *c = slash ? find_class(l, path, (size_t)(slash - path)) : NULL;
    if (!c) return -1;
    int lo = c->first[part], hi = lo + c->n[part];
    while (lo < hi) {
        const int mid = lo + (hi - lo) / 2;
        const char *file = strrchr(l->part[part].file[mid], '/') + 1;
        const int order = strcmp(slash + 1, file);
        if (order == 0) return mid;
        if (order < 0) hi = mid;
        else lo = mid + 1;
    }
    return -1;
}

// What follows the folder of a part in a name that begins in the data folder, or NULL.
static const char *below_part(const Listing *l, Part part, const char *name) {
    if (!l->root[part]) return NULL;
    const char *folder = l->root[part] + strlen(l->folder);
    if (!*folder) return name; // the part is the data folder
    const size_t n = strlen(++folder);
    return strncmp(name, folder, n) == 0 && name[n] == '/' ? name + n + 1 : NULL;
}

static bool find(const Listing *l, const char *name, Part *part, int *i) {
    for (*part = 0; *part < N_PARTS; ++*part) {
        const char *rest = below_part(l, *part, name);
        if (rest && (*i = find_picture(l, *part, rest)) >= 0) return true;
    }
    for (*part = 0; *part < N_PARTS; ++*part)
        if ((*i = find_picture(l, *part, name)) >= 0) return true;
    return false;
}

static bool pick_line(Pick *p, const char *name) {
    Part part;
    int i;
    if (strncmp(name, "./", 2) == 0) name += 2;
    if (find(p->l, name, &part, &i) && !p->picked[part][i]) return p->picked[part][i] = true;
    return error_set(p->e, part < N_PARTS ? "%s: line %d: %s is named a second time"
                                          : "%s: line %d: there is no picture %s in the data",
                     p->name, p->line, path_show(name).text);
}

static bool pick_lines(Pick *p, char *text, size_t len) {
    const char *end = text + len;
    for (char *next; text < end; text = next) {
        char *stop = memchr(text, '\n', (size_t)(end - text));
        next = stop ? stop + 1 : text + (end - text);
        p->line++;
        if (!stop) stop = next; // the text has a NUL behind it
        if (stop > text && stop[-1] == '\r') stop--;
        *stop = 0;
        if (memchr(text, 0, (size_t)(stop - text)))
            return error_set(p->e, "%s: line %d: a NUL byte: is it a text file?", p->name, p->line);
        if (*text && !pick_line(p, text)) return false;
    }
    return true;
}

static int count_picked(const Pick *p, Part part) {
    int n = 0;
    for (int i = 0; i < p->l->part[part].n; i++) n += p->picked[part][i];
    return n;
}

static bool any_picked(const Pick *p) {
    for (Part part = 0; part < N_PARTS; part++)
        if (count_picked(p, part) > 0) return true;
    return error_set(p->e, "%s: names no picture", p->name);
}

// Leaves the pictures that were picked.
static void keep_picked(Listing *l, Part part, const bool *picked) {
    ListedPart *p = &l->part[part];
    int n = 0;
    for (int c = 0; c < l->classes; c++) {
        const int lo = l->class[c].first[part], hi = lo + l->class[c].n[part];
        l->class[c].first[part] = n;
        for (int i = lo; i < hi; i++) {
            if (!picked[i]) continue;
            p->file[n] = p->file[i];
            p->label[n++] = c;
        }
        l->class[c].n[part] = n - l->class[c].first[part];
    }
    p->n = n;
}

// `text` has a NUL behind it and is written into.
static bool pick(Listing *l, char *text, size_t len, const char *name, Error *e) {
    Pick p = {.l = l, .name = name, .e = e};
    bool ok = true;
    for (int part = 0; part < N_PARTS; part++) {
        p.picked[part] = calloc((size_t)l->part[part].n + 1, sizeof(bool));
        ok = ok && p.picked[part];
    }
    ok = ok ? pick_lines(&p, text, len) && any_picked(&p)
            : error_set(e, "%s: no memory to read it", name);
    for (Part part = 0; part < N_PARTS; part++) {
        if (ok && count_picked(&p, part) > 0) keep_picked(l, part, p.picked[part]);
        free(p.picked[part]);
    }
    return ok;
}

bool listing_pick_text(Listing *l, const char *text, size_t len, const char *name, Error *e) {
    char *copy = malloc(len + 1);
    if (!copy) return error_set(e, "%s: no memory to read it", name);
    memcpy(copy, text, len);
    copy[len] = 0;
    const bool ok = pick(l, copy, len, name, e);
    free(copy);
    return ok;
}

bool listing_pick(Listing *l, const char *list_file, Error *e) {
    size_t len;
    char *text = io_read(list_file, LIST_FILE, &len, e);
    if (!text) return false;
    const bool ok = pick(l, text, len, list_file, e);
    free(text);
    return ok;
}
