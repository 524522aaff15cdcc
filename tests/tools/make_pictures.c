/* make_pictures.c — writes pictures for tests: odd ones that can be read, and broken ones.
 *
 *     make_pictures odd DIR      make_pictures bad DIR      make_pictures many DIR N
 *
 * Odd ones show the same: 32 × 16 pixels in four fields, red, green, blue and white, or four grays.
 * DIR/manifest.tsv says of each: its name, accept or reject, what the message must say, and what is
 * odd about it. `many` makes DIR/a and DIR/b with N pictures together, most of them hard links. */
#include <png.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/tools/write_jpeg.h"

enum { W = 32, H = 16, MAX_FILE = 1 << 20 };

// ---- files --------------------------------------------------------------------------------------

typedef struct Out { const char *folder; FILE *manifest; } Out;

static void put(const Out *o, const char *name, const void *v, size_t n, const char *verdict,
                const char *says, const char *why) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", o->folder, name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(v, 1, n, f) != n || fclose(f) != 0) {
        perror(path);
        exit(1);
    }
    fprintf(o->manifest, "%s\t%s\t%s\t%s\n", name, verdict, says, why);
}

static void put_good(const Out *o, const char *name, const void *v, size_t n, const char *why) {
    put(o, name, v, n, "accept", "", why);
}

// ---- what is seen -------------------------------------------------------------------------------

static const uint8_t fields[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
static const uint8_t grays[4] = {0, 85, 170, 255};

static int field_at(int x, int y) { return (y >= H / 2) * 2 + (x >= W / 2); }

// The bytes of a pixel in field k; c is 1 (gray), 3 (RGB) or 4 (ink: cyan, magenta, yellow, black).
static void paint(uint8_t *v, int c, bool invert) {
    for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
        for (int i = 0; i < c; i++) {
            const int k = field_at(x, y);
            int colour = c == 1 ? grays[k] : i == 3 ? 0 : fields[k][i];
            if (c == 4 && i < 3) colour = 255 - colour;
            *v++ = (uint8_t)(invert ? 255 - colour : colour);
        }
}

// ---- JPEG ---------------------------------------------------------------------------------------

static uint8_t *scene_jpeg(const JpegKind *k, bool invert, size_t *len) {
    uint8_t v[W * H * 4];
    paint(v, k->pixels == JCS_GRAYSCALE ? 1 : k->pixels == JCS_CMYK ? 4 : 3, invert);
    return jpeg_write(k, v, W, H, len);
}

#define COLOUR .pixels = JCS_RGB, .file = JCS_YCbCr

static const struct { const char *name; JpegKind kind; bool invert; const char *why; } jpegs[] = {
    {"gray.jpg", {.pixels = JCS_GRAYSCALE, .file = JCS_GRAYSCALE}, false, "gray"},
    {"colour.jpg", {COLOUR}, false, "nothing odd at all"},
    {"halved.jpg", {COLOUR, .halved = true}, false, "colours at half the sides"},
    {"progressive.jpg", {COLOUR, .progressive = true}, false, "progressive"},
    {"restart.jpg", {COLOUR, .restart = 1}, false, "restart markers"},
    {"rgb.jpg", {.pixels = JCS_RGB, .file = JCS_RGB}, false, "RGB without conversion"},
    {"cmyk.jpg", {.pixels = JCS_CMYK, .file = JCS_CMYK}, true, "four inks, inverted, as Adobe writes"},
    {"ycck.jpg", {.pixels = JCS_CMYK, .file = JCS_YCCK}, true, "four inks, converted"},
    {"ink.jpg", {.pixels = JCS_CMYK, .file = JCS_CMYK, .no_adobe = true}, false, "four inks as they are"},
    {"turned-2.jpg", {COLOUR, .orientation = 2}, false, "mirrored"},
    {"turned-3.jpg", {COLOUR, .orientation = 3}, false, "upside down"},
    {"turned-4.jpg", {COLOUR, .orientation = 4}, false, "upside down and mirrored"},
    {"turned-5.jpg", {COLOUR, .orientation = 5}, false, "on its side and mirrored"},
    {"turned-6.jpg", {COLOUR, .orientation = 6}, false, "on its side"},
    {"turned-7.jpg", {COLOUR, .orientation = 7}, false, "on the other side and mirrored"},
    {"turned-8.jpg", {COLOUR, .orientation = 8}, false, "on the other side"},
};

static void odd_jpegs(const Out *o) {
    static const uint8_t junk[] = {1, 2, 3, 4, 5};
    static uint8_t file[MAX_FILE];
    size_t n = 0;
    for (size_t i = 0; i < sizeof jpegs / sizeof *jpegs; i++) {
        uint8_t *v = scene_jpeg(&jpegs[i].kind, jpegs[i].invert, &n);
        put_good(o, jpegs[i].name, v, n, jpegs[i].why);
        free(v);
    }
    uint8_t *v = scene_jpeg(&jpegs[1].kind, false, &n);
    const size_t first = 4 + (size_t)(v[4] << 8 | v[5]); // behind the first segment
    memcpy(file, v, first);
    memcpy(file + first, junk, sizeof junk);
    memcpy(file + first + sizeof junk, v + first, n - first);
    put_good(o, "junk.jpg", file, n + sizeof junk, "bytes before a marker that belong to nothing");
    memcpy(file, v, n);
    memcpy(file + n, junk, sizeof junk);
    put_good(o, "trailing.jpg", file, n + sizeof junk, "bytes behind the end");
    free(v);
}

// Both sides of a JPEG of this kind, changed in its header.
static void put_sides(const Out *o, const char *name, const uint8_t sides[4], const char *says,
                      const char *why) {
    size_t n;
    uint8_t *v = scene_jpeg(&jpegs[1].kind, false, &n), *sof = memmem(v, n, "\xFF\xC0", 2);
    memcpy(sof + 5, sides, 4);
    put(o, name, v, n, "reject", says, why);
    free(v);
}

static void bad_jpegs(const Out *o) {
    static const JpegKind many = {COLOUR, .many_scans = true};
    size_t n;
    uint8_t *v = scene_jpeg(&jpegs[1].kind, false, &n);
    put(o, "cut.jpg", v, n - 20, "reject", "remature end", "cut short");
    put(o, "no-end.jpg", v, n - 2, "reject", "Premature end", "without the end marker");
    put(o, "soi.jpg", v, 2, "reject", "the beginning of a JPEG", "two bytes");
    free(v);
    v = scene_jpeg(&jpegs[3].kind, false, &n);
    put(o, "cut-progressive.jpg", v, n / 2, "reject", "remature end", "progressive, cut in half");
    free(v);
    v = scene_jpeg(&jpegs[4].kind, false, &n);
    uint8_t *restart = memmem(v, n, "\xFF\xD0", 2);
    restart[1] ^= 2;
    put(o, "flip.jpg", v, n, "reject", "cannot be read", "one bit of a marker the other way round");
    free(v);
    v = scene_jpeg(&many, false, &n);
    put(o, "scans.jpg", v, n, "reject", "more than 100 scans", "190 scans");
    free(v);
    put_sides(o, "zero.jpg", (const uint8_t[]){0, 16, 0, 0}, "Empty JPEG image", "width 0");
    put_sides(o, "huge.jpg", (const uint8_t[]){0x75, 0x30, 0x75, 0x30}, "too many", "30000 x 30000");
}

// ---- PNG ----------------------------------------------------------------------------------------

static const struct { const char *name; int type, depth; bool interlaced, transparent; const char *why; }
pngs[] = {
    {"gray1.png", PNG_COLOR_TYPE_GRAY, 1, false, false, "one bit per pixel"},
    {"gray16.png", PNG_COLOR_TYPE_GRAY, 16, false, false, "16 bits, gray"},
    {"rgb16.png", PNG_COLOR_TYPE_RGB, 16, false, false, "16 bits, colour"},
    {"alpha.png", PNG_COLOR_TYPE_RGB_ALPHA, 8, false, true, "red is transparent: black"},
    {"gray-alpha.png", PNG_COLOR_TYPE_GRAY_ALPHA, 8, false, false, "gray with alpha"},
    {"palette.png", PNG_COLOR_TYPE_PALETTE, 8, false, false, "a palette"},
    {"palette-clear.png", PNG_COLOR_TYPE_PALETTE, 2, false, true, "a palette with a transparent colour"},
    {"interlaced.png", PNG_COLOR_TYPE_RGB, 8, true, false, "interlaced"},
    {"png-named.jpg", PNG_COLOR_TYPE_RGB, 8, false, false, "a PNG with another name"},
};

// One pixel of field k, in the bits of a row of a PNG.
static void png_pixel(uint8_t *row, int x, int k, int type, int depth, bool transparent) {
    const bool palette = type == PNG_COLOR_TYPE_PALETTE, colour = type & PNG_COLOR_MASK_COLOR;
    const int bytes = depth == 16 ? 2 : 1, c = colour && !palette ? 3 : 1;
    if (depth < 8) {
        const int v = palette ? k : k >= 2;
        row[x * depth / 8] |= (uint8_t)(v << (8 - depth - x * depth % 8));
        return;
    }
    uint8_t *at = row + x * bytes * (c + !!(type & PNG_COLOR_MASK_ALPHA));
    for (int i = 0; i < c * bytes; i++)
        *at++ = palette ? (uint8_t)k : colour ? fields[k][i / bytes] : grays[k];
    if (type & PNG_COLOR_MASK_ALPHA) *at = transparent && k == 0 ? 0 : 255;
}

static void write_png(const char *path, int type, int depth, bool interlaced, bool transparent) {
    const png_color palette[] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
    const png_byte clear[] = {0};
    FILE *out = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    uint8_t row[H][W * 8] = {{0}};
    png_bytep rows[H];
    if (!out) exit(1);
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) png_pixel(row[y], x, field_at(x, y), type, depth, transparent);
        rows[y] = row[y];
    }
    png_init_io(png, out);
    png_set_IHDR(png, info, W, H, depth, type, interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    if (type == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(png, info, palette, 4);
    if (type == PNG_COLOR_TYPE_PALETTE && transparent) png_set_tRNS(png, info, clear, 1, NULL);
    png_write_info(png, info);
    png_write_image(png, rows);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    fclose(out);
}

static void odd_pngs(const Out *o) {
    for (size_t i = 0; i < sizeof pngs / sizeof *pngs; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", o->folder, pngs[i].name);
        write_png(path, pngs[i].type, pngs[i].depth, pngs[i].interlaced, pngs[i].transparent);
        fprintf(o->manifest, "%s\taccept\t\t%s\n", pngs[i].name, pngs[i].why);
    }
}

static size_t put32(uint8_t *v, size_t at, uint32_t n) {
    for (int i = 0; i < 4; i++) v[at + (size_t)i] = (uint8_t)(n >> (24 - 8 * i));
    return at + 4;
}

static size_t chunk(uint8_t *v, size_t at, const char *type, const void *data, size_t n) {
    at = put32(v, at, (uint32_t)n);
    memcpy(v + at, type, 4);
    if (n) memcpy(v + at + 4, data, n);
    const uint32_t crc = (uint32_t)crc32(crc32(0, NULL, 0), v + at, (uInt)(4 + n));
    return put32(v, at + 4 + n, crc);
}

// A PNG by hand: its header says w × h gray pixels, and it holds `rows` of them, all black.
static size_t black_png(uint8_t *v, uint32_t w, uint32_t h, size_t rows) {
    uint8_t header[13] = {0};
    uLongf packed = MAX_FILE / 2;
    uint8_t *data = malloc(packed), *pixels = calloc(rows, w + 1);
    if (!data || !pixels) exit(1);
    put32(header, 0, w), put32(header, 4, h);
    header[8] = 8; // bits
    if (compress2(data, &packed, pixels, (uLong)(rows * (w + 1)), 9) != Z_OK) exit(1);
    memcpy(v, "\x89PNG\r\n\x1a\n", 8);
    size_t n = chunk(v, 8, "IHDR", header, sizeof header);
    n = chunk(v, n, "IDAT", data, packed);
    free(data), free(pixels);
    return chunk(v, n, "IEND", NULL, 0);
}

static void bad_pngs(const Out *o) {
    static uint8_t v[MAX_FILE];
    size_t n = black_png(v, 40, 30, 30);
    put(o, "cut.png", v, n - 16, "reject", "the PNG is damaged", "cut short");
    v[29] ^= 1;
    put(o, "crc.png", v, n, "reject", "CRC", "a checksum that is wrong");
    n = black_png(v, 40, 30, 29);
    put(o, "short.png", v, n, "reject", "the PNG is damaged", "a row is missing");
    n = black_png(v, 30000, 30000, 3);
    put(o, "claims.png", v, n, "reject", "30000 x 30000 pixels are too many", "claims 900 megapixels");
    n = black_png(v, 10000, 10000, 10000);
    put(o, "bomb.png", v, n, "reject", "10000 x 10000 pixels are too many", "100 megapixels of black");
    n = black_png(v, 0, 5, 5);
    put(o, "zero.png", v, n, "reject", "the PNG is damaged", "width 0");
}

// ---- others -------------------------------------------------------------------------------------

// A BMP with a header of 40 bytes; `tail` follows it.
static size_t bmp(uint8_t *v, int32_t w, int32_t h, uint8_t bits, uint32_t pixels_at, const void *tail,
                  size_t n) {
    const uint32_t number[][2] = {{10, pixels_at}, {14, 40}, {18, (uint32_t)w}, {22, (uint32_t)h}};
    memset(v, 0, 54);
    memcpy(v, "BM", 2);
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        for (int k = 0; k < 4; k++) v[number[i][0] + (uint32_t)k] = (uint8_t)(number[i][1] >> 8 * k);
    v[26] = 1, v[28] = bits;
    memcpy(v + 54, tail, n);
    return 54 + n;
}

static void odd_others(const Out *o) {
    uint8_t v[54 + W * H * 4], rows[W * H * 4], scene[W * H * 3];
    static const char head[] = "P6\n# four fields\n32 16 # sides\n255\n";
    paint(scene, 3, false);
    for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
        for (int i = 0; i < 3; i++)
            rows[((H - 1 - y) * W + x) * 3 + i] = scene[(y * W + x) * 3 + 2 - i];
    put_good(o, "plain.bmp", v, bmp(v, W, H, 24, 54, rows, W * H * 3), "BMP, bottom row first");
    for (int i = 0; i < W * H; i++)
        for (int k = 0; k < 4; k++) rows[4 * i + k] = k < 3 ? scene[3 * i + 2 - k] : 0;
    put_good(o, "top-first.bmp", v, bmp(v, W, -H, 32, 54, rows, W * H * 4), "BMP, top row first, 32 bits");
    memcpy(v, head, sizeof head - 1);
    memcpy(v + sizeof head - 1, scene, sizeof scene);
    put_good(o, "comments.ppm", v, sizeof head - 1 + sizeof scene, "PPM with comments");
}

static const struct { const char *name, *v; size_t n; const char *says, *why; } texts[] = {
#define TEXT(name, v, says, why) {name, v, sizeof(v) - 1, says, why}
    TEXT("html.jpg", "<html>404</html>", "this is a web page", "a web page"),
    TEXT("empty.jpg", "", "is empty", "nothing"),
    TEXT("webp.png", "RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0",
         "this is a WebP picture; save it as PNG or JPEG", "WebP"),
    TEXT("gif.jpg", "GIF89a\1\0\1\0\0\0\0;", "this is a GIF picture; save it as PNG or JPEG", "GIF"),
    TEXT("text.png", "once upon a time", "is not a picture", "text"),
    TEXT("maxval0.ppm", "P6 2 2 0\n............", "values up to 0", "the largest number is 0"),
    TEXT("overflow.pgm", "P5 2 2 65535", "values up to 65535", "12 bytes"),
    TEXT("short.ppm", "P6 4 4 255\n..........", "too short", "10 of 48 bytes"),
    TEXT("negative.ppm", "P6 -2 2 255\n............", "expected a number", "a negative width"),
    TEXT("endless.ppm", "P6 99999999999 99999999999 255\n", "a number above", "past 2^32"),
};

static void bad_others(const Out *o) {
    uint8_t v[200];
    static const char four[16] = {0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put(o, texts[i].name, texts[i].v, texts[i].n, "reject", texts[i].says, texts[i].why);
    put(o, "minint.bmp", v, bmp(v, 2, INT32_MIN, 24, 54, four, 16), "reject", "too many", "height -2^31");
    put(o, "offset.bmp", v, bmp(v, 2, 2, 24, UINT32_MAX, four, 16), "reject", "but the file ends",
        "pixels behind the end");
    put(o, "palette.bmp", v, bmp(v, 2, 2, 8, 54, four, 8), "reject", "its palette is missing",
        "no palette");
}

// ---- many ---------------------------------------------------------------------------------------

enum { LINKS = 10000 }; // hard links to one file

static int make_many(const char *folder, long n) {
    char path[600], first[600] = "";
    for (int k = 0; k < 2; k++) {
        snprintf(path, sizeof path, "%s/%c", folder, "ab"[k]);
        if (mkdir(path, 0777) != 0) return 1;
    }
    for (long i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%c/%07ld.pgm", folder, "ab"[i % 2], i);
        if (i % LINKS && link(first, path) == 0) continue;
        FILE *f = fopen(path, "wb");
        if (!f || fprintf(f, "P5 2 2 255 %04ld", i / LINKS % 10000) < 0 || fclose(f) != 0) return 1;
        snprintf(first, sizeof first, "%s", path);
    }
    return 0;
}

int main(int argc, char **argv) {
    char path[600];
    if (argc == 4 && strcmp(argv[1], "many") == 0) return make_many(argv[2], strtol(argv[3], NULL, 10));
    const bool odd = argc == 3 && strcmp(argv[1], "odd") == 0;
    if (!odd && (argc != 3 || strcmp(argv[1], "bad") != 0)) return 2;
    snprintf(path, sizeof path, "%s/manifest.tsv", argv[2]);
    const Out o = {argv[2], fopen(path, "w")};
    if (!o.manifest) return 1;
    if (odd) odd_jpegs(&o), odd_pngs(&o), odd_others(&o);
    else bad_jpegs(&o), bad_pngs(&o), bad_others(&o);
    return fclose(o.manifest) != 0;
}
