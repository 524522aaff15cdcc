/* folder_source.c — a folder with one sub-folder of pictures per class; see listing.h.
 *
 * Its pictures may be of any size. How they become equal is said by size= on the data line; without
 * it they have to be equal already. */
#include <stdlib.h>

#include "runtime/data/picture.h"
#include "runtime/data/source.h"
#include "runtime/io.h"

// A look before opening reads the headers of so many pictures.
enum { LOOKS = 24 };

typedef struct Look {
    const Listing *l;
    bool any_size;      // size= is written
    int n;              // pictures that could be looked at
    Picture first;      // its sides; its channels are those of all so far
    const char *file;
} Look;

static bool same_sides(Look *k, const Picture *p, const char *file, Error *e) {
    if (k->any_size || (p->h == k->first.h && p->w == k->first.w)) return true;
    return error_set(e, "the pictures have different sizes: %s is %dx%d, %s is %dx%d; size=64x64 on "
                     "the data line makes them equal", listing_show(k->l, k->file).text, k->first.h,
                     k->first.w, listing_show(k->l, file).text, p->h, p->w);
}

// Pictures that cannot be read are passed over: opening will name them.
static bool look_at(Look *k, const char *file, Error *e) {
    size_t len;
    Picture p;
    Error unreadable;
    char *bytes = io_read_regular(file, PICTURE_FILE, &len);
    const bool ok = bytes && picture_sides(&p, (const uint8_t *)bytes, len, file, &unreadable);
    free(bytes);
    if (!ok) return true;
    if (k->n++ == 0) {
        k->first = p;
        k->file = file;
    }
    if (p.c > k->first.c) k->first.c = p.c;
    return same_sides(k, &p, file, e);
}

// The first picture of each class, then the second …, of the first part that has any.
static bool look_around(Look *k, Part part, Error *e) {
    const Listing *l = k->l;
    int most = 0;
    for (int c = 0; c < l->classes; c++)
        if (l->class[c].n[part] > most) most = l->class[c].n[part];
    for (int i = 0; i < most && k->n < LOOKS; i++)
        for (int c = 0; c < l->classes && k->n < LOOKS; c++) {
            const ListedClass *class = &l->class[c];
            if (i >= class->n[part]) continue;
            if (!look_at(k, l->part[part].file[class->first[part] + i], e)) return false;
        }
    return true;
}

static bool look(const Listing *l, const DataOptions *o, Shape *image, Error *e) {
    Look k = {.l = l, .any_size = o->size.h > 0};
    for (Part p = 0; p < N_PARTS && k.n == 0; p++)
        if (!look_around(&k, p, e)) return false;
    *image = (Shape){k.first.c, k.first.h, k.first.w};
    if (k.n > 0) return true;
    for (Part p = 0; p < N_PARTS; p++)
        if (l->part[p].n > 0) return error_set(e, "%s: none of its pictures can be read", l->folder);
    return error_set(e, "%s: there are no pictures in its folders", l->folder);
}

static bool probe(const char *folder, const DataOptions *o, Shape *image, int *classes, Error *e) {
    Listing l;
    if (!listing_make(&l, folder, e)) return false;
    *classes = l.classes;
    bool ok = look(&l, o, image, e);
    if (ok && l.classes == 1 && !o->classes)
        ok = error_set(e, "%s: there is one class only (%s); classes=2 says that there are more", folder,
                       class_name_of(l.class[0].folder).text);
    listing_free(&l);
    return ok;
}

const DataSource folder_source = {
    .name = "folders of pictures",
    .expects = "one sub-folder of pictures for each class; or train/ and test/ (and valid/) with such "
               "sub-folders",
    .recognises = listing_possible,
    .probe = probe,
    .list = listing_make,
};
