/* draw_test.c — fonts, numbers, colours, the three charts as lists, and their files. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/look.h"
#include "tests/unit/folder.h"
#include "tests/unit/model.h"
#include "viz/charts/charts.h"
#include "viz/charts/plot.h"
#include "viz/draw/hatch.h"
#include "viz/draw/number.h"
#include "viz/draw/paint.h"

// ---- numbers -----------------------------------------------------------------------------------

static void test_numbers(void) {
    static const struct { int64_t n; const char *count, *brief; } counts[] = {
        {0, "0", "0"}, {999, "999", "999"}, {1124, "1 124", "1 124"}, {29962, "29 962", "30.0 k"},
        {-1234567, "−1 234 567", "−1 234 567"}, {2359808, "2 359 808", "2.36 M"},
        {999999, "999 999", "1.00 M"}, {15470264320, "15 470 264 320", "15.5 G"},
        {INT64_MIN, "−9 223 372 036 854 775 808", "−9 223 372 036 854 775 808"},
        {INT64_MAX, "9 223 372 036 854 775 807", "9223372 T"},
    };
    static const struct { double v; int decimals; const char *text; } reals[] = {
        {0.1164, 3, "0.116"}, {-0.26, 2, "−0.26"}, {-0.001, 2, "0.00"}, {100, 1, "100.0"},
        {NAN, 2, "NaN"}, {INFINITY, 2, "∞"}, {-INFINITY, 2, "−∞"}, {-1e30, 1, "−1.0·10³⁰"},
        {9.99e10, 3, "1.0·10¹¹"}, {1e200, 0, "1.0·10²⁰⁰"},
    };
    static const struct { double v; int figures; const char *text; } rounded[] = {
        {3.14159, 3, "3.14"}, {-0.0191, 3, "−0.0191"}, {0.00999999999, 6, "0.0100000"}, {0, 3, "0"},
        {9.9999, 3, "10.0"}, {12345.6, 3, "12346"}, {1.92e-5, 3, "1.92·10⁻⁵"}, {9.9999e-5, 3, "1.00·10⁻⁴"},
        {1234567, 4, "1234567"}, {1e8, 4, "1.000·10⁸"}, {-2.5e9, 2, "−2.5·10⁹"},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        CHECK_TEXT(look_plain(number_count(counts[i].n).s).s, counts[i].count);
        CHECK_TEXT(look_plain(number_short(counts[i].n).s).s, counts[i].brief);
    }
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        CHECK_TEXT(number_fixed(reals[i].v, reals[i].decimals).s, reals[i].text);
    for (size_t i = 0; i < sizeof rounded / sizeof *rounded; i++)
        CHECK_TEXT(number_figures(rounded[i].v, rounded[i].figures).s, rounded[i].text);
}

// Lines `gap` apart along x + y cover √2·width of every `gap` pixels; a row is the row above moved by one
// pixel, and what begins elsewhere goes on.
static void test_hatching(void) {
    enum { SIDE = 40 };
    static const Hatching rows[] = {{0, 8, 1}, {3.5, 5, 1.25}, {0, 8, 4}, {0, 8, 20}};
    uint8_t share[2 * SIDE], mask[SIDE * SIDE], lower[SIDE * SIDE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double ink = 0;
        hatch_mask(&rows[i], 7, 2, SIDE, SIDE, share, mask, SIDE);
        hatch_mask(&rows[i], 7 - 3, 2 + SIDE - 1, SIDE, SIDE, share, lower, SIDE);
        for (int k = 0; k < SIDE * SIDE; k++) ink += mask[k] / 255.0 / (SIDE * SIDE);
        CHECK_NEAR(ink, fmin(1, sqrt(2) * rows[i].width / rows[i].gap), 0.01);
        CHECK(memcmp(mask + SIDE, mask + 1, SIDE - 1) == 0);
        CHECK(memcmp(mask + (SIDE - 1) * SIDE, lower + 3, SIDE - 3) == 0);
    }
}

static void test_axes(void) {
    static const struct {
        double lo, hi;
        int most;
        bool whole;
        double from, to, step;
        int decimals;
    } rows[] = {
        {0, 2.3, 5, false, 0, 2.5, 0.5, 1},    {0, 9380, 10, true, 0, 10000, 1000, 0},
        {0.93, 1, 5, false, 0.92, 1, 0.02, 2}, {0, 3, 10, true, 0, 3, 1, 0},
        {0, 0, 5, true, 0, 1, 1, 0},           {-3.2, 4.1, 5, false, -4, 6, 2, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Axis a = axis_make(rows[i].lo, rows[i].hi, rows[i].most, rows[i].whole);
        CHECK_NEAR(a.lo, rows[i].from, 1e-9);
        CHECK_NEAR(a.hi, rows[i].to, 1e-9);
        CHECK_NEAR(a.step, rows[i].step, 1e-9);
        CHECK(a.decimals == rows[i].decimals);
    }
}

// ---- colours -----------------------------------------------------------------------------------

static void test_contrast(void) {
    static const struct { Tone text, ground; } pairs[] = {
        {TONE_INK, TONE_BG},      {TONE_INK, TONE_SURFACE},      {TONE_INK, TONE_SUNKEN},
        {TONE_INK2, TONE_BG},     {TONE_INK2, TONE_SURFACE},     {TONE_INK2, TONE_SUNKEN},
        {TONE_INK3, TONE_BG},     {TONE_INK3, TONE_SURFACE},     {TONE_INK3, TONE_SUNKEN},
        {TONE_POS, TONE_SURFACE}, {TONE_NEG, TONE_SURFACE},      {TONE_ON_FOCUS, TONE_FOCUS},
        {TONE_POS, TONE_BG},      {TONE_NEG, TONE_BG},           {TONE_SURFACE, TONE_INK},
        {TONE_FORWARD, TONE_FORWARD_TINT},   {TONE_FORWARD, TONE_SURFACE},
        {TONE_BACKWARD, TONE_BACKWARD_TINT}, {TONE_BACKWARD, TONE_SURFACE},
        {TONE_INK, TONE_FORWARD_TINT},       {TONE_INK2, TONE_FORWARD_TINT},
        {TONE_INK, TONE_BACKWARD_TINT},      {TONE_SURFACE, TONE_FORWARD},
        {TONE_SURFACE, TONE_BACKWARD},       {TONE_INK, TONE_FOCUS_TINT},
        {TONE_INK2, TONE_FOCUS_TINT},
    };
    for (Theme t = 0; t < N_THEMES; t++)
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            CHECK(rgb_contrast(tone_rgb(t, pairs[i].text), tone_rgb(t, pairs[i].ground)) >=
                  (t == THEME_CONTRAST ? 7 : 4.5));
    // What outlines a card is seen in high contrast; elsewhere its ground tells it from the slide.
    CHECK(rgb_contrast(tone_rgb(THEME_CONTRAST, TONE_LINE), tone_rgb(THEME_CONTRAST, TONE_BG)) >= 4.5);
    for (Theme t = 0; t < N_THEMES; t++) CHECK(*theme_name(t) != '\0');
    CHECK_NEAR(rgb_contrast(0x000000, 0xFFFFFF), 21, 1e-9);
}

static void test_scales(void) {
    CHECK(scale_rgb(PALETTE_ORANGE_BLUE, SCALE_SIGNED, -1) == 0x6B2A00);
    CHECK(scale_rgb(PALETTE_ORANGE_BLUE, SCALE_SIGNED, 0) == 0xF8F8F8);
    CHECK(scale_rgb(PALETTE_ORANGE_BLUE, SCALE_SIGNED, 1) == 0x08386B);
    CHECK(scale_rgb(PALETTE_ORANGE_BLUE, SCALE_SIGNED, 7) == 0x08386B);
    CHECK(scale_rgb(PALETTE_ORANGE_BLUE, SCALE_SIGNED, 0.25) == 0xA3C9EC);
    CHECK(scale_rgb(PALETTE_ORANGE_BLUE, SCALE_UNSIGNED, -1) == 0xF8F8F8);
    CHECK(scale_rgb(PALETTE_ORANGE_BLUE, SCALE_GRAY, 0.5) == 0x808080);
    CHECK(scale_rgb(PALETTE_ORANGE_BLUE, SCALE_SIGNED, NAN) == 0xFF00FF);
    for (int i = -100; i <= 100; i++) {
        for (Palette p = 0; p < N_PALETTES; p++) {
            const uint32_t ink = tone_rgb(THEME_LIGHT, scale_ink(p, SCALE_SIGNED, i / 100.0));
            CHECK(rgb_contrast(ink, scale_rgb(p, SCALE_SIGNED, i / 100.0)) >= 4.5);
        }
    }
}

// ---- fonts -------------------------------------------------------------------------------------

static void test_fonts(const Fonts *f) {
    TextStyle s = {.size = 20};
    CHECK(fonts_width(f, &s, "1111") < fonts_width(f, &s, "8888"));
    CHECK_NEAR(fonts_width(f, &s, ""), 0, 0);
    s.tabular = true;
    CHECK_NEAR(fonts_width(f, &s, "1111"), fonts_width(f, &s, "8888"), 1e-9);
    for (Font i = 0; i < N_FONTS; i++) {
        const TextStyle plain = {.font = i, .size = 20}, large = {.font = i, .size = 40};
        CHECK_NEAR(2 * fonts_width(f, &plain, "conv 8"), fonts_width(f, &large, "conv 8"), 1e-9);
    }
}

// Any bytes are some text: what is not UTF-8 is the replacement character, one per byte.
static void test_bytes(const Fonts *f) {
    static const struct { const char *text; int glyphs, bytes; } rows[] = {
        {"", 0, 0},              {"abc", 3, 3},          {"−·×∂", 4, 10},      {"\xFF", 1, 3},
        {"\xE2\x88", 2, 6},      {"\xC0\x80", 2, 6},     {"a\x80z", 3, 5},     {"\xE2", 1, 3},
        {"\xED\xA0\x80", 3, 9},  {"\xF0\x9F\x98\x80", 1, 4},
        {"\uFFFD", 1, 3},        {"\xF4\x90\x80\x80", 4, 12},
    };
    const TextStyle s = {.size = 20};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = rows[i].text;
        int n = 0, bytes = 0;
        double x = 0;
        Glyph g;
        while (fonts_next(f, &s, &text, &x, &g)) n++, bytes += g.bytes;
        CHECK(n == rows[i].glyphs);
        CHECK(bytes == rows[i].bytes);
    }
}

// What the screens write besides letters is in the fonts that write it.
static void test_glyphs(const Fonts *f) {
    static const char *const texts[N_FONTS] = {
        [FONT_REGULAR] = "−·×÷∂Σαβγδμσ→←↑↓∞≈≤≥√…✓✗°±²³⁻¹½Δλεηθ\u2009“”‘’–—",
        [FONT_BOLD]    = "−·×÷∂Σαβγδμσ→←↑↓∞≈≤≥√…✓✗°±²³⁻¹½Δλεηθ\u2009“”‘’–—",
        [FONT_MONO]    = "−·×÷∂∑αβγδμσ→←↑↓∞≈≤≥√…°±²³½Δλεηθ",
    };
    DrawList *d = draw_make(f, 100, 100);
    for (Font i = 0; i < N_FONTS; i++)
        draw_text(d, (Point){0, 50}, (TextStyle){.font = i, .size = 20}, texts[i]);
    CHECK_TEXT(look_missing(d) ? look_missing(d) : "", "");
    draw_text(d, (Point){0, 50}, (TextStyle){.size = 20}, "\xFF\xFE \U0010FFFF");
    CHECK(look_missing(d) != NULL); // the check can fail
    draw_free(d);
}

static void test_fitted(const Fonts *f) {
    const TextStyle s = {.size = 20, .tone = TONE_INK};
    const char *text = "a text that is far too long for its place";
    DrawList *d = draw_make(f, 400, 100);
    draw_fitted(d, (Rect){10, 10, 390, 30}, s, text);
    draw_fitted(d, (Rect){10, 50, 100, 30}, s, text);
    draw_fitted(d, (Rect){10, 80, 5, 10}, s, text);
    CHECK_TEXT(d->command[0].text, text);
    CHECK(d->command[1].style.size >= 0.8 * 20);
    CHECK(strstr(d->command[1].text, "…") != NULL);
    CHECK(d->command[1].rect.w <= 100.1);
    CHECK_TEXT(d->command[2].text, "…");
    draw_free(d);
}

// ---- charts ------------------------------------------------------------------------------------

#define CONVBN "block convbn f s { conv f 3x3 stride=s pad=1 bias=no; batchnorm }\n"
#define RESNET \
    CONVBN "block basic f { residual { convbn f 1; relu; convbn f 1 }; relu }\n" \
    "block down f { residual { convbn f 2; relu; convbn f 1 }\n" \
    "shortcut { conv f 1x1 stride=2 bias=no; batchnorm }; relu }\n" \
    "section stem { convbn 16 1; relu }\n" \
    "section stage1 { repeat 3 { basic 16 } }\n" \
    "section stage2 { down 32; repeat 2 { basic 32 } }\n" \
    "section stage3 { down 64; repeat 2 { basic 64 } }\n" \
    "section head { globalavgpool; dense classes; softmax }\n"
#define VGG \
    "section features {\n" \
    "repeat 5 { conv 64 3x3 pad=same; relu; conv 64 3x3 pad=same; relu; maxpool 2 } }\n" \
    "section classifier { dense 4096; relu; dropout 50%; dense classes }; softmax"
#define MIXED \
    "section mixed { parallel { conv 8 1x1 } { conv 8 1x1; relu; conv 16 3x3 pad=same }\n" \
    "{ maxpool 3x3 stride=1 pad=1; conv 8 1x1 }; section inner { relu; conv 8 3x3 } }\n" \
    "globalavgpool; dense classes; softmax"

static const struct {
    const char *text;
    Shape image;
    double smallest;         // size of text
    const char *expected[8];
} networks[] = {
    {"conv 2 5x5; relu; maxpool 2; dense 100; relu; dense classes; softmax\nloss crossentropy",
     {1, 28, 28}, SIZE_AXIS,
     {"29 962 parameters", "58.6 k multiply-adds", "flatten", "2 5x5", "24×24×2", "288",
      "28 900 parameters", "inserted, not written"}},
    {"dense classes; softmax", {1, 1, 1}, SIZE_AXIS, {"input", "dense", "softmax"}},
    {VGG, {3, 224, 224}, SIZE_AXIS, {"features", "classifier", "224×224×64", "pad=same"}},
    {MIXED, {3, 32, 32}, SIZE_AXIS,
     {"mixed", "inner", "concat", "read again further on", "32×32×32"}},
    {RESNET, {3, 32, 32}, 10, {"stage1", "stage3", "add", "batchnorm", "272 474 parameters"}},
    {"repeat 400 { conv 8 3x3 pad=same; relu }; dense classes", {3, 16, 16}, 1, {"dense"}},
};

static DrawList *new_slide(const Fonts *f) {
    DrawList *d = draw_make(f, SLIDE_W, SLIDE_H);
    if (!d) exit(1);
    return d;
}

static void test_network(const Fonts *f, size_t i) {
    Error e;
    Model m = model_make(networks[i].text, networks[i].image, 10);
    DrawList *d = new_slide(f);
    if (m.x && CHECK(draw_network(d, (Rect){0, 0, d->w, d->h}, m.x, &e))) {
        look_rules(d, networks[i].smallest);
        for (int k = 0; k < 8 && networks[i].expected[k]; k++)
            if (!CHECK(look_for(d, networks[i].expected[k]) > 0))
                printf("not there: %s\n", networks[i].expected[k]);
    }
    draw_free(d);
    model_free(&m);
}

#define HEADER "phase,epoch,step,lr,loss,accuracy,valid_loss,valid_accuracy,seconds\n"

static const struct { const char *text, *message; } histories[] = {
    {HEADER "1,1,938,0.1,0.41,0.88,,,6.2\n1,2,1000,0.1,0.18,0.95,0.2,0.94,6.8\n", NULL},
    {HEADER "1,1,10,,,,,,", NULL},
    {HEADER "1,1,0,0.1,nan,0.5,inf,0.25,1e3\r\n", NULL},
    {HEADER "1,1,0,,1e-320,0,1e29,1,-1e29\n1,1,4611686018427387903,,-1e29,,-1e-300,,1e300", NULL},
    {"", "r.csv:1: this is not a file of results"},
    {"epoch,loss\n1,2\n", "r.csv:1: this is not a file of results"},
    {HEADER, "r.csv: no results yet"},
    {HEADER "1,1,938,0.1,0.41,0.88,,\n", "r.csv:2: 8 values where 9 belong"},
    {HEADER "1,1,1,,,,,,\n\n", "r.csv:3: 1 values where 9 belong"},
    {HEADER "1,1,938,0.1,0.41x,0.88,,,6\n", "r.csv:2: \"0.41x\" cannot be the loss"},
    {HEADER "1,1,-3,0.1,0.41,0.88,,,6\n", "r.csv:2: \"-3\" cannot be the step"},
    {HEADER "1,99999999999,3,0.1,0.41,0.88,,,6\n", "r.csv:2: \"99999999999\" cannot be the epoch"},
    {HEADER "1,1,3,0x10,0.41,0.88,,,6\n", "r.csv:2: \"0x10\" cannot be the lr"},
    {HEADER "1,1,3, 1,0.41,0.88,,,6\n", "r.csv:2: \" 1\" cannot be the lr"},
    {HEADER "1,1,3,1,0.41,88,,,6\n", "r.csv:2: \"88\" cannot be the accuracy"},
    {HEADER "1,1,3,1,0.41,,,-0.1,6\n", "r.csv:2: \"-0.1\" cannot be the valid_accuracy"},
    {HEADER "1,1,30,,,,,,\n1,2,20,,,,,,\n", "r.csv:3: step 20 comes after step 30"},
};

static void test_histories(const Fonts *f) {
    for (size_t i = 0; i < sizeof histories / sizeof *histories; i++) {
        const char *text = histories[i].text, *message = histories[i].message;
        Error e = {""};
        History r;
        const bool ok = history_parse("r.csv", text, strlen(text), &r, &e);
        CHECK(ok == !message);
        if (message && !CHECK(strncmp(e.text, message, strlen(message)) == 0))
            printf("got %s\n", e.text);
        if (!ok) continue;
        DrawList *d = new_slide(f);
        draw_curves(d, (Rect){0, 0, d->w, d->h}, &r);
        look_rules(d, SIZE_AXIS);
        draw_free(d);
        history_free(&r);
    }
}

// A run of n rows; the second half belongs to another `train`. With 200 rows nothing was validated.
static History long_run(int n) {
    History r = {n, calloc((size_t)n, sizeof *r.row)};
    for (int i = 0; i < n; i++) {
        const double t = (i + 1.0) / n;
        r.row[i] = (HistoryRow){
            .phase = i >= n / 2, .epoch = i + 1, .step = 100 * (i + 1), .lr = 0.1,
            .loss = 2.3 * exp(-4 * t), .accuracy = 1 - 0.9 * exp(-4 * t),
            .valid_loss = 2.4 * exp(-4 * t) + 0.1 * t, .valid_accuracy = 1 - 0.95 * exp(-4 * t),
            .seconds = 1.5 * i,
        };
        if (n == 200) r.row[i].valid_loss = r.row[i].valid_accuracy = NAN;
    }
    return r;
}

static void test_curves(const Fonts *f) {
    static const int rows[] = {1, 2, 3, 20, 119, 121, 200, 5000};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        History r = long_run(rows[i]);
        DrawList *d = new_slide(f);
        draw_curves(d, (Rect){0, 0, d->w, d->h}, &r);
        look_rules(d, SIZE_AXIS);
        CHECK(look_for(d, "Loss") == 1 && look_for(d, "Accuracy, %") == 1);
        CHECK(look_for(d, "best validation accuracy") == (rows[i] != 200));
        if (rows[i] >= 20) CHECK(look_for(d, "train 2") == 2);
        draw_free(d);
        history_free(&r);
    }
}

static Evaluation evaluation(int classes, const char *const *names, int *counts,
                             double accuracy) {
    return (Evaluation){.part = "test", .n = 10000, .classes = classes, .class_name = names,
                        .loss = 0.1234, .accuracy = accuracy, .confusion = counts};
}

// The counts 1118 and 1005 stand within their cells, though one is written wider than the other.
static void check_cells(const DrawList *d) {
    double side = 0;
    for (int i = 0; i < d->n; i++) {
        const DrawCommand *c = &d->command[i];
        if (c->kind == DRAW_CELLS) side = c->rect.w / c->columns;
        if (c->kind == DRAW_TEXT && (!strcmp(c->text, "1118") || !strcmp(c->text, "1005")))
            CHECK(c->rect.w <= side - 4);
    }
    CHECK(look_for(d, "1118") == 1 && look_for(d, "1005") == 1);
}

static void test_confusion(const Fonts *f) {
    static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    static const char *const things[] = {"airplane", "automobile", "bird", "far too long a name",
                                         "deer", "дом", "", "horse", "\xFF\x01", "truck"};
    int counts[100] = {0};
    Error e;
    for (int i = 0; i < 10; i++) counts[11 * i] = 1000 - i;
    counts[11] = 1118, counts[22] = 1005;
    counts[49] = 31;
    for (int names = 0; names < 2; names++) {
        const Evaluation v = evaluation(10, names ? things : digits, counts, 0.9969);
        DrawList *d = new_slide(f);
        CHECK(draw_confusion(d, (Rect){0, 0, d->w, d->h}, &v, &e));
        if (!names) look_rules(d, SIZE_AXIS);
        CHECK_TEXT(look_overlap(d) ? look_overlap(d) : "", "");
        check_cells(d);
        CHECK(look_for(d, "99.69 %") == 2);
        CHECK(look_for(d, "31") == 2);
        CHECK(look_for(d, "97.0 %") == 1);
        draw_free(d);
    }
}

static void test_many_classes(const Fonts *f) {
    enum { N = 300 };
    static int counts[N * N];
    static char text[N][24];
    const char *names[N];
    Error e;
    for (int i = 0; i < N; i++) {
        snprintf(text[i], sizeof text[i], "class %d", i);
        names[i] = text[i];
        counts[i * N + i] = 5;
    }
    const Evaluation v = evaluation(N, names, counts, 1);
    DrawList *d = new_slide(f);
    CHECK(draw_confusion(d, (Rect){0, 0, d->w, d->h}, &v, &e));
    look_rules(d, SIZE_AXIS);
    CHECK(look_for(d, "none") == 1);
    draw_free(d);
}

// ---- files -------------------------------------------------------------------------------------

static bool same_bytes(const char *a, const char *b) {
    Error e;
    size_t n, m;
    char *p = io_read(a, 1 << 26, &n, &e), *q = io_read(b, 1 << 26, &m, &e);
    const bool same = p && q && n == m && memcmp(p, q, n) == 0;
    free(p), free(q);
    return same;
}

static void test_files(Folder *folder) {
    static const struct { const char *name, *magic; } files[] = {
        {"a.png", "\x89PNG\r\n\x1a\n"}, {"a.svg", "<?xml"}, {"a.pdf", "%PDF-1."},
        {"A.PNG", "\x89PNG"},
    };
    Error e;
    size_t len;
    Model m = model_make(networks[0].text, networks[0].image, 10);
    for (size_t i = 0; m.x && i < sizeof files / sizeof *files; i++) {
        const char *path = folder_file(folder, files[i].name);
        CHECK(chart_network(m.x, path, &e));
        char *v = io_read(path, 1 << 26, &len, &e);
        CHECK(v && len > 1000 && memcmp(v, files[i].magic, strlen(files[i].magic)) == 0);
        free(v);
    }
    char first[600];
    snprintf(first, sizeof first, "%s/a.png", folder->path);
    CHECK(same_bytes(first, folder_file(folder, "A.PNG")));

    CHECK(!chart_network(m.x, folder_file(folder, "a.bmp"), &e));
    CHECK(strstr(e.text, "ends in .png, .svg or .pdf") != NULL);
    CHECK(!io_exists(folder_file(folder, "a.bmp")));
    CHECK(!chart_network(m.x, folder_file(folder, "no/such/folder/a.png"), &e));
    CHECK(!chart_curves(folder_file(folder, "missing.csv"), first, &e));
    model_free(&m);
}

// Names of classes and models may be any bytes; a picture of them can still be made.
static void test_any_text(const Fonts *f, Folder *folder) {
    static const char *const files[] = {"b.png", "b.svg", "b.pdf"};
    char junk[1024];
    Error e;
    for (size_t i = 0; i < sizeof junk - 1; i++) junk[i] = (char)(1 + i * 37 % 255);
    junk[sizeof junk - 1] = '\0';
    DrawList *d = new_slide(f);
    draw_text(d, (Point){0, 100}, (TextStyle){.size = 20, .tone = TONE_INK}, junk);
    draw_fitted(d, (Rect){0, 200, 500, 50}, (TextStyle){.size = 20, .tone = TONE_INK}, junk);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!CHECK(paint_file(d, THEME_DARK, folder_file(folder, files[i]), &e))) puts(e.text);
    draw_free(d);
}

// A row of pixels is what the list says it is.
static void test_pixels(const Fonts *f) {
    enum { W = 8, H = 4 };
    uint32_t pixel[W * H];
    Error e;
    DrawList *d = draw_make(f, W, H);
    draw_rect(d, (Rect){0, 0, 2, H}, (ShapeStyle){.fill = TONE_INK});
    draw_cells(d, (Rect){2, 0, 4, H}, 1, 2, (const float[]){-3, NAN}, (CellStyle){.max = 3});
    draw_clip(d, (Rect){6, 0, 1, H});
    draw_rect(d, (Rect){0, 0, W, H}, (ShapeStyle){.fill = TONE_FOCUS});
    draw_unclip(d);
    for (Theme t = 0; t < N_THEMES; t++) {
        CHECK(paint_pixels(d, t, (PaintView){1, 0, 0}, pixel, W, H, W * 4, &e));
        const uint32_t ink = tone_rgb(t, TONE_INK), bg = tone_rgb(t, TONE_BG);
        const uint32_t expected[W] = {ink,      ink,      0x6B2A00, 0x6B2A00,
                                      0xFF00FF, 0xFF00FF, 0xFFC400, bg};
        for (int i = 0; i < W; i++) CHECK((pixel[W + i] & 0xFFFFFF) == expected[i]);
    }
    d->failed = true;
    CHECK(!paint_pixels(d, THEME_LIGHT, (PaintView){1, 0, 0}, pixel, W, H, W * 4, &e));
    draw_free(d);
}

int main(void) {
    Error e;
    Folder folder = folder_make();
    Fonts *f = fonts_open(&e);
    if (!f) return 1;
    test_numbers(), test_axes(), test_hatching(), test_contrast(), test_scales();
    test_fonts(f), test_bytes(f), test_glyphs(f), test_fitted(f);
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) test_network(f, i);
    test_histories(f), test_curves(f), test_confusion(f), test_many_classes(f);
    test_files(&folder), test_any_text(f, &folder), test_pixels(f);
    fonts_close(f);
    folder_remove(&folder);
    return test_end("draw");
}
