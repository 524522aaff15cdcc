/* words.c — headings, running text, and the small controls. */
#include <math.h>
#include <string.h>

#include "viz/view/pieces/pieces.h"

Rect draw_titled(Screen *s, Rect r, const char *title, const char *helper) {
    const TextStyle bold = {.font = FONT_BOLD, .size = SIZE_LABEL, .tone = TONE_INK};
    const TextStyle plain = {.size = SIZE_LABEL, .tone = TONE_INK3};
    const double pad = 16, w = fmin(fonts_width(s->d->fonts, &bold, title), r.w - 2 * pad);
    const double x = r.x + pad + w + 8;
    draw_card(s->d, r);
    draw_fitted(s->d, (Rect){r.x + pad, r.y + 13, w + 1, 12}, bold, title);
    if (helper && x < r.x + r.w - pad - 20)
        draw_fitted(s->d, (Rect){x, r.y + 13, r.x + r.w - pad - x, 12}, plain, helper);
    return (Rect){r.x + pad, r.y + 36, r.w - 2 * pad, r.h - 36 - pad};
}

double draw_prose(Screen *s, Point at, double w, TextStyle style, const char *text) {
    const double leading = 1.4 * style.size;
    char *line = arena_alloc(s->a, strlen(text) + 1);
    double y = at.y;
    size_t n = 0;
    for (const char *word = text; *word;) {
        const size_t len = strcspn(word, " ");
        const size_t before = n;
        if (n > 0) line[n++] = ' ';
        memcpy(line + n, word, len);
        n += len;
        line[n] = '\0';
        if (before > 0 && fonts_width(s->d->fonts, &style, line) > w) {
            line[before] = '\0';
            draw_text(s->d, (Point){at.x, y}, style, line);
            y += leading;
            memcpy(line, word, len);
            n = len;
            line[n] = '\0';
        }
        word += len;
        word += strspn(word, " ");
    }
    if (n > 0) draw_text(s->d, (Point){at.x, y}, style, line);
    return y + leading - at.y;
}

double draw_choice(Screen *s, Point at, double h, const char *const *word, int n, int chosen,
                   HitKind kind) {
    const TextStyle plain = {.size = SIZE_AXIS, .tone = TONE_INK2, .align = ALIGN_CENTRE};
    const TextStyle bold = {FONT_BOLD, SIZE_AXIS, TONE_SURFACE, ALIGN_CENTRE, false};
    double w[8], all = 0, x = at.x;
    for (int i = 0; i < n; i++) all += w[i] = fonts_width(s->d->fonts, &bold, word[i]) + 24;
    draw_rect(s->d, (Rect){at.x, at.y, all, h}, (ShapeStyle){.fill = TONE_SUNKEN, .radius = h / 2});
    for (int i = 0; i < n; i++) {
        const Rect r = {x, at.y, w[i], h};
        if (i == chosen) draw_rect(s->d, r, (ShapeStyle){.fill = TONE_INK, .radius = h / 2});
        draw_fitted(s->d, r, i == chosen ? bold : plain, word[i]);
        hits_add(s->hits, (Hit){.kind = kind, .rect = r, .to = i});
        x += w[i];
    }
    return all;
}

double cap_width(const DrawList *d, const char *text) {
    const TextStyle style = {.size = SIZE_AXIS};
    return fmax(24, fonts_width(d->fonts, &style, text) + 12);
}

double draw_cap(DrawList *d, double x, double middle, const char *text) {
    const TextStyle style = {.size = SIZE_AXIS, .tone = TONE_INK, .align = ALIGN_CENTRE};
    const double w = cap_width(d, text);
    const Rect cap = {x, middle - 12, w, 24};
    draw_rect(d, cap, (ShapeStyle){.fill = TONE_SURFACE, .line = TONE_INK3, .radius = 5});
    draw_fitted(d, cap, style, text);
    return x + w;
}

void draw_fact(Screen *s, Rect r, const char *name, const char *value) {
    const TextStyle plain = {.size = SIZE_BODY, .tone = TONE_INK2};
    const TextStyle bold = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const double w = fmin(fonts_width(s->d->fonts, &bold, value) + 1, r.w);
    draw_fitted(s->d, (Rect){r.x, r.y, r.w - w - 8, r.h}, plain, name);
    draw_fitted(s->d, (Rect){r.x + r.w - w, r.y, w, r.h}, bold, value);
}

void draw_rule(Screen *s, Point from, Point to, Tone tone) {
    draw_line(s->d, from, to, (ShapeStyle){.line = tone});
}

const char *figures(Screen *s, double v, int digits) {
    return arena_print(s->a, "%s", number_figures(v, digits).s);
}

const char *pictures_text(Screen *s, int n) {
    return arena_print(s->a, "%s picture%s", number_count(n).s, n == 1 ? "" : "s");
}

double draw_result(Screen *s, Point at, double size, const char *text) {
    const TextStyle bold = {FONT_BOLD, size, TONE_ON_FOCUS, ALIGN_LEFT, true};
    const double w = fonts_width(s->d->fonts, &bold, text) + 16, h = size + 10;
    const double middle = at.y - FONT_CAPITAL * size / 2;
    draw_rect(s->d, (Rect){at.x, middle - h / 2, w, h},
              (ShapeStyle){.fill = TONE_FOCUS, .radius = CHIP_RADIUS});
    draw_text(s->d, (Point){at.x + 8, at.y}, bold, text);
    return at.x + w;
}
