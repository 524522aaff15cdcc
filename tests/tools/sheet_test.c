/* sheet_test.c — sheets of pictures: what is written in them, where, and in which colours. */
#include "tests/tools/look.h"
#include "tests/unit/folder.h"
#include "viz/charts/sheet.h"

static const struct { int rows, columns, lines, h, w, c; bool names; } rows[] = {
    {1, 1, 0, 28, 28, 1, false},   {3, 8, 2, 64, 64, 3, true},  {10, 12, 1, 32, 32, 3, true},
    {2, 4, 5, 300, 500, 3, false}, {2, 16, 1, 500, 300, 1, true}, {40, 5, 1, 8, 8, 1, true},
};

// A sheet full of pictures of that size, with texts long and short.
static bool fill(Sheet *s, size_t k, Error *e) {
    uint8_t *v = calloc(1, (size_t)(rows[k].h * rows[k].w * rows[k].c));
    const Picture p = {rows[k].w, rows[k].h, rows[k].c, v};
    bool ok = v && sheet_make(s, rows[k].rows, rows[k].columns, rows[k].lines, e);
    for (int i = 0; ok && i < rows[k].rows; i++)
    for (int j = 0; ok && j < rows[k].columns; j++) {
        ok = sheet_picture(s, i, j, &p, e);
        for (int n = 0; n < rows[k].lines; n++)
            sheet_write(s, i, j, n, TONE_INK2, n % 2 ? "a text that has no room here" : "%d", j);
    }
    free(v);
    if (!ok || !rows[k].names) return ok;
    sheet_title(s, "Pictures", "%d of %d", 3, 12345);
    for (int i = 0; i < rows[k].rows; i++) sheet_row(s, i, "automobile and more");
    for (int j = 0; j < rows[k].columns; j++) sheet_column(s, j, "normalize mean=0.5");
    return true;
}

static void test_layouts(const Fonts *f, Folder *folder) {
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        Error e;
        Sheet s;
        if (!CHECK(fill(&s, k, &e))) return;
        DrawList *d = draw_make(f, SLIDE_W, sheet_height(&s, SLIDE_W));
        draw_sheet(d, (Rect){0, 0, d->w, d->h}, &s);
        if (rows[k].names || rows[k].lines) look_rules(d, 0.8 * SIZE_LABEL);
        int pictures = 0;
        for (int i = 0; i < d->n; i++) {
            const DrawCommand *c = &d->command[i];
            if (c->kind != DRAW_CELLS) continue;
            pictures++;
            CHECK(c->rows <= SHEET_PIXELS && c->columns <= SHEET_PIXELS);
            CHECK_NEAR(c->rect.w / c->rect.h, (double)rows[k].w / rows[k].h, 0.02);
            CHECK(c->rect.x >= 0 && c->rect.x + c->rect.w <= d->w && c->rect.y + c->rect.h <= d->h);
        }
        CHECK(pictures == rows[k].rows * rows[k].columns);
        CHECK(chart_sheet(&s, folder_file(folder, "sheet.png"), &e));
        draw_free(d);
        sheet_free(&s);
    }
}

// What numbers become: the first row of every picture as colours.
static const struct { int c; real v[6]; Scale scale; float max, shown[6]; } numbers[] = {
    {1, {0, 0.5, 1}, SCALE_GRAY, 1, {0, 0.5f, 1}},
    {1, {0, 10, 255}, SCALE_GRAY, 255, {0, 10, 255}},
    {1, {0, 10, 510}, SCALE_GRAY, 510, {0, 10, 510}},
    {1, {0, 1, 4}, SCALE_GRAY, 4, {0, 1, 4}},
    {1, {-3, 0, 1}, SCALE_SIGNED, 3, {-3, 0, 1}},
    {3, {0, 20, 30, 40, 50, 60}, SCALE_RGB, 255, {0, 30, 50, 20, 40, 60}}, // channels side by side
    {3, {-2, 2, 0, 1, 0, -1}, SCALE_RGB, 1, {0, 0.5f, 0.5f, 1, 0.75f, 0.25f}},
    {2, {0.25, 0.5, 1, 1, 1, 1}, SCALE_GRAY, 1, {0.25, 0.5}}, // the first channel
};

static void test_numbers(void) {
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        Error e;
        Sheet s;
        real v[6];
        const int c = numbers[k].c, w = c == 1 ? 3 : 2, shown = c == 2 ? 2 : w * c;
        memcpy(v, numbers[k].v, sizeof v);
        if (!CHECK(sheet_make(&s, 1, 1, 0, &e))) return;
        CHECK(sheet_numbers(&s, 0, 0, (Tensor){v, 1, c, 1, w, LAYOUT_PLAIN}, &e));
        CHECK(s.cell->scale == numbers[k].scale && s.cell->max == numbers[k].max);
        for (int i = 0; i < shown; i++) CHECK_NEAR(s.cell->v[i], numbers[k].shown[i], 1e-6);
        sheet_free(&s);
    }
}

int main(void) {
    Error e;
    Folder folder = folder_make();
    Fonts *f = fonts_open(&e);
    if (!f) return 1;
    test_layouts(f, &folder), test_numbers();
    fonts_close(f);
    folder_remove(&folder);
    return test_end("sheet");
}
