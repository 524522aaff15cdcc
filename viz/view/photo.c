/* photo.c — see photo.h. */
#include "viz/view/photo.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"

enum { FILE_BYTES = 16 << 20, FILE_PIXELS = 2 << 20, THUMB = 96 }; // larger ones are not decoded again

static const char *path_of(const View *v) {
    const int i = v->t.picture[0];
    const ImageList *list = &v->s->data.part[v->chosen.part];
    return i >= 0 && i < list->n && list->file ? list->file[i] : NULL;
}

const char *photo_name(const View *v) {
    const char *path = path_of(v), *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path;
}

// Every so manieth pixel, enough for a small picture; v NULL: no memory.
static Picture thumbnail_of(const Picture *p) {
    const int side = p->w > p->h ? p->w : p->h, k = (side + THUMB - 1) / THUMB;
    Picture small = {.w = (p->w + k - 1) / k, .h = (p->h + k - 1) / k, .c = 3};
    small.v = malloc((size_t)(3 * small.w * small.h));
    for (int i = 0; small.v && i < small.w * small.h; i++)
        for (int c = 0; c < 3; c++) {
            const size_t y = (size_t)(i / small.w * k), x = (size_t)(i % small.w * k);
            small.v[3 * i + c] = p->v[(y * (size_t)p->w + x) * (size_t)p->c + (size_t)(c < p->c ? c : 0)];
        }
    return small;
}

static void read_file(Photo *f, const char *path, const char *name) {
    Error e;
    Picture sides, all = {0};
    uint8_t *bytes = (uint8_t *)io_read(path, FILE_BYTES, &f->bytes, &e);
    const bool known = bytes && picture_sides(&sides, bytes, f->bytes, name, &e);
    if (known) f->w = sides.w, f->h = sides.h;
    if (known && (int64_t)f->w * f->h <= FILE_PIXELS && picture_parse(&all, bytes, f->bytes, name, &e))
        f->small = thumbnail_of(&all);
    picture_free(&all);
    free(bytes);
}

void photo_look(View *v) {
    Photo *f = &v->photo;
    const char *path = path_of(v);
    if (f->path == path) return;
    photo_close(v);
    f->path = path;
    if (path) read_file(f, path, photo_name(v));
}

void photo_close(View *v) {
    picture_free(&v->photo.small);
    v->photo = (Photo){0};
}
