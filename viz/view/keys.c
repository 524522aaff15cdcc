/* keys.c — the table of keys, and what each of them does. */
#include "viz/view/keys.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/view/edit.h"
#include "viz/view/opener.h"
#include "viz/view/predict.h"
#include "viz/view/remember.h"
#include "viz/view/snapshot.h"
#include "viz/view/walk.h"

#define ZOOM_STEP 1.25
#define PAN_STEP  0.125

// ---- moving --------------------------------------------------------------------------------------

// In predict mode the first step shows the result, the next one leaves it.
static void forward(View *v) {
    if (v->scene != SCENE_STAGES) v->scene = SCENE_STAGES;
    else if (!predict_reveal(v)) walk_step(v, 1);
}

static void back(View *v) {
    if (v->scene != SCENE_STAGES) v->scene = SCENE_STAGES;
    else walk_step(v, -1);
}

static void first(View *v)      { walk_to_stage(v, 0); }
static void last(View *v)       { walk_to_stage(v, v->t.n_stages - 1); }
static void next_stage(View *v) { walk_to_stage(v, v->at.stage + 1); }
static void play(View *v)       { v->playing = !v->playing; }
static void set_speed(View *v, double speed) {
    v->speed = fmax(1, fmin(30, speed));
    snprintf(v->message, sizeof v->message, "%.2g steps a second", v->speed);
}

static void faster(View *v)     { set_speed(v, v->speed * 1.5); }
static void slower(View *v)     { set_speed(v, v->speed / 1.5); }

// Pause, up one level, close: never further. Presenters' remotes alternate between F5 and Esc.
static void up(View *v) {
    if (v->playing) v->playing = false;
    else if (v->scene != SCENE_STAGES) v->scene = SCENE_STAGES;
    else if (v->comparing) v->comparing = false;
    else if (v->at.level > LEVEL_STAGE) walk_coarser(v);
}

// ---- data ----------------------------------------------------------------------------------------

static void next_image(View *v)     { lesson_image(v, 1); }
static void previous_image(View *v) { lesson_image(v, -1); }

// ---- looking -------------------------------------------------------------------------------------

// In the overview, its gradients; at a layer, from its values to its gradient and back.
static void gradients(View *v) {
    const Stage *s = &v->t.stage[v->at.stage];
    if (v->scene == SCENE_OVERVIEW) {
        v->gradients = !v->gradients && v->t.judged;
        return;
    }
    if (s->kind != STAGE_FORWARD && s->kind != STAGE_BACKWARD) return;
    const StageKind other = s->kind == STAGE_FORWARD ? STAGE_BACKWARD : STAGE_FORWARD;
    walk_to_stage(v, stage_of(&v->t, other, s->index));
}

// What cannot be seen on every screen is said.
static void scale(View *v) {
    static const char *const names[N_SCALE_BY] = {"each map for itself", "all maps of the stage",
                                                  "all stages"};
    v->scale_by = (v->scale_by + 1) % N_SCALE_BY;
    snprintf(v->message, sizeof v->message, "one scale of colours: %s", names[v->scale_by]);
}

static void order(View *v) {
    static const char *const names[N_ORDERS] = {"by number", "strongest first", "silent ones first"};
    v->order = (v->order + 1) % N_ORDERS;
    snprintf(v->message, sizeof v->message, "channels: %s", names[v->order]);
}

static void colours(View *v) {
    static const char *const names[N_PALETTES] = {"orange and blue", "red and blue", "orange and purple",
                                                  "brown and green"};
    v->palette = (v->palette + 1) % N_PALETTES;
    snprintf(v->message, sizeof v->message, "negative and positive: %s", names[v->palette]);
}

static void theme(View *v) {
    v->theme = (v->theme + 1) % N_THEMES;
    snprintf(v->message, sizeof v->message, "theme: %s", theme_name(v->theme));
}

static void guess(View *v) {
    v->predict = !v->predict;
    predict_forget(v);
    snprintf(v->message, sizeof v->message, "%s", v->predict
             ? "predict: results are hidden until the next step; type what you expect" : "results are shown");
}

// While a result is hidden the key begins the answer (predict.h).
static void answer(View *v) {
    snprintf(v->message, sizeof v->message, "%s", v->predict
             ? "nothing is hidden here: go to a number (level Pixel) or to the last layer" : "V asks first");
}

static void train(View *v)       { v->scene = SCENE_TRAIN, v->playing = false; }
static void zoom_in(View *v)     { v->zoom = fmin(v->zoom * ZOOM_STEP, MAX_ZOOM); }
static void zoom_out(View *v)    { v->zoom = fmax(v->zoom / ZOOM_STEP, 1); }
static void zoom_off(View *v)    { v->zoom = 1; }
static void pan_left(View *v)    { v->pan_x = fmax(0, v->pan_x - PAN_STEP); }
static void pan_right(View *v)   { v->pan_x = fmin(1, v->pan_x + PAN_STEP); }
static void pan_up(View *v)      { v->pan_y = fmax(0, v->pan_y - PAN_STEP); }
static void pan_down(View *v)    { v->pan_y = fmin(1, v->pan_y + PAN_STEP); }
static void full_screen(View *v) { v->full_screen = !v->full_screen; }
static void listing(View *v)     { v->model_text = !v->model_text; }
static void blank(View *v)       { v->blank = true; }
static void draw(View *v)        { v->scene = SCENE_DRAW; }
static void overview(View *v)    { v->scene = SCENE_OVERVIEW; }

// ---- keeping -------------------------------------------------------------------------------------

// The first time the state is kept; from then on the comparison with it comes and goes.
static void compare(View *v) {
    if (v->remembered.n == 0) {
        remember(v);
        return;
    }
    v->comparing = v->scene != SCENE_STAGES || !v->comparing;
    v->scene = SCENE_STAGES;
}

static void save_picture(View *v) { snapshot_save(v); }
static void save_handout(View *v) { handout_save(v); }
static void help(View *v)         { v->behind = v->scene, v->scene = SCENE_HELP; }
static void quit(View *v)         { v->quit = true; }

const KeyRow key_rows[] = {
    {KEYS_MOVE, "one step forward",      forward,        {KEY_RIGHT, KEY_PAGE_DOWN}, {"→", "Page Down"}},
    {KEYS_MOVE, "one step back",         back,           {KEY_LEFT, KEY_PAGE_UP},    {"←", "Page Up"}},
    {KEYS_MOVE, "coarser, the overview", walk_coarser,   {KEY_UP},                   {"↑"}},
    {KEYS_MOVE, "finer",                 walk_finer,     {KEY_DOWN, KEY_ENTER},      {"↓", "Enter"}},
    {KEYS_MOVE, "first stage",           first,          {KEY_HOME},                 {"Home"}},
    {KEYS_MOVE, "last stage",            last,           {KEY_END},                  {"End"}},
    {KEYS_MOVE, "next, or by its number", next_stage,     {KEY_TAB},                  {"Tab", "1 … 9"}},
    {KEYS_MOVE, "play, pause",           play,           {' ', KEY_F5},              {"Space", "F5"}},
    {KEYS_MOVE, "faster",                faster,         {'+'},                      {"+"}},
    {KEYS_MOVE, "slower",                slower,         {'-'},                      {"−"}},
    {KEYS_DATA, "next image",            next_image,     {'n'},                      {"N"}},
    {KEYS_DATA, "previous image",        previous_image, {'N'},                      {"Shift N"}},
    {KEYS_DATA, "next batch",            lesson_batch,   {'B'},                      {"Shift B"}},
    {KEYS_DATA, "open a picture",        opener_begin,   {'o', 'O'},                 {"O"}},
    {KEYS_DATA, "draw; 1 … 9 are colours", draw,           {'d', 'D'},                 {"D"}},
    {KEYS_DATA, "update, then next step", lesson_update, {'u', 'U'},                 {"U"}},
    {KEYS_DATA, "start again, same seed", lesson_restart, {'r', 'R'},                {"R"}},
    {KEYS_DATA, "measure this gradient", edit_check,    {'i', 'I'},                 {"I"}},
    {KEYS_DATA, "train; nothing is saved",     train,          {'t', 'T'},                 {"T"}},
    {KEYS_LOOK, "values or gradients",   gradients,      {'g', 'G'},                 {"G"}},
    {KEYS_LOOK, "the whole network",     overview,       {'w', 'W'},                 {"W"}},
    {KEYS_LOOK, "the model's text",     listing,        {'x', 'X'},                 {"X"}},
    {KEYS_LOOK, "scale: map, stage, all", scale,         {'s', 'S'},                 {"S"}},
    {KEYS_LOOK, "order of channels",     order,          {'k', 'K'},                 {"K"}},
    {KEYS_LOOK, "colours of the scale", colours,        {'c', 'C'},                 {"C"}},
    {KEYS_LOOK, "light, dark, contrast", theme,          {'l', 'L'},                 {"L"}},
    {KEYS_LOOK, "predict: hide results", guess,          {'v', 'V'},                 {"V"}},
    {KEYS_LOOK, "predict: answer by name", answer,       {'a', 'A'},                 {"A"}},
    {KEYS_LOOK, "keep this state; compare", compare,     {'m'},                      {"M"}},
    {KEYS_LOOK, "keep this one instead", remember,       {'M'},                      {"Shift M"}},
    {KEYS_LOOK, "larger",                zoom_in,        {CTRL | '+', CTRL | '='},   {"Ctrl +"}},
    {KEYS_LOOK, "smaller",               zoom_out,       {CTRL | '-'},               {"Ctrl −"}},
    {KEYS_LOOK, "normal size",           zoom_off,       {CTRL | '0'},               {"Ctrl 0"}},
    {KEYS_LOOK, "move the magnifier",    pan_left,       {CTRL | KEY_LEFT},          {"Ctrl ← → ↑ ↓"}},
    {KEYS_LOOK, "full screen",           full_screen,    {'f', 'F', KEY_F11},        {"F", "F11"}},
    {KEYS_LOOK, "blank screen",          blank,          {'.', 'b'},                 {".", "b"}},
    {KEYS_KEEP, "change the marked weight", edit_begin, {'e', 'E'},                {"E"}},
    {KEYS_KEEP, "take the change back", edit_undo,      {'z', 'Z'},                 {"Z"}},
    {KEYS_KEEP, "back; never quits",     up,             {KEY_ESCAPE},               {"Esc"}},
    {KEYS_KEEP, "save picture (PNG)",    save_picture,   {'p', 'P'},                 {"P"}},
    {KEYS_KEEP, "handout (PDF)",         save_handout,   {'h', 'H'},                 {"H"}},
    {KEYS_KEEP, "these keys",            help,           {'?'},                      {"?"}},
    {KEYS_KEEP, "quit",                  quit,           {CTRL | 'q'},               {"Ctrl Q"}},
};

const int n_key_rows = sizeof key_rows / sizeof *key_rows;

// Keys of a row whose keys do not all do the same, and what + is on many keyboards without Shift.
static const struct { uint32_t key; void (*act)(View *v); } more_keys[] = {
    {CTRL | KEY_RIGHT, pan_right}, {CTRL | KEY_UP, pan_up}, {CTRL | KEY_DOWN, pan_down}, {'=', faster},
};

static bool act_by_row(View *v, uint32_t key) {
    for (int i = 0; i < n_key_rows; i++)
        for (int k = 0; k < 3; k++)
            if (key_rows[i].key[k] == key) return key_rows[i].act(v), true;
    for (size_t i = 0; i < sizeof more_keys / sizeof *more_keys; i++)
        if (more_keys[i].key == key) return more_keys[i].act(v), true;
    return false;
}

bool key_act(View *v, const Event *e) {
    if (e->key == 0) return false;
    if (!e->ctrl && e->key >= '1' && e->key <= '9') {
        walk_to_stage(v, (int)(e->key - '1'));
        return true;
    }
    return act_by_row(v, e->key | (e->ctrl ? CTRL : 0));
}

// ---- names for scripts ---------------------------------------------------------------------------

uint32_t key_named(const char *name) {
    static const struct { const char *name; uint32_t key; } names[] = {
        {"Left", KEY_LEFT},     {"Right", KEY_RIGHT},       {"Up", KEY_UP},     {"Down", KEY_DOWN},
        {"PageUp", KEY_PAGE_UP}, {"PageDown", KEY_PAGE_DOWN}, {"Home", KEY_HOME}, {"End", KEY_END},
        {"Tab", KEY_TAB},       {"Enter", KEY_ENTER},       {"Esc", KEY_ESCAPE}, {"F5", KEY_F5},
        {"F11", KEY_F11},       {"Space", ' '},             {"Backspace", KEY_BACKSPACE},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0) return names[i].key;
    return name[0] > ' ' && name[0] < 127 && name[1] == '\0' ? (unsigned char)name[0] : 0;
}
