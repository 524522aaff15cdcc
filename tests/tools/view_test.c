/* view_test.c — the viewer without a window: every screen can be read, every step can be undone,
 * keys do what their table says, pictures look as they did, and broken numbers break nothing.
 *
 * With UPDATE=1 in the environment the pictures of tests/data/view-*.ppm are made anew. */
#include <stdlib.h>
#include <unistd.h>

#include "tests/tools/view_look.h"
#include "tests/unit/folder.h"
#include "viz/view/keys.h"
#include "viz/view/panel.h"
#include "viz/view/pieces/pieces.h"
#include "viz/view/strip.h"
#include "viz/view/walk.h"

static bool same_place(Place a, Place b) {
    return a.stage == b.stage && a.level == b.level && a.target == b.target &&
           a.channel == b.channel && a.pixel == b.pixel && a.term == b.term;
}

// ---- every screen --------------------------------------------------------------------------------

static void test_screens(View *v, int w, int h) {
    view_event(v, &(Event){.kind = EVENT_RESIZE, .w = w, .h = h});
    for (int i = 0; i < v->t.n_stages; i++) look_at_stage(v, i);
    for (Scene scene = SCENE_OVERVIEW; scene < N_SCENES; scene++) {
        v->scene = scene;
        look(v, "a scene");
    }
    press(v, KEY_ESCAPE);
    walk_level(v, LEVEL_STAGE);
}

// Every kind of stage has a panel of its own or one for any, for all levels.
static void test_panels(View *v) {
    for (int i = 0; i < v->t.n_stages; i++) {
        const Panel *p = panel_of(&v->t.stage[i]);
        CHECK(p && p->kind == v->t.stage[i].kind);
    }
}

// ---- walking -------------------------------------------------------------------------------------

enum { WALK = 400 };

// What → does, ← takes back, at every level and across stages.
static void test_back(View *v) {
    static Place place[WALK + 1];
    for (Level level = LEVEL_STAGE; level < N_LEVELS; level++)
        for (int from = 0; from < v->t.n_stages; from += 5) {
            walk_to_stage(v, from);
            walk_level(v, level);
            int n = 0;
            for (place[0] = v->at; n < WALK; n++) {
                press(v, KEY_RIGHT);
                place[n + 1] = v->at;
                if (same_place(place[n], place[n + 1])) break;
            }
            CHECK(n > 0 || from == v->t.n_stages - 1);
            int wrong = 0;
            while (n-- > 0) {
                press(v, KEY_LEFT);
                wrong += !same_place(v->at, place[n]);
            }
            CHECK(wrong == 0);
        }
}

// Playing at every level comes to the end by itself.
static void test_play(View *v) {
    walk_to_stage(v, 0);
    walk_level(v, LEVEL_STAGE);
    press(v, ' ');
    CHECK(v->playing && view_pause(v) > 0);
    for (int i = 0; i < v->t.n_stages + 2; i++) view_event(v, &(Event){.kind = EVENT_TICK});
    CHECK(!v->playing && v->at.stage == v->t.n_stages - 1);
    press(v, KEY_F5), press(v, KEY_ESCAPE);
    CHECK(!v->playing && !v->quit && view_pause(v) == 0);
}

// The number under the place is that of the trace, and its terms sum to it.
static void test_numbers(View *v) {
    Arena *a = arena_make();
    for (int i = 0; i < v->t.n_stages; i++) {
        walk_to_stage(v, i);
        walk_level(v, LEVEL_PIXEL);
        const Target t = walk_here(v);
        const Stage *s = &v->t.stage[i];
        const Spot p = target_spot(&t, v->at.channel, v->at.pixel);
        const double shown = target_value(&t, v->at.channel, v->at.pixel);
        if (s->kind == STAGE_FORWARD && !panel_of(s)->target)
            CHECK_NEAR(shown, (double)*at(trace_value(&v->t, s->index), 0, p.c, p.y, p.x), 0);
        const Answer x = answer_here(a, v);
        if (x.known && !t.shared) CHECK_NEAR(x.sum, shown, 1e-4 * fmax(1, fabs(shown)));
        CHECK(answer_count(v) == (x.known ? x.n : 0));
    }
    arena_free(a);
}

// What is known of the numbers of a step is forgotten with it: what is kept was found in these numbers.
static void check_known(View *v) {
    const Known *k = v->known;
    CHECK(k->n_measured > 0 && k->n_measured <= MEASURED);
    for (int i = 0; i < k->n_measured; i++) {
        double size = 1e-12;
        bool negative = false;
        for (size_t j = 0; j < k->measured[i].len; j++) {
            size = fmax(size, fabs((double)k->measured[i].v[j]));
            negative = negative || k->measured[i].v[j] < 0;
        }
        CHECK(k->measured[i].size == size && k->measured[i].negative == negative);
    }
}

static void test_known(View *v) {
    Error e;
    const int stage = stage_of(&v->t, STAGE_BACKWARD, -1);
    for (int image = 0; image < 2; image++, lesson_image(v, 1)) {
        walk_to_stage(v, stage);
        draw_free(view_draw(v, &e));
        check_known(v);
        CHECK(!known_measured(v, NULL, 1));
    }
    CHECK(v->known->n_measured == 0 && v->known->n_shrunk == 0 && v->known->terms < 0);
}

// Of a block the number that is farthest from zero is shown, and NaN wherever there is one.
static void test_strongest(void) {
    static const real v[] = {1, -3, 2,  NAN, 0, -5,  0, 1, 4};
    float best[3];
    strongest_columns(best, v, 1, 1, 3, 2);
    CHECK(best[0] == -3 && best[1] == 2);
    strongest_columns(best, v, 1, 3, 3, 2);
    CHECK(isnan(best[0]) && best[1] == -5);
    strongest_columns(best, v, 3, 1, 3, 1);
    CHECK(best[0] == 1 && isnan(best[1]) && best[2] == 0);
}

// ---- keys, mouse, other pictures -----------------------------------------------------------------

static void test_keys(View *v) {
    const int last = v->t.n_stages - 1;
    press(v, KEY_HOME);
    walk_level(v, LEVEL_STAGE);
    press(v, KEY_TAB);
    CHECK(v->at.stage == 1);
    press(v, KEY_END);
    CHECK(v->at.stage == last);
    press(v, '3');
    CHECK(v->at.stage == 2);
    press(v, KEY_DOWN), press(v, KEY_ENTER);
    CHECK(v->at.level == LEVEL_PIXEL);
    press(v, KEY_ESCAPE);
    CHECK(v->at.level == LEVEL_CHANNEL && !v->quit);
    press(v, KEY_UP), press(v, KEY_UP);
    CHECK(v->scene == SCENE_OVERVIEW);
    press(v, 'g');
    CHECK(v->gradients);
    press(v, KEY_DOWN);
    CHECK(v->scene == SCENE_STAGES);
    press(v, '?');
    CHECK(v->scene == SCENE_HELP);
    press(v, 'l');
    CHECK(v->scene == SCENE_STAGES && v->theme == THEME_LIGHT);
    press(v, 'l');
    CHECK(v->theme == THEME_DARK);
    press(v, 'l');
    CHECK(v->theme == THEME_CONTRAST);
    press(v, 'l');
    press(v, 'b');
    CHECK(v->blank);
    press(v, 'x');
    CHECK(!v->blank);
    press(v, CTRL | '+');
    CHECK_NEAR(v->zoom, 1.25, 1e-9);
    press(v, CTRL | '0');
    for (int i = 0; i < 20; i++) press(v, CTRL | '+');
    CHECK_NEAR(v->zoom, MAX_ZOOM, 0);
    view_event(v, &(Event){.kind = EVENT_MOVE, .x = v->w, .y = v->h});
    CHECK_NEAR(view_place(v).x, v->w - MAX_ZOOM * v->w, 1e-9);
    press(v, CTRL | '0');
    for (int i = 0; i < n_key_rows; i++) CHECK(key_rows[i].act && key_rows[i].key[0] && key_rows[i].meaning);
}

// In predict mode the result is hidden until the first step.
static void test_predict(View *v) {
    walk_to_stage(v, stage_of(&v->t, STAGE_FORWARD, -1));
    walk_level(v, LEVEL_PIXEL);
    press(v, 'v');
    const Place before = v->at;
    char *text = view_text(v);
    CHECK(text && strstr(text, "= ?"));
    free(text);
    press(v, KEY_RIGHT);
    CHECK(v->revealed && same_place(before, v->at));
    press(v, KEY_RIGHT);
    CHECK(!v->revealed && !same_place(before, v->at));
    press(v, 'v');
}

// A weight of the first product is changed: the result follows, and Z takes it back.
static void test_edit(View *v) {
    walk_to_stage(v, stage_of(&v->t, STAGE_FORWARD, -1));
    walk_level(v, LEVEL_TERM);
    v->at.term = 1;
    const Target t = walk_here(v);
    const double before = target_value(&t, v->at.channel, v->at.pixel);
    press(v, 'e');
    CHECK(v->edit.active);
    for (const char *c = "1.25x"; *c; c++) press(v, (unsigned char)*c);
    press(v, '7'), press(v, KEY_BACKSPACE);
    press(v, KEY_ENTER);
    CHECK(!v->edit.active && v->edits == 1 && !v->quit);
    const Target now = walk_here(v);
    CHECK(fabs(target_value(&now, v->at.channel, v->at.pixel) - before) > 1e-3);
    press(v, 'z');
    const Target again = walk_here(v);
    CHECK_NEAR(target_value(&again, v->at.channel, v->at.pixel), before, 1e-6);
    CHECK(v->edits == 0);
    press(v, 'i');
    CHECK(strstr(v->message, "measured") != NULL);
    const Target still = walk_here(v);
    CHECK_NEAR(target_value(&still, v->at.channel, v->at.pixel), before, 1e-6);
    press(v, 'e'), press(v, '-'), press(v, KEY_ENTER);
    CHECK(v->edits == 0 && strstr(v->message, "no number"));
    press(v, 'e'), press(v, '3'), press(v, KEY_ESCAPE);
    CHECK(v->edits == 0 && !v->message[0]);
}

static Point middle_of(const View *v, HitKind kind, int to) {
    for (int i = v->hits.n - 1; i >= 0; i--) {
        const Hit *h = &v->hits.hit[i];
        if (h->kind == kind && (to < 0 ? h->target >= 0 : h->to == to))
            return (Point){h->rect.x + h->rect.w * 0.51, h->rect.y + h->rect.h * 0.51};
    }
    return (Point){-1, -1};
}

static void click(View *v, HitKind kind, int to) {
    Error e;
    draw_free(view_draw(v, &e));
    const Point p = middle_of(v, kind, to);
    CHECK(p.x >= 0);
    view_event(v, &(Event){.kind = EVENT_PRESS, .x = p.x, .y = p.y});
    view_event(v, &(Event){.kind = EVENT_RELEASE, .x = p.x, .y = p.y});
}

// Over a number that is known the mouse shows it with its place; over one that is not there yet, nothing.
static void test_pointer(View *v) {
    Error e;
    walk_to(v, 0, 0, 0);
    DrawList *d = view_draw(v, &e);
    draw_free(d);
    const Hit *map = NULL;
    for (int i = 0; i < v->hits.n && !map; i++)
        if (v->hits.hit[i].kind == HIT_CELLS && v->hits.hit[i].target == 0 && v->hits.hit[i].rect.w > 100)
            map = &v->hits.hit[i];
    if (!CHECK(map != NULL)) return;
    const Rect r = map->rect;
    const Point cell[] = {{r.x + 2, r.y + 2}, {r.x + r.w - 2, r.y + r.h - 2}};
    for (int i = 0; i < 2; i++)
        for (int twice = 0; twice < 2; twice++) {
            view_event(v, &(Event){.kind = EVENT_MOVE, .x = cell[i].x, .y = cell[i].y + twice});
            d = view_draw(v, &e);
            if (twice) CHECK(look_for(d, "[0, 0]") == 1 - i);
            draw_free(d);
        }
}

static void test_mouse(View *v) {
    view_event(v, &(Event){.kind = EVENT_RESIZE, .w = SLIDE_W, .h = SLIDE_H});
    const int stage = stage_of(&v->t, STAGE_FORWARD, 1);
    walk_to_stage(v, 0);
    walk_level(v, LEVEL_STAGE);
    click(v, HIT_STAGE, stage);
    CHECK(v->at.stage == stage);
    click(v, HIT_LEVEL, LEVEL_PIXEL);
    CHECK(v->at.level == LEVEL_PIXEL);
    click(v, HIT_CELLS, -1);
    const Target t = walk_here(v);
    CHECK(v->at.channel < t.channels && v->at.pixel < t.pixels);
    test_pointer(v);
    click(v, HIT_SCENE, SCENE_TRAIN);
    CHECK(v->scene == SCENE_TRAIN);
    view_event(v, &(Event){.kind = EVENT_WHEEL, .y = 1, .ctrl = true});
    CHECK(v->zoom > 1);
    press(v, CTRL | '0'), press(v, KEY_ESCAPE);
}

// Another picture is looked at with the same weights; only U keeps the update.
static void test_other_pictures(View *v) {
    walk_to_stage(v, 2);
    const int first = v->t.picture[0];
    const real weight = *at(trace_param(&v->t, 0, PARAM_BEFORE), 0, 0, 0, 0);
    press(v, 'n');
    CHECK(v->t.picture[0] == first + 1 && v->at.stage == 2);
    CHECK_NEAR((double)*at(trace_param(&v->t, 0, PARAM_BEFORE), 0, 0, 0, 0), (double)weight, 0);
    press(v, 'N');
    CHECK(v->t.picture[0] == first);
    press(v, 'u');
    CHECK(fabs((double)(*at(trace_param(&v->t, 0, PARAM_BEFORE), 0, 0, 0, 0) - weight)) > 0);
    CHECK(v->t.picture[0] == first);
    press(v, 'r');
    CHECK_NEAR((double)*at(trace_param(&v->t, 0, PARAM_BEFORE), 0, 0, 0, 0), (double)weight, 0);
}

// ---- a picture of one's own ------------------------------------------------------------------------

// A picture from a file comes first; behind it stand the pictures of the part, unharmed.
static void test_own_picture(void) {
    Opened o;
    Error e;
    Picture p;
    if (!open_model(&o, "models/first.cnn", 0)) return;
    if (CHECK(picture_read(&p, "tests/data/seven.png", &e))) {
        const TraceOptions own = {.part = PART_TEST, .picture = &p, .label = 7};
        CHECK(trace_choose(&o.v->t, &own, &e) && trace_step(&o.v->t, false, &e));
        const Trace *t = &o.v->t;
        const Tensor in = trace_value(t, 0), pixels = trace_picture(t, 0);
        int wrong = 0;
        for (int n = 0; n < t->n; n++)
            for (int i = 0; i < in.h * in.w; i++) {
                uint8_t room[28 * 28];
                const uint8_t *v = n ? dataset_pixels(&t->s->data, PART_TEST, t->picture[n], room, &e) : NULL;
                const double byte = v ? v[i] : (double)pixels.v[i];
                wrong += fabs((double)*at(in, n, 0, i / in.w, i % in.w) - byte / 255) > 1e-5;
            }
        CHECK(t->n == 64 && wrong == 0);
        CHECK(t->picture[0] == -1 && t->label[0] == 7);
        picture_free(&p);
    }
    close_model(&o);
}

// ---- numbers that are none ------------------------------------------------------------------------

// A weight that is infinite or no number spreads through the network; every screen can still be
// painted, and says so.
static void test_broken(View *v, double broken) {
    static uint32_t pixel[SLIDE_W * SLIDE_H];
    Error e = {0};
    lesson_put_back(v);
    *at(params_tensor(v->t.s->params, 0, v->t.s->params->value), 0, 0, 0, 0) = (real)broken;
    lesson_again(v);
    CHECK(strstr(v->message, "appears in first") != NULL);
    int failed = 0;
    for (int stage = 0; stage < v->t.n_stages; stage++)
        for (Level level = LEVEL_STAGE; level < N_LEVELS; level++) {
            walk_to_stage(v, stage);
            walk_level(v, level);
            DrawList *d = view_draw(v, &e);
            failed += !d || !paint_pixels(d, v->theme, view_place(v), pixel, SLIDE_W, SLIDE_H,
                                          4 * SLIDE_W, &e);
            draw_free(d);
        }
    CHECK(failed == 0);
    CHECK_TEXT(e.text, "");
    press(v, KEY_END);
    char *text = view_text(v);
    CHECK(text && strstr(text, "NaN"));
    free(text);
    press(v, 'r');
}

// ---- a network of many layers --------------------------------------------------------------------

static const char *deep_model(Folder *f) {
    static char text[4096];
    size_t n = (size_t)snprintf(text, sizeof text, "data digits\n");
    for (int i = 0; i < 5; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "section part%d {\nconv 4 3x3 pad=same; batchnorm; relu\n"
                              "residual { conv 4 3x3 pad=same; batchnorm; relu }\n}\n", i);
    snprintf(text + n, sizeof text - n, "globalavgpool\ndense classes; softmax\nloss crossentropy\n"
                                        "optimizer sgd lr=0.1\ntrain epochs=1 batch=4\n");
    return folder_put(f, "deep.cnn", text, strlen(text));
}

// However many stages there are, at most 18 columns stand for all of them, the current one alone.
static void test_strip(View *v) {
    Arena *a = arena_make();
    CHECK(v->t.n_stages > 2 * MAX_COLUMNS);
    for (int stage = 0; stage < v->t.n_stages; stage++) {
        walk_to_stage(v, stage);
        Column c[MAX_COLUMNS + 2];
        const int n = strip_columns(a, v, c);
        int alone = 0, next = 0;
        CHECK(n <= MAX_COLUMNS);
        for (int i = 0; i < n; i++) {
            CHECK(c[i].stage == next);
            next = c[i].last + 1;
            alone += c[i].n == 1 && (c[i].stage == stage || c[i].back == stage);
        }
        const StageKind kind = v->t.stage[stage].kind;
        CHECK(kind == STAGE_UPDATE || alone >= 1);
        CHECK(v->t.stage[next - 1].kind == STAGE_LOSS);
    }
    arena_free(a);
}

// ---- all of it -----------------------------------------------------------------------------------

static void test_model(const char *path, bool thorough) {
    static const int sizes[][2] = {{1280, 800}, {1920, 1080}, {1024, 600}, {640, 400}, {500, 300}};
    Opened o;
    if (!open_model(&o, path, 3)) return;
    test_panels(o.v);
    test_numbers(o.v);
    for (int i = 0; i < (thorough ? 5 : 1); i++) test_screens(o.v, sizes[i][0], sizes[i][1]);
    press(o.v, 'x'); // the model's text beside it
    test_screens(o.v, 1280, 800);
    press(o.v, 'x');
    view_event(o.v, &(Event){.kind = EVENT_RESIZE, .w = SLIDE_W, .h = SLIDE_H});
    if (thorough) {
        test_back(o.v), test_play(o.v), test_keys(o.v);
        test_predict(o.v), test_edit(o.v), test_mouse(o.v);
    }
    test_other_pictures(o.v);
    close_model(&o);
}

static void test_pictures(void) {
    static const char *const screens[][2] = {
        {"first:pixel", "conv"}, {"first.backward:stage", "backward"}, {"loss", "loss"},
        {"update", "update"}, {"overview", "overview"}, {"load", "load"},
    };
    Opened o;
    if (!open_model(&o, "tests/data/view.cnn", 3)) return;
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
        test_picture(o.v, screens[i][0], screens[i][1]);
    close_model(&o);
}

static void test_memory(void) {
    Opened o;
    test_strongest();
    if (!open_model(&o, "tests/data/view.cnn", 3)) return;
    test_known(o.v);
    close_model(&o);
}

static void test_nan(void) {
    Opened o;
    if (!open_model(&o, "tests/data/view.cnn", 3)) return;
    test_broken(o.v, NAN);
    test_broken(o.v, INFINITY);
    close_model(&o);
}

static void test_deep(void) {
    Folder f = folder_make();
    Opened o;
    if (open_model(&o, deep_model(&f), 0)) {
        test_strip(o.v);
        test_numbers(o.v);
        close_model(&o);
    }
    folder_remove(&f);
}

int main(void) {
    test_model("tests/data/view.cnn", true);
    test_model("models/first.cnn", false);
    test_own_picture();
    test_memory();
    test_nan();
    test_deep();
    test_pictures();
    return test_end("view");
}
