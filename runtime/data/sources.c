/* sources.c — finds the data that a model file names; see source.h. */
#include <stdlib.h>
#include <string.h>

#include "runtime/data/dataset.h"
#include "runtime/data/source.h"
#include "runtime/io.h"

static const DataSource *const sources[] = {
#define SOURCE(name) &name##_source,
#include "runtime/data/sources.def"
#undef SOURCE
};
enum { N_SOURCES = sizeof sources / sizeof *sources };

void block_free(Block *b) {
    free(b->pixel);
    free(b->label);
    *b = (Block){0};
}

void blocks_free(Block part[N_PARTS]) {
    for (int p = 0; p < N_PARTS; p++) block_free(&part[p]);
}

// A search through several folders; e collects where it went.
typedef struct Search {
    const char *name;          // what is looked for in each of them
    bool known;                // a known set
    const DataSource *source;  // once found
    char *found;
    Error *e;
} Search;

static bool try_path(Search *s, const char *path) {
    for (int i = 0; i < N_SOURCES && !s->source; i++)
        if (!(s->known && sources[i]->list) && sources[i]->recognises(path)) s->source = sources[i];
    if (s->source) return true;
    return error_add(s->e, io_exists(path) ? "\n  %s (which is there, but holds no such data)"
                                           : "\n  %s", path);
}

// Is it in this folder? For data_folders().
static bool try_folder(void *ctx, const char *folder) {
    Search *s = ctx;
    free(s->found);
    s->found = io_join(folder, s->name);
    return s->found && try_path(s, s->found);
}

static bool try_elsewhere(Search *s, const char *path) {
    if (!path || !try_path(s, path)) return false;
    free(s->found);
    s->found = strdup(path);
    return true;
}

static bool search_set(Search *s, const KnownSet *set) {
    error_set(s->e, "the data set %s is not on this machine; looked in:", set->spec.kind.name);
    s->name = set->folder;
    s->known = true;
    if (data_folders(try_folder, s) || try_elsewhere(s, set->elsewhere)) return true;
    return error_add(s->e, "\n%s", set->how_to_get);
}

static bool search_path(Search *s, const char *path, const char *model_folder) {
    error_set(s->e, "there is no data set \"%s\"; looked in:", path);
    s->name = path;
    if (try_folder(s, model_folder)) return true;
    if (*path != '/' && data_folders(try_folder, s)) return true;
    error_add(s->e, "\na folder of data holds:");
    for (int i = 0; i < N_SOURCES; i++) error_add(s->e, "\n  %s", sources[i]->expects);
    return false;
}

char *source_find(const DataOptions *o, const char *model_folder, const DataSource **source,
                  Error *e) {
    Search s = {.e = e};
    const bool found = o->set.kind ? search_set(&s, (const KnownSet *)o->set.kind)
                                   : search_path(&s, o->path, model_folder);
    *source = s.source;
    if (found && s.found) return s.found;
    if (found) error_set(e, "no memory");
    free(s.found);
    return NULL;
}

// A message of several lines as one sentence: a comma where a line ended, unless a colon did.
static void one_line(const char *text, char *out, size_t cap) {
    size_t n = 0;
    for (const char *p = text; *p && n + 3 < cap; p++) {
        if (*p != '\n') {
            out[n++] = *p;
            continue;
        }
        if (n && out[n - 1] != ':') out[n++] = ',';
        out[n++] = ' ';
        while (p[1] == ' ') p++;
    }
    out[n] = 0;
}

bool data_probe(const DataOptions *o, const char *folder, Shape *image, int *classes, char *why,
                size_t cap) {
    Error e;
    const DataSource *source;
    char *path = source_find(o, folder, &source, &e);
    const bool ok = path && source->probe(path, o, image, classes, &e);
    free(path);
    if (!ok) one_line(e.text, why, cap);
    return ok;
}
