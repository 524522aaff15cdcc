/* safetensors.c — reads the format; see safetensors.h.
 *
 * In this order, and nothing is allocated from a number that has not been checked: the size of the
 * file, the length of the header, its first byte, UTF-8, the JSON and its fields, each tensor's
 * shape against its bytes, the tensors against each other, the checksum. */
#include "runtime/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"
#include "runtime/json.h"
#include "runtime/utf8.h"

enum { PREFIX = 8 }; // bytes before the header

#define MAX_FILE ((size_t)1 << 36)       // bytes of a file: a slip, or a device
#define MAX_NUMBERS ((uint64_t)1 << 40)  // of a tensor, a side of 0 counted as 1

// A file being read.
typedef struct Reader {
    StFile *f;
    const char *path;
    Json json;                // of the header
    const char *data;         // the numbers
    size_t n_data;
    char *room;               // where the next text goes, in memory[MEM_TEXTS]
    int tensor_room, meta_room;
    bool has_meta;
    Error *e;
} Reader;

enum { MEM_FILE, MEM_TEXTS, MEM_TENSORS, MEM_META };

// ---- messages -----------------------------------------------------------------------------------

static bool wrong_at(const Reader *r, size_t byte, const char *what) {
    return error_set(r->e, "%s: byte %zu: %s", r->path, byte, what);
}

static bool wrong_json(const Reader *r) {
    return wrong_at(r, PREFIX + r->json.at, r->json.wrong);
}

// What is wrong with tensor t; the byte is the one the header has been read to.
static bool wrong_tensor(const Reader *r, const StTensor *t, const char *what) {
    return error_set(r->e, "%s: byte %zu: tensor \"%s\": %s", r->path, PREFIX + r->json.at,
                     t->name, what);
}

static bool no_memory(const Reader *r) {
    return error_set(r->e, "%s: no memory to read it", r->path);
}

// ---- lists that grow ----------------------------------------------------------------------------

// Room for one more row of `size` bytes behind the n there are, at most ST_TENSORS.
static bool room_for(Reader *r, int mem, int n, int *room, size_t size) {
    if (n < *room) return true;
    if (n == ST_TENSORS) return wrong_at(r, PREFIX + r->json.at, "more entries than cnnrun reads");
    const int more = *room ? *room * 2 : 64;
    void *v = realloc(r->f->memory[mem], (size_t)more * size);
    if (!v) return no_memory(r);
    r->f->memory[mem] = v;
    *room = more;
    return true;
}

static StTensor *new_tensor(Reader *r) {
    StFile *f = r->f;
    if (!room_for(r, MEM_TENSORS, f->n, &r->tensor_room, sizeof *f->tensor)) return NULL;
    f->tensor = f->memory[MEM_TENSORS];
    f->tensor[f->n] = (StTensor){0};
    return &f->tensor[f->n++];
}

static StMeta *new_meta(Reader *r) {
    StFile *f = r->f;
    if (!room_for(r, MEM_META, f->n_meta, &r->meta_room, sizeof *f->meta)) return NULL;
    f->meta = f->memory[MEM_META];
    return &f->meta[f->n_meta++];
}

// ---- the fields of a tensor ---------------------------------------------------------------------

// A tensor and where its numbers lie, while it is read.
typedef struct Entry { StTensor *t; uint64_t begin, end; } Entry;

static bool take_dtype(Reader *r, Entry *x) {
    const char *name = json_text(&r->json, &r->room);
    if (!name) return wrong_json(r);
    for (int d = 0; d < N_DTYPES; d++)
        if (strcmp(name, st_dtype_name((DType)d)) == 0) {
            x->t->dtype = (DType)d;
            return true;
        }
    return error_set(r->e, "%s: byte %zu: tensor \"%s\": dtype %.40s is not one cnnrun reads",
                     r->path, PREFIX + r->json.at, x->t->name, name);
}

// A side of 0 must not hide what the others multiply to.
static bool count_numbers(const Reader *r, StTensor *t) {
    uint64_t all = 1;
    t->len = 1;
    for (int i = 0; i < t->rank; i++) {
        const uint64_t side = (uint64_t)t->dim[i];
        if (side > MAX_NUMBERS / all) return wrong_tensor(r, t, "the shape is too large");
        if (side) all *= side;
        t->len *= side;
    }
    return true;
}

static bool take_shape(Reader *r, Entry *x) {
    StTensor *t = x->t;
    json_take(&r->json, '[');
    for (bool more = !json_is(&r->json, ']'); more; more = json_more(&r->json, ']')) {
        uint64_t side;
        if (!json_number(&r->json, &side)) break;
        if (t->rank == ST_RANK) return wrong_tensor(r, t, "the shape has more than 8 sides");
        t->dim[t->rank++] = (int64_t)side;
    }
    return r->json.wrong ? wrong_json(r) : count_numbers(r, t);
}

static bool take_offsets(Reader *r, Entry *x) {
    Json *j = &r->json;
    const bool ok = json_take(j, '[') && json_number(j, &x->begin) && json_take(j, ',') &&
                    json_number(j, &x->end) && json_take(j, ']');
    return ok || wrong_json(r);
}

typedef struct Field { const char *name; bool (*take)(Reader *r, Entry *x); } Field;

static const Field fields[] = {
    {"dtype", take_dtype},
    {"shape", take_shape},
    {"data_offsets", take_offsets},
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

// One "field": value; `seen` has a bit for every field that was there.
static bool take_field(Reader *r, Entry *x, unsigned *seen) {
    const char *name = json_text(&r->json, &r->room);
    if (!name || !json_take(&r->json, ':')) return wrong_json(r);
    int i = 0;
    while (i < N_FIELDS && strcmp(name, fields[i].name) != 0) i++;
    if (i == N_FIELDS) return wrong_tensor(r, x->t, "a field that the format does not have");
    if (*seen & 1u << i) return wrong_tensor(r, x->t, "the same field twice");
    *seen |= 1u << i;
    return fields[i].take(r, x);
}

static bool fits(const Reader *r, const Entry *x) {
    const StTensor *t = x->t;
    if (x->begin > x->end) return wrong_tensor(r, t, "data_offsets end before they begin");
    if (x->end > r->n_data) return wrong_tensor(r, t, "data_offsets lie past the end of the file");
    if (x->end - x->begin == t->len * st_dtype_size(t->dtype)) return true;
    return error_set(r->e, "%s: byte %zu: tensor \"%s\": %llu bytes for %llu numbers of type %s",
                     r->path, PREFIX + r->json.at, t->name,
                     (unsigned long long)(x->end - x->begin), (unsigned long long)t->len,
                     st_dtype_name(t->dtype));
}

static bool take_tensor(Reader *r, const char *name) {
    const size_t n = strlen(name);
    if (n == 0 || n > ST_NAME) return wrong_at(r, PREFIX + r->json.at, "a name has 1 to 256 bytes");
    Entry x = {.t = new_tensor(r)};
    if (!x.t) return false;
    x.t->name = name;
    unsigned seen = 0;
    if (!json_take(&r->json, '{')) return wrong_json(r);
    for (bool more = !json_is(&r->json, '}'); more; more = json_more(&r->json, '}'))
        if (!take_field(r, &x, &seen)) return false;
    if (r->json.wrong) return wrong_json(r);
    if (seen != (1u << N_FIELDS) - 1)
        return wrong_tensor(r, x.t, "it needs dtype, shape and data_offsets");
    if (!fits(r, &x)) return false;
    x.t->v = r->data + x.begin;
    return true;
}

// ---- the header ---------------------------------------------------------------------------------

static bool take_metadata(Reader *r) {
    Json *j = &r->json;
    if (r->has_meta) return wrong_at(r, PREFIX + j->at, "__metadata__ twice");
    r->has_meta = true;
    if (!json_is(j, '{')) return json_word(j, "null") || wrong_json(r);
    for (bool more = !json_is(j, '}'); more; more = json_more(j, '}')) {
        StMeta *m = new_meta(r);
        if (!m) return false;
        m->key = json_text(j, &r->room);
        json_take(j, ':');
        m->text = json_text(j, &r->room);
        if (j->wrong) break;
    }
    return !j->wrong || wrong_json(r);
}

static bool take_header(Reader *r) {
    Json *j = &r->json;
    json_take(j, '{');
    for (bool more = !json_is(j, '}'); more; more = json_more(j, '}')) {
        const char *name = json_text(j, &r->room);
        if (!name || !json_take(j, ':')) return wrong_json(r);
        const bool meta = strcmp(name, "__metadata__") == 0;
        if (!(meta ? take_metadata(r) : take_tensor(r, name))) return false;
    }
    return json_end(j) || wrong_json(r);
}

// ---- what the entries say together --------------------------------------------------------------

static int by_name(const void *a, const void *b) {
    return strcmp(((const StTensor *)a)->name, ((const StTensor *)b)->name);
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const StMeta *)a)->key, ((const StMeta *)b)->key);
}

// Empty tensors come before the one that begins at the same byte.
static int by_place(const void *a, const void *b) {
    const StTensor *s = a, *t = b;
    if (s->v != t->v) return (const char *)s->v < (const char *)t->v ? -1 : 1;
    if (!s->len != !t->len) return s->len ? 1 : -1;
    return strcmp(s->name, t->name);
}

static void sort(void *v, int n, size_t size, int (*order)(const void *, const void *)) {
    if (n) qsort(v, (size_t)n, size, order);
}

static bool names_differ(const Reader *r) {
    const StFile *f = r->f;
    sort(f->meta, f->n_meta, sizeof *f->meta, by_key);
    for (int i = 1; i < f->n_meta; i++)
        if (by_key(&f->meta[i - 1], &f->meta[i]) == 0)
            return error_set(r->e, "%s: metadata \"%.80s\" twice", r->path, f->meta[i].key);
    sort(f->tensor, f->n, sizeof *f->tensor, by_name);
    for (int i = 1; i < f->n; i++)
        if (by_name(&f->tensor[i - 1], &f->tensor[i]) == 0)
            return error_set(r->e, "%s: tensor \"%s\" twice", r->path, f->tensor[i].name);
    return true;
}

// The tensors must fill the data without gap or overlap.
static bool data_filled(const Reader *r) {
    const StFile *f = r->f;
    const char *at = r->data;
    sort(f->tensor, f->n, sizeof *f->tensor, by_place);
    for (int i = 0; i < f->n; i++) {
        const StTensor *t = &f->tensor[i];
        if (t->v != at)
            return error_set(r->e, "%s: byte %zu: tensor \"%s\" begins here, not at byte %zu "
                             "where the one before ends", r->path,
                             r->json.len + PREFIX + (size_t)((const char *)t->v - r->data), t->name,
                             r->json.len + PREFIX + (size_t)(at - r->data));
        at += t->len * st_dtype_size(t->dtype);
    }
    sort(f->tensor, f->n, sizeof *f->tensor, by_name);
    const size_t used = (size_t)(at - r->data);
    if (used == r->n_data) return true;
    return error_set(r->e, "%s: byte %zu: %zu bytes that belong to no tensor", r->path,
                     r->json.len + PREFIX + used, r->n_data - used);
}

static bool checksum_right(const Reader *r) {
    const char *want = st_meta(r->f, "crc32c");
    if (!want) return true;
    char got[16];
    snprintf(got, sizeof got, "%08x", io_crc32c(0, r->data, r->n_data));
    return strcmp(want, got) == 0 ||
           error_set(r->e, "%s: is damaged: its checksum is %s and should be %.16s", r->path, got,
                     want);
}

// ---- the file -----------------------------------------------------------------------------------

// What people mistake for safetensors, by first bytes.
static const struct { const char *magic, *what; } others[] = {
    {"PK\3\4",   "a zip file, as PyTorch writes (.pt)"},
    {"\x80\x02", "a Python pickle, as old PyTorch writes (.pt)"},
    {"\x89HDF",  "an HDF5 file, as Keras writes (.h5)"},
    {0},
};

static bool known_otherwise(const Reader *r, const char *bytes, size_t len) {
    for (int i = 0; others[i].magic; i++) {
        const size_t n = strlen(others[i].magic);
        if (len < n || memcmp(bytes, others[i].magic, n) != 0) continue;
        error_set(r->e, "%s: is %s: save the weights as a safetensors file there", r->path,
                  others[i].what);
        return true;
    }
    return false;
}

// The first eight bytes and the header they announce.
static bool header_found(Reader *r, const char *bytes, size_t len) {
    uint64_t n;
    if (len < PREFIX)
        return error_set(r->e, "%s: %zu bytes are too few for a safetensors file", r->path, len);
    memcpy(&n, bytes, sizeof n);
    if (n > ST_HEADER || n > len - PREFIX) {
        if (known_otherwise(r, bytes, len)) return false;
        return error_set(r->e, "%s: byte 0: a header of %llu bytes does not fit (the file has %zu "
                         "bytes; the limit is %d)", r->path, (unsigned long long)n, len, ST_HEADER);
    }
    r->json = (Json){.text = bytes + PREFIX, .len = (size_t)n};
    r->data = bytes + PREFIX + n;
    r->n_data = len - PREFIX - (size_t)n;
    if (!n || bytes[PREFIX] != '{') return wrong_at(r, PREFIX, "the header must begin with '{'");
    const size_t bad = utf8_bad(r->json.text, r->json.len);
    return bad == r->json.len || wrong_at(r, PREFIX + bad, "the header is not UTF-8");
}

static bool parse(Reader *r, const char *bytes, size_t len) {
    if (!header_found(r, bytes, len)) return false;
    r->room = r->f->memory[MEM_TEXTS] = malloc(r->json.len);
    if (!r->room) return no_memory(r);
    return take_header(r) && names_differ(r) && data_filled(r) && checksum_right(r);
}

bool st_parse(StFile *f, const void *bytes, size_t len, const char *path, Error *e) {
    *f = (StFile){0};
    Reader r = {.f = f, .path = path, .e = e};
    if (parse(&r, bytes, len)) return true;
    st_close(f);
    return false;
}

bool st_open(StFile *f, const char *path, Error *e) {
    size_t len;
    char *bytes = io_read(path, MAX_FILE, &len, e);
    if (!bytes) return false;
    if (!st_parse(f, bytes, len, path, e)) {
        free(bytes);
        return false;
    }
    f->memory[MEM_FILE] = bytes;
    return true;
}

void st_close(StFile *f) {
    for (size_t i = 0; i < sizeof f->memory / sizeof *f->memory; i++) free(f->memory[i]);
    *f = (StFile){0};
}

const StTensor *st_find(const StFile *f, const char *name) {
    const StTensor key = {.name = name};
    return f->n ? bsearch(&key, f->tensor, (size_t)f->n, sizeof key, by_name) : NULL;
}

const char *st_meta(const StFile *f, const char *key) {
    const StMeta wanted = {.key = key};
    const StMeta *m =
        f->n_meta ? bsearch(&wanted, f->meta, (size_t)f->n_meta, sizeof wanted, by_key) : NULL;
    return m ? m->text : NULL;
}
