/* safetensors_write.c — writes the format; see safetensors.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"
#include "runtime/safetensors.h"
#include "runtime/utf8.h"

// The header while it grows; `wrong` is why it cannot be made.
typedef struct Header { char *v; size_t len, room; const char *wrong; } Header;

static bool grow(Header *h, size_t n) {
    const size_t room = (h->len + n) * 2;
    char *more = realloc(h->v, room);
    if (!more) {
        h->wrong = "no memory";
        return false;
    }
    h->v = more;
    h->room = room;
    return true;
}

static void put(Header *h, const char *v, size_t n) {
    if (h->wrong || (h->room - h->len < n && !grow(h, n))) return;
    memcpy(h->v + h->len, v, n);
    h->len += n;
}

static void put_format(Header *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put_format(Header *h, const char *fmt, ...) {
    char text[128];
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    put(h, text, (size_t)n);
}

// A text in quotes, as JSON; the same choices as Python's json with ensure_ascii=False.
static void put_text(Header *h, const char *text) {
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    if (utf8_bad(text, strlen(text)) != strlen(text)) h->wrong = "a text is not UTF-8";
    put(h, "\"", 1);
    for (const char *p = text; *p; p++) {
        const char *special = strchr(from, *p);
        if (special) put_format(h, "\\%c", to[special - from]);
        else if ((unsigned char)*p < 0x20) put_format(h, "\\u%04x", (unsigned)*p);
        else put(h, p, 1);
    }
    put(h, "\"", 1);
}

// A name that the reader would refuse is not written either.
static void put_name(Header *h, const char *name) {
    if (!*name || strlen(name) > ST_NAME) h->wrong = "a name must have 1 to 256 bytes";
    put_text(h, name);
}

static size_t size_of(const StTensor *t) { return (size_t)t->len * st_dtype_size(t->dtype); }

// The order of the types is that of their sizes.
static int by_type(const void *a, const void *b) {
    const StTensor *s = *(const StTensor *const *)a, *t = *(const StTensor *const *)b;
    if (s->dtype != t->dtype) return s->dtype > t->dtype ? -1 : 1;
    return strcmp(s->name, t->name);
}

static void put_metadata(Header *h, const StMeta *meta, int n_meta, unsigned crc) {
    put_format(h, "{\"__metadata__\":{");
    for (int i = 0; i < n_meta; i++) {
        put_text(h, meta[i].key);
        put(h, ":", 1);
        put_text(h, meta[i].text);
        put(h, ",", 1);
    }
    put_format(h, "\"crc32c\":\"%08x\"}", crc);
}

// The entry of a tensor whose numbers begin at `begin`.
static void put_tensor(Header *h, const StTensor *t, size_t begin) {
    put(h, ",", 1);
    put_name(h, t->name);
    put_format(h, ":{\"dtype\":\"%s\",\"shape\":[", st_dtype_name(t->dtype));
    for (int i = 0; i < t->rank; i++) put_format(h, "%s%lld", i ? "," : "", (long long)t->dim[i]);
    put_format(h, "],\"data_offsets\":[%zu,%zu]}", begin, begin + size_of(t));
}

static void put_header(Header *h, const StTensor *const *t, int n, const StMeta *meta, int n_meta) {
    unsigned crc = 0;
    for (int i = 0; i < n; i++) crc = io_crc32c(crc, t[i]->v, size_of(t[i]));
    put_metadata(h, meta, n_meta, crc);
    size_t at = 0;
    for (int i = 0; i < n; at += size_of(t[i++])) put_tensor(h, t[i], at);
    put(h, "}", 1);
    while (!h->wrong && h->len % 8) put(h, " ", 1);
}

// Length, header, and the numbers of each tensor, in order.
static bool write_file(const char *path, const StTensor *const *t, int n, const Header *h,
                       Piece *piece, Error *e) {
    const uint64_t len = h->len;
    piece[0] = (Piece){&len, sizeof len};
    piece[1] = (Piece){h->v, h->len};
    for (int i = 0; i < n; i++) piece[2 + i] = (Piece){t[i]->v, size_of(t[i])};
    return io_write(path, piece, 2 + n, e);
}

bool st_write(const char *path, const StTensor *tensor, int n, const StMeta *meta, int n_meta,
              Error *e) {
    Header h = {0};
    const StTensor **sorted = malloc((size_t)(n + 1) * sizeof *sorted);
    Piece *piece = malloc((size_t)(n + 2) * sizeof *piece);
    if (sorted && piece) {
        for (int i = 0; i < n; i++) sorted[i] = &tensor[i];
        qsort(sorted, (size_t)n, sizeof *sorted, by_type);
        put_header(&h, sorted, n, meta, n_meta);
    } else h.wrong = "no memory";
    const bool ok = h.wrong ? error_set(e, "%s: cannot be written: %s", path, h.wrong)
                            : write_file(path, sorted, n, &h, piece, e);
    free(h.v);
    free(piece);
    free(sorted);
    return ok;
}
