/* idx.c — IDX files, plain and gzipped, are read exactly or refused with the reason. */
#include "runtime/data/idx.h"

#include <zlib.h>

#include "tests/unit/folder.h"
#include "tests/unit/test.h"

#define IMAGES "\0\0\x08\3\0\0\0\2\0\0\0\1\0\0\0\3" // 2 images of 1 x 3
#define LABELS "\0\0\x08\1\0\0\0\3"

#define ROW(text, rank, wrong) {text, sizeof(text) - 1, rank, wrong}

static const struct { const char *v; size_t n; int rank; const char *wrong; } cases[] = {
    ROW(IMAGES "abcdef", 3, NULL),
    ROW(LABELS "\0\1\2", 1, NULL),
    ROW("\0\0\x08\2\0\0\0\1\0\0\0\2ab", 2, NULL),
    ROW("\0\0\x08\4\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\3abc", 4, NULL),
    ROW("", 3, "ends after 0 bytes, 4 are missing"),
    ROW("\0\0\x08\3\0\0\0\2\0", 3, "ends after 9 bytes"),
    ROW("\0\1\x08\3", 3, "byte 0: is not an IDX file"),
    ROW("\x03\x08\0\0", 3, "byte 0: is not an IDX file"),
    ROW("\0\0\x0D\3", 3, "byte 2: numbers of type 0x0D"),
    ROW("\0\0\x08\0", 3, "byte 3: 0 sides, 3 are expected"),
    ROW("\0\0\x08\xff", 3, "byte 3: 255 sides, 3 are expected"),
    ROW(IMAGES "abcdef", 1, "these are images, not labels: images and labels are exchanged"),
    ROW(LABELS "\0\1\2", 3, "these are labels, not images: images and labels are exchanged"),
    ROW("\0\0\x08\1\0\0\0\0", 1, "side 1 is 0"),
    ROW("\0\0\x08\3\0\0\0\1\0\0\0\0\0\0\0\1", 3, "side 2 is 0"),
    ROW("\0\0\x08\1\xff\xff\xff\xff", 1, "side 1 is 4294967295: too large"),
    ROW("\0\0\x08\3\0\1\0\0\0\1\0\0\0\0\0\1", 3, "multiply to more than 2^30"),
    ROW("\0\0\x08\3\0\1\0\0\0\0\xff\xff\0\0\xff\xff", 3, "multiply to more than 2^30"),
    ROW(IMAGES "abcde", 3, "announces 6 bytes; the file is too short"),
    ROW(IMAGES "abcdefg", 3, "byte 22: more bytes than the header announces"),
};

// Exactly n bytes of memory, so that reading on is noticed.
static uint8_t *copy(const void *v, size_t n) {
    uint8_t *p = malloc(n + !n);
    memcpy(p, v, n);
    return p;
}

static bool parse(const void *v, size_t n, int rank, Idx *x, Error *e) {
    uint8_t *bytes = copy(v, n);
    const bool ok = idx_parse(x, bytes, n, "file", rank, e);
    free(bytes);
    return ok;
}

// `v` as a .gz file; returns its length. It fits into `out` easily.
static size_t pack(const void *v, size_t n, uint8_t *out, size_t cap) {
    z_stream z = {.next_in = (Bytef *)v, .avail_in = (uInt)n};
    z.next_out = out, z.avail_out = (uInt)cap;
    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    const size_t len = z.total_out;
    deflateEnd(&z);
    return len;
}

static void check_case(const char *v, size_t n, int rank, const char *wrong) {
    Error e = {""};
    Idx x;
    const bool ok = parse(v, n, rank, &x, &e);
    if (!CHECK(ok == !wrong)) printf("%s\n", e.text);
    if (wrong && !CHECK(strstr(e.text, wrong))) printf("got \"%s\", want \"%s\"\n", e.text, wrong);
    if (wrong) CHECK(!x.v && strncmp(e.text, "file: ", 6) == 0);
    if (ok) idx_free(&x);
}

static void check_values(void) {
    Error e;
    Idx x;
    if (!CHECK(parse(IMAGES "abcdef", 22, 3, &x, &e))) return;
    CHECK(x.rank == 3 && x.dim[0] == 2 && x.dim[1] == 1 && x.dim[2] == 3);
    CHECK(memcmp(x.v, "abcdef", 6) == 0);
    idx_free(&x);
    CHECK(!x.v);
}

// Whatever a plain file says, the packed one says; and a damaged .gz never passes.
static void check_packed(void) {
    enum { N = 16 + 784 * 3 };
    uint8_t plain[N], gz[2 * N + 64], two[4 * N];
    Error e;
    Idx x;
    memcpy(plain, "\0\0\x08\3\0\0\0\3\0\0\0\x1c\0\0\0\x1c", 16);
    for (int i = 16; i < N; i++) plain[i] = (uint8_t)(i * i >> 3);
    const size_t n = pack(plain, N, gz, sizeof gz);
    if (CHECK(parse(gz, n, 3, &x, &e))) {
        CHECK(memcmp(x.v, plain + 16, N - 16) == 0);
        idx_free(&x);
    }
    for (size_t cut = 0; cut < n; cut++) CHECK(!parse(gz, cut, 3, &x, &e));
    CHECK(strstr(e.text, "the .gz is cut short"));
    gz[n - 6] ^= 1;
    CHECK(!parse(gz, n, 3, &x, &e) && strstr(e.text, "damaged: incorrect data check"));
    gz[n - 6] ^= 1;
    memcpy(gz + n, "junk", 4);
    CHECK(!parse(gz, n + 4, 3, &x, &e) && strstr(e.text, "4 bytes behind the end of the .gz"));
    const size_t first = pack(plain, 100, two, sizeof two);
    const size_t second = pack(plain + 100, N - 100, two + first, sizeof two - first);
    CHECK(!parse(two, first + second, 3, &x, &e) && strstr(e.text, "ends after 100 bytes"));
    plain[7] = 2; // announces less than there is
    const size_t longer = pack(plain, N, gz, sizeof gz);
    CHECK(!parse(gz, longer, 3, &x, &e) && strstr(e.text, "more bytes than the header announces"));
    memset(plain + 4, 0x40, 1); // and far more: nothing is allocated for it
    const size_t huge = pack(plain, N, gz, sizeof gz);
    CHECK(!parse(gz, huge, 3, &x, &e));
}

static void check_files(Folder *f) {
    Error e;
    Idx x;
    uint8_t gz[256];
    folder_put(f, "images", IMAGES "abcdef", 22);
    CHECK(idx_sides(&x, f->name, 3, &e) && x.dim[0] == 2 && x.dim[2] == 3 && !x.v);
    CHECK(idx_read(&x, f->name, 3, &e));
    idx_free(&x);
    folder_put(f, "images.gz", gz, pack(IMAGES "abcdef", 22, gz, sizeof gz));
    CHECK(idx_sides(&x, f->name, 3, &e) && x.dim[0] == 2 && x.dim[2] == 3);
    CHECK(idx_read(&x, f->name, 3, &e) && x.v[5] == 'f');
    idx_free(&x);
    CHECK(!idx_read(&x, folder_file(f, "none"), 3, &e));
    CHECK(!idx_sides(&x, folder_file(f, "none"), 3, &e));
}

int main(void) {
    Folder f = folder_make();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(cases[i].v, cases[i].n, cases[i].rank, cases[i].wrong);
    check_values();
    check_packed();
    check_files(&f);
    folder_remove(&f);
    return test_end("idx");
}
