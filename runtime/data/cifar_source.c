/* cifar_source.c — a folder with the CIFAR binaries.
 *
 *     CIFAR-10     data_batch_1.bin … data_batch_5.bin, test_batch.bin
 *                  records of 1 label and 3 × 32 × 32 bytes: all red, all green, all blue
 *     CIFAR-100    train.bin, test.bin
 *                  records of 1 coarse label, 1 fine label and the same; the fine one counts
 *
 * A folder may hold fewer training files, the first ones, and no test file. A file's size must be a
 * whole number of records, and tells the two apart: no file of one is a file of the other.
 * Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/data/source.h"
#include "runtime/io.h"

enum { SIDE = 32, PLANE = SIDE * SIDE, CHANNELS = 3, MAX_FILES = 5, MAX_FILE = 1 << 30 };

typedef struct Form {
    const char *name;
    int labels, classes;                 // labels of a record; the last one counts
    const char *train[MAX_FILES + 1], *test;
} Form;

static const Form forms[] = {
    {"CIFAR-10", 1, 10,
     {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
      "data_batch_5.bin"}, "test_batch.bin"},
    {"CIFAR-100", 2, 100, {"train.bin"}, "test.bin"},
};
enum { N_FORMS = sizeof forms / sizeof *forms };

static size_t record_of(const Form *f) { return (size_t)f->labels + CHANNELS * PLANE; }

// ---- finding the files --------------------------------------------------------------------------

static bool is_there(const char *folder, const char *name) {
    struct stat st;
    char *path = io_join(folder, name);
    const bool there = path && stat(path, &st) == 0 && S_ISREG(st.st_mode);
    free(path);
    return there;
}

static const Form *form_of(const char *folder) {
    for (int i = 0; i < N_FORMS; i++)
        if (is_there(folder, forms[i].train[0])) return &forms[i];
    return NULL;
}

static bool recognises(const char *folder) { return form_of(folder) != NULL; }

// How many training files there are; 0 after a message if one is left out.
static int count_files(const Form *f, const char *folder, Error *e) {
    int n = 0;
    while (f->train[n] && is_there(folder, f->train[n])) n++;
    for (int i = n; f->train[i]; i++)
        if (is_there(folder, f->train[i])) {
            error_set(e, "%s: %s is there, but %s is missing", folder, f->train[i], f->train[n]);
            return 0;
        }
    return n;
}

// ---- reading ------------------------------------------------------------------------------------

static bool size_fits(const Form *f, const char *path, size_t len, Error *e) {
    if (len > 0 && len % record_of(f) == 0) return true;
    for (int i = 0; i < N_FORMS; i++)
        if (&forms[i] != f && len > 0 && len % record_of(&forms[i]) == 0)
            return error_set(e, "%s: this is a file of %s, not of %s", path, forms[i].name, f->name);
    return error_set(e, "%s: %zu bytes are not a whole number of records of %zu", path, len,
                     record_of(f));
}

static bool make_room(Block *b, size_t n, Error *e) {
    const size_t all = (size_t)b->n + n;
    uint8_t *pixel = realloc(b->pixel, all * CHANNELS * PLANE);
    if (pixel) b->pixel = pixel;
    int *label = realloc(b->label, all * sizeof *label);
    if (label) b->label = label;
    return (pixel && label) || error_set(e, "there is no memory for %zu pictures", all);
}

// The three planes of a record, put side by side.
static void weave(const uint8_t *planes, uint8_t *pixel) {
    for (int i = 0; i < PLANE; i++)
        for (int c = 0; c < CHANNELS; c++) pixel[i * CHANNELS + c] = planes[c * PLANE + i];
}

static bool add_records(const Form *f, const char *path, const uint8_t *bytes, size_t n, Block *b,
                        Error *e) {
    if (!make_room(b, n, e)) return false;
    for (size_t i = 0; i < n; i++, b->n++) {
        const uint8_t *record = bytes + i * record_of(f), *planes = record + f->labels;
        const int label = record[f->labels - 1];
        if (label >= f->classes)
            return error_set(e, "%s: picture %zu has label %d; in %s labels run from 0 to %d", path, i,
                             label, f->name, f->classes - 1);
        b->label[b->n] = label;
        weave(planes, b->pixel + (size_t)b->n * CHANNELS * PLANE);
    }
    return true;
}

static bool read_file(const Form *f, const char *folder, const char *name, Block *b, Error *e) {
    size_t len = 0;
    char *path = io_join(folder, name);
    char *bytes = path ? io_read(path, MAX_FILE, &len, e) : NULL;
    if (!path) error_set(e, "%s: no memory", folder);
    const bool ok = bytes && size_fits(f, path, len, e) &&
                    add_records(f, path, (const uint8_t *)bytes, len / record_of(f), b, e);
    free(bytes);
    free(path);
    return ok;
}

static bool read_folder(const char *folder, Threads *t, Block part[N_PARTS], Error *e) {
    (void)t; // nothing is packed: the disk is what one waits for
    const Form *f = form_of(folder);
    for (int p = 0; p < N_PARTS; p++) part[p] = (Block){.image = {CHANNELS, SIDE, SIDE}};
    const int n = f ? count_files(f, folder, e) : 0;
    if (!f) error_set(e, "%s: its CIFAR files are gone", folder);
    bool ok = n > 0;
    for (int i = 0; ok && i < n; i++) ok = read_file(f, folder, f->train[i], &part[PART_TRAIN], e);
    if (ok && is_there(folder, f->test)) ok = read_file(f, folder, f->test, &part[PART_TEST], e);
    if (!ok) blocks_free(part);
    return ok;
}

static bool probe(const char *folder, const DataOptions *o, Shape *image, int *classes, Error *e) {
    (void)o;
    const Form *f = form_of(folder);
    if (!f) return error_set(e, "%s: its CIFAR files are gone", folder);
    *image = (Shape){CHANNELS, SIDE, SIDE};
    *classes = f->classes;
    return true;
}

const DataSource cifar_source = {
    .name = "CIFAR binaries",
    .expects = "data_batch_1.bin … and test_batch.bin (CIFAR-10), or train.bin and test.bin "
               "(CIFAR-100)",
    .recognises = recognises,
    .probe = probe,
    .read = read_folder,
};
