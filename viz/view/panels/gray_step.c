/* gray_step.c — three colours become one brightness: each counts as much as the eye sees of it. */
#include <math.h>

#include "viz/view/panels/steps.h"

static const char *const colour_names[] = {"red", "green", "blue"};

// ---- the pixel's colour, and its gray ---------------------------------------------------------------

static void draw_swatch(Screen *s, Rect r, Tensor v, double white, const char *name) {
    const Spot p = target_spot(&s->here, 0, s->v->at.pixel);
    float rgb[3];
    for (int c = 0; c < 3; c++) rgb[c] = (float)((double)*at(v, 0, c < v.c ? c : v.c - 1, p.y, p.x) / white);
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2, .align = ALIGN_CENTRE};
    draw_cells(s->d, r, 1, 1, rgb, (CellStyle){.scale = SCALE_RGB, .max = 1});
    draw_rect(s->d, r, (ShapeStyle){.line = TONE_LINE});
    draw_text(s->d, (Point){r.x + r.w / 2, r.y + r.h + 20}, words, name);
}

static double white_of(Screen *s, Tensor v) {
    return map_of_picture(s, v, -1).max;
}

// ---- three bars and their sum ------------------------------------------------------------------------

static void draw_bars(Screen *s, Rect r, const Answer *x, double white) {
    const TextStyle name = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_LEFT, false};
    const TextStyle product = {FONT_REGULAR, SIZE_BODY, TONE_INK2, ALIGN_LEFT, true};
    const TextStyle value = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_RIGHT, true};
    const double row = r.h / 4, bar = fmin(20, row - 34), left = r.x, w = r.w;
    double sum = 0;
    for (int i = 0; i <= x->kept && i < 4; i++) {
        const bool last = i == x->kept;
        const double y = r.y + i * row, v = last ? sum : x->term[i].value;
        const bool hidden = last && s->v->predict && !s->v->revealed;
        if (s->v->at.level == LEVEL_TERM && i == s->v->at.term)
            draw_rect(s->d, (Rect){r.x - 8, y - 2, r.w + 16, row - 4}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
        draw_fitted(s->d, (Rect){left, y, 0.22 * w, 28}, name, last ? "gray" : colour_names[i]);
        if (!last)
            draw_fitted(s->d, (Rect){left + 0.24 * w, y, 0.5 * w, 28}, product,
                        arena_print(s->a, "%s · %s", number_figures(x->term[i].factor[0].v, 3).s,
                                    number_figures(x->term[i].factor[1].v, 3).s));
        draw_fitted(s->d, (Rect){left + 0.74 * w, y, 0.26 * w, 28}, value,
                    hidden ? "?" : number_figures(v, 3).s);
        // Each bar begins where the one above ends: the last one is all of them together.
        const double from = last ? 0 : sum / white * w, share = v / white * w;
        draw_rect(s->d, (Rect){left, y + 32, w, bar}, (ShapeStyle){.fill = TONE_SUNKEN});
        if (!hidden)
            draw_rect(s->d, (Rect){left + from, y + 32, fmax(share, 1), bar}, (ShapeStyle){.fill = TONE_POS});
        if (!last) sum += v;
    }
}

static void draw_pixel(Screen *s) {
    const Tensor src = step_src(s), dst = step_dst(s);
    const Answer x = answer_here(s->a, s->v);
    if (!src.v || !dst.v) return;
    if (src.c < 3 || x.kept < 3) {
        draw_step_pixel(s);
        return;
    }
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const double white = white_of(s, src);
    draw_before_after(s, &room, 0.32);
    const Rect in = draw_titled(s, room, "One pixel", "the eye sees green best");
    const double h = fmin(70, 0.2 * in.h), w = (in.w - 60) / 2;
    draw_swatch(s, (Rect){in.x, in.y + 4, w, h}, src, white, "colour");
    draw_swatch(s, (Rect){in.x + w + 60, in.y + 4, w, h}, dst, white, "gray");
    draw_arrow(s->d, (Point[]){{in.x + w + 12, in.y + 4 + h / 2}, {in.x + w + 48, in.y + 4 + h / 2}}, 2,
               (ShapeStyle){.line = TONE_FORWARD, .width = 4});
    draw_bars(s, (Rect){in.x, in.y + h + 44, in.w, in.h - h - 44}, &x, white);
    draw_arithmetic(s, card, &x, NULL, NULL);
}

const Panel gray_step_panel = {
    .kind = STAGE_STEP, .of = "grayscale", .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
