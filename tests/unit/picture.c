/* picture.c — pictures become the bytes that were worked out by hand, or are refused. */
#include "runtime/data/picture.h"

#include <png.h>

#include "tests/unit/folder.h"
#include "tests/unit/test.h"

#define ROW(text, w, h, c, pixels) {text, sizeof(text) - 1, w, h, c, pixels, NULL}
#define BAD(text, wrong) {text, sizeof(text) - 1, 0, 0, 0, NULL, wrong}

static const struct {
    const char *v;
    size_t n;
    int w, h, c;
    const char *pixels, *wrong;
} cases[] = {
    ROW("P5 2 1 255\nab", 2, 1, 1, "ab"),
    ROW("P5 2 1 255\nab more", 2, 1, 1, "ab"),
    ROW("P6\n# comment\n1 # another\n2\n255 abcdef", 1, 2, 3, "abcdef"),
    ROW("P2 3 1 255\n0 128\n# x\n255", 3, 1, 1, "\0\x80\xff"),
    ROW("P2 3 1 4 0 1 4", 3, 1, 1, "\0\x40\xff"),
    ROW("P5 2 1 1\n\0\1", 2, 1, 1, "\0\xff"),
    ROW("P3 1 1 255\n1 2 3\n", 1, 1, 3, "\1\2\3"),
    BAD("", "is empty"),
    BAD("P5", "the file ends here"),
    BAD("P5 2", "the file ends here"),
    BAD("P5 9 9 255\n", "too short for its pixels"),
    BAD("P5 1 1 255", "expected white space"),
    BAD("P5 2 1 255\na", "ends after 1 of 2 bytes"),
    BAD("P5 2 1 65535 aabb", "values up to 65535"),
    BAD("P5 2 1 0 ab", "values up to 0"),
    BAD("P5 2 1 3 a\1", "a pixel above the largest value"),
    BAD("P2 2 1 3 4 1", "a number above 3"),
    BAD("P5 0 1 255 ", "has no pixels"),
    BAD("P5 -2 1 255 ab", "expected a number"),
    BAD("P5 16385 1 255 ab", "a number above 16384"),
    BAD("P5 99999999999999999999 1 255 ab", "a number above 16384"),
    BAD("P5 16384 16384 255 ab", "too short for its pixels"),
    BAD("\xFF\xD8", "this is the beginning of a JPEG and nothing more"),
    BAD("\xFF\xD8\xFF\xE0", "the JPEG cannot be read: Premature end of JPEG file"),
    BAD("GIF89a", "this is a GIF picture; save it as PNG or JPEG"),
    BAD("RIFF1234WEBPVP8 ", "this is a WebP picture; save it as PNG or JPEG"),
    BAD("\0\0\0\x20" "ftypheic", "this is a HEIC or AVIF picture"),
    BAD("<html>", "this is a web page or other text, not a picture"),
    BAD("PK\3\4", "this is a ZIP archive, not a picture"),
    BAD("hello", "is not a picture"),
    BAD("\x89PNG\r\n\x1a\n", "the PNG is damaged"),
};

static bool parse(Picture *p, const void *v, size_t n, Error *e) {
    uint8_t *bytes = malloc(n + !n);
    memcpy(bytes, v, n);
    const bool ok = picture_parse(p, bytes, n, "file", e);
    free(bytes);
    return ok;
}

static bool equals(const Picture *p, int w, int h, int c, const char *pixels) {
    return p->w == w && p->h == h && p->c == c && !memcmp(p->v, pixels, (size_t)(w * h * c));
}

static void check_case(size_t i) {
    Error e = {""};
    Picture p;
    const bool ok = parse(&p, cases[i].v, cases[i].n, &e);
    const char *wrong = cases[i].wrong;
    if (!CHECK(ok == !wrong)) printf("case %zu: %s\n", i, e.text);
    if (wrong && !CHECK(strstr(e.text, wrong))) printf("got \"%s\", want \"%s\"\n", e.text, wrong);
    if (wrong) CHECK(!p.v && strncmp(e.text, "file: ", 6) == 0);
    if (ok) CHECK(equals(&p, cases[i].w, cases[i].h, cases[i].c, cases[i].pixels));
    picture_free(&p);
}

// ---- PNG ----------------------------------------------------------------------------------------

// How numbers in a PNG become bytes: gray stays gray, alpha lies over black, 16 bits become 8.
static const struct {
    int type, depth;
    const char *row; // two pixels
    int c;
    const char *pixels;
} pngs[] = {
    {PNG_COLOR_TYPE_GRAY, 8, "\x10\xf0", 1, "\x10\xf0"},
    {PNG_COLOR_TYPE_GRAY, 1, "\x40", 1, "\0\xff"},
    {PNG_COLOR_TYPE_GRAY, 16, "\x80\x80\xff\xff", 1, "\x80\xff"},
    {PNG_COLOR_TYPE_RGB, 8, "abcdef", 3, "abcdef"},
    {PNG_COLOR_TYPE_GRAY_ALPHA, 8, "\xff\x80\xc8\xff", 1, "\x80\xc8"},
    {PNG_COLOR_TYPE_RGB_ALPHA, 8, "\xff\x80\0\0\xff\x80\0\xff", 3, "\0\0\0\xff\x80\0"},
    {PNG_COLOR_TYPE_PALETTE, 8, "\1\0", 3, "\4\5\6\1\2\3"},
};

// Writes 2 x 1 pixels as a PNG file, by the interface that the reader does not use.
static void png_put(Folder *f, int type, int depth, const char *row) {
    FILE *out = fopen(folder_file(f, "x.png"), "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    const png_color palette[] = {{1, 2, 3}, {4, 5, 6}};
    png_init_io(png, out);
    png_set_IHDR(png, info, 2, 1, depth, type, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
                 PNG_FILTER_TYPE_BASE);
    if (type == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(png, info, palette, 2);
    png_write_info(png, info);
    png_write_row(png, (png_const_bytep)row);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    fclose(out);
}

static void check_png(Folder *f, size_t i) {
    Error e;
    Picture p;
    png_put(f, pngs[i].type, pngs[i].depth, pngs[i].row);
    if (CHECK(picture_read(&p, f->name, &e)))
        if (!CHECK(equals(&p, 2, 1, pngs[i].c, pngs[i].pixels))) printf("PNG %zu\n", i);
    picture_free(&p);
}

static void check_png_damage(Folder *f) {
    Error e;
    Picture p;
    size_t n;
    png_put(f, PNG_COLOR_TYPE_RGB, 8, "abcdef");
    char *v = io_read(f->name, 1 << 20, &n, &e);
    const size_t end = n - 12; // the IEND chunk says nothing about the pixels
    for (size_t cut = 0; v && cut < end; cut++) CHECK(!parse(&p, v, cut, &e));
    v[20] ^= 1; // the width, which has a checksum
    CHECK(!parse(&p, v, n, &e) && strstr(e.text, "CRC"));
    free(v);
    CHECK(!picture_read(&p, folder_file(f, "none"), &e));
}

// ---- channels and sizes -------------------------------------------------------------------------

static void check_channels(void) {
    Error e;
    Picture gray, rgb;
    uint8_t colours[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 10, 10};
    const Picture p = {4, 1, 3, colours};
    if (!CHECK(picture_channels(&gray, &p, 1, &e))) return;
    CHECK(equals(&gray, 4, 1, 1, "\x4c\x96\x1d\x0a")); // 76.245, 149.685, 29.07, 10
    CHECK(picture_channels(&rgb, &gray, 3, &e));
    CHECK(equals(&rgb, 4, 1, 3, "\x4c\x4c\x4c\x96\x96\x96\x1d\x1d\x1d\x0a\x0a\x0a"));
    picture_free(&gray);
    picture_free(&rgb);
}

static const struct { int h, w; const char *from; int h2, w2; const char *to; } sizes[] = {
    {1, 4, "\0\x10\x20\x40", 1, 2, "\x08\x30"},              // means of two
    {2, 2, "\0\x10\x20\x40", 1, 1, "\x1c"},                  // mean of four
    {1, 3, "\0\x1e\x3c", 1, 2, "\x0a\x32"},                  // (0 + 15)/1.5, (15 + 60)/1.5
    {1, 2, "\0\x40", 1, 4, "\0\x10\x30\x40"},                // at -1/4 (kept at 0), 1/4, 3/4, 5/4
    {2, 1, "\0\x40", 4, 1, "\0\x10\x30\x40"},
    {2, 3, "abcdef", 2, 3, "abcdef"},
    {1, 1, "a", 2, 2, "aaaa"},
};

static void check_sizes(void) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Error e;
        Picture out;
        uint8_t from[16];
        memcpy(from, sizes[i].from, (size_t)(sizes[i].h * sizes[i].w));
        const Picture p = {sizes[i].w, sizes[i].h, 1, from};
        if (!CHECK(picture_resize(&out, &p, sizes[i].h2, sizes[i].w2, &e))) continue;
        if (!CHECK(equals(&out, sizes[i].w2, sizes[i].h2, 1, sizes[i].to))) printf("size %zu\n", i);
        picture_free(&out);
    }
}

int main(void) {
    Folder f = folder_make();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_case(i);
    for (size_t i = 0; i < sizeof pngs / sizeof *pngs; i++) check_png(&f, i);
    check_png_damage(&f);
    check_channels();
    check_sizes();
    folder_remove(&f);
    return test_end("picture");
}
