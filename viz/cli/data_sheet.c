/* data_sheet.c — some pictures of each class, as a picture: a row for each class with its name in front;
 * of many classes one picture each. */
#include "viz/cli/data.h"

#if HAVE_VIZ
#include <stdlib.h>
#include <string.h>

#include "viz/charts/sheet.h"
#include "viz/terminal/numbers.h"

enum { ROWS = 12, COLUMNS = 10, MANY_ROWS = 20, MANY_COLUMNS = 12 };

typedef struct Contact {
    const Dataset *d;
    Part part;             // where the pictures come from
    const int *count;      // of each class
    uint8_t *room;
    Sheet sheet;
} Contact;

// The number of the class's picture k, counted within the class.
static int find(const Contact *c, int class, int k) {
    const ImageList *l = &c->d->part[c->part];
    for (int i = 0; i < l->n; i++)
        if (l->label[i] == class && k-- == 0) return i;
    return -1;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool put(Contact *c, int row, int column, int i, const char *below, Error *e) {
    const Shape s = c->d->image;
    const char *const *file = c->d->part[c->part].file;
    const uint8_t *v = dataset_pixels(c->d, c->part, i, c->room, e);
    if (!v) return false;
    const Picture p = {s.w, s.h, s.c, (uint8_t *)v};
    if (below) sheet_write(&c->sheet, row, column, 0, TONE_INK, "%s", below);
    else if (file) sheet_write(&c->sheet, row, column, 0, TONE_INK, "%s", base_name(file[i]));
    else sheet_write(&c->sheet, row, column, 0, TONE_INK, "%d", i);
    return sheet_picture(&c->sheet, row, column, &p, e);
}

// A row of pictures at equal distances in their class.
static bool put_class(Contact *c, int class, Error *e) {
    const int n = c->count[class], shown = n < COLUMNS ? n : COLUMNS;
    sheet_row(&c->sheet, class, c->d->class_name[class]);
    for (int k = 0; k < shown; k++)
        if (!put(c, class, k, find(c, class, (int)((int64_t)k * n / shown)), NULL, e)) return false;
    return true;
}

static bool put_few(Contact *c, Error *e) {
    if (!sheet_make(&c->sheet, c->d->classes, COLUMNS, 1, e)) return false;
    for (int class = 0; class < c->d->classes; class++)
        if (!put_class(c, class, e)) return false;
    return true;
}

static bool put_many(Contact *c, Error *e) {
    const int most = MANY_ROWS * MANY_COLUMNS, n = c->d->classes < most ? c->d->classes : most;
    if (!sheet_make(&c->sheet, (n + MANY_COLUMNS - 1) / MANY_COLUMNS, MANY_COLUMNS, 1, e)) return false;
    for (int class = 0; class < n; class++) {
        const int row = class / MANY_COLUMNS, column = class % MANY_COLUMNS;
        if (!c->count[class]) continue;
        if (!put(c, row, column, find(c, class, 0), c->d->class_name[class], e)) return false;
    }
    return true;
}

static void put_title(Contact *c, const char *name) {
    const int n = c->d->part[c->part].n, classes = c->d->classes;
    sheet_title(&c->sheet, name, "%s %s images in %d class%s; below each: %s", count_text((uint64_t)n).s,
                part_names[c->part], classes, classes == 1 ? "" : "es",
                classes > ROWS ? "its class" : c->d->part[c->part].file ? "its file" : "its number");
}

bool data_sheet(const DataLook *l, const Survey *s, const char *path, Error *e) {
    const Dataset *d = &l->d;
    const Part part = d->part[PART_TRAIN].n > 0 ? PART_TRAIN : PART_TEST;
    Contact c = {.d = d, .part = part, .count = s->count[part],
                 .room = malloc((size_t)d->image.c * (size_t)d->image.h * (size_t)d->image.w)};
    bool fine = c.room || error_set(e, "there is no memory for the sheet");
    fine = fine && (d->classes > ROWS ? put_many(&c, e) : put_few(&c, e));
    if (fine) put_title(&c, l->name);
    fine = fine && chart_sheet(&c.sheet, path, e);
    sheet_free(&c.sheet);
    free(c.room);
    return fine;
}
#else
bool data_sheet(const DataLook *l, const Survey *s, const char *path, Error *e) {
    (void)l, (void)s, (void)path;
    return error_set(e, "this cnnrun was built without pictures");
}
#endif
