/* safetensors.c — good files are read, bad ones refused with the reason, and what is written is
 * what comes back, byte for byte the same each time. */
#include "runtime/safetensors.h"

#include "runtime/json.h"
#include "runtime/utf8.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

#define ENTRY(dtype, shape, lo, hi) \
    "{\"dtype\":\"" dtype "\",\"shape\":[" shape "],\"data_offsets\":[" #lo "," #hi "]}"
#define A "\"a\":" ENTRY("F32", "2,2", 0, 16)
#define SHAPED(shape, hi) "{\"a\":" ENTRY("F32", shape, 0, hi) "}"

// A header, how many bytes of data follow, and a part of the message (NULL: it is fine).
static const struct { const char *header; int data; const char *wrong; } cases[] = {
    {"{" A "}", 16, NULL},
    {"{" A "}    ", 16, NULL},
    {"{}", 0, NULL},
    {"{\"__metadata__\":null," A "}", 16, NULL},
    {"{\"__metadata__\":{\"k\":\"v\"}," A "}", 16, NULL},
    {SHAPED("", 4), 4, NULL},
    {SHAPED("0,3", 0), 0, NULL},
    {SHAPED("1,1,1,1,1,1,1,1", 4), 4, NULL},
    {"{\"b\":" ENTRY("U8", "1", 0, 1) ",\"a\":" ENTRY("F32", "1", 1, 5) "}", 5, NULL},
    {"{\"\\u0061\\ud83d\\ude00\\n\":" ENTRY("U8", "1", 0, 1) "}", 1, NULL},
    {"", 0, "byte 8: the header must begin with '{'"},
    {" {" A "}", 16, "byte 8: the header must begin with '{'"},
    {"[]", 0, "byte 8: the header must begin with '{'"},
    {"{hello}", 0, "byte 9: expected a text in quotes"},
    {"{" A "}x", 16, "text after the end"},
    {"{" A, 16, "expected '}'"},
    {"{" A ",}", 16, "expected a text in quotes"},
    {"{\"\xff\":1}", 0, "byte 10: the header is not UTF-8"},
    {"{" A "," A "}", 16, "tensor \"a\" twice"},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ twice"},
    {"{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "metadata \"k\" twice"},
    {"{\"__metadata__\":{\"k\":1}}", 0, "expected a text in quotes"},
    {"{\"__metadata__\":{\"crc32c\":\"00000000\"}," A "}", 16, "damaged"},
    {"{\"a\":{\"dtype\":\"F32\",\"x\":1}}", 4, "a field that the format does not have"},
    {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 4, "the same field twice"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "it needs dtype, shape and data_offsets"},
    {"{\"a\":" ENTRY("F8_E4M3", "1", 0, 1) "}", 1, "dtype F8_E4M3 is not one cnnrun reads"},
    {"{\"a\":" ENTRY("f32", "1", 0, 4) "}", 4, "dtype f32 is not one cnnrun reads"},
    {"{\"\":" ENTRY("F32", "1", 0, 4) "}", 4, "a name has 1 to 256 bytes"},
    {"{\"a\\u0000b\":{}}", 0, "must not hold NUL"},
    {"{\"\\ud800\":{}}", 0, "half of a surrogate pair"},
    {"{\"\\udc00\":{}}", 0, "half of a surrogate pair"},
    {"{\"\\ud800\\ud800\":{}}", 0, "half of a surrogate pair"},
    {"{\"\\x\":{}}", 0, "unknown character after"},
    {"{\"a\nb\":{}}", 0, "control character"},
    {SHAPED("-1", 4), 4, "a whole number without a sign"},
    {SHAPED("2.0", 8), 8, "expected a whole number"},
    {SHAPED("4e0", 16), 16, "expected a whole number"},
    {SHAPED("04", 16), 16, "does not begin with 0"},
    {SHAPED("18446744073709551616", 16), 16, "above 2^63 - 1"},
    {SHAPED("4294967296,4294967296", 16), 16, "the shape is too large"},
    {SHAPED("4611686018427387905,4", 16), 16, "the shape is too large"},
    {SHAPED("0,4611686018427387904,4611686018427387904", 0), 0, "the shape is too large"},
    {SHAPED("1,1,1,1,1,1,1,1,1", 4), 4, "more than 8 sides"},
    {SHAPED("[1]", 4), 4, "a whole number"},
    {SHAPED("2,2", 12), 12, "12 bytes for 4 numbers of type F32"},
    {SHAPED("2,2", 16), 8, "past the end of the file"},
    {SHAPED("1", 4), 5, "1 bytes that belong to no tensor"},
    {"{\"a\":" ENTRY("U8", "0", 1, 0) "}", 2, "end before they begin"},
    {"{\"a\":{\"data_offsets\":[0,1,2]}}", 2, "expected ']'"},
    {"{\"a\":" ENTRY("U8", "1", 1, 2) "}", 2, "begins here, not at byte"},
    {"{\"a\":" ENTRY("U8", "2", 0, 2) ",\"b\":" ENTRY("U8", "2", 1, 3) "}", 3,
     "tensor \"b\" begins here"},
};

// The bytes of a file with this header; malloc'd to their exact number, so that a reader that goes
// further is noticed.
static char *file_of(const char *header, size_t n_data, size_t *len) {
    const uint64_t n = strlen(header);
    *len = 8 + n + n_data;
    char *v = calloc(1, *len);
    memcpy(v, &n, 8);
    memcpy(v + 8, header, n);
    return v;
}

static void check_case(const char *header, int data, const char *wrong) {
    Error e = {""};
    StFile f;
    size_t len;
    char *v = file_of(header, (size_t)data, &len);
    const bool ok = st_parse(&f, v, len, "x.safetensors", &e);
    if (!CHECK(ok == !wrong)) printf("%s\n%s\n", header, e.text);
    if (wrong && !CHECK(strstr(e.text, wrong))) printf("got \"%s\", want \"%s\"\n", e.text, wrong);
    if (wrong) CHECK(strncmp(e.text, "x.safetensors: ", 15) == 0);
    if (ok) st_close(&f);
    free(v);
}

static void check_first_bytes(void) {
    static const struct { const char *bytes; size_t n; const char *wrong; } starts[] = {
        {"", 0, "0 bytes are too few"},
        {"\2\0\0\0\0\0\0", 7, "7 bytes are too few"},
        {"\2\0\0\0\0\0\0\0", 8, "a header of 2 bytes does not fit"},
        {"\xff\xff\xff\xff\xff\xff\xff\xff{}", 10, "a header of 18446744073709551615 bytes"},
        {"PK\3\4aaaaaaaa", 12, "is a zip file, as PyTorch writes"},
        {"\x89HDF\r\n\x1a\n", 8, "is an HDF5 file"},
    };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        Error e;
        StFile f;
        CHECK(!st_parse(&f, starts[i].bytes, starts[i].n, "x", &e));
        if (!CHECK(strstr(e.text, starts[i].wrong))) printf("got \"%s\"\n", e.text);
    }
}

// Every shortened form of a good file is refused.
static void check_cuts(void) {
    size_t len;
    char *v = file_of("{" A "}", 16, &len);
    for (size_t n = 0; n < len; n++) {
        Error e;
        StFile f;
        char *cut = malloc(n + !n);
        memcpy(cut, v, n);
        CHECK(!st_parse(&f, cut, n, "x", &e));
        free(cut);
    }
    free(v);
}

// Deep nesting is a mistake at the second bracket, not a matter of stack.
static void check_depth(void) {
    enum { DEEP = 1000000 };
    Error e;
    StFile f;
    size_t len;
    char *header = malloc(DEEP + 6);
    memcpy(header, "{\"a\":", 5);
    memset(header + 5, '[', DEEP);
    header[DEEP + 5] = 0;
    char *v = file_of(header, 0, &len);
    CHECK(!st_parse(&f, v, len, "x", &e));
    CHECK(strstr(e.text, "byte 13: expected '{'"));
    free(v);
    free(header);
}

// ---- numbers ------------------------------------------------------------------------------------

static const struct { DType type; const char *bytes; double value; } numbers[] = {
    {DT_F16, "\x00\x3c", 1},     {DT_F16, "\x00\xc0", -2},      {DT_F16, "\xff\x7b", 65504},
    {DT_F16, "\x01\x00", 0x1p-24}, {DT_F16, "\x00\x7c", INFINITY}, {DT_BF16, "\x80\x3f", 1},
    {DT_BF16, "\x20\xc1", -10},  {DT_U8, "\xff", 255},          {DT_I8, "\xff", -1},
    {DT_BOOL, "\1", 1},          {DT_I16, "\xfe\xff", -2},      {DT_U16, "\xfe\xff", 65534},
    {DT_I32, "\xff\xff\xff\xff", -1}, {DT_U32, "\xff\xff\xff\xff", 4294967295.0},
    {DT_F32, "\0\0\x80\x3e", 0.25}, {DT_F64, "\0\0\0\0\0\0\xd0\x3f", 0.25},
    {DT_I64, "\xff\xff\xff\xff\xff\xff\xff\xff", -1}, {DT_U64, "\2\0\0\0\0\0\0\0", 2},
};

static void check_numbers(void) {
    char place[9];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const StTensor t = {.dtype = numbers[i].type, .len = 1, .v = place + 1};
        memcpy(place + 1, numbers[i].bytes, st_dtype_size(t.dtype));
        if (!CHECK(st_number(&t, 0) == numbers[i].value)) printf("%s\n", st_dtype_name(t.dtype));
    }
    const StTensor nan = {.dtype = DT_F16, .len = 1, .v = "\1\x7c"};
    CHECK(isnan(st_number(&nan, 0)));
}

// ---- writing ------------------------------------------------------------------------------------

static const float some[] = {1, -2, 0.5f, 3, 4, 5};
static const uint64_t counts[] = {7, UINT64_MAX};

static const StTensor written[] = {
    {.name = "b.weight", .dtype = DT_F32, .rank = 2, .dim = {2, 3}, .len = 6, .v = some},
    {.name = "a.bias", .dtype = DT_F32, .rank = 1, .dim = {1}, .len = 1, .v = some},
    {.name = "flag", .dtype = DT_U8, .rank = 1, .dim = {3}, .len = 3, .v = "\1\0\1"},
    {.name = "run/\xc3\xa9\n\"", .dtype = DT_U64, .rank = 1, .dim = {2}, .len = 2, .v = counts},
    {.name = "none", .dtype = DT_F32, .rank = 2, .dim = {0, 4}, .len = 0, .v = NULL},
    {.name = "one", .dtype = DT_F64, .rank = 0, .len = 1, .v = "\0\0\0\0\0\0\xd0\x3f"},
};
enum { N_WRITTEN = sizeof written / sizeof *written };

static const StMeta meta[] = {{"model", "data mnist\n\tconv 2 5x5 # \"first\" \\ \x01"}, {"k", ""}};

static void check_found(const StFile *f, const StTensor *want) {
    const StTensor *t = st_find(f, want->name);
    if (!CHECK(t != NULL)) return;
    CHECK(t->dtype == want->dtype && t->rank == want->rank && t->len == want->len);
    CHECK(memcmp(t->dim, want->dim, sizeof t->dim) == 0);
    CHECK(!t->len || memcmp(t->v, want->v, t->len * st_dtype_size(t->dtype)) == 0);
}

static void check_round(Folder *folder) {
    Error e;
    StFile f;
    size_t n, m;
    char *path = strdup(folder_file(folder, "x.safetensors"));
    CHECK(st_write(path, written, N_WRITTEN, meta, 2, &e));
    char *once = io_read(path, 1 << 20, &n, &e);
    CHECK(st_write(path, written, N_WRITTEN, meta, 2, &e));
    char *twice = io_read(path, 1 << 20, &m, &e);
    CHECK(once && twice && n == m && memcmp(once, twice, n) == 0);
    if (CHECK(st_open(&f, path, &e))) {
        CHECK(f.n == N_WRITTEN && f.n_meta == 3);
        for (int i = 0; i < N_WRITTEN; i++) check_found(&f, &written[i]);
        CHECK_TEXT(st_meta(&f, "model"), meta[0].text);
        CHECK_TEXT(st_meta(&f, "k"), "");
        CHECK(!st_meta(&f, "l") && !st_find(&f, "c"));
        const StTensor *first_f32 = st_find(&f, "a.bias");
        CHECK(first_f32 && ((const char *)first_f32->v - (const char *)f.memory[0]) % 8 == 0);
        st_close(&f);
    } else printf("%s\n", e.text);
    once[n - 1] ^= 1; // the last byte of the data: only the checksum can know
    CHECK(!st_parse(&f, once, n, "x", &e) && strstr(e.text, "damaged"));
    free(once);
    free(twice);
    free(path);
}

static void check_refused(Folder *folder) {
    Error e;
    char name[ST_NAME + 2];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    StTensor t = written[1];
    const char *path = folder_file(folder, "refused");
    t.name = name;
    CHECK(!st_write(path, &t, 1, NULL, 0, &e));
    t.name = "\xff";
    CHECK(!st_write(path, &t, 1, NULL, 0, &e));
    t.name = "fine";
    CHECK(!st_write(path, &t, 1, &(StMeta){"k", "\xc3"}, 1, &e));
    CHECK(!io_exists(path));
    CHECK(st_write(path, &t, 1, NULL, 0, &e));
    CHECK(st_write(path, NULL, 0, NULL, 0, &e));
}

// ---- texts --------------------------------------------------------------------------------------

static const struct { const char *text; size_t bad; } texts[] = {
    {"abc", 3}, {"\xc3\xa9", 2}, {"\xe2\x82\xac", 3}, {"\xf0\x9f\x98\x80", 4}, {"a\xc0\x80", 1},
    {"\xe0\x9f\xbf", 0}, {"\xed\xa0\x80", 0}, {"\xf4\x90\x80\x80", 0}, {"\xf0\x8f\x80\x80", 0},
    {"ab\xe2\x82", 2}, {"\x80", 0}, {"\xfe", 0},
};

static void check_texts(void) {
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK(utf8_bad(texts[i].text, strlen(texts[i].text)) == texts[i].bad);
    CHECK(utf8_bad("a\0b", 3) == 1);
    char *clean = utf8_clean("a\xff\xc3\xa9\xe2", 5);
    CHECK_TEXT(clean, "a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd");
    free(clean);
}

int main(void) {
    Folder folder = folder_make();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(cases[i].header, cases[i].data, cases[i].wrong);
    check_first_bytes();
    check_cuts();
    check_depth();
    check_numbers();
    check_round(&folder);
    check_refused(&folder);
    check_texts();
    folder_remove(&folder);
    return test_end("safetensors");
}
