/* steer_test.c — steering the viewer: answers in predict mode, opening pictures by keys and mouse, cards
 * for what cannot be opened, what is kept of a step, names in the strip, the pages of a handout.
 *
 *     steer_test            with UPDATE=1 in the environment tests/data/view-{open,predict,contrast}.ppm
 *                           are made anew */
#include <stdlib.h>
#include <sys/stat.h>
#include <zlib.h>

#include "tests/tools/view_look.h"
#include "tests/unit/folder.h"
#include "viz/view/keep.h"
#include "viz/view/predict.h"
#include "viz/view/strip.h"

static void type(View *v, const char *text) {
    for (const char *c = text; *c; c++) press(v, (unsigned char)*c);
}

static bool says(const View *v, const char *text) {
    char *all = view_text(v);
    const bool found = all && strstr(all, text);
    if (!found) printf("  '%s' is not in:\n%s", text, all ? all : "");
    free(all);
    return found;
}

static void go(View *v, const char *screen) {
    Error e;
    CHECK(snapshot_go(v, screen, &e));
}

// ---- answers -------------------------------------------------------------------------------------

// What is typed, and what is said of it; %s is the true number or class.
static const struct { bool class; const char *typed, *said; } answers[] = {
    {false, "%s", "right: it is"},      {false, "%s7", "it is"},     {false, "-", "is no number"},
    {false, "1e", "the answer is off by"}, // a letter is no part of a number
    {false, "12345", "the answer is off by"}, {false, "", "="},
    {true, "%s", "right: it says"},     {true, "a%s", "right: it says"},
    {true, "anobody", "there is no class"},
};

static int last_layer(const View *v) { return stage_of(&v->t, STAGE_FORWARD, v->s->x->graph.output); }

static void test_answer(View *v, size_t row) {
    char value[64], text[128];
    if (answers[row].class) walk_level(v, LEVEL_STAGE), walk_to_stage(v, last_layer(v));
    else go(v, "first:pixel");
    CHECK(predict_asks(v) == (answers[row].class ? ASKING_CLASS : ASKING_NUMBER));
    const Target t = walk_here(v);
    const Tensor out = trace_value(&v->t, v->s->x->graph.output);
    int best = 0;
    for (int c = 1; c < out.c; c++)
        if (*at(out, 0, c, 0, 0) > *at(out, 0, best, 0, 0)) best = c;
    snprintf(value, sizeof value, "%.4f", target_value(&t, v->at.channel, v->at.pixel));
    if (answers[row].class) snprintf(value, sizeof value, "%s", v->s->data.class_name[best]);
    snprintf(text, sizeof text, answers[row].typed, value);
    const Place before = v->at;
    CHECK(says(v, answers[row].class ? "network say? ?" : "= ?"));
    type(v, text);
    look(v, "an answer");
    press(v, KEY_RIGHT);
    CHECK(memcmp(&before, &v->at, sizeof before) == 0 && v->revealed && !v->guess.typed[0]);
    CHECK(says(v, answers[row].said));
    press(v, KEY_RIGHT);
    CHECK(memcmp(&before, &v->at, sizeof before) != 0 && !v->revealed);
}

static void test_answers(View *v) {
    press(v, 'v');
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) test_answer(v, i);
    go(v, "first:pixel");
    type(v, "12"), press(v, KEY_BACKSPACE);
    CHECK_TEXT(v->guess.typed, "1");
    press(v, KEY_ESCAPE);
    CHECK(!v->guess.typed[0] && v->at.level == LEVEL_PIXEL);
    type(v, "1"), press(v, 'n'); // other keys keep their meaning
    CHECK(!v->guess.typed[0] && v->t.picture[0] == 4);
    press(v, 'N');
    go(v, "first:stage"); // nothing is asked: one step is one step
    press(v, KEY_RIGHT);
    CHECK(!v->revealed && strcmp(v->t.stage[v->at.stage].name, "first") != 0);
    press(v, 'v');
}

// ---- opening -------------------------------------------------------------------------------------

static Point middle_of(View *v, HitKind kind, int to) {
    Error e;
    draw_free(view_draw(v, &e));
    for (int i = v->hits.n - 1; i >= 0; i--) {
        const Hit *h = &v->hits.hit[i];
        const Point middle = {h->rect.x + h->rect.w / 2, h->rect.y + h->rect.h / 2};
        if (h->kind == kind && h->to == to) return middle;
    }
    CHECK(false);
    return (Point){0, 0};
}

static void click(View *v, HitKind kind, int to) {
    const Point p = middle_of(v, kind, to);
    view_event(v, &(Event){.kind = EVENT_PRESS, .x = p.x, .y = p.y});
    view_event(v, &(Event){.kind = EVENT_RELEASE, .x = p.x, .y = p.y});
}

static void put_files(Folder *f) {
    mkdir(folder_file(f, "inner"), 0777);
    folder_put(f, "black.pgm", "P5 2 2 255\n\0\0\0\0", 15);
    folder_put(f, "broken.png", "no picture", 10);
    folder_put(f, "notes.txt", "nothing", 7);
    folder_put(f, "inner/white.ppm", "P6 1 1 255\n\377\377\377", 14);
    folder_put(f, "inner/flag.ppm", "P6 3 1 255\n\377\0\0" "\0\377\0" "\0\0\377", 20);
}

static int marked(const View *v, const char *name) {
    for (int i = 0; i < v->opener.n; i++)
        if (strcmp(v->opener.entry[i].name, name) == 0) return i;
    return -1;
}

// The marked picture is shown in its colours: a red, a green and a blue pixel.
static void test_preview(View *v) {
    static const float flag[] = {255, 0, 0, 0, 255, 0, 0, 0, 255};
    Error e;
    type(v, "fl");
    DrawList *d = view_draw(v, &e);
    int found = 0;
    for (int i = 0; d && i < d->n; i++) {
        const DrawCommand *c = &d->command[i];
        found += c->kind == DRAW_CELLS && c->cells.scale == SCALE_RGB && c->rows == 1 && c->columns == 3 &&
                 !memcmp(c->value, flag, sizeof flag);
    }
    CHECK(found == 1);
    CHECK(d && look_for(d, "3 pixels wide, 1 high, colour") == 1);
    draw_free(d);
    press(v, KEY_ESCAPE);
}

// A folder is entered by typing its path, its pictures are opened by keys, by name and by a click; a file
// that is none leaves everything as it was.
static void test_files(View *v, Folder *f) {
    press(v, 'o');
    CHECK(v->scene == SCENE_OPEN);
    type(v, f->path), press(v, KEY_ENTER);
    CHECK(v->opener.n == 4 && marked(v, "notes.txt") < 0 && marked(v, "inner") >= 0);
    look(v, "files");
    type(v, "bl");
    CHECK(v->opener.at == marked(v, "black.pgm") && says(v, "typed bl_"));
    look(v, "a picture is marked");
    CHECK(v->opener.preview.w == 2);
    press(v, KEY_ENTER);
    CHECK(v->scene == SCENE_STAGES && v->at.stage == 0 && v->t.picture[0] == -1);

    press(v, 'o');
    const int broken = marked(v, "broken.png");
    press(v, KEY_HOME);
    for (int i = 0; i < broken; i++) press(v, KEY_DOWN);
    look(v, "a broken picture is marked");
    CHECK(v->opener.why[0]);
    press(v, KEY_ENTER);
    CHECK(v->scene == SCENE_OPEN && says(v, "cannot be opened: ") && says(v, "broken.png"));
    look(v, "a card for what cannot be opened");
    press(v, 'u'); // any key closes it, and does nothing else
    CHECK(!v->trouble[0] && v->kept == 0 && v->scene == SCENE_OPEN && v->t.picture[0] == -1);
    type(v, "nowhere/at.all"), press(v, KEY_ENTER);
    CHECK(strstr(v->trouble, "nowhere") != NULL);
    press(v, KEY_ESCAPE), press(v, KEY_ESCAPE);
    CHECK(v->scene == SCENE_OPEN && !v->opener.typed[0]);
    click(v, HIT_ENTRY, marked(v, "inner"));
    CHECK(marked(v, "white.ppm") >= 0);
    test_preview(v);
    press(v, KEY_BACKSPACE); // the folder above
    CHECK(marked(v, "black.pgm") >= 0);
    press(v, KEY_ESCAPE);
    CHECK(v->scene == SCENE_STAGES && !v->quit);
}

// Pictures of the data: by number, by arrow keys and by a click.
static void test_data(View *v) {
    press(v, 'o');
    click(v, HIT_TAB, 1);
    CHECK(v->opener.data);
    look(v, "pictures of the data");
    type(v, "7"), press(v, KEY_ENTER);
    CHECK(v->scene == SCENE_STAGES && v->t.picture[0] == 7 && v->at.stage == 0);
    press(v, 'o');
    CHECK(v->opener.picture == 7);
    press(v, KEY_DOWN), press(v, KEY_LEFT), press(v, KEY_ENTER);
    CHECK(v->t.picture[0] == 14);
    press(v, 'o');
    click(v, HIT_ENTRY, 5);
    CHECK(v->t.picture[0] == 5);
    press(v, 'o'), type(v, "999999"), press(v, KEY_ENTER);
    CHECK(strstr(v->trouble, "there is no picture 999999") && v->t.picture[0] == 5);
    press(v, ' ');
    type(v, "/"); // a path begins: files are shown
    CHECK(!v->opener.data);
    press(v, KEY_ESCAPE), press(v, KEY_ESCAPE);
}

// ---- what is kept --------------------------------------------------------------------------------

static void test_kept(void) {
    Error e = {0};
    Arena *a = arena_make();
    Session s;
    const Experiment *x = experiment_load(a, diags_make(a), &runtime_vocabulary, "tests/data/view.cnn");
    const RunOptions run = {.limit = 200, .threads = 1};
    View *v = calloc(1, sizeof *v);
    ViewOptions o = {.image = 3, .w = SLIDE_W, .h = SLIDE_H, .keep = "nobody"};
    if (CHECK(x && v && session_open(&s, x, &run, true, &e))) {
        CHECK(!view_open(v, &s, &o, &e) && strstr(e.text, "there is no layer 'nobody'; there are first"));
        o.keep = "first";
        if (CHECK(view_open(v, &s, &o, &e))) {
            int kept = 0, left = 0;
            CHECK(says(v, " kept") && !v->t.judged);
            for (int i = 0; i < v->t.n_stages; i++) {
                look_at_stage(v, i);
                *(keep_has(v, i) ? &kept : &left) += 1;
                walk_to_stage(v, i);
                walk_level(v, LEVEL_STAGE);
                if (!keep_has(v, i)) CHECK(says(v, "were not kept: --keep "));
            }
            CHECK(left > 2 && kept > 2);
            go(v, "first:pixel");
            CHECK(keep_has(v, v->at.stage) && says(v, "terms"));
            for (Scene i = SCENE_OVERVIEW; i < N_SCENES; i++) v->scene = i, look(v, "a scene");
            v->scene = SCENE_STAGES;
            for (const char *k = "dosrnuzgkcMm?ie"; *k; k++)
                press(v, (unsigned char)*k), press(v, KEY_ESCAPE);
            view_close(v);
        }
        session_close(&s);
    }
    arena_free(a);
    free(v);
}

// What no machine has memory for is refused with the sum, before anything is computed.
static void test_too_large(Folder *f) {
    char text[4000];
    Error e = {0};
    size_t n = (size_t)snprintf(text, sizeof text, "data digits\nconv 64 1x1\nupsample 64; upsample 4\n");
    for (int i = 0; i < 400; i++) n += (size_t)snprintf(text + n, sizeof text - n, "relu\n");
    snprintf(text + n, sizeof text - n, "globalavgpool\ndense classes; softmax\nloss crossentropy\n"
             "optimizer sgd lr=0.1\ntrain epochs=1 batch=1\n");
    Arena *a = arena_make();
    const Experiment *x = experiment_load(a, diags_make(a), &runtime_vocabulary,
                                          folder_put(f, "large.cnn", text, strlen(text)));
    Session s;
    View *v = calloc(1, sizeof *v);
    const RunOptions run = {.limit = 8, .threads = 1};
    if (CHECK(x && v && session_open(&s, x, &run, true, &e))) {
        CHECK(!view_open(v, &s, &(ViewOptions){.image = 0, .w = SLIDE_W, .h = SLIDE_H}, &e));
        CHECK(strstr(e.text, "GB, and this machine has") && strstr(e.text, "--keep LAYERS"));
        session_close(&s);
    }
    arena_free(a);
    free(v);
}

// ---- the strip -----------------------------------------------------------------------------------

// Long names stand whole as long as all of them together have room; the mouse shows the rest.
static void test_names(Folder *f) {
    static const char text[] = "data digits\nconv 2 3x3 as an_entrance_hall; relu; conv 2 3x3 as b; relu\n"
                               "batchnorm as statistics_here; relu\nmaxpool 2\ndense classes; softmax\n"
                               "loss crossentropy\noptimizer sgd lr=0.1\ntrain epochs=1 batch=8\n";
    Opened o;
    Error e;
    if (!open_model(&o, folder_put(f, "names.cnn", text, strlen(text)), 3)) return;
    DrawList *d = view_draw(o.v, &e);
    CHECK(look_for(d, "an_entrance_hall") == 1 && look_for(d, "statistics_here") == 1);
    draw_free(d);
    const int stage = trace_stage(&o.v->t, "statistics_here");
    const Point p = middle_of(o.v, HIT_STAGE, stage);
    view_event(o.v, &(Event){.kind = EVENT_MOVE, .x = 5, .y = 5});
    view_event(o.v, &(Event){.kind = EVENT_MOVE, .x = p.x, .y = p.y});
    d = view_draw(o.v, &e);
    CHECK(look_for(d, "Batch norm statistics_here   batchnorm") == 1);
    draw_free(d);
    close_model(&o);
}

// ---- the handout ---------------------------------------------------------------------------------

// How often `word` stands in bytes, not followed by `but`.
static int count(const char *bytes, size_t len, const char *word, char but) {
    const size_t n = strlen(word);
    int found = 0;
    for (size_t i = 0; i + n < len; i++) found += memcmp(bytes + i, word, n) == 0 && bytes[i + n] != but;
    return found;
}

// Pages of a PDF: its page objects, written plainly or in a compressed stream.
static int pages_of(const char *pdf, size_t len) {
    static char room[1 << 20];
    int pages = count(pdf, len, "/Type /Page", 's');
    for (size_t i = 0; i + 8 < len; i++) {
        if (memcmp(pdf + i, "stream\n", 7) != 0) continue;
        uLongf n = sizeof room;
        const int status = uncompress((Bytef *)room, &n, (const Bytef *)pdf + i + 7, (uLong)(len - i - 7));
        if (status == Z_OK) pages += count(room, n, "/Type /Page", 's');
    }
    return pages;
}

// One page for each stage, and on each of them its title and formula; afterwards the view is as before.
static void test_handout(View *v, Folder *f) {
    Error e;
    size_t len;
    Arena *a = arena_make();
    go(v, "first:pixel");
    const Place before = v->at;
    const char *path = folder_file(f, "all.pdf");
    if (CHECK(handout_write(v, path, &e))) {
        char *pdf = io_read(path, 1 << 28, &len, &e);
        CHECK(pdf && pages_of(pdf, len) == v->t.n_stages);
        free(pdf);
    }
    CHECK(memcmp(&before, &v->at, sizeof before) == 0);
    for (int i = 0; i < v->t.n_stages; i++) {
        DrawList *d = handout_page(v, i, &e);
        if (!CHECK(d != NULL)) continue;
        const char *title = stage_title(a, &v->t, i);
        if (!CHECK(look_for(d, title) >= 1)) printf("  page %d has no title %s\n", i + 1, title);
        CHECK(look_for(d, "parameters") >= 1);
        look_rules(d, 11);
        draw_free(d);
    }
    v->at = before;
    arena_free(a);
}

// ---- all of it -----------------------------------------------------------------------------------

// The window has hardly any room: one sentence, and no scale that cannot be read.
static void test_small(View *v) {
    static const struct { int w, h; bool small; } rows[] = {
        {640, 400, false}, {639, 400, true}, {640, 399, true}, {1, 1, true}, {1280, 800, false},
    };
    Error e;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        view_event(v, &(Event){.kind = EVENT_RESIZE, .w = rows[i].w, .h = rows[i].h});
        DrawList *d = view_draw(v, &e);
        CHECK(d && (look_for(d, "Please make the window larger") == 1) == rows[i].small);
        CHECK(d && (look_for(d, "cnnrun") > 0) == !rows[i].small);
        draw_free(d);
    }
}

static void test_pictures(View *v) {
    press(v, 'o');
    if (!v->opener.data) press(v, KEY_TAB);
    press(v, KEY_HOME);
    press(v, KEY_ESCAPE);
    press(v, 'v'), walk_level(v, LEVEL_STAGE);
    walk_to_stage(v, last_layer(v));
    test_picture_here(v, "predict");
    press(v, 'v'), press(v, 'l'), press(v, 'l');
    v->message[0] = '\0';
    test_picture(v, "first:pixel", "contrast");
    press(v, 'l');
    v->message[0] = '\0';
    press(v, 'o');
    test_picture_here(v, "open");
    press(v, KEY_ESCAPE);
}

int main(void) {
    Folder f = folder_make();
    Opened o;
    put_files(&f);
    if (open_model(&o, "tests/data/view.cnn", 3)) {
        test_answers(o.v), test_small(o.v);
        test_pictures(o.v);
        test_handout(o.v, &f);
        test_files(o.v, &f), test_data(o.v);
        close_model(&o);
    }
    test_kept(), test_too_large(&f), test_names(&f);
    folder_remove(&f);
    return test_end("steer");
}
