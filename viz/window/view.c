/* view.c — the screens of the window, and what keys do.
 *
 * A screen is laid out in at least 1280 × 800 dp, whatever the size of the window: a slide looks
 * the same on a projector and on a small laptop. Larger is what the magnifier is for. */
#include "viz/window/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"
#include "runtime/run_folder.h"
#include "runtime/train.h"
#include "viz/charts/charts.h"

enum { FOOTER = 48 };

#define ZOOM_STEP 1.25
#define SMALLEST  0.5 // scale below which nothing could be read

// ---- open and close ----------------------------------------------------------------------------

static void read_history(View *v) {
    char *folder = session_run(v->x, &(RunOptions){0});
    char *path = folder ? io_join(folder, RUN_RESULTS) : NULL;
    if (path && io_exists(path)) history_read(path, &v->history, &v->history_error);
    free(folder), free(path);
}

void view_open(View *v, const Experiment *x, int w, int h) {
    *v = (View){.x = x, .zoom = 1, .w = w, .h = h, .dirty = true};
    read_history(v);
}

void view_close(View *v) {
    history_free(&v->history);
}

// ---- screens -----------------------------------------------------------------------------------

static bool network_screen(DrawList *d, Rect area, const View *v, Error *e) {
    return draw_network(d, area, v->x, e);
}

// A message instead of the curves if their file is broken.
static bool curves_screen(DrawList *d, Rect area, const View *v, Error *e) {
    (void)e;
    if (v->history.n > 0) {
        draw_curves(d, area, &v->history);
        return true;
    }
    const Rect in = rect_inset(area, MARGIN);
    const TextStyle s = {.size = SIZE_BODY, .tone = TONE_NEG};
    draw_title(d, (Point){in.x, in.y + 24}, in.x + in.w, "Training", "its results cannot be read");
    draw_fitted(d, (Rect){in.x, in.y + 60, in.w, 40}, s, v->history_error.text);
    return true;
}

static const struct {
    const char *name;
    bool (*draw)(DrawList *d, Rect area, const View *v, Error *e);
} screens[] = {
    {"network",  network_screen},
    {"training", curves_screen},
};

// The screens there are: the second one only after training.
static int count_screens(const View *v) {
    return v->history.n > 0 || v->history_error.text[0] ? 2 : 1;
}

// ---- events ------------------------------------------------------------------------------------

static double clamp(double v, double lo, double hi) {
    return fmin(fmax(v, lo), hi);
}

static void next_screen(View *v) {
    v->screen = (v->screen + 1) % count_screens(v);
}

static void previous_screen(View *v) {
    v->screen = (v->screen + count_screens(v) - 1) % count_screens(v);
}

static void first_screen(View *v) { v->screen = 0; }
static void last_screen(View *v)  { v->screen = count_screens(v) - 1; }
static void zoom_in(View *v)      { v->zoom = fmin(v->zoom * ZOOM_STEP, MAX_ZOOM); }
static void zoom_out(View *v)     { v->zoom = fmax(v->zoom / ZOOM_STEP, 1); }
static void zoom_off(View *v)     { v->zoom = 1; }
static void pan_up(View *v)       { v->pan_y = fmax(0, v->pan_y - 0.125); }
static void pan_down(View *v)     { v->pan_y = fmin(1, v->pan_y + 0.125); }
static void full_screen(View *v)  { v->full_screen = !v->full_screen; }
static void quit(View *v)         { v->quit = true; }
static void other_theme(View *v)  { v->theme = v->theme == THEME_LIGHT ? THEME_DARK : THEME_LIGHT; }

// While something is magnified, the arrows move what is seen.
static void left(View *v) {
    if (v->zoom > 1) v->pan_x = fmax(0, v->pan_x - 0.125);
    else previous_screen(v);
}

static void right(View *v) {
    if (v->zoom > 1) v->pan_x = fmin(1, v->pan_x + 0.125);
    else next_screen(v);
}

static const struct { uint32_t key; bool ctrl; void (*act)(View *v); } keys[] = {
    {KEY_LEFT,      false, left},            {KEY_RIGHT,     false, right},
    {KEY_UP,        false, pan_up},          {KEY_DOWN,      false, pan_down},
    {KEY_PAGE_UP,   false, previous_screen}, {KEY_PAGE_DOWN, false, next_screen},
    {KEY_HOME,      false, first_screen},    {KEY_END,       false, last_screen},
    {KEY_TAB,       false, next_screen},     {KEY_F11,       false, full_screen},
    {'f',           false, full_screen},     {'l',           false, other_theme},
    {'+',           false, zoom_in},         {'-',           false, zoom_out},
    {'=',           false, zoom_in},         {'0',           false, zoom_off},
    {'+',           true,  zoom_in},         {'-',           true,  zoom_out},
    {'=',           true,  zoom_in},         {'0',           true,  zoom_off},
    {'q',           true,  quit},
};

static void key_event(View *v, const Event *e) {
    const bool capital = e->key >= 'A' && e->key <= 'Z';
    const uint32_t key = capital ? e->key - 'A' + 'a' : e->key;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].key != key || keys[i].ctrl != e->ctrl) continue;
        keys[i].act(v);
        v->dirty = true;
        return;
    }
}

// The magnifier follows the mouse: at the window's edge one sees the picture's edge.
static void move_event(View *v, const Event *e) {
    v->pan_x = clamp(e->x / v->w, 0, 1);
    v->pan_y = clamp(e->y / v->h, 0, 1);
    v->dirty = v->dirty || v->zoom > 1;
}

static void resize_event(View *v, const Event *e) {
    v->w = e->w > 0 ? e->w : 1;
    v->h = e->h > 0 ? e->h : 1;
    v->dirty = true;
}

void view_event(View *v, const Event *e) {
    switch (e->kind) {
    case EVENT_QUIT:   v->quit = true; break;
    case EVENT_EXPOSE: v->dirty = true; break;
    case EVENT_RESIZE: resize_event(v, e); break;
    case EVENT_KEY:    key_event(v, e); break;
    case EVENT_MOVE:   move_event(v, e); break;
    }
}

// ---- the footer --------------------------------------------------------------------------------

// From left to right; the last ones are left out where there is no room.
static const struct { const char *keys[3], *meaning; } hints[] = {
    {{"←", "→"},      "picture"},
    {{"+", "−", "0"}, "larger, smaller"},
    {{"L"},           "dark or light"},
    {{"F"},           "full screen"},
    {{"Ctrl", "Q"},   "quit"},
};

static const TextStyle cap_style = {.size = SIZE_LABEL, .tone = TONE_INK, .align = ALIGN_CENTRE};
static const TextStyle hint_style = {.size = SIZE_LABEL, .tone = TONE_INK2};

// A key as it is printed on a keyboard; returns where it ends.
static double draw_cap(DrawList *d, double x, double middle, const char *text) {
    const double w = fmax(26, fonts_width(d->fonts, &cap_style, text) + 14);
    const Rect cap = {x, middle - 12, w, 24};
    draw_rect(d, cap, (ShapeStyle){.fill = TONE_SURFACE, .line = TONE_INK3, .radius = 5});
    draw_fitted(d, cap, cap_style, text);
    return x + w;
}

static double hint_width(const DrawList *d, size_t i) {
    double w = 8 + fonts_width(d->fonts, &hint_style, hints[i].meaning);
    for (int k = 0; k < 3 && hints[i].keys[k]; k++)
        w += fmax(26, fonts_width(d->fonts, &cap_style, hints[i].keys[k]) + 14) + 6;
    return w - 6;
}

static void draw_hint(DrawList *d, double x, double middle, size_t i) {
    for (int k = 0; k < 3 && hints[i].keys[k]; k++)
        x = draw_cap(d, x, middle, hints[i].keys[k]) + 6;
    const Point at = {x + 2, middle + FONT_CAPITAL * SIZE_LABEL / 2};
    draw_text(d, at, hint_style, hints[i].meaning);
}

static void draw_footer(DrawList *d, const View *v) {
    const double top = d->h - FOOTER, middle = top + FOOTER / 2.0, gap = 24;
    const Point at = {MARGIN, middle + FONT_CAPITAL * SIZE_LABEL / 2};
    double x = d->w - MARGIN;

    draw_rect(d, (Rect){0, top, d->w, FOOTER}, (ShapeStyle){.fill = TONE_SURFACE});
    draw_line(d, (Point){0, top}, (Point){d->w, top}, (ShapeStyle){.line = TONE_LINE});
    draw_print(d, at, hint_style, "%s · picture %d of %d", screens[v->screen].name, v->screen + 1,
               count_screens(v));
    for (size_t i = sizeof hints / sizeof *hints; i-- > 0;) {
        if (i == 0 && count_screens(v) == 1) break;
        x -= hint_width(d, i);
        draw_hint(d, x, middle, i);
        x -= gap;
    }
}

// ---- the picture -------------------------------------------------------------------------------

// Pixels per dp without the magnifier.
static double base_scale(const View *v) {
    return fmin((double)v->w / SLIDE_W, (double)v->h / SLIDE_H);
}

PaintView view_place(const View *v) {
    if (base_scale(v) < SMALLEST) return (PaintView){1, 0, 0};
    return (PaintView){
        .scale = base_scale(v) * v->zoom,
        .x = -v->pan_x * v->w * (v->zoom - 1),
        .y = -v->pan_y * v->h * (v->zoom - 1),
    };
}

static DrawList *new_list(const Fonts *fonts, double w, double h, Error *e) {
    DrawList *d = draw_make(fonts, w, h);
    if (!d) error_set(e, "no memory for the picture");
    return d;
}

static DrawList *too_small(const View *v, const Fonts *fonts, Error *e) {
    DrawList *d = new_list(fonts, v->w, v->h, e);
    if (d) draw_text(d, (Point){v->w / 2.0, v->h / 2.0},
                     (TextStyle){FONT_BOLD, SIZE_LABEL, TONE_INK, ALIGN_CENTRE, false},
                     "Please make the window larger");
    return d;
}

static DrawList *slide(const View *v, const Fonts *fonts, Error *e) {
    const double scale = base_scale(v);
    DrawList *d = new_list(fonts, v->w / scale, v->h / scale, e);
    if (!d) return NULL;
    if (!screens[v->screen].draw(d, (Rect){0, 0, d->w, d->h - FOOTER}, v, e)) {
        draw_free(d);
        return NULL;
    }
    draw_footer(d, v);
    return d;
}

DrawList *view_draw(const View *v, const Fonts *fonts, Error *e) {
    return base_scale(v) < SMALLEST ? too_small(v, fonts, e) : slide(v, fonts, e);
}
