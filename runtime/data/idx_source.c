/* idx_source.c — a folder with IDX files, as MNIST comes.
 *
 *     train-images-idx3-ubyte[.gz]    train-labels-idx1-ubyte[.gz]
 *     t10k-images-idx3-ubyte[.gz]     t10k-labels-idx1-ubyte[.gz]
 *
 * Other names in front are fine: one with "t10k" or "test" in it is the test part, one with the word
 * "val", "valid" or "validation" the pictures that judge training, any other the training part. A
 * folder may hold the training part alone. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/data/idx.h"
#include "runtime/data/source.h"
#include "runtime/io.h"

typedef struct Ending { const char *images, *labels; } Ending;

static const Ending endings[] = {
    {"images-idx3-ubyte",    "labels-idx1-ubyte"},
    {"images-idx3-ubyte.gz", "labels-idx1-ubyte.gz"},
    {"images.idx3-ubyte",    "labels.idx1-ubyte"},
    {"images.idx3-ubyte.gz", "labels.idx1-ubyte.gz"},
};
enum { N_ENDINGS = sizeof endings / sizeof *endings, NAME = 256 };

// The file of images of one part, and how many bytes of its name come before "images".
typedef struct PartFile { char name[NAME]; size_t stem; } PartFile;

typedef struct IdxFolder { PartFile part[N_PARTS]; bool ambiguous; } IdxFolder;

// ---- finding the files --------------------------------------------------------------------------

// The length of what comes before an ending of images; -1 if the name has none.
static int stem_of(const char *name) {
    const size_t n = strlen(name);
    for (int i = 0; i < N_ENDINGS; i++) {
        const size_t m = strlen(endings[i].images);
        if (n >= m && strcmp(name + n - m, endings[i].images) == 0) return (int)(n - m);
    }
    return -1;
}

// Pipes and devices are not opened, whatever they are called. `folder` may be AT_FDCWD.
static bool is_regular(int folder, const char *name) {
    struct stat st;
    return fstatat(folder, name, &st, 0) == 0 && S_ISREG(st.st_mode);
}

static bool says(const char *name, size_t stem, const char *word) {
    const char *at = strstr(name, word);
    return at && (size_t)(at - name) < stem;
}

// Does the part before the ending have this word, with no letter beside it?
static bool has_word(const char *name, size_t stem, const char *word) {
    const size_t n = strlen(word);
    for (size_t at = 0; at + n <= stem; at++) {
        const bool begins = at == 0 || !isalpha((unsigned char)name[at - 1]);
        const bool ends = at + n == stem || !isalpha((unsigned char)name[at + n]);
        if (begins && ends && strncmp(name + at, word, n) == 0) return true;
    }
    return false;
}

static Part part_of(const char *name, size_t stem) {
    static const char *const valid[] = {"val", "valid", "validation"};
    if (says(name, stem, "t10k") || says(name, stem, "test")) return PART_TEST;
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        if (has_word(name, stem, valid[i])) return PART_VALID;
    return PART_TRAIN;
}

// Notes a file. The same part may be there packed and unpacked: the shorter name wins, whatever
// order the folder is read in.
static void note(IdxFolder *f, const char *name, size_t stem) {
    PartFile *p = &f->part[part_of(name, stem)];
    if (p->name[0]) {
        const bool same = p->stem == stem && strncmp(p->name, name, stem) == 0;
        f->ambiguous = f->ambiguous || !same;
        if (strcmp(p->name, name) < 0) return;
    }
    snprintf(p->name, sizeof p->name, "%s", name);
    p->stem = stem;
}

static bool scan(const char *folder, IdxFolder *f) {
    *f = (IdxFolder){0};
    DIR *d = opendir(folder);
    if (!d) return false;
    for (const struct dirent *file; (file = readdir(d));) {
        const int stem = stem_of(file->d_name);
        if (file->d_name[0] != '.' && stem >= 0 && is_regular(dirfd(d), file->d_name))
            note(f, file->d_name, (size_t)stem);
    }
    closedir(d);
    return f->part[PART_TRAIN].name[0];
}

static bool recognises(const char *folder) {
    IdxFolder f;
    return scan(folder, &f);
}

static bool scan_well(const char *folder, IdxFolder *f, Error *e) {
    if (!scan(folder, f)) return error_set(e, "%s: no IDX files of images for training", folder);
    return !f->ambiguous ||
           error_set(e, "%s: several IDX files could be the images of the same part", folder);
}

// The path of a part's images, or of its labels; malloc'd.
static char *images_path(const char *folder, const PartFile *p, Error *e) {
    char *path = io_join(folder, p->name);
    if (!path) error_set(e, "%s: no memory", folder);
    return path;
}

static char *labels_path(const char *folder, const PartFile *p, Error *e) {
    char name[2 * NAME];
    for (int i = 0; i < N_ENDINGS; i++) {
        snprintf(name, sizeof name, "%.*s%s", (int)p->stem, p->name, endings[i].labels);
        char *path = io_join(folder, name);
        if (!path) error_set(e, "%s: no memory", folder);
        if (!path || is_regular(AT_FDCWD, path)) return path;
        free(path);
    }
    error_set(e, "%s: the labels of %s are missing: expected %.*s%s", folder, p->name, (int)p->stem,
              p->name, endings[0].labels);
    return NULL;
}

// ---- reading ------------------------------------------------------------------------------------

// Moves the pixels of the images and copies the labels.
static bool join(Block *b, Idx *images, const Idx *labels, const char *path, Error *e) {
    const int n = images->dim[0];
    if (labels->dim[0] != n)
        return error_set(e, "%s: %d images, but %d labels", path, n, labels->dim[0]);
    if (images->dim[1] > MAX_SIDE || images->dim[2] > MAX_SIDE)
        return error_set(e, "%s: images of %dx%d; at most %dx%d can be used", path, images->dim[1],
                         images->dim[2], MAX_SIDE, MAX_SIDE);
    int *label = malloc((size_t)n * sizeof *label);
    if (!label) return error_set(e, "%s: no memory for its labels", path);
    for (int i = 0; i < n; i++) label[i] = labels->v[i];
    *b = (Block){n, {1, images->dim[1], images->dim[2]}, images->v, label};
    images->v = NULL;
    return true;
}

static bool read_files(const char *images_file, const char *labels_file, Block *b, Error *e) {
    Idx images = {0}, labels = {0};
    const bool ok = idx_read(&images, images_file, 3, e) && idx_read(&labels, labels_file, 1, e) &&
                    join(b, &images, &labels, images_file, e);
    idx_free(&images);
    idx_free(&labels);
    return ok;
}

static bool read_part(const char *folder, const PartFile *p, Block *b, Error *e) {
    char *images = images_path(folder, p, e);
    char *labels = images ? labels_path(folder, p, e) : NULL;
    const bool ok = labels && read_files(images, labels, b, e);
    free(images);
    free(labels);
    return ok;
}

static bool same_size(const char *folder, const Block *train, const Block *other, const char *name,
                      Error *e) {
    if (train->image.h == other->image.h && train->image.w == other->image.w) return true;
    return error_set(e, "%s: training images are %dx%d, %s images %dx%d", folder, train->image.h,
                     train->image.w, name, other->image.h, other->image.w);
}

// Unpacking takes longer than anything else at the start of a run: each thread takes a part.
typedef struct Reading { const char *folder; const IdxFolder *f; Block *part; Error error[N_PARTS]; } Reading;

static void read_one(void *ctx, int p, int worker) {
    Reading *r = ctx;
    (void)worker;
    r->error[p].text[0] = 0;
    if (r->f->part[p].name[0]) read_part(r->folder, &r->f->part[p], &r->part[p], &r->error[p]);
}

static bool read_folder(const char *folder, Threads *t, Block part[N_PARTS], Error *e) {
    IdxFolder f;
    Reading r = {folder, &f, part, {{{0}}}};
    for (Part p = 0; p < N_PARTS; p++) part[p] = (Block){0};
    if (!scan_well(folder, &f, e)) return false;
    threads_run(t, N_PARTS, read_one, &r);
    bool ok = true;
    for (Part p = 0; ok && p < N_PARTS; p++) {
        if (r.error[p].text[0]) ok = error_set(e, "%s", r.error[p].text);
        else if (part[p].n > 0) ok = same_size(folder, &part[PART_TRAIN], &part[p], part_names[p], e);
    }
    if (!ok) blocks_free(part);
    return ok;
}

static bool probe_files(const char *images, const char *labels, Shape *image, int *classes,
                        Error *e) {
    Idx sides, l;
    if (!idx_sides(&sides, images, 3, e) || !idx_read(&l, labels, 1, e)) return false;
    *image = (Shape){1, sides.dim[1], sides.dim[2]};
    *classes = 1;
    for (int i = 0; i < l.dim[0]; i++)
        if (l.v[i] >= *classes) *classes = l.v[i] + 1;
    idx_free(&l);
    return true;
}

// As many classes as the largest label says, counting from 0.
static bool probe(const char *folder, const DataOptions *o, Shape *image, int *classes, Error *e) {
    IdxFolder f;
    (void)o;
    if (!scan_well(folder, &f, e)) return false;
    char *images = images_path(folder, &f.part[PART_TRAIN], e);
    char *labels = images ? labels_path(folder, &f.part[PART_TRAIN], e) : NULL;
    const bool ok = labels && probe_files(images, labels, image, classes, e);
    free(images);
    free(labels);
    return ok;
}

const DataSource idx_source = {
    .name = "IDX files",
    .expects = "train-images-idx3-ubyte and train-labels-idx1-ubyte (and t10k-… for the test "
               "part), plain or .gz",
    .recognises = recognises,
    .probe = probe,
    .read = read_folder,
};
