/* canvas.c — drawing with a soft round pen.
 *
 * A stroke is the straight line from a to b. A pixel whose middle is p has the distance
 *
 *     d = |p − (a + t·(b − a))|,   t = (p − a)·(b − a) / |b − a|²  cut to 0 … 1
 *
 * from it, and is covered: wholly within the radius r, less and less over a soft edge as wide as `soft`:
 *
 *     cover = (r + soft/2 − d) / soft   cut to 0 … 1
 *
 * All lines from the moment the pen goes down until it is lifted are one stroke, and going over the same
 * place twice covers it no more than once: cover = max over its lines. Each number of the pixel is mixed
 * of what was there before the stroke and the pen's colour (white, where the pictures are gray):
 *
 *     pixel = under + (colour − under) · cover
 *
 * A rubber is a black pen, and its r is larger by `soft`, so that going over a stroke once leaves nothing
 * of it. Strokes of handwritten digits of 28 × 28 pixels are about two and a half pixels wide; on larger
 * pictures the pen grows with them. */
#include "viz/view/canvas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 28.0   // of the pictures the sizes below are meant for, pixels
#define RADIUS 1.2
#define SMALLEST 0.6

// What things in pictures are often like: sky, sea, leaves, fur, paint.
const CanvasColour canvas_colours[N_COLOURS] = {
    {"white", {255, 255, 255}}, {"gray", {128, 128, 128}},  {"black", {0, 0, 0}},
    {"brown", {122, 76, 40}},   {"red", {205, 40, 35}},     {"yellow", {245, 205, 60}},
    {"green", {62, 132, 52}},   {"blue", {32, 82, 175}},    {"light blue", {152, 202, 242}},
};

// Of a pixel, so that keys draw evenly on both sides of the pen.
static void to_middle(Canvas *c) { c->x = c->w / 2 + 0.5, c->y = c->h / 2 + 0.5; }

bool canvas_open(View *v, Error *e) {
    const Dataset *d = &v->s->data;
    const int w = d->image.w, h = d->image.h, c = d->image.c;
    const size_t pixels = (size_t)h * (size_t)w;
    Canvas *canvas = &v->canvas;
    *canvas = (Canvas){.w = w, .h = h, .c = c,
                       .ink = calloc(pixels * (size_t)c + 1, 1), .under = calloc(pixels * (size_t)c + 1, 1),
                       .cover = calloc(pixels + 1, 1),
                       .says = calloc((size_t)d->classes + 1, sizeof(real))};
    to_middle(canvas);
    const bool fine = canvas->ink && canvas->under && canvas->cover && canvas->says;
    return fine || error_set(e, "there is no memory left");
}

void canvas_close(View *v) {
    free(v->canvas.ink), free(v->canvas.under), free(v->canvas.cover), free(v->canvas.says);
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

// What is drawn from now on lies over everything that is there.
static void begin_stroke(Canvas *c) {
    const size_t pixels = (size_t)c->h * (size_t)c->w;
    memcpy(c->under, c->ink, pixels * (size_t)c->c);
    memset(c->cover, 0, pixels);
}

static uint8_t mixed(int under, int colour, int cover) {
    const int by = (colour - under) * cover; // rounded to the nearest
    return (uint8_t)(under + (by + (by < 0 ? -127 : 127)) / 255);
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
            const int cover = (int)(255 * fmin(fmax((reach - d) / soft, 0), 1) + 0.5), i = y * c->w + x;
            if (cover <= c->cover[i]) continue;
            c->cover[i] = (uint8_t)cover;
            for (int k = i * c->c; k < (i + 1) * c->c; k++)
                c->ink[k] = mixed(c->under[k], rubber ? 0 : canvas_colours[c->colour].rgb[k % c->c], cover);
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
    begin_stroke(c);
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
    begin_stroke(&v->canvas);
    if (v->canvas.down) move(v, 0, 0);
}

static void rubber(View *v) {
    v->canvas.rubber = !v->canvas.rubber;
    begin_stroke(&v->canvas);
}

static void fill(Canvas *c, const uint8_t *rgb) {
    for (int i = 0; i < c->h * c->w * c->c; i++) c->ink[i] = rgb[i % c->c];
    begin_stroke(c);
    c->answered = c->down = c->rubber = false;
}

static void clear(View *v) {
    fill(&v->canvas, (uint8_t[3]){0});
    to_middle(&v->canvas);
}

void canvas_colour(View *v, int colour) {
    Canvas *c = &v->canvas;
    if (colour == N_COLOURS) {
        fill(c, canvas_colours[c->colour].rgb);
        return;
    }
    c->colour = colour, c->rubber = false;
    begin_stroke(c);
}

static void look_inside(View *v) {
    v->canvas.down = false;
    lesson_drawing(v);
}

// 1, 2, 3 … choose a colour, 0 fills the canvas with it. Gray pictures have none: the keys go to a stage.
static bool colour_key(View *v, const Event *e) {
    if (v->canvas.c < 3 || e->key < '0' || e->key > '0' + N_COLOURS) return false;
    canvas_colour(v, e->key == '0' ? N_COLOURS : (int)(e->key - '1'));
    return true;
}

bool canvas_key(View *v, const Event *e) {
    static const struct { uint32_t key; void (*act)(View *v); } keys[] = {
        {KEY_LEFT, left},       {KEY_RIGHT, right},  {KEY_UP, up},   {KEY_DOWN, down},
        {' ', touch},           {'e', rubber},       {'E', rubber},  {KEY_BACKSPACE, clear},
        {KEY_ENTER, look_inside}, {KEY_PAGE_DOWN, look_inside},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !e->ctrl; i++)
        if (keys[i].key == e->key) return keys[i].act(v), true;
    return !e->ctrl && colour_key(v, e);
}

// ---- the answer ----------------------------------------------------------------------------------

void canvas_answer(View *v) {
    Canvas *c = &v->canvas;
    Error e;
    if (c->answered) return;
    c->answered = true;
    if (lesson_predict(v, &(Picture){.w = c->w, .h = c->h, .c = c->c, .v = c->ink}, c->says, &e)) return;
    for (int i = 0; i < v->s->data.classes; i++) c->says[i] = (real)NAN;
    snprintf(v->message, sizeof v->message, "%.150s", e.text);
}
