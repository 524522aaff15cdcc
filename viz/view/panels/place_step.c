/* place_step.c — image steps that change the size: resize and crop. Which pixels a pixel is made of. */
#include <math.h>
#include <string.h>

#include "viz/view/panels/patch.h"
#include "viz/view/panels/steps.h"

// The cells of the picture before that one pixel is made of.
static Cells cells_of(const Answer *x, Spot p) {
    Cells c = {.channel = p.c};
    for (int i = 0; i < x->kept; i++)
        for (int f = 0; f < x->term[i].n_factors; f++) {
            const Operand *o = &x->term[i].factor[f];
            if (o->of != OF_SRC) continue;
            if (c.h == 0) c = (Cells){p.c, o->y, o->x, 1, 1};
            if (o->y >= c.y + c.h) c.h = o->y - c.y + 1;
            if (o->x >= c.x + c.w) c.w = o->x - c.x + 1;
        }
    if (c.h == 0) c.h = c.w = 1;
    return c;
}

static bool is_crop(const Screen *s) { return strcmp(stage_of_name(s->stage), "crop") == 0; }

static Rect draw_picture(Screen *s, Rect r, const char *title, Tensor v, int target) {
    const Rect in = draw_titled(s, r, title, step_words(s, v));
    const Map m = step_map(s, v, target);
    const Rect place = map_fit(in, m.rows, m.columns);
    draw_map(s, place, &m);
    return place;
}

// What is left of the picture before, as a frame in it.
static void draw_frame(Screen *s, Rect place, Tensor src, Tensor dst) {
    const double cell_w = place.w / src.w, cell_h = place.h / src.h;
    const int top = (src.h - dst.h) / 2, left = (src.w - dst.w) / 2;
    if (is_crop(s))
        draw_marker(s->d, (Rect){place.x + left * cell_w, place.y + top * cell_h, dst.w * cell_w,
                                 dst.h * cell_h});
}

static void draw_stage(Screen *s) {
    const Tensor src = step_src(s), dst = step_dst(s);
    if (!src.v || !dst.v) return;
    Rect room = s->area;
    const double side = (room.w - 260 - 2 * CARD_GAP) / 2;
    const Rect before = cut_left(&room, side), after = cut_right(&room, side);
    draw_frame(s, draw_picture(s, before, "Before", src, -1), src, dst);
    draw_picture(s, after, "After", dst, 0);
    const Rect in = draw_titled(s, room, is_crop(s) ? "The middle is kept" : "Another size", "");
    const char *const fact[][2] = {
        {"before", arena_print(s->a, "%d×%d", src.h, src.w)},
        {"after", arena_print(s->a, "%d×%d", dst.h, dst.w)},
        {"pixels kept", arena_print(s->a, "%.0f %%", 100.0 * dst.h * dst.w / (src.h * src.w))},
    };
    for (int i = 0; i < (is_crop(s) ? 3 : 2); i++)
        draw_fact(s, (Rect){in.x, in.y + 40 * i, in.w, 32}, fact[i][0], fact[i][1]);
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    const char *why = is_crop(s) ? "The numbers stay as they are; what lies outside the frame is left away."
                    : dst.h < src.h ? "Every new pixel is a mean of those it covers."
                                    : "Every new pixel lies between old ones and is a mixture of them.";
    draw_prose(s, (Point){in.x, in.y + 160}, in.w, words, why);
}

static void draw_pixel(Screen *s) {
    const Tensor src = step_src(s), dst = step_dst(s);
    if (!src.v || !dst.v) return;
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Answer x = answer_here(s->a, s->v);
    const Cells c = cells_of(&x, p);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, is_crop(s) ? 92 : ARITHMETIC_H);
    const double side = fmin(0.32 * room.w, room.h);
    const Rect before = cut_left(&room, side), after = cut_right(&room, side);
    const Rect from = draw_picture(s, before, "Before", src, -1),
        to = draw_picture(s, after, "After", dst, 0);
    draw_frame(s, from, src, dst);
    draw_mark(s, (Rect){from.x + c.x * from.w / src.w, from.y + c.y * from.h / src.h, c.w * from.w / src.w,
                        c.h * from.h / src.h});
    draw_mark(s, (Rect){to.x + p.x * to.w / dst.w, to.y + p.y * to.h / dst.h, to.w / dst.w, to.h / dst.h});
    const Patch patch = {.title = "Before, enlarged", .helper = arena_print(s->a, "channel %d", p.c),
                         .map = map_of_plane(s, src, p.c, -1), .cells = c, .most = 6};
    draw_patch(s, room, &patch);
    draw_way_into(s, room, TONE_FORWARD);
    draw_way_into(s, after, TONE_FORWARD);
    draw_arithmetic(s, card, &x, NULL, x.n > 1 ? "shares down · shares right · pixel" : "a copy");
}

static const char *formula_of(Screen *s) {
    return is_crop(s) ? "y[c,i,j] = x[c, i + (H − H′)/2, j + (W − W′)/2]" : s->stage->formula;
}

const Panel place_step_panel = {
    .kind = STAGE_STEP, .of = "resize crop", .formula_of = formula_of,
    .draw = {draw_stage, draw_stage, draw_pixel, draw_pixel},
};
