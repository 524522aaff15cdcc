/* canvas_test.c — drawing a picture in the viewer: by mouse, by keys, what the network says of it, and
 * data of other sizes and colours.
 *
 *     canvas_test           with UPDATE=1 in the environment tests/data/view-draw.ppm is made anew */
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/tools/view_look.h"
#include "tests/unit/folder.h"
#include "viz/view/canvas.h"

// ---- the pen -------------------------------------------------------------------------------------

static int ink_of(const View *v) {
    int sum = 0;
    for (int i = 0; i < v->canvas.h * v->canvas.w; i++) sum += v->canvas.ink[i * v->canvas.c];
    return sum;
}

// Draws the picture, as the window does before the next event.
static void show(View *v) {
    Error e;
    draw_free(view_draw(v, &e));
}

static void mouse_to(View *v, EventKind kind, double row, double column, bool right) {
    show(v);
    const Hit *canvas = NULL;
    for (int i = 0; i < v->hits.n; i++)
        if (v->hits.hit[i].kind == HIT_CANVAS) canvas = &v->hits.hit[i];
    if (!CHECK(canvas != NULL)) return;
    view_event(v, &(Event){.kind = kind, .right = right,
                           .x = canvas->rect.x + column / v->canvas.w * canvas->rect.w,
                           .y = canvas->rect.y + row / v->canvas.h * canvas->rect.h});
    show(v);
}

// A button held draws a line; the right one takes it away; a moved mouse alone does nothing.
static void test_draw_mouse(View *v) {
    press(v, 'd');
    look(v, "an empty canvas");
    CHECK(v->scene == SCENE_DRAW && ink_of(v) == 0);
    mouse_to(v, EVENT_MOVE, 1, 1, false);
    CHECK(ink_of(v) == 0);
    const int w = v->canvas.w, h = v->canvas.h, middle = h / 2 * w;
    mouse_to(v, EVENT_PRESS, h / 2 + 0.5, 1, false);
    mouse_to(v, EVENT_MOVE, h / 2 + 0.5, w - 1, false);
    int missing = 0;
    for (int x = 1; x < w - 1; x++) missing += v->canvas.ink[middle + x] != 255;
    CHECK(missing == 0);
    CHECK(v->canvas.ink[0] == 0 && v->canvas.ink[h * w - 1] == 0);
    look(v, "a drawing");
    const int line = ink_of(v);
    mouse_to(v, EVENT_RELEASE, h / 2 + 0.5, w - 1, false);
    mouse_to(v, EVENT_MOVE, 1, 1, false);
    CHECK(ink_of(v) == line);
    mouse_to(v, EVENT_PRESS, h / 2 + 0.5, w / 2, true);
    mouse_to(v, EVENT_RELEASE, h / 2 + 0.5, w / 2, true);
    CHECK(ink_of(v) < line && v->canvas.ink[middle + w / 2] < 128 && v->canvas.ink[middle + 1] == 255);
    mouse_to(v, EVENT_PRESS, h / 2, 1, false);
    mouse_to(v, EVENT_MOVE, -5 * h, 40 * w, false); // far outside: the pen stays at the edge
    CHECK_NEAR(v->canvas.y, 0, 0);
    CHECK_NEAR(v->canvas.x, w, 0);
    mouse_to(v, EVENT_RELEASE, 0, 0, false);
}

// The same by keys alone; a pen is as wide to every side.
static void test_draw_keys(View *v) {
    press(v, 'd'), press(v, KEY_BACKSPACE);
    CHECK(ink_of(v) == 0);
    press(v, KEY_LEFT), press(v, KEY_UP);
    CHECK(ink_of(v) == 0 && v->scene == SCENE_DRAW && !v->playing);
    press(v, ' ');
    const Canvas *c = &v->canvas;
    const int y = (int)c->y, x = (int)c->x;
    const int dot = ink_of(v), beside = c->ink[y * c->w + x + 1];
    CHECK(c->ink[y * c->w + x] == 255 && beside > 0);
    CHECK(c->ink[y * c->w + x - 1] == beside && c->ink[(y + 1) * c->w + x] == beside &&
          c->ink[(y - 1) * c->w + x] == beside);
    press(v, KEY_DOWN), press(v, KEY_RIGHT);
    const int line = ink_of(v);
    CHECK(line > dot);
    press(v, ' '), press(v, KEY_DOWN), press(v, KEY_DOWN);
    CHECK(ink_of(v) == line);
    press(v, 'e'), press(v, KEY_UP), press(v, KEY_UP);
    CHECK(ink_of(v) == line && !v->edit.active);
    press(v, ' ');
    CHECK(ink_of(v) < line);
    press(v, 'e'), press(v, KEY_LEFT);
    CHECK(ink_of(v) > 0);
}

// ---- the answer ----------------------------------------------------------------------------------

// What is said beside the canvas is what a walk through the drawing ends with, and asking changes no
// weight: the step of a picture of the data is as it was.
static void test_draw_answer(View *v) {
    press(v, 'n');
    const double after = v->loss_after;
    const real weight = *at(trace_param(&v->t, 0, PARAM_BEFORE), 0, 0, 0, 0);
    press(v, 'd');
    show(v);
    CHECK_NEAR(trace_again(&v->t, NULL), after, 1e-7);
    press(v, KEY_ENTER);
    CHECK(v->scene == SCENE_STAGES && v->at.stage == 0 && v->t.picture[0] == -1 && !v->t.judged);
    const Tensor out = trace_value(&v->t, v->s->x->graph.output);
    double sum = 0;
    for (int c = 0; c < out.c; c++) {
        CHECK_NEAR((double)*at(out, 0, c, 0, 0), (double)v->canvas.says[c], 1e-6);
        sum += (double)v->canvas.says[c];
    }
    CHECK_NEAR(sum, 1, 1e-5);
    const Tensor pixels = trace_picture(&v->t, 0);
    int wrong = 0;
    for (int i = 0; i < pixels.h * pixels.w; i++)
        wrong += fabs((double)*at(pixels, 0, 0, i / pixels.w, i % pixels.w) - v->canvas.ink[i]) > 0.01;
    CHECK(pixels.h == v->canvas.h && pixels.w == v->canvas.w && wrong == 0);
    press(v, 'n');
    CHECK(v->t.picture[0] >= 0);
    CHECK(*at(trace_param(&v->t, 0, PARAM_BEFORE), 0, 0, 0, 0) == weight);
    press(v, 'd');
    CHECK(ink_of(v) > 0); // it is still there
    press(v, KEY_ESCAPE);
    CHECK(v->scene == SCENE_STAGES && !v->quit);
}

// ---- colours -------------------------------------------------------------------------------------

static bool pixel_is(const View *v, int x, int y, const uint8_t *rgb) {
    const Canvas *c = &v->canvas;
    return memcmp(&c->ink[(y * c->w + x) * 3], rgb, 3) == 0;
}

static void click_colour(View *v, int to) {
    show(v);
    Rect r = {0};
    for (int i = 0; i < v->hits.n; i++)
        if (v->hits.hit[i].kind == HIT_COLOUR && v->hits.hit[i].to == to) r = v->hits.hit[i].rect;
    CHECK(r.w > 20 && r.h > 20);
    const double x = r.x + r.w / 2, y = r.y + r.h / 2;
    view_event(v, &(Event){.kind = EVENT_PRESS, .x = x, .y = y});
    view_event(v, &(Event){.kind = EVENT_RELEASE, .x = x, .y = y});
}

// Where the pictures have colours the pen has, too: a key or a click chooses one, 0 fills the canvas, the
// rubber leaves black, and the network gets all three numbers of a pixel. Going over a place twice in one
// stroke covers it no more than once.
static void test_pen_colours(View *v) {
    press(v, 'd'), press(v, KEY_BACKSPACE);
    const Canvas *c = &v->canvas;
    const int x = (int)c->x, y = (int)c->y;
    for (int k = 0; k < N_COLOURS; k++) {
        if (k % 2) press(v, (uint32_t)('1' + k));
        else click_colour(v, k);
        CHECK(c->colour == k && !c->rubber && v->scene == SCENE_DRAW);
        press(v, ' '), press(v, ' ');
        if (!CHECK(pixel_is(v, x, y, canvas_colours[k].rgb))) printf("  %s\n", canvas_colours[k].name);
        look(v, canvas_colours[k].name);
    }
    press(v, '8'), press(v, '0');
    CHECK(pixel_is(v, 0, 0, canvas_colours[7].rgb) && pixel_is(v, x, y, canvas_colours[7].rgb));
    const size_t bytes = (size_t)(c->h * c->w * 3);
    uint8_t *once = malloc(bytes);
    for (int times = 1; once && times <= 2; times++) {
        press(v, '8'), press(v, '0'), press(v, '5'), press(v, ' ');
        for (int i = 0; i < times; i++) press(v, KEY_RIGHT), press(v, KEY_LEFT);
        press(v, ' ');
        CHECK(pixel_is(v, x, y, canvas_colours[4].rgb) && pixel_is(v, 0, 0, canvas_colours[7].rgb));
        if (times == 1) memcpy(once, c->ink, bytes);
        else CHECK(memcmp(once, c->ink, bytes) == 0);
    }
    free(once);
    click_colour(v, N_COLOURS);
    CHECK(pixel_is(v, 0, 0, canvas_colours[4].rgb));
    press(v, 'e'), press(v, ' '), press(v, ' ');
    CHECK(c->rubber && pixel_is(v, (int)c->x, (int)c->y, (uint8_t[3]){0}));
    press(v, '2'), press(v, ' '), press(v, ' ');
    press(v, KEY_ENTER);
    const Tensor pixels = trace_picture(&v->t, 0);
    int wrong = 0;
    for (int i = 0; i < c->h * c->w * 3; i++)
        wrong += fabs((double)*at(pixels, 0, i % 3, i / 3 / c->w, i / 3 % c->w) - c->ink[i]) > 0.01;
    CHECK(pixels.c == 3 && wrong == 0);
    press(v, 'd'), press(v, KEY_BACKSPACE);
    CHECK(ink_of(v) == 0);
    press(v, '1');
    press(v, KEY_ESCAPE);
}

// ---- other data ----------------------------------------------------------------------------------

// Twelve classes of one small picture each, in colour or gray.
static void put_pictures(Folder *f, bool colour) {
    char name[64], bytes[64];
    mkdir(folder_file(f, "pics"), 0777);
    for (int i = 0; i < 12; i++)
        for (int k = 0; k < 2; k++) {
            snprintf(name, sizeof name, "pics/kind%02d", i);
            mkdir(folder_file(f, name), 0777);
            snprintf(name, sizeof name, "pics/kind%02d/%d.ppm", i, k);
            int n = snprintf(bytes, sizeof bytes, "P%d 2 1 255\n", colour ? 6 : 5);
            for (int p = 0; p < (colour ? 6 : 2); p++) bytes[n++] = (char)(20 * i + 7 * p + 3 * k);
            folder_put(f, name, bytes, (size_t)n);
        }
}

// Pictures in colour or gray, higher than wide or large; probabilities or plain scores; more classes
// than there are rows: the pen draws on as many pixels as the data's pictures have.
static void test_draw_other(void) {
    static const struct { bool colour; const char *size, *end; int w, h; } rows[] = {
        {true, "32x20", "softmax\nloss crossentropy", 20, 32},
        {false, "90x120", "softmax\nloss crossentropy", 120, 90},
        {true, "5x70", "loss mse", 70, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[400];
        Folder f = folder_make();
        Opened o;
        put_pictures(&f, rows[i].colour);
        const int n = snprintf(text, sizeof text, "data \"pics\" size=%s split=50%%\nconv 3 3x3; relu\n"
                               "dense classes as last; %s\noptimizer sgd lr=0.1\n"
                               "train epochs=1 batch=4\n", rows[i].size, rows[i].end);
        if (open_model(&o, folder_put(&f, "other.cnn", text, (size_t)n), 0)) {
            CHECK(o.v->canvas.w == rows[i].w && o.v->canvas.h == rows[i].h);
            CHECK(o.s.data.image.c == (rows[i].colour ? 3 : 1));
            press(o.v, 'd'), press(o.v, ' ');
            for (int k = 0; k < 6; k++) press(o.v, KEY_RIGHT);
            CHECK(ink_of(o.v) >= 6 * 255);
            look(o.v, "a drawing");
            char *said = view_text(o.v);
            CHECK(said && strstr(said, "class kind"));
            free(said);
            press(o.v, KEY_ENTER);
            const Tensor out = trace_value(&o.v->t, o.s.x->graph.output);
            for (int c = 0; c < out.c; c++)
                CHECK_NEAR((double)*at(out, 0, c, 0, 0), (double)o.v->canvas.says[c], 1e-5);
            press(o.v, 'd');
            view_event(o.v, &(Event){.kind = EVENT_RESIZE, .w = 1024, .h = 700});
            press(o.v, 'x');
            look(o.v, "a drawing beside the model's text");
            press(o.v, 'x');
            view_event(o.v, &(Event){.kind = EVENT_RESIZE, .w = SLIDE_W, .h = SLIDE_H});
            press(o.v, KEY_ESCAPE);
            if (rows[i].colour) test_pen_colours(o.v);
            press(o.v, 'd'), press(o.v, '2'); // without colours it is the key of a stage
            CHECK((o.v->scene == SCENE_STAGES) == !rows[i].colour);
            close_model(&o);
        }
        folder_remove(&f);
    }
}

// ---- all of it -----------------------------------------------------------------------------------

static void test_model(const char *path) {
    Opened o;
    if (!open_model(&o, path, 3)) return;
    test_draw_mouse(o.v);
    test_draw_keys(o.v);
    test_draw_answer(o.v);
    close_model(&o);
}

static void test_look(void) {
    Opened o;
    if (!open_model(&o, "tests/data/view.cnn", 3)) return;
    press(o.v, 'd');
    mouse_to(o.v, EVENT_PRESS, 1.5, 2, false);
    mouse_to(o.v, EVENT_MOVE, 1.5, 6, false);
    mouse_to(o.v, EVENT_MOVE, 7, 3, false);
    mouse_to(o.v, EVENT_RELEASE, 7, 3, false);
    test_picture(o.v, "draw", "draw");
    close_model(&o);
}

int main(void) {
    test_model("tests/data/view.cnn");
    test_model("models/first.cnn");
    test_draw_other();
    test_look();
    return test_end("canvas");
}
