/* decode.c — one picture file becomes the bytes of a picture of the data set: read, decoded, made
 * gray or colour, resized. */
#include "runtime/data/decode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/data/resize.h"
#include "runtime/io.h"

// ---- bytes --------------------------------------------------------------------------------------

// Is what was listed no longer a file?
static bool has_gone(const char *path) {
    struct stat st;
    return lstat(path, &st) != 0 || !S_ISREG(st.st_mode);
}

static Decoded read_bytes(const char *path, const char *shown, char **bytes, size_t *len, Error *e) {
    *bytes = io_read_regular(path, PICTURE_FILE, len);
    if (*bytes) return DECODED;
    const int why = errno;
    if (has_gone(path)) {
        error_set(e, "%s: was there when the folder was listed, and is gone", shown);
        return DECODED_FAILED;
    }
    error_set(e, "%s: %s", shown, strerror(why));
    return why == ENOMEM ? DECODED_FAILED : DECODED_BROKEN;
}

// What a reader refuses is a broken picture, unless it only had no memory.
static Decoded read_picture(const char *path, const char *shown, Picture *p, Error *e) {
    size_t len;
    char *bytes;
    const Decoded d = read_bytes(path, shown, &bytes, &len, e);
    if (d != DECODED) return d;
    errno = 0;
    const bool ok = picture_parse(p, (const uint8_t *)bytes, len, shown, e);
    const bool no_memory = !ok && errno == ENOMEM;
    free(bytes);
    return ok ? DECODED : no_memory ? DECODED_FAILED : DECODED_BROKEN;
}

// ---- what the data set wants --------------------------------------------------------------------

static bool suits(const Wanted *w, const Picture *p, const char *shown, Error *e) {
    if (!w->any_size && (p->h != w->image.h || p->w != w->image.w))
        return error_set(e, "%s is %dx%d, other pictures are %dx%d: size=%dx%d on the data line makes "
                         "them equal", shown, p->h, p->w, w->image.h, w->image.w, w->image.h,
                         w->image.w);
    if (!w->any_colour && p->c > w->image.c)
        return error_set(e, "%s is in colour, other pictures are gray: color=gray or color=rgb on the "
                         "data line says what they shall be", shown);
    return true;
}

bool decode_fit(const Picture *p, Shape to, uint8_t *out, Error *e) {
    Picture colour = {0};
    if (p->c != to.c && !picture_channels(&colour, p, to.c, e)) return false;
    const uint8_t *v = p->c == to.c ? p->v : colour.v;
    const bool ok = resize_bytes(v, p->h, p->w, to.c, out, to.h, to.w);
    picture_free(&colour);
    return ok || error_set(e, "no memory to resize a picture");
}

Decoded decode_file(const Wanted *w, const char *path, const char *shown, uint8_t *out,
                    Picture *sides, Error *e) {
    Picture p;
    const Decoded d = read_picture(path, shown, &p, e);
    if (d != DECODED) return d;
    *sides = (Picture){.w = p.w, .h = p.h, .c = p.c};
    bool ok = suits(w, &p, shown, e);
    if (ok && !decode_fit(&p, w->image, out, e)) ok = error_set(e, "%s: no memory to convert it", shown);
    picture_free(&p);
    return ok ? DECODED : DECODED_FAILED;
}

// A multiplication mixes eight bytes in; its upper half is folded down, where the next will meet it.
static uint64_t mix(uint64_t hash, const uint8_t *v, size_t n) {
    uint64_t word = 0;
    memcpy(&word, v, n);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

uint64_t decode_hash(const uint8_t *v, size_t n) {
    uint64_t hash = n;
    for (; n > 8; v += 8, n -= 8) hash = mix(hash, v, 8);
    return mix(hash, v, n);
}
