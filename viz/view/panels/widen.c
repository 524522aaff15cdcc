/* widen.c — see widen.h. */
#include "viz/view/panels/widen.h"

#include <math.h>

// As in runtime/layers/widen.c: the channels that arrive come to lie in the middle.
Bands bands_of(const Screen *s) {
    const Graph *g = &s->v->t.s->x->graph;
    const int F = s->node->shape.c, C = g->node[s->node->src[0]].shape.c, B = (F - C) / 2;
    return (Bands){{0, B, B + C}, {B, C, F - B - C}};
}

int band_of(const Bands *b, int channel) {
    return channel < b->first[1] ? 0 : channel < b->first[2] ? 1 : 2;
}

const char *band_words(Screen *s, const Bands *b, int band) {
    const char *which = channels_text(s, b->first[band], b->n[band]);
    return arena_print(s->a, band == ARRIVING ? "%s: those of x" : "%s: new", which);
}

// What belongs to no input: forward zeros, backward gradients that nobody asks for.
static void draw_new(Screen *s, Rect in, bool back) {
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2, .align = ALIGN_CENTRE};
    const char *text = back ? "nothing made these numbers: their gradients end here" : "every number is 0";
    const double w = fmin(in.w, fonts_width(s->d->fonts, &words, text) + 32), h = fmin(in.h, 38);
    const Rect plate = {in.x + (in.w - w) / 2, in.y + (in.h - h) / 2, w, h};
    draw_rect(s->d, in, (ShapeStyle){.fill = TONE_SUNKEN});
    draw_hatch(s->d, in, TONE_LINE, 12);
    draw_rect(s->d, plate, (ShapeStyle){.fill = TONE_SURFACE, .line = TONE_LINE, .radius = CHIP_RADIUS});
    draw_fitted(s->d, rect_inset(plate, 3), words, text);
}

Rect draw_bands(Screen *s, Rect r, Tensor v, bool back) {
    const Bands b = bands_of(s);
    const double low = 0.24 * r.h;
    Rect middle = r;
    for (int i = 0; i < BANDS; i += 2) {
        if (b.n[i] == 0) continue;
        const Rect card = i == 0 ? cut_top(&middle, low) : cut_bottom(&middle, low);
        draw_new(s, draw_titled(s, card, channels_text(s, b.first[i], b.n[i]), "new"), back);
    }
    const char *helper = back ? "δ arrives" : "those of x";
    const Rect in = draw_titled(s, middle, channels_text(s, b.first[1], b.n[1]), helper);
    draw_thumbnails(s, in, channels_of(s, v, b.first[1], b.n[1]), -1);
    return middle;
}

void draw_band_list(Screen *s, Rect r, int own, bool back) {
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const Bands b = bands_of(s);
    const char *title = back ? "Which channels go where" : "Which channels come from where";
    const Rect in = draw_titled(s, r, title, "");
    double y = in.y;
    for (int i = 0; i < BANDS; i++) {
        if (b.n[i] == 0) continue;
        const TextStyle bold = {i == own ? FONT_BOLD : FONT_REGULAR, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
        const Rect row = {in.x - 8, y, in.w + 16, 72};
        if (i == own) draw_rect(s->d, row, (ShapeStyle){.fill = TONE_FOCUS_TINT});
        draw_fitted(s->d, (Rect){in.x, y + 4, in.w, 30}, bold, channels_text(s, b.first[i], b.n[i]));
        draw_fitted(s->d, (Rect){in.x, y + 36, in.w, 26}, words,
                    i == ARRIVING ? (back ? "go back to x" : "copies of x, one for one")
                                  : (back ? "end here" : "new: every number is 0"));
        y += 84;
    }
}

void tell_bands(Telling *t) {
    Screen s = told_screen(t);
    const Bands b = bands_of(&s);
    for (int i = 0; i < BANDS; i++)
        if (b.n[i] > 0) tell(t, "%s\n", band_words(&s, &b, i));
    tell_answer(t);
}
