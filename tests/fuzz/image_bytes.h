/* image_bytes.h — what any bytes must be to the readers of pictures that are ours, and to the reader
 * of a list of pictures: something sound, or a refusal with a reason and nothing left over. */
#pragma once
#include <stdlib.h>
#include <string.h>

#include "runtime/data/exif.h"
#include "runtime/data/formats.h"
#include "runtime/data/listing.h"

static inline void must(bool fact) {
    if (!fact) abort();
}

// Every pixel is there, and reading only the sides tells the same.
static inline void check_read(bool (*parse)(const PictureFile *, Picture *), const uint8_t *bytes,
                              size_t len) {
    Picture p = {0}, sides = {0};
    Error e = {""};
    const bool ok = parse(&(PictureFile){bytes, len, "file", false, &e}, &p);
    must(ok || e.text[0]);
    unsigned sum = 0;
    for (size_t i = 0; ok && i < (size_t)p.w * (size_t)p.h * (size_t)p.c; i++) sum += p.v[i];
    must(!ok || (p.w > 0 && p.h > 0 && (p.c == 1 || p.c == 3) && sum < 1u << 31));
    if (ok) must(parse(&(PictureFile){bytes, len, "file", true, &e}, &sides));
    must(!sides.v && (!ok || (sides.w == p.w && sides.h == p.h && sides.c == p.c)));
    picture_free(&p);
}

static inline void bmp_bytes(const uint8_t *bytes, size_t len) { check_read(bmp_parse, bytes, len); }

// The reader begins behind two bytes that say which sort it is: the first of `bytes` chooses.
static inline void pnm_bytes(const uint8_t *bytes, size_t len) {
    if (!len) return;
    uint8_t *copy = malloc(len + 1);
    must(copy != NULL);
    copy[0] = 'P';
    copy[1] = (uint8_t)"2356"[bytes[0] & 3];
    memcpy(copy + 2, bytes + 1, len - 1);
    check_read(pnm_parse, copy, len + 1);
    free(copy);
}

// Every pixel of a picture has a place of its own in the turned one.
static inline void exif_bytes(const uint8_t *bytes, size_t len) {
    const int orientation = exif_orientation(bytes, len);
    must(orientation >= 1 && orientation <= 8);
    const Turn t = exif_turn(orientation, 3, 2);
    unsigned places = 0;
    for (int y = 0; y < 2; y++)
        for (int x = 0; x < 3; x++) places |= 1u << (t.first + x * t.right + y * t.down);
    must(places == 63 && t.w * t.h == 6);
}

// Two classes and two parts, put together by hand.
static inline void list_bytes(const uint8_t *bytes, size_t len) {
    const char *train[] = {"d/train/a/1.png", "d/train/a/2.png", "d/train/b/1.png"};
    const char *test[] = {"d/test/b/3.png"};
    int train_label[] = {0, 0, 1}, test_label[] = {1};
    ListedClass class[] = {{.folder = "a", .first = {0, 0, 0}, .n = {2, 0, 0}},
                           {.folder = "b", .first = {2, 0, 0}, .n = {1, 0, 1}}};
    Listing l = {.folder = "d", .root = {"d/train", NULL, "d/test"}, .classes = 2, .class = class,
                 .part = {{3, train, train_label}, {0}, {1, test, test_label}}};
    Error e = {""};
    const bool ok = listing_pick_text(&l, (const char *)bytes, len, "list", &e);
    must(ok || e.text[0]);
    must(l.part[PART_TRAIN].n >= 1 && l.part[PART_TRAIN].n <= 3 && l.part[PART_TEST].n == 1);
    must(ok || l.part[PART_TRAIN].n == 3);
    must(class[0].n[0] + class[1].n[0] == l.part[PART_TRAIN].n && class[1].first[0] == class[0].n[0]);
}
