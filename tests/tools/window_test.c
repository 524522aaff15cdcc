/* window_test.c — what keys and the mouse do, and the pictures that follow, all without a window.
 *
 *     window_test             the checks
 *     window_test MODEL.cnn   opens the real window (draw.sh does, with and without a display) */
#include "tests/tools/look.h"
#include "tests/unit/folder.h"
#include "tests/unit/model.h"
#include "viz/window/view.h"
#include "viz/window/window.h"

static void press(View *v, uint32_t key, bool ctrl) {
    view_event(v, &(Event){.kind = EVENT_KEY, .key = key, .ctrl = ctrl});
}

// A script: one key after the other, and the state it leads to.
static void test_keys(const Experiment *x) {
    static const struct {
        uint32_t key;
        bool ctrl;
        int screen;
        Theme theme;
        double zoom;
        bool full, quit;
    } rows[] = {
        {KEY_RIGHT, false, 1, THEME_LIGHT, 1, false, false},
        {KEY_RIGHT, false, 0, THEME_LIGHT, 1, false, false},
        {KEY_LEFT, false, 1, THEME_LIGHT, 1, false, false},
        {KEY_HOME, false, 0, THEME_LIGHT, 1, false, false},
        {KEY_END, false, 1, THEME_LIGHT, 1, false, false},
        {KEY_TAB, false, 0, THEME_LIGHT, 1, false, false},
        {'l', false, 0, THEME_DARK, 1, false, false},
        {'L', false, 0, THEME_LIGHT, 1, false, false},
        {'l', true, 0, THEME_LIGHT, 1, false, false},
        {'f', false, 0, THEME_LIGHT, 1, true, false},
        {KEY_F11, false, 0, THEME_LIGHT, 1, false, false},
        {'-', false, 0, THEME_LIGHT, 1, false, false},
        {'+', false, 0, THEME_LIGHT, 1.25, false, false},
        {'=', true, 0, THEME_LIGHT, 1.5625, false, false},
        {KEY_RIGHT, false, 0, THEME_LIGHT, 1.5625, false, false},
        {KEY_PAGE_DOWN, false, 1, THEME_LIGHT, 1.5625, false, false},
        {'-', true, 1, THEME_LIGHT, 1.25, false, false},
        {'0', false, 1, THEME_LIGHT, 1, false, false},
        {'q', false, 1, THEME_LIGHT, 1, false, false},
        {'x', false, 1, THEME_LIGHT, 1, false, false},
        {'q', true, 1, THEME_LIGHT, 1, false, true},
    };
    View v;
    view_open(&v, x, SLIDE_W, SLIDE_H);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        press(&v, rows[i].key, rows[i].ctrl);
        CHECK(v.screen == rows[i].screen && v.theme == rows[i].theme);
        CHECK_NEAR(v.zoom, rows[i].zoom, 1e-9);
        CHECK(v.full_screen == rows[i].full && v.quit == rows[i].quit);
    }
    view_close(&v);
}

// Only what changes the picture makes a new one.
static void test_dirty(const Experiment *x) {
    static const struct { Event e; bool dirty; } rows[] = {
        {{.kind = EVENT_KEY, .key = 'x'}, false},      {{.kind = EVENT_KEY, .key = 'l'}, true},
        {{.kind = EVENT_MOVE, .x = 5, .y = 5}, false}, {{.kind = EVENT_EXPOSE}, true},
        {{.kind = EVENT_RESIZE, .w = 640, .h = 480}, true},
    };
    View v;
    view_open(&v, x, SLIDE_W, SLIDE_H);
    CHECK(v.dirty);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        v.dirty = false;
        view_event(&v, &rows[i].e);
        CHECK(v.dirty == rows[i].dirty);
    }
    press(&v, '+', false);
    v.dirty = false;
    view_event(&v, &(Event){.kind = EVENT_MOVE, .x = 100, .y = 100});
    CHECK(v.dirty);
    view_close(&v);
}

// Every size of window shows the same slide, as large as it can be; the magnifier keeps its edges.
static void test_sizes(const Experiment *x, const Fonts *f) {
    static const struct { int w, h; const char *text; } rows[] = {
        {1280, 800, "Ctrl"}, {1920, 1080, "Ctrl"}, {1024, 600, "Ctrl"}, {3840, 2160, "Ctrl"},
        {640, 400, "Ctrl"},  {800, 1200, "Ctrl"},  {600, 300, "larger"}, {1, 1, "larger"},
        {0, -5, "larger"},
    };
    Error e;
    View v;
    view_open(&v, x, SLIDE_W, SLIDE_H);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int screen = 0; screen < 2; screen++) {
            view_event(&v, &(Event){.kind = EVENT_RESIZE, .w = rows[i].w, .h = rows[i].h});
            press(&v, KEY_TAB, false);
            DrawList *d = view_draw(&v, f, &e);
            if (!CHECK(d != NULL)) continue;
            CHECK(look_for(d, rows[i].text) > 0);
            if (rows[i].w >= 640) look_rules(d, SIZE_AXIS);
            const PaintView p = view_place(&v);
            CHECK_NEAR(p.scale * d->w, v.w, 1e-6);
            CHECK_NEAR(p.scale * d->h, v.h, 1e-6);
            draw_free(d);
        }
    view_close(&v);
}

static void test_magnifier(const Experiment *x) {
    View v;
    view_open(&v, x, SLIDE_W, SLIDE_H);
    for (int i = 0; i < 20; i++) press(&v, '+', false);
    CHECK_NEAR(v.zoom, MAX_ZOOM, 0);
    view_event(&v, &(Event){.kind = EVENT_MOVE, .x = 0, .y = 0});
    CHECK_NEAR(view_place(&v).x, 0, 1e-9);
    view_event(&v, &(Event){.kind = EVENT_MOVE, .x = SLIDE_W, .y = SLIDE_H});
    CHECK_NEAR(view_place(&v).x, SLIDE_W - MAX_ZOOM * SLIDE_W, 1e-9);
    CHECK_NEAR(view_place(&v).y, SLIDE_H - MAX_ZOOM * SLIDE_H, 1e-9);
    for (int i = 0; i < 20; i++) press(&v, KEY_LEFT, false), press(&v, KEY_UP, false);
    CHECK_NEAR(view_place(&v).x, 0, 1e-9);
    CHECK_NEAR(view_place(&v).y, 0, 1e-9);
    view_close(&v);
}

static void write_results(const char *text) {
    Error e;
    const Piece all = {text, strlen(text)};
    if (!io_mkdir("runs/test", &e) || !io_write("runs/test/results.csv", &all, 1, &e)) exit(1);
}

// Without results there is one picture; broken ones are said to be broken.
static void test_results(const Experiment *x, const Fonts *f) {
    Error e;
    View v;
    view_open(&v, x, SLIDE_W, SLIDE_H);
    press(&v, KEY_RIGHT, false);
    CHECK(v.screen == 0);
    view_close(&v);

    write_results("nonsense\n");
    view_open(&v, x, SLIDE_W, SLIDE_H);
    press(&v, KEY_RIGHT, false);
    CHECK(v.screen == 1);
    DrawList *d = view_draw(&v, f, &e);
    CHECK(d && look_for(d, "this is not a file of results") == 1);
    draw_free(d);
    view_close(&v);
}

static int checks(void) {
    Error e;
    Folder folder = folder_make();
    Fonts *f = fonts_open(&e);
    if (!f || chdir(folder.path)) return 1;
    Model m = model_make("conv 2 5x5; relu; dense classes; softmax", (Shape){1, 28, 28}, 10);
    if (m.x) {
        test_results(m.x, f);
        write_results("phase,epoch,step,lr,loss,accuracy,valid_loss,valid_accuracy,seconds\n"
                      "0,1,938,0.1,0.4,0.88,0.3,0.9,5\n0,2,1876,0.1,0.2,0.94,0.25,0.93,10\n");
        test_keys(m.x), test_dirty(m.x), test_sizes(m.x, f), test_magnifier(m.x);
    }
    model_free(&m);
    fonts_close(f);
    folder_remove(&folder);
    return test_end("window");
}

static int open_window(const char *path) {
    Error e;
    Arena *a = arena_make();
    Diags *d = diags_make(a);
    const Experiment *x = experiment_load(a, d, &runtime_vocabulary, path);
    const bool ok = x && window_view(x, &e);
    if (x && !ok) puts(e.text);
    arena_free(a);
    return ok ? 0 : 1;
}

int main(int argc, char **argv) {
    return argc > 1 ? open_window(argv[1]) : checks();
}
