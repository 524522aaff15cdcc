/* read_file.c — reads one file as the program would, for tests of whole files and of faults.
 *
 *     read_file safetensors FILE      read_file images FILE      read_file labels FILE
 *     read_file pair IMAGES LABELS    as many labels as images, labels 0 … 9
 *     read_file picture FILE          read_file cifar FOLDER
 *     read_file folder FOLDER         all pictures of a folder of classes, as 8x8
 *     read_file write FILE TEXT       replaces the file
 *     read_file same A B N            pictures of equal sides whose bytes differ by at most N
 *     read_file show FILE [H W]       the picture to stdout as PGM or PPM, resized if wanted
 *
 * Status 0: fine; 1: refused, with one message; 2: called wrongly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/decode.h"
#include "runtime/data/idx.h"
#include "runtime/data/source.h"
#include "runtime/io.h"
#include "runtime/safetensors.h"

static bool read_safetensors(char **arg, Error *e) {
    StFile f;
    if (!st_open(&f, arg[0], e)) return false;
    st_close(&f);
    return true;
}

static bool read_idx(const char *path, int rank, Error *e) {
    Idx x;
    if (!idx_read(&x, path, rank, e)) return false;
    idx_free(&x);
    return true;
}

static bool read_images(char **arg, Error *e) { return read_idx(arg[0], 3, e); }

static bool read_labels(char **arg, Error *e) { return read_idx(arg[0], 1, e); }

static bool check_labels(const Idx *labels, Error *e) {
    for (int i = 0; i < labels->dim[0]; i++)
        if (labels->v[i] > 9) return error_set(e, "label %d of picture %d", labels->v[i], i);
    return true;
}

static bool read_pair(char **arg, Error *e) {
    Idx images, labels;
    if (!idx_read(&images, arg[0], 3, e)) return false;
    bool ok = idx_read(&labels, arg[1], 1, e);
    ok = ok && (images.dim[0] == labels.dim[0] || error_set(e, "the numbers differ"));
    ok = ok && check_labels(&labels, e);
    idx_free(&images);
    idx_free(&labels);
    return ok;
}

static bool read_picture(char **arg, Error *e) {
    Picture p;
    if (!picture_read(&p, arg[0], e)) return false;
    picture_free(&p);
    return true;
}

static bool read_cifar(char **arg, Error *e) {
    Block part[N_PARTS];
    if (!cifar_source.recognises(arg[0])) return error_set(e, "%s: no CIFAR binaries", arg[0]);
    if (!cifar_source.read(arg[0], NULL, part, e)) return false;
    blocks_free(part);
    return true;
}

static bool read_all(const Listing *l, Error *e) {
    const Wanted wanted = {.image = {3, 8, 8}, .any_size = true, .any_colour = true};
    uint8_t pixels[3 * 8 * 8];
    Picture sides;
    for (Part p = 0; p < N_PARTS; p++)
        for (int i = 0; i < l->part[p].n; i++) {
            const char *file = l->part[p].file[i];
            if (decode_file(&wanted, file, file, pixels, &sides, e) != DECODED) return false;
        }
    return true;
}

static bool read_folder(char **arg, Error *e) {
    Listing l;
    if (!listing_make(&l, arg[0], e)) return false;
    const bool ok = read_all(&l, e);
    listing_free(&l);
    return ok;
}

static bool compare(const Picture *a, const Picture *b, long most, Error *e) {
    if (a->w != b->w || a->h != b->h || a->c != b->c)
        return error_set(e, "%dx%dx%d is not %dx%dx%d", a->h, a->w, a->c, b->h, b->w, b->c);
    for (long i = 0; i < (long)a->w * a->h * a->c; i++)
        if (abs(a->v[i] - b->v[i]) > most)
            return error_set(e, "byte %ld is %d, not %d", i, a->v[i], b->v[i]);
    return true;
}

static bool same_pictures(char **arg, Error *e) {
    Picture a = {0}, b = {0};
    const bool ok = picture_read(&a, arg[0], e) && picture_read(&b, arg[1], e) &&
                    compare(&a, &b, strtol(arg[2], NULL, 10), e);
    picture_free(&a);
    picture_free(&b);
    return ok;
}

static void put_picture(Picture *p) {
    fprintf(stdout, "P%c %d %d 255\n", p->c == 1 ? '5' : '6', p->w, p->h);
    fwrite(p->v, 1, (size_t)p->w * (size_t)p->h * (size_t)p->c, stdout);
    picture_free(p);
}

static bool show(char **arg, Error *e) {
    Picture p;
    if (!picture_read(&p, arg[0], e)) return false;
    put_picture(&p);
    return true;
}

static bool show_resized(char **arg, Error *e) {
    Picture p, q;
    if (!picture_read(&p, arg[0], e)) return false;
    const int h = (int)strtol(arg[1], NULL, 10), w = (int)strtol(arg[2], NULL, 10);
    const bool ok = picture_resize(&q, &p, h, w, e);
    picture_free(&p);
    if (ok) put_picture(&q);
    return ok;
}

static bool write_file(char **arg, Error *e) {
    return io_write(arg[0], &(Piece){arg[1], strlen(arg[1])}, 1, e);
}

static const struct { const char *name; int n; bool (*run)(char **arg, Error *e); } commands[] = {
    {"safetensors", 1, read_safetensors}, {"images", 1, read_images}, {"labels", 1, read_labels},
    {"pair", 2, read_pair},               {"picture", 1, read_picture}, {"write", 2, write_file},
    {"cifar", 1, read_cifar},             {"same", 3, same_pictures},   {"show", 1, show},
    {"show", 3, show_resized},            {"folder", 1, read_folder},
};

int main(int argc, char **argv) {
    Error e = {""};
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) != 0 || argc != 2 + commands[i].n) continue;
        if (commands[i].run(argv + 2, &e)) return 0;
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    return 2;
}
