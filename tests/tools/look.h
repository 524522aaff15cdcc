/* look.h — reading a draw list as a person does: what is written where, and can it be read? */
#pragma once
#include <ctype.h>

#include "tests/unit/test.h"
#include "viz/draw/draw.h"

// A text with ordinary blanks instead of thin ones (U+2009), so that a test can spell it.
typedef struct Plain { char s[256]; } Plain;

static inline Plain look_plain(const char *text) {
    Plain p;
    size_t n = 0;
    while (*text && n + 1 < sizeof p.s) {
        const bool thin = strncmp(text, "\u2009", 3) == 0;
        p.s[n++] = thin ? ' ' : *text;
        text += thin ? 3 : 1;
    }
    p.s[n] = '\0';
    return p;
}

// The number of texts in the picture that are, or contain, `text`.
static inline int look_for(const DrawList *d, const char *text) {
    int n = 0;
    for (int i = 0; i < d->n; i++)
        n += d->command[i].kind == DRAW_TEXT && strstr(look_plain(d->command[i].text).s, text);
    return n;
}

static inline bool rects_meet(Rect a, Rect b) {
    const double slack = 0.5; // dp
    return a.x + slack < b.x + b.w && b.x + slack < a.x + a.w && a.y + slack < b.y + b.h &&
           b.y + slack < a.y + a.h;
}

// The first text that another one covers, or NULL.
static inline const char *look_overlap(const DrawList *d) {
    for (int i = 0; i < d->n; i++)
        for (int k = i + 1; k < d->n && d->command[i].kind == DRAW_TEXT; k++)
            if (d->command[k].kind == DRAW_TEXT &&
                rects_meet(d->command[i].rect, d->command[k].rect))
                return d->command[i].text;
    return NULL;
}

// The first text that reaches over the edge of the picture, or NULL.
static inline const char *look_outside(const DrawList *d) {
    for (int i = 0; i < d->n; i++) {
        const DrawCommand *c = &d->command[i];
        const bool inside = c->rect.x >= 0 && c->rect.y >= 0 && c->rect.x + c->rect.w <= d->w &&
                            c->rect.y + c->rect.h <= d->h;
        if (c->kind == DRAW_TEXT && !inside) return c->text;
    }
    return NULL;
}

static inline double look_smallest(const DrawList *d) {
    double size = 1000;
    for (int i = 0; i < d->n; i++)
        if (d->command[i].kind == DRAW_TEXT) size = fmin(size, d->command[i].style.size);
    return size;
}

// The first text with a character that its font does not have, or NULL.
static inline const char *look_missing(const DrawList *d) {
    for (int i = 0; i < d->n; i++) {
        const char *text = d->command[i].kind == DRAW_TEXT ? d->command[i].text : "";
        double x = 0;
        Glyph g;
        while (fonts_next(d->fonts, &d->command[i].style, &text, &x, &g))
            if (g.id == 0) return d->command[i].text;
    }
    return NULL;
}

// The first text with a hyphen where a minus belongs, or NULL; what is written in code is left alone.
static inline const char *look_hyphen(const DrawList *d) {
    for (int i = 0; i < d->n; i++) {
        const DrawCommand *c = &d->command[i];
        if (c->kind != DRAW_TEXT || c->style.font == FONT_MONO) continue;
        for (const char *h = c->text; (h = strchr(h, '-')); h++) {
            const bool alone = h == c->text || strchr(" (·+=/", h[-1]);
            if (alone && h[1] && strchr(" (0123456789", h[1])) return c->text;
        }
    }
    return NULL;
}

// The first text below `top` that did not fit and was cut, or NULL; `code`: that may not be cut either.
static inline const char *look_cut(const DrawList *d, double top, bool code) {
    for (int i = 0; i < d->n; i++) {
        const DrawCommand *c = &d->command[i];
        const size_t len = c->kind == DRAW_TEXT ? strlen(c->text) : 0, dots = strlen("…");
        const bool words = c->kind == DRAW_TEXT && (code || c->style.font != FONT_MONO) && c->rect.y > top;
        const bool ends = words && len > dots && strcmp(c->text + len - dots, "…") == 0;
        if (ends && c->text[len - dots - 1] != ' ') return c->text; // "… 8 more …" is no cut text
    }
    return NULL;
}

// The first text below `top` with a word in it that is smaller than `least`, or NULL. Numbers may be:
// they shrink to fit their cells.
static inline const char *look_small(const DrawList *d, double top, double least) {
    for (int i = 0; i < d->n; i++) {
        const DrawCommand *c = &d->command[i];
        if (c->kind != DRAW_TEXT || c->rect.y <= top || c->style.size >= least) continue;
        for (const char *t = c->text; *t; t++)
            if (isalpha((unsigned char)t[0]) && isalpha((unsigned char)t[1])) return c->text;
    }
    return NULL;
}

static inline bool holds(Rect r, Point p) {
    return p.x >= r.x && p.x <= r.x + r.w && p.y >= r.y && p.y <= r.y + r.h;
}

static inline uint32_t mixed_rgb(const float *v, float max) {
    uint32_t rgb = 0;
    for (int c = 0; c < 3; c++) rgb = rgb << 8 | (uint32_t)(255 * v[c] / max + 0.5f);
    return rgb;
}

// The colour that lies under the middle of text i: the last area painted there before it.
static inline uint32_t look_ground(const DrawList *d, int i, Theme theme) {
    const Rect r = d->command[i].rect;
    const Point middle = {r.x + r.w / 2, r.y + r.h / 2};
    uint32_t rgb = tone_rgb(theme, TONE_BG);
    for (int k = 0; k < i; k++) {
        const DrawCommand *c = &d->command[k];
        if (!holds(c->rect, middle)) continue;
        if (c->kind == DRAW_RECT && c->shape.fill) rgb = tone_rgb(theme, c->shape.fill);
        if (c->kind != DRAW_CELLS) continue;
        const int row = (int)((middle.y - c->rect.y) / c->rect.h * c->rows);
        const int column = (int)((middle.x - c->rect.x) / c->rect.w * c->columns);
        const float *v = &c->value[(row * c->columns + column) * (c->cells.scale == SCALE_RGB ? 3 : 1)];
        rgb = c->cells.scale == SCALE_RGB ? mixed_rgb(v, (float)c->cells.max)
                                          : scale_rgb(c->cells.palette, c->cells.scale, *v / c->cells.max);
    }
    return rgb;
}

// The first text with a contrast below 4.5 in a theme, or NULL.
static inline const char *look_pale(const DrawList *d, Theme theme) {
    for (int i = 0; i < d->n; i++) {
        if (d->command[i].kind != DRAW_TEXT) continue;
        const uint32_t ink = tone_rgb(theme, d->command[i].style.tone);
        if (rgb_contrast(ink, look_ground(d, i, theme)) < 4.5) return d->command[i].text;
    }
    return NULL;
}

// Everything that must be true of any picture; `smallest` is the least size of text.
static inline void look_rules(const DrawList *d, double smallest) {
    CHECK(!d->failed);
    CHECK(d->n > 0);
    CHECK_TEXT(look_overlap(d) ? look_overlap(d) : "", "");
    CHECK_TEXT(look_outside(d) ? look_outside(d) : "", "");
    CHECK_TEXT(look_missing(d) ? look_missing(d) : "", "");
    CHECK_TEXT(look_hyphen(d) ? look_hyphen(d) : "", "");
    for (Theme t = 0; t < N_THEMES; t++) CHECK_TEXT(look_pale(d, t) ? look_pale(d, t) : "", "");
    CHECK(look_smallest(d) >= smallest);
}
