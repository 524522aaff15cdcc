/* draw_scene.c — a picture one draws oneself, and beside it what the network says of it.
 *
 * The bars are the outputs for the drawing as they are in inference, with the weights whose step is
 * looked at: Enter walks through the same numbers. */
#include <math.h>

#include "runtime/judge.h"
#include "viz/view/canvas.h"
#include "viz/view/pieces/pieces.h"
#include "viz/view/scenes.h"

enum { SHOWN = 10, PALETTE_H = 58, SWATCH = 42 };

// ---- which classes -------------------------------------------------------------------------------

static bool comes_first(const real *says, int i, int j) {
    return says[i] > says[j] || (says[i] == says[j] && i < j);
}

// The class with the largest number that comes after `before` (−1: of all); −1 if there is none.
static int next_best(const View *v, int before) {
    const real *says = v->canvas.says;
    int best = -1;
    for (int i = 0; i < v->s->data.classes; i++) {
        if (before >= 0 && !comes_first(says, before, i)) continue;
        if (best < 0 || comes_first(says, i, best)) best = i;
    }
    return best;
}

// All classes in their own order if there is room, else those that come first.
static int choose(const View *v, int *class) {
    const int classes = v->s->data.classes;
    int n = 0;
    for (int c = 0; classes <= SHOWN && c < classes; c++) class[n++] = c;
    for (int c = -1; classes > SHOWN && n < SHOWN && (c = next_best(v, c)) >= 0;) class[n++] = c;
    return n;
}

// ---- the canvas ----------------------------------------------------------------------------------

static bool rubs_out(const Canvas *c) { return c->held ? c->held_rubber : c->rubber; }

// A colour of the pen with the key that chooses it; the chosen one is marked.
static void draw_colour(Screen *s, Rect r, int i) {
    const Canvas *c = &s->v->canvas;
    const uint8_t *rgb = canvas_colours[i].rgb;
    const float cell[3] = {rgb[0] / 255.0f, rgb[1] / 255.0f, rgb[2] / 255.0f};
    const uint32_t ground = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
    const bool dark = rgb_contrast(ground, 0xFFFFFF) > rgb_contrast(ground, 0);
    const TextStyle key = {FONT_BOLD, SIZE_BODY, dark ? TONE_WHITE : TONE_BLACK, ALIGN_CENTRE, true};
    draw_cells(s->d, r, 1, 1, cell, (CellStyle){.scale = SCALE_RGB, .max = 1});
    draw_rect(s->d, r, (ShapeStyle){.line = TONE_LINE});
    draw_fitted(s->d, r, key, arena_print(s->a, "%d", i + 1));
    if (i == c->colour && !rubs_out(c)) draw_marker(s->d, r);
}

// The colours in a row, and behind them what fills the whole canvas.
static void draw_palette(Screen *s, Rect room) {
    const double gap = 8, w = (room.w + gap) / (N_COLOURS + 1.5);
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK, .align = ALIGN_CENTRE};
    for (int i = 0; i <= N_COLOURS; i++) {
        const double wide = i < N_COLOURS ? w - gap : 1.5 * w - gap;
        const Rect r = {room.x + i * w, room.y + room.h - SWATCH, wide, SWATCH};
        if (i < N_COLOURS) draw_colour(s, r, i);
        else draw_rect(s->d, r, (ShapeStyle){.fill = TONE_SUNKEN, .line = TONE_LINE, .radius = CHIP_RADIUS});
        if (i == N_COLOURS) draw_fitted(s->d, r, words, "0  fill");
        hits_add(s->hits, (Hit){.kind = HIT_COLOUR, .rect = r, .to = i});
    }
}

static void draw_canvas(Screen *s, Rect card) {
    const Canvas *c = &s->v->canvas;
    const int n = c->h * c->w;
    float *value = arena_array(s->a, float, (size_t)n * (size_t)c->c + 1);
    for (int i = 0; i < n * c->c; i++) value[i] = c->ink[i] / 255.0f;
    const Map m = {.v = value, .rows = c->h, .columns = c->w, .scale = c->c < 3 ? SCALE_GRAY : SCALE_RGB,
                   .max = 1, .done = n, .target = -1, .step = c->w};
    draw_card(s->d, card);
    Rect room = rect_inset(card, 19);
    if (c->c == 3) draw_palette(s, cut_bottom(&room, PALETTE_H));
    const Rect r = map_fit(room, c->h, c->w);
    draw_map(s, r, &m);
    hits_add(s->hits, (Hit){.kind = HIT_CANVAS, .rect = r});

    // A disc inside the ring: ink or the rubber is on the canvas.
    const bool rubber = rubs_out(c);
    const double cell = r.w / c->w, radius = fmax(8, canvas_pen(c, rubber) * cell);
    const Point pen = {r.x + c->x * cell, r.y + c->y * cell};
    draw_clip(s->d, card);
    draw_dot(s->d, pen, radius + 2, (ShapeStyle){.line = TONE_BLACK, .width = 1.5, .dashed = rubber});
    draw_dot(s->d, pen, radius, (ShapeStyle){.line = TONE_FOCUS, .width = 3, .dashed = rubber});
    if (c->down || c->held) draw_dot(s->d, pen, 5, (ShapeStyle){.fill = TONE_FOCUS, .line = TONE_BLACK});
    draw_unclip(s->d);
}

// ---- the answer ----------------------------------------------------------------------------------

static void draw_share(Screen *s, Rect r, double p, bool best) {
    const double share = isfinite(p) ? fmin(fmax(p, 0), 1) : 0;
    draw_rect(s->d, r, (ShapeStyle){.fill = TONE_SUNKEN});
    draw_rect(s->d, (Rect){r.x, r.y, fmax(2, share * r.w), r.h},
              (ShapeStyle){.fill = best ? TONE_POS : TONE_POS_TINT});
}

// What the rows have in common.
typedef struct Rows {
    int n, class[SHOWN], said;
    bool probable;
    double names, max;   // width of the names; the largest number
} Rows;

static Rows rows_of(Screen *s, double w) {
    const View *v = s->v;
    const TextStyle bold = {.font = FONT_BOLD, .size = SIZE_RESULT};
    Rows rows = {.said = next_best(v, -1), .probable = judge_probable(&v->s->x->graph), .names = 24,
                 .max = 1e-12};
    rows.n = choose(v, rows.class);
    for (int i = 0; i < rows.n; i++) {
        const double size = fabs((double)v->canvas.says[rows.class[i]]);
        const double name = fonts_width(s->d->fonts, &bold, v->s->data.class_name[rows.class[i]]) + 4;
        rows.names = fmin(fmax(rows.names, name), 0.4 * w);
        if (isfinite(size)) rows.max = fmax(rows.max, size);
    }
    return rows;
}

static void draw_class(Screen *s, Rect row, const Rows *rows, int class) {
    const double p = (double)s->v->canvas.says[class], number = 110;
    const bool best = class == rows->said;
    TextStyle words = {best ? FONT_BOLD : FONT_REGULAR, SIZE_RESULT, TONE_INK, ALIGN_LEFT, true};
    draw_fitted(s->d, (Rect){row.x, row.y, rows->names, row.h}, words, s->v->s->data.class_name[class]);

    const double left = row.x + rows->names + 16;
    const Rect bar = {left, row.y + 0.2 * row.h, row.x + row.w - number - left, 0.6 * row.h};
    if (rows->probable) draw_share(s, bar, p, best);
    else draw_bar(s, bar, p, rows->max, true);

    words.align = ALIGN_RIGHT;
    draw_fitted(s->d, (Rect){row.x + row.w - number + 8, row.y, number - 8, row.h}, words,
                rows->probable ? arena_print(s->a, "%s %%", number_fixed(100 * p, 1).s)
                               : number_fixed(p, 2).s);
}

static void draw_answer(Screen *s, Rect card) {
    const Dataset *d = &s->v->s->data;
    const char *helper = d->classes <= SHOWN ? NULL
                       : arena_print(s->a, "the first %d of %s classes", SHOWN, number_count(d->classes).s);
    const Rect in = draw_titled(s, card, "The network says", helper);
    const Rows rows = rows_of(s, in.w);
    const double h = fmin(64, in.h / rows.n);
    for (int i = 0; i < rows.n; i++)
        draw_class(s, (Rect){in.x, in.y + i * h, in.w, h}, &rows, rows.class[i]);
}

static void draw_drawing(Screen *s) {
    draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, s->w - MARGIN, "Draw a picture",
               "the answer changes while you draw; a network knows what looks like the pictures "
               "it learnt from");
    Rect room = s->area;
    const Rect left = cut_left(&room, fmin(room.h, 0.5 * room.w));
    draw_canvas(s, left);
    draw_answer(s, room);
}

static void tell_drawing(Telling *t) {
    const View *v = t->v;
    const Canvas *c = &v->canvas;
    int inked = 0, class[SHOWN];
    for (int i = 0; i < c->h * c->w; i++) {
        const uint8_t *pixel = &c->ink[i * c->c];
        inked += pixel[0] || pixel[c->c / 2] || pixel[c->c - 1];
    }
    tell(t, "canvas %d × %d, %d pixels with ink\n", c->h, c->w, inked);
    tell(t, "%s at row %d, column %d%s\n", rubs_out(c) ? "rubber" : "pen", (int)fmin(c->y, c->h - 1),
         (int)fmin(c->x, c->w - 1), c->down || c->held ? ", down" : "");
    for (int i = 0; i < N_COLOURS && c->c == 3; i++)
        tell(t, "%s%d %s%s", i ? ", " : "colours: ", i + 1, canvas_colours[i].name,
             i == c->colour ? " (chosen)" : "");
    if (c->c == 3) tell(t, "; 0 fills the canvas\n");
    tell(t, "says %s\n", v->s->data.class_name[next_best(v, -1)]);
    for (int i = 0, n = choose(v, class); i < n; i++)
        tell(t, "class %s: %s\n", v->s->data.class_name[class[i]],
             number_figures((double)c->says[class[i]], 4).s);
}

const SceneSpec draw_scene = {
    .name = "draw", .footer = "the mouse draws, its right button rubs out",
    .draw = draw_drawing, .tell = tell_drawing, .key = canvas_key,
    .hint = {{{"←", "→", "↑", "↓"}, "pen"}, {{"Space"}, "down, up"}, {{"E"}, "rubber"},
             {{"Backspace"}, "clear"}, {{"Enter"}, "look inside"}},
};
