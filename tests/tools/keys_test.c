/* keys_test.c — the table of keys, row by row: what each key does on every screen, at every level, at both
 * ends; by keyboard, by the remote of a presenter, and by mouse.
 *
 * A row is where one is, what one does (keys_words.h), and what the screen says then. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tools/keys_words.h"
#include "tests/unit/folder.h"
#include "viz/view/remember.h"

enum { IMAGE = 3 };

// As it is when it is opened.
static void reset(View *v) {
    v->scene = SCENE_STAGES, v->blank = v->playing = v->predict = v->comparing = v->model_text = false;
    v->gradients = v->full_screen = v->pointing = false;
    v->zoom = 1, v->pan_x = v->pan_y = 0, v->speed = 4;
    v->theme = THEME_LIGHT, v->palette = 0, v->scale_by = BY_MAP, v->order = ORDER_INDEX;
    v->message[0] = v->trouble[0] = '\0';
    v->mouse = (Point){-1, -1};
    walk_level(v, LEVEL_STAGE);
    remember_free(&v->remembered);
    if (v->t.picture[0] != IMAGE) lesson_number(v, IMAGE);
    walk_to_stage(v, 0);
}

static char *text_after(View *v, const char *words) {
    reset(v);
    do_words(v, words);
    char *text = view_text(v);
    CHECK(text != NULL);
    return text;
}

// ---- what each key does --------------------------------------------------------------------------

// says: a part of the screen's text; "!…": no part of it.
static const struct { const char *words, *says; } rows[] = {
    // step: at every level, past the end to the next stage
    {"Right", "stage rescale · Rescale · Stage · stage 2 of"},
    {"PageDown", "stage rescale"}, {"Right PageUp", "stage load"}, {"Right Left", "stage load"},
    {">first:channel first!", "Load · Channel · channel 1 of 1"},
    {">first:channel Right", "Convolution first · Channel · channel"},
    {">first:channel first! Right", "stage rescale · Rescale · Channel · channel 1 of 1"},
    {">first:pixel first! Right", "Load · Pixel · channel 1 of 1 · pixel 2 of 64 · row 0, column 1"},
    {">first:pixel first! Right Left", "pixel 1 of 64 · row 0, column 0"},
    {">first:multiply Right", "term 2 of"}, {">first:multiply Right Left", "term 1 of"},
    {">first:multiply Left", "Convolution first · Multiply"},
    // finer, coarser
    {"Down", "Load · Channel"}, {"Enter", "Load · Channel"}, {"Down Down Down", "Load · Multiply"},
    {"Down Down Down Down", "Load · Multiply"}, {"Down Up", "Load · Stage"}, {"Up", "scene overview"},
    {"Up Up", "Load · Stage"}, {"Up Down", "Load · Stage"}, {">first:multiply Up", "first · Pixel"},
    // first, last, by number, next
    {"End", "stage update"}, {"End Home", "stage load"}, {">first:pixel End", "Update · Pixel"},
    {">first:pixel Home", "Load · Pixel"}, {"4", "stage first"}, {"9", "stage 9 of"}, {"End 1", "stage load"},
    {"Tab", "stage rescale"}, {"End Tab", "stage update"}, {">first:pixel Tab", "· Pixel · channel"},
    {"Up Home", "stage load"}, {"t 3", "stage normalize"},
    // play, pause, and a remote whose start button alternates F5 and Esc
    {"Space tick:3", "stage first"}, {"F5 tick:3", "stage first"},
    {"Space tick:1 Space tick:5", "stage rescale"},
    {"F5 tick:1 Esc tick:5", "stage rescale"}, {"F5 tick:1 Esc F5 tick:1 Esc tick:9", "stage normalize"},
    {"F5 Esc Esc Esc", "stage load"}, {">first:pixel F5 Esc", "first · Pixel"},
    {">first:pixel F5 Esc F5 Esc tick:3", "first · Pixel"}, {"End F5 tick:2 F5 Esc", "stage update"},
    {"+", "message 6 steps a second"}, {"-", "message 2.7 steps a second"},
    {"+ + + + + + + + +", "message 30 steps a second"}, {"- - - - - - - -", "message 1 steps a second"},
    {"=", "message 6 steps a second"},
    // Esc: pause, up one level, close; it never quits
    {">first:multiply Esc", "first · Pixel"}, {">first:pixel Esc", "first · Channel"},
    {">first:channel Esc", "first · Stage"}, {">first Esc Esc Esc", "first · Stage"},
    {"Up Esc", "Load · Stage"}, {"t Esc", "Load · Stage"}, {"d Esc", "Load · Stage"},
    {"o Esc", "Load · Stage"},
    {"? Esc", "Load · Stage"}, {"Up ? Esc", "scene overview"},
    // blank, by both buttons; the next key only takes it away
    {".", "blank"}, {"b", "blank"}, {". .", "stage load"}, {"b b", "stage load"}, {". Right", "stage load"},
    {". Right Right", "stage rescale"}, {". F5 tick:3", "stage load"}, {". Esc", "stage load"},
    {". wheel:-1", "stage load"}, {">first:pixel b PageDown", "first · Pixel"},
    // images, batch, update, restart
    {"n", "image 4,"}, {"n N", "image 3,"}, {"N", "image 2,"}, {"N n", "image 3,"},
    {">first:pixel n", "first · Pixel"}, {"t n", "scene train"}, {"B", "image 11,"},
    {"B N N N N N N N N", "image 3,"},
    {"o", "scene open"}, {"O", "scene open"}, {"d", "scene draw"}, {"D", "scene draw"}, {"t", "scene train"},
    {"T", "scene train"}, {"u r", "image 3,"},
    // gradients, the whole network, the model's text
    {">first g", "stage first.backward · Convolution first, backward"}, {">first g g", "stage first ·"},
    {">first:pixel g", "backward · Pixel"}, {"g", "stage load"}, {"w", "scene overview"},
    {"W", "scene overview"},
    {"w Right", "stage load"}, {"w wheel:-1", "stage load"}, {"? wheel:-1", "stage load"},
    // scale, order, colours, theme
    {">first s", "colours: one scale for this stage"}, {">first s s", "colours: one scale for all stages"},
    {">first s s s", "!one scale for"}, {">first s", "message one scale of colours: all maps of the stage"},
    {"k", "message channels: strongest first"}, {"k k", "message channels: silent ones first"},
    {"k k k", "message channels: by number"}, {"c", "message negative and positive: red and blue"},
    {"c c c c", "message negative and positive: orange and blue"}, {"l", "message theme: dark"},
    {"l l", "message theme: high contrast"}, {"l l l", "message theme: light"},
    // predict, answer, edit, undo, measure
    {">first:pixel v", "] = ?"}, {">first:pixel v Right", "!] = ?"}, {">first:pixel v v", "!] = ?"},
    {">first:pixel v wheel:-1", "!] = ?"}, {">first:pixel v 4 2", "= 42 ?"},
    {">first:pixel v PageDown PageDown", "] = ?"},
    {"v", "message predict: results are hidden"}, {"a", "message V asks first"},
    {">first:multiply Right e", "message first W"}, {"e", "message"},
    {">first:multiply Right e 2 . 5 Enter z", "message"},
    {">first:multiply Right i", "measured by changing it"},
    {">first.backward:multiply i", "message first W["},
    {">middle.backward:multiply i", "message middle W["},
    // keep and compare
    {"m", "kept step"}, {"m m", "kept step"}, {"M", "kept step"},
    // help, and keys that mean nothing
    {"?", "Ctrl Q: quit"}, {"? Right", "stage load"}, {"j", "stage load"}, {"Ctrl+j", "stage load"},
    // the wheel is a step
    {"wheel:-1", "stage rescale"}, {"Right wheel:1", "stage load"}, {">first:multiply wheel:-1", "term 2 of"},
};

static void test_rows(View *v) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = text_after(v, rows[i].words);
        const bool not = rows[i].says[0] == '!';
        if (text && !CHECK(not != (strstr(text, rows[i].says + not) != NULL)))
            printf("  after %s: %s\n%s\n", rows[i].words, rows[i].says, text);
        CHECK(!v->quit);
        free(text);
        look(v, rows[i].words);
    }
    reset(v);
    press(v, 'r');
}

// ---- keys that do the same, and ends -------------------------------------------------------------

static void check_same(View *v, const char *from, const char *a, const char *b) {
    char words[200];
    snprintf(words, sizeof words, "%s %s", from, a);
    char *one = text_after(v, words);
    const bool full = v->full_screen;
    snprintf(words, sizeof words, "%s %s", from, b);
    char *other = text_after(v, words);
    if (!CHECK(one && other && strcmp(one, other) == 0 && full == v->full_screen))
        printf("  from '%s': '%s' is not '%s'\n%s\n%s\n", from, a, b, one ? one : "", other ? other : "");
    free(one), free(other);
}

static const char *const levels[N_LEVELS] = {"first", "first:channel", "first:pixel", "first:multiply"};

// At every level: remote, mouse and keyboard agree, a step and its way back are nothing, and at both ends
// one stays where one is.
static void test_levels(View *v) {
    static const struct { const char *a, *b; } same[] = {
        {"Right", "PageDown"}, {"Right", "wheel:-1"}, {"Left", "PageUp"}, {"Left", "wheel:1"},
        {"Down", "Enter"}, {"Space tick:2", "F5 tick:2"}, {".", "b"}, {"", "Right Left"}, {"", "Left Right"},
        {"", "n N"}, {"", "Space Space"}, {"", "F5 Esc"}, {"f", "F11"}, {"", "f F"}, {"", "F11 F11"},
        {"g", "G"}, {"w", "W"}, {"x", "X"}, {"s", "S"}, {"k", "K"}, {"c", "C"}, {"l", "L"}, {"v", "V"},
        {"i", "I"}, {"e Esc", "E Esc"}, {"z", "Z"},
    };
    static const struct { const char *from, *word; } stays[] = {
        {"first!", "Left"}, {"first!", "PageUp"}, {"first!", "wheel:1"}, {"last!", "Right"},
        {"last!", "PageDown"},
        {"last!", "wheel:-1"}, {"last!", "Space tick:2"}, {"last!", "End"}, {"last!", "Tab"},
        {"first!", "Home Home"},
    };
    char from[100];
    for (Level l = 0; l < N_LEVELS; l++) {
        snprintf(from, sizeof from, ">%s", levels[l]);
        for (size_t i = 0; i < sizeof same / sizeof *same; i++) check_same(v, from, same[i].a, same[i].b);
        for (size_t i = 0; i < sizeof stays / sizeof *stays; i++) {
            const bool settles = strstr(stays[i].word, "End") || strstr(stays[i].word, "Home");
            snprintf(from, sizeof from, ">%s %s", levels[l], stays[i].from);
            if (!settles || l == LEVEL_STAGE) check_same(v, from, "", stays[i].word);
        }
    }
    reset(v);
}

// Another target of a stage was clicked: a step beyond the end leaves it marked.
static void test_target_stays(View *v) {
    reset(v);
    press(v, KEY_END);
    walk_to(v, 2, 0, -1);
    const Place before = v->at;
    press(v, KEY_RIGHT);
    CHECK(memcmp(&before, &v->at, sizeof before) == 0);
}

// ---- playing -------------------------------------------------------------------------------------

// At level Pixel a map takes about ten seconds, however large it is and however fast one plays.
static void test_play(View *v) {
    static const char *const faster[] = {"", "+", "+ + +", "- -"};
    for (size_t i = 0; i < sizeof faster / sizeof *faster; i++) {
        char words[80];
        snprintf(words, sizeof words, "%s >first:pixel", faster[i]);
        reset(v);
        do_words(v, words);
        walk_to(v, 0, 0, 0);
        const Target t = walk_here(v);
        press(v, ' ');
        double seconds = 0;
        for (; v->at.channel == 0 && seconds < 100; seconds += view_pause(v) / 1000.0)
            view_event(v, &(Event){.kind = EVENT_TICK});
        const double most = fmin(10, t.pixels / v->speed);
        if (!CHECK(seconds > 0.5 * most && seconds < 2.1 * most + 1))
            printf("  %d pixels in %.1f seconds at %.1f\n", t.pixels, seconds, v->speed);
    }
    reset(v);
}

// ---- keys and the help ---------------------------------------------------------------------------

// The keys that a cap of the help stands for: "Ctrl ← →" is two, "1 … 9" nine.
static int keys_of_cap(const char *cap, uint32_t *key) {
    static const struct { const char *cap; uint32_t key; } caps[] = {
        {"→", KEY_RIGHT}, {"←", KEY_LEFT}, {"↑", KEY_UP}, {"↓", KEY_DOWN}, {"Page", 0}, {"−", '-'},
        {"Down", KEY_PAGE_DOWN}, {"Up", KEY_PAGE_UP},
    };
    char word[20];
    uint32_t with = 0;
    bool capital = true;
    int n = 0;
    if (strcmp(cap, "1 … 9") == 0) {
        for (; n < 9; n++) key[n] = (uint32_t)('1' + n);
        return n;
    }
    for (int len; sscanf(cap, "%19s%n", word, &len) == 1; cap += len) {
        uint32_t k = key_named(word);
        for (size_t i = 0; i < sizeof caps / sizeof *caps; i++)
            if (strcmp(caps[i].cap, word) == 0) k = caps[i].key;
        if (strcmp(word, "Ctrl") == 0) with = CTRL;
        else if (strcmp(word, "Shift") == 0) capital = false;
        else if (k) key[n++] = with | (capital && k >= 'A' && k <= 'Z' ? k + 'a' - 'A' : k);
        else CHECK_TEXT(word, "Page");
    }
    return n;
}

static bool acts(View *v, uint32_t key) {
    reset(v);
    const Event e = {.kind = EVENT_KEY, .key = key & ~(uint32_t)CTRL, .ctrl = key & CTRL};
    const bool acted = key_act(v, &e);
    v->quit = v->edit.active = false;
    return acted;
}

// Every cap of the help is a key of its row that does something; and every key that does something stands
// in the help, as it is or as the other case of a letter.
static void test_help(View *v) {
    uint32_t shown[200] = {0}, key[16];
    int n = 0;
    for (int i = 0; i < n_key_rows; i++)
        for (int c = 0; c < 2 && key_rows[i].cap[c]; c++)
            for (int k = 0, m = keys_of_cap(key_rows[i].cap[c], key); k < m; k++) shown[n++] = key[k];
    for (int i = 0; i < n; i++)
        if (!CHECK(acts(v, shown[i]))) printf("  key %x of the help does nothing\n", (unsigned)shown[i]);
    for (uint32_t k = 1; k < 0x200; k++) {
        const uint32_t plain = k < 0x80 ? k : k < 0x100 ? KEY_LEFT + k - 0x80 : k - 0x100;
        const uint32_t one = plain | (k >= 0x100 ? CTRL : 0);
        const bool capital = plain >= 'A' && plain <= 'Z', same = plain == '=' || plain == 'F';
        bool found = same;
        for (int i = 0; i < n; i++)
            found = found || shown[i] == one || (capital && shown[i] == one + 'a' - 'A');
        if (plain == 0 || !acts(v, one) || found) continue;
        CHECK(found);
        printf("  key %x acts, and is not in the help\n", (unsigned)one);
    }
    CHECK(n > 40);
    reset(v);
    press(v, 'r');
}

// ---- the mouse -----------------------------------------------------------------------------------

static void mouse(View *v, EventKind kind, double x, double y) {
    Error e;
    draw_free(view_draw(v, &e));
    view_event(v, &(Event){.kind = kind, .x = x, .y = y});
}

static Point middle_of(View *v, HitKind kind, int to) {
    Error e;
    draw_free(view_draw(v, &e));
    for (int i = v->hits.n - 1; i >= 0; i--) {
        const Hit *h = &v->hits.hit[i];
        if (h->kind == kind && (kind == HIT_CELLS ? h->target == to && h->rect.w > 60 : h->to == to))
            return (Point){h->rect.x + h->rect.w / 2, h->rect.y + h->rect.h / 2};
    }
    CHECK(false);
    return (Point){0, 0};
}

static void click(View *v, HitKind kind, int to) {
    const Point p = middle_of(v, kind, to);
    mouse(v, EVENT_PRESS, p.x, p.y), mouse(v, EVENT_RELEASE, p.x, p.y);
}

static void test_mouse(View *v) {
    reset(v);
    const int first = trace_stage(&v->t, "first"), last = v->t.n_stages - 1;
    click(v, HIT_STAGE, first);
    CHECK(v->at.stage == first);
    click(v, HIT_STAGE, last);
    CHECK(v->at.stage == last);
    for (Level l = N_LEVELS; l-- > 0;) {
        click(v, HIT_LEVEL, (int)l);
        CHECK(v->at.level == l);
    }
    walk_to_stage(v, first);
    walk_level(v, LEVEL_STAGE);
    click(v, HIT_CHANNEL, 2);
    CHECK(v->at.level == LEVEL_CHANNEL && v->at.channel == 2 && v->at.stage == first);
    click(v, HIT_CHANNEL, 0);
    CHECK(v->at.level == LEVEL_CHANNEL && v->at.channel == 0);
    click(v, HIT_CELLS, 0);
    CHECK(v->at.level == LEVEL_PIXEL && v->at.stage == first);
    click(v, HIT_SCENE, SCENE_TRAIN);
    CHECK(v->scene == SCENE_TRAIN);
    mouse(v, EVENT_PRESS, 3, 3), mouse(v, EVENT_RELEASE, 3, 3); // where nothing is
    CHECK(v->scene == SCENE_TRAIN);
    reset(v);
}

// A press is a click once the button is up again, however much a hand shakes meanwhile, and at the place
// where it went down. A press that is moved away from there is none, and neither is a release alone.
static void test_drag(View *v) {
    static const struct { double by; bool clicks; } moved[] = {{0, true}, {4, true}, {8, false},
                                                               {300, false}};
    for (int large = 0; large < 2; large++)
        for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
            reset(v);
            view_event(v, &(Event){.kind = EVENT_RESIZE, .w = SLIDE_W << large, .h = SLIDE_H << large});
            const int first = trace_stage(&v->t, "first");
            const Point p = middle_of(v, HIT_STAGE, first);
            const double scale = 1 << large, x = scale * p.x, y = scale * p.y, to = y + scale * moved[i].by;
            mouse(v, EVENT_PRESS, x, y);
            CHECK(v->at.stage == 0);
            mouse(v, EVENT_MOVE, x, to), mouse(v, EVENT_RELEASE, x, to);
            if (!CHECK(v->at.stage == (moved[i].clicks ? first : 0)))
                printf("  moved by %g dp\n", moved[i].by);
            walk_to_stage(v, 0);
            mouse(v, EVENT_RELEASE, x, y);
            CHECK(v->at.stage == 0);
        }
    view_event(v, &(Event){.kind = EVENT_RESIZE, .w = SLIDE_W, .h = SLIDE_H});
    reset(v);
}

// Ctrl and the wheel is the magnifier; dragging moves what it shows, and Ctrl 0 ends it.
static void test_magnifier(View *v) {
    reset(v);
    do_words(v, "Ctrl+wheel:1");
    CHECK_NEAR(v->zoom, 1.1, 1e-9);
    do_words(v, "Ctrl+wheel:-1 Ctrl+wheel:-1");
    CHECK_NEAR(v->zoom, 1, 0);
    do_words(v, "Ctrl++ Ctrl++");
    CHECK(v->zoom > 1.5 && v->at.stage == 0);
    mouse(v, EVENT_MOVE, 5, 5), mouse(v, EVENT_PRESS, 5, 5);
    const PaintView before = view_place(v);
    mouse(v, EVENT_MOVE, 900, 700), mouse(v, EVENT_RELEASE, 900, 700);
    CHECK(view_place(v).x < before.x && view_place(v).y < before.y);
    do_words(v, "Ctrl+Left Ctrl+Up");
    const PaintView left = view_place(v);
    do_words(v, "Ctrl+Right Ctrl+Down");
    CHECK(view_place(v).x < left.x && view_place(v).y < left.y);
    do_words(v, "Ctrl+-");
    CHECK_NEAR(v->zoom, 1.25, 1e-9);
    do_words(v, "Ctrl+0");
    CHECK_NEAR(v->zoom, 1, 0);
    for (int i = 0; i < 30; i++) do_words(v, "Ctrl+wheel:1");
    CHECK_NEAR(v->zoom, MAX_ZOOM, 0);
    reset(v);
}

static bool shows(View *v, const char *text) {
    Error e;
    DrawList *d = view_draw(v, &e);
    const bool found = d && look_for(d, text) > 0;
    draw_free(d);
    return found;
}

// The value under the mouse is not there for the first motion, appears with the second, and is gone with
// any key and with the wheel.
static void test_hover(View *v) {
    static const char *const words[] = {"j", "Right", "wheel:-1", "l", "Esc"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        reset(v);
        do_words(v, ">first.backward:channel");
        const Point p = middle_of(v, HIT_STAGE, 0);
        mouse(v, EVENT_MOVE, p.x, p.y);
        CHECK(!v->pointing && !shows(v, "Load   data"));
        mouse(v, EVENT_MOVE, p.x + 1, p.y);
        CHECK(v->pointing && shows(v, "Load   data"));
        do_words(v, words[i]);
        CHECK(!v->pointing && !shows(v, "Load   data"));
    }
    reset(v);
}

// ---- the scale is always written -----------------------------------------------------------------

static void test_scale(View *v) {
    static const char *const said[N_SCALE_BY][2] = {{"this map", "all maps"}, {"this stage", "all maps"},
                                                    {"all stages", "all stages"}};
    for (int s = 0; s < N_SCALE_BY; s++)
        for (int i = 0; i < v->t.n_stages; i++)
            for (Level l = 0; l < N_LEVELS; l++) {
                const StageKind kind = v->t.stage[i].kind;
                if (kind != STAGE_FORWARD && kind != STAGE_BACKWARD) continue;
                reset(v);
                v->scale_by = (ScaleBy)s;
                walk_level(v, l), walk_to_stage(v, i);
                Error e;
                DrawList *d = view_draw(v, &e);
                int bars = 0, words = 0;
                for (int k = 0; d && k < d->n; k++)
                    bars += d->command[k].kind == DRAW_CELLS && d->command[k].rows == 1 &&
                            d->command[k].columns == 128;
                for (int k = 0; d && k < 2; k++) words += look_for(d, said[s][k]);
                if (!CHECK(bars == 0 || words > 0))
                    printf("  %s, level %d: no scale says '%s'\n", v->t.stage[i].name, (int)l, said[s][0]);
                draw_free(d);
            }
    reset(v);
}

// ---- keeping -------------------------------------------------------------------------------------

static bool there(const char *path) {
    struct stat s;
    return stat(path, &s) == 0 && s.st_size > 1000;
}

static void test_files(View *v) {
    reset(v);
    do_words(v, ">first:pixel p");
    CHECK(there("view-first.png") && shows(v, "saved as view-first.png"));
    do_words(v, "w P");
    CHECK(there("view-overview.png"));
    reset(v);
    do_words(v, "h");
    CHECK(there("view-handout.pdf") && v->at.stage == 0);
    CHECK(!v->saving);
}

// A weight that is changed is one number again after Z; R is the beginning, bit by bit.
static void test_back_to_start(View *v) {
    const Params *p = v->s->params;
    const size_t bytes = p->len * sizeof *p->value;
    real *start = malloc(bytes + 1);
    reset(v);
    press(v, 'r');
    for (int i = 0; start && i < 2; i++) {
        lesson_put_back(v);
        if (i == 0) memcpy(start, p->value, bytes);
        else CHECK(memcmp(start, p->value, bytes) == 0);
        lesson_again(v);
        do_words(v, i == 0 ? "u u >first:multiply Right e 3 Enter u n r" : "");
    }
    lesson_put_back(v);
    if (start) memcpy(start, p->value, bytes);
    lesson_again(v);
    do_words(v, ">first:multiply Right e 3 Enter");
    CHECK(v->edits == 1 && shows(v, "edited"));
    do_words(v, "z");
    CHECK(v->edits == 0 && !shows(v, "edited"));
    lesson_put_back(v);
    CHECK(start && memcmp(start, p->value, bytes) == 0);
    lesson_again(v);
    free(start);
    reset(v);
}

static void test_quit(View *v) {
    reset(v);
    v->edit.active = false;
    do_words(v, "q Q Esc Esc");
    CHECK(!v->quit);
    do_words(v, ">first:multiply Right e Ctrl+q"); // also while something is typed
    CHECK(v->quit);
    v->quit = false, v->edit.active = false;
    do_words(v, "? Ctrl+q");
    CHECK(v->quit);
    v->quit = false;
}

int main(void) {
    Folder f = folder_make();
    Opened o;
    if (open_model(&o, "tests/data/view.cnn", IMAGE)) {
        CHECK(chdir(f.path) == 0); // for what keys save
        test_rows(o.v), test_levels(o.v), test_target_stays(o.v), test_play(o.v), test_help(o.v);
        test_mouse(o.v), test_drag(o.v), test_magnifier(o.v), test_hover(o.v), test_scale(o.v);
        test_back_to_start(o.v);
        test_files(o.v);
        test_quit(o.v);
        close_model(&o);
    }
    folder_remove(&f);
    return test_end("keys");
}
