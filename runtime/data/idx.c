/* idx.c — the IDX format of MNIST; see idx.h.
 *
 *     00 00 08 rank        08: the numbers are bytes
 *     rank × 4 bytes       the sides, big-endian
 *     the numbers          exactly as many as the sides multiply to
 *
 * A .gz is unpacked to exactly the size that its header announces, so one that would unpack to
 * gigabytes is noticed one byte too late at most. First by libdeflate, which unpacks a whole file in a
 * third of the time; what that refuses, zlib unpacks, or it says what is wrong. Source: Y. LeCun et
 * al., "The MNIST database of handwritten digits"; gzip: RFC 1952. */
#define ZLIB_CONST
#include "runtime/data/idx.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "runtime/io.h"

enum {
    MAX_RANK = 4,
    TYPE_BYTES = 8,
    GZIP_WINDOW = 15 + 16, // 15: the largest window; 16: gzip
    GZIP_RATIO = 1032      // deflate cannot unpack a byte to more
};

#define MAX_NUMBERS ((size_t)1 << 30)

// ---- bytes, packed or not -----------------------------------------------------------------------

// Where bytes come from, one after the other.
typedef struct Stream {
    const uint8_t *in;
    size_t len, at;    // not packed: the place in `in`
    bool packed, ended;
    z_stream z;
    size_t out;        // bytes delivered
    const char *name;
    Error *e;
} Stream;

static bool wrong(const Stream *s, const char *what) {
    return error_set(s->e, "%s: byte %zu: %s", s->name, s->out, what);
}

static bool is_gzip(const uint8_t *bytes, size_t len) {
    return len >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

static bool stream_open(Stream *s) {
    s->packed = is_gzip(s->in, s->len);
    s->z = (z_stream){.next_in = s->in, .avail_in = (uInt)s->len};
    return !s->packed || inflateInit2(&s->z, GZIP_WINDOW) == Z_OK ||
           error_set(s->e, "%s: no memory to unpack it", s->name);
}

static void stream_close(Stream *s) {
    if (s->packed) inflateEnd(&s->z);
}

// Unpacks up to n bytes; *got says how many there were.
static bool unpack(Stream *s, uint8_t *out, size_t n, size_t *got) {
    s->z.next_out = out;
    s->z.avail_out = (uInt)n;
    while (s->z.avail_out && !s->ended) {
        const int code = inflate(&s->z, Z_NO_FLUSH);
        s->ended = code == Z_STREAM_END;
        if (code == Z_BUF_ERROR)
            return error_set(s->e, "%s: the .gz is cut short after %zu bytes", s->name, s->len);
        if (code == Z_MEM_ERROR) return error_set(s->e, "%s: no memory to unpack it", s->name);
        if (code != Z_OK && !s->ended)
            return error_set(s->e, "%s: byte %zu of the .gz: it is damaged: %s", s->name,
                             s->len - s->z.avail_in, s->z.msg ? s->z.msg : "it needs a dictionary");
    }
    *got = n - s->z.avail_out;
    return true;
}

// Exactly n bytes.
static bool take(Stream *s, uint8_t *out, size_t n) {
    size_t got = s->len - s->at < n ? s->len - s->at : n;
    if (s->packed) {
        if (!unpack(s, out, n, &got)) return false;
    } else {
        memcpy(out, s->in + s->at, got);
        s->at += got;
    }
    s->out += got;
    return got == n || error_set(s->e, "%s: ends after %zu bytes, %zu are missing", s->name, s->out,
                                 n - got);
}

// Nothing may be left: the end of the .gz (where its checksum is) must come now, and the end of
// the file with it.
static bool at_end(Stream *s) {
    uint8_t more;
    size_t got = s->len - s->at;
    if (s->packed && !unpack(s, &more, 1, &got)) return false;
    if (got) return wrong(s, "more bytes than the header announces");
    if (s->packed && s->z.avail_in)
        return error_set(s->e, "%s: %u bytes behind the end of the .gz", s->name, s->z.avail_in);
    return true;
}

// ---- the format ---------------------------------------------------------------------------------

static bool wrong_rank(const Stream *s, int rank, int wanted) {
    if (rank == 3 && wanted == 1)
        return wrong(s, "these are images, not labels: images and labels are exchanged");
    if (rank == 1 && wanted == 3)
        return wrong(s, "these are labels, not images: images and labels are exchanged");
    return error_set(s->e, "%s: byte 3: %d sides, %d are expected", s->name, rank, wanted);
}

static bool take_side(Stream *s, int i, int *side) {
    uint8_t b[4];
    if (!take(s, b, sizeof b)) return false;
    const uint32_t n = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    if (n == 0) return error_set(s->e, "%s: side %d is 0: there is nothing in it", s->name, i + 1);
    if (n > MAX_NUMBERS) return error_set(s->e, "%s: side %d is %u: too large", s->name, i + 1, n);
    *side = (int)n;
    return true;
}

// The sides, and how many bytes follow them.
static bool take_header(Stream *s, Idx *x, int rank, size_t *n) {
    uint8_t magic[4];
    if (!take(s, magic, sizeof magic)) return false;
    if (magic[0] || magic[1]) return error_set(s->e, "%s: byte 0: is not an IDX file", s->name);
    if (magic[2] != TYPE_BYTES)
        return error_set(s->e, "%s: byte 2: numbers of type 0x%02X; only bytes (0x08) can be read",
                         s->name, magic[2]);
    if (magic[3] != rank) return wrong_rank(s, magic[3], rank);
    x->rank = rank;
    *n = 1;
    for (int i = 0; i < rank; i++) {
        if (!take_side(s, i, &x->dim[i])) return false;
        if ((size_t)x->dim[i] > MAX_NUMBERS / *n)
            return wrong(s, "the sides multiply to more than 2^30 numbers");
        *n *= (size_t)x->dim[i];
    }
    return true;
}

// The usual case, a .gz without a fault, is unpacked in one go, sides included.
static bool unpack_all(const Stream *s, uint8_t *v, size_t n) {
    const size_t sides = s->out;
    size_t used;
    struct libdeflate_decompressor *d = s->packed ? libdeflate_alloc_decompressor() : NULL;
    const bool ok = d && libdeflate_gzip_decompress_ex(d, s->in, s->len, v, sides + n, &used, NULL)
                             == LIBDEFLATE_SUCCESS && used == s->len;
    libdeflate_free_decompressor(d);
    if (ok) memmove(v, v + sides, n);
    return ok;
}

static bool take_all(Stream *s, Idx *x, int rank) {
    size_t n;
    if (!take_header(s, x, rank, &n)) return false;
    if (n > (s->packed ? s->len * GZIP_RATIO : s->len - s->at))
        return error_set(s->e, "%s: announces %zu bytes; the file is too short for that", s->name,
                         n);
    x->v = malloc(s->out + n);
    if (!x->v) return error_set(s->e, "%s: no memory for %zu bytes", s->name, n);
    return unpack_all(s, x->v, n) || (take(s, x->v, n) && at_end(s));
}

bool idx_parse(Idx *x, const uint8_t *bytes, size_t len, const char *name, int rank, Error *e) {
    Stream s = {.in = bytes, .len = len, .name = name, .e = e};
    *x = (Idx){0};
    if (rank < 1 || rank > MAX_RANK) return error_set(e, "%s: 1 to 4 sides can be read", name);
    if (!stream_open(&s)) return false;
    const bool ok = take_all(&s, x, rank);
    stream_close(&s);
    if (!ok) idx_free(x);
    return ok;
}

bool idx_read(Idx *x, const char *path, int rank, Error *e) {
    size_t len;
    *x = (Idx){0};
    char *bytes = io_read(path, MAX_NUMBERS + 4 + 4 * MAX_RANK, &len, e);
    if (!bytes) return false;
    const bool ok = idx_parse(x, (const uint8_t *)bytes, len, path, rank, e);
    free(bytes);
    return ok;
}

bool idx_sides(Idx *x, const char *path, int rank, Error *e) {
    uint8_t head[4 + 4 * MAX_RANK];
    *x = (Idx){0};
    gzFile f = gzopen(path, "rb"); // reads what is not packed, too
    if (!f) return error_set(e, "%s: cannot be read", path);
    const int got = gzread(f, head, sizeof head);
    gzclose(f);
    if (got < 0) return error_set(e, "%s: the .gz is damaged", path);
    Stream s = {.in = head, .len = (size_t)got, .name = path, .e = e};
    size_t n;
    return take_header(&s, x, rank, &n);
}

void idx_free(Idx *x) {
    free(x->v);
    *x = (Idx){0};
}
