/* draw.c — filling a draw list. */
#include "viz/draw/draw.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ELLIPSIS "…"

// ---- memory: blocks that never move, so that commands can point into them ----------------------

enum { BLOCK = 64 << 10, ALIGNMENT = 16 };

struct DrawBlock {
    DrawBlock *next;
    size_t used, room;
    _Alignas(ALIGNMENT) unsigned char v[];
};

static bool add_block(DrawList *d, size_t size) {
    const size_t room = size > BLOCK ? size : BLOCK;
    DrawBlock *b = malloc(sizeof *b + room);
    if (!b) return false;
    *b = (DrawBlock){.next = d->memory, .room = room};
    d->memory = b;
    return true;
}

// A copy of n × size bytes in the list's memory; NULL, and the list has failed, if there is none.
static void *keep(DrawList *d, const void *v, size_t n, size_t size) {
    if (d->failed || n > (SIZE_MAX / 2 - ALIGNMENT) / size) {
        d->failed = true;
        return NULL;
    }
    const size_t bytes = (n * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if ((!d->memory || d->memory->room - d->memory->used < bytes) && !add_block(d, bytes)) {
        d->failed = true;
        return NULL;
    }
    void *copy = d->memory->v + d->memory->used;
    d->memory->used += bytes;
    return memcpy(copy, v, n * size);
}

DrawList *draw_make(const Fonts *fonts, double w, double h) {
    DrawList *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->w = w, d->h = h;
    d->fonts = fonts;
    return d;
}

void draw_free(DrawList *d) {
    if (!d) return;
    for (DrawBlock *b = d->memory, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(d->command);
    free(d);
}

static void add(DrawList *d, DrawCommand c) {
    if (d->failed) return;
    if (d->n == d->room) {
        const int room = d->room ? 2 * d->room : 256;
        DrawCommand *more = realloc(d->command, sizeof *more * (size_t)room);
        if (!more) {
            d->failed = true;
            return;
        }
        d->command = more;
        d->room = room;
    }
    d->command[d->n++] = c;
}

// ---- shapes ------------------------------------------------------------------------------------

void draw_rect(DrawList *d, Rect r, ShapeStyle s) {
    add(d, (DrawCommand){.kind = DRAW_RECT, .rect = r, .shape = s});
}

static void add_path(DrawList *d, const Point *kept, int n, ShapeStyle s) {
    add(d, (DrawCommand){.kind = DRAW_PATH, .point = kept, .n_points = n, .shape = s});
}

void draw_path(DrawList *d, const Point *p, int n, ShapeStyle s) {
    if (n > 1) add_path(d, keep(d, p, (size_t)n, sizeof *p), n, s);
}

void draw_line(DrawList *d, Point from, Point to, ShapeStyle s) {
    draw_path(d, (Point[]){from, to}, 2, s);
}

void draw_dot(DrawList *d, Point centre, double radius, ShapeStyle s) {
    s.radius = radius;
    draw_rect(d, (Rect){centre.x - radius, centre.y - radius, 2 * radius, 2 * radius}, s);
}

// The head is as long as four widths of the line and a little narrower; the line ends inside it.
void draw_arrow(DrawList *d, const Point *p, int n, ShapeStyle s) {
    const Point tip = p[n - 1], before = p[n - 2];
    const double dx = tip.x - before.x, dy = tip.y - before.y, length = hypot(dx, dy);
    if (!(length > 0)) return;
    const double ux = dx / length, uy = dy / length;
    const double head = 4 * (s.width > 0 ? s.width : 1) + 1, half = head * 0.45;
    const Point base = {tip.x - ux * head, tip.y - uy * head};

    Point *shaft = keep(d, p, (size_t)n, sizeof *p);
    if (shaft) shaft[n - 1] = (Point){base.x + ux, base.y + uy};
    add_path(d, shaft, n, s);
    draw_path(d, (Point[]){tip, {base.x - uy * half, base.y + ux * half},
                           {base.x + uy * half, base.y - ux * half}},
              3, (ShapeStyle){.fill = s.line});
}

void draw_cells(DrawList *d, Rect r, int rows, int columns, const float *value, CellStyle s) {
    const size_t n = (size_t)rows * (size_t)columns * (s.scale == SCALE_RGB ? 3 : 1);
    const float *kept = keep(d, value, n, sizeof *value);
    if (!(s.max > 0)) s.max = 1;
    add(d, (DrawCommand){.kind = DRAW_CELLS, .rect = r, .rows = rows, .columns = columns,
                         .value = kept, .cells = s});
}

void draw_hatch(DrawList *d, Rect r, Tone tone, double gap) {
    add(d, (DrawCommand){.kind = DRAW_HATCH, .rect = r, .shape = {.line = tone, .width = gap}});
}

void draw_clip(DrawList *d, Rect r) {
    add(d, (DrawCommand){.kind = DRAW_CLIP, .rect = r});
}

void draw_unclip(DrawList *d) {
    add(d, (DrawCommand){.kind = DRAW_UNCLIP});
}

// ---- text --------------------------------------------------------------------------------------

// How much of a text's width lies left of the point it is aligned to.
static const double left_of[] = {[ALIGN_LEFT] = 0, [ALIGN_CENTRE] = 0.5, [ALIGN_RIGHT] = 1};

double draw_text(DrawList *d, Point at, TextStyle s, const char *text) {
    const double width = fonts_width(d->fonts, &s, text);
    const double left = at.x - left_of[s.align] * width;
    add(d, (DrawCommand){
        .kind = DRAW_TEXT,
        .text = keep(d, text, strlen(text) + 1, 1),
        .style = s,
        .baseline = {left, at.y},
        .rect = {left, at.y - FONT_ASCENDER * s.size, width,
                 (FONT_ASCENDER + FONT_DESCENDER) * s.size},
    });
    return width;
}

double draw_print(DrawList *d, Point at, TextStyle s, const char *fmt, ...) {
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return draw_text(d, at, s, text);
}

// Writes as much of the text as fits into `width`, with an ellipsis behind it.
static void cut(const DrawList *d, const TextStyle *s, const char *text, double width, char *out,
                size_t room) {
    const double limit = width - fonts_width(d->fonts, s, ELLIPSIS);
    const char *t = text, *end = text;
    double x = 0;
    Glyph g;
    while (fonts_next(d->fonts, s, &t, &x, &g) && x <= limit) end = t;
    snprintf(out, room, "%.*s" ELLIPSIS, (int)(end - text), text);
}

void draw_fitted(DrawList *d, Rect r, TextStyle s, const char *text) {
    char shorter[512];
    const double least = s.size < SIZE_AXIS ? 0.8 * s.size : fmax(SIZE_AXIS, 0.8 * s.size);
    const double width = fonts_width(d->fonts, &s, text);
    if (width > r.w) s.size = fmax(least, s.size * r.w / width);
    if (fonts_width(d->fonts, &s, text) > r.w + 0.01) {
        cut(d, &s, text, r.w, shorter, sizeof shorter);
        text = shorter;
    }
    const Point at = {r.x + left_of[s.align] * r.w, r.y + (r.h + FONT_CAPITAL * s.size) / 2};
    draw_text(d, at, s, text);
}

// ---- what every screen is made of --------------------------------------------------------------

Rect rect_inset(Rect r, double by) {
    return (Rect){r.x + by, r.y + by, r.w - 2 * by, r.h - 2 * by};
}

void draw_card(DrawList *d, Rect r) {
    draw_rect(d, r, (ShapeStyle){.fill = TONE_SURFACE, .line = TONE_LINE, .radius = CARD_RADIUS});
}

void draw_heading(DrawList *d, Point at, const char *title, const char *helper) {
    const TextStyle bold = {.font = FONT_BOLD, .size = SIZE_LABEL, .tone = TONE_INK};
    const TextStyle plain = {.size = SIZE_LABEL, .tone = TONE_INK3};
    at.x += draw_text(d, at, bold, title) + 8;
    draw_text(d, at, plain, helper);
}

void draw_tile(DrawList *d, Rect r, const char *caption, const char *number) {
    const TextStyle bold = {.font = FONT_BOLD, .size = SIZE_TILE, .tone = TONE_INK};
    const TextStyle plain = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const double x = r.x + CARD_PADDING, w = r.w - 2 * CARD_PADDING;
    draw_card(d, r);
    draw_fitted(d, (Rect){x, r.y + 12, w, 20}, plain, caption);
    draw_fitted(d, (Rect){x, r.y + 36, w, 30}, bold, number);
}

// Three frames, one in the other: dark, yellow, dark.
void draw_marker(DrawList *d, Rect r) {
    const ShapeStyle ink = {.line = TONE_ON_FOCUS, .width = 1, .radius = 2};
    draw_rect(d, rect_inset(r, -3.5), ink);
    draw_rect(d, rect_inset(r, -1.5), (ShapeStyle){.line = TONE_FOCUS, .width = 3, .radius = 2});
    draw_rect(d, rect_inset(r, 0.5), ink);
}

void draw_title(DrawList *d, Point at, double right, const char *title, const char *sentence) {
    const TextStyle bold = {.font = FONT_BOLD, .size = SIZE_TITLE, .tone = TONE_INK};
    const TextStyle plain = {.size = SIZE_BODY, .tone = TONE_INK3};
    const double half = (right - at.x) / 2;
    const double width = fmin(half, fonts_width(d->fonts, &bold, title));
    const double top = at.y - FONT_CAPITAL * SIZE_TITLE;
    const Rect name = {at.x, top, width + 1, FONT_CAPITAL * SIZE_TITLE};
    draw_fitted(d, name, bold, title);

    const double x = name.x + name.w + 16;
    const double down = FONT_CAPITAL * (SIZE_TITLE - SIZE_BODY); // one baseline for both
    draw_fitted(d, (Rect){x, top + down, right - x, FONT_CAPITAL * SIZE_BODY}, plain, sentence);
}
