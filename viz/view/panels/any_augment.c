/* any_augment.c — a random image step: the picture before and after, and the numbers drawn. */
#include <math.h>

#include "viz/view/panels/steps.h"

static void draw_numbers(Screen *s, Rect r) {
    const Rect in = draw_titled(s, r, "Drawn by lot", "for this picture, in this pass");
    const int n = trace_drawn(&s->v->t, s->v->at.stage, -1, NULL, NULL);
    for (int i = 0; i < n && 40 * (i + 1) <= in.h; i++) {
        const char *name = "";
        double value = 0;
        trace_drawn(&s->v->t, s->v->at.stage, i, &name, &value);
        draw_fact(s, (Rect){in.x, in.y + 40 * i, in.w, 32}, name, number_figures(value, 4).s);
    }
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK3};
    draw_prose(s, (Point){in.x, in.y + 40 * n + 28}, in.w, words,
               "The same seed draws the same numbers again. At the test nothing is drawn.");
}

static void draw(Screen *s) {
    Rect room = s->area;
    if (!step_src(s).v || !step_dst(s).v) return;
    const double side = fmin(0.36 * room.w, room.h);
    const Rect before = cut_left(&room, side), after = cut_right(&room, side);
    draw_before_after(s, before, after);
    draw_numbers(s, room);
}

static void tell_drawn(Telling *t) {
    const int n = trace_drawn(&t->v->t, t->v->at.stage, -1, NULL, NULL);
    for (int i = 0; i < n; i++) {
        const char *name = "";
        double value = 0;
        trace_drawn(&t->v->t, t->v->at.stage, i, &name, &value);
        tell(t, "%s = %s\n", name, number_figures(value, 6).s);
    }
    tell_answer(t);
}

const Panel any_augment_panel = {
    .kind = STAGE_AUGMENT, .draw = {draw, draw, draw, draw}, .tell = tell_drawn,
};
