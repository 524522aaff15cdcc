/* canvas.c — drawing with a soft round pen.
 *
 * A stroke is the straight line from a to b. A pixel whose middle is p has the distance
 *
 *     d = |p − (a + t·(b − a))|,   t = (p − a)·(b − a) / |b − a|²  cut to 0 … 1
 *
 * from it, and gets so much ink: all of it within the radius r, less and less over a soft edge as
 * wide as `soft`:
 *
 *     ink = 255 · (r + soft/2 − d) / soft   cut to 0 … 255
 *
 * Where strokes cross nothing gets brighter: pixel = max(pixel, ink). A rubber takes away,
 * pixel = min(pixel, 255 − ink), and its r is larger by `soft`, so that going over a stroke once
 * leaves nothing of it. Strokes of handwritten digits of 28 × 28 pixels are about two and
 * a half pixels wide; on larger pictures the pen grows with them. */
#include "viz/view/canvas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 28.0   // of the pictures the sizes below are meant for, pixels
#define RADIUS 1.2
#define SMALLEST 0.6

// Of a pixel, so that keys draw evenly on both sides of the pen.
static void to_middle(Canvas *c) { c->x = c->w / 2 + 0.5, c->y = c->h / 2 + 0.5; }

bool canvas_open(View *v, Error *e) {
    const Dataset *d = &v->s->data;
    const int w = d->image.w, h = d->image.h;
    v->canvas = (Canvas){.w = w, .h = h,
                         .ink = calloc((size_t)h * (size_t)w + 1, 1),
                         .says = calloc((size_t)d->classes + 1, sizeof(real))};
    to_middle(&v->canvas);
    return (v->canvas.ink && v->canvas.says) || error_set(e, "there is no memory left");
}

void canvas_close(View *v) {
    free(v->canvas.ink), free(v->canvas.says);
    v->canvas = (Canvas){0};
}

// ---- the pen -------------------------------------------------------------------------------------

// Pixels of this canvas for one of a picture of 28 × 28.
static double unit(const Canvas *c) { return fmax(c->w, c->h) / SIDE; }

static double soft_edge(const Canvas *c) { return fmax(1, unit(c)); }

double canvas_pen(const Canvas *c, bool rubber) {
    return fmax(SMALLEST, RADIUS * unit(c)) + (rubber ? soft_edge(c) : 0);
}

static double distance(Point p, Point a, Point b) {
    const double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    const double along = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
    const double t = fmin(fmax(along, 0), 1);
    return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

static void stroke(Canvas *c, Point a, Point b, bool rubber) {
    const double r = canvas_pen(c, rubber), soft = soft_edge(c), reach = r + soft / 2;
    const int top = (int)fmax(0, floor(fmin(a.y, b.y) - reach));
    const int left = (int)fmax(0, floor(fmin(a.x, b.x) - reach));
    const int bottom = (int)fmin(c->h, ceil(fmax(a.y, b.y) + reach));
    const int right = (int)fmin(c->w, ceil(fmax(a.x, b.x) + reach));
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            const double d = distance((Point){x + 0.5, y + 0.5}, a, b);
            const int ink = (int)(255 * fmin(fmax((reach - d) / soft, 0), 1) + 0.5);
            uint8_t *pixel = &c->ink[y * c->w + x];
            if (!rubber && ink > *pixel) *pixel = (uint8_t)ink;
            if (rubber && 255 - ink < *pixel) *pixel = (uint8_t)(255 - ink);
        }
    c->answered = false;
}

// The pen goes to a point, at most to the edge; with `draws` it leaves a stroke.
static void go(Canvas *c, Point to, bool draws, bool rubber) {
    const Point from = {c->x, c->y};
    c->x = fmin(fmax(to.x, 0), c->w), c->y = fmin(fmax(to.y, 0), c->h);
    if (draws) stroke(c, from, (Point){c->x, c->y}, rubber);
}

// ---- the mouse -----------------------------------------------------------------------------------

static Point under_mouse(const View *v, Rect place) {
    return (Point){(v->mouse.x - place.x) / place.w * v->canvas.w,
                   (v->mouse.y - place.y) / place.h * v->canvas.h};
}

void canvas_press(View *v, Rect place, bool rubber) {
    Canvas *c = &v->canvas;
    c->held = true, c->down = false, c->held_rubber = rubber || c->rubber, c->place = place;
    go(c, under_mouse(v, place), false, false);
    go(c, under_mouse(v, place), true, c->held_rubber);
}

void canvas_drag(View *v) {
    go(&v->canvas, under_mouse(v, v->canvas.place), true, v->canvas.held_rubber);
}

// A pen that keys have put down stays where it is.
void canvas_hover(View *v, Rect place) {
    if (!v->canvas.down) go(&v->canvas, under_mouse(v, place), false, false);
}

void canvas_lift(View *v) { v->canvas.held = false; }

// ---- keys ----------------------------------------------------------------------------------------

// The middle of the pixel `by` further on, or of the last one there is.
static double next_pixel(double at, double by, int n) {
    return fmin(fmax(floor(at) + by, 0), n - 1) + 0.5;
}

static void move(View *v, int dx, int dy) {
    Canvas *c = &v->canvas;
    const double step = fmax(1, round(unit(c)));
    const Point to = {next_pixel(c->x, dx * step, c->w), next_pixel(c->y, dy * step, c->h)};
    go(c, to, c->down, c->rubber);
}

static void left(View *v)  { move(v, -1, 0); }
static void right(View *v) { move(v, 1, 0); }
static void up(View *v)    { move(v, 0, -1); }
static void down(View *v)  { move(v, 0, 1); }

static void touch(View *v) {
    v->canvas.down = !v->canvas.down;
    if (v->canvas.down) move(v, 0, 0);
}

static void rubber(View *v) { v->canvas.rubber = !v->canvas.rubber; }

static void clear(View *v) {
    Canvas *c = &v->canvas;
    memset(c->ink, 0, (size_t)c->h * (size_t)c->w);
    c->answered = c->down = c->rubber = false;
    to_middle(c);
}

static void look_inside(View *v) {
    v->canvas.down = false;
    lesson_drawing(v);
}

bool canvas_key(View *v, const Event *e) {
    static const struct { uint32_t key; void (*act)(View *v); } keys[] = {
        {KEY_LEFT, left},       {KEY_RIGHT, right},  {KEY_UP, up},   {KEY_DOWN, down},
        {' ', touch},           {'e', rubber},       {'E', rubber},  {KEY_BACKSPACE, clear},
        {KEY_ENTER, look_inside}, {KEY_PAGE_DOWN, look_inside},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !e->ctrl; i++)
        if (keys[i].key == e->key) return keys[i].act(v), true;
    return false;
}

// ---- the answer ----------------------------------------------------------------------------------

void canvas_answer(View *v) {
    Canvas *c = &v->canvas;
    Error e;
    if (c->answered) return;
    c->answered = true;
    if (lesson_predict(v, &(Picture){.w = c->w, .h = c->h, .c = 1, .v = c->ink}, c->says, &e)) return;
    for (int i = 0; i < v->s->data.classes; i++) c->says[i] = (real)NAN;
    snprintf(v->message, sizeof v->message, "%.150s", e.text);
}
