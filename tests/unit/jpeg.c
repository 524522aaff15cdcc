/* jpeg.c — JPEG files of every kind become the colours that went in, the right way up; what is
 * missing or damaged is refused. */
#include "runtime/data/picture.h"

#include "tests/tools/write_jpeg.h"
#include "tests/unit/test.h"

// Four fields of one colour each: top left, top right, bottom left, bottom right.
enum { W = 32, H = 16, NEAR = 3 };

typedef struct Fields { uint8_t v[4][4]; } Fields;

static const Fields rgb = {{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}}};
static const Fields gray = {{{0}, {80}, {160}, {255}}};
// Ink: 0 is paper, 255 is full; red is magenta and yellow, and so on. The last is half black.
static const Fields ink = {{{0, 255, 255, 0}, {255, 0, 255, 0}, {255, 255, 0, 0}, {0, 0, 0, 128}}};

static void paint(const Fields *f, int c, bool invert, uint8_t *v) {
    for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
        for (int k = 0; k < c; k++) {
            const uint8_t colour = f->v[(y >= H / 2) * 2 + (x >= W / 2)][k];
            *v++ = invert ? 255 - colour : colour;
        }
}

static uint8_t *encode(const JpegKind *k, const Fields *f, bool invert, size_t *len) {
    uint8_t v[W * H * 4];
    paint(f, k->pixels == JCS_GRAYSCALE ? 1 : k->pixels == JCS_CMYK ? 4 : 3, invert, v);
    return jpeg_write(k, v, W, H, len);
}

// A copy of exactly that many bytes, so that a read behind them is found.
static bool parse(Picture *p, const uint8_t *bytes, size_t n, Error *e) {
    uint8_t *copy = malloc(n + !n);
    memcpy(copy, bytes, n);
    const bool ok = picture_parse(p, copy, n, "file", e);
    free(copy);
    return ok;
}

// The middle of field k.
static bool field_is(const Picture *p, int k, const uint8_t *want) {
    const int y = p->h / 4 + (k / 2) * p->h / 2, x = p->w / 4 + (k % 2) * p->w / 2;
    const uint8_t *got = p->v + ((size_t)y * (size_t)p->w + (size_t)x) * (size_t)p->c;
    for (int c = 0; c < p->c; c++)
        if (abs(got[c] - want[c]) > NEAR) return false;
    return true;
}

static bool equals(const Picture *p, int w, int h, int c, const Fields *f) {
    if (p->w != w || p->h != h || p->c != c) return false;
    for (int k = 0; k < 4; k++)
        if (!field_is(p, k, f->v[k])) return false;
    return true;
}

// ---- kinds --------------------------------------------------------------------------------------

static const Fields printed = {{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {127, 127, 127}}};

static const struct {
    JpegKind kind;
    const Fields *in;
    bool invert;
    int c;
    const Fields *out;
} kinds[] = {
    {{.pixels = JCS_GRAYSCALE, .file = JCS_GRAYSCALE}, &gray, false, 1, &gray},
    {{.pixels = JCS_GRAYSCALE, .file = JCS_GRAYSCALE, .progressive = true}, &gray, false, 1, &gray},
    {{.pixels = JCS_RGB, .file = JCS_YCbCr}, &rgb, false, 3, &rgb},
    {{.pixels = JCS_RGB, .file = JCS_YCbCr, .halved = true}, &rgb, false, 3, &rgb},
    {{.pixels = JCS_RGB, .file = JCS_YCbCr, .progressive = true}, &rgb, false, 3, &rgb},
    {{.pixels = JCS_RGB, .file = JCS_YCbCr, .restart = 1}, &rgb, false, 3, &rgb},
    {{.pixels = JCS_RGB, .file = JCS_RGB}, &rgb, false, 3, &rgb},
    {{.pixels = JCS_CMYK, .file = JCS_CMYK}, &ink, true, 3, &printed}, // Adobe writes all four inverted
    {{.pixels = JCS_CMYK, .file = JCS_YCCK}, &ink, true, 3, &printed},
    {{.pixels = JCS_CMYK, .file = JCS_CMYK, .no_adobe = true}, &ink, false, 3, &printed},
};

static void check_kinds(void) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n;
        Picture p;
        Error e = {""};
        uint8_t *v = encode(&kinds[i].kind, kinds[i].in, kinds[i].invert, &n);
        if (!CHECK(parse(&p, v, n, &e))) printf("kind %zu: %s\n", i, e.text);
        else if (!CHECK(equals(&p, W, H, kinds[i].c, kinds[i].out))) printf("kind %zu\n", i);
        picture_free(&p);
        CHECK(picture_sides(&p, v, n, "file", &e) && !p.v);
        CHECK(p.w == W && p.h == H && p.c == kinds[i].c);
        free(v);
    }
}

// ---- the right way up ---------------------------------------------------------------------------

// Which fields are seen, in the order top left, top right, bottom left, bottom right.
static const struct { int orientation, seen[4]; } turned[] = {
    {1, {0, 1, 2, 3}}, {2, {1, 0, 3, 2}}, {3, {3, 2, 1, 0}}, {4, {2, 3, 0, 1}},
    {5, {0, 2, 1, 3}}, {6, {2, 0, 3, 1}}, {7, {3, 1, 2, 0}}, {8, {1, 3, 0, 2}},
    {9, {0, 1, 2, 3}}, // there is no ninth way
};

static void check_turned(const Fields *f, J_COLOR_SPACE space) {
    for (size_t i = 0; i < sizeof turned / sizeof *turned; i++) {
        const int o = turned[i].orientation, c = space == JCS_RGB ? 3 : 1;
        const bool across = o >= 5 && o <= 8;
        const JpegKind kind = {.pixels = space, .file = space, .orientation = o};
        Fields want;
        size_t n;
        Picture p;
        Error e = {""};
        for (int k = 0; k < 4; k++) memcpy(want.v[k], f->v[turned[i].seen[k]], 4);
        uint8_t *v = encode(&kind, f, false, &n);
        if (CHECK(parse(&p, v, n, &e)) &&
            !CHECK(equals(&p, across ? H : W, across ? W : H, c, &want)))
            printf("orientation %d\n", o);
        picture_free(&p);
        CHECK(picture_sides(&p, v, n, "file", &e) && p.w == (across ? H : W));
        free(v);
    }
}

// ---- damage -------------------------------------------------------------------------------------

static void expect_refused(const uint8_t *v, size_t n, const char *wrong) {
    Picture p;
    Error e = {""};
    CHECK(!parse(&p, v, n, &e) && !p.v);
    if (!CHECK(strstr(e.text, wrong))) printf("got \"%s\", want \"%s\"\n", e.text, wrong);
    picture_free(&p);
}

// Every file that is cut short is refused, also where libjpeg would fill up with gray.
static void check_cut(bool progressive) {
    const JpegKind kind = {.pixels = JCS_RGB, .file = JCS_YCbCr, .progressive = progressive};
    size_t n;
    uint8_t *v = encode(&kind, &rgb, false, &n);
    for (size_t cut = 0; cut < n; cut++) expect_refused(v, cut, "file: ");
    expect_refused(v, n - 1, "Premature end of JPEG file");
    free(v);
}

// A file with bytes inserted at a place.
static uint8_t *with_junk(const uint8_t *v, size_t n, size_t at, const char *junk, size_t m) {
    uint8_t *out = malloc(n + m);
    memcpy(out, v, at);
    memcpy(out + at, junk, m);
    memcpy(out + at + m, v + at, n - at);
    return out;
}

// Bytes that belong to nothing are passed over, wherever a marker may stand; what is missing behind
// them is still found.
static void check_junk(void) {
    static const JpegKind kind = {.pixels = JCS_RGB, .file = JCS_YCbCr};
    static const char junk[] = {1, 2, 3, 4, 5};
    size_t n;
    uint8_t *v = encode(&kind, &rgb, false, &n);
    const size_t first = 2 + 2 + (size_t)(v[4] << 8 | v[5]); // behind the first segment
    const size_t places[] = {first, n - 2, n};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        Picture p;
        Error e = {""};
        uint8_t *w = with_junk(v, n, places[i], junk, sizeof junk);
        if (!CHECK(parse(&p, w, n + sizeof junk, &e) && equals(&p, W, H, 3, &rgb)))
            printf("junk at %zu of %zu: %s\n", places[i], n, e.text);
        picture_free(&p);
        if (places[i] < n - 2) expect_refused(w, n - 4, "remature end");
        free(w);
    }
    free(v);
}

// Every single bit the other way round: a picture or a message. The header's are noticed.
static void check_flips(void) {
    static const JpegKind kind = {.pixels = JCS_RGB, .file = JCS_YCbCr, .restart = 1};
    int refused = 0, accepted = 0, silent = 0;
    size_t n;
    uint8_t *v = encode(&kind, &rgb, false, &n);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        Picture p;
        Error e = {""};
        v[bit / 8] ^= (uint8_t)(1 << bit % 8);
        const bool ok = parse(&p, v, n, &e);
        v[bit / 8] ^= (uint8_t)(1 << bit % 8);
        accepted += ok;
        refused += !ok;
        silent += !ok && !e.text[0];
        picture_free(&p);
    }
    CHECK(refused > 500 && accepted > 500 && silent == 0);
    uint8_t *restart = memmem(v, n, "\xFF\xD0", 2);
    if (CHECK(restart)) restart[1] = 0xD3; // another one than is due
    expect_refused(v, n, "cannot be read");
    free(v);
}

static void check_scans(void) {
    static const JpegKind kind = {.pixels = JCS_RGB, .file = JCS_YCbCr, .many_scans = true};
    size_t n;
    uint8_t *v = encode(&kind, &rgb, false, &n);
    expect_refused(v, n, "more than 100 scans");
    free(v);
}

// Puts other sides into the header.
static void check_sides(void) {
    static const JpegKind kind = {.pixels = JCS_GRAYSCALE, .file = JCS_GRAYSCALE};
    static const struct { uint8_t sides[4]; const char *wrong; } rows[] = {
        {{0, 16, 0, 0}, "Empty JPEG image"},
        {{0, 0, 0, 32}, "Empty JPEG image"},
        {{0xFF, 0xDC, 0xFF, 0xDC}, "65500 x 65500 pixels are too many"},
        {{0x40, 0, 0x10, 1}, "4097 x 16384 pixels are too many"},
        {{0x20, 0, 0x20, 0}, "remature end"}, // within the limits, but not there
    };
    size_t n;
    uint8_t *v = encode(&kind, &gray, false, &n);
    uint8_t *sof = memmem(v, n, "\xFF\xC0", 2);
    for (size_t i = 0; CHECK(sof) && i < sizeof rows / sizeof *rows; i++) {
        memcpy(sof + 5, rows[i].sides, 4);
        expect_refused(v, n, rows[i].wrong);
    }
    free(v);
}

int main(void) {
    check_kinds();
    check_turned(&rgb, JCS_RGB);
    check_turned(&gray, JCS_GRAYSCALE);
    check_cut(false);
    check_cut(true);
    check_junk();
    check_flips();
    check_scans();
    check_sides();
    return test_end("jpeg");
}
